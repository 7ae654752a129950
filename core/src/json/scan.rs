//! One pass over the text, without recursion: the grammar of RFC 8259, the depth and the duplicate keys.

use alloc::vec::Vec;

use super::keys::KeyCheck;
use super::quotes::Quotes;
use super::tape::{Token, TokenKind};
use super::{JsonError, JsonProblem, MAX_DEPTH, number, string};

/// Reads a text that is UTF-8 and gives its tape, or the first problem in document order. Which keys it looks for is `K`'s affair.
pub(super) fn scan<'k, K: KeyCheck<'k>>(text: &str, hash_key: &'k [u8; 16]) -> Result<Vec<Token>, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(JsonError { offset: 0, problem: JsonProblem::ByteOrderMark });
    }
    let bytes = text.as_bytes();
    // Compact JSON has a value about every eight bytes, so that one allocation mostly does.
    let mut tape = Vec::with_capacity(text.len() / 8 + 8);
    let mut keys = K::new(hash_key);
    let mut quotes = Quotes::new();
    let mut innermost = Container::default();
    let mut depth = 0;

    let (mut position, mut byte) = next(bytes, 0);
    loop {
        // A member, an element or the outermost value begins here.
        if innermost.is_object {
            if byte != b'"' {
                return Err(unexpected(bytes, position));
            }
            let (end, key) = scan_string(bytes, &mut quotes, position)?;
            tape.push(key);
            if !keys.insert(text, &tape, innermost.index, innermost.first_key, key) {
                return Err(JsonError { offset: position, problem: JsonProblem::DuplicateKey });
            }
            (position, byte) = next(bytes, end);
            if byte != b':' {
                return Err(unexpected(bytes, position));
            }
            (position, byte) = next(bytes, position + 1);
        }
        innermost.count += 1;
        match byte {
            b'"' => {
                let (end, token) = scan_string(bytes, &mut quotes, position)?;
                tape.push(token);
                position = end;
            }
            b'{' | b'[' => {
                if depth == MAX_DEPTH {
                    return Err(JsonError { offset: position, problem: JsonProblem::TooDeep });
                }
                let (kind, closing) = if byte == b'{' { (TokenKind::Object, b'}') } else { (TokenKind::Array, b']') };
                innermost = Container::open(&mut tape, kind, position, innermost, keys.open(kind, depth));
                depth += 1;
                (position, byte) = next(bytes, position + 1);
                if byte != closing {
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => {
                let (end, integer) = number::scan(text, position)?;
                let kind = if integer { TokenKind::Integer } else { TokenKind::Float };
                tape.push(Token::new(kind, position, end - position));
                position = end;
            }
            b't' => position = scan_literal(bytes, position, b"true", TokenKind::True, &mut tape)?,
            b'f' => position = scan_literal(bytes, position, b"false", TokenKind::False, &mut tape)?,
            b'n' => position = scan_literal(bytes, position, b"null", TokenKind::Null, &mut tape)?,
            _ => return Err(unexpected(bytes, position)),
        }
        // Behind a value, or behind the first bracket of an empty container: a comma, or the ends of containers.
        loop {
            (position, byte) = next(bytes, position);
            if depth == 0 {
                return if position == bytes.len() { Ok(tape) } else { Err(unexpected(bytes, position)) };
            }
            match byte {
                b',' => {
                    (position, byte) = next(bytes, position + 1);
                    break;
                }
                b'}' if innermost.is_object => {}
                b']' if !innermost.is_object => {}
                _ => return Err(unexpected(bytes, position)),
            }
            position += 1;
            depth -= 1;
            let outer = innermost.close(&mut tape, position);
            keys.close(depth, innermost.first_key, outer.first_key, outer.count);
            innermost = outer;
        }
    }
}

/// The innermost container whose end has not come yet. Those around it are kept on the tape, in the two tokens of each.
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

impl Container {
    /// Begins a container inside another, which is laid aside.
    #[inline(always)]
    fn open(tape: &mut Vec<Token>, kind: TokenKind, position: usize, outer: Self, first_key: usize) -> Self {
        if let Some(token) = tape.get_mut(outer.index) {
            *token = Token::new(token.kind(), token.offset(), outer.count);
        }
        let index = tape.len();
        tape.push(Token::new(kind, position, 0));
        tape.push(Token::new(TokenKind::End, outer.first_key, outer.index));
        Self { is_object: kind == TokenKind::Object, index, count: 0, first_key }
    }

    /// Ends this container, whose text ends before `end`, and takes up the one around it.
    #[inline(always)]
    fn close(self, tape: &mut [Token], end: usize) -> Self {
        let next = tape.len();
        let Some([opening, ending]) = tape.get_mut(self.index..self.index + 2) else { return self };
        let (outer, first_key) = (ending.extent(), ending.offset());
        *opening = Token::new(opening.kind(), opening.offset(), next);
        *ending = Token::new(TokenKind::End, end, self.count);
        let Some(token) = tape.get(outer) else { return self };
        Self { is_object: token.kind() == TokenKind::Object, index: outer, count: token.extent(), first_key }
    }
}

/// The string whose opening quote is at `position`: where its text ends, and its token.
#[inline(always)]
fn scan_string(bytes: &[u8], quotes: &mut Quotes, position: usize) -> Result<(usize, Token), JsonError> {
    let start = position + 1;
    if let Some(end) = quotes.closing(bytes, position) {
        return Ok((end + 1, Token::new(TokenKind::Ascii, start, end - start)));
    }
    let (end, kind) = string::scan(bytes, start)?;
    quotes.pass(end);
    Ok((end + 1, Token::new(kind, start, end - start)))
}

/// The literal that begins at `position`: where it ends.
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
        tape.push(Token::new(kind, position, N));
        return Ok(position + N);
    }
    let right = rest.iter().zip(literal).take_while(|(byte, expected)| byte == expected).count();
    Err(unexpected(bytes, position + right))
}

/// The first byte from `position` on that is no white space, and where it is. At the end of the text it is a NUL, which can stand
/// nowhere.
#[inline(always)]
fn next(bytes: &[u8], position: usize) -> (usize, u8) {
    match bytes.get(position) {
        Some(byte) if *byte > b' ' => (position, *byte),
        _ => skip_whitespace(bytes, position),
    }
}

#[inline(never)]
fn skip_whitespace(bytes: &[u8], mut position: usize) -> (usize, u8) {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(position) {
        position += 1;
    }
    (position, bytes.get(position).copied().unwrap_or(0))
}

/// The byte at this position cannot stand there, or none is left.
#[cold]
fn unexpected(bytes: &[u8], position: usize) -> JsonError {
    let problem = if position < bytes.len() { JsonProblem::UnexpectedByte } else { JsonProblem::UnexpectedEnd };
    JsonError { offset: position, problem }
}
