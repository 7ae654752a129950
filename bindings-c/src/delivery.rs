//! `payvost_delivery`: one delivery, step by step.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use payvost_webhooks::claims::{Fault, Reply};
use payvost_webhooks::host;
use payvost_webhooks::receive::{self, Claiming, Delivery, HandlerEnd, UnexpectedAnswer, Verified};
use payvost_webhooks::{Error, Outcome};

use crate::arguments;
use crate::body::{self, payvost_body};
use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::claim::{self, payvost_claim};
use crate::errors::{Failure, payvost_error};
use crate::event::payvost_event;
use crate::fault::payvost_fault;
use crate::outcome;
use crate::policy::{self, payvost_claim_policy};
use crate::record::Ended;
use crate::reply::payvost_reply;
use crate::request::payvost_claim_request;
use crate::result::payvost_result;
use crate::router::payvost_router;
use crate::text::payvost_str;
use crate::verifier::{Delivered, payvost_verifier};

/// The course of one delivery: it asks for a step, is fed the result, and ends in a response and
/// one log record. It decides the order of the steps; the caller takes them with its own HTTP
/// server, store and logger.
///
/// Ask `payvost_delivery_next()`, take that step, and feed the result, until it asks for nothing
/// more. Then send `payvost_delivery_http_status()`, the headers and
/// `payvost_delivery_http_body()`.
///
/// Use it in one thread at a time. Texts from the functions below live as long as the delivery,
/// unless a function says otherwise. A call that fails with `PAYVOST_INVALID_ARGUMENT` or
/// `PAYVOST_PANIC` ends the delivery: it asks for nothing more, and its response is that of a
/// failed handler. After `PAYVOST_UNEXPECTED_ANSWER` it is unchanged.
pub struct payvost_delivery {
    machine: Delivery,
    claiming: Claiming,
    /// A wrong call was made, so the delivery cannot continue.
    is_given_up: bool,
    token: String,
    signature: String,
    request: Option<Box<payvost_claim_request>>,
    stored: Option<(Vec<u8>, String)>,
    ended: Option<Ended>,
}

/// Whether and how an event is claimed before it is handled.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_claiming {
    /// There is no store: duplicates are handled again.
    PAYVOST_CLAIMING_NEVER = 0,
    /// The store grants a lease.
    PAYVOST_CLAIMING_LEASE = 1,
    /// The claim and the handler's own writes share a transaction.
    PAYVOST_CLAIMING_INBOX = 2,
}

/// A step for the caller to take.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_ask {
    /// Nothing more: send the response.
    PAYVOST_ASK_NOTHING = 0,
    /// Load the delivery that the store has kept under `payvost_delivery_retried_key()`. Feed
    /// `payvost_delivery_feed_loaded()`, or `payvost_delivery_feed_failed()`.
    PAYVOST_ASK_LOAD = 1,
    /// Call `payvost_delivery_verify()`, which feeds its verdict itself.
    PAYVOST_ASK_VERIFY = 2,
    /// Claim the event: `payvost_delivery_claim_request()`, with `payvost_delivery_token()`, even
    /// if it is parked when `payvost_delivery_claims_parked()`. Feed
    /// `payvost_delivery_feed_claimed()` or `payvost_delivery_feed_failed()`.
    PAYVOST_ASK_CLAIM = 3,
    /// Call the handler. Feed `payvost_delivery_feed_handled()`; `payvost_delivery_handle()` does both.
    PAYVOST_ASK_HANDLE = 4,
    /// Complete the claim; for an inbox, commit too. Feed `payvost_delivery_feed_completed()` or
    /// `payvost_delivery_feed_failed()`.
    PAYVOST_ASK_COMPLETE = 5,
    /// Release the claim with `payvost_delivery_handler_error()`; for an inbox, roll back and
    /// record the failure. Feed `payvost_delivery_feed_released()` or
    /// `payvost_delivery_feed_failed()`.
    PAYVOST_ASK_RELEASE = 6,
    /// Log `payvost_delivery_log_line()`. Feed `payvost_delivery_feed_logged()`, even if the logger
    /// failed.
    PAYVOST_ASK_LOG = 7,
}

