//! Reading a checked document back: values, members, elements, JSON Pointers.

use alloc::borrow::Cow;
use core::fmt;

use super::number::Number;
use super::string::JsonStr;
use super::token::{Token, TokenKind};

/// A value of a verified payload, borrowed from it.
///
/// ```
/// # use payvost_webhooks::{sign, verify_webhook, Kind};
/// # let payload = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,
/// #                    "data":{"amount":"99.99","items":[1,2]}}"#;
/// # let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
/// let data = event.data();
/// assert_eq!(data.get("amount").and_then(|amount| amount.as_str()).as_deref(), Some("99.99"));
/// assert_eq!(data.pointer("/items/1").and_then(|item| item.as_i64()), Some(2));
/// assert!(matches!(data.kind(), Kind::Object(members) if members.len() == 2));
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Value<'e> {
    pub(super) text: &'e str,
    tape: &'e [Token],
    index: usize,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'e> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Number<'e>),
    /// A string, as it was written.
    String(JsonStr<'e>),
    /// An array.
    Array(Array<'e>),
    /// An object.
    Object(Object<'e>),
}

impl<'e> Value<'e> {
    /// The value at a place on a tape.
    #[inline]
    pub(crate) fn new(text: &'e str, tape: &'e [Token], index: usize) -> Self {
        Self { text, tape, index }
    }

    /// What this value is.
    #[inline(always)]
    #[must_use]
    pub fn kind(self) -> Kind<'e> {
        let token = self.token();
        match token.kind() {
            TokenKind::False => Kind::Bool(false),
            TokenKind::True => Kind::Bool(true),
            TokenKind::Integer | TokenKind::Float => Kind::Number(Number::new(self.text, token)),
            TokenKind::Ascii | TokenKind::Unicode | TokenKind::Escaped => Kind::String(JsonStr::new(self.text, token)),
            TokenKind::Array => Kind::Array(Array(self)),
            TokenKind::Object => Kind::Object(Object(self)),
            TokenKind::Null | TokenKind::End => Kind::Null,
        }
    }

    /// The value as written in the payload: JSON that any parser reads, to store or pass on.
    #[must_use]
    pub fn raw(self) -> &'e str {
        let token = self.token();
        let (start, end) = match token.kind() {
            TokenKind::Object | TokenKind::Array => (token.offset(), self.at(self.index + 1).token().offset()),
            TokenKind::Ascii | TokenKind::Unicode | TokenKind::Escaped => {
                (token.offset() - 1, token.offset() + token.extent() + 1)
            }
            _ => (token.offset(), token.offset() + token.extent()),
        };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The member with that name, if this is an object that has it.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Self> {
        let Kind::Object(members) = self.kind() else { return None };
        members.into_iter().find_map(|(key, value)| (key == *name).then_some(value))
    }

    /// The value at a JSON Pointer (RFC 6901), seen from this one: `""` is this value, `/items/0` the first of `items`.
    #[must_use]
    pub fn pointer(self, pointer: &str) -> Option<Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| match value.kind() {
            Kind::Object(_) => value.get(&unescape_pointer(token)?),
            Kind::Array(elements) => elements.into_iter().nth(array_index(token)?),
            _ => None,
        })
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.kind(), Kind::Null)
    }

    /// The value, if this is `true` or `false`.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        if let Kind::Bool(value) = self.kind() { Some(value) } else { None }
    }

    /// The text, if this is a string: borrowed unless it has escapes.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'e, str>> {
        if let Kind::String(string) = self.kind() { Some(string.decode()) } else { None }
    }

    /// The number, if it was written as an integer and fits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if let Kind::Number(number) = self.kind() { number.as_i64() } else { None }
    }

    /// The nearest double, if this is a number. Money comes as text: do not read it as a double.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        if let Kind::Number(number) = self.kind() { Some(number.as_f64()) } else { None }
    }

    #[inline]
    pub(super) fn token(self) -> Token {
        self.tape.get(self.index).copied().unwrap_or(Token::NULL)
    }

    #[inline]
    fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The next value on the tape.
    #[inline]
    fn next(self) -> Self {
        let token = self.token();
        match token.kind() {
            TokenKind::Object | TokenKind::Array => self.at(token.extent()),
            _ => self.at(self.index + 1),
        }
    }

    /// The number of members or elements of this container.
    #[inline]
    fn count(self) -> usize {
        self.at(self.index + 1).token().extent()
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

/// The members of an object, in the order of the payload. No two have the same key.
#[derive(Clone, Copy)]
pub struct Object<'e>(pub(super) Value<'e>);

/// The elements of an array.
#[derive(Clone, Copy)]
pub struct Array<'e>(pub(super) Value<'e>);

impl Object<'_> {
    /// The number of members.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Array<'_> {
    /// The number of elements.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'e> IntoIterator for Object<'e> {
    type Item = (JsonStr<'e>, Value<'e>);
    type IntoIter = Members<'e>;

    #[inline]
    fn into_iter(self) -> Members<'e> {
        Members { next: self.0.at(self.0.index + 2), left: self.len() }
    }
}

impl<'e> IntoIterator for Array<'e> {
    type Item = Value<'e>;
    type IntoIter = Elements<'e>;

    #[inline]
    fn into_iter(self) -> Elements<'e> {
        Elements { next: self.0.at(self.0.index + 2), left: self.len() }
    }
}

/// The iterator over the members of an object.
#[derive(Debug, Clone)]
pub struct Members<'e> {
    next: Value<'e>,
    left: usize,
}

/// The iterator over the elements of an array.
#[derive(Debug, Clone)]
pub struct Elements<'e> {
    next: Value<'e>,
    left: usize,
}

impl<'e> Iterator for Members<'e> {
    type Item = (JsonStr<'e>, Value<'e>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let key = JsonStr::new(self.next.text, self.next.token());
        let value = self.next.at(self.next.index + 1);
        self.next = value.next();
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'e> Iterator for Elements<'e> {
    type Item = Value<'e>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let value = self.next;
        self.next = value.next();
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Members<'_> {}
impl ExactSizeIterator for Elements<'_> {}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Debug for Array<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// One reference token of a JSON Pointer: `~1` is `/`, `~0` is `~`, and any other `~` is a mistake (RFC 6901 §3).
fn unescape_pointer(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let well_formed = token.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    well_formed.then(|| Cow::Owned(token.replace("~1", "/").replace("~0", "~")))
}

/// An array index of a JSON Pointer: digits without a leading zero (RFC 6901 §4).
fn array_index(token: &str) -> Option<usize> {
    let plain = token == "0" || token.bytes().all(|byte| byte.is_ascii_digit()) && !token.starts_with('0');
    if plain { token.parse().ok() } else { None }
}
