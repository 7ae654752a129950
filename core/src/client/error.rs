//! Why a call failed.

use alloc::boxed::Box;
use core::fmt;

use crate::manage::{ApiError, Refusal};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// A parameter or an option cannot be used: nothing was sent.
    Refused(Refusal),
    /// Payvost said no, or no usable answer came.
    Api(Box<ApiError>),
    /// The system gave no random bytes for the idempotency key: nothing was sent.
    NoRandomBytes,
}

impl CallError {
    /// The code: that of the [`ApiError`], `invalid_option`, or `no_random_bytes`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Api(error) => error.code(),
            Self::NoRandomBytes => "no_random_bytes",
        }
    }

    /// What usually causes this and what to do about it. For the log.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::Api(error) => error.hint(),
            Self::NoRandomBytes => "The system's source of random numbers cannot be read: a sandbox may forbid getrandom().",
        }
    }

    /// The error of an answer, or of no answer.
    #[must_use]
    pub const fn api(&self) -> Option<&ApiError> {
        if let Self::Api(error) = self { Some(error) } else { None }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Api(error) => error.fmt(f),
            Self::NoRandomBytes => f.write_str("the system gave no random bytes"),
        }
    }
}

impl core::error::Error for CallError {}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
