//! Any bytes as secret, signature and payload: nothing panics, nothing is accepted without the right signature, and every
//! accessor of an accepted event works.

#![no_main]

use libfuzzer_sys::fuzz_target;
use payvost_webhooks::{Error, Kind, SignatureHeader, Value, WebhookVerifier, sign};

fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (secret, signature, payload) = input;
    let Ok(verifier) = WebhookVerifier::new(secret) else { return };
    let right = sign(payload, secret).unwrap();
    if signature != right.as_bytes() {
        verifier.verify(payload, SignatureHeader::from(signature)).unwrap_err();
    }
    match verifier.verify(payload, &right) {
        Ok(event) => walk(event.as_value()),
        Err(Error::InvalidJson { offset, .. }) => assert!(offset <= payload.len()),
        Err(_) => {}
    }
});

/// Calls every accessor of a value.
fn walk(value: Value<'_>) {
    assert!(serde_json::from_str::<serde_json::Value>(value.raw()).is_ok());
    match value.kind() {
        Kind::Array(elements) => elements.into_iter().for_each(walk),
        Kind::Object(members) => {
            for (key, member) in members {
                assert_eq!(value.get(&key.decode()).map(Value::raw), Some(member.raw()));
                walk(member);
            }
        }
        Kind::Number(number) => assert!(number.as_f64().is_finite()),
        Kind::String(string) => assert!(string.decode().len() <= string.raw().len()),
        Kind::Null | Kind::Bool(_) => {}
    }
}
