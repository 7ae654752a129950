//! The memory store, which defines what each step of the protocol does.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::claim::{Claim, DeadLetter, DeadLetterReason, HandlerError, Taken};
use super::policy::ClaimPolicy;
use super::request::{ClaimRequest, KeptDelivery};
use crate::error::{Error, OptionName};
use crate::limits::{CLAIM_TOKEN_LENGTH, DEFAULT_CAPACITY, MAX_CAPACITY, MAX_KEPT_BYTES};

/// Claims in the memory of one process. Other processes do not see them, and a restart clears them.
///
/// It is also the definition of the protocol: the Lua and the SQL do the same, step by step. Every method takes the time in
/// milliseconds, by any clock that is never set back.
///
/// Memory is bounded. When `capacity` events are remembered, the one that would be forgotten first makes room, unless a worker
/// has it. Under a higher load, events are therefore remembered for less time than the policy says.
///
/// ```
/// use payvost_webhooks::{claims::{Claim, ClaimPolicy, MemoryClaims}, sign, verify_webhook};
///
/// let payload = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
/// let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
/// let (policy, mut claims) = (ClaimPolicy::new(), MemoryClaims::new(1_000)?);
/// let request = policy.request(&event);
///
/// assert_eq!(claims.claim(0, &policy, &request, "token a", None), Ok(Claim::Claimed { attempt: 1 }));
/// assert!(matches!(claims.claim(5, &policy, &request, "token b", None), Ok(Claim::InProgress { .. })));
/// assert!(claims.complete(10, &policy, &request.key, "token a"));
/// assert_eq!(claims.claim(15, &policy, &request, "token b", None), Ok(Claim::Done));
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Clone)]
pub struct MemoryClaims {
    capacity: usize,
    records: BTreeMap<Arc<str>, Record>,
    /// Events that no worker has, in the order in which they are forgotten. The second number keeps equal times apart.
    free: BTreeMap<(u64, u64), Arc<str>>,
    /// Events that a worker has, in the order in which their leases end. The next claim moves the ones whose lease is over to the
    /// free ones.
    leased: BTreeMap<(u64, u64), Arc<str>>,
    changes: u64,
    kept_bytes: usize,
}

/// There is no room for another claim: every event that the store can hold is being handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFull;

impl fmt::Display for StoreFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of claims is full")
    }
}

impl core::error::Error for StoreFull {}

#[derive(Clone)]
struct Record {
    fingerprint: String,
    state: State,
    token: String,
    attempt: u32,
    /// 0 if no worker has it.
    lease_until: u64,
    /// Never before `lease_until`.
    forget_at: (u64, u64),
    changed_at: u64,
    event_type: String,
    error: Option<String>,
    delivery: Option<(Vec<u8>, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Claimed,
    Done,
    Failed,
}

impl MemoryClaims {
    /// An empty store for up to `capacity` events, from 1 to [`MAX_CAPACITY`].
    ///
    /// # Errors
    ///
    /// `invalid_option` when the capacity is out of range.
    pub fn new(capacity: usize) -> Result<Self, Error> {
        if !(1..=MAX_CAPACITY).contains(&capacity) {
            return Err(Error::InvalidOption(OptionName::Capacity));
        }
        Ok(Self { capacity, ..Self::default() })
    }

    /// Claims an event, unless it is done, another worker has it, or it is another event with the same id. Asking again with the
    /// same token while the claim holds returns the same result. A given delivery is kept until the event is handled.
    ///
    /// # Errors
    ///
    /// When there is no room.
    pub fn claim(
        &mut self,
        now: u64,
        policy: &ClaimPolicy,
        request: &ClaimRequest,
        token: &str,
        delivery: Option<KeptDelivery<'_>>,
    ) -> Result<Claim, StoreFull> {
        self.forget(now);
        let (mut attempt, mut error) = (1, None);
        if let Some(old) = self.records.get(&*request.key) {
            if old.fingerprint != request.fingerprint {
                return Ok(Claim::Conflict);
            }
            if old.state == State::Done {
                return Ok(Claim::Done);
            }
            if old.lease_until > now && old.token == token {
                return Ok(Claim::Claimed { attempt: old.attempt });
            }
            if old.lease_until > now {
                return Ok(Claim::InProgress { wait: Duration::from_millis(old.lease_until - now) });
            }
            (attempt, error) = (old.attempt.saturating_add(1), old.error.clone());
            self.remove(&request.key);
        } else if self.records.len() >= self.capacity {
            self.make_room()?;
        }
        let record = Record {
            fingerprint: request.fingerprint.clone(),
            state: State::Claimed,
            token: token.to_owned(),
            attempt,
            lease_until: now.saturating_add(policy.lease_ms()),
            forget_at: (now.saturating_add(policy.remember_ms()), self.next_change()),
            changed_at: now,
            event_type: request.event_type.clone(),
            error,
            delivery: delivery
                .filter(|kept| self.kept_bytes.saturating_add(kept.payload.len()) <= MAX_KEPT_BYTES)
                .map(|kept| (kept.payload.to_owned(), kept.signature.to_owned())),
        };
        self.insert(Arc::from(&*request.key), record);
        Ok(Claim::Claimed { attempt })
    }

