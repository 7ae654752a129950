//! One pass over the text, without recursion: the grammar of RFC 8259, the depth and the duplicate keys.

use alloc::vec::Vec;

use super::error::JsonError;
use super::keys;
use super::plain::{self, Plain};
use super::quotes::Quotes;
use super::token::{Token, TokenKind};
use super::{lenient, number, strict};
use crate::error::JsonProblem;
use crate::limits::MAX_DEPTH;

/// Reads a text that is UTF-8 and returns its tape, or the first problem in document order. Duplicate keys and invalid escapes
/// are a problem only if `STRICT`.
pub(super) fn scan<const STRICT: bool>(text: &str, hash_key: &[u8; 16]) -> Result<Vec<Token>, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(JsonError::Invalid { offset: 0, problem: JsonProblem::ByteOrderMark });
    }
    // Compact JSON has a value about every eight bytes, so one allocation is usually enough.
    let mut tape: Vec<Token> = Vec::new();
    tape.try_reserve(text.len() / 8 + 8)?;
    let mut innermost = Container::default();
    match scan_values::<STRICT>(text, &mut tape, &mut innermost, hash_key) {
        Ok(()) => Ok(tape),
        Err(JsonError::Invalid { offset, problem }) if STRICT => {
            Err(first_problem(offset, problem, text, tape, innermost, hash_key).unwrap_or_else(|error| error))
        }
        Err(error) => Err(error),
    }
}

#[inline(always)]
fn scan_values<const STRICT: bool>(
    text: &str,
    tape: &mut Vec<Token>,
    innermost: &mut Container,
    hash_key: &[u8; 16],
) -> Result<(), JsonError> {
    let bytes = text.as_bytes();
    let mut quotes = Quotes::new();
    let mut depth = 0;

    let (mut position, mut byte) = next(bytes, 0);
    if !matches!(byte, b'{' | b'[') {
        return scan_lone_scalar(text, tape, position, byte);
    }
    loop {
        // A member, an element or the outermost container begins here.
        if innermost.is_object {
            if byte != b'"' {
                return Err(unexpected(bytes, position));
            }
            let (end, key) = scan_string::<STRICT>(bytes, &mut quotes, position)?;
            push(tape, key)?;
            (position, byte) = behind_colon(bytes, end)?;
        }
        innermost.count += 1;
        match byte {
            b'"' => {
                let (end, token) = scan_string::<STRICT>(bytes, &mut quotes, position)?;
                push(tape, token)?;
                position = end;
            }
            b'{' | b'[' => {
                if depth == MAX_DEPTH {
                    return Err(JsonError::Invalid { offset: position, problem: JsonProblem::TooDeep });
                }
                let (kind, closing) = if byte == b'{' { (TokenKind::Object, b'}') } else { (TokenKind::Array, b']') };
                *innermost = Container::open(tape, kind, position, *innermost)?;
                depth += 1;
                (position, byte) = next(bytes, position + 1);
                if byte != closing {
                    continue;
                }
            }
            _ => position = scan_number_or_literal(text, tape, position, byte)?,
        }
        // After a value, or after the first bracket of an empty container: a comma, or the ends of containers.
        loop {
            (position, byte) = next(bytes, position);
            match byte {
                b',' => {
                    (position, byte) = next(bytes, position + 1);
                    break;
                }
                b'}' if innermost.is_object => {
                    if STRICT
                        && innermost.count > 1
                        && let Some(key) = keys::repeated(text, tape, innermost.index, hash_key)?
                    {
                        return Err(duplicate(key));
                    }
                }
                b']' if !innermost.is_object => {}
                _ => return Err(unexpected(bytes, position)),
            }
            position += 1;
            depth -= 1;
            *innermost = innermost.close(tape, position);
            if depth == 0 {
                return check_end(bytes, position);
            }
        }
    }
}

/// A text that is only a string, a number or a literal.
#[cold]
fn scan_lone_scalar(text: &str, tape: &mut Vec<Token>, position: usize, byte: u8) -> Result<(), JsonError> {
    let bytes = text.as_bytes();
    if byte != b'"' {
        let end = scan_number_or_literal(text, tape, position, byte)?;
        return check_end(bytes, end);
    }
    let (end, token) = scan_string::<true>(bytes, &mut Quotes::new(), position)?;
    push(tape, token)?;
    check_end(bytes, end)
}

