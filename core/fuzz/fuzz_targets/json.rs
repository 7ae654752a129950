//! Compares the scanner with an independent reading: the same verdict and the same value. It also compares the scanner with
//! itself: with duplicate keys left to dictionaries, and on the text before the first problem.
//!
//! The input is the `data` of an event if it is an object, and the whole payload otherwise, so that values are compared too.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use payvost_webhooks::{Error, ErrorCode, JsonProblem, WebhookVerifier, sign};

#[path = "../../tests/dictionaries/mod.rs"]
mod dictionaries;
#[path = "../../tests/strict/mod.rs"]
mod strict;

const SECRET: &str = "whsec_example";
const HEAD: &[u8] = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"":"#;

static VERIFIER: LazyLock<WebhookVerifier> = LazyLock::new(|| WebhookVerifier::new(SECRET).unwrap());

fuzz_target!(|data: &[u8]| {
    compare(data);
    compare(&[HEAD, data, b"}}"].concat());
});

fn compare(payload: &[u8]) {
    let signature = sign(payload, SECRET).unwrap();
    let verdict = VERIFIER.verify(payload, &signature);
    assert_eq!(dictionaries::verify(&VERIFIER, payload, &signature), verdict);
    match (strict::parse(payload), verdict) {
        (Some(expected), Ok(event)) => assert_eq!(strict::tree(event.as_value()), expected),
        (Some(_), Err(error)) => assert_eq!(error.code(), ErrorCode::InvalidEvent),
        (None, verdict) => {
            let Err(Error::InvalidJson { offset, .. }) = verdict else { panic!("accepted: {verdict:?}") };
            assert_sound(&payload[..offset]);
        }
    }
}

/// The text before the first problem has no problem, except that it ends too early.
fn assert_sound(before: &[u8]) {
    match VERIFIER.verify(before, &sign(before, SECRET).unwrap()) {
        Ok(_) | Err(Error::InvalidEvent(_)) => {}
        Err(Error::InvalidJson { offset, problem: JsonProblem::UnexpectedEnd }) => assert_eq!(offset, before.len()),
        Err(error) => panic!("{error:?} before the first problem"),
    }
}