/// How a handler ended.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_handler_end {
    /// It handled the event.
    PAYVOST_HANDLER_RETURNED = 0,
    /// It handed its claim over to a queue, with a ticket: `payvost_claim_request_key()` and
    /// `payvost_delivery_token()`. The queue's worker takes the ticket before it acts:
    /// `payvost_memory_claims_take()`, `PAYVOST_SQL_TAKE`, `PAYVOST_OPERATION_TAKE`.
    PAYVOST_HANDLER_HANDED_OVER = 1,
    /// It failed.
    PAYVOST_HANDLER_FAILED = 2,
    /// It was cancelled at its time limit, and has stopped.
    PAYVOST_HANDLER_TIMED_OUT = 3,
    /// The caller no longer waits, and the handler still runs: its claim stays until it ends.
    PAYVOST_HANDLER_ABANDONED = 4,
}

use payvost_ask::*;
use payvost_claiming::*;
use payvost_handler_end::*;

/// A delivery whose body had `bytes_read` bytes. `claiming` is one of `payvost_claiming`,
/// `end` one of `payvost_body_end`.
///
/// With a `NULL` body, the headers are not checked. `*delivery` is written on
/// success only, and must be freed with `payvost_delivery_free()`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_NO_RANDOM_BYTES` if a token is needed and cannot be made.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_delivery_new(
    claiming: u32,
    body: Option<&payvost_body>,
    bytes_read: usize,
    end: u32,
    delivery: Option<&mut MaybeUninit<Box<payvost_delivery>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claiming, end, delivery) = (given(self::claiming(claiming))?, given(body::end(end))?, given(delivery)?);
        let machine = match body.and_then(|body| body.finish(bytes_read, end)) {
            Some(outcome) => Delivery::ended(outcome),
            None => Delivery::arrived(claiming),
        };
        delivery.write(payvost_delivery::new(machine, claiming)?);
        Ok(())
    })
}

/// A delivery whose outcome is known before its body is read, such as
/// `PAYVOST_OUTCOME_METHOD_NOT_ALLOWED`: only its record is left to log. `outcome` is one of
/// `payvost_outcome`, but not a refusal.
///
/// `delivery` and `error` as for `payvost_delivery_new()`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_delivery_new_ended(
    outcome: u32,
    delivery: Option<&mut MaybeUninit<Box<payvost_delivery>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (outcome, delivery) = (given(outcome::from_number(outcome))?, given(delivery)?);
        delivery.write(payvost_delivery::new(Delivery::ended(outcome), Claiming::Never)?);
        Ok(())
    })
}

/// A stored delivery that is handled again.
///
/// `claiming`, `delivery` and `error` as for `payvost_delivery_new()`. Without a store, nothing is
/// kept.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_delivery_new_retry(
    claiming: u32,
    key: *const c_char,
    key_len: usize,
    delivery: Option<&mut MaybeUninit<Box<payvost_delivery>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (claiming, delivery) = (given(self::claiming(claiming))?, given(delivery)?);
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let key = given(unsafe { boundary::text(key, key_len) })?;
        delivery.write(payvost_delivery::new(Delivery::retry(claiming, key), claiming)?);
        Ok(())
    })
}

/// The next step: the same until it is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_next(delivery: Option<&payvost_delivery>) -> payvost_ask {
    read(delivery, PAYVOST_ASK_NOTHING, |delivery| match delivery.machine.next() {
        _ if delivery.is_given_up => PAYVOST_ASK_NOTHING,
        Some(receive::Ask::Load) => PAYVOST_ASK_LOAD,
        Some(receive::Ask::Verify { .. }) => PAYVOST_ASK_VERIFY,
        Some(receive::Ask::Claim { .. }) => PAYVOST_ASK_CLAIM,
        Some(receive::Ask::Handle) => PAYVOST_ASK_HANDLE,
        Some(receive::Ask::Complete) => PAYVOST_ASK_COMPLETE,
        Some(receive::Ask::Release) => PAYVOST_ASK_RELEASE,
        Some(receive::Ask::Log) => PAYVOST_ASK_LOG,
        _ => PAYVOST_ASK_NOTHING,
    })
}

