//! The receiver for asynchronous services.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::pin::Pin;

use super::claim::EventClaim;
use super::course::{Arrival, Course, Random, Received, Signed, token};
use super::delivery::{Answer, Ask, Claiming, Delivery};
use super::outcome::Outcome;
use super::record::Record;
use super::router::Router;
use super::store::{AsyncClaimStore, StoredDelivery};
use crate::claims::{Claim, Fault, HandlerError};
use crate::error::Error;
use crate::verify::Event;
use crate::verify::WebhookVerifier;

/// As [`WebhookReceiver`](super::WebhookReceiver), for asynchronous handlers and stores, on any runtime.
///
/// It always has a store: without one, the blocking receiver does the same.
pub struct AsyncWebhookReceiver<S: AsyncClaimStore> {
    verifier: WebhookVerifier,
    router: Router<AsyncHandler<S>>,
    store: Arc<S>,
    random: Random,
    log: Box<dyn Fn(&Record) + Send + Sync>,
}

/// What a handler returns: `Box::pin(async move { … })`.
pub type HandlerFuture<'a> = Pin<Box<dyn Future<Output = Result<(), HandlerError>> + Send + 'a>>;

type AsyncHandler<S> = Box<
    dyn for<'a> Fn(&'a Event<'_>, &'a mut EventClaim<S, <S as AsyncClaimStore>::Transaction>) -> HandlerFuture<'a>
        + Send
        + Sync,
>;

impl<S: AsyncClaimStore> AsyncWebhookReceiver<S> {
    /// A receiver that claims each event in a store. `random` returns 16 unpredictable bytes for the token of each claim; with
    /// `None`, the response is 503.
    #[must_use]
    pub fn with_store(
        verifier: WebhookVerifier,
        store: S,
        random: impl Fn() -> Option<[u8; 16]> + Send + Sync + 'static,
    ) -> Self {
        let (store, random) = (Arc::new(store), Box::new(random));
        Self { verifier, router: Router::new(), store, random, log: Box::new(|_| {}) }
    }

    /// Registers a handler for a type, a family (`payment.*`) or everything (`*`).
    ///
    /// # Errors
    ///
    /// As [`Router::on`].
    pub fn on(
        &mut self,
        pattern: &str,
        handler: impl for<'a> Fn(&'a Event<'_>, &'a mut EventClaim<S, S::Transaction>) -> HandlerFuture<'a> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        self.router.on(pattern, Box::new(handler))?;
        Ok(self)
    }

    /// The logger for the record of each delivery. It cannot change a response.
    pub fn log_to(&mut self, log: impl Fn(&Record) + Send + Sync + 'static) -> &mut Self {
        self.log = Box::new(log);
        self
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
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
    ///
    /// When this future is dropped, the lease of the claim runs out by itself; the store must roll back an inbox's transaction
    /// that is dropped.
    pub async fn receive(&self, arrival: &Arrival<'_>) -> Received {
        match arrival.verdict(&self.verifier) {
            Some(outcome) => self.end(outcome),
            None => self.run(Delivery::arrived(self.claiming()), arrival.body, arrival.signature).await,
        }
    }

    /// Handles an event again from the delivery that the store has kept. `None` if nothing is kept under the key.
    pub async fn retry(&self, key: &str) -> Option<Received> {
        let mut delivery = Delivery::retry(self.claiming(), key);
        match self.store.delivery(key).await {
            Ok(None) => None,
            Ok(Some(StoredDelivery { payload, signature })) => {
                let _ = delivery.feed(Answer::Loaded(true));
                Some(self.run(delivery, &payload, Some(signature.as_bytes())).await)
            }
            Err(fault) => {
                let _ = delivery.feed(Answer::Failed(fault));
                Some(self.log(&delivery, Outcome::StoreUnavailable, None))
            }
        }
    }

    fn claiming(&self) -> Claiming {
        self.store.claiming()
    }

    async fn run(&self, mut delivery: Delivery, body: &[u8], signature: Option<&[u8]>) -> Received {
        let mut course = Course::default();
        let mut claim = None;
        while let Some(ask) = delivery.next() {
            let answer = match ask {
                Ask::Verify { stored } => {
                    let route = |name: &str| self.router.route(name);
                    course.verify(&self.verifier, Some(self.store.policy()), route, Signed { body, signature, stored })
                }
                Ask::Claim { retry } => self.claim(&mut course, &mut claim, Signed { body, signature, stored: retry }).await,
                Ask::Handle => {
                    let ended = match (course.handler, &course.event, claim.as_mut()) {
                        (Some(handler), Some(event), Some(claim)) => handler(event, claim).await,
                        _ => Err(HandlerError::new("")),
                    };
                    course.handled(ended, claim.as_ref().is_some_and(EventClaim::is_handed_over))
                }
                Ask::Complete => match (&course.request, transaction_of(&mut claim, &mut None)) {
                    (Some(request), transaction) => {
                        let completed = self.store.complete(&request.key, &course.token, transaction).await;
                        completed.map_or_else(Answer::Failed, Answer::Completed)
                    }
                    (None, _) => Answer::Failed(Fault::unknown_reply()),
                },
                Ask::Release => match (&course.request, transaction_of(&mut claim, &mut None)) {
                    (Some(request), transaction) => {
                        let error = HandlerError::new(delivery.handler_error());
                        let released = self.store.release(&request.key, &course.token, &error, transaction).await;
                        released.map_or_else(Answer::Failed, Answer::Released)
                    }
                    (None, _) => Answer::Failed(Fault::unknown_reply()),
                },
                Ask::Log | Ask::Load => break,
            };
            // Unreachable: each answer matches the step before it.
            if delivery.feed(answer).is_err() {
                break;
            }
        }
        self.log(&delivery, delivery.outcome().unwrap_or(Outcome::HandlerFailed), course.event.as_ref())
    }

    async fn claim(
        &self,
        course: &mut Course<'_, &AsyncHandler<S>>,
        claim: &mut Option<EventClaim<S, S::Transaction>>,
        signed: Signed<'_>,
    ) -> Answer<'static> {
        let Some(request) = &course.request else { return Answer::Failed(Fault::unknown_reply()) };
        course.token = match token((self.random)()) {
            Ok(token) => token,
            Err(fault) => return Answer::Failed(fault),
        };
        let (reply, transaction) = match self.store.claim(request, &course.token, signed.kept(), signed.stored).await {
            Ok(claimed) => claimed,
            Err(fault) => return Answer::Failed(fault),
        };
        if let Claim::Claimed { attempt } = reply {
            let (key, token) = (request.key.clone(), course.token.clone());
            *claim = Some(EventClaim::new(Arc::clone(&self.store), key, token, attempt, transaction));
        }
        Answer::Claimed(reply)
    }

    fn log(&self, delivery: &Delivery, outcome: Outcome, event: Option<&Event<'_>>) -> Received {
        (self.log)(&delivery.record());
        Received::of(delivery, outcome, event)
    }
}

/// The transaction of the claim, if the claim was certainly made.
fn transaction_of<'a, S, T>(claim: &'a mut Option<EventClaim<S, T>>, none: &'a mut Option<T>) -> &'a mut Option<T> {
    claim.as_mut().map_or(none, EventClaim::transaction_slot)
}

impl<S: AsyncClaimStore> fmt::Debug for AsyncWebhookReceiver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("AsyncWebhookReceiver");
        debug.field("verifier", &self.verifier).field("claiming", &self.claiming()).finish_non_exhaustive()
    }
}
