//! The end of a string whose escapes are checked on the way.

use super::error::JsonError;
use super::{escape, plain};
use crate::error::JsonProblem;

/// The rest of a string from its first backslash: the position of its closing quote, or its first error.
#[inline(never)]
pub(super) fn skip(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
    loop {
        match bytes.get(position) {
            Some(b'"') => return Ok(position),
            Some(b'\\') => {
                let length = escape_length(bytes, position)?;
                position += length;
                // Hex escapes often come in groups, and two are read as fast as one.
                if length == escape::UNIT {
                    while bytes.get(position..).and_then(<[u8]>::first_chunk).and_then(escape::two_units).is_some() {
                        position += 2 * escape::UNIT;
                    }
                }
            }
            Some(0..0x20) => return Err(JsonError::Invalid { offset: position, problem: JsonProblem::UnexpectedByte }),
            // Escapes often come in groups, so a check after each of them would not pay.
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
