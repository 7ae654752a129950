//! The ticket of a claim that was handed over to a queue, and how the queue's worker takes it.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::claim_error::{ClaimError, checked};
use super::store::{AsyncClaimStore, ClaimStore};
use crate::bytes::hex;
use crate::claims::{ClaimPolicy, Completion, Fault, HandlerError, Taken};
use crate::limits::CLAIM_TOKEN_LENGTH;

/// What a handler puts on a queue together with its event. It allows completing the claim, so treat it as internal.
///
/// A queue may deliver a job twice. So its worker takes the ticket before it acts, and acts only if it gets
/// [`TakenTicket::Claimed`]:
///
/// ```
/// use payvost_webhooks::claims::ClaimPolicy;
/// use payvost_webhooks::receive::{MemoryStore, TakenTicket, Ticket};
///
/// fn ship(store: &MemoryStore, ticket: &Ticket, random: [u8; 16]) -> Result<(), Box<dyn std::error::Error>> {
///     match ticket.take(store, None, random)? {
///         TakenTicket::Claimed(claim) => {
///             // Do the work here, and call claim.release() if it fails.
///             claim.complete()?;
///         }
///         TakenTicket::InProgress { wait } => println!("another worker has it: put the job back for {wait:?}"),
///         TakenTicket::Done | TakenTicket::Lost => println!("drop the job"),
///     }
///     Ok(())
/// }
///
/// let store = MemoryStore::new(ClaimPolicy::new());
/// let ticket = Ticket { key: "webhook:evt_1".into(), token: "00".repeat(16) };
/// ship(&store, &ticket, [7; 16])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The key of the claim.
    pub key: String,
    /// The claim's token in the store.
    pub token: String,
}

/// What a worker gets for its ticket.
#[derive(Debug)]
pub enum TakenTicket<'a, S> {
    /// This worker handles the event, until it completes or releases the claim.
    Claimed(TakenClaim<'a, S>),
    /// Another worker has taken the same ticket: put the job back.
    InProgress {
        /// When that worker's lease is over.
        wait: Duration,
    },
    /// The event is handled: drop the job.
    Done,
    /// A later delivery has claimed the event, or the store has forgotten it: drop the job.
    Lost,
}

/// A claim that a worker has taken from a queue.
pub struct TakenClaim<'a, S> {
    store: &'a S,
    key: String,
    token: String,
    attempt: u32,
}

impl Ticket {
    /// Takes the claim over for `lease` from now, or for the lease of the store's policy. `random` are 16 unpredictable bytes, for
    /// this worker and this job alone.
    ///
    /// # Errors
    ///
    /// If the lease is out of range, or the store fails. Then put the job back.
    pub fn take<'a, S: ClaimStore>(
        &self,
        store: &'a S,
        lease: Option<Duration>,
        random: [u8; 16],
    ) -> Result<TakenTicket<'a, S>, ClaimError> {
        let lease = lease_of(store.policy(), lease)?;
        let Some(token) = self.taker(random) else { return Ok(TakenTicket::Lost) };
        let taken = store.take(&self.key, &self.token, &token, lease).map_err(ClaimError::Store)?;
        Ok(self.taken(store, token, taken))
    }

    /// As [`take`](Self::take), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn take_async<'a, S: AsyncClaimStore>(
        &self,
        store: &'a S,
        lease: Option<Duration>,
        random: [u8; 16],
    ) -> Result<TakenTicket<'a, S>, ClaimError> {
        let lease = lease_of(store.policy(), lease)?;
        let Some(token) = self.taker(random) else { return Ok(TakenTicket::Lost) };
        let taken = store.take(&self.key, &self.token, &token, lease).await.map_err(ClaimError::Store)?;
        Ok(self.taken(store, token, taken))
    }

    /// The token of a worker: the ticket's and 32 digits more. None if this is not a ticket, since anything shorter would also be the
    /// beginning of other tokens.
    fn taker(&self, random: [u8; 16]) -> Option<String> {
        (self.token.len() == CLAIM_TOKEN_LENGTH).then(|| format!("{}{}", self.token, hex::encode(&random)))
    }

    fn taken<'a, S>(&self, store: &'a S, token: String, taken: Taken) -> TakenTicket<'a, S> {
        match taken {
            Taken::Claimed { attempt } => TakenTicket::Claimed(TakenClaim { store, key: self.key.clone(), token, attempt }),
            Taken::InProgress { wait } => TakenTicket::InProgress { wait },
            Taken::Done => TakenTicket::Done,
            Taken::Lost => TakenTicket::Lost,
        }
    }
}

fn lease_of(policy: &ClaimPolicy, lease: Option<Duration>) -> Result<Duration, ClaimError> {
    checked(policy, lease.unwrap_or_else(|| Duration::from_millis(policy.lease_ms())))
}

impl<S> TakenClaim<'_, S> {
    /// The key of the claim, such as `webhook:evt_1`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How often the event has been tried, this time included.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }
}

