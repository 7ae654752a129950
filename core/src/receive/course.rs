//! The code that blocking and asynchronous receivers share.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::body::{Body, BodyEnd};
use super::delivery::{Answer, Delivery, HandlerEnd, Verified};
use super::outcome::Outcome;
use crate::bytes::hex;
use crate::claims::{ClaimPolicy, ClaimRequest, Fault, HandlerError, KeptDelivery};
use crate::verify::Event;
use crate::verify::WebhookVerifier;

/// A delivery as it arrived: its body, its signature, its headers, and how reading the body ended.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// The raw body.
    pub body: &'a [u8],
    /// The header `Payvost-Signature`, if there is one.
    pub signature: Option<&'a [u8]>,
    /// The header `Content-Length`, if there is one.
    pub content_length: Option<&'a [u8]>,
    /// The header `Transfer-Encoding`, if there is one.
    pub transfer_encoding: Option<&'a [u8]>,
    /// How reading the body ended.
    pub end: BodyEnd,
}

impl<'a> Arrival<'a> {
    /// A body that was read to its end.
    #[must_use]
    pub const fn new(body: &'a [u8], signature: Option<&'a [u8]>) -> Self {
        Self { body, signature, content_length: None, transfer_encoding: None, end: BodyEnd::Reached }
    }

    /// With the header `Content-Length`, which distinguishes an empty body from one that was
    /// consumed before.
    #[must_use]
    pub const fn content_length(self, content_length: Option<&'a [u8]>) -> Self {
        Self { content_length, ..self }
    }

    /// With the header `Transfer-Encoding`.
    #[must_use]
    pub const fn transfer_encoding(self, transfer_encoding: Option<&'a [u8]>) -> Self {
        Self { transfer_encoding, ..self }
    }

    /// With how reading ended, if not at the end.
    #[must_use]
    pub const fn end(self, end: BodyEnd) -> Self {
        Self { end, ..self }
    }

    /// Verifies the delivery, for a service that does not use a receiver.
    ///
    /// # Errors
    ///
    /// The outcome, which is the response.
    pub fn verify(&self, verifier: &WebhookVerifier) -> Result<Event<'a>, Outcome> {
        match self.verdict(verifier) {
            Some(outcome) => Err(outcome),
            None => verifier.verify(self.body, self.signature).map_err(Outcome::Refused),
        }
    }

    pub(super) fn verdict(&self, verifier: &WebhookVerifier) -> Option<Outcome> {
        Body::new(verifier.max_payload_bytes(), self.content_length, self.transfer_encoding).finish(self.body.len(), self.end)
    }
}

/// Without body and signature, which do not belong in a log.
impl fmt::Debug for Arrival<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("body_bytes", &self.body.len()).field("end", &self.end).finish_non_exhaustive()
    }
}

/// The result of a delivery: the response, and data for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The outcome, which has the status, headers and body of the response.
    pub outcome: Outcome,
    /// The id of the event, unless it was refused.
    pub event_id: Option<String>,
    /// The type of the event, unless it was refused.
    pub event_type: Option<String>,
    /// The position of the secret that matched, unless it was refused.
    pub matching_secret: Option<usize>,
    /// How often the event has been claimed, including this time; 0 without a claim.
    pub attempt: u32,
}

impl Received {
    pub(super) fn of(delivery: &Delivery, outcome: Outcome, event: Option<&Event<'_>>) -> Self {
        let name = |name: &str| String::from(name);
        Self {
            outcome,
            event_id: event.map(|event| name(event.id())),
            event_type: event.map(|event| name(event.event_type())),
            matching_secret: event.map(Event::matching_secret),
            attempt: delivery.attempt(),
        }
    }
}

/// The source of tokens.
pub(super) type Random = Box<dyn Fn() -> Option<[u8; 16]> + Send + Sync>;

pub(super) fn token(random: Option<[u8; 16]>) -> Result<String, Fault> {
    random.map(|bytes| hex::encode(&bytes)).ok_or_else(|| Fault::classify("RandomSource", &["NO_RANDOM_BYTES"], ""))
}

/// A body with its signature, as it arrived or was stored.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) body: &'a [u8],
    pub(super) signature: Option<&'a [u8]>,
    pub(super) stored: bool,
}

impl<'a> Signed<'a> {
    /// What the store keeps. A verified signature is ASCII.
    pub(super) fn kept(self) -> KeptDelivery<'a> {
        let signature = self.signature.and_then(|signature| core::str::from_utf8(signature).ok()).unwrap_or_default();
        KeptDelivery { payload: self.body, signature }
    }
}

/// The state of one delivery, apart from its claim.
pub(super) struct Course<'p, H> {
    pub(super) event: Option<Event<'p>>,
    pub(super) handler: Option<H>,
    pub(super) request: Option<ClaimRequest>,
    pub(super) token: String,
    failure: Option<HandlerError>,
}

impl<H> Default for Course<'_, H> {
    fn default() -> Self {
        Self { event: None, handler: None, request: None, token: String::new(), failure: None }
    }
}

impl<'p, H> Course<'p, H> {
    pub(super) fn verify(
        &mut self,
        verifier: &WebhookVerifier,
        policy: Option<&ClaimPolicy>,
        route: impl FnOnce(&str) -> Option<H>,
        Signed { body, signature, stored }: Signed<'p>,
    ) -> Answer<'_> {
        let verified = if stored { verifier.verify_stored(body, signature) } else { verifier.verify(body, signature) };
        match verified {
            Ok(event) => {
                self.handler = route(event.event_type());
                self.request = policy.map(|policy| policy.request(&event));
                let (event, has_handler) = (&*self.event.insert(event), self.handler.is_some());
                let key = self.request.as_ref().map_or("", |request| &request.key);
                Answer::Verified(Verified { id: event.id(), event_type: event.event_type(), key, has_handler })
            }
            Err(error) => Answer::Refused(error),
        }
    }

    pub(super) fn handled(&mut self, ended: Result<(), HandlerError>, handed_over: bool) -> Answer<'_> {
        Answer::Handled(match ended {
            Ok(()) if handed_over => HandlerEnd::HandedOver,
            Ok(()) => HandlerEnd::Returned,
            Err(error) => HandlerEnd::Failed(self.failure.insert(error).as_str()),
        })
    }
}
