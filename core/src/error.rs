//! Every way a webhook can be refused, with what to tell the caller and what to tell the operator.

use core::fmt;

use crate::json::{JsonError, JsonProblem};
use crate::limits::{
    MAX_CAPACITY, MAX_DEPTH, MAX_LEASE, MAX_PAYLOAD_BYTES_LIMIT, MAX_PREFIX_BYTES, MAX_REMEMBER, MAX_TOLERANCE, MIN_LEASE,
    RETRY_WINDOW,
};

/// Why a webhook, or the set-up of its verifier, was refused.
///
/// The variants are in the order in which the checks run; the first check that fails decides. An error is a few machine
/// words, borrows nothing and holds neither a part of the secret nor of the payload, so it can be logged and sent back as it is.
///
/// [`Display`](fmt::Display) is the message for the caller; [`Error::hint`] is for the log.
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
    /// An option has a value that it cannot have.
    InvalidOption(OptionName),
    /// A pattern of event types cannot be registered. Its code is `invalid_option`.
    InvalidPattern(PatternProblem),
    /// The payload is not raw bytes. Only a binding meets this: in Rust the type already says so.
    PayloadNotRaw,
    /// The payload is longer than `max_payload_bytes`.
    PayloadTooLarge,
    /// The signature header is absent or empty.
    MissingSignature,
    /// The signature header is not exactly 64 lowercase hexadecimal digits.
    MalformedSignature,
    /// No secret gives this signature over this payload.
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
    /// `createdAt` lies further back than the tolerance.
    EventTooOld,
    /// `createdAt` lies further ahead than the tolerance.
    EventInFuture,
}

/// The stable name of a reason for refusal: the same string in every language.
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
}

/// Whose mistake it was, and so which exception a binding throws and which HTTP status fits.
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

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretProblem {
    /// There is none, or what stands in its place is neither text nor bytes.
    Missing,
    /// It is empty, or nothing but white space and NULs.
    Blank,
    /// It begins or ends with ASCII white space.
    WhitespaceAtEdge,
    /// It is an API key (`sk_…` or `pk_…`), not a webhook secret.
    ApiKey,
}

/// An option of the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionName {
    /// How far `createdAt` may be from now.
    Tolerance,
    /// Which `liveMode` is expected.
    ExpectLiveMode,
    /// How long a payload may be.
    MaxPayloadBytes,
    /// How long a claim holds.
    Lease,
    /// How long an event is remembered.
    Remember,
    /// What the keys of claims begin with.
    Prefix,
    /// The name of the table of claims.
    Table,
    /// How many claims are kept in memory.
    Capacity,
    /// An option that does not exist: a misspelt safeguard must not be ignored.
    Unknown,
}

/// What is wrong with a pattern of event types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternProblem {
    /// It is neither a type (`payment.succeeded`), nor a family (`payment.*`), nor `*`.
    MatchesNothing,
    /// It has a handler already.
    RegisteredTwice,
}

