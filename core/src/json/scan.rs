//! One pass over the text, without recursion: the grammar of RFC 8259, the depth and the duplicate keys.

use alloc::vec::Vec;

use super::keys::Keys;
use super::tape::{Token, TokenKind};
use super::{JsonError, JsonProblem, MAX_DEPTH, number, string};

/// Reads a text that is UTF-8 and gives its tape, or the first problem in document order.
pub(super) fn scan(text: &str, hash_key: &[u8; 16]) -> Result<Vec<Token>, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(JsonError { offset: 0, problem: JsonProblem::ByteOrderMark });
    }
    let bytes = text.as_bytes();
    let mut keys = Keys::new(text, hash_key);
    // Compact JSON has a value about every eight bytes, so that one allocation mostly does.
    let mut open = Containers { tape: Vec::with_capacity(text.len() / 8 + 8), depth: 0, innermost: Container::default() };

    let mut position = skip_whitespace(bytes, 0);
    loop {
        // A value begins here.
        match bytes.get(position) {
            Some(b'"') => position = scan_string(bytes, position, &mut open.tape)?,
            Some(b'{') => {
                open.push(TokenKind::Object, position, keys.used())?;
                position = skip_whitespace(bytes, position + 1);
                if bytes.get(position) != Some(&b'}') {
                    position = scan_key(bytes, position, &mut open, &mut keys)?;
                    continue;
                }
            }
            Some(b'[') => {
                open.push(TokenKind::Array, position, keys.used())?;
                position = skip_whitespace(bytes, position + 1);
                if bytes.get(position) != Some(&b']') {
                    open.innermost.count += 1;
                    continue;
                }
            }
            Some(b'-' | b'0'..=b'9') => {
                let (end, integer) = number::scan(text, position)?;
                let kind = if integer { TokenKind::Integer } else { TokenKind::Float };
                open.tape.push(Token::new(kind, position, end - position));
                position = end;
            }
            Some(b't') => position = scan_literal(bytes, position, b"true", TokenKind::True, &mut open.tape)?,
            Some(b'f') => position = scan_literal(bytes, position, b"false", TokenKind::False, &mut open.tape)?,
            Some(b'n') => position = scan_literal(bytes, position, b"null", TokenKind::Null, &mut open.tape)?,
            _ => return Err(unexpected(bytes, position)),
        }
        // A value or the first bracket of an empty container lies behind: a comma, or the ends of containers, or the end.
        loop {
            position = skip_whitespace(bytes, position);
            if open.depth == 0 {
                return if position == bytes.len() { Ok(open.tape) } else { Err(unexpected(bytes, position)) };
            }
            match (bytes.get(position), open.innermost.is_object) {
                (Some(b','), true) => {
                    position = skip_whitespace(bytes, position + 1);
                    position = scan_key(bytes, position, &mut open, &mut keys)?;
                    break;
                }
                (Some(b','), false) => {
                    open.innermost.count += 1;
                    position = skip_whitespace(bytes, position + 1);
                    break;
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    position += 1;
                    keys.close(open.innermost.first_key);
                    open.pop(position);
                }
                _ => return Err(unexpected(bytes, position)),
            }
        }
    }
}

/// The containers whose end has not come yet. Those around the innermost are kept on the tape, in the two tokens of each.
struct Containers {
    tape: Vec<Token>,
    depth: usize,
    innermost: Container,
}

#[derive(Clone, Copy, Default)]
struct Container {
    is_object: bool,
    /// Where its first token stands on the tape.
    index: usize,
    /// How many members or elements have begun.
    count: usize,
    /// Which of the near keys is the first that is its own.
    first_key: usize,
}

impl Containers {
    #[inline]
    fn push(&mut self, kind: TokenKind, position: usize, first_key: usize) -> Result<(), JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError { offset: position, problem: JsonProblem::TooDeep });
        }
        self.depth += 1;
        let outer = self.innermost;
        if let Some(token) = self.tape.get_mut(outer.index) {
            *token = Token::new(token.kind(), token.offset(), outer.count);
        }
        let index = self.tape.len();
        self.innermost = Container { is_object: kind == TokenKind::Object, index, count: 0, first_key };
        self.tape.push(Token::new(kind, position, 0));
        self.tape.push(Token::new(TokenKind::End, outer.first_key, outer.index));
        Ok(())
    }

    /// Ends the innermost container; its text ends before `end`.
    #[inline]
    fn pop(&mut self, end: usize) {
        let Container { index, count, .. } = self.innermost;
        let next = self.tape.len();
        let Some([opening, ending]) = self.tape.get_mut(index..index + 2) else { return };
        let (outer, first_key) = (ending.extent(), ending.offset());
        *opening = Token::new(opening.kind(), opening.offset(), next);
        *ending = Token::new(TokenKind::End, end, count);
        self.depth -= 1;
        if let Some(token) = self.tape.get(outer) {
            let is_object = token.kind() == TokenKind::Object;
            self.innermost = Container { is_object, index: outer, count: token.extent(), first_key };
        }
    }
}

/// A key with its colon and the white space up to its value.
#[inline]
fn scan_key(bytes: &[u8], position: usize, open: &mut Containers, keys: &mut Keys<'_, '_>) -> Result<usize, JsonError> {
    if bytes.get(position) != Some(&b'"') {
        return Err(unexpected(bytes, position));
    }
    let end = scan_string(bytes, position, &mut open.tape)?;
    if let Some(key) = open.tape.last()
        && !keys.insert(open.innermost.index, open.innermost.first_key, *key)
    {
        return Err(JsonError { offset: position, problem: JsonProblem::DuplicateKey });
    }
    open.innermost.count += 1;
    let colon = skip_whitespace(bytes, end);
    if bytes.get(colon) != Some(&b':') {
        return Err(unexpected(bytes, colon));
    }
    Ok(skip_whitespace(bytes, colon + 1))
}

/// The string whose opening quote is at `position`: where it ends.
#[inline]
fn scan_string(bytes: &[u8], position: usize, tape: &mut Vec<Token>) -> Result<usize, JsonError> {
    let start = position + 1;
    let (end, kind) = string::scan(bytes, start)?;
    tape.push(Token::new(kind, start, end - start));
    Ok(end + 1)
}

/// The literal that begins at `position`: where it ends.
#[inline]
fn scan_literal<const N: usize>(
    bytes: &[u8],
    position: usize,
    literal: &[u8; N],
    kind: TokenKind,
    tape: &mut Vec<Token>,
) -> Result<usize, JsonError> {
    let rest = bytes.get(position..).unwrap_or_default();
    if rest.first_chunk() == Some(literal) {
        tape.push(Token::new(kind, position, N));
        return Ok(position + N);
    }
    let right = rest.iter().zip(literal).take_while(|(byte, expected)| byte == expected).count();
    Err(unexpected(bytes, position + right))
}

#[inline]
fn skip_whitespace(bytes: &[u8], mut position: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(position) {
        position += 1;
    }
    position
}

/// The byte at this position cannot stand there, or none is left.
#[cold]
fn unexpected(bytes: &[u8], position: usize) -> JsonError {
    let problem = if position < bytes.len() { JsonProblem::UnexpectedByte } else { JsonProblem::UnexpectedEnd };
    JsonError { offset: position, problem }
}
