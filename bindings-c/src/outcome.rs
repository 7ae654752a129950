//! `payvost_outcome`, and the response of a receiver.

use core::ffi::c_char;
use core::time::Duration;

use payvost_webhooks::Outcome;

use crate::boundary;
use crate::text::c_string;

/// How a delivery ended, and so what the receiver answers. The numbers never change, and new ones
/// may be added: have a `default`.
///
/// `payvost_router_dispatch()` sets the first three. A `payvost_delivery` ends in any of them.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_outcome {
    /// A handler ran and handled the event.
    PAYVOST_OUTCOME_HANDLED = 0,
    /// No handler matches this type. The response is the same as for a handled event, so the
    /// provider does not retry.
    PAYVOST_OUTCOME_UNHANDLED = 1,
    /// The handler ran and did not return 0, or ended the transaction of its inbox itself.
    PAYVOST_OUTCOME_HANDLER_FAILED = 2,
    /// Another worker is handling the event: the provider retries later. The response says when, in
    /// a `Retry-After` header.
    PAYVOST_OUTCOME_IN_PROGRESS = 3,
    /// The store cannot be reached or is full, so the event is not recorded as handled.
    PAYVOST_OUTCOME_STORE_UNAVAILABLE = 4,
    /// An event with the same id and another payload was received before, so no handler ran.
    PAYVOST_OUTCOME_CONFLICT = 5,
    /// The event was handled before.
    PAYVOST_OUTCOME_ALREADY_HANDLED = 6,
    /// The handler put the event on a queue together with its claim, which the queue's worker
    /// completes.
    PAYVOST_OUTCOME_HANDED_OVER = 7,
    /// The handler handled the event, but outlived its lease. Another worker took over and may have
    /// handled it as well.
    PAYVOST_OUTCOME_CLAIM_LOST = 8,
    /// The body is incomplete. This says nothing about its signature.
    PAYVOST_OUTCOME_BODY_INCOMPLETE = 9,
    /// The request has another method than `POST`.
    PAYVOST_OUTCOME_METHOD_NOT_ALLOWED = 10,
    /// A retry by key found the delivery of another endpoint.
    PAYVOST_OUTCOME_OTHER_ENDPOINT = 11,
    /// The delivery was refused; `payvost_delivery_result()` says why.
    PAYVOST_OUTCOME_REFUSED = 12,
}

use payvost_outcome::*;

/// The HTTP status of the response. The provider retries after everything except 2xx. For a
/// refusal, whose status is in the error, and for an unknown number, it is that of a failed
/// handler.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_outcome_http_status(outcome: u32) -> u32 {
    boundary::guarded(INTERNAL_SERVER_ERROR, || answered(outcome).status().into())
}

/// The body of the response, which is JSON (`application/json`): `{"received":true}`, or the error
/// in the form of `payvost_error_http_body()`. Ends in NUL, lives as long as the library, is never
/// `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_outcome_http_body(outcome: u32) -> *const c_char {
    http_body(answered(outcome))
}

pub(crate) const INTERNAL_SERVER_ERROR: u32 = 500;

/// The body of an outcome that is not a refusal.
pub(crate) fn http_body(outcome: Outcome) -> *const c_char {
    boundary::guarded(c"".as_ptr(), || c_string(outcome.body()).as_ptr())
}

/// The outcome with a number; `None` for a refusal and for any other number.
pub(crate) fn from_number(number: u32) -> Option<Outcome> {
    OUTCOMES.into_iter().find(|outcome| payvost_outcome::from(*outcome).number() == number)
}

fn answered(number: u32) -> Outcome {
    from_number(number).unwrap_or(Outcome::HandlerFailed)
}

const OUTCOMES: [Outcome; 12] = [
    Outcome::Handled,
    Outcome::Unhandled,
    Outcome::HandlerFailed,
    Outcome::InProgress { wait: Duration::ZERO },
    Outcome::StoreUnavailable,
    Outcome::Conflict,
    Outcome::AlreadyHandled,
    Outcome::HandedOver,
    Outcome::ClaimLost,
    Outcome::BodyIncomplete,
    Outcome::MethodNotAllowed,
    Outcome::OtherEndpoint,
];

impl payvost_outcome {
    #[allow(clippy::as_conversions)] // the number of a variant is what it is for
    const fn number(self) -> u32 {
        self as u32
    }
}

impl From<Outcome> for payvost_outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Handled => PAYVOST_OUTCOME_HANDLED,
            Outcome::Unhandled => PAYVOST_OUTCOME_UNHANDLED,
            Outcome::InProgress { .. } => PAYVOST_OUTCOME_IN_PROGRESS,
            Outcome::StoreUnavailable => PAYVOST_OUTCOME_STORE_UNAVAILABLE,
            Outcome::Conflict => PAYVOST_OUTCOME_CONFLICT,
            Outcome::AlreadyHandled => PAYVOST_OUTCOME_ALREADY_HANDLED,
            Outcome::HandedOver => PAYVOST_OUTCOME_HANDED_OVER,
            Outcome::ClaimLost => PAYVOST_OUTCOME_CLAIM_LOST,
            Outcome::BodyIncomplete => PAYVOST_OUTCOME_BODY_INCOMPLETE,
            Outcome::MethodNotAllowed => PAYVOST_OUTCOME_METHOD_NOT_ALLOWED,
            Outcome::OtherEndpoint => PAYVOST_OUTCOME_OTHER_ENDPOINT,
            Outcome::Refused(_) => PAYVOST_OUTCOME_REFUSED,
            // A refusal, or an outcome that is in the core but not here.
            _ => PAYVOST_OUTCOME_HANDLER_FAILED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;
    use payvost_webhooks::Error;

    #[test]
    fn every_outcome_has_its_number_and_the_response_of_the_core() {
        for (number, outcome) in (0..).zip(OUTCOMES) {
            assert_eq!(payvost_outcome::from(outcome).number(), number);
            assert_eq!(from_number(number), Some(outcome));
            assert_answer(number, outcome);
        }
        assert_eq!(payvost_outcome::from(Outcome::Refused(Error::PayloadTooLarge)), PAYVOST_OUTCOME_REFUSED);
        for none in [PAYVOST_OUTCOME_REFUSED.number(), 99] {
            assert_eq!(from_number(none), None);
            assert_answer(none, Outcome::HandlerFailed);
        }
    }

    fn assert_answer(number: u32, outcome: Outcome) {
        assert_eq!(payvost_outcome_http_status(number), u32::from(outcome.status()));
        // SAFETY: it returns a text that ends in NUL and lives as long as the library.
        let body = unsafe { CStr::from_ptr(payvost_outcome_http_body(number)) };
        assert_eq!(body.to_str(), Ok(&*outcome.body()));
    }
}