/// Only whitespace may follow.
fn check_end(bytes: &[u8], position: usize) -> Result<(), JsonError> {
    let (position, _) = next(bytes, position);
    if position == bytes.len() { Ok(()) } else { Err(unexpected(bytes, position)) }
}

/// The first problem of a text whose scan stopped at this one: that, or a duplicate key before it in one of the objects that have
/// not ended.
#[cold]
fn first_problem(
    mut offset: usize,
    mut problem: JsonProblem,
    text: &str,
    mut tape: Vec<Token>,
    mut innermost: Container,
    hash_key: &[u8; 16],
) -> Result<JsonError, JsonError> {
    loop {
        // Stands for the value of the last key.
        push(&mut tape, Token::NULL)?;
        if innermost.is_object
            && let Some(key) = keys::repeated(text, &tape, innermost.index, hash_key)?
            && key.offset() <= offset
        {
            (offset, problem) = (quote_of(key), JsonProblem::DuplicateKey);
        }
        if innermost.index == 0 {
            return Ok(JsonError::Invalid { offset, problem });
        }
        let outer = innermost.outer(&tape);
        tape.truncate(innermost.index);
        innermost = outer;
    }
}

/// The error for a key that its object has already.
#[cold]
fn duplicate(key: Token) -> JsonError {
    JsonError::Invalid { offset: quote_of(key), problem: JsonProblem::DuplicateKey }
}

/// Where the opening quote of a key is.
fn quote_of(key: Token) -> usize {
    key.offset() - 1
}

/// Appends a token, or says that memory ran out.
#[inline(always)]
fn push(tape: &mut Vec<Token>, token: Token) -> Result<(), JsonError> {
    if tape.len() == tape.capacity() {
        grow(tape)?;
    }
    tape.push(token);
    Ok(())
}

#[cold]
#[inline(never)]
fn grow(tape: &mut Vec<Token>) -> Result<(), JsonError> {
    Ok(tape.try_reserve(1)?)
}

/// The innermost open container. The ones around it are kept on the tape, each in its two tokens.
#[derive(Clone, Copy, Default)]
struct Container {
    is_object: bool,
    /// The place of its first token on the tape.
    index: usize,
    /// How many members or elements have begun.
    count: usize,
}

impl Container {
    /// Begins a container inside another, whose state goes to the tape.
    #[inline(always)]
    fn open(tape: &mut Vec<Token>, kind: TokenKind, position: usize, outer: Self) -> Result<Self, JsonError> {
        if let Some(token) = tape.get_mut(outer.index) {
            *token = token.with_extent(outer.count);
        }
        let index = tape.len();
        push(tape, Token::new(kind, position, 0))?;
        push(tape, Token::new(TokenKind::End, 0, outer.index))?;
        Ok(Self { is_object: kind == TokenKind::Object, index, count: 0 })
    }

    /// Ends this container, whose text ends before `end`, and restores the one around it.
    #[inline(always)]
    fn close(self, tape: &mut [Token], end: usize) -> Self {
        let next = tape.len();
        let outer = self.outer(tape);
        if let Some([opening, ending]) = tape.get_mut(self.index..self.index + 2) {
            *opening = opening.with_extent(next);
            *ending = Token::new(TokenKind::End, end, self.count);
        }
        outer
    }

    /// The container around this one.
    #[inline(always)]
    fn outer(self, tape: &[Token]) -> Self {
        let index = tape.get(self.index + 1).map_or(0, |ending| ending.extent());
        let token = tape.get(index).copied().unwrap_or(Token::NULL);
        Self { is_object: token.is(TokenKind::Object), index, count: token.extent() }
    }
}

