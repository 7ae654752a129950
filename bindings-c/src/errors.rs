//! `payvost_error`: the details of a failure.

use core::ffi::c_char;
use core::fmt::{self, Write as _};
use core::mem::MaybeUninit;
use core::ptr;

use payvost_webhooks::host::OutOfMemory;
use payvost_webhooks::{Error, Outcome};

use crate::boundary;
use crate::outcome::{self, INTERNAL_SERVER_ERROR};
use crate::result::{class, code, payvost_class, payvost_result};
use crate::text::c_string;

/// The details of a failure, beyond its `payvost_result`.
///
/// The caller declares one, passes its address to a call that can fail, and asks the functions
/// below about it afterwards. Nothing has to be freed. Every such call fills it in, with
/// `PAYVOST_OK` if the call worked. If you pass `NULL`, only the result is returned. A struct that
/// was set to `{0}` reads as after a call that worked.
///
/// Its texts have no part of a secret, a computed signature or the payload. The members are
/// private.
#[repr(C)]
#[derive(Debug)]
pub struct payvost_error {
    result: u32,
    has_offset: u32,
    offset: usize,
    pointer: *const c_char,
    hint: *const c_char,
    http_status: u32,
    message: [c_char; 128],
    http_body: [c_char; 192],
}

/// The name of the failure, the same string in every language, such as `"signature_mismatch"`;
/// `"ok"` when there is none. Ends in NUL, lives as long as the library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_code(error: Option<&payvost_error>) -> *const c_char {
    boundary::guarded(c"".as_ptr(), || c_string(code(error.map_or(0, |error| error.result))).as_ptr())
}

/// The class of the failure, which decides the response.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_class(error: Option<&payvost_error>) -> payvost_class {
    boundary::guarded(payvost_class::PAYVOST_CLASS_CONFIGURATION, || class(error.map_or(0, |error| error.result)))
}

/// What happened, in words that you can send back to the caller; empty if nothing failed. Ends in
/// NUL, lives until `error` changes or goes out of scope, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_message(error: Option<&payvost_error>) -> *const c_char {
    error.map_or(c"".as_ptr(), |error| error.message.as_ptr())
}

/// What usually causes this and what to do about it, for the log and not for the caller; empty if
/// nothing failed. Ends in NUL, lives as long as the library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_hint(error: Option<&payvost_error>) -> *const c_char {
    error.map(|error| error.hint).filter(|hint| !hint.is_null()).unwrap_or(c"".as_ptr())
}

/// For `PAYVOST_INVALID_JSON`: where in the payload the first problem is, in bytes from its start.
///
/// Returns whether there is an offset. `offset` may be `NULL`, and is written only when there is
/// one.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_offset(error: Option<&payvost_error>, offset: Option<&mut MaybeUninit<usize>>) -> bool {
    let Some(error) = error.filter(|error| error.has_offset != 0) else { return false };
    if let Some(offset) = offset {
        offset.write(error.offset);
    }
    true
}

/// For `PAYVOST_INVALID_EVENT`: the field at fault as a JSON Pointer (RFC 6901), such as
/// `"/createdAt"`; `""` is the payload itself. `NULL` for every other failure. Ends in NUL, lives
/// as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_pointer(error: Option<&payvost_error>) -> *const c_char {
    error.map_or(ptr::null(), |error| error.pointer)
}

/// The HTTP status for a refused delivery: 400, 413 for `PAYVOST_PAYLOAD_TOO_LARGE`, or 500 if the
/// receiver is set up wrongly. 200 if nothing failed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_http_status(error: Option<&payvost_error>) -> u32 {
    boundary::guarded(INTERNAL_SERVER_ERROR, || match error.map(|error| error.http_status) {
        None | Some(0) => Outcome::Handled.status().into(),
        Some(status) => status,
    })
}

