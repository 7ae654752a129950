//! Why a call failed.

use alloc::boxed::Box;
use core::fmt;

use crate::manage::{ApiError, Refusal};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// A parameter or an option is invalid: nothing was sent.
    Refused(Refusal),
    /// Payvost returned an error, or no usable response arrived.
    Api(Box<ApiError>),
    /// The system returned no random bytes for the idempotency key: nothing was sent.
    NoRandomBytes,
}

impl CallError {
    /// The code of the [`ApiError`], `invalid_option`, or `no_random_bytes`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Api(error) => error.code(),
            Self::NoRandomBytes => "no_random_bytes",
        }
    }

    /// The usual cause and the remedy. For the log.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::Api(error) => error.hint(),
            Self::NoRandomBytes => "The system's source of random numbers cannot be read: a sandbox may forbid getrandom().",
        }
    }

    /// The error of a response, or of a missing response.
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
            Self::NoRandomBytes => f.write_str("the system returned no random bytes"),
        }
    }
}

impl core::error::Error for CallError {}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
