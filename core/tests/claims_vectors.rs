//! The shared sequences, on the memory store. Observations go to `target/observed/claims/rust.jsonl`.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use payvost_webhooks::claims::{Claim, ClaimPolicy, ClaimRequest, HandlerError, KeptDelivery, MemoryClaims, Taken};
use payvost_webhooks::{sign, verify_webhook};
use serde_json::{Value as Json, json};

#[test]
fn every_sequence_has_its_replies() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = |name, usual| env::var_os(name).map_or_else(|| root.join(usual), PathBuf::from);
    let file = folder("CLAIMS_VECTORS", "tests/vectors/claims").join("sequences.json");
    let observed = folder("OBSERVED_CLAIMS", "target/observed/claims");
    fs::create_dir_all(&observed).unwrap();
    let mut observed = fs::File::create(observed.join("rust.jsonl")).unwrap();
    let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let mut store = Store::new(&case["policy"]);
        let replies: Vec<Json> = case["steps"].as_array().unwrap().iter().map(|step| store.take(step)).collect();
        let id = format!("memory/{}", case["id"].as_str().unwrap());
        writeln!(observed, "{}", json!({"id": id, "replies": replies})).unwrap();
        for (step, reply) in case["steps"].as_array().unwrap().iter().zip(&replies) {
            assert_eq!(step.get("expect").unwrap_or(&Json::Null), reply, "{id} {}: {step}", case["comment"]);
        }
    }
}

struct Store {
    claims: MemoryClaims,
    policy: ClaimPolicy,
    now: u64,
}

impl Store {
    fn new(policy: &Json) -> Self {
        let mut made = ClaimPolicy::new();
        if let Some(seconds) = policy["lease_seconds"].as_u64() {
            made = made.lease(Duration::from_secs(seconds)).unwrap();
        }
        Self { claims: MemoryClaims::new(100).unwrap(), policy: made, now: 0 }
    }

    fn take(&mut self, step: &Json) -> Json {
        let text = |name: &str| step[name].as_str().unwrap_or_default();
        // 32 characters each. A worker with a ticket has the ticket's token followed by its own.
        let [ticket, own] = ["ticket_of", "worker"].map(|worker| text(worker).repeat(32));
        let (token, key) = (&format!("{ticket}{own}"), self.policy.key(text("event"), true));
        self.now += 1;
        match text("do") {
            "claim" => {
                let delivery = KeptDelivery { payload: text("body").as_bytes(), signature: "aa" };
                let request = request(&key, text("event"), text("body"));
                match self.claims.claim(self.now, &self.policy, &request, token, Some(delivery)).unwrap() {
                    Claim::Claimed { attempt } => json!({"claimed": attempt}),
                    other => json!(other.reply().0),
                }
            }
            "complete" => json!(self.claims.complete(self.now, &self.policy, &key, token)),
            "release" => json!(self.claims.release(self.now, &self.policy, &key, token, &HandlerError::new(text("error")))),
            "extend" => {
                let lease = Duration::from_millis(step["milliseconds"].as_u64().unwrap());
                json!(self.claims.extend(self.now, &key, token, lease))
            }
            "take" => match self.claims.take(self.now, &self.policy, &key, &ticket, token) {
                Taken::Claimed { attempt } => json!({"claimed": attempt}),
                other => json!(other.reply().0),
            },
            "discard" => json!(self.claims.discard(self.now, &self.policy, &key)),
            "delivery" => {
                let kept = self.claims.delivery(self.now, &key);
                json!(kept.map(|kept| String::from_utf8(kept.payload.to_owned()).unwrap()))
            }
            "dead_letters" => {
                let letters = self.claims.dead_letters(self.now, 10);
                let event = |key: &str| key.strip_prefix("webhook:").unwrap().to_owned();
                let row = |letter: &payvost_webhooks::claims::DeadLetter| {
                    json!([event(&letter.key), letter.reason.as_str(), letter.attempts, letter.error])
                };
                letters.iter().map(row).collect()
            }
            "prefix" => json!(ClaimPolicy::new().prefix(text("prefix")).is_ok()),
            "wait" => {
                self.now += step["milliseconds"].as_u64().unwrap();
                Json::Null
            }
            other => panic!("{other}"),
        }
    }
}

/// A request whose fingerprint depends only on the body.
fn request(key: &str, event: &str, body: &str) -> ClaimRequest {
    let payload = json!({
        "id": event, "type": "payment.succeeded", "createdAt": "2025-11-01T10:00:00Z", "liveMode": true, "data": {"body": body},
    });
    let payload = payload.to_string();
    let event = verify_webhook(&payload, &sign(&payload, "whsec_example").unwrap(), "whsec_example").unwrap();
    let request = ClaimPolicy::new().request(&event);
    assert_eq!(request.key, key);
    request
}
