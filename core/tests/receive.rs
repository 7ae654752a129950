//! The shared deliveries, through the receivers for services in Rust. Observations go to `target/observed/receive/rust.jsonl` and
//! are compared with those of the other languages.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::io::Write;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};
use std::{env, fs};

use payvost_webhooks::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, KeptDelivery, Taken};
use payvost_webhooks::receive::{
    Arrival, AsyncClaimStore, AsyncWebhookReceiver, BodyEnd, ClaimStore, Claiming, EventClaim, Field, Received, Record,
    StoredDelivery, WebhookReceiver,
};
use payvost_webhooks::{Timestamp, WebhookVerifier};
use serde_json::{Map, Value as Json, json};

#[test]
fn every_delivery_takes_its_course() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = |name, usual| env::var_os(name).map_or_else(|| root.join(usual), PathBuf::from);
    let (vectors, observed) = (folder("VECTORS", "tests/vectors/receive"), folder("OBSERVED", "target/observed/receive"));
    let mut files: Vec<_> = fs::read_dir(vectors).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    fs::create_dir_all(&observed).unwrap();
    let mut observed = fs::File::create(observed.join("rust.jsonl")).unwrap();
    let mut failures = Vec::new();
    for file in files {
        let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let seen = observe(case, run);
            writeln!(observed, "{seen}").unwrap();
            if let Err(difference) = compare(case, &seen) {
                failures.push(format!("{} {}\n  {difference}\n  observed {seen}", case["id"], case["comment"]));
            }
            if case["claiming"] != "never" {
                assert_eq!(observe(case, run_async), seen, "{} is not the same where it is awaited", case["id"]);
            }
        }
    }
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

/// The events so far, in order, and the script.
struct Script {
    case: Json,
    policy: ClaimPolicy,
    steps: Arc<Mutex<Vec<Json>>>,
}

impl Script {
    fn reply(&self, step: &str) -> Json {
        self.case["store"].get(step).cloned().unwrap_or_else(|| panic!("{step} is not scripted"))
    }

    fn note(&self, step: Json) {
        self.steps.lock().unwrap().push(step);
    }

    fn claim(&self, request: &ClaimRequest, retry: bool) -> Result<(Claim, Option<()>), Fault> {
        self.note(json!({"step": "claim", "key": request.key, "retry": retry}));
        let reply = self.reply("claim");
        let (word, number) = match &reply {
            Json::String(word) => (word.clone(), 0),
            Json::Object(reply) if reply.contains_key("fault") => return Err(fault(&reply["fault"])),
            Json::Object(reply) => reply.iter().map(|(word, number)| (word.clone(), number.as_i64().unwrap())).next().unwrap(),
            _ => panic!("{reply}"),
        };
        let claim = Claim::from_reply(&word, number).ok_or_else(Fault::unknown_reply)?;
        let transaction = (self.case["claiming"] == "inbox" && matches!(claim, Claim::Claimed { .. })).then_some(());
        Ok((claim, transaction))
    }

    fn complete(&self) -> Result<Completion, Fault> {
        self.note(json!({"step": "complete"}));
        let reply = self.reply("complete");
        match (reply.get("fault"), reply.get("held"), reply.get("completion")) {
            (Some(code), _, _) => Err(fault(code)),
            (_, Some(held), _) => Ok(if held == true { Completion::Completed } else { Completion::Lost }),
            (_, _, Some(word)) => Ok(Completion::from_reply(word.as_str().unwrap()).unwrap()),
            _ => panic!("{reply}"),
        }
    }

    fn release(&self, error: &HandlerError) -> Result<bool, Fault> {
        self.note(json!({"step": "release", "error": error.as_str()}));
        let reply = self.reply("release");
        reply.get("fault").map_or_else(|| Ok(reply["held"] == true), |code| Err(fault(code)))
    }

    fn delivery(&self) -> Result<Option<StoredDelivery>, Fault> {
        self.note(json!({"step": "load"}));
        let Some(kept) = self.case["arrived"].get("kept") else { return Ok(None) };
        if let Some(code) = kept.get("fault") {
            return Err(fault(code));
        }
        let text = |name: &str| kept[name].as_str().unwrap().to_owned();
        Ok(Some(StoredDelivery { payload: text("payload").into_bytes(), signature: text("signature") }))
    }

    fn claiming(&self) -> Claiming {
        if self.case["claiming"] == "inbox" { Claiming::Inbox } else { Claiming::Lease }
    }
}

