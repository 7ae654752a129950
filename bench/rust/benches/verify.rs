//! Times the crate alone, with criterion, which compares with its run before:
//! `CARGO_TARGET_DIR=$PWD/target/bench/cargo cargo bench --manifest-path bench/rust/Cargo.toml`, from the top.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use payvost_webhooks::{WebhookVerifier, sign, verify_webhook};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const HEAD: &str =
    r#"{"id":"evt_abc123xyz","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":"#;
const EVENT: &str = r#"{"id":"pay_def456uvw","amount":"99.99","currency":"USD","status":"succeeded","customer":{"email":"customer@example.com","name":"John Doe"},"metadata":{"orderId":"order_12345"}}"#;
const TAIL: &str = r#","previousData":null}"#;

fn bodies() -> [(&'static str, String); 5] {
    let many = |count: usize, entry: &dyn Fn(usize) -> String| (0..count).map(entry).collect::<Vec<_>>().join(",");
    let whole = |data: String| [HEAD, &data, TAIL].concat();
    [
        ("event", whole(EVENT.to_owned())),
        ("objects", whole(format!(r#"{{"items":[{}]}}"#, many(180, &|_| EVENT.to_owned())))),
        ("numbers", whole(format!(r#"{{"items":[{}]}}"#, many(4000, &|index| format!("{index}.25"))))),
        ("keys", whole(format!("{{{}}}", many(2000, &|index| format!(r#""pay_{index:07}":{index}"#))))),
        ("text", whole(format!(r#"{{"text":"{}"}}"#, many(400, &|_| r"Straße und Hausnummer,\n \u00e0 gauche. ".to_owned())))),
    ]
}

fn verify(criterion: &mut Criterion) {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    for (name, body) in bodies() {
        let body = body.as_bytes();
        let signature = sign(body, SECRET).unwrap();
        let forged = sign(body, "whsec_another").unwrap();
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function("verify", |bencher| {
            bencher.iter(|| keep(verifier.verify(black_box(body), &signature).unwrap()));
        });
        group.bench_function("verify once", |bencher| {
            bencher.iter(|| keep(verify_webhook(black_box(body), &signature, SECRET).unwrap()));
        });
        group.bench_function("signature", |bencher| {
            bencher.iter(|| verifier.verify_signature(black_box(body), &signature).unwrap());
        });
        group.bench_function("refuse", |bencher| {
            bencher.iter(|| keep(verifier.verify(black_box(body), &forged).unwrap_err()));
        });
        group.finish();
    }
}

/// Has a value made that nobody looks at.
fn keep<T>(value: T) {
    black_box(&value);
}

criterion_group!(benches, verify);
criterion_main!(benches);