/// Verifies the delivery, and feeds the verdict.
///
/// `payload` and `signature` as for `payvost_verifier_verify()`; for a retry, the loaded ones.
/// `policy` says under which key the event is claimed; `NULL` means the defaults. `router` says
/// whether there is a handler for its type; `NULL` means that the caller handles all types.
///
/// `*event` is written if the delivery is genuine, and must be freed with `payvost_event_free()`.
/// **It points into the payload: keep that, unchanged, until the event has been freed.** `error`
/// may be `NULL`.
///
/// Returns why the delivery was refused, or `PAYVOST_OK`. Either way the verdict was fed. A
/// verifier, policy or router with a wrong setup refuses it too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_delivery_verify(
    delivery: Option<&mut payvost_delivery>,
    verifier: Option<&payvost_verifier>,
    policy: Option<&payvost_claim_policy>,
    router: Option<&payvost_router>,
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    event: Option<&mut MaybeUninit<Box<payvost_event>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| {
        // SAFETY: both point to as many readable bytes as their lengths say, or are null, and the payload outlives the event.
        let (payload, signature) =
            unsafe { (arguments::payload(payload, payload_len), arguments::signature(signature, signature_len)) };
        let verifier = given(verifier)?;
        delivery
            .verify(policy, router, signature, event, |delivered| Ok(verifier.verify(payload, signature, delivered)?.into()))
    })
}

/// Verifies as `payvost_delivery_verify()`, and returns an event with a copy of the payload.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_delivery_verify_copy(
    delivery: Option<&mut payvost_delivery>,
    verifier: Option<&payvost_verifier>,
    policy: Option<&payvost_claim_policy>,
    router: Option<&payvost_router>,
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    event: Option<&mut MaybeUninit<Box<payvost_event>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| {
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (payload, signature) =
            unsafe { (arguments::payload(payload, payload_len), arguments::signature(signature, signature_len)) };
        let verifier = given(verifier)?;
        delivery.verify(policy, router, signature, event, |delivered| {
            Ok(host::into_owned(verifier.verify(payload, signature, delivered)?)?.into())
        })
    })
}

/// Calls the handler of an event, in this thread, and feeds how it ended. A handler that returns 0
/// has handled the event; any other value is a failure.
///
/// The handler may read the delivery, to extend its claim, but must not feed it. `error` may be `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_delivery_handle(
    delivery: *mut payvost_delivery,
    router: Option<&payvost_router>,
    event: Option<&payvost_event>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    // The handler may look at the delivery, so that no exclusive reference to it must exist while it runs.
    let called = boundary::guarded(Err(Failure::Panic), || {
        // SAFETY: it is a delivery or null, and no other thread changes it.
        let delivery = given(unsafe { delivery.as_ref() })?;
        if delivery.is_given_up || delivery.machine.next() != Some(receive::Ask::Handle) {
            return Err(Failure::UnexpectedAnswer);
        }
        let (router, event) = (given(router)?, given(event)?);
        router.usable()?;
        Ok(router.handle(event))
    });
    // SAFETY: as above, and the handler has returned.
    step(unsafe { delivery.as_mut() }, error, |delivery| match called? {
        Some(0) => delivery.feed(receive::Answer::Handled(HandlerEnd::Returned)),
        Some(number) => delivery.feed(receive::Answer::Handled(HandlerEnd::Failed(&format!("returned {number}")))),
        None => Err(Failure::InvalidArgument),
    })
}

/// Feeds whether the store keeps a delivery under the key of a retry.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_loaded(
    delivery: Option<&mut payvost_delivery>,
    is_kept: bool,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| delivery.feed(receive::Answer::Loaded(is_kept)))
}

