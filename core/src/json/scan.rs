//! One pass over the text, without recursion: the grammar of RFC 8259, the depth and the duplicate keys.

use alloc::vec::Vec;

use super::keys::{Keys, ObjectKeys};
use super::string::{Form, JsonStr};
use super::tape::{Token, TokenKind};
use super::{JsonError, JsonProblem, MAX_DEPTH, number, string};

/// Reads a text that is UTF-8 and gives its tape, or the first problem in document order.
pub(super) fn scan(text: &str, hash_key: &[u8; 16]) -> Result<Vec<Token>, JsonError> {
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        position: 0,
        // Compact JSON has a value about every eight bytes, so that one allocation mostly does.
        tape: Vec::with_capacity(text.len() / 8 + 8),
        keys: Keys::new(hash_key),
        open: [Container::default(); MAX_DEPTH],
        depth: 0,
    };
    scan.document()?;
    Ok(scan.tape)
}

struct Scan<'p, 'k> {
    text: &'p str,
    bytes: &'p [u8],
    position: usize,
    tape: Vec<Token>,
    keys: Keys<'p, 'k>,
    /// The containers around the innermost one.
    open: [Container; MAX_DEPTH],
    depth: usize,
}

/// A container whose end has not come yet.
#[derive(Clone, Copy, Default)]
struct Container {
    is_object: bool,
    /// Where its opening token stands on the tape.
    index: usize,
    /// How many members or elements have begun.
    count: usize,
    keys: ObjectKeys,
}

impl Scan<'_, '_> {
    fn document(&mut self) -> Result<(), JsonError> {
        if self.text.starts_with('\u{feff}') {
            return Err(JsonError { offset: 0, problem: JsonProblem::ByteOrderMark });
        }
        let Some(mut current) = self.value()? else { return self.end() };
        // `current` is the innermost container, and what comes next is its first entry, its next one, or its end.
        loop {
            if current.is_object {
                match self.next_byte()? {
                    b'"' if current.count == 0 => {}
                    b',' if current.count > 0 => self.expect(b'"')?,
                    b'}' => {
                        self.close(&current);
                        match self.pop() {
                            Some(container) => current = container,
                            None => return self.end(),
                        }
                        continue;
                    }
                    _ => return Err(self.unexpected_before()),
                }
                self.key(&current)?;
                self.expect(b':')?;
            } else {
                match self.peek()? {
                    b']' => {
                        self.position += 1;
                        self.close(&current);
                        match self.pop() {
                            Some(container) => current = container,
                            None => return self.end(),
                        }
                        continue;
                    }
                    b',' if current.count > 0 => self.position += 1,
                    _ if current.count == 0 => {}
                    _ => return Err(self.unexpected()),
                }
            }
            current.count += 1;
            if let Some(container) = self.value()? {
                self.push(current);
                current = container;
            }
        }
    }

    /// A value. Of a container only the opening bracket, in which case the container is given back.
    #[inline]
    fn value(&mut self) -> Result<Option<Container>, JsonError> {
        match self.peek()? {
            b'"' => {
                self.position += 1;
                self.string()?;
            }
            b'{' => return self.open(TokenKind::Object).map(Some),
            b'[' => return self.open(TokenKind::Array).map(Some),
            b't' => self.literal(b"true", TokenKind::True)?,
            b'f' => self.literal(b"false", TokenKind::False)?,
            b'n' => self.literal(b"null", TokenKind::Null)?,
            b'-' | b'0'..=b'9' => {
                let start = self.position;
                let (end, integer) = number::scan(self.text, start)?;
                let kind = if integer { TokenKind::Integer } else { TokenKind::Float };
                self.tape.push(Token::new(kind, start, end - start));
                self.position = end;
            }
            _ => return Err(self.unexpected()),
        }
        Ok(None)
    }