/// The body of the response to a refused delivery. It is JSON (`application/json`) with the code
/// and the message: `{"error":{"code":"signature_mismatch","message":"..."}}`; it is
/// `{"received":true}` when nothing failed. Ends in NUL, lives until `error` changes or goes out of
/// scope, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_error_http_body(error: Option<&payvost_error>) -> *const c_char {
    match error.map(|error| &error.http_body) {
        Some(body) if body.first() != Some(&0) => body.as_ptr(),
        _ => outcome::http_body(Outcome::Handled),
    }
}

/// Why a call failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure {
    Refused(Error),
    InvalidArgument,
    Panic,
    StoreFull,
    UnexpectedAnswer,
    NoRandomBytes,
}

impl payvost_error {
    pub(crate) const NONE: Self = Self {
        result: 0,
        has_offset: 0,
        offset: 0,
        pointer: ptr::null(),
        hint: ptr::null(),
        http_status: 0,
        message: [0; 128],
        http_body: [0; 192],
    };

    pub(crate) fn new(outcome: &Result<(), Failure>) -> Self {
        let Err(failure) = outcome else { return Self::NONE };
        let mut error = Self { result: failure.result().number(), hint: c_string(failure.hint()).as_ptr(), ..Self::NONE };
        if let Failure::Refused(refused) = failure {
            error.has_offset = refused.offset().is_some().into();
            error.offset = refused.offset().unwrap_or_default();
            error.pointer = refused.pointer().map_or(ptr::null(), |pointer| c_string(pointer).as_ptr());
        }
        let answer = failure.answer();
        error.http_status = answer.status().into();
        // A text that does not fit would be cut. A test makes sure that every text fits.
        let _ = write!(Text { free: &mut error.message }, "{failure}");
        let _ = answer.write_body(&mut Text { free: &mut error.http_body });
        error
    }

    /// Replaces the message. Text that does not fit is cut.
    pub(crate) fn describe(&mut self, message: impl fmt::Display, hint: &'static str) {
        self.message = Self::NONE.message;
        self.hint = c_string(hint).as_ptr();
        let _ = write!(Text { free: &mut self.message }, "{message}");
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &core::ffi::CStr {
        tests::text(&self.message)
    }
}

impl Failure {
    pub(crate) fn result(self) -> payvost_result {
        match self {
            Self::Refused(error) => error.code().into(),
            Self::InvalidArgument => payvost_result::PAYVOST_INVALID_ARGUMENT,
            Self::Panic => payvost_result::PAYVOST_PANIC,
            Self::StoreFull => payvost_result::PAYVOST_STORE_FULL,
            Self::UnexpectedAnswer => payvost_result::PAYVOST_UNEXPECTED_ANSWER,
            Self::NoRandomBytes => payvost_result::PAYVOST_NO_RANDOM_BYTES,
        }
    }

    /// The outcome whose status and body answer the delivery.
    fn answer(self) -> Outcome {
        match self {
            Self::Refused(error) => Outcome::Refused(error),
            Self::StoreFull | Self::NoRandomBytes => Outcome::StoreUnavailable,
            // Failures that the core does not know are answered like a handler that failed, so that the event is delivered again.
            Self::InvalidArgument | Self::Panic | Self::UnexpectedAnswer => Outcome::HandlerFailed,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Refused(error) => error.hint(),
            Self::InvalidArgument => {
                "A handle or the place for a result is NULL, or a number is not one of its type. The header says what each argument may be."
            }
            Self::Panic => "This is a bug in the library, not in your program. Please report it with the log.",
            Self::StoreFull => "Give the memory store a larger capacity than the number of events that are handled at once.",
            Self::UnexpectedAnswer => "Call payvost_..._next() before each step, and feed only the result of that step.",
            Self::NoRandomBytes => "The system's source of random numbers cannot be read: a sandbox may forbid getrandom().",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::InvalidArgument => f.write_str("an argument is NULL or a number that the header does not list"),
            Self::Panic => f.write_str("internal error"),
            Self::StoreFull => f.write_str("the memory store is full"),
            Self::UnexpectedAnswer => f.write_str("this answer does not match the requested step"),
            Self::NoRandomBytes => f.write_str("the system has no random bytes"),
        }
    }
}

impl From<OutOfMemory> for Failure {
    fn from(error: OutOfMemory) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Writes text into an array of C characters up to, and never into, its last one.
struct Text<'a> {
    free: &'a mut [c_char],
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.free.len().saturating_sub(1);
        if text.len() > room {
            return Err(fmt::Error);
        }
        let (written, free) = core::mem::take(&mut self.free).split_at_mut(text.len());
        for (place, byte) in written.iter_mut().zip(text.bytes()) {
            *place = c_char::from_ne_bytes([byte]);
        }
        self.free = free;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::{EventField, JsonProblem, OptionName, PatternProblem, SecretProblem};