    /// Extends a claim by another lease from now. False if another worker has it by now.
    pub fn extend(&mut self, now: u64, key: &str, token: &str, lease: Duration) -> bool {
        let lease_until = now.saturating_add(super::policy::milliseconds(lease));
        self.change(now, key, token, State::Claimed, |record| {
            record.lease_until = lease_until;
            record.forget_at.0 = record.forget_at.0.max(lease_until);
        })
    }

    /// Records that the event is handled. False if another worker has the claim by now.
    pub fn complete(&mut self, now: u64, policy: &ClaimPolicy, key: &str, token: &str) -> bool {
        let forget_at = now.saturating_add(policy.remember_ms());
        self.change(now, key, token, State::Done, |record| {
            (record.lease_until, record.forget_at.0) = (0, forget_at);
            (record.event_type, record.error, record.delivery) = (String::new(), None, None);
        })
    }

    /// Releases the claim after the handler failed, so that the next delivery is handled. False if another worker has the claim
    /// by now.
    pub fn release(&mut self, now: u64, policy: &ClaimPolicy, key: &str, token: &str, error: &HandlerError) -> bool {
        let forget_at = now.saturating_add(policy.remember_ms());
        self.change(now, key, token, State::Failed, |record| {
            (record.lease_until, record.forget_at.0) = (0, forget_at);
            record.error = Some(error.as_str().to_owned());
        })
    }

    /// Takes a claim over from a queue. `token` begins with the ticket's, and the rest cannot be guessed.
    pub fn take(&mut self, now: u64, policy: &ClaimPolicy, key: &str, ticket: &str, token: &str) -> Taken {
        let Some((key, record)) = self.records.get_key_value(key).filter(|(_, record)| record.forget_at.0 > now) else {
            return Taken::Lost;
        };
        if record.state == State::Done {
            return Taken::Done;
        }
        // Anything shorter would be the beginning of other tokens too.
        let is_ticket = ticket.len() == CLAIM_TOKEN_LENGTH;
        if !is_ticket || !record.token.starts_with(ticket) || !token.starts_with(ticket) {
            return Taken::Lost;
        }
        let (left, mut attempt) = (record.lease_until.saturating_sub(now), record.attempt);
        let is_ours = record.state == State::Claimed && (record.token == ticket || record.token == token);
        if !is_ours {
            if left > 0 {
                return Taken::InProgress { wait: Duration::from_millis(left) };
            }
            attempt = attempt.saturating_add(1);
        }
        let key = Arc::clone(key);
        let Some(mut record) = self.remove(&key) else { return Taken::Lost };
        (record.state, record.token, record.attempt, record.changed_at) = (State::Claimed, token.to_owned(), attempt, now);
        record.lease_until = now.saturating_add(policy.lease_ms());
        record.forget_at = (record.forget_at.0.max(now.saturating_add(policy.remember_ms())), self.next_change());
        self.insert(key, record);
        Taken::Claimed { attempt }
    }

    /// Discards a dead letter: it counts as done, and its delivery is no longer kept. False if the event is done, in progress, or
    /// unknown.
    pub fn discard(&mut self, now: u64, policy: &ClaimPolicy, key: &str) -> bool {
        let is_letter = |record: &Record| record.state != State::Done && record.lease_until <= now && record.forget_at.0 > now;
        let Some((key, _)) = self.records.get_key_value(key).filter(|(_, record)| is_letter(record)) else { return false };
        let key = Arc::clone(key);
        let Some(mut record) = self.remove(&key) else { return false };
        (record.state, record.lease_until, record.changed_at) = (State::Done, 0, now);
        record.forget_at = (now.saturating_add(policy.remember_ms()), self.next_change());
        (record.event_type, record.error, record.delivery) = (String::new(), None, None);
        self.insert(key, record);
        true
    }

