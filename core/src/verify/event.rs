//! A verified event.

use alloc::borrow::Cow;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;

use super::envelope::{Envelope, owned};
use super::timestamp::Timestamp;
use crate::json::{Document, Token, Value};

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
///
/// [`into_owned`](Self::into_owned) makes an event that owns its payload, for a queue or another thread.
#[derive(Clone, PartialEq, Eq)]
pub struct Event<'p> {
    payload: Cow<'p, str>,
    tape: Vec<Token>,
    envelope: Envelope<'p>,
    matching_secret: usize,
}

impl<'p> Event<'p> {
    /// The event's id: the same in every delivery, so remember it to act once.
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
        self.value(self.envelope.data)
    }

    /// What `data` was before (`previousData`); `None` if the payload has `null` there or nothing.
    #[must_use]
    pub fn previous_data(&self) -> Option<Value<'_>> {
        self.envelope.previous_data.map(|place| self.value(place.get()))
    }

    /// The whole payload as a value, unknown fields included.
    #[must_use]
    pub fn as_value(&self) -> Value<'_> {
        self.value(0)
    }

    /// The value at a JSON Pointer (RFC 6901), such as `/data/customer/email`.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value<'_>> {
        self.as_value().pointer(pointer)
    }

    /// Which secret made the signature: its position among the verifier's secrets, the first one if a secret was given twice.
    ///
    /// During a rotation, this shows when the old secret is no longer used and can be retired.
    #[must_use]
    pub fn matching_secret(&self) -> usize {
        self.matching_secret
    }

    /// The payload as text.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The same event with a copy of the payload, which borrows nothing.
    ///
    /// ```
    /// use payvost_webhooks::{Event, sign, verify_webhook};
    ///
    /// fn receive(body: &[u8], signature: &str) -> Result<Event<'static>, payvost_webhooks::Error> {
    ///     Ok(verify_webhook(body, signature, "whsec_example")?.into_owned())
    /// }
    ///
    /// let body = br#"{"id":"evt_1","type":"user.created","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"id":"usr_1"}}"#;
    /// let event = receive(body, &sign(body, "whsec_example")?)?;
    /// let worker = std::thread::spawn(move || event.pointer("/data/id").map(|id| id.as_str().as_deref() == Some("usr_1")));
    /// assert_eq!(worker.join().ok().flatten(), Some(true));
    /// # Ok::<(), payvost_webhooks::Error>(())
    /// ```
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        let Self { payload, tape, envelope, matching_secret } = self;
        Event { payload: Cow::Owned(payload.into_owned()), tape, envelope: envelope.into_owned(), matching_secret }
    }

    /// As [`into_owned`](Self::into_owned), but reports that memory ran out.
    pub(crate) fn try_into_owned(self) -> Result<Event<'static>, TryReserveError> {
        let Self { payload, tape, envelope, matching_secret } = self;
        let payload = Cow::Owned(owned(payload)?);
        Ok(Event { payload, tape, envelope: envelope.try_into_owned()?, matching_secret })
    }

    fn value(&self, place: usize) -> Value<'_> {
        Value::new(&self.payload, &self.tape, place)
    }

    #[inline(always)]
    pub(crate) fn new(document: Document<'p>, envelope: Envelope<'p>, matching_secret: usize) -> Self {
        let (text, tape) = document.into_parts();
        Self { payload: Cow::Borrowed(text), tape, envelope, matching_secret }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Event");
        debug.field("payload_bytes", &self.payload.len()).field("envelope", &self.envelope);
        debug.field("matching_secret", &self.matching_secret).finish()
    }
}
