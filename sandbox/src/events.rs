//! The events that the sandbox makes.

use payvost_webhooks::{Error, sample_event, sign, verify_webhook};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An event in the provider's envelope, in the order of the guide.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'e> {
    id: &'e str,
    r#type: &'e str,
    created_at: String,
    live_mode: bool,
    data: &'e RawValue,
    previous_data: Option<&'e RawValue>,
}

/// What of a documented sample is used again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sample<'e> {
    #[serde(borrow)]
    data: &'e RawValue,
    #[serde(borrow, default)]
    previous_data: Option<&'e RawValue>,
}

/// The bytes of an event: with the given data, or that of the documented sample of its type. They are signed and sent as they are.
pub(crate) fn payload(id: &str, event_type: &str, data: Option<&RawValue>, now: u64) -> Result<Vec<u8>, serde_json::Error> {
    let empty = RawValue::from_string("{}".to_owned())?;
    let sample: Option<Sample<'_>> = sample_event(event_type).map(serde_json::from_str).transpose()?;
    let (data, previous_data) = match (data, &sample) {
        (Some(data), _) => (data, None),
        (None, Some(sample)) => (sample.data, sample.previous_data),
        (None, None) => (&*empty, None),
    };
    serde_json::to_vec(&Envelope { id, r#type: event_type, created_at: rfc3339(now), live_mode: false, data, previous_data })
}

/// Checks an event as its receivers will.
pub(crate) fn check(payload: &[u8]) -> Result<(), Error> {
    const SECRET: &str = "whsec_check";
    verify_webhook(payload, &sign(payload, SECRET)?, SECRET).map(drop)
}

/// A time in RFC 3339, to the millisecond where it has any.
pub(crate) fn rfc3339(ms: u64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(ms);
    if ms.is_multiple_of(1_000) {
        humantime::format_rfc3339_seconds(time).to_string()
    } else {
        humantime::format_rfc3339_millis(time).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::EVENT_TYPES;

    #[test]
    fn every_event_verifies() {
        for event_type in EVENT_TYPES.iter().chain(&["refund.created"]) {
            let payload = payload("evt_1", event_type, None, 1_761_991_200_250).unwrap();
            let event = verify_webhook(&payload, &sign(&payload, "whsec_test").unwrap(), "whsec_test").unwrap();
            assert_eq!((event.id(), event.event_type()), ("evt_1", *event_type));
        }
    }

    #[test]
    fn given_data_is_sent_as_it_was_written() {
        let data = RawValue::from_string(r#"{"amount": "10.00",  "big":12345678901234567890123}"#.to_owned()).unwrap();
        let text = String::from_utf8(payload("evt_1", "payment.succeeded", Some(&data), 0).unwrap()).unwrap();
        assert!(text.contains(data.get()), "{text}");
        assert!(text.contains(r#""createdAt":"1970-01-01T00:00:00Z","liveMode":false"#), "{text}");
        assert!(text.ends_with(r#""previousData":null}"#), "{text}");
    }
}
