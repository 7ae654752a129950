//! The tape: one 8-byte token a value, in document order.

use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

use super::keys::{Keys, Unchecked};
use super::scan;
use super::string::{Form, JsonStr};
use super::{JsonError, JsonProblem};

/// A text that has been found to be strict JSON, with the position of every value in it.
///
/// A container is its own token, a [`TokenKind::End`], and its members or elements; a member is a string, the key, and its value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Document<'p> {
    pub(super) text: &'p str,
    pub(super) tape: Vec<Token>,
}

impl<'p> Document<'p> {
    /// Reads a text of at most [`MAX_PAYLOAD_BYTES_LIMIT`](crate::MAX_PAYLOAD_BYTES_LIMIT) bytes.
    ///
    /// `hash_key` keys the hash that finds duplicate keys. An attacker who can choose keys must not be able to predict it, or
    /// he can make the search quadratic.
    pub(crate) fn parse(payload: &'p [u8], hash_key: &[u8; 16]) -> Result<Self, JsonError> {
        match utf8(payload) {
            Ok(text) => scan::scan::<Keys<'_>>(text, hash_key).map(|tape| Self { text, tape }),
            Err(error) => Err(first_problem(payload, error.valid_up_to(), hash_key)),
        }
    }

    /// Reads a text that is strict JSON but for keys that may stand twice in one object. What is wrong with any other, and where, is for
    /// [`parse`](Self::parse) to say: a key that stands twice may come before it.
    pub(crate) fn parse_with_any_keys(payload: &'p [u8]) -> Option<Self> {
        let text = utf8(payload).ok()?;
        let tape = scan::scan::<Unchecked>(text, &[0; 16]).ok()?;
        Some(Self { text, tape })
    }

    /// What stands at a place on the tape.
    #[inline]
    pub(crate) fn token_kind(&self, index: usize) -> Option<TokenKind> {
        self.tape.get(index).map(|token| token.kind())
    }

    /// The text itself.
    pub(crate) fn text(&self) -> &'p str {
        self.text
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("bytes", &self.text.len()).field("tokens", &self.tape.len()).finish()
    }
}

/// The payload as text. Where there is a way to ask the processor what it can do, most of it is checked with the widest vectors that it
/// has; if that finds a fault, the standard library tells where.
#[inline]
fn utf8(payload: &[u8]) -> Result<&str, Utf8Error> {
    #[cfg(feature = "std")]
    if let Ok(text) = simdutf8::basic::from_utf8(payload) {
        return Ok(text);
    }
    core::str::from_utf8(payload)
}

/// The first problem of a text whose bytes from `valid_up_to` on are not UTF-8: that, unless the JSON breaks before.
#[cold]
fn first_problem(payload: &[u8], valid_up_to: usize, hash_key: &[u8; 16]) -> JsonError {
    let ill_formed = JsonError { offset: valid_up_to, problem: JsonProblem::InvalidUtf8 };
    let before = payload.get(..valid_up_to).map(core::str::from_utf8);
    let Some(Ok(before)) = before else { return ill_formed };
    match scan::scan::<Keys<'_>>(before, hash_key) {
        Err(error) if error.offset < valid_up_to => error,
        _ => ill_formed,
    }
}

/// What a token stands for, and what its two numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TokenKind {
    Null,
    False,
    True,
    /// A number without fraction and exponent; `extent` is its length.
    Integer,
    /// A number with one of them.
    Float,
    /// A string of ASCII without escapes; `offset` is after the opening quote, `extent` the length between the quotes.
    Ascii,
    /// A string without escapes that is not all ASCII.
    Unicode,
    /// A string with escapes.
    Escaped,
    /// `offset` is the opening bracket; `extent` is the place on the tape behind the last token inside.
    Object,
    Array,
    /// Follows the token of a container: `offset` is behind the closing bracket; `extent` is the number of members or elements.
    End,
}

/// One token: from the highest bit on an extent (28 bits), a kind (4 bits) and an offset into the text (32 bits).
///
/// Both numbers fit, since a payload is shorter than 2²⁸ bytes and a tape has no more tokens than its text has bytes. It is one word, and
/// not a field each, so that it is written and read in one go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u64);

impl Token {
    pub(super) const NULL: Self = Self(0);

    #[inline(always)]
    #[allow(clippy::as_conversions)] // `Document::parse` bounds both numbers
    pub(super) fn new(kind: TokenKind, offset: usize, extent: usize) -> Self {
        debug_assert!(offset < 1 << 28 && extent < 1 << 28);
        Self((extent as u64) << 36 | (kind as u64) << 32 | offset as u64)
    }

    #[inline]
    pub(super) fn kind(self) -> TokenKind {
        match self.0 >> 32 & 0xf {
            0 => TokenKind::Null,
            1 => TokenKind::False,
            2 => TokenKind::True,
            3 => TokenKind::Integer,
            4 => TokenKind::Float,
            5 => TokenKind::Ascii,
            6 => TokenKind::Unicode,
            7 => TokenKind::Escaped,
            8 => TokenKind::Object,
            9 => TokenKind::Array,
            _ => TokenKind::End,
        }
    }

    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // the lower half; every target with an allocator for 256 MiB has 32 bits
    pub(super) fn offset(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // 28 bits
    pub(super) fn extent(self) -> usize {
        (self.0 >> 36) as usize
    }

    /// The part of the text that the offset and the extent name.
    #[inline]
    pub(super) fn slice(self, text: &str) -> &str {
        text.get(self.offset()..self.offset() + self.extent()).unwrap_or_default()
    }

    /// The string that this token, of a string, stands for.
    #[inline]
    pub(super) fn string(self, text: &str) -> JsonStr<'_> {
        let form = match self.kind() {
            TokenKind::Ascii => Form::Ascii,
            TokenKind::Unicode => Form::Unicode,
            _ => Form::Escaped,
        };
        JsonStr::new(self.slice(text), form)
    }
}
