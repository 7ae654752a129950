//! What a receiver answers the provider.

use alloc::borrow::Cow;
use alloc::format;

use crate::error::{Error, ErrorClass, ErrorCode};

/// How the delivery of an event ended for the receiver, and so what it answers.
///
/// The provider counts 2xx as received and delivers again after everything else (provider's guide, "Retry Logic").
///
/// ```
/// use payvost_webhooks::{Error, Outcome};
///
/// assert_eq!(Outcome::Handled.status(), 200);
/// assert_eq!(Outcome::Handled.body(), r#"{"received":true}"#);
/// assert_eq!(Outcome::Refused(Error::SignatureMismatch).status(), 400);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The event was handled, now or before, or nobody wants to handle its type.
    Handled,
    /// Another worker is handling the event: come back later.
    InProgress,
    /// The handler failed.
    HandlerFailed,
    /// The store that remembers handled events cannot be reached, so that the event was not handled.
    StoreUnavailable,
    /// The verifier refused the delivery.
    Refused(Error),
}

impl Outcome {
    /// The HTTP status (RFC 9110 §15).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Handled => 200,
            Self::InProgress => 409,
            Self::HandlerFailed => 500,
            Self::StoreUnavailable => 503,
            Self::Refused(error) => match (error.class(), error.code()) {
                (ErrorClass::Configuration, _) => 500,
                (_, ErrorCode::PayloadTooLarge) => 413,
                _ => 400,
            },
        }
    }

    /// The body, which is JSON. It tells the provider's delivery log what happened and holds nothing secret.
    #[must_use]
    pub fn body(&self) -> Cow<'static, str> {
        match self {
            Self::Handled => Cow::Borrowed(r#"{"received":true}"#),
            Self::InProgress => Cow::Borrowed(r#"{"error":{"code":"in_progress","message":"the event is being handled"}}"#),
            Self::HandlerFailed => Cow::Borrowed(r#"{"error":{"code":"handler_failed","message":"the handler failed"}}"#),
            Self::StoreUnavailable => Cow::Borrowed(r#"{"error":{"code":"store_unavailable","message":"try again later"}}"#),
            // The messages are constant sentences without quotes and backslashes.
            Self::Refused(error) => Cow::Owned(format!(r#"{{"error":{{"code":"{}","message":"{error}"}}}}"#, error.code())),
        }
    }
}

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
            (Outcome::InProgress, 409),
            (Outcome::HandlerFailed, 500),
            (Outcome::StoreUnavailable, 503),
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
        for outcome in [Outcome::Handled, Outcome::InProgress, Outcome::HandlerFailed, Outcome::StoreUnavailable] {
            assert!(serde_json::from_str::<serde_json::Value>(&outcome.body()).is_ok());
        }
    }
}
