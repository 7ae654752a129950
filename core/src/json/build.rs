//! The interface through which a host builds its own values.

use super::number::Number;
use super::string::JsonStr;
use super::token::TokenKind;
use super::value::{Array, Object, Value};

/// A host that builds its own values. It is called with each value, and builds the values inside an array or object itself.
pub trait Build<'e> {
    /// The host's value, or an error.
    type Built;

    /// For `null`.
    fn null(&mut self) -> Self::Built;
    /// For `true` or `false`.
    fn boolean(&mut self, value: bool) -> Self::Built;
    /// For a number without fraction and exponent.
    fn integer(&mut self, number: Number<'e>) -> Self::Built;
    /// For any other number.
    fn float(&mut self, number: Number<'e>) -> Self::Built;
    /// For a string that is plain ASCII.
    fn ascii(&mut self, text: &'e [u8]) -> Self::Built;
    /// For any other string.
    fn string(&mut self, string: JsonStr<'e>) -> Self::Built;
    /// For an array.
    fn array(&mut self, elements: Array<'e>) -> Self::Built;
    /// For an object.
    fn object(&mut self, members: Object<'e>) -> Self::Built;
}

impl<'e> Value<'e> {
    /// Makes a host build its own value from this one.
    #[inline(always)]
    pub(crate) fn build<B: Build<'e>>(self, host: &mut B) -> B::Built {
        let token = self.token();
        match token.kind() {
            TokenKind::False => host.boolean(false),
            TokenKind::True => host.boolean(true),
            TokenKind::Integer => host.integer(Number::new(self.text, token)),
            TokenKind::Float => host.float(Number::new(self.text, token)),
            TokenKind::Ascii => host.ascii(token.bytes(self.text)),
            TokenKind::Unicode | TokenKind::Escaped => host.string(JsonStr::new(self.text, token)),
            TokenKind::Array => host.array(Array(self)),
            TokenKind::Object => host.object(Object(self)),
            TokenKind::Null | TokenKind::End => host.null(),
        }
    }
}
