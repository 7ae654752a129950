//! Strings: finding their end, checking their escapes, and undoing them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::decode;
use super::plain::{self, Plain};
use super::tape::TokenKind;
use super::{JsonError, JsonProblem};

/// A string of a checked document, as it stands in the payload.
#[derive(Clone, Copy)]
pub struct JsonStr<'p> {
    raw: &'p str,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Ascii,
    Unicode,
    Escaped,
}

impl<'p> JsonStr<'p> {
    #[inline]
    pub(super) fn new(raw: &'p str, form: Form) -> Self {
        Self { raw, form }
    }

    /// The text between the quotes, escapes and all.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'p str {
        self.raw
    }

    /// Whether the string has escapes, so that [`raw`](Self::raw) is not yet its value.
    #[inline]
    #[must_use]
    pub fn is_escaped(self) -> bool {
        self.form == Form::Escaped
    }

    /// Whether the string is known to be ASCII without escapes. A string with escapes never is.
    #[inline]
    #[must_use]
    pub fn is_plain_ascii(self) -> bool {
        self.form == Form::Ascii
    }

    /// The value: borrowed from the payload unless there are escapes to undo.
    #[inline]
    #[must_use]
    pub fn decode(self) -> Cow<'p, str> {
        if self.is_escaped() {
            let mut value = String::with_capacity(self.raw.len());
            decode::append(&mut value, self.raw);
            Cow::Owned(value)
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Appends the value to a buffer, so that one buffer can serve many strings.
    pub fn decode_into(self, buffer: &mut String) {
        if self.is_escaped() { decode::append(buffer, self.raw) } else { buffer.push_str(self.raw) }
    }

    /// Appends the value as UTF-16, for hosts whose strings are that.
    pub fn decode_utf16_into(self, buffer: &mut Vec<u16>) {
        decode::append_units(buffer, self.raw);
    }

    /// Appends the value as code points, for hosts that have strings of them.
    pub fn decode_utf32_into(self, buffer: &mut Vec<u32>) {
        decode::append_units(buffer, self.raw);
    }
}

impl PartialEq<str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        if self.is_escaped() { self.decode() == other } else { self.raw == other }
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.decode(), f)
    }
}

/// The string that begins at `start`, behind its opening quote: where its closing quote is, and its kind.
#[inline(never)]
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<(usize, TokenKind), JsonError> {
    let Plain { end, ascii } = plain::skip(bytes, start);
    if bytes.get(end) == Some(&b'"') {
        return Ok((end, if ascii { TokenKind::Ascii } else { TokenKind::Unicode }));
    }
    Ok((scan_escaped(bytes, end)?, TokenKind::Escaped))
}

/// The rest of a string from its first backslash on, or its first fault.
#[inline(never)]
fn scan_escaped(bytes: &[u8], mut position: usize) -> Result<usize, JsonError> {
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
        let [a, b, c, d] = digits.map(hex_value);
        if (a | b | c | d) < 0x10 {
            return Ok(u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d));
        }
    } else if rest.iter().all(u8::is_ascii_hexdigit) {
        return Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd });
    }
    Err(JsonError { offset: backslash, problem: JsonProblem::InvalidEscape })
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
