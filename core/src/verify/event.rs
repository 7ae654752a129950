//! A verified event.

use super::envelope::Envelope;
use super::timestamp::Timestamp;
use crate::json::{Document, Value};

/// A verified event: a typed view of the payload, which it borrows.
///
/// ```
/// use payvost_webhooks::{sign, verify_webhook};
///
/// let payload = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",
///                    "liveMode":true,"data":{"id":"pay_1","amount":"99.99"},"previousData":null}"#;
/// let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
///
/// assert_eq!((event.id(), event.event_type(), event.live_mode()), ("evt_1", "payment.succeeded", true));
/// assert_eq!(event.pointer("/data/amount").and_then(|amount| amount.as_str()).as_deref(), Some("99.99"));
/// assert!(event.previous_data().is_none());
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'p> {
    document: Document<'p>,
    envelope: Envelope<'p>,
    matching_secret: usize,
}

impl<'p> Event<'p> {
    /// The event's identity (`id`): the same in every attempt to deliver it, so remember it to act once.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.envelope.id
    }

    /// What happened (`type`), such as `payment.succeeded`. The list is open: expect types that you do not know.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.envelope.event_type
    }

    /// When it happened (`createdAt`). Retries keep it.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.envelope.created_at
    }

    /// Whether real money is meant (`liveMode`).
    #[must_use]
    pub fn live_mode(&self) -> bool {
        self.envelope.live_mode
    }

    /// What it happened to (`data`), always an object. Its content is the provider's and is not checked.
    #[must_use]
    pub fn data(&self) -> Value<'_> {
        self.document.value(self.envelope.data)
    }

    /// What `data` was before (`previousData`); `None` when the payload has `null` there or nothing.
    #[must_use]
    pub fn previous_data(&self) -> Option<Value<'_>> {
        self.envelope.previous_data.map(|place| self.document.value(place.get()))
    }

    /// The whole payload as a value, unknown fields included.
    #[must_use]
    pub fn as_value(&self) -> Value<'_> {
        self.document.root()
    }

    /// The value that a JSON Pointer (RFC 6901) names, such as `/data/customer/email`.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value<'_>> {
        self.as_value().pointer(pointer)
    }

    /// Which secret made the signature: its position among the verifier's, the first of them when one was given twice.
    ///
    /// While a secret is rotated, this shows when the old one has gone out of use and can be retired.
    #[must_use]
    pub fn matching_secret(&self) -> usize {
        self.matching_secret
    }

    /// The payload as text.
    #[must_use]
    pub fn payload(&self) -> &'p str {
        self.document.text()
    }

    #[inline(always)]
    pub(crate) fn new(document: Document<'p>, envelope: Envelope<'p>, matching_secret: usize) -> Self {
        Self { document, envelope, matching_secret }
    }
}
