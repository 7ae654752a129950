//! The claim on an event, as its handler sees it.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::claim_error::{ClaimError, checked};
use super::store::{AsyncClaimStore, ClaimStore};
use super::ticket::Ticket;

/// The claim on an event, while its handler runs.
pub struct EventClaim<S, T> {
    store: Arc<S>,
    key: String,
    token: String,
    attempt: u32,
    transaction: Option<T>,
    handed_over: bool,
}

impl<S, T> EventClaim<S, T> {
    pub(crate) const fn new(store: Arc<S>, key: String, token: String, attempt: u32, transaction: Option<T>) -> Self {
        Self { store, key, token, attempt, transaction, handed_over: false }
    }

    /// The key of the claim, such as `webhook:evt_1`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How often the event has been claimed, this time included.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The transaction of an inbox, which the handler writes through and neither commits nor rolls back.
    pub const fn transaction(&mut self) -> Option<&mut T> {
        self.transaction.as_mut()
    }

    pub(crate) const fn is_handed_over(&self) -> bool {
        self.handed_over
    }

    pub(crate) const fn transaction_slot(&mut self) -> &mut Option<T> {
        &mut self.transaction
    }

    fn hand_over(&mut self) -> Ticket {
        self.handed_over = true;
        Ticket { key: self.key.clone(), token: self.token.clone() }
    }
}

impl<S: ClaimStore> EventClaim<S, S::Transaction> {
    /// Extends the claim to `lease` from now. False if another worker has taken over: stop, if the effect can still be avoided.
    ///
    /// # Errors
    ///
    /// If the lease is out of range, or the store fails.
    pub fn extend(&self, lease: Duration) -> Result<bool, ClaimError> {
        let lease = checked(self.store.policy(), lease)?;
        self.store.extend(&self.key, &self.token, lease).map_err(ClaimError::Store)
    }

    /// Leaves the event to the worker of a queue: the receiver answers 200 without completing the claim. With `lease`, the claim
    /// holds that long from now; without it, the lease stays as it is.
    ///
    /// # Errors
    ///
    /// If the claim belongs to an inbox or by now to another worker, the lease is out of range, or the store fails.
    pub fn hand_over_to_queue(&mut self, lease: Option<Duration>) -> Result<Ticket, ClaimError> {
        if self.transaction.is_some() {
            return Err(ClaimError::Inbox);
        }
        match lease {
            Some(lease) if !self.extend(lease)? => Err(ClaimError::Lost),
            _ => Ok(self.hand_over()),
        }
    }
}

impl<S: AsyncClaimStore> EventClaim<S, S::Transaction> {
    /// As [`extend`](Self::extend), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn extend_async(&self, lease: Duration) -> Result<bool, ClaimError>
    where
        S::Transaction: Sync,
    {
        let lease = checked(self.store.policy(), lease)?;
        self.store.extend(&self.key, &self.token, lease).await.map_err(ClaimError::Store)
    }

    /// As [`hand_over_to_queue`](Self::hand_over_to_queue), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn hand_over_to_queue_async(&mut self, lease: Option<Duration>) -> Result<Ticket, ClaimError>
    where
        S::Transaction: Sync,
    {
        if self.transaction.is_some() {
            return Err(ClaimError::Inbox);
        }
        match lease {
            Some(lease) if !self.extend_async(lease).await? => Err(ClaimError::Lost),
            _ => Ok(self.hand_over()),
        }
    }
}

/// Without the token, which a reader of logs could use.
impl<S, T> fmt::Debug for EventClaim<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventClaim").field("key", &self.key).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
