//! What the scanner finds wrong.

use crate::error::{Error, JsonProblem};

/// A problem and where it is, in bytes from the start of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) problem: JsonProblem,
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::InvalidJson { offset: error.offset, problem: error.problem }
    }
}
