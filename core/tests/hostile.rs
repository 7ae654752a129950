//! Hostile megabytes, correctly signed, in a thread with a stack of 128 KiB.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::thread;

use payvost_webhooks::{Error, ErrorCode, JsonProblem, WebhookVerifier, sign};

const SECRET: &str = "whsec_example";
const MIB: usize = 1 << 20;

#[test]
fn brackets_are_refused_at_the_129th() {
    let open = "[".repeat(MIB);
    assert_eq!(verdict(open.into_bytes()), Err(Error::InvalidJson { offset: 128, problem: JsonProblem::TooDeep }));
    let objects = r#"{"a":"#.repeat(MIB / 5);
    assert_eq!(verdict(objects.into_bytes()), Err(Error::InvalidJson { offset: 128 * 5, problem: JsonProblem::TooDeep }));
}

#[test]
fn many_keys_are_accepted_and_a_late_duplicate_is_found() {
    let keys: Vec<String> = (0..90_000).map(|index| format!("\"{index:x}\":0")).collect();
    assert_eq!(verdict(event(&format!("{{{}}}", keys.join(",")))), Ok(()));
    let twice = event(&format!("{{{},\"0\":0}}", keys.join(",")));
    let offset = twice.len() - r#""0":0}}"#.len();
    assert_eq!(verdict(twice), Err(Error::InvalidJson { offset, problem: JsonProblem::DuplicateKey }));
}

#[test]
fn escaped_keys_cost_no_more() {
    let keys: Vec<String> = (0..65_000).map(|index| format!("\"\\u0041{index:x}\":0")).collect();
    assert_eq!(verdict(event(&format!("{{{}}}", keys.join(",")))), Ok(()));
}

#[test]
fn a_huge_number_is_refused_and_a_long_fraction_is_not() {
    let digits = "9".repeat(MIB - 200);
    let Err(Error::InvalidJson { problem, .. }) = verdict(event(&digits)) else { panic!("accepted") };
    assert_eq!(problem, JsonProblem::NumberOutOfRange);
    assert_eq!(verdict(event(&format!("0.{digits}"))), Ok(()));
}

#[test]
fn broken_utf8_at_the_very_end_is_found() {
    let mut payload = event(&format!("\"{}\"", "é".repeat(MIB / 2 - 100)));
    let last = payload.len() - 4; // the second byte of the last é
    payload[last] = b'e';
    assert_eq!(verdict(payload), Err(Error::InvalidJson { offset: last - 1, problem: JsonProblem::InvalidUtf8 }));
}

#[test]
fn a_string_of_escapes_is_accepted() {
    assert_eq!(verdict(event(&format!("\"{}\"", "\\ud83d\\ude00".repeat(MIB / 12 - 20)))), Ok(()));
}

#[test]
fn one_byte_too_many_is_refused_before_anything_is_hashed() {
    assert_eq!(verdict(vec![b' '; MIB + 1]).map_err(|error| error.code()), Err(ErrorCode::PayloadTooLarge));
}

fn event(data: &str) -> Vec<u8> {
    let envelope = r#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":"#;
    if data.starts_with('{') { format!("{envelope}{data}}}") } else { format!("{envelope}{{\"x\":{data}}}}}") }.into_bytes()
}

fn verdict(payload: Vec<u8>) -> Result<(), Error> {
    let small = thread::Builder::new().stack_size(128 * 1024);
    let verify = move || {
        let signature = sign(&payload, SECRET).unwrap();
        WebhookVerifier::new(SECRET).unwrap().verify(&payload, &signature).map(drop)
    };
    small.spawn(verify).unwrap().join().unwrap()
}
