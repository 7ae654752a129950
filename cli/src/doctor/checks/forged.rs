//! What someone without the secret can send must be refused.

use crate::doctor::check::{Check, Probe};
use crate::doctor::event::{digest, forge};
use crate::doctor::exam::Exam;
use crate::doctor::request::Request;

const VERIFY: &str = "Compare the whole signature with HMAC-SHA256 of the raw body, and answer 400 unless they are equal.";
const FAIL_CLOSED: &str = "Refuse to start without a secret, and refuse each request without a valid signature.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "unsigned",
        title: "An event without a signature is refused",
        remedy: FAIL_CLOSED,
        probe: Probe::Forged(|exam| vec![Request::unsigned(exam.maker.event().body)]),
    },
    Check {
        code: "unsigned_empty",
        title: "An empty request without a signature is refused",
        remedy: FAIL_CLOSED,
        probe: Probe::Forged(|_| vec![Request::unsigned("")]),
    },
    Check {
        code: "empty_signature",
        title: "An empty signature is refused",
        remedy: FAIL_CLOSED,
        probe: Probe::Forged(|exam| vec![exam.maker.event().request_with("")]),
    },
    Check {
        code: "placeholder_signature",
        title: "Values that stand for nothing are refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| {
            ["null", "undefined", "None", "0", "true", "0000000000000000000000000000000000000000000000000000000000000000"]
                .map(|value| exam.maker.event().request_with(value).label(value))
                .into()
        }),
    },
    Check {
        code: "forged",
        title: "A signature by another secret is refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let signature = forge(&event.body, b"whsec_of_someone_else");
            vec![event.request_with(signature)]
        }),
    },
    Check {
        code: "empty_secret",
        title: "A signature by an empty secret is refused",
        remedy: "Refuse to start when the secret is missing or empty. HMAC accepts an empty key, so anyone can sign.",
        probe: Probe::Forged(|exam| by_keys(exam, &[("an empty secret", b"")])),
    },
    Check {
        code: "placeholder_secret",
        title: "A signature by a guessable secret is refused",
        remedy: "Read the secret from the configuration, and refuse to start without one. Do not have a default.",
        probe: Probe::Forged(|exam| {
            by_keys(
                exam,
                &[
                    ("the secret \"undefined\"", b"undefined"),
                    ("the secret \"null\"", b"null"),
                    ("the secret \"None\"", b"None"),
                    ("the secret \"secret\"", b"secret"),
                    ("the secret \"whsec_\"", b"whsec_"),
                    ("the secret \"your_webhook_secret\"", b"your_webhook_secret"),
                ],
            )
        }),
    },
    Check {
        code: "unkeyed_digest",
        title: "A digest without the secret is refused",
        remedy: "Use HMAC with the secret as its key. A plain SHA-256 can be computed by anyone.",
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let signature = digest(&event.body);
            vec![event.request_with(signature)]
        }),
    },
    Check {
        code: "body_changed",
        title: "A body with one changed byte is refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let amount = String::from_utf8_lossy(&event.body).replacen("order_of", "order_if", 1);
            vec![Request::signed(amount, &event.signature)]
        }),
    },
    Check {
        code: "body_extended",
        title: "A body with bytes before or after the signed ones is refused",
        remedy: "Verify all bytes of the body, to its end.",
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let body = String::from_utf8_lossy(&event.body);
            vec![
                Request::signed(format!("{body}\n"), &event.signature).label("a newline was added"),
                Request::signed(format!(" {body}"), &event.signature).label("a space was added in front"),
                Request::signed(format!("{body}\0"), &event.signature).label("a NUL was added"),
            ]
        }),
    },
    Check {
        code: "body_truncated",
        title: "A body that was cut off is refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let half = event.body.get(..event.body.len() / 2).unwrap_or_default().to_vec();
            vec![Request::signed(half, &event.signature)]
        }),
    },
    Check {
        code: "body_reserialized",
        title: "The same JSON in other bytes is refused",
        remedy: "Verify the bytes as they arrived, not JSON that was parsed and serialized again.",
        probe: Probe::Forged(|exam| {
            let event = exam.maker.event();
            let spaced = String::from_utf8_lossy(&event.body).replace("\":", "\": ");
            vec![Request::signed(spaced, &event.signature)]
        }),
    },
    Check {
        code: "signature_of_other_event",
        title: "The signature of another event is refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| vec![exam.maker.event().request_with(exam.maker.event().signature)]),
    },
    Check {
        code: "signature_of_empty_body",
        title: "The signature of an empty body is refused",
        remedy: "Something reads the body before the receiver, which then verifies nothing. Read the raw body first.",
        probe: Probe::Forged(|exam| vec![exam.maker.event().request_with(exam.maker.sign(b""))]),
    },
    Check {
        code: "signature_truncated",
        title: "A part of the signature is refused",
        remedy: "Compare all 64 digits. A comparison that ends at the shorter value accepts a guess of one digit.",
        probe: Probe::Forged(|exam| {
            let cut = |length: usize, label| {
                let event = exam.maker.event();
                let part: String = event.signature.chars().take(length).collect();
                event.request_with(part).label(label)
            };
            vec![cut(63, "63 digits"), cut(32, "32 digits"), cut(1, "one digit")]
        }),
    },
    Check {
        code: "signature_digits",
        title: "A signature with wrong or misplaced digits is refused",
        remedy: VERIFY,
        probe: Probe::Forged(|exam| {
            let wrong = |at: usize, label| {
                let event = exam.maker.event();
                let signature = with_wrong_digit(&event.signature, at);
                event.request_with(signature).label(label)
            };
            let event = exam.maker.event();
            let reversed: String = event.signature.chars().rev().collect();
            vec![
                wrong(0, "the first digit was wrong"),
                wrong(31, "the digit in the middle was wrong"),
                wrong(63, "the last digit was wrong"),
                event.request_with(reversed).label("the digits were in reverse order"),
            ]
        }),
    },
];

/// Events that are signed by each key, except by the secret itself.
fn by_keys(exam: &Exam, keys: &[(&'static str, &[u8])]) -> Vec<Request> {
    keys.iter()
        .filter(|(_, key)| *key != exam.maker.secret())
        .map(|(label, key)| {
            let event = exam.maker.event();
            let signature = forge(&event.body, key);
            event.request_with(signature).label(label)
        })
        .collect()
}

/// The signature, with a different digit at one place.
pub(crate) fn with_wrong_digit(signature: &str, at: usize) -> String {
    signature
        .chars()
        .enumerate()
        .map(|(index, digit)| match digit {
            digit if index != at => digit,
            '0' => '1',
            _ => '0',
        })
        .collect()
}
