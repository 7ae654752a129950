//! The end of a string whose escapes are checked later, while they are decoded.

use wide::u8x16;

use super::error::JsonError;
use crate::error::JsonProblem;

/// How many bytes are read together.
const BLOCK: usize = 64;

/// The rest of a string from its first backslash: the position of its closing quote. A backslash may be followed by anything.
#[inline(never)]
#[allow(clippy::as_conversions)] // trailing_zeros() of 64 bits
pub(super) fn skip(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
    // The first bit is set if the previous block ends with a backslash that escapes the first byte of this one.
    let mut carried = 0;
    while let Some(block) = bytes.get(position..).and_then(<[u8]>::first_chunk) {
        let Marks { stops, backslashes } = Marks::of(block);
        let escaping = escaping(backslashes & !carried);
        let stops = stops & !(escaping << 1 | carried);
        if stops != 0 {
            return closing(bytes, position + stops.trailing_zeros() as usize);
        }
        carried = escaping >> (u64::BITS - 1);
        position += BLOCK;
    }
    if carried != 0 { skip_near_the_end(bytes, position - 1) } else { skip_near_the_end(bytes, position) }
}

/// The rest of a string, less than a block before the end of the text (or one backslash more).
fn skip_near_the_end(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
    loop {
        match bytes.get(position) {
            None | Some(b'"' | 0..0x20) => return closing(bytes, position),
            Some(b'\\') => position += 2,
            Some(_) => position += 1,
        }
    }
}

/// The quote at this position, if it is one.
fn closing(bytes: &[u8], position: usize) -> Result<usize, JsonError> {
    match bytes.get(position) {
        Some(b'"') => Ok(position),
        Some(_) => Err(JsonError::Invalid { offset: position, problem: JsonProblem::UnexpectedByte }),
        None => Err(JsonError::Invalid { offset: position, problem: JsonProblem::UnexpectedEnd }),
    }
}

/// The backslashes that escape the next byte and are not escaped themselves, one bit each.
#[inline(always)]
fn escaping(backslashes: u64) -> u64 {
    if backslashes & backslashes << 1 == 0 { backslashes } else { escaping_in_turn(backslashes) }
}

#[inline(never)]
fn escaping_in_turn(mut backslashes: u64) -> u64 {
    let mut escaping = 0;
    while backslashes != 0 {
        let first = backslashes & backslashes.wrapping_neg();
        escaping |= first;
        backslashes &= !(first | first << 1);
    }
    escaping
}

/// The bytes of a block that have a meaning in a string, one bit each, the lowest for the first byte.
struct Marks {
    /// Quotes and control characters.
    stops: u64,
    backslashes: u64,
}

impl Marks {
    #[inline(always)]
    fn of(block: &[u8; BLOCK]) -> Self {
        let (mut stops, mut backslashes) = (0, 0);
        for chunk in block.as_chunks::<16>().0.iter().rev() {
            let bytes = u8x16::new(*chunk);
            let quote = bytes.simd_eq(u8x16::splat(b'"'));
            let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
            let control = bytes.simd_eq(bytes.min(u8x16::splat(0x1f)));
            stops = stops << 16 | u64::from((quote | control).to_bitmask());
            backslashes = backslashes << 16 | u64::from(backslash.to_bitmask());
        }
        Self { stops, backslashes }
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// Backslashes, quotes and control characters in every order and at every position across two blocks, compared with a plain
    /// reading.
    #[test]
    fn agrees_with_a_byte_by_byte_reading() {
        let pieces = ["\\", "\\\\", "\\\"", "\"", "\\u0041", "\u{1f}", "é", "x"];
        for run in 0..2 * BLOCK + 2 {
            for a in pieces {
                for b in pieces {
                    for c in pieces {
                        for tail in [0, 3, BLOCK] {
                            let text = ["x".repeat(run).as_str(), a, b, c, &"y".repeat(tail), "\" "].concat();
                            assert_eq!(skip(text.as_bytes(), 0), skip_near_the_end(text.as_bytes(), 0), "{text:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn long_rows_of_backslashes_escape_in_pairs() {
        for count in 0..3 * BLOCK {
            for end in ["\" and more than a block behind it, so that it is found within one, whatever its number is", "\""] {
                let text = "\\".repeat(count) + end;
                let bytes: Vec<u8> = text.into_bytes();
                let found = skip(&bytes, 0).ok();
                assert_eq!(found, (count % 2 == 0).then_some(count), "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}
