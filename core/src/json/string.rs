//! Strings: finding their end, checking their escapes, and undoing them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem::MaybeUninit;

use super::decode::{Decoded, Unit};
use super::plain::{self, Plain};
use super::tape::{Token, TokenKind};
use super::{JsonError, JsonProblem, decode, loose};

/// A string of a checked document, as it stands in the payload.
#[derive(Clone, Copy)]
pub struct JsonStr<'p> {
    text: &'p str,
    token: Token,
}

impl<'p> JsonStr<'p> {
    /// The string of a token, which is one.
    #[inline]
    pub(super) fn new(text: &'p str, token: Token) -> Self {
        Self { text, token }
    }

    /// The text between the quotes, escapes and all.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'p str {
        self.token.slice(self.text)
    }

    /// The bytes of [`raw`](Self::raw), for callers who need no text.
    #[inline]
    #[must_use]
    pub fn raw_bytes(self) -> &'p [u8] {
        self.token.bytes(self.text)
    }

    /// Whether the string has escapes, so that [`raw`](Self::raw) is not yet its value.
    #[inline]
    #[must_use]
    pub fn is_escaped(self) -> bool {
        self.token.kind() == TokenKind::Escaped
    }

    /// Whether the string is known to be ASCII without escapes. A string with escapes never is.
    #[inline]
    #[must_use]
    pub fn is_plain_ascii(self) -> bool {
        self.token.kind() == TokenKind::Ascii
    }

    /// The value: borrowed from the payload unless there are escapes to undo.
    #[inline]
    #[must_use]
    pub fn decode(self) -> Cow<'p, str> {
        if self.is_escaped() {
            let mut value = String::with_capacity(self.token.extent());
            decode::append(&mut value, self.raw());
            Cow::Owned(value)
        } else {
            Cow::Borrowed(self.raw())
        }
    }

    /// Appends the value to a buffer, so that one buffer can serve many strings.
    pub fn decode_into(self, buffer: &mut String) {
        if self.is_escaped() { decode::append(buffer, self.raw()) } else { buffer.push_str(self.raw()) }
    }

    /// Appends the value as UTF-16, for hosts whose strings are that.
    pub fn decode_utf16_into(self, buffer: &mut Vec<u16>) {
        decode::append_units(buffer, self.raw_bytes());
    }

    /// As [`decode_utf32_into`](Self::decode_utf32_into). Says what came of it; nothing when an escape is wrong, which those of a
    /// verified event are not.
    #[doc(hidden)]
    pub fn decode_characters_into(self, buffer: &mut Vec<u32>) -> Option<Characters> {
        let before = buffer.len();
        Characters::of(decode::append_units(buffer, self.raw_bytes()), before)
    }

    /// Writes the value to the first places as code points, as far as there are places, and as much of each as a place holds. As many as
    /// [`raw_bytes`](Self::raw_bytes) are enough, and a few more make it faster. Says what came of it, as
    /// [`decode_characters_into`](Self::decode_characters_into).
    #[doc(hidden)]
    pub fn write_characters<T>(self, places: &mut [MaybeUninit<T>]) -> Option<Characters>
    where
        MaybeUninit<T>: Unit,
    {
        Characters::of(decode::write_units(places, self.raw_bytes()), 0)
    }

    /// A bound of the largest character, as small as the bytes alone tell: escapes may stand for larger ones.
    #[doc(hidden)]
    #[must_use]
    pub fn largest_unescaped(self) -> char {
        match self.raw_bytes().iter().fold(0, |largest, byte| largest.max(*byte)) {
            0..0x80 => '\u{7f}',
            0x80..0xc4 => '\u{ff}',
            0xc4..0xf0 => '\u{ffff}',
            0xf0.. => char::MAX,
        }
    }

    /// Appends the value as code points, for hosts that have strings of them.
    pub fn decode_utf32_into(self, buffer: &mut Vec<u32>) {
        decode::append_units(buffer, self.raw_bytes());
    }
}

/// What came of a string that was decoded to code points.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Characters {
    /// How many there are.
    pub count: usize,
    /// The bits of all of them that are written as more than one byte.
    pub bits: u32,
}

impl Characters {
    fn of(decoded: Decoded, before: usize) -> Option<Self> {
        decoded.sound.then_some(Self { count: decoded.length - before, bits: decoded.bits })
    }
}

impl PartialEq<str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        if self.is_escaped() { self.decode() == other } else { self.raw() == other }
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.decode(), f)
    }
}

/// The string that begins at `start`, behind its opening quote: where its closing quote is, and its kind. If not `STRICT`, escapes are looked at
/// no further than to see which quote ends the string.
#[inline(never)]
pub(super) fn scan<const STRICT: bool>(bytes: &[u8], start: usize) -> Result<(usize, TokenKind), JsonError> {
    let Plain { end, ascii } = plain::skip(bytes, start);
    if bytes.get(end) == Some(&b'"') {
        return Ok((end, if ascii { TokenKind::Ascii } else { TokenKind::Unicode }));
    }
    let end = if STRICT { scan_escaped(bytes, end)? } else { loose::skip(bytes, end)? };
    Ok((end, TokenKind::Escaped))
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
