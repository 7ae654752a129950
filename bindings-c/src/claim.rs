//! `payvost_claim`: a store's reply to a claim, and related types.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::time::Duration;

use payvost_webhooks::claims::{Claim, Completion, Operation, Taken};
use payvost_webhooks::limits::CLAIM_TOKEN_LENGTH;

use crate::boundary;
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;

/// The result of claiming an event. A struct that was set to `{0}` claims nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_claim {
    /// One of `payvost_claim_kind`.
    pub kind: u32,
    /// For `PAYVOST_CLAIM_CLAIMED`: how often the event has been claimed, including this time.
    pub attempt: u32,
    /// For `PAYVOST_CLAIM_IN_PROGRESS`: when the other worker's lease is over, in milliseconds.
    pub wait_ms: u64,
}

/// The result of claiming an event.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_claim_kind {
    /// The reply of the store makes no sense: nothing is claimed.
    PAYVOST_CLAIM_UNKNOWN = 0,
    /// This worker handles the event.
    PAYVOST_CLAIM_CLAIMED = 1,
    /// Another worker has it.
    PAYVOST_CLAIM_IN_PROGRESS = 2,
    /// It was handled before.
    PAYVOST_CLAIM_DONE = 3,
    /// An event with the same id and another payload was claimed before.
    PAYVOST_CLAIM_CONFLICT = 4,
    /// Its handler committed the transaction of an inbox itself: only a retry by its key claims it.
    PAYVOST_CLAIM_PARKED = 5,
}

/// The result of taking a ticket from a queue. One that was set to `{0}` takes nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct payvost_taken {
    /// One of `payvost_taken_kind`.
    pub kind: u32,
    /// For `PAYVOST_TAKEN_CLAIMED`: how often the event has been tried, including this time.
    pub attempt: u32,
    /// For `PAYVOST_TAKEN_IN_PROGRESS`: when the other worker's lease is over, in milliseconds.
    pub wait_ms: u64,
}

/// The result of taking a ticket from a queue, and what to do with the job.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_taken_kind {
    /// The reply of the store makes no sense, or the step failed: do nothing, and put the job back.
    PAYVOST_TAKEN_UNKNOWN = 0,
    /// This worker handles the event, and completes or releases the claim with its token.
    PAYVOST_TAKEN_CLAIMED = 1,
    /// Another worker has taken the same ticket: put the job back.
    PAYVOST_TAKEN_IN_PROGRESS = 2,
    /// The event is handled: drop the job.
    PAYVOST_TAKEN_DONE = 3,
    /// A later delivery has claimed the event, or the store has forgotten it: drop the job.
    PAYVOST_TAKEN_LOST = 4,
}

/// The result of completing a claim.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_completion {
    /// The reply of the store makes no sense: nothing is recorded.
    PAYVOST_COMPLETION_UNKNOWN = 0,
    /// The event is on record as handled.
    PAYVOST_COMPLETION_COMPLETED = 1,
    /// The claim is no longer this worker's.
    PAYVOST_COMPLETION_LOST = 2,
    /// The handler committed the transaction of the inbox itself. The event is parked.
    PAYVOST_COMPLETION_COMMITTED = 3,
    /// The handler rolled back the transaction of the inbox itself.
    PAYVOST_COMPLETION_ROLLED_BACK = 4,
    /// The handler left the transaction of the inbox aborted, so that it accepts no more
    /// statements.
    PAYVOST_COMPLETION_ABORTED = 5,
}

/// A step of the protocol of claims.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_operation {
    /// Claim an event.
    PAYVOST_OPERATION_CLAIM = 1,
    /// Extend a claim.
    PAYVOST_OPERATION_EXTEND = 2,
    /// Record that an event is handled.
    PAYVOST_OPERATION_COMPLETE = 3,
    /// Release a claim.
    PAYVOST_OPERATION_RELEASE = 4,
    /// Read the delivery that was kept with a claim.
    PAYVOST_OPERATION_DELIVERY = 5,
    /// List the events that were claimed and not handled.
    PAYVOST_OPERATION_DEAD_LETTERS = 6,
    /// Take a claim over from a queue.
    PAYVOST_OPERATION_TAKE = 7,
    /// Discard a dead letter.
    PAYVOST_OPERATION_DISCARD = 8,
}

