//! Why the scanner stops.

use alloc::collections::TryReserveError;

use crate::error::{Error, JsonProblem};

/// Why a text has no tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// The text is not strict JSON. The offset counts bytes from its start.
    Invalid { offset: usize, problem: JsonProblem },
    /// Memory ran out. This says nothing about the text.
    OutOfMemory,
}

impl JsonError {
    /// The same error of a text that starts this many bytes later.
    pub(super) fn shifted(self, by: usize) -> Self {
        match self {
            Self::Invalid { offset, problem } => Self::Invalid { offset: offset + by, problem },
            Self::OutOfMemory => self,
        }
    }
}

impl From<TryReserveError> for JsonError {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Invalid { offset, problem } => Self::InvalidJson { offset, problem },
            JsonError::OutOfMemory => Self::OutOfMemory,
        }
    }
}
