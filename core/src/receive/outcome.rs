//! A receiver's response to the provider.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::error::{Error, ErrorClass, ErrorCode};

/// How a delivery ended, and so what the receiver answers.
///
/// The provider counts 2xx as received and retries after everything else (provider's guide, "Retry Logic").
///
/// ```
/// use core::time::Duration;
/// use payvost_webhooks::{Error, Outcome};
///
/// assert_eq!(Outcome::Handled.status(), 200);
/// assert_eq!(Outcome::Handled.body(), r#"{"received":true}"#);
/// assert_eq!(Outcome::Refused(Error::SignatureMismatch).status(), 400);
///
/// let elsewhere = Outcome::InProgress { wait: Duration::from_millis(1_500) };
/// assert_eq!((elsewhere.status(), elsewhere.retry_after()), (409, Some(2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The event was handled.
    Handled,
    /// No handler matches the type of the event.
    Unhandled,
    /// The event had been handled before.
    AlreadyHandled,
    /// The handler put the event on a queue with its claim, and the queue's worker completes it.
    HandedOver,
    /// The event was handled, but the handler took longer than its claim held. Another worker took over and may have handled it
    /// as well.
    ClaimLost,
    /// Another worker is handling the event: retry later.
    InProgress {
        /// When that worker's claim runs out, unless it finishes before.
        wait: Duration,
    },
    /// An event with the same id and another body was received before. This one is not handled.
    Conflict,
    /// The handler failed, or ended the transaction of the inbox itself.
    HandlerFailed,
    /// The body is incomplete: the sender broke off or was too slow. This says nothing about its signature.
    BodyIncomplete,
    /// Another method than `POST`.
    MethodNotAllowed,
    /// The stored delivery belongs to the key of another endpoint.
    OtherEndpoint,
    /// The store cannot be reached or does not respond, so the event is not recorded as handled.
    StoreUnavailable,
    /// The verifier refused the delivery.
    Refused(Error),
}

impl Outcome {
    /// The response to a request with another method than `POST`, before its body is read. `None` for `POST`. Methods are
    /// case-sensitive (RFC 9110 §9.1).
    #[must_use]
    pub fn of_method(method: &[u8]) -> Option<Self> {
        (method != b"POST").then_some(Self::MethodNotAllowed)
    }

    /// The outcome with this code, except refusals. `wait` is for `in_progress` only. `None` for any other code.
    #[must_use]
    pub fn from_code(code: &str, wait: Duration) -> Option<Self> {
        let outcomes = [
            Self::Handled,
            Self::Unhandled,
            Self::AlreadyHandled,
            Self::HandedOver,
            Self::ClaimLost,
            Self::InProgress { wait },
            Self::Conflict,
            Self::HandlerFailed,
            Self::BodyIncomplete,
            Self::MethodNotAllowed,
            Self::OtherEndpoint,
            Self::StoreUnavailable,
        ];
        outcomes.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Its stable name, the same in every language, for metrics. For a refusal, it is the code of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Unhandled => "unhandled",
            Self::AlreadyHandled => "already_handled",
            Self::HandedOver => "handed_over",
            Self::ClaimLost => "claim_lost",
            Self::InProgress { .. } => "in_progress",
            Self::Conflict => "event_conflict",
            Self::HandlerFailed => "handler_failed",
            Self::BodyIncomplete => "body_incomplete",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::OtherEndpoint => "other_endpoint",
            Self::StoreUnavailable => "store_unavailable",
            Self::Refused(error) => error.code().as_str(),
        }
    }

    /// The HTTP status (RFC 9110 §15).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Handled | Self::Unhandled | Self::AlreadyHandled | Self::HandedOver | Self::ClaimLost => 200,
            Self::OtherEndpoint => 404,
            Self::MethodNotAllowed => 405,
            Self::BodyIncomplete => 408,
            Self::InProgress { .. } | Self::Conflict => 409,
            Self::HandlerFailed => 500,
            Self::StoreUnavailable => 503,
            Self::Refused(error) => match (error.class(), error.code()) {
                (ErrorClass::Configuration, _) => 500,
                (_, ErrorCode::PayloadTooLarge) => 413,
                _ => 400,
            },
        }
    }

    /// The value of the header `Retry-After` (RFC 9110 §10.2.3), in whole seconds and at least 1, if there is one.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::InProgress { wait } => Some(wait.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX)),
            _ => None,
        }
    }

    /// The headers of the response, with names in lower case. The host adds the length of the body.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let mut headers = Vec::from([("content-type", Cow::Borrowed("application/json"))]);
        if let Some(seconds) = self.retry_after() {
            headers.push(("retry-after", Cow::Owned(format!("{seconds}"))));
        }
        if matches!(self, Self::MethodNotAllowed) {
            headers.push(("allow", Cow::Borrowed("POST")));
        }
        headers
    }

    /// The body, which is JSON. The provider's delivery log shows it. It contains nothing secret.
    #[must_use]
    pub fn body(&self) -> Cow<'static, str> {
        if self.status() == 200 {
            return Cow::Borrowed(RECEIVED);
        }
        let mut body = String::new();
        // Writing to a `String` does not fail.
        let _ = self.write_body(&mut body);
        Cow::Owned(body)
    }

    /// Writes the [`body`](Self::body) without allocating memory.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_body(&self, body: &mut impl fmt::Write) -> fmt::Result {
        let message: &dyn fmt::Display = match self {
            Self::Handled | Self::Unhandled | Self::AlreadyHandled | Self::HandedOver | Self::ClaimLost => {
                return body.write_str(RECEIVED);
            }
            Self::InProgress { .. } => &"another worker is handling this event",
            Self::Conflict => &"an event with this id and another body was received before",
            Self::HandlerFailed => &"the handler failed",
            Self::BodyIncomplete => &"the body is incomplete",
            Self::MethodNotAllowed => &"use POST",
            Self::OtherEndpoint => &"this delivery belongs to another endpoint",
            Self::StoreUnavailable => &"try again later",
            Self::Refused(error) => error,
        };
        // The messages have no quotes and backslashes.
        write!(body, r#"{{"error":{{"code":"{}","message":"{message}"}}}}"#, self.code())
    }
}