/// A value to bind to a placeholder of a statement, or to pass to a script.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_parameter {
    /// The key of the claim: `payvost_claim_request_key()`.
    PAYVOST_PARAMETER_KEY = 1,
    /// `payvost_claim_request_fingerprint()`
    PAYVOST_PARAMETER_FINGERPRINT = 2,
    /// The token of the claim: `payvost_delivery_token()`; for a worker that takes a ticket,
    /// `payvost_taker_token()`.
    PAYVOST_PARAMETER_TOKEN = 3,
    /// A number: `payvost_claim_request_lease_ms()`.
    PAYVOST_PARAMETER_LEASE = 4,
    /// A number: `payvost_claim_request_remember_ms()`.
    PAYVOST_PARAMETER_REMEMBER = 5,
    /// `payvost_claim_request_event_type()`
    PAYVOST_PARAMETER_EVENT_TYPE = 6,
    /// The raw body as bytes; `NULL` in SQL and empty for Redis if no delivery is kept.
    PAYVOST_PARAMETER_PAYLOAD = 7,
    /// The signature header; `NULL` in SQL and empty for Redis if no delivery is kept.
    PAYVOST_PARAMETER_SIGNATURE = 8,
    /// `payvost_delivery_handler_error()`
    PAYVOST_PARAMETER_ERROR = 9,
    /// A number: how many rows at most.
    PAYVOST_PARAMETER_LIMIT = 10,
    /// The token of the ticket that a claim was handed over with: `payvost_delivery_token()` of that delivery.
    PAYVOST_PARAMETER_TICKET = 11,
    /// `payvost_claim_request_open_key()`: selects the store whose dead letters are listed.
    PAYVOST_PARAMETER_OPEN_KEY = 12,
    /// `payvost_redis_program_lists()`; empty unless the server is a Redis Cluster.
    PAYVOST_PARAMETER_LISTS = 13,
}

use payvost_claim_kind::*;
use payvost_completion::*;
use payvost_operation::*;
use payvost_parameter::*;
use payvost_taken_kind::*;

/// The room that `payvost_claim_token()` needs: 32 hexadecimal digits and a NUL.
pub const PAYVOST_TOKEN_SIZE: usize = 33;

/// The room that `payvost_taker_token()` needs: 64 hexadecimal digits and a NUL.
pub const PAYVOST_TAKER_TOKEN_SIZE: usize = 65;

const _: () = assert!(PAYVOST_TOKEN_SIZE == CLAIM_TOKEN_LENGTH + 1);
const _: () = assert!(PAYVOST_TAKER_TOKEN_SIZE == 2 * CLAIM_TOKEN_LENGTH + 1);

/// Reads what a store replied to a claim: a word and a number, as the scripts and statements of
/// this library return them. `PAYVOST_CLAIM_UNKNOWN` for any other word.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_claim_from_reply(word: *const c_char, word_len: usize, number: i64) -> payvost_claim {
    boundary::guarded(payvost_claim::UNKNOWN, || {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let word = unsafe { boundary::text(word, word_len) };
        word.and_then(|word| Claim::from_reply(word, number)).map_or(payvost_claim::UNKNOWN, payvost_claim::from)
    })
}

/// Reads what a store replied to an attempt to take a ticket: a word and a number, as the scripts
/// and statements of this library return them. `PAYVOST_TAKEN_UNKNOWN` for any other word. A
/// statement without a row means `PAYVOST_TAKEN_LOST`; `payvost_sql_program` handles that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_taken_from_reply(word: *const c_char, word_len: usize, number: i64) -> payvost_taken {
    boundary::guarded(payvost_taken::UNKNOWN, || {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let word = unsafe { boundary::text(word, word_len) };
        word.and_then(|word| Taken::from_reply(word, number)).map_or(payvost_taken::UNKNOWN, payvost_taken::from)
    })
}

/// Makes an unpredictable token, for a claim that is made without a `payvost_delivery`.
///
/// `token` has room for `PAYVOST_TOKEN_SIZE` bytes; 32 digits and a NUL are written, or nothing on
/// failure. `error` may be `NULL`.
///
/// Fails with `PAYVOST_NO_RANDOM_BYTES`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_claim_token(
    token: *mut c_char,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let token = given(NonNull::new(token))?;
        // SAFETY: there is room for 32 digits and a NUL.
        unsafe { write_text(token, new_token()?) };
        Ok(())
    })
}

/// Makes the token of a worker that takes a ticket: the ticket's token and 32 more unpredictable
/// digits. Make a new one for each job, and complete or release the claim with it.
///
/// `ticket` is the token of the ticket, `payvost_delivery_token()` of the delivery that was handed over.
/// `token` has room for `PAYVOST_TAKER_TOKEN_SIZE` bytes; 64 digits and a NUL are written, or nothing on
/// failure. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_ARGUMENT` when the ticket is not 32 hexadecimal digits, and with
/// `PAYVOST_NO_RANDOM_BYTES`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_taker_token(
    ticket: *const c_char,
    ticket_len: usize,
    token: *mut c_char,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let token = given(NonNull::new(token))?;
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let ticket = unsafe { self::ticket(ticket, ticket_len) }?;
        let text = format!("{ticket}{}", new_token()?);
        // SAFETY: there is room for 64 digits and a NUL.
        unsafe { write_text(token, text) };
        Ok(())
    })
}

