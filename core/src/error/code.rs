//! The stable codes of refusals, and their classes.

use core::fmt;

/// The stable code of a refusal: the same string in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// `invalid_secret`
    InvalidSecret,
    /// `invalid_option`
    InvalidOption,
    /// `payload_not_raw`
    PayloadNotRaw,
    /// `payload_too_large`
    PayloadTooLarge,
    /// `missing_signature`
    MissingSignature,
    /// `malformed_signature`
    MalformedSignature,
    /// `signature_mismatch`
    SignatureMismatch,
    /// `invalid_json`
    InvalidJson,
    /// `invalid_event`
    InvalidEvent,
    /// `live_mode_mismatch`
    LiveModeMismatch,
    /// `event_too_old`
    EventTooOld,
    /// `event_in_future`
    EventInFuture,
    /// `out_of_memory`: no verdict. Python and PHP raise their own memory error instead.
    OutOfMemory,
}

/// Who has to act. It decides which exception a binding throws and which HTTP status fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The receiver is set up wrongly. Nothing the sender does can help.
    Configuration,
    /// The signature does not vouch for the payload.
    SignatureVerification,
    /// The payload is too large, not JSON, or not an event.
    InvalidPayload,
    /// A genuine event that the receiver asked not to get.
    EventRejected,
}

impl ErrorCode {
    /// The code of every check, in the order in which the checks run. [`OutOfMemory`](Self::OutOfMemory) is not a check.
    pub const ALL: [Self; 12] = [
        Self::InvalidSecret,
        Self::InvalidOption,
        Self::PayloadNotRaw,
        Self::PayloadTooLarge,
        Self::MissingSignature,
        Self::MalformedSignature,
        Self::SignatureMismatch,
        Self::InvalidJson,
        Self::InvalidEvent,
        Self::LiveModeMismatch,
        Self::EventTooOld,
        Self::EventInFuture,
    ];

    /// The code as a string, the same in every language, such as `signature_mismatch`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidSecret => "invalid_secret",
            Self::InvalidOption => "invalid_option",
            Self::PayloadNotRaw => "payload_not_raw",
            Self::PayloadTooLarge => "payload_too_large",
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::SignatureMismatch => "signature_mismatch",
            Self::InvalidJson => "invalid_json",
            Self::InvalidEvent => "invalid_event",
            Self::LiveModeMismatch => "live_mode_mismatch",
            Self::EventTooOld => "event_too_old",
            Self::EventInFuture => "event_in_future",
            Self::OutOfMemory => "out_of_memory",
        }
    }

    /// Who has to act.
    #[must_use]
    pub const fn class(self) -> ErrorClass {
        match self {
            Self::InvalidSecret | Self::InvalidOption | Self::PayloadNotRaw | Self::OutOfMemory => ErrorClass::Configuration,
            Self::MissingSignature | Self::MalformedSignature | Self::SignatureMismatch => ErrorClass::SignatureVerification,
            Self::PayloadTooLarge | Self::InvalidJson | Self::InvalidEvent => ErrorClass::InvalidPayload,
            Self::LiveModeMismatch | Self::EventTooOld | Self::EventInFuture => ErrorClass::EventRejected,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ErrorClass {
    /// The name of the error class in the bindings, such as `SignatureVerificationError`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "ConfigurationError",
            Self::SignatureVerification => "SignatureVerificationError",
            Self::InvalidPayload => "InvalidPayloadError",
            Self::EventRejected => "EventRejectedError",
        }
    }
}