const RECEIVED: &str = r#"{"received":true}"#;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::{EventField, JsonProblem, OptionName, PatternProblem, SecretProblem};

    #[test]
    fn only_what_was_handled_counts_as_received() {
        let refused = Outcome::Refused;
        for (outcome, status) in [
            (Outcome::Handled, 200),
            (Outcome::Unhandled, 200),
            (Outcome::AlreadyHandled, 200),
            (Outcome::HandedOver, 200),
            (Outcome::ClaimLost, 200),
            (Outcome::InProgress { wait: Duration::ZERO }, 409),
            (Outcome::Conflict, 409),
            (Outcome::HandlerFailed, 500),
            (Outcome::StoreUnavailable, 503),
            (Outcome::OtherEndpoint, 404),
            (Outcome::MethodNotAllowed, 405),
            (Outcome::BodyIncomplete, 408),
            (refused(Error::PayloadTooLarge), 413),
            (refused(Error::PayloadNotRaw), 500),
            (refused(Error::InvalidSecret(SecretProblem::Blank)), 500),
            (refused(Error::MissingSignature), 400),
            (refused(Error::EventTooOld), 400),
        ] {
            assert_eq!(outcome.status(), status, "{outcome:?}");
        }
    }

    #[test]
    fn every_body_is_json() {
        let errors = [
            Error::InvalidSecret(SecretProblem::ApiKey),
            Error::InvalidOption(OptionName::Tolerance),
            Error::InvalidPattern(PatternProblem::MatchesNothing),
            Error::InvalidJson { offset: 17, problem: JsonProblem::DuplicateKey },
            Error::InvalidEvent(EventField::Id),
            Error::LiveModeMismatch { expected: true },
        ];
        for error in errors {
            let body: serde_json::Value = serde_json::from_str(&Outcome::Refused(error).body()).unwrap();
            assert_eq!(body["error"]["code"], error.code().as_str());
            assert_eq!(body["error"]["message"], error.to_string());
        }
        for code in ["in_progress", "event_conflict", "handler_failed", "store_unavailable"] {
            let outcome = Outcome::from_code(code, Duration::ZERO).unwrap();
            let body: serde_json::Value = serde_json::from_str(&outcome.body()).unwrap();
            assert_eq!(body["error"]["code"], code);
        }
    }

    #[test]
    fn every_outcome_except_a_refusal_has_its_own_code() {
        let wait = Duration::from_secs(7);
        for outcome in [
            Outcome::Handled,
            Outcome::AlreadyHandled,
            Outcome::HandedOver,
            Outcome::ClaimLost,
            Outcome::InProgress { wait },
            Outcome::Conflict,
            Outcome::HandlerFailed,
            Outcome::StoreUnavailable,
        ] {
            assert_eq!(Outcome::from_code(outcome.code(), wait), Some(outcome));
        }
        assert_eq!(Outcome::from_code("signature_mismatch", wait), None);
        assert_eq!(Outcome::Refused(Error::SignatureMismatch).code(), "signature_mismatch");
    }

    #[test]
    fn only_post_delivers() {
        assert_eq!(Outcome::of_method(b"POST"), None);
        for method in [&b"GET"[..], b"HEAD", b"post", b"POST ", b""] {
            assert_eq!(Outcome::of_method(method), Some(Outcome::MethodNotAllowed));
        }
        assert!(Outcome::MethodNotAllowed.headers().contains(&("allow", Cow::Borrowed("POST"))));
    }

    #[test]
    fn in_progress_says_when_to_retry() {
        for (milliseconds, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            let outcome = Outcome::InProgress { wait: Duration::from_millis(milliseconds) };
            assert_eq!(outcome.retry_after(), Some(seconds), "{milliseconds} ms");
        }
        assert_eq!(Outcome::Conflict.retry_after(), None);
    }
}
