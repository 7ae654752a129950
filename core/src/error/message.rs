//! Messages for the caller.

use core::fmt;

use super::Error;
use super::problems::{EventField, JsonProblem, OptionName, PatternProblem, SecretProblem};
use crate::limits::{
    MAX_CAPACITY, MAX_LEASE, MAX_PAYLOAD_BYTES_LIMIT, MAX_PREFIX_BYTES, MAX_REMEMBER, MAX_TOLERANCE, MIN_LEASE, RETRY_WINDOW,
};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidSecret(problem) => f.write_str(match problem {
                SecretProblem::Missing => {
                    "secret is missing: pass the webhook's secret, for example from the WEBHOOK_SECRET environment variable"
                }
                SecretProblem::Blank => "secret is blank: is WEBHOOK_SECRET set in this environment?",
                SecretProblem::WhitespaceAtEdge => "secret starts or ends with whitespace: strip it where it is loaded",
                SecretProblem::ApiKey => "secret is an API key: pass the webhook's own secret, from Settings > Webhooks",
            }),
            Self::InvalidOption(name) => match name {
                OptionName::Tolerance => {
                    write!(f, "tolerance must be between 0 and {} seconds", MAX_TOLERANCE.as_secs())
                }
                OptionName::ExpectLiveMode => f.write_str("expect_live_mode must be true or false"),
                OptionName::MaxPayloadBytes => {
                    write!(f, "max_payload_bytes must be a whole number between 1 and {MAX_PAYLOAD_BYTES_LIMIT}")
                }
                OptionName::Lease => {
                    write!(f, "lease must be between {} and {} seconds", MIN_LEASE.as_secs(), MAX_LEASE.as_secs())
                }
                OptionName::Remember => {
                    let (least, most) = (RETRY_WINDOW.as_secs(), MAX_REMEMBER.as_secs());
                    write!(f, "remember must be between {least} and {most} seconds")
                }
                OptionName::Prefix => write!(
                    f,
                    "prefix must have 1 to {MAX_PREFIX_BYTES} letters, digits, _ . or -, and must not end in -test or -open"
                ),
                OptionName::Table => f.write_str("table must be a plain SQL name, optionally after a schema and a dot"),
                OptionName::Capacity => write!(f, "capacity must be a whole number between 1 and {MAX_CAPACITY}"),
                OptionName::Unknown => f.write_str("unknown option"),
            },
            Self::InvalidPattern(PatternProblem::MatchesNothing) => f.write_str(
                "the pattern does not match any event type: use a type (payment.succeeded), a family (payment.*) or *",
            ),
            Self::InvalidPattern(PatternProblem::RegisteredTwice) => f.write_str("the pattern already has a handler"),
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
            Self::LiveModeMismatch { expected: true } => f.write_str("this is a test event, but a live event was expected"),
            Self::LiveModeMismatch { expected: false } => f.write_str("this is a live event, but a test event was expected"),
            Self::EventTooOld => f.write_str("the event is too old"),
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::EventInFuture => f.write_str("the event is in the future"),
        }
    }
}

impl JsonProblem {
    const fn name(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "unexpected end",
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
}
