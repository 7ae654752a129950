//! Why a claim could not be extended, handed over or taken.

use core::fmt;
use core::time::Duration;

use crate::claims::{ClaimPolicy, Fault};
use crate::error::Error;

/// Why a claim could not be extended, handed over or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimError {
    /// The lease is out of its range.
    Invalid(Error),
    /// The store failed.
    Store(Fault),
    /// Another worker has the claim by now.
    Lost,
    /// The claim of an inbox ends with its transaction, so it cannot be handed over.
    Inbox,
}

pub(super) fn checked(policy: &ClaimPolicy, lease: Duration) -> Result<Duration, ClaimError> {
    policy.clone().lease(lease).map(|_| lease).map_err(ClaimError::Invalid)
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Store(fault) => write!(f, "the store of claims failed: {fault}"),
            Self::Lost => f.write_str("another worker has taken over this claim"),
            Self::Inbox => {
                f.write_str("the claim of an inbox ends with its transaction, so it cannot be handed over to a queue")
            }
        }
    }
}

impl core::error::Error for ClaimError {}