/// A field of the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventField {
    /// The payload as a whole, which must be an object.
    Envelope,
    /// `id`
    Id,
    /// `type`
    Type,
    /// `createdAt`
    CreatedAt,
    /// `liveMode`
    LiveMode,
    /// `data`
    Data,
    /// `previousData`
    PreviousData,
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
        }
    }

    /// Whose mistake it was. Short for `self.code().class()`.
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

    /// What usually causes this and what to do about it. For the log, not for the caller.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::InvalidSecret(SecretProblem::Missing) => {
                "Pass the webhook secret as text or bytes, or a non-empty list of them. Is WEBHOOK_SECRET set in this environment?"
            }
            Self::InvalidSecret(SecretProblem::Blank) => {
                "A secret is empty or blank. An unset environment variable often arrives as an empty string; the check would protect nothing."
            }
            Self::InvalidSecret(SecretProblem::WhitespaceAtEdge) => {
                "A secret has white space at its edge, usually a newline from a file or a copied value. Strip it where the secret is loaded."
            }
            Self::InvalidSecret(SecretProblem::ApiKey) => {
                "An API key stands where the webhook secret belongs. The webhook's own secret is shown when the webhook is created or its secret rotated."
            }
            Self::InvalidOption(_) => "Check the option's name, type and range in the documentation of the verifier.",
            Self::InvalidPattern(PatternProblem::MatchesNothing) => {
                "A pattern is one type (payment.succeeded), a family of types (payment.*) or everything (*), without white space."
            }
            Self::InvalidPattern(PatternProblem::RegisteredTwice) => {
                "One handler runs for an event. Register one that calls both, or a more specific pattern."
            }
            Self::PayloadNotRaw => {
                "The signature covers the raw bytes of the body, and a parsed body cannot be turned back into them. Express: use express.raw({ type: 'application/json' }) on this route and before any express.json(). Flask: request.get_data(). Django, FastAPI: let no middleware read or parse the body of this route. PHP: file_get_contents('php://input')."
            }
            Self::PayloadTooLarge => {
                "The body is longer than the limit of the verifier. Events are a few kilobytes; raise the option only if you know why."
            }
            Self::MissingSignature => {
                "No Payvost-Signature header came with the request. Either it is not from the provider, or a proxy dropped the header."
            }
            Self::MalformedSignature => {
                "Payvost-Signature holds one HMAC-SHA256 as 64 lowercase hex digits, without a prefix. Is this another provider's header, or was the header sent twice and joined with a comma?"
            }
            Self::SignatureMismatch => {
                "The secret belongs to another endpoint or mode, was rotated, or the body is not the bytes that were sent: a middleware parsed and encoded it again (express.json() ran first), changed its charset or dropped its last newline. If the secret is right, compare the length of the body with Content-Length."
            }
            Self::InvalidJson { problem, .. } => problem.hint(),
            Self::InvalidEvent(_) => {
                "The signature is right and the JSON is valid, but this is not an event's envelope. Is another sender using the same secret?"
            }
            Self::LiveModeMismatch { expected: true } => {
                "A test event reached a receiver for live events. Give the test endpoint a receiver and a secret of its own."
            }
            Self::LiveModeMismatch { expected: false } => {
                "A live event reached a receiver for test events. Answering it with an error makes the provider retry: check the webhook's URL."
            }
            Self::EventTooOld => {
                "Retries keep createdAt for up to 96 min 5 s after the first attempt; a smaller tolerance refuses honest deliveries. What stops a replay is remembering the event's id."
            }
            Self::EventInFuture => "Is the clock of this machine right? An event cannot be newer than now.",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidSecret(problem) => f.write_str(match problem {
                SecretProblem::Missing => "no webhook secret was given",
                SecretProblem::Blank => "the webhook secret is blank",
                SecretProblem::WhitespaceAtEdge => "the webhook secret begins or ends with white space",
                SecretProblem::ApiKey => "an API key was given in place of the webhook secret",
            }),
            Self::InvalidOption(name) => match name {
                OptionName::Tolerance => {
                    write!(f, "the tolerance must be a number of seconds from 0 to {}", MAX_TOLERANCE.as_secs())
                }
                OptionName::ExpectLiveMode => f.write_str("the expected live mode must be true or false"),
                OptionName::MaxPayloadBytes => {
                    write!(f, "the payload limit must be a whole number of bytes from 1 to {MAX_PAYLOAD_BYTES_LIMIT}")
                }
                OptionName::Lease => {
                    write!(f, "the lease must be a number of seconds from {} to {}", MIN_LEASE.as_secs(), MAX_LEASE.as_secs())
                }
                OptionName::Remember => {
                    let (least, most) = (RETRY_WINDOW.as_secs(), MAX_REMEMBER.as_secs());
                    write!(f, "an event must be remembered for a number of seconds from {least} to {most}")
                }
                OptionName::Prefix => write!(
                    f,
                    "the prefix must be 1 to {MAX_PREFIX_BYTES} letters, digits and _ . : - and not end in -test or -open"
                ),
                OptionName::Table => f.write_str("the table must be a plain SQL name, with or without a schema"),
                OptionName::Capacity => write!(f, "the capacity must be a whole number from 1 to {MAX_CAPACITY}"),
                OptionName::Unknown => f.write_str("unknown option"),
            },
            Self::InvalidPattern(PatternProblem::MatchesNothing) => f.write_str("the pattern can match no event type"),
            Self::InvalidPattern(PatternProblem::RegisteredTwice) => f.write_str("the pattern has a handler already"),
            Self::PayloadNotRaw => f.write_str("the payload must be the raw bytes of the request body"),
            Self::PayloadTooLarge => f.write_str("the payload is too large"),
            Self::MissingSignature => f.write_str("the signature header is missing"),
            Self::MalformedSignature => f.write_str("the signature header is malformed"),
            Self::SignatureMismatch => f.write_str("the signature does not match the payload"),
            Self::InvalidJson { offset, problem } => {
                write!(f, "the payload is not valid JSON: {} at byte {offset}", problem.name())
            }
            Self::InvalidEvent(EventField::Envelope) => f.write_str("the payload is not a webhook event: it is not an object"),
            Self::InvalidEvent(field) => {
                write!(f, "the payload is not a webhook event: {} is missing or invalid", field.pointer())
            }
            Self::LiveModeMismatch { expected: true } => f.write_str("a live event was expected, this is a test event"),
            Self::LiveModeMismatch { expected: false } => f.write_str("a test event was expected, this is a live event"),
            Self::EventTooOld => f.write_str("the event is too old"),
            Self::EventInFuture => f.write_str("the event is in the future"),
        }
    }
}

