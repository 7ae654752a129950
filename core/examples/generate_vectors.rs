//! Writes generated vectors, with the verdicts of this core: `generate_vectors SEED COUNT FILE`.
//!
//! An independent reading must agree on whether each text is JSON, and on its value. The other languages then run the vectors
//! like those of `tests/vectors/verify`; see `tests/agree`.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a development tool

#[path = "../tests/canonical/mod.rs"]
mod canonical;
#[path = "../tests/strict/mod.rs"]
mod strict;
#[path = "../tests/texts/mod.rs"]
mod texts;

use std::fs;

use payvost_webhooks::{ErrorCode, WebhookVerifier, sign};
use serde_json::{Value as Json, json};
use texts::Random;

const SECRET: &str = "whsec_example";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().unwrap_or_else(|| panic!("usage: generate_vectors SEED COUNT FILE"));
    let (seed, count, file): (u64, usize, String) = (argument().parse().unwrap(), argument().parse().unwrap(), argument());

    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let cases: Vec<_> = (0..count).map(|index| case(format!("generated-{seed}-{index}"), &random.text())).collect();
    fs::write(file, json!({"file": "generated", "cases": cases}).to_string()).unwrap();
}

fn case(id: String, payload: &[u8]) -> Json {
    let signature = sign(payload, SECRET).unwrap();
    let mut case = json!({"id": id, "comment": id, "flags": [], "secrets": [SECRET], "signature": signature});
    match std::str::from_utf8(payload) {
        Ok(text) => case["payload"] = json!(text),
        Err(_) => case["payload_hex"] = json!(payload.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
    let expected = strict::parse(payload);
    match WebhookVerifier::new(SECRET).unwrap().verify(payload, &signature) {
        Ok(event) => {
            assert_eq!(expected, Some(strict::tree(event.as_value())), "{id}");
            case["result"] = json!("valid");
            case["value"] = json!(canonical::canonical(event.as_value()));
        }
        Err(error) => {
            assert_eq!(expected.is_none(), error.code() == ErrorCode::InvalidJson, "{id}");
            case["result"] = json!("invalid");
            case["error"] = json!({"code": error.code().as_str(), "offset": error.offset(), "pointer": error.pointer()});
        }
    }
    case
}