/// Feeds the result of the claim. `PAYVOST_CLAIM_UNKNOWN` and unknown kinds count as a fault of the
/// store.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_claimed(
    delivery: Option<&mut payvost_delivery>,
    claim: payvost_claim,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| match claim.get() {
        Some(claim) => delivery.feed(receive::Answer::Claimed(claim)),
        None => delivery.feed(receive::Answer::Failed(Fault::unknown_reply())),
    })
}

/// Feeds how the handler ended, one of `payvost_handler_end`. `kind` is the kind of its error, a
/// name and never a message; it may be `NULL`, and only counts for `PAYVOST_HANDLER_FAILED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_delivery_feed_handled(
    delivery: Option<&mut payvost_delivery>,
    end: u32,
    kind: *const c_char,
    kind_len: usize,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let kind = unsafe { boundary::text(kind, kind_len) }.unwrap_or_default();
        delivery.feed(receive::Answer::Handled(given(handler_end(end, kind))?))
    })
}

/// Feeds the result of the completion, one of `payvost_completion`. `PAYVOST_COMPLETION_UNKNOWN`
/// and any other number count as a fault of the store.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_completed(
    delivery: Option<&mut payvost_delivery>,
    completion: u32,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| match claim::completion(completion) {
        Some(completion) => delivery.feed(receive::Answer::Completed(completion)),
        None => delivery.feed(receive::Answer::Failed(Fault::unknown_reply())),
    })
}

/// Feeds whether this worker still had the claim.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_released(
    delivery: Option<&mut payvost_delivery>,
    held: bool,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| delivery.feed(receive::Answer::Released(held)))
}

/// Feeds the result of a store's program for the claim, the completion or the release.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_reply(
    delivery: Option<&mut payvost_delivery>,
    reply: Option<&payvost_reply>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| {
        let reply = given(reply)?.get();
        delivery.feed_reply(reply)
    })
}

/// Feeds that the store failed. The fault is no longer needed when this returns.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_failed(
    delivery: Option<&mut payvost_delivery>,
    fault: Option<&payvost_fault>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| delivery.feed(receive::Answer::Failed(given(fault)?.get())))
}

/// Feeds that the record was logged.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_feed_logged(
    delivery: Option<&mut payvost_delivery>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    step(delivery, error, |delivery| delivery.feed(receive::Answer::Logged))
}

/// The claim to make; `NULL` if none was asked for. It belongs to the delivery.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_claim_request(delivery: Option<&payvost_delivery>) -> *const payvost_claim_request {
    read(delivery, ptr::null(), |delivery| delivery.request.as_deref().map_or(ptr::null(), ptr::from_ref))
}

/// The token of the claim, 32 unpredictable hexadecimal digits; empty without a store.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_token(delivery: Option<&payvost_delivery>) -> payvost_str {
    read(delivery, payvost_str::EMPTY, |delivery| payvost_str::new(&delivery.token))
}

/// Whether the claim may be made although the event is parked.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_claims_parked(delivery: Option<&payvost_delivery>) -> bool {
    read(delivery, false, |delivery| delivery.machine.next() == Some(receive::Ask::Claim { retry: true }))
}

/// For a caller that no longer waits for a claim, but still gets its result from the client:
/// whether to release it then.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_releases_late(delivery: Option<&payvost_delivery>, claim: payvost_claim) -> bool {
    read(delivery, false, |delivery| claim.get().is_some_and(|claim| delivery.machine.releases_late(claim)))
}

/// The key of a retry; empty for a delivery that has just arrived.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_retried_key(delivery: Option<&payvost_delivery>) -> payvost_str {
    read(delivery, payvost_str::EMPTY, |delivery| payvost_str::new(delivery.machine.retried_key().unwrap_or_default()))
}

