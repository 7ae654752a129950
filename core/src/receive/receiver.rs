//! A receiver for services in Rust: it verifies deliveries, claims events, calls handlers, and returns the response.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::convert::Infallible;
use core::fmt;
use core::time::Duration;

use super::claim::EventClaim;
use super::course::{Arrival, Course, Random, Received, Signed, token};
use super::delivery::{Answer, Ask, Claiming, Delivery};
use super::outcome::Outcome;
use super::record::Record;
use super::router::Router;
use super::store::{ClaimStore, StoredDelivery};
use crate::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, KeptDelivery, Taken};
use crate::error::Error;
use crate::verify::Event;
use crate::verify::WebhookVerifier;

/// Verifies deliveries, calls the handler for each event, and returns the response. With a store, each event is claimed before
/// its handler runs, so that duplicates are handled once.
///
/// It blocks; [`AsyncWebhookReceiver`](super::AsyncWebhookReceiver) does not. Neither reads a socket: pass the raw body.
///
/// ```
/// use payvost_webhooks::receive::{Arrival, WebhookReceiver};
/// use payvost_webhooks::{WebhookVerifier, sign};
///
/// let verifier = WebhookVerifier::new("whsec_example")?;
/// let mut receiver = WebhookReceiver::new(verifier);
/// receiver.on("payment.succeeded", |event, _claim| {
///     assert_eq!(event.id(), "evt_1");
///     Ok(())
/// })?;
///
/// let body = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
/// let signature = sign(body, "whsec_example")?;
/// let answer = receiver.receive(&Arrival::new(body, Some(signature.as_bytes())));
/// assert_eq!((answer.outcome.status(), &*answer.outcome.body()), (200, r#"{"received":true}"#));
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
pub struct WebhookReceiver<S: ClaimStore = NoStore> {
    verifier: WebhookVerifier,
    router: Router<BoxedHandler<S>>,
    store: Option<(Arc<S>, Random)>,
    log: Box<dyn Fn(&Record) + Send + Sync>,
}

