//! The shared sequences, on a real Redis and a real Redis Cluster. Steps that take a ticket are left out: this store has none.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use payvost_webhooks::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, HandlerError, KeptDelivery};
use payvost_webhooks::receive::AsyncClaimStore;
use payvost_webhooks_redis::RedisStore;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClient;
use serde_json::{Value as Json, json};
use tokio::time::sleep;

#[tokio::test]
async fn every_sequence_has_its_replies_on_one_server() {
    let server = Server::start("redis").await;
    let client = redis::Client::open(server.url()).unwrap();
    run(client.get_connection_manager().await.unwrap()).await;
}

#[tokio::test]
async fn every_sequence_has_its_replies_on_a_cluster() {
    let server = Server::start("redis-cluster").await;
    let client = ClusterClient::new([server.url()]).unwrap();
    run(client.get_async_connection().await.unwrap()).await;
}

async fn run<C: ConnectionLike + Clone + Send + Sync + 'static>(connection: C) {
    let file = root().join("tests/vectors/claims/sequences.json");
    let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut number = 0;
    for case in file["cases"].as_array().unwrap() {
        let steps = case["steps"].as_array().unwrap();
        if steps.iter().any(|step| step["do"] == "take") {
            continue;
        }
        number += 1;
        let mut policy = ClaimPolicy::new().prefix(&format!("p{number}")).unwrap();
        if let Some(seconds) = case["policy"]["lease_seconds"].as_u64() {
            policy = policy.lease(Duration::from_secs(seconds)).unwrap();
        }
        let store = RedisStore::new(connection.clone(), policy).time_limit(Duration::from_secs(10));
        for step in steps {
            let reply = take(&store, step).await;
            assert_eq!(step.get("expect").unwrap_or(&Json::Null), &reply, "{} {}: {step}", case["id"], case["comment"]);
        }
    }
    assert!(number > 20, "{number}");
}

async fn take<C: ConnectionLike + Clone + Send + Sync + 'static>(store: &RedisStore<C>, step: &Json) -> Json {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    let (token, policy) = (&text("worker").repeat(32), AsyncClaimStore::policy(store));
    let key = &policy.key(text("event"), true);
    match text("do") {
        "claim" => {
            let fingerprint = format!("{:064}", text("body"));
            let request = ClaimRequest::from_parts(key.clone(), fingerprint, "payment.succeeded".to_owned());
            let delivery = KeptDelivery { payload: text("body").as_bytes(), signature: "aa" };
            match store.claim(&request, token, delivery, false).await.unwrap().0 {
                Claim::Claimed { attempt } => json!({"claimed": attempt}),
                other => json!(other.reply().0),
            }
        }
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
struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    async fn start(name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = env::temp_dir().join(format!("payvost-rust-{name}-{port}"));
        fs::create_dir_all(&folder).unwrap();
        let process = Command::new(root().join("tests/kit/services").join(name))
            .args([folder.to_str().unwrap(), &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, folder, port };
        for _ in 0..1200 {
            if server.answers(name).await {
                return server;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} does not start");
    }

    async fn answers(&self, name: &str) -> bool {
        let Ok(client) = redis::Client::open(self.url()) else { return false };
        let Ok(mut connection) = client.get_multiplexed_async_connection().await else { return false };
        if name == "redis" {
            return redis::cmd("PING").exec_async(&mut connection).await.is_ok();
        }
        let info: Result<String, _> = redis::cmd("CLUSTER").arg("INFO").query_async(&mut connection).await;
        info.is_ok_and(|info| info.contains("cluster_state:ok"))
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A cluster ends its nodes on this signal.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