/// For a retry that a memory store loaded: the raw body, which may be any bytes.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_stored_payload(delivery: Option<&payvost_delivery>) -> payvost_str {
    read(delivery, payvost_str::EMPTY, |delivery| {
        delivery.stored.as_ref().map_or(payvost_str::EMPTY, |(payload, _)| payvost_str::of_bytes(payload))
    })
}

/// For a retry that a memory store loaded: the signature header.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_stored_signature(delivery: Option<&payvost_delivery>) -> payvost_str {
    read(delivery, payvost_str::EMPTY, |delivery| {
        delivery.stored.as_ref().map_or(payvost_str::EMPTY, |(_, signature)| payvost_str::new(signature))
    })
}

/// How often the event has been claimed, including this time; 0 without a claim.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_attempt(delivery: Option<&payvost_delivery>) -> u32 {
    read(delivery, 0, |delivery| delivery.machine.attempt())
}

/// What the store keeps about the handler's failure, if a release is asked for.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_handler_error(delivery: Option<&payvost_delivery>) -> payvost_str {
    read(delivery, payvost_str::EMPTY, |delivery| payvost_str::new(delivery.machine.handler_error()))
}

/// Frees a delivery. `NULL` is a no-op. Free an event that points into
/// `payvost_delivery_stored_payload()` before.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_delivery_free(delivery: Option<Box<payvost_delivery>>) {
    boundary::guarded((), || drop(delivery));
}

