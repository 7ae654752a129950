//! A checked text and its tape: one 8-byte token per value, in document order.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

use super::error::JsonError;
use super::scan;
use super::string::JsonStr;
use super::token::{Token, TokenKind};
use crate::error::JsonProblem;

/// A text that is strict JSON, with the position of every value in it.
///
/// A container is its own token, a [`TokenKind::End`], and its members or elements; a member is a string, the key, and its value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Document<'p> {
    text: &'p str,
    tape: Vec<Token>,
}

impl<'p> Document<'p> {
    /// Reads a text of at most [`MAX_PAYLOAD_BYTES_LIMIT`](crate::MAX_PAYLOAD_BYTES_LIMIT) bytes.
    ///
    /// `hash_key` keys the hash that finds duplicate keys. An attacker who can choose keys must not be able to predict it, or the
    /// search can become quadratic.
    pub(crate) fn parse(payload: &'p [u8], hash_key: &[u8; 16]) -> Result<Self, JsonError> {
        match utf8(payload) {
            Ok(text) => scan::scan::<true>(text, hash_key).map(|tape| Self { text, tape }),
            Err(error) => Err(first_problem(payload, error.valid_up_to(), hash_key)),
        }
    }

    /// Reads a text without looking for duplicate keys and invalid escapes. `None` means that the text is invalid: only
    /// [`parse`](Self::parse) can say where, because a duplicate key or an invalid escape may come first.
    ///
    /// # Errors
    ///
    /// That memory ran out.
    pub(crate) fn parse_leniently(payload: &'p [u8]) -> Result<Option<Self>, JsonError> {
        let Ok(text) = utf8(payload) else { return Ok(None) };
        match scan::scan::<false>(text, &[0; 16]) {
            Ok(tape) => Ok(Some(Self { text, tape })),
            Err(JsonError::OutOfMemory) => Err(JsonError::OutOfMemory),
            Err(JsonError::Invalid { .. }) => Ok(None),
        }
    }

    /// Whether the token at a place on the tape is of this kind.
    #[inline(always)]
    pub(crate) fn is(&self, place: usize, kind: TokenKind) -> bool {
        self.tape.get(place).is_some_and(|token| token.is(kind))
    }

    /// The value of the string at a place on the tape; `None` if there is no string.
    ///
    /// # Errors
    ///
    /// That memory ran out.
    #[inline(always)]
    pub(crate) fn text_at(&self, place: usize) -> Result<Option<Cow<'p, str>>, JsonError> {
        let Some(token) = self.tape.get(place) else { return Ok(None) };
        if token.is(TokenKind::Ascii) || token.is(TokenKind::Unicode) {
            return Ok(Some(Cow::Borrowed(token.slice(self.text))));
        }
        if !token.is(TokenKind::Escaped) {
            return Ok(None);
        }
        let mut value = String::new();
        JsonStr::new(self.text, *token).try_decode_into(&mut value)?;
        Ok(Some(Cow::Owned(value)))
    }

    /// The members of the outermost object; `None` if the outermost value is not an object.
    #[inline(always)]
    pub(crate) fn members(&self) -> Option<MemberPlaces<'_>> {
        self.is(0, TokenKind::Object).then_some(MemberPlaces { document: self, next: 2 })
    }

    /// The text and its tape.
    #[inline(always)]
    pub(crate) fn into_parts(self) -> (&'p str, Vec<Token>) {
        (self.text, self.tape)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("bytes", &self.text.len()).field("tokens", &self.tape.len()).finish()
    }
}

/// The names of the outermost object's members, and the places of their values on the tape.
pub(crate) struct MemberPlaces<'d> {
    document: &'d Document<'d>,
    /// The place of the next name.
    next: usize,
}

impl MemberPlaces<'_> {
    /// The place of the next member's value, if the member has this name without escapes.
    #[inline(always)]
    pub(crate) fn next_if(&mut self, name: &str) -> Option<usize> {
        let key = self.document.tape.get(self.next)?;
        let is_it = !key.is(TokenKind::Escaped) && key.bytes(self.document.text) == name.as_bytes();
        if is_it { self.pass() } else { None }
    }

    /// Whether no member is left.
    #[inline(always)]
    pub(crate) fn is_done(&self) -> bool {
        self.next == self.document.tape.len()
    }

    /// Moves past the next member and returns the place of its value.
    #[inline(always)]
    fn pass(&mut self) -> Option<usize> {
        let place = self.next + 1;
        let value = self.document.tape.get(place)?;
        self.next = if value.is_container() { value.extent() } else { place + 1 };
        Some(place)
    }
}

impl<'d> Iterator for MemberPlaces<'d> {
    type Item = (JsonStr<'d>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.document.tape.get(self.next)?;
        Some((JsonStr::new(self.document.text, *key), self.pass()?))
    }
}

/// The payload as text. With `std`, the widest vectors of the processor check it; if they find a fault, the standard library says
/// where.
#[inline]
fn utf8(payload: &[u8]) -> Result<&str, Utf8Error> {
    #[cfg(feature = "std")]
    if let Ok(text) = simdutf8::basic::from_utf8(payload) {
        return Ok(text);
    }
    core::str::from_utf8(payload)
}

/// The first problem of a text that is not UTF-8 from `valid_up_to` on: that, unless the JSON is invalid before.
#[cold]
fn first_problem(payload: &[u8], valid_up_to: usize, hash_key: &[u8; 16]) -> JsonError {
    let ill_formed = JsonError::Invalid { offset: valid_up_to, problem: JsonProblem::InvalidUtf8 };
    let before = payload.get(..valid_up_to).map(core::str::from_utf8);
    let Some(Ok(before)) = before else { return ill_formed };
    match scan::scan::<true>(before, hash_key) {
        Err(JsonError::Invalid { offset, .. }) if offset >= valid_up_to => ill_formed,
        Err(error) => error,
        Ok(_) => ill_formed,
    }
}
