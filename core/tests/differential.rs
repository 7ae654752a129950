//! Compares the scanner with an independent reading on mutated texts: the same verdict and the same value.

#![allow(clippy::unwrap_used)] // a test may stop at the first surprise

mod dictionaries;
mod strict;
mod texts;

use std::time::Duration;

use payvost_webhooks::{Error, ErrorCode, Timestamp, WebhookVerifier, sign};

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

/// Errors of every kind, with a duplicate key before and after them, at several depths and in several spellings: the verdict is
/// the same if duplicate keys are left to dictionaries.
#[test]
fn dictionaries_find_duplicate_keys() {
    let builder =
        WebhookVerifier::builder().secret(SECRET).tolerance(Duration::from_secs(60), || Timestamp::from_unix(1_761_991_200, 0));
    let verifier = builder.expect_live_mode(true).build().unwrap();
    let many: String = (0..700).map(|number| format!(r#""k{number}":{number},"#)).collect();
    let twice = [
        "",
        r#""a":1,"b":{},"a":2,"#,
        r#""a":1,"\u0061":{"b":[]},"#,
        r#""o":[{},{"":{"😀":0,"\ud83d\ude00":1}}],"#,
        &format!(r#""many":{{{many}"k\u00369":0}},"#),
        r#""id":"evt_0","id":"evt_0","#,
    ];
    let event = r#"{@"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,@"data":{}}"#;
    let faults = [
        (None, "", ""),
        (Some(ErrorCode::InvalidJson), "true", "tru"),
        (Some(ErrorCode::InvalidJson), r#""t""#, r#""\ud800""#),
        (Some(ErrorCode::InvalidJson), "{}}", "{}}]"),
        (Some(ErrorCode::InvalidEvent), r#""e""#, r#""""#),
        (Some(ErrorCode::InvalidEvent), "{}", "[]"),
        (Some(ErrorCode::LiveModeMismatch), "true", "false"),
        (Some(ErrorCode::EventTooOld), "10:00:00", "09:58:00"),
        (Some(ErrorCode::EventInFuture), "10:00:00", "10:02:00"),
    ];
    for (code, sound, broken) in faults {
        let event = event.replacen(sound, broken, 1);
        for first in twice {
            for last in twice {
                let payload = event.replacen('@', first, 1).replacen('@', last, 1);
                let signature = sign(&payload, SECRET).unwrap();
                let verdict = verifier.verify(&payload, &signature);
                let expected = if first.is_empty() && last.is_empty() { code } else { Some(ErrorCode::InvalidJson) };
                assert_eq!(verdict.as_ref().err().map(Error::code), expected, "{payload}");
                assert_eq!(dictionaries::verify(&verifier, payload.as_bytes(), &signature), verdict, "{payload}");
            }
        }
    }
}

/// `None` if it is not JSON; the value if it is an event.
fn json_verdict(verifier: &WebhookVerifier, text: &[u8]) -> Option<Option<strict::Json>> {
    let signature = sign(text, SECRET).unwrap();
    let verdict = verifier.verify(text, &signature);
    assert_eq!(dictionaries::verify(verifier, text, &signature), verdict, "{:?}", String::from_utf8_lossy(text));
    match verdict {
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