/// Runs a call that feeds a delivery. If it fails for a wrong argument or a panic, the delivery
/// ends, so that the caller does not loop on the same step forever.
pub(crate) fn step(
    delivery: Option<&mut payvost_delivery>,
    error: Option<&mut MaybeUninit<payvost_error>>,
    step: impl FnOnce(&mut payvost_delivery) -> Result<(), Failure>,
) -> payvost_result {
    let Some(delivery) = delivery else { return call::run(error, || Err(Failure::InvalidArgument)) };
    call::run(error, || {
        let stepped = boundary::guarded(Err(Failure::Panic), || step(delivery));
        if matches!(stepped, Err(Failure::InvalidArgument | Failure::Panic)) {
            (delivery.is_given_up, delivery.ended) = (true, None);
        }
        stepped
    })
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
fn claiming(number: u32) -> Option<Claiming> {
    [
        (PAYVOST_CLAIMING_NEVER, Claiming::Never),
        (PAYVOST_CLAIMING_LEASE, Claiming::Lease),
        (PAYVOST_CLAIMING_INBOX, Claiming::Inbox),
    ]
    .into_iter()
    .find_map(|(known, claiming)| (known as u32 == number).then_some(claiming))
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
fn handler_end(number: u32, kind: &str) -> Option<HandlerEnd<'_>> {
    [
        (PAYVOST_HANDLER_RETURNED, HandlerEnd::Returned),
        (PAYVOST_HANDLER_HANDED_OVER, HandlerEnd::HandedOver),
        (PAYVOST_HANDLER_FAILED, HandlerEnd::Failed(kind)),
        (PAYVOST_HANDLER_TIMED_OUT, HandlerEnd::TimedOut),
        (PAYVOST_HANDLER_ABANDONED, HandlerEnd::Abandoned),
    ]
    .into_iter()
    .find_map(|(known, end)| (known as u32 == number).then_some(end))
}

impl payvost_delivery {
    fn new(machine: Delivery, claiming: Claiming) -> Result<Box<Self>, Failure> {
        let token = if claiming == Claiming::Never { String::new() } else { claim::new_token()? };
        let (signature, request, stored, ended) = (String::new(), None, None, None);
        let mut delivery = Self { machine, claiming, is_given_up: false, token, signature, request, stored, ended };
        delivery.settle();
        Ok(Box::new(delivery))
    }

    pub(crate) const fn next(&self) -> Option<receive::Ask> {
        if self.is_given_up { None } else { self.machine.next() }
    }

    pub(crate) fn handler_error(&self) -> &str {
        self.machine.handler_error()
    }

    pub(crate) fn retried_key(&self) -> &str {
        self.machine.retried_key().unwrap_or_default()
    }

    /// The claim, its token, and the signature to keep with it.
    pub(crate) fn claim(&self) -> Option<(&payvost_claim_request, &str, &str)> {
        Some((self.request.as_deref()?, &self.token, &self.signature))
    }

    /// Takes the stored delivery of a retry.
    pub(crate) fn load(&mut self, stored: Option<(Vec<u8>, String)>) -> Result<(), Failure> {
        self.feed(receive::Answer::Loaded(stored.is_some()))?;
        self.stored = stored;
        Ok(())
    }

    pub(crate) fn feed(&mut self, answer: receive::Answer<'_>) -> Result<(), Failure> {
        self.fed(|machine| machine.feed(answer))
    }

    pub(crate) fn feed_reply(&mut self, reply: &Reply) -> Result<(), Failure> {
        self.fed(|machine| machine.feed_reply(reply))
    }

    fn fed(&mut self, feed: impl FnOnce(&mut Delivery) -> Result<(), UnexpectedAnswer>) -> Result<(), Failure> {
        if self.is_given_up {
            return Err(Failure::UnexpectedAnswer);
        }
        feed(&mut self.machine).map_err(|UnexpectedAnswer| Failure::UnexpectedAnswer)?;
        self.settle();
        Ok(())
    }

    fn verify(
        &mut self,
        policy: Option<&payvost_claim_policy>,
        router: Option<&payvost_router>,
        signature: Option<&[u8]>,
        place: Option<&mut MaybeUninit<Box<payvost_event>>>,
        verify: impl FnOnce(Delivered) -> Result<payvost_event, Error>,
    ) -> Result<(), Failure> {
        let place = given(place)?;
        let delivered = match self.next() {
            Some(receive::Ask::Verify { stored: false }) => Delivered::Now,
            Some(receive::Ask::Verify { stored: true }) => Delivered::Before,
            _ => return Err(Failure::UnexpectedAnswer),
        };
        router.map_or(Ok(()), payvost_router::usable).or_else(|failure| self.refuse(failure))?;
        let policy = policy::or_defaults(policy).or_else(|error| self.refuse(error.into()))?;
        let event = verify(delivered).or_else(|error| self.refuse(error.into()))?;

        let core = event.get();
        let key = match self.claiming {
            Claiming::Never => String::new(),
            Claiming::Lease | Claiming::Inbox => policy.key(core.id(), core.live_mode()),
        };
        let has_handler = router.is_none_or(|router| router.has_handler(core.event_type()));
        let verified = Verified { id: core.id(), event_type: core.event_type(), key: &key, has_handler };
        self.feed(receive::Answer::Verified(verified))?;
        if matches!(self.next(), Some(receive::Ask::Claim { .. })) {
            self.request = Some(Box::new(payvost_claim_request::new(policy, core)));
            self.signature = String::from_utf8_lossy(signature.unwrap_or_default()).into_owned();
        }
        place.write(boxed(event)?);
        Ok(())
    }

    /// Feeds a refusal and returns it.
    fn refuse<T>(&mut self, failure: Failure) -> Result<T, Failure> {
        if let Failure::Refused(error) = failure {
            self.feed(receive::Answer::Refused(error))?;
        }
        Err(failure)
    }

    /// The log record and the response, once it has ended.
    pub(crate) const fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    /// Whether it asks for nothing more and has no outcome: nothing is kept under the key of a
    /// retry.
    pub(crate) fn found_nothing(&self) -> bool {
        !self.is_given_up && self.machine.next().is_none() && self.machine.outcome().is_none()
    }

    /// How it ended, once it has.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if self.is_given_up { None } else { self.machine.outcome() }
    }

    /// Converts the log record and the response to C's form, once they are known.
    fn settle(&mut self) {
        let (Some(outcome), None) = (self.machine.outcome(), &self.ended) else { return };
        self.ended = Some(Ended::new(outcome, &self.machine.record()));
    }
}
