//! The shared vectors, on the Rust API. Observations go to `target/observed/rust.jsonl` and are compared with those of the other
//! languages. `VECTORS` and `OBSERVED` name other folders.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

mod canonical;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use canonical::canonical;
use payvost_webhooks::{Error, Event, Timestamp, Value, WebhookVerifier};
use serde_json::{Value as Json, json};

#[test]
fn every_vector_has_its_verdict() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = |name, usual| env::var_os(name).map_or_else(|| root.join(usual), PathBuf::from);
    let (vectors, observed) = (folder("VECTORS", "tests/vectors/verify"), folder("OBSERVED", "target/observed"));
    let mut files: Vec<_> = fs::read_dir(vectors)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    fs::create_dir_all(&observed).unwrap();
    let mut observed = fs::File::create(observed.join("rust.jsonl")).unwrap();

    let mut failures = Vec::new();
    for file in files {
        let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let (verdict, expected) = (observe(case), expect(case));
            writeln!(observed, "{verdict}").unwrap();
            if verdict != expected {
                failures.push(format!("{}\n  observed {verdict}\n  expected {expected}", case["comment"]));
            }
        }
    }
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn observe(case: &Json) -> Json {
    let payload = payload(case);
    let signature = bytes(case, "signature");
    let outcome = verifier(case).and_then(|verifier| match verifier.verify(&payload, signature.as_deref()) {
        Ok(event) => Ok(canonical_event(&event)),
        Err(error) => Err(error),
    });
    match outcome {
        Ok(value) => verdict(case, "valid", None, None, Some(&value)),
        Err(error) => verdict(case, error.code().as_str(), error.offset(), error.pointer(), None),
    }
}

fn expect(case: &Json) -> Json {
    let error = &case["error"];
    verdict(
        case,
        error["code"].as_str().unwrap_or("valid"),
        error["offset"].as_u64().map(|offset| usize::try_from(offset).unwrap()),
        error["pointer"].as_str(),
        case["value"].as_str(),
    )
}

fn verdict(case: &Json, verdict: &str, offset: Option<usize>, pointer: Option<&str>, value: Option<&str>) -> Json {
    json!({"id": case["id"], "verdict": verdict, "offset": offset, "pointer": pointer, "value": value})
}

fn verifier(case: &Json) -> Result<WebhookVerifier, Error> {
    let mut builder = WebhookVerifier::builder();
    for secret in case["secrets"].as_array().unwrap() {
        builder = match secret {
            Json::String(text) => builder.secret(text),
            other => builder.secret(unhex(other["hex"].as_str().unwrap())),
        };
    }
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        builder = match name.as_str() {
            "tolerance" => builder.tolerance(Duration::from_secs(value.as_u64().unwrap()), || SystemTime::now().into()),
            "expect_live_mode" => builder.expect_live_mode(value.as_bool().unwrap()),
            "max_payload_bytes" => builder.max_payload_bytes(value.as_u64().unwrap()),
            other => panic!("unknown option {other}"),
        };
    }
    builder.build()
}

fn payload(case: &Json) -> Vec<u8> {
    let Some(parts) = case["payload_repeat"].as_array() else { return bytes(case, "payload").unwrap() };
    let repeat = |part: &Json| part[0].as_str().unwrap().repeat(usize::try_from(part[1].as_u64().unwrap()).unwrap());
    parts.iter().map(repeat).collect::<String>().into_bytes()
}

fn bytes(case: &Json, name: &str) -> Option<Vec<u8>> {
    let text = case[name].as_str().map(|text| text.as_bytes().to_vec());
    text.or_else(|| case[format!("{name}_hex")].as_str().map(unhex))
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The canonical form of `tests/vectors/README.md`. The typed accessors must agree with the tree.
fn canonical_event(event: &Event<'_>) -> String {
    let field = |name| event.as_value().get(name);
    assert_eq!(field("id").unwrap().as_str().unwrap(), event.id());
    assert_eq!(field("type").unwrap().as_str().unwrap(), event.event_type());
    assert_eq!(field("liveMode").unwrap().as_bool(), Some(event.live_mode()));
    assert_eq!(field("data").unwrap().raw(), event.data().raw());
    let created_at = field("createdAt").unwrap().as_str().unwrap();
    assert_eq!(Timestamp::parse_rfc3339(&created_at), Some(event.created_at()));
    let previous = field("previousData").filter(|value| !value.is_null());
    assert_eq!(previous.map(Value::raw), event.previous_data().map(Value::raw));
    canonical(event.as_value())
}
