//! Every way a webhook can be refused, with a message for the caller and a hint for the operator.

use alloc::collections::TryReserveError;

mod code;
mod hint;
mod message;
mod problems;

pub use self::code::{ErrorClass, ErrorCode};
pub use self::problems::{EventField, JsonProblem, OptionName, PatternProblem, SecretProblem};

/// Why a webhook, or the setup of its verifier, was refused.
///
/// The variants are in the order in which the checks run; the first check that fails decides. An error is a few machine
/// words, borrows nothing and holds neither a part of the secret nor of the payload, so it can be logged and sent back as it is.
///
/// [`Display`](core::fmt::Display) is the message for the caller; [`Error::hint`] is for the log.
///
/// ```
/// use payvost_webhooks::{ErrorClass, ErrorCode, verify_webhook};
///
/// let error = verify_webhook(b"{}", "00", "whsec_example").unwrap_err();
/// assert_eq!(error.code(), ErrorCode::MalformedSignature);
/// assert_eq!(error.code().as_str(), "malformed_signature");
/// assert_eq!(error.class(), ErrorClass::SignatureVerification);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A secret is missing or cannot be a webhook secret.
    InvalidSecret(SecretProblem),
    /// An option has an invalid value.
    InvalidOption(OptionName),
    /// A pattern of event types cannot be registered. Its code is `invalid_option`.
    InvalidPattern(PatternProblem),
    /// The payload is not raw bytes. Only bindings report this: in Rust the type rules it out.
    PayloadNotRaw,
    /// The payload is longer than `max_payload_bytes`.
    PayloadTooLarge,
    /// The signature header is absent or empty.
    MissingSignature,
    /// The signature header is not exactly 64 lowercase hexadecimal digits.
    MalformedSignature,
    /// None of the secrets produced this signature for this payload.
    SignatureMismatch,
    /// The payload is not the strict JSON that every host language reads alike.
    InvalidJson {
        /// Where in the payload the first problem is, in bytes from its start.
        offset: usize,
        /// What is wrong there.
        problem: JsonProblem,
    },
    /// The payload is JSON, but not a webhook event.
    InvalidEvent(EventField),
    /// `liveMode` is not what the receiver expects.
    LiveModeMismatch {
        /// What the receiver expects.
        expected: bool,
    },
    /// `createdAt` is further in the past than the tolerance allows.
    EventTooOld,
    /// `createdAt` is further in the future than the tolerance allows.
    EventInFuture,
    /// Memory ran out. This can happen at any step and says nothing about the webhook, which has to be delivered again.
    OutOfMemory,
}

impl Error {
    /// The stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidSecret(_) => ErrorCode::InvalidSecret,
            Self::InvalidOption(_) | Self::InvalidPattern(_) => ErrorCode::InvalidOption,
            Self::PayloadNotRaw => ErrorCode::PayloadNotRaw,
            Self::PayloadTooLarge => ErrorCode::PayloadTooLarge,
            Self::MissingSignature => ErrorCode::MissingSignature,
            Self::MalformedSignature => ErrorCode::MalformedSignature,
            Self::SignatureMismatch => ErrorCode::SignatureMismatch,
            Self::InvalidJson { .. } => ErrorCode::InvalidJson,
            Self::InvalidEvent(_) => ErrorCode::InvalidEvent,
            Self::LiveModeMismatch { .. } => ErrorCode::LiveModeMismatch,
            Self::EventTooOld => ErrorCode::EventTooOld,
            Self::EventInFuture => ErrorCode::EventInFuture,
            Self::OutOfMemory => ErrorCode::OutOfMemory,
        }
    }

    /// Who has to act. Short for `self.code().class()`.
    #[must_use]
    pub const fn class(&self) -> ErrorClass {
        self.code().class()
    }

    /// For `invalid_json`: where in the payload the first problem is, in bytes from its start.
    #[must_use]
    pub const fn offset(&self) -> Option<usize> {
        match self {
            Self::InvalidJson { offset, .. } => Some(*offset),
            _ => None,
        }
    }

    /// For `invalid_event`: the field at fault as a JSON Pointer (RFC 6901). The empty pointer is the payload itself.
    #[must_use]
    pub const fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::InvalidEvent(field) => Some(field.pointer()),
            _ => None,
        }
    }
}

impl core::error::Error for Error {}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

impl From<EventField> for Error {
    fn from(field: EventField) -> Self {
        Self::InvalidEvent(field)
    }
}
