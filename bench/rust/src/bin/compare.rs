//! Times the crate and what a user would write otherwise. Prints a JSON line a measurement.
//!
//! `compare FOLDER-OF-BODIES BODY…`

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use payvost_webhooks::{WebhookVerifier, sign};
use ring::hmac;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ROUNDS: usize = 31;
/// For what takes a good part of a second each time.
const FEWER_ROUNDS: usize = 7;
const LOOP: Duration = Duration::from_millis(10);

fn main() {
    let mut arguments = env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder of the bodies"));

    signature("event", &body(&folder, "event"));
    signature("64-kib", &[b'x'; 64 << 10]);
    parse("event", &body(&folder, "event"));
    for name in arguments {
        let name = name.to_str().expect("a name in UTF-8");
        whole(name, &body(&folder, name));
    }
    for name in ["event", "32-kib"] {
        refusal(&format!("refusal-{name}"), &body(&folder, name));
    }
}

fn body(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name).with_extension("json")).expect("a readable body")
}

/// The signature alone.
fn signature(case: &str, payload: &[u8]) {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let signature = sign(payload, SECRET).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, payload);
    measure(
        case,
        &mut [
            ("ours-signature", &mut || verifier.verify_signature(black_box(payload), &signature).unwrap()),
            ("ring", &mut || hmac::verify(&key, black_box(payload), tag.as_ref()).unwrap()),
        ],
    );
}

/// The whole verification beside the signature alone, so that what is left is the strict parse; and a lenient parse.
fn parse(case: &str, payload: &[u8]) {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let signature = sign(payload, SECRET).unwrap();
    measure(
        case,
        &mut [
            ("ours", &mut || keep(verifier.verify(black_box(payload), &signature).unwrap())),
            ("ours-signature-again", &mut || verifier.verify_signature(black_box(payload), &signature).unwrap()),
            ("serde_json", &mut || keep(value(black_box(payload)))),
        ],
    );
}

fn whole(case: &str, payload: &[u8]) {
    let verifier = WebhookVerifier::builder().secret(SECRET).max_payload_bytes(1 << 27).build().unwrap();
    let signature = sign(payload, SECRET).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, payload);
    measure(
        case,
        &mut [
            ("ours", &mut || keep(verifier.verify(black_box(payload), &signature).unwrap())),
            ("tuned", &mut || {
                hmac::verify(&key, black_box(payload), tag.as_ref()).unwrap();
                keep(value(payload));
            }),
        ],
    );
}

fn refusal(case: &str, payload: &[u8]) {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let forged = sign(payload, "whsec_another").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    measure(
        case,
        &mut [
            ("ours", &mut || keep(verifier.verify(black_box(payload), &forged).unwrap_err())),
            ("hash", &mut || keep(hmac::sign(&key, black_box(payload)))),
        ],
    );
}

fn value(payload: &[u8]) -> serde_json::Value {
    serde_json::from_slice(payload).unwrap()
}

/// Has a value made that nobody looks at.
fn keep<T>(value: T) {
    black_box(&value);
}

type Subject<'a> = (&'a str, &'a mut dyn FnMut());

/// The best of several loops. The subjects take turns, so that noise meets all of them.
fn measure(case: &str, subjects: &mut [Subject<'_>]) {
    let lengths: Vec<u32> = subjects.iter_mut().map(|(_, subject)| loop_length(subject)).collect();
    let mut best = vec![f64::INFINITY; subjects.len()];
    let took: Duration = subjects.iter_mut().map(|(_, subject)| time(subject, 1)).sum();
    for _ in 0..if took > 20 * LOOP { FEWER_ROUNDS } else { ROUNDS } {
        for ((best, length), (_, subject)) in best.iter_mut().zip(&lengths).zip(&mut *subjects) {
            *best = best.min(time(subject, *length).as_secs_f64() * 1e9 / f64::from(*length));
        }
    }
    for ((name, _), best) in subjects.iter().zip(best) {
        println!(r#"{{"language":"rust","case":"{case}","subject":"{name}","nanoseconds":{best}}}"#);
    }
}

fn loop_length(subject: &mut dyn FnMut()) -> u32 {
    let mut length = 1;
    while time(subject, length) < LOOP / 2 {
        length *= 2;
    }
    length
}

fn time(subject: &mut dyn FnMut(), length: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..length {
        subject();
    }
    started.elapsed()
}
