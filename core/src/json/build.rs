//! Having a host build its own values.

use super::number::Number;
use super::string::JsonStr;
use super::token::TokenKind;
use super::value::{Array, Object, Value};

/// A host that makes its own values, and is told what each is. An array or object makes those inside of it in its turn.
pub trait Build<'e> {
    /// The host's value, or why there is none.
    type Built;

    /// Of `null`.
    fn null(&mut self) -> Self::Built;
    /// Of `true` or `false`.
    fn boolean(&mut self, value: bool) -> Self::Built;
    /// Of a number without fraction and exponent.
    fn integer(&mut self, number: Number<'e>) -> Self::Built;
    /// Of any other number.
    fn float(&mut self, number: Number<'e>) -> Self::Built;
    /// Of a string that is plain ASCII.
    fn ascii(&mut self, text: &'e [u8]) -> Self::Built;
    /// Of any other string.
    fn string(&mut self, string: JsonStr<'e>) -> Self::Built;
    /// Of an array.
    fn array(&mut self, elements: Array<'e>) -> Self::Built;
    /// Of an object.
    fn object(&mut self, members: Object<'e>) -> Self::Built;
}

impl<'e> Value<'e> {
    /// Has a host make its own value of this one.
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