fn fault(code: &Json) -> Fault {
    Fault::classify("ScriptedFault", &[code.as_str().unwrap()], "")
}

struct Blocking(Script);

impl ClaimStore for Blocking {
    type Transaction = ();

    fn claiming(&self) -> Claiming {
        self.0.claiming()
    }

    fn policy(&self) -> &ClaimPolicy {
        &self.0.policy
    }

    fn claim(&self, request: &ClaimRequest, _: &str, _: KeptDelivery<'_>, retry: bool) -> Result<(Claim, Option<()>), Fault> {
        self.0.claim(request, retry)
    }

    fn extend(&self, _: &str, _: &str, _: Duration) -> Result<bool, Fault> {
        panic!("nobody extends")
    }

    fn complete(&self, _: &str, _: &str, _: &mut Option<()>) -> Result<Completion, Fault> {
        self.0.complete()
    }

    fn release(&self, _: &str, _: &str, error: &HandlerError, _: &mut Option<()>) -> Result<bool, Fault> {
        self.0.release(error)
    }

    fn take(&self, _: &str, _: &str, _: &str, _: Duration) -> Result<Taken, Fault> {
        panic!("nobody takes")
    }

    fn delivery(&self, _: &str) -> Result<Option<StoredDelivery>, Fault> {
        self.0.delivery()
    }
}

struct Awaited(Script);

impl AsyncClaimStore for Awaited {
    type Transaction = ();

    fn claiming(&self) -> Claiming {
        self.0.claiming()
    }

    fn policy(&self) -> &ClaimPolicy {
        &self.0.policy
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        _: &str,
        _: KeptDelivery<'_>,
        retry: bool,
    ) -> Result<(Claim, Option<()>), Fault> {
        self.0.claim(request, retry)
    }

    async fn extend(&self, _: &str, _: &str, _: Duration) -> Result<bool, Fault> {
        panic!("nobody extends")
    }

    async fn complete(&self, _: &str, _: &str, _: &mut Option<()>) -> Result<Completion, Fault> {
        self.0.complete()
    }

    async fn release(&self, _: &str, _: &str, error: &HandlerError, _: &mut Option<()>) -> Result<bool, Fault> {
        self.0.release(error)
    }

    async fn take(&self, _: &str, _: &str, _: &str, _: Duration) -> Result<Taken, Fault> {
        panic!("nobody takes")
    }

    async fn delivery(&self, _: &str) -> Result<Option<StoredDelivery>, Fault> {
        self.0.delivery()
    }
}

type Log = Arc<Mutex<Vec<Record>>>;

fn observe(case: &Json, run: impl FnOnce(&Json, Script, Log) -> Option<Received>) -> Json {
    let (steps, log) = (Arc::new(Mutex::new(Vec::new())), Log::default());
    let script = Script { case: case.clone(), policy: ClaimPolicy::new(), steps: Arc::clone(&steps) };
    let received = run(case, script, Arc::clone(&log));
    let steps = steps.lock().unwrap().clone();
    let Some(received) = received else {
        assert!(log.lock().unwrap().is_empty());
        return json!({"id": case["id"], "steps": steps, "outcome": null});
    };
    let outcome = received.outcome;
    let headers: Map<_, _> = outcome.headers().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let log = log.lock().unwrap();
    let [record] = log.as_slice() else { panic!("{} records", log.len()) };
    let fields: Map<_, _> = record
        .fields
        .iter()
        .map(|(name, field)| {
            let value = match field {
                Field::Text(text) => json!(text),
                Field::Number(number) => json!(number),
            };
            ((*name).to_owned(), value)
        })
        .collect();
    let record = json!({
        "level": record.level.as_str(), "line": record.to_string(), "fields": fields, "exception": record.with_exception,
    });
    json!({
        "id": case["id"], "steps": steps, "outcome": outcome.code(), "status": outcome.status(), "headers": headers,
        "body": outcome.body(), "record": record,
    })
}

fn run(case: &Json, script: Script, log: Log) -> Option<Received> {
    let steps = Arc::clone(&script.steps);
    let handler = case["handler"].clone();
    if case["claiming"] == "never" {
        let mut receiver = WebhookReceiver::new(verifier(case));
        if case["registered"] != false {
            receiver.on("*", move |_, _| ends(&handler, &steps, 0, |_| ())).unwrap();
        }
        receiver.log_to(move |record| log.lock().unwrap().push(record.clone()));
        return Some(receiver.receive(&arrival(&case["arrived"])));
    }
    let mut receiver = WebhookReceiver::with_store(verifier(case), Blocking(script), || Some([7; 16]));
    if case["registered"] != false {
        receiver
            .on("*", move |_, claim| {
                let claim: &mut EventClaim<Blocking, ()> = claim.unwrap();
                ends(&handler, &steps, claim.attempt(), |()| drop(claim.hand_over_to_queue(None).unwrap()))
            })
            .unwrap();
    }
    receiver.log_to(move |record| log.lock().unwrap().push(record.clone()));
    match case["arrived"]["key"].as_str() {
        Some(key) => receiver.retry(key),
        None => Some(receiver.receive(&arrival(&case["arrived"]))),
    }
}

