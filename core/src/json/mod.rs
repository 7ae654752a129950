//! Strict JSON (RFC 8259), read once and kept as a list of positions.
//!
//! [`Document::parse`] accepts only text that every host's own parser reads to the same value: UTF-8 without a byte order
//! mark, no lone surrogates, no number beyond a double, no key twice in one object, no more than [`MAX_DEPTH`](crate::MAX_DEPTH) levels. It copies
//! nothing: the [`tape`] holds where each value lies in the payload, and [`value`] reads it back.

mod decode;
mod key_table;
mod keys;
mod loose;
mod number;
mod plain;
mod quotes;
mod scan;
mod string;
mod tape;
mod value;

pub use self::number::Number;
pub use self::string::{Characters, JsonStr};
pub(crate) use self::tape::{Document, TokenKind};
pub use self::value::{Array, Build, Elements, Kind, Members, Object, Value};

/// What is wrong with a text that is not strict JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonProblem {
    /// The text ends where more must come.
    UnexpectedEnd,
    /// A byte stands where it cannot.
    UnexpectedByte,
    /// The text begins with a byte order mark (RFC 8259 §8.1).
    ByteOrderMark,
    /// The bytes are not well-formed UTF-8 (RFC 3629).
    InvalidUtf8,
    /// A backslash is followed by something that is no escape (RFC 8259 §7).
    InvalidEscape,
    /// An escape names half of a surrogate pair (RFC 8259 §8.2, RFC 7493 §2.1).
    LoneSurrogate,
    /// The value of a number is not finite as a double (RFC 7493 §2.2).
    NumberOutOfRange,
    /// The text nests deeper than [`MAX_DEPTH`](crate::MAX_DEPTH) (RFC 8259 §9).
    TooDeep,
    /// A key stands twice in one object (RFC 7493 §2.3).
    DuplicateKey,
}

/// A problem and where it is, in bytes from the start of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) problem: JsonProblem,
}