    /// The events that were claimed and not handled. Those that have waited longest come first.
    #[must_use]
    pub fn dead_letters(&self, now: u64, limit: usize) -> Vec<DeadLetter> {
        let is_open = |record: &Record| record.state != State::Done && record.lease_until <= now && record.forget_at.0 > now;
        let mut letters: Vec<_> = self.records.iter().filter(|(_, record)| is_open(record)).collect();
        letters.sort_by_key(|(_, record)| record.since());
        letters.into_iter().take(limit).map(|(key, record)| record.dead_letter(key, now)).collect()
    }

    /// The delivery that was kept with a claim.
    #[must_use]
    pub fn delivery(&self, now: u64, key: &str) -> Option<KeptDelivery<'_>> {
        let record = self.records.get(key).filter(|record| record.forget_at.0 > now)?;
        record.delivery.as_ref().map(|(payload, signature)| KeptDelivery { payload, signature })
    }

    /// How many events are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no event is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Changes a claim of this worker. Asking for a state that is already reached returns true, so that a request can be repeated
    /// when its response was lost.
    fn change(&mut self, now: u64, key: &str, token: &str, state: State, with: impl FnOnce(&mut Record)) -> bool {
        let Some((key, record)) = self.records.get_key_value(key) else { return false };
        if record.token != token || record.forget_at.0 <= now {
            return false;
        }
        if record.state != State::Claimed {
            return record.state == state;
        }
        let key = Arc::clone(key);
        let Some(mut record) = self.remove(&key) else { return false };
        with(&mut record);
        (record.state, record.changed_at, record.forget_at.1) = (state, now, self.next_change());
        self.insert(key, record);
        true
    }

    fn forget(&mut self, now: u64) {
        while let Some((_, key)) = self.leased.first_key_value().filter(|((lease_until, _), _)| *lease_until <= now) {
            let key = Arc::clone(key);
            self.leased.pop_first();
            if let Some(record) = self.records.get(&key) {
                self.free.insert(record.forget_at, key);
            }
        }
        // A leased event is remembered for at least as long.
        while let Some((_, key)) = self.free.first_key_value().filter(|((time, _), _)| *time <= now) {
            let key = Arc::clone(key);
            self.remove(&key);
        }
    }

    fn make_room(&mut self) -> Result<(), StoreFull> {
        let key = self.free.first_key_value().map(|(_, key)| Arc::clone(key)).ok_or(StoreFull)?;
        self.remove(&key);
        Ok(())
    }

    fn insert(&mut self, key: Arc<str>, record: Record) {
        self.kept_bytes += record.kept_bytes();
        match record.lease_until {
            0 => self.free.insert(record.forget_at, Arc::clone(&key)),
            lease_until => self.leased.insert((lease_until, record.forget_at.1), Arc::clone(&key)),
        };
        self.records.insert(key, record);
    }

    fn remove(&mut self, key: &str) -> Option<Record> {
        let record = self.records.remove(key)?;
        if self.leased.remove(&(record.lease_until, record.forget_at.1)).is_none() {
            self.free.remove(&record.forget_at);
        }
        self.kept_bytes -= record.kept_bytes();
        Some(record)
    }

    fn next_change(&mut self) -> u64 {
        self.changes += 1;
        self.changes
    }
}

/// An empty store for [`DEFAULT_CAPACITY`] events.
impl Default for MemoryClaims {
    fn default() -> Self {
        let (records, free, leased) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { capacity: DEFAULT_CAPACITY, records, free, leased, changes: 0, kept_bytes: 0 }
    }
}

impl fmt::Debug for MemoryClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryClaims").field("capacity", &self.capacity).field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Record {
    /// Since when it has been waiting to be handled.
    fn since(&self) -> u64 {
        if self.state == State::Claimed { self.lease_until } else { self.changed_at }
    }

    fn dead_letter(&self, key: &str, now: u64) -> DeadLetter {
        let reason = if self.state == State::Claimed { DeadLetterReason::Abandoned } else { DeadLetterReason::Failed };
        DeadLetter {
            key: key.to_owned(),
            event_type: self.event_type.clone(),
            reason,
            attempts: self.attempt,
            error: self.error.clone(),
            age: Duration::from_millis(now.saturating_sub(self.since())),
        }
    }

    fn kept_bytes(&self) -> usize {
        self.delivery.as_ref().map_or(0, |(payload, _)| payload.len())
    }
}
