//! The interface of a store of claims.

use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

use super::delivery::Claiming;
use crate::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, KeptDelivery, Taken};

/// A store of claims, on a blocking client. Each step is atomic and takes the time from the store's own clock.
///
/// What a step does is defined by [`MemoryClaims`](crate::claims::MemoryClaims); [`claims::redis`](crate::claims::redis) and
/// [`claims::sql`](crate::claims::sql) have the same steps as Lua and SQL, with programs that say which comes next. A step that
/// fails returns a [`Fault`]: then the receiver answers 503 and calls no handler.
pub trait ClaimStore {
    /// The transaction that a handler writes through: `()` for leases; for an inbox, the one that the claim is part of.
    type Transaction;

    /// [`Claiming::Lease`], or [`Claiming::Inbox`] if the claim shares a transaction with the handler's writes.
    fn claiming(&self) -> Claiming {
        Claiming::Lease
    }

    /// How long events are claimed and remembered, and what the keys begin with.
    fn policy(&self) -> &ClaimPolicy;

    /// Claims an event. The delivery may be kept with the claim, for a retry by its key. With `retry`, a parked event is claimed
    /// too.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached or refuses.
    fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        retry: bool,
    ) -> Result<(Claim, Option<Self::Transaction>), Fault>;

    /// Extends a claim to `lease` from now. False if another worker has it by now.
    ///
    /// # Errors
    ///
    /// As for [`claim`](Self::claim).
    fn extend(&self, key: &str, token: &str, lease: Duration) -> Result<bool, Fault>;

    /// Records that the event is handled. A store with leases returns [`Completion::Completed`] or [`Completion::Lost`].
    ///
    /// # Errors
    ///
    /// As for [`claim`](Self::claim).
    fn complete(&self, key: &str, token: &str, transaction: &mut Option<Self::Transaction>) -> Result<Completion, Fault>;

    /// Releases the claim and rolls back an inbox's transaction. False if another worker has the claim by now.
    ///
    /// # Errors
    ///
    /// As for [`claim`](Self::claim).
    fn release(
        &self,
        key: &str,
        token: &str,
        error: &HandlerError,
        transaction: &mut Option<Self::Transaction>,
    ) -> Result<bool, Fault>;

    /// Takes a claim that was handed over to a queue, for `lease` from now. `ticket` is the token that it was handed over with, and
    /// `token` that of the worker. An inbox has no tickets: each is [`Taken::Lost`].
    ///
    /// # Errors
    ///
    /// As for [`claim`](Self::claim).
    fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> Result<Taken, Fault>;

    /// The delivery that was kept under a key.
    ///
    /// # Errors
    ///
    /// As for [`claim`](Self::claim).
    fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault>;
}

/// As [`ClaimStore`], on an asynchronous client of any runtime.
pub trait AsyncClaimStore: Send + Sync {
    /// As [`ClaimStore::Transaction`].
    type Transaction: Send;

    /// As [`ClaimStore::claiming`].
    fn claiming(&self) -> Claiming {
        Claiming::Lease
    }

    /// As [`ClaimStore::policy`].
    fn policy(&self) -> &ClaimPolicy;

    /// As [`ClaimStore::claim`].
    fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        retry: bool,
    ) -> impl Future<Output = Result<(Claim, Option<Self::Transaction>), Fault>> + Send;

    /// As [`ClaimStore::extend`].
    fn extend(&self, key: &str, token: &str, lease: Duration) -> impl Future<Output = Result<bool, Fault>> + Send;

    /// As [`ClaimStore::complete`].
    fn complete(
        &self,
        key: &str,
        token: &str,
        transaction: &mut Option<Self::Transaction>,
    ) -> impl Future<Output = Result<Completion, Fault>> + Send;

    /// As [`ClaimStore::release`].
    fn release(
        &self,
        key: &str,
        token: &str,
        error: &HandlerError,
        transaction: &mut Option<Self::Transaction>,
    ) -> impl Future<Output = Result<bool, Fault>> + Send;

    /// As [`ClaimStore::take`].
    fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> impl Future<Output = Result<Taken, Fault>> + Send;

    /// As [`ClaimStore::delivery`].
    fn delivery(&self, key: &str) -> impl Future<Output = Result<Option<StoredDelivery>, Fault>> + Send;
}

/// A delivery that a store has kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// The raw body.
    pub payload: Vec<u8>,
    /// The value of the signature header.
    pub signature: String,
}

/// Without body and signature, which do not belong in a log.
impl core::fmt::Debug for StoredDelivery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StoredDelivery").field("payload_bytes", &self.payload.len()).finish_non_exhaustive()
    }
}