impl core::error::Error for Error {}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::InvalidJson { offset: error.offset, problem: error.problem }
    }
}

impl ErrorCode {
    /// Every code, in the order in which the checks run.
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

    /// The code as it stands in every language, such as `signature_mismatch`.
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
        }
    }

    /// Whose mistake it was.
    #[must_use]
    pub const fn class(self) -> ErrorClass {
        match self {
            Self::InvalidSecret | Self::InvalidOption | Self::PayloadNotRaw => ErrorClass::Configuration,
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

impl EventField {
    const fn pointer(self) -> &'static str {
        match self {
            Self::Envelope => "",
            Self::Id => "/id",
            Self::Type => "/type",
            Self::CreatedAt => "/createdAt",
            Self::LiveMode => "/liveMode",
            Self::Data => "/data",
            Self::PreviousData => "/previousData",
        }
    }
}

impl JsonProblem {
    const fn name(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "it ends too early",
            Self::UnexpectedByte => "unexpected byte",
            Self::ByteOrderMark => "byte order mark",
            Self::InvalidUtf8 => "invalid UTF-8",
            Self::InvalidEscape => "invalid escape",
            Self::LoneSurrogate => "lone surrogate",
            Self::NumberOutOfRange => "number out of range",
            Self::TooDeep => "nesting too deep",
            Self::DuplicateKey => "duplicate key",
        }
    }

    const fn hint(self) -> &'static str {
        const _: () = assert!(MAX_DEPTH == 128, "the hint for TooDeep names the limit");
        match self {
            Self::DuplicateKey => {
                "A key stands twice in one object. Parsers differ in which of the two they keep, so neither is believed."
            }
            Self::TooDeep => "The payload nests deeper than 128 levels. No event does.",
            Self::NumberOutOfRange => "A number is too large for a double, which is what most parsers make of it.",
            _ => {
                "The signature is right, so the sender signed text that is not JSON (RFC 8259). The offset counts bytes of the raw body."
            }
        }
    }
}