/// The token of a ticket. Anything shorter would also be the beginning of other claims' tokens.
///
/// # Safety
///
/// As for [`boundary::text`].
pub(crate) unsafe fn ticket<'a>(start: *const c_char, length: usize) -> Result<&'a str, Failure> {
    // SAFETY: the caller keeps to it.
    let ticket = given(unsafe { boundary::text(start, length) })?;
    let is_token = ticket.len() == CLAIM_TOKEN_LENGTH && ticket.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_token { Ok(ticket) } else { Err(Failure::InvalidArgument) }
}

/// Writes a text and a NUL.
///
/// # Safety
///
/// There is room for both.
unsafe fn write_text(place: NonNull<c_char>, mut text: String) {
    text.push('\0');
    // SAFETY: the caller keeps to it, and the place is not part of the String, which is this function's own.
    unsafe { place.cast::<u8>().copy_from_nonoverlapping(NonNull::from(text.as_bytes()).cast(), text.len()) };
}

/// 32 random hexadecimal digits.
pub(crate) fn new_token() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Failure::NoRandomBytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

impl payvost_claim {
    pub(crate) const UNKNOWN: Self = Self::of(PAYVOST_CLAIM_UNKNOWN);

    #[allow(clippy::as_conversions)] // the number of a variant is what it is for
    const fn of(kind: payvost_claim_kind) -> Self {
        Self { kind: kind as u32, attempt: 0, wait_ms: 0 }
    }

    /// `None` when nothing is claimed.
    pub(crate) fn get(self) -> Option<Claim> {
        let wait = Duration::from_millis(self.wait_ms);
        [Claim::Claimed { attempt: self.attempt }, Claim::InProgress { wait }, Claim::Done, Claim::Conflict, Claim::Parked]
            .into_iter()
            .find(|claim| Self::from(*claim).kind == self.kind)
    }
}

impl From<Claim> for payvost_claim {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::Claimed { attempt } => Self { attempt, ..Self::of(PAYVOST_CLAIM_CLAIMED) },
            Claim::InProgress { wait } => {
                Self { wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), ..Self::of(PAYVOST_CLAIM_IN_PROGRESS) }
            }
            Claim::Done => Self::of(PAYVOST_CLAIM_DONE),
            Claim::Conflict => Self::of(PAYVOST_CLAIM_CONFLICT),
            Claim::Parked => Self::of(PAYVOST_CLAIM_PARKED),
            // A reply that is in the core but not here.
            _ => Self::UNKNOWN,
        }
    }
}

impl payvost_taken {
    pub(crate) const UNKNOWN: Self = Self::of(PAYVOST_TAKEN_UNKNOWN);

    #[allow(clippy::as_conversions)] // the number of a variant is what it is for
    const fn of(kind: payvost_taken_kind) -> Self {
        Self { kind: kind as u32, attempt: 0, wait_ms: 0 }
    }
}

impl From<Taken> for payvost_taken {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::Claimed { attempt } => Self { attempt, ..Self::of(PAYVOST_TAKEN_CLAIMED) },
            Taken::InProgress { wait } => {
                Self { wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), ..Self::of(PAYVOST_TAKEN_IN_PROGRESS) }
            }
            Taken::Done => Self::of(PAYVOST_TAKEN_DONE),
            Taken::Lost => Self::of(PAYVOST_TAKEN_LOST),
            // As above.
            _ => Self::UNKNOWN,
        }
    }
}

impl From<Completion> for payvost_completion {
    fn from(completion: Completion) -> Self {
        match completion {
            Completion::Completed => PAYVOST_COMPLETION_COMPLETED,
            Completion::Lost => PAYVOST_COMPLETION_LOST,
            Completion::Committed => PAYVOST_COMPLETION_COMMITTED,
            Completion::RolledBack => PAYVOST_COMPLETION_ROLLED_BACK,
            Completion::Aborted => PAYVOST_COMPLETION_ABORTED,
            // As above.
            _ => PAYVOST_COMPLETION_UNKNOWN,
        }
    }
}

/// The completion with a number; `None` if nothing is recorded.
#[allow(clippy::as_conversions)] // the number of a variant is what it is for
pub(crate) fn completion(number: u32) -> Option<Completion> {
    [Completion::Completed, Completion::Lost, Completion::Committed, Completion::RolledBack, Completion::Aborted]
        .into_iter()
        .find(|completion| payvost_completion::from(*completion) as u32 == number)
}

