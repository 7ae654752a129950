//! `payvost_memory_claims`: the memory store.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use payvost_webhooks::claims::{
    Claim, DEFAULT_CAPACITY, Fault, HandlerError, KeptDelivery, MemoryClaims, Reply, StoreFull, Taken,
};
use payvost_webhooks::receive::{Answer, Ask};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::claim::{self, payvost_claim, payvost_taken};
use crate::dead_letters::payvost_dead_letters;
use crate::delivery::{self, payvost_delivery};
use crate::errors::{Failure, payvost_error};
use crate::event::payvost_event;
use crate::request::payvost_claim_request;
use crate::result::payvost_result;

/// A clock in milliseconds that is never set back. It may start anywhere.
pub type payvost_clock = Option<unsafe extern "C" fn(user: *mut c_void) -> u64>;

/// Claims in the memory of one process. Other processes do not see them, and a restart clears them.
/// Any number of threads may use it at once.
///
/// Memory is bounded: beyond its capacity, the event that would be forgotten first makes room,
/// unless a worker has it.
pub struct payvost_memory_claims {
    claims: Mutex<MemoryClaims>,
    clock: Clock,
}

enum Clock {
    System(Instant),
    Host { clock: unsafe extern "C" fn(user: *mut c_void) -> u64, user: *mut c_void },
}

/// Makes an empty store for at most `capacity` events; 0 means
/// `PAYVOST_DEFAULT_CAPACITY`.
///
/// `*claims` is written on success only, and must be freed with `payvost_memory_claims_free()`.
/// `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` when the capacity is larger than `PAYVOST_MAX_CAPACITY`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_memory_claims_new(
    capacity: usize,
    claims: Option<&mut MaybeUninit<Box<payvost_memory_claims>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let claims = given(claims)?;
        let store = MemoryClaims::new(if capacity == 0 { DEFAULT_CAPACITY } else { capacity })?;
        claims.write(boxed(payvost_memory_claims { claims: Mutex::new(store), clock: Clock::System(Instant::now()) })?);
        Ok(())
    })
}

/// Sets the clock, for tests. The default is the system's monotonic clock. `user` is passed to the
/// clock unchanged and may be `NULL`.
///
/// Call it before the first claim, and not while another thread uses the store. `error` may be
/// `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_memory_claims_set_clock(
    claims: Option<&mut payvost_memory_claims>,
    clock: payvost_clock,
    user: *mut c_void,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        given(claims)?.clock = Clock::Host { clock: given(clock)?, user };
        Ok(())
    })
}

/// Takes the step that a delivery asks for, and feeds it: `PAYVOST_ASK_LOAD`, `PAYVOST_ASK_CLAIM`,
/// `PAYVOST_ASK_COMPLETE` or `PAYVOST_ASK_RELEASE`.
///
/// The payload of `event` is kept with the claim until the event is handled, for a retry by its key;
/// nothing is kept for `NULL`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the delivery asks for another step. A full store is
/// fed as a fault, and the response is 503.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_memory_claims_step(
    claims: Option<&payvost_memory_claims>,
    delivery: Option<&mut payvost_delivery>,
    event: Option<&payvost_event>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    delivery::step(delivery, error, |delivery| given(claims)?.step(delivery, event))
}

/// Claims an event, unless it is done, another worker has it, or it is another event with its id.
///
/// `token` is the worker's: `payvost_claim_token()` makes one. The payload of `event` and the signature
/// header are kept with the claim; nothing is kept when `event` is `NULL`. `*claim` is written on success
/// only. `error` may be `NULL`, here and below.
///
/// Fails with `PAYVOST_STORE_FULL`, and with `PAYVOST_INVALID_ARGUMENT` for a request that was made for a
/// key.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_memory_claims_claim(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    token: *const c_char,
    token_len: usize,
    event: Option<&payvost_event>,
    signature: *const c_char,
    signature_len: usize,
    claim: Option<&mut MaybeUninit<payvost_claim>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, claim) = (given(claims)?, given(claim)?);
        let request = given(request.filter(|request| request.is_for_event()))?;
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (token, signature) = unsafe { (boundary::text(token, token_len), boundary::text(signature, signature_len)) };
        let claimed = claims.claim(request, given(token)?, event, signature.unwrap_or_default());
        claim.write(claimed.map_err(|StoreFull| Failure::StoreFull)?.into());
        Ok(())
    })
}

/// Extends a claim to `lease_ms` from now. `*held` says whether this worker still has it; it is
/// written on success only.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_memory_claims_extend(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    token: *const c_char,
    token_len: usize,
    lease_ms: u64,
    held: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, request, held) = (given(claims)?, given(request)?, given(held)?);
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let token = given(unsafe { boundary::text(token, token_len) })?;
        let now = claims.now();
        held.write(claims.lock().extend(now, &request.get().1.key, token, Duration::from_millis(lease_ms)));
        Ok(())
    })
}

/// Records that the event is handled. `*held` as for `payvost_memory_claims_extend()`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_memory_claims_complete(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    token: *const c_char,
    token_len: usize,
    held: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, request, held) = (given(claims)?, given(request)?, given(held)?);
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let token = given(unsafe { boundary::text(token, token_len) })?;
        held.write(claims.complete(request, token));
        Ok(())
    })
}