fn run_async(case: &Json, script: Script, log: Log) -> Option<Received> {
    let steps = Arc::clone(&script.steps);
    let handler = case["handler"].clone();
    let mut receiver = AsyncWebhookReceiver::with_store(verifier(case), Awaited(script), || Some([7; 16]));
    if case["registered"] != false {
        receiver
            .on("*", move |_, claim| {
                let (handler, steps) = (handler.clone(), Arc::clone(&steps));
                Box::pin(async move {
                    let attempt = claim.attempt();
                    if handler["hands_over"] == true {
                        claim.hand_over_to_queue_async(None).await.unwrap();
                    }
                    ends(&handler, &steps, attempt, |()| ())
                })
            })
            .unwrap();
    }
    receiver.log_to(move |record| log.lock().unwrap().push(record.clone()));
    let wait = async {
        match case["arrived"]["key"].as_str() {
            Some(key) => receiver.retry(key).await,
            None => Some(receiver.receive(&arrival(&case["arrived"])).await),
        }
    };
    now(is_send(wait))
}

/// The bounds that a multi-threaded runtime requires of a future.
fn is_send<F: Future + Send>(future: F) -> F {
    future
}

/// The result of a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn ends(handler: &Json, steps: &Mutex<Vec<Json>>, attempt: u32, hand_over: impl FnOnce(())) -> Result<(), HandlerError> {
    steps.lock().unwrap().push(json!({"step": "handle", "attempt": attempt}));
    if handler["hands_over"] == true {
        hand_over(());
    }
    handler["raises"].as_str().map_or(Ok(()), |kind| Err(HandlerError::new(kind)))
}

fn verifier(case: &Json) -> WebhookVerifier {
    let mut builder = WebhookVerifier::builder().secret("whsec_vectors");
    if let Some(bytes) = case["options"]["max_payload_bytes"].as_u64() {
        builder = builder.max_payload_bytes(bytes);
    }
    if let Some(live_mode) = case["options"]["expect_live_mode"].as_bool() {
        builder = builder.expect_live_mode(live_mode);
    }
    if let Some(seconds) = case["options"]["tolerance"].as_u64() {
        builder = builder.tolerance(Duration::from_secs(seconds), || Timestamp::from(SystemTime::now()));
    }
    builder.build().unwrap()
}

fn arrival(arrived: &Json) -> Arrival<'_> {
    let bytes = |name: &str| arrived[name].as_str().map(str::as_bytes);
    Arrival::new(bytes("payload").unwrap(), bytes("signature"))
        .content_length(bytes("content_length"))
        .transfer_encoding(bytes("transfer_encoding"))
        .end(match arrived["end"].as_str().unwrap() {
            "reached" => BodyEnd::Reached,
            "broken" => BodyEnd::Broken,
            "timed_out" => BodyEnd::TimedOut,
            "consumed" => BodyEnd::Consumed,
            end => panic!("{end}"),
        })
}

/// Where the observation differs from the expectation. A text is compared up to its `*`.
fn compare(case: &Json, seen: &Json) -> Result<(), String> {
    for name in ["steps", "outcome", "status", "headers", "body", "record"] {
        matches(&case[name], &seen[name]).map_err(|difference| format!("{name}: {difference}"))?;
    }
    Ok(())
}

fn matches(expected: &Json, seen: &Json) -> Result<(), String> {
    let same = match (expected, seen) {
        (Json::String(expected), Json::String(seen)) => match expected.split_once('*') {
            Some((start, _)) => seen.starts_with(start) && seen.len() > start.len(),
            None => expected == seen,
        },
        (Json::Object(expected), Json::Object(seen)) => {
            for (name, value) in expected {
                matches(value, seen.get(name).unwrap_or(&Json::Null))?;
            }
            expected.len() == seen.len()
        }
        _ => expected == seen,
    };
    if same { Ok(()) } else { Err(format!("expected {expected}, seen {seen}")) }
}
