//! Strings: finding their end, checking their escapes, and undoing them.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

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
            decode_into(&mut value, self.raw);
            Cow::Owned(value)
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Appends the value to a buffer, so that one buffer can serve many strings.
    pub fn decode_into(self, buffer: &mut String) {
        if self.is_escaped() { decode_into(buffer, self.raw) } else { buffer.push_str(self.raw) }
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
#[inline(always)]
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
            Some(_) => return Err(JsonError { offset: position, problem: JsonProblem::UnexpectedByte }),
            None => return Err(JsonError { offset: position, problem: JsonProblem::UnexpectedEnd }),
        }
        position = plain::skip(bytes, position).end;
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
fn scan_hex4(bytes: &[u8], backslash: usize) -> Result<u32, JsonError> {
    let digits = bytes.get(backslash + 2..).unwrap_or_default();
    let digits = digits.get(..4).unwrap_or(digits);
    let mut value = 0;
    for digit in digits {
        let Some(digit) = char::from(*digit).to_digit(16) else {
            return Err(JsonError { offset: backslash, problem: JsonProblem::InvalidEscape });
        };
        value = value << 4 | digit;
    }
    if digits.len() < 4 {
        return Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd });
    }
    Ok(value)
}

/// Appends the value of a string whose escapes have been checked.
fn decode_into(value: &mut String, raw: &str) {
    let bytes = raw.as_bytes();
    let mut position = 0;
    loop {
        // In a checked string a plain run ends at a backslash or with the string.
        let backslash = plain::skip(bytes, position).end;
        value.push_str(raw.get(position..backslash).unwrap_or_default());
        let Some(escape) = bytes.get(backslash + 1) else { return };
        position = backslash + 2;
        value.push(match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (character, length) = decode_unicode(bytes, backslash);
                position = backslash + length;
                character
            }
            itself => char::from(*itself),
        });
    }
}

/// The character that the escape at `backslash` names, and the length of the escape. The scan has seen to it that there is one; the
/// replacement character is never met.
fn decode_unicode(bytes: &[u8], backslash: usize) -> (char, usize) {
    let unit = |at| scan_hex4(bytes, at).unwrap_or_default();
    let (code, length) = match unit(backslash) {
        high @ 0xD800..=0xDBFF => (0x1_0000 + ((high - 0xD800) << 10) + (unit(backslash + 6) & 0x3FF), 12),
        code => (code, 6),
    };
    (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}