/// Releases the claim after the handler failed. `kind` is the kind of its error, a name and never a
/// message; it may be `NULL`. `*held` as for `payvost_memory_claims_extend()`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_memory_claims_release(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    token: *const c_char,
    token_len: usize,
    kind: *const c_char,
    kind_len: usize,
    held: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, request, held) = (given(claims)?, given(request)?, given(held)?);
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (token, kind) = unsafe { (boundary::text(token, token_len), boundary::text(kind, kind_len)) };
        held.write(claims.release(request, given(token)?, kind.unwrap_or_default()));
        Ok(())
    })
}

/// Takes a claim over from a queue. A queue's worker must do this first, because a queue may
/// deliver a job twice. The claim then holds for a lease from now.
///
/// `ticket` is the token that the event was claimed with, `token` the worker's:
/// `payvost_taker_token()` makes it. `*taken` is written on success only.
///
/// Fails with `PAYVOST_INVALID_ARGUMENT` when the ticket is not 32 hexadecimal digits.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_memory_claims_take(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    ticket: *const c_char,
    ticket_len: usize,
    token: *const c_char,
    token_len: usize,
    taken: Option<&mut MaybeUninit<payvost_taken>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, request, taken) = (given(claims)?, given(request)?, given(taken)?);
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (ticket, token) = unsafe { (claim::ticket(ticket, ticket_len)?, boundary::text(token, token_len)) };
        taken.write(claims.take(request, ticket, given(token)?).into());
        Ok(())
    })
}

/// Discards a dead letter: the event counts as handled, and its delivery is no longer kept.
/// `*discarded` is false if the event is done, in progress, or unknown; it is written on success
/// only.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_memory_claims_discard(
    claims: Option<&payvost_memory_claims>,
    request: Option<&payvost_claim_request>,
    discarded: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, request, discarded) = (given(claims)?, given(request)?, given(discarded)?);
        discarded.write(claims.discard(request));
        Ok(())
    })
}

/// Lists the events that were claimed and not handled, at most `limit` of them. Those that have
/// waited longest come first.
///
/// `*letters` is written on success only, and must be freed with `payvost_dead_letters_free()`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_memory_claims_dead_letters(
    claims: Option<&payvost_memory_claims>,
    limit: usize,
    letters: Option<&mut MaybeUninit<Box<payvost_dead_letters>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claims, letters) = (given(claims)?, given(letters)?);
        let now = claims.now();
        letters.write(boxed(payvost_dead_letters::new(claims.lock().dead_letters(now, limit)))?);
        Ok(())
    })
}

/// How many events are remembered.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_memory_claims_length(claims: Option<&payvost_memory_claims>) -> usize {
    read(claims, 0, |claims| claims.lock().len())
}

/// Frees a store and its events. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_memory_claims_free(claims: Option<Box<payvost_memory_claims>>) {
    boundary::guarded((), || drop(claims));
}

impl payvost_memory_claims {
    fn step(&self, delivery: &mut payvost_delivery, event: Option<&payvost_event>) -> Result<(), Failure> {
        let reply = match (delivery.next(), delivery.claim()) {
            (Some(Ask::Load), _) => {
                let now = self.now();
                let stored = self.lock().delivery(now, delivery.retried_key()).map(|kept| {
                    let KeptDelivery { payload, signature } = kept;
                    (payload.to_owned(), signature.to_owned())
                });
                return delivery.load(stored);
            }
            (Some(Ask::Claim { .. }), Some((request, token, signature))) => {
                match self.claim(request, token, event, signature) {
                    Ok(claim) => Reply::Claim(claim),
                    Err(StoreFull) => return delivery.feed(Answer::Failed(Fault::classify("", &["STORE_FULL"], ""))),
                }
            }
            (Some(Ask::Complete), Some((request, token, _))) => Reply::Held(self.complete(request, token)),
            (Some(Ask::Release), Some((request, token, _))) => {
                Reply::Held(self.release(request, token, delivery.handler_error()))
            }
            _ => return Err(Failure::UnexpectedAnswer),
        };
        delivery.feed_reply(&reply)
    }

    fn claim(
        &self,
        request: &payvost_claim_request,
        token: &str,
        event: Option<&payvost_event>,
        signature: &str,
    ) -> Result<Claim, StoreFull> {
        let (policy, request) = request.get();
        let kept = event.map(|event| KeptDelivery { payload: event.get().payload().as_bytes(), signature });
        let now = self.now();
        self.lock().claim(now, policy, request, token, kept)
    }

    fn complete(&self, request: &payvost_claim_request, token: &str) -> bool {
        let (policy, request) = request.get();
        let now = self.now();
        self.lock().complete(now, policy, &request.key, token)
    }

    fn release(&self, request: &payvost_claim_request, token: &str, kind: &str) -> bool {
        let (policy, request) = request.get();
        let now = self.now();
        self.lock().release(now, policy, &request.key, token, &HandlerError::new(kind))
    }

    fn take(&self, request: &payvost_claim_request, ticket: &str, token: &str) -> Taken {
        let (policy, request) = request.get();
        let now = self.now();
        self.lock().take(now, policy, &request.key, ticket, token)
    }

    fn discard(&self, request: &payvost_claim_request) -> bool {
        let (policy, request) = request.get();
        let now = self.now();
        self.lock().discard(now, policy, &request.key)
    }

    /// Read before the store is locked, because the clock may be the host's.
    fn now(&self) -> u64 {
        match self.clock {
            Clock::System(start) => u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            // SAFETY: the header asks for a function that can be called with this pointer from any thread that uses the store.
            Clock::Host { clock, user } => unsafe { clock(user) },
        }
    }

    fn lock(&self) -> MutexGuard<'_, MemoryClaims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
