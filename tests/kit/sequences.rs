//! The shared sequences of steps, `tests/vectors/claims`, on a store of a crate in `integrations`, with a real server.

use std::hash::{BuildHasher, RandomState};
use std::iter::repeat_with;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use payvost_webhooks::claims::{
    Claim, ClaimPolicy, ClaimRequest, Completion, DeadLetter, Fault, HandlerError, KeptDelivery, Taken,
};
use payvost_webhooks::receive::AsyncClaimStore;
use serde_json::{Value as Json, json};
use tokio::time::sleep;

/// What the stores have beside the steps of a delivery.
pub(crate) trait Letters {
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault>;
    async fn discard(&self, key: &str) -> Result<bool, Fault>;
}

/// Runs all of them, each on a store with a prefix of its own.
pub(crate) async fn run<S: AsyncClaimStore + Letters>(store: impl Fn(ClaimPolicy) -> S) {
    let file = root().join("tests/vectors/claims/sequences.json");
    let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() > 30, "{}", cases.len());
    for (number, case) in cases.iter().enumerate() {
        let mut policy = ClaimPolicy::new().prefix(&format!("p{number}")).unwrap();
        if let Some(seconds) = case["policy"]["lease_seconds"].as_u64() {
            policy = policy.lease(Duration::from_secs(seconds)).unwrap();
        }
        let store = store(policy);
        for step in case["steps"].as_array().unwrap() {
            let reply = take(&store, step).await;
            assert_eq!(step.get("expect").unwrap_or(&Json::Null), &reply, "{} {}: {step}", case["id"], case["comment"]);
        }
    }
}

async fn take<S: AsyncClaimStore + Letters>(store: &S, step: &Json) -> Json {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    // 32 characters each. A worker with a ticket has the ticket's token followed by its own.
    let [ticket, own] = ["ticket_of", "worker"].map(|worker| text(worker).repeat(32));
    let (token, policy) = (&format!("{ticket}{own}"), store.policy());
    let key = &policy.key(text("event"), true);
    match text("do") {
        "claim" => {
            let fingerprint = format!("{:0>64}", text("body"));
            let request = ClaimRequest::from_parts(key.clone(), fingerprint, "payment.succeeded".to_owned());
            let delivery = KeptDelivery { payload: text("body").as_bytes(), signature: "aa" };
            match store.claim(&request, token, delivery, false).await.unwrap().0 {
                Claim::Claimed { attempt } => json!({"claimed": attempt}),
                other => json!(other.reply().0),
            }
        }
        "take" => match store.take(key, &ticket, token, Duration::from_millis(policy.lease_ms())).await.unwrap() {
            Taken::Claimed { attempt } => json!({"claimed": attempt}),
            other => json!(other.reply().0),
        },
        "complete" => json!(store.complete(key, token, &mut None).await.unwrap() == Completion::Completed),
        "release" => json!(store.release(key, token, &HandlerError::new(text("error")), &mut None).await.unwrap()),
        "extend" => {
            let lease = Duration::from_millis(step["milliseconds"].as_u64().unwrap());
            json!(store.extend(key, token, lease).await.unwrap())
        }
        "discard" => json!(store.discard(key).await.unwrap()),
        "delivery" => json!(store.delivery(key).await.unwrap().map(|kept| String::from_utf8(kept.payload).unwrap())),
        "dead_letters" => {
            let prefix = policy.key("", true);
            let letters = store.dead_letters(10).await.unwrap();
            letters
                .iter()
                .map(|letter| json!([letter.key.strip_prefix(&prefix), letter.reason.as_str(), letter.attempts, letter.error]))
                .collect()
        }
        "prefix" => json!(ClaimPolicy::new().prefix(text("prefix")).is_ok()),
        "wait" => {
            sleep(Duration::from_millis(step["milliseconds"].as_u64().unwrap())).await;
            Json::Null
        }
        other => panic!("{other}"),
    }
}

/// A server of tests/kit/services. It ends with the test.
pub(crate) struct Server {
    process: Child,
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
}

impl Server {
    /// Starts one. It may take a while until it answers.
    pub(crate) fn start(name: &str) -> Self {
        let port = free_port();
        let folder = env::temp_dir().join(format!("payvost-rust-{name}-{port}"));
        fs::create_dir_all(&folder).unwrap();
        let process = Command::new(root().join("tests/kit/services").join(name))
            .args([folder.to_str().unwrap(), &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, folder, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At SIGTERM, PostgreSQL would wait for the test's own connections. A cluster ends its nodes.
        let signal = if self.folder.join("data").exists() { "INT" } else { "TERM" };
        let _ = Command::new("kill").args(["-s", signal, &self.process.id().to_string()]).status();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Below the ports that systems give to connections: one of these could be taken before the server listens.
fn free_port() -> u16 {
    let mut random = repeat_with(|| RandomState::new().hash_one(()));
    random
        .find_map(|number| {
            let port = 20_000 + u16::try_from(number % 12_768).unwrap();
            TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
        })
        .unwrap()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
