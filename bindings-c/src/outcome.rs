//! `payvost_outcome`, and what a receiver answers.

use core::ffi::{c_char, c_uint};
use core::time::Duration;
use std::ffi::CString;
use std::sync::OnceLock;

use payvost_webhooks::Outcome;

use crate::error::payvost_error;
use crate::ffi;

/// How a verified event ended for the receiver, and so what it answers. The numbers never change.
///
/// `payvost_router_dispatch()` gives the first three. The others are for receivers that remember
/// which events they have handled.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_outcome {
    /// A handler ran, and handled the event.
    PAYVOST_OUTCOME_HANDLED = 0,
    /// There is no handler for events of this type. The answer is that to a handled event: the
    /// provider need not deliver it again.
    PAYVOST_OUTCOME_UNHANDLED = 1,
    /// The handler ran and did not return 0.
    PAYVOST_OUTCOME_HANDLER_FAILED = 2,
    /// Another worker is handling the event: let it be delivered again later. Tell when, in a
    /// `Retry-After` header.
    PAYVOST_OUTCOME_IN_PROGRESS = 3,
    /// What remembers the handled events cannot be reached, so that no handler ran.
    PAYVOST_OUTCOME_STORE_UNAVAILABLE = 4,
    /// Another event with the same id and another payload was received before, so that no handler ran.
    PAYVOST_OUTCOME_CONFLICT = 5,
}

use payvost_outcome::*;

/// The HTTP status to answer. The provider delivers again after everything but 2xx. A number that is
/// no outcome is answered like a handler that failed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_outcome_http_status(outcome: c_uint) -> c_uint {
    ffi::guarded(INTERNAL_SERVER_ERROR, || core_outcome(outcome).status().into())
}

/// The body to answer, which is JSON (`application/json`): `{"received":true}`, or what went wrong
/// as `payvost_error_http_body()` has it. Ends in NUL, lives as long as the library, is never
/// `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_outcome_http_body(outcome: c_uint) -> *const c_char {
    static BODIES: [OnceLock<CString>; 6] = [const { OnceLock::new() }; 6];
    ffi::guarded(c"".as_ptr(), || {
        let number = usize::try_from(outcome).unwrap_or(usize::MAX);
        let failed = || BODIES.get(2);
        // The body is JSON that the core has put together: there is no NUL in it.
        let body = || CString::new(core_outcome(outcome).body().into_owned()).unwrap_or_default();
        BODIES.get(number).or_else(failed).map_or(c"", |place| place.get_or_init(body)).as_ptr()
    })
}

/// The HTTP status to answer to a delivery that was refused: 400, or 413 to
/// `PAYVOST_PAYLOAD_TOO_LARGE`, or 500 when the receiver is set up wrongly. 200 when nothing failed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_http_status(error: Option<&payvost_error>) -> c_uint {
    ffi::guarded(INTERNAL_SERVER_ERROR, || match error.map(payvost_error::http_status) {
        None | Some(0) => Outcome::Handled.status().into(),
        Some(status) => status,
    })
}

/// The body to answer to a delivery that was refused. It is JSON (`application/json`) and holds the
/// code and the message: `{"error":{"code":"signature_mismatch","message":"..."}}`; it is
/// `{"received":true}` when nothing failed. Ends in NUL, lives as long as `error` is neither changed
/// nor gone, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_http_body(error: Option<&payvost_error>) -> *const c_char {
    match error.map(payvost_error::http_body) {
        Some(body) if body.first() != Some(&0) => body.as_ptr(),
        _ => payvost_outcome_http_body(PAYVOST_OUTCOME_HANDLED.number()),
    }
}

pub(crate) const INTERNAL_SERVER_ERROR: c_uint = 500;

fn core_outcome(number: c_uint) -> Outcome {
    let outcomes = [
        (PAYVOST_OUTCOME_HANDLED, Outcome::Handled),
        (PAYVOST_OUTCOME_UNHANDLED, Outcome::Handled),
        (PAYVOST_OUTCOME_IN_PROGRESS, Outcome::InProgress { wait: Duration::ZERO }),
        (PAYVOST_OUTCOME_STORE_UNAVAILABLE, Outcome::StoreUnavailable),
        (PAYVOST_OUTCOME_CONFLICT, Outcome::Conflict),
    ];
    outcomes.into_iter().find(|(outcome, _)| outcome.number() == number).map_or(Outcome::HandlerFailed, |(_, outcome)| outcome)
}

impl payvost_outcome {
    #[allow(clippy::as_conversions)] // the number of a variant is what it is for
    const fn number(self) -> c_uint {
        self as c_uint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    #[test]
    fn every_outcome_has_the_answer_of_the_core() {
        for (number, outcome) in [
            (0, Outcome::Handled),
            (1, Outcome::Handled),
            (2, Outcome::HandlerFailed),
            (3, Outcome::InProgress { wait: Duration::ZERO }),
            (4, Outcome::StoreUnavailable),
            (5, Outcome::Conflict),
            (99, Outcome::HandlerFailed),
        ] {
            assert_eq!(payvost_outcome_http_status(number), c_uint::from(outcome.status()));
            // SAFETY: it gives a text that ends in NUL and lives as long as the library.
            let body = unsafe { CStr::from_ptr(payvost_outcome_http_body(number)) };
            assert_eq!(body.to_str(), Ok(&*outcome.body()));
        }
    }
}