/// The step with a number.
#[allow(clippy::as_conversions)] // the number of a variant is what it is for
pub(crate) fn operation(number: u32) -> Option<Operation> {
    [
        (PAYVOST_OPERATION_CLAIM, Operation::Claim),
        (PAYVOST_OPERATION_EXTEND, Operation::Extend),
        (PAYVOST_OPERATION_COMPLETE, Operation::Complete),
        (PAYVOST_OPERATION_RELEASE, Operation::Release),
        (PAYVOST_OPERATION_DELIVERY, Operation::Delivery),
        (PAYVOST_OPERATION_DEAD_LETTERS, Operation::DeadLetters),
        (PAYVOST_OPERATION_TAKE, Operation::Take),
        (PAYVOST_OPERATION_DISCARD, Operation::Discard),
    ]
    .into_iter()
    .find_map(|(known, operation)| (known as u32 == number).then_some(operation))
}

/// The numbers of the core's parameters. `None` for an unknown name, which the tests rule out, so
/// that a statement with it cannot run by mistake.
#[allow(clippy::as_conversions)] // the number of a variant is what it is for
pub(crate) fn parameters(names: &[&str]) -> Option<Vec<u32>> {
    let number = |name: &str| {
        Some(match name {
            "key" => PAYVOST_PARAMETER_KEY,
            "fingerprint" => PAYVOST_PARAMETER_FINGERPRINT,
            "token" => PAYVOST_PARAMETER_TOKEN,
            "lease" => PAYVOST_PARAMETER_LEASE,
            "remember" => PAYVOST_PARAMETER_REMEMBER,
            "event_type" => PAYVOST_PARAMETER_EVENT_TYPE,
            "payload" => PAYVOST_PARAMETER_PAYLOAD,
            "signature" => PAYVOST_PARAMETER_SIGNATURE,
            "error" => PAYVOST_PARAMETER_ERROR,
            "limit" => PAYVOST_PARAMETER_LIMIT,
            "ticket" => PAYVOST_PARAMETER_TICKET,
            "open_key" => PAYVOST_PARAMETER_OPEN_KEY,
            "lists" => PAYVOST_PARAMETER_LISTS,
            _ => return None,
        } as u32)
    };
    names.iter().map(|name| number(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_survives_the_way_through_c() {
        for claim in [
            Claim::Claimed { attempt: 3 },
            Claim::InProgress { wait: Duration::from_millis(1_500) },
            Claim::Done,
            Claim::Conflict,
            Claim::Parked,
        ] {
            assert_eq!(payvost_claim::from(claim).get(), Some(claim));
        }
        assert_eq!(payvost_claim::UNKNOWN.get(), None);
        assert_eq!(payvost_claim { kind: 77, attempt: 1, wait_ms: 1 }.get(), None);
        assert_eq!((completion(0), completion(1), completion(77)), (None, Some(Completion::Completed), None));
    }

    #[test]
    fn every_result_of_a_ticket_has_a_number() {
        let of = |taken| payvost_taken::from(taken);
        assert_eq!(of(Taken::Claimed { attempt: 3 }), payvost_taken { kind: 1, attempt: 3, wait_ms: 0 });
        assert_eq!(of(Taken::InProgress { wait: Duration::from_millis(9) }), payvost_taken { kind: 2, attempt: 0, wait_ms: 9 });
        assert_eq!(of(Taken::InProgress { wait: Duration::MAX }).wait_ms, u64::MAX);
        assert_eq!((of(Taken::Done).kind, of(Taken::Lost).kind, payvost_taken::UNKNOWN.kind), (3, 4, 0));
    }

    #[test]
    fn only_a_whole_token_is_a_ticket() {
        let of = |text: &'static str| {
            // SAFETY: the length is the text's.
            unsafe { ticket(text.as_ptr().cast(), text.len()) }
        };
        let whole = "0123456789abcdef0123456789abcdef";
        assert_eq!(of(whole).ok(), Some(whole));
        for text in ["", "0", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"] {
            assert!(matches!(of(text), Err(Failure::InvalidArgument)), "{text}");
        }
        // SAFETY: null is read as nothing, whatever the length.
        assert!(matches!(unsafe { ticket(core::ptr::null(), 32) }, Err(Failure::InvalidArgument)));
    }

    #[test]
    fn every_step_has_a_number() {
        for (number, known) in (1..).zip(Operation::ALL) {
            assert_eq!(operation(number), Some(known));
        }
        assert_eq!((operation(0), operation(9)), (None, None));
    }

    #[test]
    fn a_token_is_made_anew_each_time() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    }
}
