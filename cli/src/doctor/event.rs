//! The events of a run.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use payvost_webhooks::{Error, sample_event, sign};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::request::Request;

/// Stands in the data of each event, to find it in responses.
pub(crate) const MARKER: &str = "doctor_marker_5f3a";

/// An event as the provider sends it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) body: Vec<u8>,
    pub(crate) signature: String,
}

impl Event {
    pub(crate) fn request(&self) -> Request {
        Request::signed(self.body.clone(), &self.signature)
    }

    /// The request with another signature.
    pub(crate) fn request_with(&self, signature: impl AsRef<[u8]>) -> Request {
        Request::signed(self.body.clone(), signature)
    }
}

/// Makes events with ids that no other run has used.
pub(crate) struct Maker {
    secret: Vec<u8>,
    event_type: String,
    live: bool,
    run: u64,
    made: AtomicU64,
}

impl Maker {
    /// # Errors
    ///
    /// If the secret cannot be one.
    pub(crate) fn new(secret: Vec<u8>, event_type: String, live: bool) -> Result<Self, Error> {
        sign("", &secret)?;
        let run = RandomState::new().build_hasher().finish();
        Ok(Self { secret, event_type, live, run, made: AtomicU64::new(0) })
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// The signature of these bytes.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        // The secret was accepted at the start.
        sign(body, &self.secret).unwrap_or_default()
    }

    /// An id that begins as the provider's do.
    pub(crate) fn id(&self) -> String {
        format!("evt_doctor_{:016x}_{}", self.run, self.made.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn event(&self) -> Event {
        self.changed(|_| {})
    }

    pub(crate) fn of_type(&self, event_type: &str) -> Event {
        self.make(event_type, |_| {})
    }

    /// An event of the chosen type after a change to its envelope.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut Map<String, Value>)) -> Event {
        self.make(&self.event_type, change)
    }

    /// An event after a change to its bytes. The changed bytes are signed.
    pub(crate) fn rewritten(&self, rewrite: impl FnOnce(&str) -> Vec<u8>) -> Event {
        let event = self.event();
        let body = rewrite(&String::from_utf8_lossy(&event.body));
        Event { signature: self.sign(&body), body, ..event }
    }

    /// Any bytes, signed.
    pub(crate) fn signed(&self, body: impl Into<Vec<u8>>) -> Event {
        let body = body.into();
        Event { id: String::new(), signature: self.sign(&body), body }
    }

    /// An event of a type after a change to its envelope.
    pub(crate) fn make(&self, event_type: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Event {
        let sample = sample_event(event_type).and_then(|sample| serde_json::from_str(sample).ok());
        let sample: Map<String, Value> = sample.unwrap_or_default();
        let mut data = match sample.get("data") {
            Some(Value::Object(data)) => data.clone(),
            _ => Map::new(),
        };
        data.insert("metadata".into(), json!({ "orderId": "order_of_the_doctor", "note": MARKER }));
        let mut envelope = Map::new();
        envelope.insert("id".into(), self.id().into());
        envelope.insert("type".into(), event_type.into());
        envelope.insert("createdAt".into(), time(SystemTime::now()).into());
        envelope.insert("liveMode".into(), self.live.into());
        envelope.insert("data".into(), data.into());
        envelope.insert("previousData".into(), sample.get("previousData").cloned().unwrap_or_default());
        change(&mut envelope);
        let id = envelope.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let body = Value::Object(envelope).to_string().into_bytes();
        Event { id, signature: self.sign(&body), body }
    }
}

/// A time from now, in RFC 3339.
pub(crate) fn in_future(by: Duration) -> String {
    time(SystemTime::now() + by)
}

/// A time before now, in RFC 3339.
pub(crate) fn ago(by: Duration) -> String {
    time(SystemTime::now().checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH))
}

fn time(at: SystemTime) -> String {
    humantime::format_rfc3339_seconds(at).to_string()
}

/// A signature by any key, even one that the library refuses.
pub(crate) fn forge(body: &[u8], key: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

/// A digest that needs no key.
pub(crate) fn digest(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::{EVENT_TYPES, verify_webhook};

    #[test]
    fn each_event_verifies_and_has_its_own_id() {
        let maker = Maker::new(b"whsec_test".to_vec(), "payment.succeeded".into(), false).unwrap();
        let mut ids = std::collections::HashSet::new();
        for event_type in EVENT_TYPES.iter().chain(&["invoice.paid"]) {
            let event = maker.of_type(event_type);
            let read = verify_webhook(&event.body, &event.signature, "whsec_test").unwrap();
            assert_eq!((read.id(), read.event_type(), read.live_mode()), (event.id.as_str(), *event_type, false));
            assert!(ids.insert(event.id));
        }
    }

    #[test]
    fn a_forged_signature_is_an_hmac() {
        assert_eq!(forge(b"body", b"whsec_test"), sign("body", "whsec_test").unwrap());
        assert!(Maker::new(b" spaced".to_vec(), String::new(), false).is_err());
    }
}
