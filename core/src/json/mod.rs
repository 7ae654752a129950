//! Strict JSON (RFC 8259), read once and kept as a list of positions.
//!
//! [`Document::parse`] accepts only text that every host's own parser reads to the same value: UTF-8 without a byte order
//! mark, no lone surrogates, no number beyond a double, no duplicate keys, no more than [`MAX_DEPTH`](crate::MAX_DEPTH)
//! levels. It copies nothing: the tape has the position of each value in the payload, and [`value`] reads it back.
//!
//! From the ground up: [`token`]; [`escape`]; [`plain`], [`quotes`], [`strict`] and [`lenient`] find where strings end;
//! [`decode`] decodes their escapes; [`string`], [`number`] (with [`range`]) and [`value`] are the public views; [`build`] serves
//! [`host`](crate::host); [`keys`] finds duplicates; [`scan`] is the one pass over the text, and [`document`] its result.

mod build;
mod decode;
mod document;
mod error;
mod escape;
mod key_table;
mod keys;
mod lenient;
mod number;
mod plain;
mod quotes;
mod range;
mod scan;
mod strict;
mod string;
mod token;
mod value;

pub use self::build::Build;
pub use self::decode::Unit;
pub(crate) use self::document::Document;
pub use self::number::Number;
pub use self::string::{Characters, JsonStr};
pub(crate) use self::token::{Token, TokenKind};
pub use self::value::{Array, Elements, Kind, Members, Object, Value};
