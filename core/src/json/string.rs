//! A string of a checked document, read back.

use alloc::borrow::Cow;
use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem::MaybeUninit;

use super::decode::{self, Decoded, Unit};
use super::token::{Token, TokenKind};

/// A string of a checked document, as written in the payload.
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

    /// The text between the quotes, including escapes.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'p str {
        self.token.slice(self.text)
    }

    /// The bytes of [`raw`](Self::raw), for callers that need no text.
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

    /// Whether the string is ASCII without escapes.
    #[inline]
    #[must_use]
    pub fn is_plain_ascii(self) -> bool {
        self.token.kind() == TokenKind::Ascii
    }

    /// The value: borrowed from the payload unless it has escapes.
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

    /// As [`decode_into`](Self::decode_into), but reports that memory ran out.
    pub(crate) fn try_decode_into(self, buffer: &mut String) -> Result<(), TryReserveError> {
        // The value is never longer than the text between the quotes.
        buffer.try_reserve(self.token.extent())?;
        self.decode_into(buffer);
        Ok(())
    }

    /// The characters of the value, which need no memory.
    pub(super) fn characters(self) -> impl Iterator<Item = char> {
        decode::characters(self.raw())
    }

    /// Appends the value to a buffer, so that one buffer can serve many strings.
    pub fn decode_into(self, buffer: &mut String) {
        if self.is_escaped() { decode::append(buffer, self.raw()) } else { buffer.push_str(self.raw()) }
    }

    /// Appends the value as UTF-16, for hosts with such strings.
    pub fn decode_utf16_into(self, buffer: &mut Vec<u16>) {
        if decode::append_units(buffer, self.raw_bytes()).is_err() {
            decode::abort(buffer);
        }
    }

    /// Appends the value as code points, for hosts with such strings.
    pub fn decode_utf32_into(self, buffer: &mut Vec<u32>) {
        if decode::append_units(buffer, self.raw_bytes()).is_err() {
            decode::abort(buffer);
        }
    }
}

/// The result of decoding a string to code points.
#[derive(Debug, Clone, Copy)]
pub struct Characters {
    /// How many there are.
    pub count: usize,
    /// The bits of all that take more than one byte, combined.
    pub bits: u32,
}

impl Characters {
    fn of(decoded: Decoded, before: usize) -> Option<Self> {
        decoded.sound.then_some(Self { count: decoded.length - before, bits: decoded.bits })
    }
}

/// For [`host`](crate::host), which documents them.
impl JsonStr<'_> {
    pub(crate) fn decode_characters_into(self, buffer: &mut Vec<u32>) -> Result<Option<Characters>, TryReserveError> {
        let before = buffer.len();
        Ok(Characters::of(decode::append_units(buffer, self.raw_bytes())?, before))
    }

    pub(crate) fn try_decode_utf16_into(self, buffer: &mut Vec<u16>) -> Result<(), TryReserveError> {
        decode::append_units(buffer, self.raw_bytes()).map(drop)
    }

    pub(crate) fn write_characters<T>(self, places: &mut [MaybeUninit<T>]) -> Option<Characters>
    where
        MaybeUninit<T>: Unit,
    {
        Characters::of(decode::write_units(places, self.raw_bytes()), 0)
    }

    pub(crate) fn largest_unescaped(self) -> char {
        match self.raw_bytes().iter().fold(0, |largest, byte| largest.max(*byte)) {
            0..0x80 => '\u{7f}',
            0x80..0xc4 => '\u{ff}',
            0xc4..0xf0 => '\u{ffff}',
            0xf0.. => char::MAX,
        }
    }
}

impl JsonStr<'_> {
    /// Whether both have the same value, however it is written.
    #[inline]
    pub(super) fn is_same(self, other: Self) -> bool {
        if self.is_escaped() || other.is_escaped() {
            self.characters().eq(other.characters())
        } else {
            self.raw() == other.raw()
        }
    }
}

impl PartialEq<str> for JsonStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        if self.is_escaped() { self.characters().eq(other.chars()) } else { self.raw() == other }
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.decode(), f)
    }
}
