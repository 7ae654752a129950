//! How a call fails.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::api::ERRORS;

/// A call that failed: Payvost said so, or no usable answer came.
///
/// [`Display`](fmt::Display) is the message. It holds neither the key nor a body; what the provider's message says is part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub(super) code: Cow<'static, str>,
    pub(super) message: Cow<'static, str>,
    pub(super) cause: Option<Cow<'static, str>>,
    pub(super) status: Option<u16>,
    pub(super) field: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) attempts: u32,
}

impl ApiError {
    /// The provider's code, such as `validation_error`, or `connection_failed`, `timed_out`, `outcome_unknown`, `unreadable_answer`,
    /// `cancelled`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What happened.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What usually causes this and what to do about it. For the log.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        let known = ERRORS.iter().find(|(_, code, _)| *code == self.code);
        known.map_or("The provider's documentation explains this code.", |(_, _, hint)| hint)
    }

    /// Of `outcome_unknown`: the code that the error would have had if the operation could be repeated.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The status of the last answer; `None` where there was none.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The parameter at fault, as the provider names it.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The provider's name for the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// After how many seconds the provider wants to be asked again, rounded up.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// How many requests were sent, or tried to be.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for ApiError {}

/// The code that a status stands for, where an error names none.
pub(super) fn code_of_status(status: u16) -> &'static str {
    let status = if matches!(status, 500..600) { 500 } else { status };
    ERRORS.iter().find(|(other, _, _)| *other == status).map_or("unreadable_answer", |(_, code, _)| code)
}
