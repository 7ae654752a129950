//! Escapes (RFC 8259 §7) and the characters they stand for.

use super::error::JsonError;
use crate::error::JsonProblem;

/// How many bytes `\uXXXX` takes.
pub(super) const UNIT: usize = 6;

/// The character and the length of the escape at the start of a text. A surrogate pair is one escape.
///
/// The offset of an error counts from the backslash.
#[inline(always)]
pub(super) fn read(text: &[u8]) -> Result<(u32, usize), JsonError> {
    let short = |character: u8| Ok((character.into(), 2));
    match text.get(1) {
        Some(b'u') => read_unicode(text),
        Some(b'b') => short(0x8),
        Some(b'f') => short(0xc),
        Some(b'n') => short(b'\n'),
        Some(b'r') => short(b'\r'),
        Some(b't') => short(b'\t'),
        Some(itself @ (b'"' | b'\\' | b'/')) => short(*itself),
        Some(_) => Err(invalid(0)),
        None => Err(cut_off(text)),
    }
}

/// The characters of two `\uXXXX` in a row, when neither is half of a surrogate pair.
#[inline(always)]
pub(super) fn two_units(text: &[u8; 16]) -> Option<[u32; 2]> {
    let [b'\\', b'u', a, b, c, d, b'\\', b'u', e, f, g, h, ..] = *text else { return None };
    let [first, second] = hex8([a, b, c, d, e, f, g, h])?;
    (!is_surrogate(first) && !is_surrogate(second)).then_some([first, second])
}

#[inline]
fn read_unicode(text: &[u8]) -> Result<(u32, usize), JsonError> {
    match read_unit(text, 0)? {
        high @ 0xD800..=0xDBFF => {
            let low = read_low_surrogate(text)?;
            Ok((0x1_0000 + ((high - 0xD800) << 10) + (low & 0x3FF), 2 * UNIT))
        }
        0xDC00..=0xDFFF => Err(LONE_SURROGATE),
        code => Ok((code, UNIT)),
    }
}

/// The second half of the surrogate pair at the start of a text.
#[inline]
fn read_low_surrogate(text: &[u8]) -> Result<u32, JsonError> {
    match (text.get(UNIT), text.get(UNIT + 1)) {
        (Some(b'\\'), Some(b'u')) => match read_unit(text, UNIT)? {
            low @ 0xDC00..=0xDFFF => Ok(low),
            _ => Err(LONE_SURROGATE),
        },
        (None, _) | (Some(b'\\'), None) => Err(cut_off(text)),
        _ => Err(LONE_SURROGATE),
    }
}

/// The number of the `\uXXXX` that begins at `start`.
#[inline(always)]
fn read_unit(text: &[u8], start: usize) -> Result<u32, JsonError> {
    let digits = text.get(start + 2..).unwrap_or_default();
    if let Some([a, b, c, d]) = digits.first_chunk() {
        return hex4([*a, *b, *c, *d]).ok_or(invalid(start));
    }
    Err(if digits.iter().all(u8::is_ascii_hexdigit) { cut_off(text) } else { invalid(start) })
}

#[inline(always)]
fn is_surrogate(unit: u32) -> bool {
    unit & 0xF800 == 0xD800
}

const LONE_SURROGATE: JsonError = JsonError::Invalid { offset: 0, problem: JsonProblem::LoneSurrogate };

fn invalid(offset: usize) -> JsonError {
    JsonError::Invalid { offset, problem: JsonProblem::InvalidEscape }
}

fn cut_off(text: &[u8]) -> JsonError {
    JsonError::Invalid { offset: text.len(), problem: JsonProblem::UnexpectedEnd }
}

/// The two numbers that eight hex digits stand for. `None` if they are not all hex digits.
#[inline(always)]
#[allow(clippy::as_conversions)] // parts of the word
fn hex8(digits: [u8; 8]) -> Option<[u32; 2]> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let every = |byte: u8| u64::from_ne_bytes([byte; 8]);
    let digits = u64::from_be_bytes(digits);
    // A sum sets the highest bit of a byte if the byte is at least that large.
    let (plain, lower) = (digits & !HIGH, digits & !HIGH | every(0x20));
    let decimal = (plain + every(0x80 - b'0')) & !(plain + every(0x7f - b'9'));
    let letter = (lower + every(0x80 - b'a')) & !(lower + every(0x7f - b'f'));
    if (decimal | letter) & !digits & HIGH != HIGH {
        return None;
    }
    // Letters of both cases have 1 to 6 in their lower half, and the bit that digits do not have stands for 9 more.
    let nibbles = (digits & every(0x0f)) + 9 * (digits >> 6 & every(1));
    let bytes = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let units = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    Some([(units >> 32) as u32, units as u32])
}

/// The number that four hex digits stand for. `None` if they are not all hex digits.
#[inline(always)]
fn hex4(digits: [u8; 4]) -> Option<u32> {
    let [a, b, c, d] = digits.map(hex_value);
    let value = u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d);
    ((a | b | c | d) < 0x10).then_some(value)
}

/// The value of a hex digit; more than 15 for any other byte.
#[inline(always)]
#[allow(clippy::indexing_slicing)] // any byte is a place
fn hex_value(digit: u8) -> u8 {
    HEX_VALUES[usize::from(digit)]
}

/// A table, because a comparison is mispredicted every other time in text that mixes digits and letters.
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

    /// Every byte value at every position, compared with a plain reading.
    #[test]
    fn both_ways_know_hex_digits_from_other_bytes() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"0aF91bE8";
                digits[place] = byte;
                let plain = |digits: &[u8]| {
                    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
                };
                let (first, second) = digits.split_at(4);
                let expected = plain(first).zip(plain(second)).map(|(first, second)| [first, second]);
                assert_eq!(hex8(digits), expected, "{digits:?}");
                assert_eq!(hex4(*digits.first_chunk().unwrap()), plain(first), "{digits:?}");
            }
        }
    }
}
