//! `payvost_result`: what a call that can fail returns.

use core::ffi::c_char;

use payvost_webhooks::{ErrorClass, ErrorCode};

use crate::boundary;
use crate::text::c_string;

/// What a call that can fail returns: `PAYVOST_OK`, or why it failed. The numbers never change.
///
/// Numbers from 1 are the refusals that all languages share, in the order in which the checks run;
/// the first check that fails decides. Numbers from 100 are mistakes in the use of this interface
/// and missing resources.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_result {
    /// It worked.
    PAYVOST_OK = 0,
    /// A secret is `NULL`, blank, starts or ends with whitespace, or is an API key.
    PAYVOST_INVALID_SECRET = 1,
    /// An option is out of its range.
    PAYVOST_INVALID_OPTION = 2,
    /// The payload is not raw bytes: it is `NULL`, but its length is not 0.
    PAYVOST_PAYLOAD_NOT_RAW = 3,
    /// The payload is longer than the limit.
    PAYVOST_PAYLOAD_TOO_LARGE = 4,
    /// The signature header is `NULL` or empty.
    PAYVOST_MISSING_SIGNATURE = 5,
    /// The signature header is not exactly 64 lowercase hexadecimal digits.
    PAYVOST_MALFORMED_SIGNATURE = 6,
    /// None of the secrets produced this signature for this payload.
    PAYVOST_SIGNATURE_MISMATCH = 7,
    /// The payload is not strict JSON; `payvost_error_offset()` says where.
    PAYVOST_INVALID_JSON = 8,
    /// The payload is not a webhook event; `payvost_error_pointer()` names the field.
    PAYVOST_INVALID_EVENT = 9,
    /// `liveMode` is not what was expected.
    PAYVOST_LIVE_MODE_MISMATCH = 10,
    /// `createdAt` is further in the past than the tolerance allows.
    PAYVOST_EVENT_TOO_OLD = 11,
    /// `createdAt` is further in the future than the tolerance allows.
    PAYVOST_EVENT_IN_FUTURE = 12,
    /// A handle or the place for a result is `NULL`, or a number is not one of those listed for it.
    PAYVOST_INVALID_ARGUMENT = 100,
    /// A bug in this library, stopped at its boundary. Nothing was accepted.
    PAYVOST_PANIC = 101,
    /// The memory store has no room for another claim: every event that it remembers is being
    /// handled.
    PAYVOST_STORE_FULL = 102,
    /// A delivery or a program was fed a result that does not match the requested step. It is
    /// unchanged.
    PAYVOST_UNEXPECTED_ANSWER = 103,
    /// The system has no random bytes for a token.
    PAYVOST_NO_RANDOM_BYTES = 104,
    /// Memory ran out. This says nothing about the webhook: answer 500, and it is delivered again.
    PAYVOST_OUT_OF_MEMORY = 105,
}

/// Who has to act, which decides the response.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_class {
    /// Nothing failed: the result is `PAYVOST_OK`.
    PAYVOST_CLASS_NONE = 0,
    /// The receiver is set up wrongly (`ConfigurationError` elsewhere): answer 500.
    PAYVOST_CLASS_CONFIGURATION = 1,
    /// The signature does not vouch for the payload (`SignatureVerificationError`): answer 400.
    PAYVOST_CLASS_SIGNATURE_VERIFICATION = 2,
    /// The payload is too large, not JSON, or not an event (`InvalidPayloadError`): answer 400, or
    /// 413 to `PAYVOST_PAYLOAD_TOO_LARGE`.
    PAYVOST_CLASS_INVALID_PAYLOAD = 3,
    /// A genuine event that the receiver asked not to get (`EventRejectedError`): answer 400.
    PAYVOST_CLASS_EVENT_REJECTED = 4,
}

use payvost_class::*;
use payvost_result::*;

/// The name of a result, the same string in every language, such as `"signature_mismatch"`; `"ok"`
/// for `PAYVOST_OK`, `"unknown"` for any other number. Ends in NUL, lives as long as the
/// library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_result_code(result: u32) -> *const c_char {
    boundary::guarded(c"".as_ptr(), || c_string(code(result)).as_ptr())
}