impl<S: ClaimStore> TakenClaim<'_, S> {
    /// Extends the claim to `lease` from now. False if another worker has it by now: stop, if the effect can still be avoided.
    ///
    /// # Errors
    ///
    /// If the lease is out of range, or the store fails.
    pub fn extend(&self, lease: Duration) -> Result<bool, ClaimError> {
        let lease = checked(self.store.policy(), lease)?;
        self.store.extend(&self.key, &self.token, lease).map_err(ClaimError::Store)
    }

    /// Records that the event is handled. False if another worker has it by now, and may have done the work too.
    ///
    /// # Errors
    ///
    /// If the store fails. To try again is harmless.
    pub fn complete(&self) -> Result<bool, Fault> {
        Ok(self.store.complete(&self.key, &self.token, &mut None)? == Completion::Completed)
    }

    /// Releases the claim because the work failed, so that the ticket, or the next delivery, can be taken again.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn release(&self, error: &HandlerError) -> Result<bool, Fault> {
        self.store.release(&self.key, &self.token, error, &mut None)
    }
}

impl<S: AsyncClaimStore> TakenClaim<'_, S> {
    /// As [`extend`](Self::extend), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn extend_async(&self, lease: Duration) -> Result<bool, ClaimError> {
        let lease = checked(self.store.policy(), lease)?;
        self.store.extend(&self.key, &self.token, lease).await.map_err(ClaimError::Store)
    }

    /// As [`complete`](Self::complete), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn complete_async(&self) -> Result<bool, Fault> {
        Ok(self.store.complete(&self.key, &self.token, &mut None).await? == Completion::Completed)
    }

    /// As [`release`](Self::release), for an asynchronous store.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn release_async(&self, error: &HandlerError) -> Result<bool, Fault> {
        self.store.release(&self.key, &self.token, error, &mut None).await
    }
}

/// Without the token, which a reader of logs could use.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("key", &self.key).finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for TakenClaim<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakenClaim").field("key", &self.key).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

#[cfg(feature = "std")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::HandlerError;
    use crate::receive::{Arrival, MemoryStore, WebhookReceiver};
    use crate::{WebhookVerifier, sign};
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicU8, Ordering};
    use std::sync::Mutex;

    const BODY: &[u8] =
        br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;

    #[test]
    fn a_ticket_is_taken_by_one_worker_at_a_time() {
        let queue = Arc::new(Mutex::new(None));
        let store = MemoryStore::new(ClaimPolicy::new());
        let claims = AtomicU8::new(100);
        let random = move || Some([claims.fetch_add(1, Ordering::Relaxed); 16]);
        let mut receiver = WebhookReceiver::with_store(WebhookVerifier::new("whsec_1").unwrap(), store, random);
        let jobs = Arc::clone(&queue);
        receiver
            .on("*", move |_, claim| {
                let claim = claim.ok_or(HandlerError::new("NoStore"))?;
                let ticket = claim.hand_over_to_queue(None).map_err(|_| HandlerError::new("StoreError"))?;
                *jobs.lock().unwrap() = Some(ticket);
                Ok(())
            })
            .unwrap();
        let signature = sign(BODY, "whsec_1").unwrap();
        let receive = || receiver.receive(&Arrival::new(BODY, Some(signature.as_bytes()))).outcome.code();
        assert_eq!([receive(), receive()], ["handed_over", "in_progress"]);
        let ticket: Ticket = queue.lock().unwrap().take().unwrap();
        assert!(!format!("{ticket:?}").contains(&ticket.token));

        let store = receiver.store().unwrap();
        let take = |number: u8| ticket.take(store, Some(Duration::from_secs(600)), [number; 16]).unwrap();
        let TakenTicket::Claimed(first) = take(1) else { panic!("nobody else has it") };
        assert!(matches!(take(2), TakenTicket::InProgress { .. }));
        assert_eq!(first.release(&HandlerError::new("NotInStock")), Ok(true));
        let TakenTicket::Claimed(second) = take(3) else { panic!("it was released") };
        assert_eq!((first.complete(), second.attempt(), second.key()), (Ok(false), 2, "webhook:evt_1"));
        assert_eq!((second.extend(Duration::from_secs(60)), second.complete()), (Ok(true), Ok(true)));
        assert!(matches!(take(4), TakenTicket::Done));
        assert_eq!(receive(), "already_handled");
    }

    #[test]
    fn what_is_no_ticket_takes_nothing() {
        let store = MemoryStore::new(ClaimPolicy::new());
        let ticket = |token: &str| Ticket { key: "webhook:evt_1".into(), token: token.into() };
        for token in ["", "00", &"0".repeat(64), &"0".repeat(32)] {
            assert!(matches!(ticket(token).take(&store, None, [1; 16]), Ok(TakenTicket::Lost)), "{token}");
        }
        let too_long = ticket(&"0".repeat(32)).take(&store, Some(Duration::from_secs(1_000_000)), [1; 16]);
        assert!(matches!(too_long, Err(ClaimError::Invalid(_))));
    }
}
