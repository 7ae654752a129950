//! The tape: one 8-byte token a value, in document order.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

use super::scan;
use super::string::JsonStr;
use super::{JsonError, JsonProblem};
use crate::limits::MAX_PAYLOAD_BYTES_LIMIT;

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
            Ok(text) => scan::scan::<true>(text, hash_key).map(|tape| Self { text, tape }),
            Err(error) => Err(first_problem(payload, error.valid_up_to(), hash_key)),
        }
    }

    /// Reads a text that is strict JSON but for keys that may stand twice in one object, and for escapes that may be none. What is wrong with any
    /// other, and where, is for [`parse`](Self::parse) to say: one of these faults may come before it.
    pub(crate) fn parse_loosely(payload: &'p [u8]) -> Option<Self> {
        let text = utf8(payload).ok()?;
        let tape = scan::scan::<false>(text, &[0; 16]).ok()?;
        Some(Self { text, tape })
    }

    /// Whether what stands at a place on the tape is of this kind.
    #[inline(always)]
    pub(crate) fn is(&self, place: usize, kind: TokenKind) -> bool {
        self.tape.get(place).is_some_and(|token| token.is(kind))
    }

    /// The value of the string at a place on the tape; `None` if that is no string.
    #[inline(always)]
    pub(crate) fn text_at(&self, place: usize) -> Option<Cow<'p, str>> {
        let token = self.tape.get(place)?;
        if token.is(TokenKind::Ascii) || token.is(TokenKind::Unicode) {
            return Some(Cow::Borrowed(token.slice(self.text)));
        }
        token.is(TokenKind::Escaped).then(|| token.string(self.text).decode())
    }

    /// The members of the outermost object; `None` if the outermost value is no object.
    #[inline(always)]
    pub(crate) fn members(&self) -> Option<MemberPlaces<'_>> {
        self.is(0, TokenKind::Object).then_some(MemberPlaces { document: self, next: 2 })
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

/// The names of the outermost object's members, and where their values stand on the tape.
pub(crate) struct MemberPlaces<'d> {
    document: &'d Document<'d>,
    /// Where the next name stands.
    next: usize,
}

impl MemberPlaces<'_> {
    /// Where the value of the next member stands, if that has this name and no escapes in it.
    #[inline(always)]
    pub(crate) fn next_if(&mut self, name: &str) -> Option<usize> {
        let key = self.document.tape.get(self.next)?;
        let is_it = !key.is(TokenKind::Escaped) && key.bytes(self.document.text) == name.as_bytes();
        if is_it { self.pass() } else { None }
    }

    /// Whether there are no more.
    #[inline(always)]
    pub(crate) fn is_done(&self) -> bool {
        self.next == self.document.tape.len()
    }

    /// Goes on behind the next member, and gives the place of its value.
    #[inline(always)]
    fn pass(&mut self) -> Option<usize> {
        let place = self.next + 1;
        let value = self.document.tape.get(place)?;
        self.next = if value.is_container() { value.extent() } else { place + 1 };
        Some(place)
    }
}

impl<'d> Iterator for MemberPlaces<'d> {
    type Item = (Cow<'d, str>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.document.tape.get(self.next)?;
        Some((key.string(self.document.text).decode(), self.pass()?))
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
    match scan::scan::<true>(before, hash_key) {
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

/// One token: from the lowest bit on a kind (4 bits), an offset into the text (28 bits), and an extent (28 bits).
///
/// Both numbers fit, since a payload is shorter than 2²⁸ bytes and a tape has no more tokens than its text has bytes. It is one word, and
/// not a field each, so that it is written and read in one go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u64);

const _: () = assert!(MAX_PAYLOAD_BYTES_LIMIT < 1 << 28, "positions have 28 bits");

impl Token {
    pub(super) const NULL: Self = Self(0);

    #[inline(always)]
    #[allow(clippy::as_conversions)] // `Document::parse` bounds both numbers
    pub(super) fn new(kind: TokenKind, offset: usize, extent: usize) -> Self {
        debug_assert!(offset < 1 << 28 && extent < 1 << 28);
        Self((extent as u64) << 32 | (offset as u64) << 4 | kind as u64)
    }

    /// The same, with another extent.
    #[inline(always)]
    #[allow(clippy::as_conversions)] // as in `new`
    pub(super) fn with_extent(self, extent: usize) -> Self {
        debug_assert!(extent < 1 << 28);
        Self(self.0 & 0xffff_ffff | (extent as u64) << 32)
    }

    /// Whether it is of this kind, which is quicker to tell than of which it is.
    #[inline(always)]
    #[allow(clippy::as_conversions)] // to the four bits that it has
    pub(super) fn is(self, kind: TokenKind) -> bool {
        self.0 & 0xf == kind as u64
    }

    /// Whether it is that of an object or an array. Of the kinds that a value can have, these are the ones with the highest bit.
    #[inline(always)]
    pub(super) fn is_container(self) -> bool {
        self.0 & 0b1000 != 0
    }

    #[inline]
    pub(super) fn kind(self) -> TokenKind {
        match self.0 & 0xf {
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
        (self.0 as u32 >> 4) as usize
    }

    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // 28 bits
    pub(super) fn extent(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The part of the text that the offset and the extent name.
    #[inline]
    pub(super) fn slice(self, text: &str) -> &str {
        text.get(self.offset()..self.offset() + self.extent()).unwrap_or_default()
    }

    /// As [`slice`](Self::slice), without having to see to it that no character is cut.
    #[inline(always)]
    pub(super) fn bytes(self, text: &str) -> &[u8] {
        text.as_bytes().get(self.offset()..self.offset() + self.extent()).unwrap_or_default()
    }

    /// The string that this token, of a string, stands for.
    #[inline]
    pub(super) fn string(self, text: &str) -> JsonStr<'_> {
        JsonStr::new(text, self)
    }
}
