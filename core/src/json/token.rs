//! One token of the tape: 8 bytes with the kind of a value and its position in the text.

use crate::limits::MAX_PAYLOAD_BYTES_LIMIT;

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
    /// `offset` is the opening bracket; `extent` is the place on the tape after the last token inside.
    Object,
    Array,
    /// Follows the token of a container: `offset` is after the closing bracket; `extent` is the number of members or elements.
    End,
}

/// One token: from the lowest bit on a kind (4 bits), an offset into the text (28 bits), and an extent (28 bits).
///
/// Both numbers fit, since a payload is shorter than 2²⁸ bytes and a tape has no more tokens than its text has bytes. It is one
/// word instead of three fields, so that it is written and read in one operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token(u64);

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

    /// Whether it is of this kind. Faster than [`kind`](Self::kind).
    #[inline(always)]
    #[allow(clippy::as_conversions)] // to the four bits that it has
    pub(super) fn is(self, kind: TokenKind) -> bool {
        self.0 & 0xf == kind as u64
    }

    /// Whether it is an object or an array. Among the kinds of values, only these have the highest bit.
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

    /// As [`slice`](Self::slice), without checking character boundaries.
    #[inline(always)]
    pub(super) fn bytes(self, text: &str) -> &[u8] {
        text.as_bytes().get(self.offset()..self.offset() + self.extent()).unwrap_or_default()
    }
}
