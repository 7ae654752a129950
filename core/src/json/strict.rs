//! The end of a string whose escapes are checked on the way.

use super::error::JsonError;
use super::{escape, plain};
use crate::error::JsonProblem;

/// The rest of a string from its first backslash on: where its closing quote is, or its first fault.
#[inline(never)]
pub(super) fn skip(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
    loop {
        match bytes.get(position) {
            Some(b'"') => return Ok(position),
            Some(b'\\') => {
                let length = escape_length(bytes, position)?;
                position += length;
                // Those that are written in hex often follow each other, and two are read as quickly as one.
                if length == escape::UNIT {
                    while bytes.get(position..).and_then(<[u8]>::first_chunk).and_then(escape::two_units).is_some() {
                        position += 2 * escape::UNIT;
                    }
                }
            }
            Some(0..0x20) => return Err(JsonError::Invalid { offset: position, problem: JsonProblem::UnexpectedByte }),
            // Escapes often follow each other, so that this is not worth a look behind every one of them.
            Some(_) => position = plain::skip(bytes, position).end,
            None => return Err(JsonError::Invalid { offset: position, problem: JsonProblem::UnexpectedEnd }),
        }
    }
}

/// The length of the escape that begins at `backslash`.
#[inline(always)]
fn escape_length(bytes: &[u8], backslash: usize) -> Result<usize, JsonError> {
    match escape::read(bytes.get(backslash..).unwrap_or_default()) {
        Ok((_, length)) => Ok(length),
        Err(error) => Err(error.shifted(backslash)),
    }
}
