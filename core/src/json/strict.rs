//! The end of a string whose escapes are checked on the way.

use super::error::JsonError;
use super::plain;
use crate::error::JsonProblem;

/// The rest of a string from its first backslash on: where its closing quote is, or its first fault.
#[inline(never)]
pub(super) fn skip(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
    loop {
        match bytes.get(position) {
            Some(b'"') => return Ok(position),
            Some(b'\\') => position = scan_escape(bytes, position)?,
            Some(0..0x20) => return Err(JsonError { offset: position, problem: JsonProblem::UnexpectedByte }),
            // Escapes often follow each other, so that this is not worth a look behind every one of them.
            Some(_) => position = plain::skip(bytes, position).end,
            None => return Err(JsonError { offset: position, problem: JsonProblem::UnexpectedEnd }),
        }
    }
}

/// The escape that begins at `backslash`: where it ends. A surrogate pair is one escape.
fn scan_escape(bytes: &[u8], backslash: usize) -> Result<usize, JsonError> {
    match bytes.get(backslash + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(backslash + 2),
        Some(b'u') => match scan_hex4(bytes, backslash)? {
            0xD800..=0xDBFF => scan_low_surrogate(bytes, backslash),
            0xDC00..=0xDFFF => Err(JsonError { offset: backslash, problem: JsonProblem::LoneSurrogate }),
            _ => Ok(backslash + 6),
        },
        Some(_) => Err(JsonError { offset: backslash, problem: JsonProblem::InvalidEscape }),
        None => Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd }),
    }
}

/// The second half of the surrogate pair whose first half begins at `high`.
fn scan_low_surrogate(bytes: &[u8], high: usize) -> Result<usize, JsonError> {
    let low = high + 6;
    match (bytes.get(low), bytes.get(low + 1)) {
        (None, _) | (Some(b'\\'), None) => Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd }),
        (Some(b'\\'), Some(b'u')) => match scan_hex4(bytes, low)? {
            0xDC00..=0xDFFF => Ok(low + 6),
            _ => Err(JsonError { offset: high, problem: JsonProblem::LoneSurrogate }),
        },
        _ => Err(JsonError { offset: high, problem: JsonProblem::LoneSurrogate }),
    }
}

/// The four hex digits of the `\uXXXX` that begins at `backslash`.
#[inline]
fn scan_hex4(bytes: &[u8], backslash: usize) -> Result<u32, JsonError> {
    let rest = bytes.get(backslash + 2..).unwrap_or_default();
    if let Some(digits) = rest.first_chunk::<4>() {
        if let Some(value) = hex(*digits) {
            return Ok(value);
        }
    } else if rest.iter().all(u8::is_ascii_hexdigit) {
        return Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd });
    }
    Err(JsonError { offset: backslash, problem: JsonProblem::InvalidEscape })
}

/// The number that four hex digits stand for, if they are such.
#[inline(always)]
fn hex(digits: [u8; 4]) -> Option<u32> {
    let [a, b, c, d] = digits.map(hex_value);
    let value = u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d);
    ((a | b | c | d) < 0x10).then_some(value)
}

/// The value of a hex digit; more than 15 of any other byte.
#[inline(always)]
#[allow(clippy::indexing_slicing)] // any byte is a place
fn hex_value(digit: u8) -> u8 {
    HEX_VALUES[usize::from(digit)]
}

/// A table, since in text where digits and letters come in any order a comparison is guessed wrong every other time.
#[allow(clippy::as_conversions, clippy::indexing_slicing, clippy::cast_possible_truncation)] // while it is compiled
const HEX_VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_hex_digits_from_other_bytes() {
        for byte in 0..=u8::MAX {
            let expected = char::from(byte).to_digit(16);
            assert_eq!(Some(hex_value(byte)).filter(|value| *value < 16).map(u32::from), expected, "{byte:#x}");
        }
    }
}