    /// The string whose opening quote has just been read.
    #[inline]
    fn string(&mut self) -> Result<(usize, usize, Form), JsonError> {
        let start = self.position;
        let (end, form) = string::scan(self.bytes, start)?;
        let kind = match form {
            Form::Ascii => TokenKind::Ascii,
            Form::Unicode => TokenKind::Unicode,
            Form::Escaped => TokenKind::Escaped,
        };
        self.tape.push(Token::new(kind, start, end - start));
        self.position = end + 1;
        Ok((start, end, form))
    }

    #[inline]
    fn key(&mut self, object: &Container) -> Result<(), JsonError> {
        let (start, end, form) = self.string()?;
        let key = JsonStr::new(self.text.get(start..end).unwrap_or_default(), form);
        if self.keys.insert(object.keys, key) {
            return Ok(());
        }
        Err(JsonError { offset: start - 1, problem: JsonProblem::DuplicateKey })
    }

    #[inline]
    fn open(&mut self, kind: TokenKind) -> Result<Container, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError { offset: self.position, problem: JsonProblem::TooDeep });
        }
        self.depth += 1;
        let container = Container {
            is_object: kind == TokenKind::Object,
            index: self.tape.len(),
            count: 0,
            keys: self.keys.open(self.position),
        };
        self.tape.push(Token::new(kind, self.position, 0));
        self.position += 1;
        Ok(container)
    }

    /// Ends the innermost container, whose closing bracket has just been read.
    #[inline]
    fn close(&mut self, container: &Container) {
        if container.is_object {
            self.keys.close(container.keys);
        }
        let end = self.tape.len();
        if let Some(opening) = self.tape.get_mut(container.index) {
            *opening = Token::new(opening.kind(), opening.offset(), end);
        }
        self.tape.push(Token::new(TokenKind::Close, self.position, container.count));
        self.depth -= 1;
    }

    /// Lays a container aside because another opens inside it.
    #[inline]
    fn push(&mut self, container: Container) {
        // `open` has counted the inner one already: the outermost lies at place 0.
        if let Some(place) = self.open.get_mut(self.depth.wrapping_sub(2)) {
            *place = container;
        }
    }

    /// Takes up the container around the one that has just ended.
    #[inline]
    fn pop(&self) -> Option<Container> {
        self.open.get(self.depth.checked_sub(1)?).copied()
    }

    /// After the outermost value there is only white space.
    fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Ok(_) => Err(self.unexpected()),
            Err(_) => Ok(()),
        }
    }

    #[inline]
    fn literal(&mut self, literal: &[u8], kind: TokenKind) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        if rest.starts_with(literal) {
            self.tape.push(Token::new(kind, self.position, literal.len()));
            self.position += literal.len();
            return Ok(());
        }
        self.position += rest.iter().zip(literal).take_while(|(byte, expected)| byte == expected).count();
        Err(self.unexpected())
    }

    /// Reads one byte that is not white space, which must be the expected one.
    #[inline]
    fn expect(&mut self, expected: u8) -> Result<(), JsonError> {
        if self.peek()? != expected {
            return Err(self.unexpected());
        }
        self.position += 1;
        Ok(())
    }

    /// Reads the next byte that is not white space.
    #[inline]
    fn next_byte(&mut self) -> Result<u8, JsonError> {
        let byte = self.peek()?;
        self.position += 1;
        Ok(byte)
    }

    /// Goes to the next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Result<u8, JsonError> {
        loop {
            match self.bytes.get(self.position) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                Some(byte) => return Ok(*byte),
                None => return Err(JsonError { offset: self.position, problem: JsonProblem::UnexpectedEnd }),
            }
        }
    }

    /// The byte at this position cannot stand here, or no byte is left.
    #[cold]
    fn unexpected(&self) -> JsonError {
        let problem = if self.position < self.bytes.len() { JsonProblem::UnexpectedByte } else { JsonProblem::UnexpectedEnd };
        JsonError { offset: self.position, problem }
    }

    /// The byte that has just been read cannot stand there.
    #[cold]
    fn unexpected_before(&self) -> JsonError {
        JsonError { offset: self.position - 1, problem: JsonProblem::UnexpectedByte }
    }
}
