//! Does one thing many times, for a tool that counts instructions.
//!
//! `instructions SCENARIO BODY-FILE TIMES`

use std::hint::black_box;
use std::{env, fs};

use payvost_webhooks::{WebhookVerifier, sign};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [scenario, file, times] = arguments.as_slice() else { panic!("instructions SCENARIO BODY-FILE TIMES") };
    let payload = fs::read(file).expect("a readable body");
    let times: u32 = times.parse().expect("a number");

    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let genuine = sign(&payload, SECRET).unwrap();
    let forged = sign(&payload, "whsec_another").unwrap();
    let once: &mut dyn FnMut() = match scenario.as_str() {
        "signature" => &mut || verifier.verify_signature(black_box(&payload), &genuine).unwrap(),
        "verify" => &mut || keep(verifier.verify(black_box(&payload), &genuine).unwrap()),
        "refuse" => &mut || keep(verifier.verify(black_box(&payload), &forged).unwrap_err()),
        "once" => &mut || {
            keep(payvost_webhooks::verify_webhook(black_box(&payload), &genuine, SECRET).unwrap());
        },
        _ => panic!("no such scenario: {scenario}"),
    };
    for _ in 0..times {
        once();
    }
}

/// Has a value made that nobody looks at.
fn keep<T>(value: T) {
    black_box(&value);
}
