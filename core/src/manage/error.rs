//! How a call fails.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::api::ERRORS;

/// A failed call: Payvost returned an error, or no usable response arrived.
///
/// [`Display`](fmt::Display) is the message. It can contain the provider's message, but never the key or a body.
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

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The usual cause and the remedy. For the log.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        let known = ERRORS.iter().find(|(_, code, _)| *code == self.code);
        known.map_or("The provider's documentation explains this code.", |(_, _, hint)| hint)
    }

    /// For `outcome_unknown`: the code that the error would have if the operation were safe to repeat.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The status of the last response; `None` if there was none.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The invalid parameter, as the provider names it.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The provider's id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The number of seconds to wait before a retry, as the provider asked, rounded up.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The number of requests, including those that could not be sent.
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

/// The code for a status, for an error that has no code itself.
pub(super) fn code_of_status(status: u16) -> &'static str {
    let status = if matches!(status, 500..600) { 500 } else { status };
    ERRORS.iter().find(|(other, _, _)| *other == status).map_or("unreadable_answer", |(_, code, _)| code)
}
