//! Strings: finding their end, checking their escapes, and undoing them.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

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

/// A string that has been found to be right.
pub(super) struct Scanned {
    /// Where its closing quote is.
    pub(super) end: usize,
    pub(super) kind: TokenKind,
    /// Equal for equal values of strings without escapes; see [`fingerprint`].
    pub(super) fingerprint: u64,
}

/// The string that begins at `start`, behind its opening quote.
#[inline(always)]
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<Scanned, JsonError> {
    let Plain { end, ascii, fingerprint } = skip_plain(bytes, start);
    if bytes.get(end) == Some(&b'"') {
        let ascii = ascii || bytes.get(start..end).is_some_and(<[u8]>::is_ascii);
        let kind = if ascii { TokenKind::Ascii } else { TokenKind::Unicode };
        return Ok(Scanned { end, kind, fingerprint });
    }
    Ok(Scanned { end: scan_escaped(bytes, end)?, kind: TokenKind::Escaped, fingerprint })
}

/// What [`Scanned::fingerprint`] would be if this value of a string had been written without escapes.
pub(super) fn fingerprint(value: &[u8]) -> u64 {
    let (words, rest) = value.as_chunks::<8>();
    words.iter().fold(0, |fingerprint, word| mix(fingerprint, u64::from_le_bytes(*word))) ^ last_word(rest)
}

/// Takes another eight bytes into a fingerprint. The last bytes, fewer than eight, are only added.
#[inline(always)]
fn mix(fingerprint: u64, word: u64) -> u64 {
    (fingerprint ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
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
        position = skip_plain(bytes, position).end;
    }
}

/// A run of bytes without quote, backslash and control character.
struct Plain {
    end: usize,
    /// Whether all bytes that were looked at are ASCII, some of which may lie behind the end.
    ascii: bool,
    fingerprint: u64,
}

/// The plain run that begins at `start`.
#[inline(always)]
#[allow(clippy::as_conversions)] // trailing_zeros() / 8 is at most 8
fn skip_plain(bytes: &[u8], start: usize) -> Plain {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (mut position, mut seen, mut fingerprint) = (start, 0, 0);
    // Eight bytes at a time. Flipping bit 1 takes the quote to 0x20 and no other character below 0x21, so that one comparison finds
    // it together with the control characters. A borrow can only spoil bytes above the lowest hit, so the lowest is exact.
    while let Some(chunk) = bytes.get(position..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        seen |= word;
        let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let hits = (quote_or_control | backslash) & !word & (ONES * 0x80);
        if hits != 0 {
            let end = position + (hits.trailing_zeros() / 8) as usize;
            let below_first_hit = (hits ^ hits.wrapping_sub(1)) >> 8;
            return Plain { end, ascii: seen & (ONES * 0x80) == 0, fingerprint: fingerprint ^ (word & below_first_hit) };
        }
        fingerprint = mix(fingerprint, word);
        position += 8;
    }
    let rest = bytes.get(position..).unwrap_or_default();
    let plain = rest.iter().take_while(|byte| !matches!(byte, 0..0x20 | b'"' | b'\\')).count();
    fingerprint ^= last_word(rest.get(..plain).unwrap_or_default());
    Plain { end: position + plain, ascii: false, fingerprint }
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
    let mut value = 0;
    for offset in 2..6 {
        match bytes.get(backslash + offset) {
            Some(&digit) => match hex_value(digit) {
                Some(digit) => value = value << 4 | digit,
                None => return Err(JsonError { offset: backslash, problem: JsonProblem::InvalidEscape }),
            },
            None => return Err(JsonError { offset: bytes.len(), problem: JsonProblem::UnexpectedEnd }),
        }
    }
    Ok(value)
}

fn hex_value(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

/// Appends the value of a string whose escapes have been checked.
fn decode_into(value: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        value.push_str(plain);
        let mut tail = escape.chars();
        let unescaped = match tail.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => decode_unicode(&mut tail),
            Some(itself) => itself,
            None => char::REPLACEMENT_CHARACTER,
        };
        value.push(unescaped);
        rest = tail.as_str();
    }
    value.push_str(rest);
}

/// The character of `XXXX` or `XXXX\uXXXX`. The scan has seen to it that it is one; the replacement character is never met.
fn decode_unicode(tail: &mut core::str::Chars<'_>) -> char {
    let mut hex4 = || tail.by_ref().take(4).try_fold(0, |value, digit| Some(value << 4 | digit.to_digit(16)?));
    let code = match hex4() {
        Some(high @ 0xD800..=0xDBFF) => {
            tail.by_ref().take(2).for_each(drop);
            let mut hex4 = || tail.by_ref().take(4).try_fold(0, |value, digit| Some(value << 4 | digit.to_digit(16)?));
            hex4().map(|low: u32| 0x1_0000 + ((high - 0xD800) << 10) + (low & 0x3FF))
        }
        code => code,
    };
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