/// The string whose opening quote is at `position`: the end of its text, and its token.
#[inline(always)]
fn scan_string<const STRICT: bool>(bytes: &[u8], quotes: &mut Quotes, position: usize) -> Result<(usize, Token), JsonError> {
    let start = position + 1;
    if let Some(end) = quotes.closing(bytes, position) {
        return Ok((end + 1, Token::new(TokenKind::Ascii, start, end - start)));
    }
    let (end, kind) = scan_longer_string::<STRICT>(bytes, start)?;
    quotes.pass(end);
    Ok((end + 1, Token::new(kind, start, end - start)))
}

/// The string that begins at `start`, after its opening quote, if [`Quotes`] cannot find its end: the position of its closing
/// quote, and its kind. Unless `STRICT`, escapes are only read to find the quote that ends the string.
#[inline(never)]
fn scan_longer_string<const STRICT: bool>(bytes: &[u8], start: usize) -> Result<(usize, TokenKind), JsonError> {
    let Plain { end, ascii } = plain::skip(bytes, start);
    if bytes.get(end) == Some(&b'"') {
        return Ok((end, if ascii { TokenKind::Ascii } else { TokenKind::Unicode }));
    }
    let end = if STRICT { strict::skip(bytes, end)? } else { lenient::skip(bytes, end)? };
    Ok((end, TokenKind::Escaped))
}

/// The number, `true`, `false` or `null` that begins at `position` with this byte: its end.
#[inline(always)]
fn scan_number_or_literal(text: &str, tape: &mut Vec<Token>, position: usize, byte: u8) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    match byte {
        b'-' | b'0'..=b'9' => {
            let (end, integer) = number::scan(text, position)?;
            let kind = if integer { TokenKind::Integer } else { TokenKind::Float };
            push(tape, Token::new(kind, position, end - position))?;
            Ok(end)
        }
        b't' => scan_literal(bytes, position, b"true", TokenKind::True, tape),
        b'f' => scan_literal(bytes, position, b"false", TokenKind::False, tape),
        b'n' => scan_literal(bytes, position, b"null", TokenKind::Null, tape),
        _ => Err(unexpected(bytes, position)),
    }
}

/// The literal that begins at `position`: its end.
#[inline(always)]
fn scan_literal<const N: usize>(
    bytes: &[u8],
    position: usize,
    literal: &[u8; N],
    kind: TokenKind,
    tape: &mut Vec<Token>,
) -> Result<usize, JsonError> {
    let rest = bytes.get(position..).unwrap_or_default();
    if rest.first_chunk() == Some(literal) {
        push(tape, Token::new(kind, position, N))?;
        return Ok(position + N);
    }
    let right = rest.iter().zip(literal).take_while(|(byte, expected)| byte == expected).count();
    Err(unexpected(bytes, position + right))
}

/// The first byte from `position` on that is not whitespace, and its position. At the end of the text it is a NUL, which is
/// never valid.
#[inline(always)]
fn next(bytes: &[u8], position: usize) -> (usize, u8) {
    match bytes.get(position) {
        Some(byte) if *byte > b' ' => (position, *byte),
        _ => skip_whitespace(bytes, position),
    }
}

/// The result of [`next`] after the colon that must come next.
#[inline(always)]
fn behind_colon(bytes: &[u8], position: usize) -> Result<(usize, u8), JsonError> {
    match bytes.get(position..position + 2) {
        Some(&[b':', byte]) if byte > b' ' => Ok((position + 1, byte)),
        _ => behind_colon_and_whitespace(bytes, position),
    }
}

#[inline(never)]
fn behind_colon_and_whitespace(bytes: &[u8], position: usize) -> Result<(usize, u8), JsonError> {
    let (position, byte) = next(bytes, position);
    if byte != b':' {
        return Err(unexpected(bytes, position));
    }
    Ok(next(bytes, position + 1))
}

#[inline(never)]
fn skip_whitespace(bytes: &[u8], mut position: usize) -> (usize, u8) {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(position) {
        position += 1;
    }
    (position, bytes.get(position).copied().unwrap_or(0))
}

/// The byte at this position is not allowed there, or the text has ended.
#[cold]
fn unexpected(bytes: &[u8], position: usize) -> JsonError {
    let problem = if position < bytes.len() { JsonProblem::UnexpectedByte } else { JsonProblem::UnexpectedEnd };
    JsonError::Invalid { offset: position, problem }
}