/// The class of a result.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_result_class(result: u32) -> payvost_class {
    boundary::guarded(PAYVOST_CLASS_CONFIGURATION, || class(result))
}

impl payvost_result {
    #[allow(clippy::as_conversions)] // the number of a variant is what it is for
    pub(crate) const fn number(self) -> u32 {
        self as u32
    }
}

impl From<ErrorCode> for payvost_result {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidSecret => PAYVOST_INVALID_SECRET,
            ErrorCode::InvalidOption => PAYVOST_INVALID_OPTION,
            ErrorCode::PayloadNotRaw => PAYVOST_PAYLOAD_NOT_RAW,
            ErrorCode::PayloadTooLarge => PAYVOST_PAYLOAD_TOO_LARGE,
            ErrorCode::MissingSignature => PAYVOST_MISSING_SIGNATURE,
            ErrorCode::MalformedSignature => PAYVOST_MALFORMED_SIGNATURE,
            ErrorCode::SignatureMismatch => PAYVOST_SIGNATURE_MISMATCH,
            ErrorCode::InvalidJson => PAYVOST_INVALID_JSON,
            ErrorCode::InvalidEvent => PAYVOST_INVALID_EVENT,
            ErrorCode::LiveModeMismatch => PAYVOST_LIVE_MODE_MISMATCH,
            ErrorCode::EventTooOld => PAYVOST_EVENT_TOO_OLD,
            ErrorCode::EventInFuture => PAYVOST_EVENT_IN_FUTURE,
            ErrorCode::OutOfMemory => PAYVOST_OUT_OF_MEMORY,
            // A code that is in the core but not here. The test below finds it.
            _ => PAYVOST_PANIC,
        }
    }
}

pub(crate) fn code(result: u32) -> &'static str {
    match result {
        0 => "ok",
        100 => "invalid_argument",
        101 => "panic",
        102 => "store_full",
        103 => "unexpected_answer",
        104 => "no_random_bytes",
        105 => "out_of_memory",
        _ => error_code(result).map_or("unknown", ErrorCode::as_str),
    }
}

pub(crate) fn class(result: u32) -> payvost_class {
    if result == PAYVOST_OK.number() {
        return PAYVOST_CLASS_NONE;
    }
    match error_code(result).map(ErrorCode::class) {
        Some(ErrorClass::SignatureVerification) => PAYVOST_CLASS_SIGNATURE_VERIFICATION,
        Some(ErrorClass::InvalidPayload) => PAYVOST_CLASS_INVALID_PAYLOAD,
        Some(ErrorClass::EventRejected) => PAYVOST_CLASS_EVENT_REJECTED,
        _ => PAYVOST_CLASS_CONFIGURATION,
    }
}

fn error_code(result: u32) -> Option<ErrorCode> {
    ErrorCode::ALL.into_iter().find(|code| payvost_result::from(*code).number() == result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_number_of_its_place() {
        for (number, expected) in (1..).zip(ErrorCode::ALL) {
            assert_eq!(payvost_result::from(expected).number(), number, "{expected}");
            assert_eq!(code(number), expected.as_str());
        }
    }

    #[test]
    fn every_result_has_a_name_and_a_class() {
        assert_eq!((code(PAYVOST_OK.number()), class(PAYVOST_OK.number())), ("ok", PAYVOST_CLASS_NONE));
        for misuse in [
            PAYVOST_INVALID_ARGUMENT,
            PAYVOST_PANIC,
            PAYVOST_STORE_FULL,
            PAYVOST_UNEXPECTED_ANSWER,
            PAYVOST_NO_RANDOM_BYTES,
            PAYVOST_OUT_OF_MEMORY,
        ] {
            assert_ne!(code(misuse.number()), "unknown");
            assert_eq!(class(misuse.number()), PAYVOST_CLASS_CONFIGURATION);
        }
        assert_eq!((code(99), class(99)), ("unknown", PAYVOST_CLASS_CONFIGURATION));
    }
}