    pub(super) fn text(characters: &[c_char]) -> &core::ffi::CStr {
        assert_eq!(characters.last(), Some(&0));
        // SAFETY: its last character ends it.
        unsafe { core::ffi::CStr::from_ptr(characters.as_ptr()) }
    }

    #[test]
    fn no_text_is_cut() {
        let secrets = [SecretProblem::Missing, SecretProblem::Blank, SecretProblem::WhitespaceAtEdge, SecretProblem::ApiKey];
        let options = [
            OptionName::Tolerance,
            OptionName::ExpectLiveMode,
            OptionName::MaxPayloadBytes,
            OptionName::Lease,
            OptionName::Remember,
            OptionName::Prefix,
            OptionName::Table,
            OptionName::Capacity,
            OptionName::Unknown,
        ];
        let fields = [
            EventField::Envelope,
            EventField::Id,
            EventField::Type,
            EventField::CreatedAt,
            EventField::LiveMode,
            EventField::Data,
            EventField::PreviousData,
        ];
        let problems = [
            JsonProblem::UnexpectedEnd,
            JsonProblem::UnexpectedByte,
            JsonProblem::ByteOrderMark,
            JsonProblem::InvalidUtf8,
            JsonProblem::InvalidEscape,
            JsonProblem::LoneSurrogate,
            JsonProblem::NumberOutOfRange,
            JsonProblem::TooDeep,
            JsonProblem::DuplicateKey,
        ];
        let errors = secrets
            .map(Error::InvalidSecret)
            .into_iter()
            .chain(options.map(Error::InvalidOption))
            .chain([PatternProblem::MatchesNothing, PatternProblem::RegisteredTwice].map(Error::InvalidPattern))
            .chain(fields.map(Error::InvalidEvent))
            .chain(problems.map(|problem| Error::InvalidJson { offset: usize::MAX, problem }))
            .chain([true, false].map(|expected| Error::LiveModeMismatch { expected }))
            .chain([Error::PayloadNotRaw, Error::PayloadTooLarge, Error::MissingSignature, Error::MalformedSignature])
            .chain([Error::SignatureMismatch, Error::EventTooOld, Error::EventInFuture])
            .map(Failure::Refused)
            .chain([
                Failure::InvalidArgument,
                Failure::Panic,
                Failure::StoreFull,
                Failure::UnexpectedAnswer,
                Failure::NoRandomBytes,
            ]);
        for failure in errors {
            let error = payvost_error::new(&Err(failure));
            assert_eq!(error.message().to_str(), Ok(failure.to_string().as_str()));
            assert_eq!(text(&error.http_body).to_str(), Ok(&*failure.answer().body()));
            assert_eq!(error.http_status, failure.answer().status().into());
        }
    }

    #[test]
    fn a_message_that_is_too_long_still_ends() {
        let mut place = [c_char::MAX; 4];
        place[3] = 0;
        assert!(Text { free: &mut place }.write_str("four").is_err());
        assert!(Text { free: &mut place }.write_str("thr").is_ok());
        assert_eq!(place.map(|byte| byte.to_ne_bytes()[0]), *b"thr\0");
    }
}
