//! Requests to a store.

use alloc::string::String;

use crate::bytes::{hex, sha256};
use crate::limits::MAX_LABEL_BYTES;
use crate::verify::Event;

/// A claim to be made for an event.
///
/// ```
/// use payvost_webhooks::{claims::ClaimPolicy, sign, verify_webhook};
///
/// let payload = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
/// let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
/// let request = ClaimPolicy::new().request(&event);
/// assert_eq!(request.key, "webhook:evt_1");
/// assert_eq!(request.fingerprint.len(), 64);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimRequest {
    /// The key under which the store keeps the claim.
    pub key: String,
    /// SHA-256 of the raw body, in lowercase hex: it distinguishes the same event from another one with its id.
    pub fingerprint: String,
    /// The type, for people who look into the store: at most 255 bytes without control characters.
    pub event_type: String,
}

impl ClaimRequest {
    /// Builds a request from parts that went through another language: for bindings.
    #[must_use]
    pub const fn from_parts(key: String, fingerprint: String, event_type: String) -> Self {
        Self { key, fingerprint, event_type }
    }

    pub(crate) fn new(key: String, event: &Event<'_>) -> Self {
        let fingerprint = hex::encode(&sha256::digest(event.payload().as_bytes()));
        Self { key, fingerprint, event_type: label(event.event_type()) }
    }
}

/// A delivery as it arrived. It is kept with its claim until the event is handled, so that it can be handled again after the
/// provider has given up. It is verified again then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptDelivery<'a> {
    /// The raw body.
    pub payload: &'a [u8],
    /// The value of the signature header.
    pub signature: &'a str,
}

/// A text shortened for a column that people read. Control characters are replaced, because PostgreSQL refuses NUL.
pub(crate) fn label(text: &str) -> String {
    let mut label = String::new();
    for character in text.chars().map(|character| if character.is_control() { '?' } else { character }) {
        if label.len() + character.len_utf8() > MAX_LABEL_BYTES {
            break;
        }
        label.push(character);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_fits_into_a_column() {
        assert_eq!(label("payment.succeeded"), "payment.succeeded");
        assert_eq!(label("a\0b\nc\u{9b}d"), "a?b?c?d");
        assert_eq!(label(&"é".repeat(200)), "é".repeat(127));
    }
}