/// The type of a handler.
pub type BoxedHandler<S> = Box<
    dyn Fn(&Event<'_>, Option<&mut EventClaim<S, <S as ClaimStore>::Transaction>>) -> Result<(), HandlerError> + Send + Sync,
>;

impl WebhookReceiver<NoStore> {
    /// A receiver without a store: duplicates are handled again.
    #[must_use]
    pub fn new(verifier: WebhookVerifier) -> Self {
        Self { verifier, router: Router::new(), store: None, log: Box::new(|_| {}) }
    }
}

impl<S: ClaimStore> WebhookReceiver<S> {
    /// A receiver that claims each event in a store. `random` returns 16 unpredictable bytes for the token of each claim; with
    /// `None`, the response is 503.
    #[must_use]
    pub fn with_store(
        verifier: WebhookVerifier,
        store: S,
        random: impl Fn() -> Option<[u8; 16]> + Send + Sync + 'static,
    ) -> Self {
        Self { verifier, router: Router::new(), store: Some((Arc::new(store), Box::new(random))), log: Box::new(|_| {}) }
    }

    /// Registers a handler for a type, a family (`payment.*`) or everything (`*`). It gets the claim if there is a store.
    ///
    /// # Errors
    ///
    /// As [`Router::on`].
    pub fn on(
        &mut self,
        pattern: &str,
        handler: impl Fn(&Event<'_>, Option<&mut EventClaim<S, S::Transaction>>) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        self.router.on(pattern, Box::new(handler))?;
        Ok(self)
    }

    /// The logger for the record of each delivery. It cannot change a response.
    pub fn log_to(&mut self, log: impl Fn(&Record) + Send + Sync + 'static) -> &mut Self {
        self.log = Box::new(log);
        self
    }

    /// The store, if there is one.
    #[must_use]
    pub fn store(&self) -> Option<&S> {
        self.store.as_ref().map(|(store, _)| &**store)
    }

    /// How long a body may be: reading more of it than one byte over that is useless.
    #[must_use]
    pub fn max_payload_bytes(&self) -> usize {
        self.verifier.max_payload_bytes()
    }

    /// Ends a delivery before it is read, such as [`Outcome::of_method`] says, and logs it.
    pub fn end(&self, outcome: Outcome) -> Received {
        self.log(&Delivery::ended(outcome), outcome, None)
    }

    /// Receives a delivery.
    pub fn receive(&self, arrival: &Arrival<'_>) -> Received {
        match arrival.verdict(&self.verifier) {
            Some(outcome) => self.end(outcome),
            None => self.run(Delivery::arrived(self.claiming()), arrival.body, arrival.signature),
        }
    }

    /// Handles an event again from the delivery that the store has kept. `None` if nothing is kept under the key, or without a
    /// store.
    pub fn retry(&self, key: &str) -> Option<Received> {
        let (store, _) = self.store.as_ref()?;
        let mut delivery = Delivery::retry(self.claiming(), key);
        match store.delivery(key) {
            Ok(None) => None,
            Ok(Some(StoredDelivery { payload, signature })) => {
                let _ = delivery.feed(Answer::Loaded(true));
                Some(self.run(delivery, &payload, Some(signature.as_bytes())))
            }
            Err(fault) => {
                let _ = delivery.feed(Answer::Failed(fault));
                Some(self.log(&delivery, Outcome::StoreUnavailable, None))
            }
        }
    }

    fn claiming(&self) -> Claiming {
        self.store.as_ref().map_or(Claiming::Never, |(store, _)| store.claiming())
    }

    fn run(&self, mut delivery: Delivery, body: &[u8], signature: Option<&[u8]>) -> Received {
        let mut course = Course::default();
        let mut claim = None;
        while let Some(ask) = delivery.next() {
            let answer = match ask {
                Ask::Verify { stored } => {
                    let policy = self.store.as_ref().map(|(store, _)| store.policy());
                    course.verify(&self.verifier, policy, |name| self.router.route(name), Signed { body, signature, stored })
                }
                Ask::Claim { retry } => self.claim(&mut course, &mut claim, Signed { body, signature, stored: retry }),
                Ask::Handle => {
                    let ended = match (course.handler, &course.event) {
                        (Some(handler), Some(event)) => handler(event, claim.as_mut()),
                        _ => Err(HandlerError::new("")),
                    };
                    course.handled(ended, claim.as_ref().is_some_and(EventClaim::is_handed_over))
                }
                Ask::Complete => self.with_claim(
                    &mut claim,
                    |store, claim, key, token| store.complete(key, token, claim).map_or_else(Answer::Failed, Answer::Completed),
                    &course,
                ),
                Ask::Release => {
                    let error = HandlerError::new(delivery.handler_error());
                    self.with_claim(
                        &mut claim,
                        |store, claim, key, token| {
                            store.release(key, token, &error, claim).map_or_else(Answer::Failed, Answer::Released)
                        },
                        &course,
                    )
                }
                Ask::Log | Ask::Load => break,
            };
            // Unreachable: each answer matches the step before it.
            if delivery.feed(answer).is_err() {
                break;
            }
        }
        self.log(&delivery, delivery.outcome().unwrap_or(Outcome::HandlerFailed), course.event.as_ref())
    }

    fn claim(
        &self,
        course: &mut Course<'_, &BoxedHandler<S>>,
        claim: &mut Option<EventClaim<S, S::Transaction>>,
        signed: Signed<'_>,
    ) -> Answer<'static> {
        let (Some((store, random)), Some(request)) = (&self.store, &course.request) else {
            return Answer::Failed(Fault::unknown_reply());
        };
        course.token = match token(random()) {
            Ok(token) => token,
            Err(fault) => return Answer::Failed(fault),
        };
        let (reply, transaction) = match store.claim(request, &course.token, signed.kept(), signed.stored) {
            Ok(claimed) => claimed,
            Err(fault) => return Answer::Failed(fault),
        };
        if let Claim::Claimed { attempt } = reply {
            let (key, token) = (request.key.clone(), course.token.clone());
            *claim = Some(EventClaim::new(Arc::clone(store), key, token, attempt, transaction));
        }
        Answer::Claimed(reply)
    }

    /// A step on the claim that was made, or may have been.
    fn with_claim(
        &self,
        claim: &mut Option<EventClaim<S, S::Transaction>>,
        step: impl FnOnce(&S, &mut Option<S::Transaction>, &str, &str) -> Answer<'static>,
        course: &Course<'_, &BoxedHandler<S>>,
    ) -> Answer<'static> {
        let (Some((store, _)), Some(request)) = (&self.store, &course.request) else {
            return Answer::Failed(Fault::unknown_reply());
        };
        let mut none = None;
        let transaction = claim.as_mut().map_or(&mut none, EventClaim::transaction_slot);
        step(store, transaction, &request.key, &course.token)
    }

    fn log(&self, delivery: &Delivery, outcome: Outcome, event: Option<&Event<'_>>) -> Received {
        (self.log)(&delivery.record());
        Received::of(delivery, outcome, event)
    }
}

impl<S: ClaimStore> fmt::Debug for WebhookReceiver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookReceiver")
            .field("verifier", &self.verifier)
            .field("claiming", &self.claiming())
            .finish_non_exhaustive()
    }
}

/// The store type of a receiver without a store. It has no values.
#[derive(Debug, Clone, Copy)]
pub enum NoStore {}

impl ClaimStore for NoStore {
    type Transaction = Infallible;

    fn policy(&self) -> &ClaimPolicy {
        match *self {}
    }

    fn claim(
        &self,
        _: &ClaimRequest,
        _: &str,
        _: KeptDelivery<'_>,
        _: bool,
    ) -> Result<(Claim, Option<Self::Transaction>), Fault> {
        match *self {}
    }

    fn extend(&self, _: &str, _: &str, _: Duration) -> Result<bool, Fault> {
        match *self {}
    }

    fn complete(&self, _: &str, _: &str, _: &mut Option<Self::Transaction>) -> Result<Completion, Fault> {
        match *self {}
    }

    fn release(&self, _: &str, _: &str, _: &HandlerError, _: &mut Option<Self::Transaction>) -> Result<bool, Fault> {
        match *self {}
    }

    fn take(&self, _: &str, _: &str, _: &str, _: Duration) -> Result<Taken, Fault> {
        match *self {}
    }

    fn delivery(&self, _: &str) -> Result<Option<StoredDelivery>, Fault> {
        match *self {}
    }
}
