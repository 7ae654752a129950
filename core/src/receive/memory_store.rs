//! The store in memory, ready to use.

use std::string::String;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::vec::Vec;

use super::store::{AsyncClaimStore, ClaimStore, StoredDelivery};
use crate::claims::{
    Claim, ClaimPolicy, ClaimRequest, Completion, DeadLetter, Fault, HandlerError, KeptDelivery, MemoryClaims, Taken,
};
use crate::error::Error;

/// Claims in the memory of one process, for both receivers. A restart forgets them. Several processes share a database or Redis
/// instead.
///
/// ```
/// use payvost_webhooks::WebhookVerifier;
/// use payvost_webhooks::claims::ClaimPolicy;
/// use payvost_webhooks::receive::{MemoryStore, WebhookReceiver};
///
/// let store = MemoryStore::new(ClaimPolicy::new());
/// // Take unpredictable bytes, for example from the crate `getrandom`.
/// let receiver = WebhookReceiver::with_store(WebhookVerifier::new("whsec_example")?, store, || Some([7; 16]));
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    policy: ClaimPolicy,
    claims: Mutex<MemoryClaims>,
    started: Instant,
}

impl MemoryStore {
    /// An empty store for up to 100,000 events.
    #[must_use]
    pub fn new(policy: ClaimPolicy) -> Self {
        Self::of(policy, MemoryClaims::default())
    }

    /// An empty store for up to `capacity` events. When it is full, an event that nobody is handling makes room.
    ///
    /// # Errors
    ///
    /// As [`MemoryClaims::new`].
    pub fn with_capacity(policy: ClaimPolicy, capacity: usize) -> Result<Self, Error> {
        Ok(Self::of(policy, MemoryClaims::new(capacity)?))
    }

    fn of(policy: ClaimPolicy, claims: MemoryClaims) -> Self {
        Self { policy, claims: Mutex::new(claims), started: Instant::now() }
    }

    /// The events that were claimed and not handled, at most `limit` of them. Those that have waited longest come first.
    #[must_use]
    pub fn dead_letters(&self, limit: usize) -> Vec<DeadLetter> {
        self.claims().dead_letters(self.now(), limit)
    }

    /// Discards a dead letter: the event counts as handled. False if the event is done, in progress, or unknown.
    pub fn discard(&self, key: &str) -> bool {
        self.claims().discard(self.now(), &self.policy, key)
    }

    // A step that panicked has changed nothing by halves: each changes its record last.
    fn claims(&self) -> MutexGuard<'_, MemoryClaims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }
}

impl ClaimStore for MemoryStore {
    type Transaction = ();

    fn policy(&self) -> &ClaimPolicy {
        &self.policy
    }

    fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        _retry: bool,
    ) -> Result<(Claim, Option<()>), Fault> {
        let claim = self.claims().claim(self.now(), &self.policy, request, token, Some(delivery));
        claim.map(|claim| (claim, None)).map_err(|_| Fault::classify("MemoryStore", &["STORE_FULL"], ""))
    }

    fn extend(&self, key: &str, token: &str, lease: Duration) -> Result<bool, Fault> {
        Ok(self.claims().extend(self.now(), key, token, lease))
    }

    fn complete(&self, key: &str, token: &str, _: &mut Option<()>) -> Result<Completion, Fault> {
        let held = self.claims().complete(self.now(), &self.policy, key, token);
        Ok(if held { Completion::Completed } else { Completion::Lost })
    }

    fn release(&self, key: &str, token: &str, error: &HandlerError, _: &mut Option<()>) -> Result<bool, Fault> {
        Ok(self.claims().release(self.now(), &self.policy, key, token, error))
    }

    fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> Result<Taken, Fault> {
        let policy = self.policy.clone().lease(lease).map_err(|_| Fault::unknown_reply())?;
        Ok(self.claims().take(self.now(), &policy, key, ticket, token))
    }

    fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        let claims = self.claims();
        let kept = claims.delivery(self.now(), key);
        Ok(kept.map(|kept| StoredDelivery { payload: kept.payload.to_vec(), signature: String::from(kept.signature) }))
    }
}

impl AsyncClaimStore for MemoryStore {
    type Transaction = ();

    fn policy(&self) -> &ClaimPolicy {
        &self.policy
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        retry: bool,
    ) -> Result<(Claim, Option<()>), Fault> {
        ClaimStore::claim(self, request, token, delivery, retry)
    }

    async fn extend(&self, key: &str, token: &str, lease: Duration) -> Result<bool, Fault> {
        ClaimStore::extend(self, key, token, lease)
    }

    async fn complete(&self, key: &str, token: &str, none: &mut Option<()>) -> Result<Completion, Fault> {
        ClaimStore::complete(self, key, token, none)
    }

    async fn release(&self, key: &str, token: &str, error: &HandlerError, none: &mut Option<()>) -> Result<bool, Fault> {
        ClaimStore::release(self, key, token, error, none)
    }

    async fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> Result<Taken, Fault> {
        ClaimStore::take(self, key, ticket, token, lease)
    }

    async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        ClaimStore::delivery(self, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receive::{Arrival, WebhookReceiver};
    use crate::{WebhookVerifier, sign};

    #[test]
    fn a_duplicate_is_handled_once() {
        let body = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
        let signature = sign(body, "whsec_1").unwrap();
        let store = MemoryStore::with_capacity(ClaimPolicy::new(), 1).unwrap();
        let mut receiver = WebhookReceiver::with_store(WebhookVerifier::new("whsec_1").unwrap(), store, || Some([7; 16]));
        receiver.on("*", |_, _| Err(HandlerError::new("DatabaseError"))).unwrap();
        let receive =
            |receiver: &WebhookReceiver<_>| receiver.receive(&Arrival::new(body, Some(signature.as_bytes()))).outcome.code();
        assert_eq!(receive(&receiver), "handler_failed");
        let letters = receiver.store().unwrap().dead_letters(10);
        assert_eq!((letters.len(), letters[0].key.as_str()), (1, "webhook:evt_1"));
        assert_eq!(receiver.retry("webhook:evt_1").unwrap().outcome.code(), "handler_failed");
        assert!(receiver.store().unwrap().discard("webhook:evt_1"));
        assert_eq!(receive(&receiver), "already_handled");
    }

    #[test]
    fn without_random_bytes_nothing_is_handled() {
        let body = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
        let signature = sign(body, "whsec_1").unwrap();
        let store = MemoryStore::new(ClaimPolicy::new());
        let mut receiver = WebhookReceiver::with_store(WebhookVerifier::new("whsec_1").unwrap(), store, || None);
        receiver.on("*", |_, _| panic!("it is not handled")).unwrap();
        assert_eq!(receiver.receive(&Arrival::new(body, Some(signature.as_bytes()))).outcome.code(), "store_unavailable");
    }
}
