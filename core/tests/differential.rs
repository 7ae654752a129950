//! The scanner against an independent reading, on texts made by mutation: the same verdict and the same value.

#![allow(clippy::unwrap_used)] // a test may stop at the first surprise

mod strict;
mod texts;

use payvost_webhooks::{Error, ErrorCode, WebhookVerifier, sign};

use texts::Random;

const SECRET: &str = "whsec_example";

#[test]
fn mutated_texts_get_the_verdict_of_the_independent_reading() {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..60_000 {
        let text = random.text();
        let verdict = json_verdict(&verifier, &text);
        let expected = strict::parse(&text);
        assert_eq!(verdict.is_some(), expected.is_some(), "{:?}", String::from_utf8_lossy(&text));
        if let (Some(Some(value)), Some(expected)) = (verdict, &expected) {
            assert_eq!(value, *expected, "{:?}", String::from_utf8_lossy(&text));
        }
        *if expected.is_some() { &mut accepted } else { &mut refused } += 1;
    }
    assert!(accepted > 5_000 && refused > 5_000, "{accepted} accepted, {refused} refused: the texts are one-sided");
}

/// `None` when it is not JSON; the value when it is an event.
fn json_verdict(verifier: &WebhookVerifier, text: &[u8]) -> Option<Option<strict::Json>> {
    match verifier.verify(text, &sign(text, SECRET).unwrap()) {
        Ok(event) => Some(Some(strict::tree(event.as_value()))),
        Err(Error::InvalidJson { offset, .. }) => {
            assert!(offset <= text.len());
            None
        }
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::InvalidEvent);
            Some(None)
        }
    }
}
