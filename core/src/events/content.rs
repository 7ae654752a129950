//! The lookups that the views use.

use alloc::borrow::Cow;

use crate::json::{Kind, Value};
use crate::verify::Event;

/// What you attached to an object of the provider's: text by key.
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'e>(pub(super) Value<'e>);

impl<'e> Metadata<'e> {
    /// The text of a key; `None` if there is none.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Cow<'e, str>> {
        self.0.get(key)?.as_str()
    }

    /// All of it.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0
    }
}

/// `data` of an event, and what it was before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'e> {
    pub(super) data: Value<'e>,
    previous: Option<Value<'e>>,
}

impl<'e> Content<'e> {
    pub(super) fn of(event: &'e Event<'_>) -> Self {
        Self { data: event.data(), previous: event.previous_data() }
    }

    pub(super) fn previous(self) -> Option<Self> {
        self.previous.map(|data| Self { data, previous: None })
    }
}

pub(super) fn text<'e>(object: Value<'e>, name: &str) -> Option<Cow<'e, str>> {
    object.get(name)?.as_str()
}

pub(super) fn texts<'e>(object: Value<'e>, name: &str) -> Option<impl Iterator<Item = Cow<'e, str>> + use<'e>> {
    let Kind::Array(elements) = object.get(name)?.kind() else { return None };
    Some(elements.into_iter().filter_map(Value::as_str))
}

pub(super) fn object<'e>(object: Value<'e>, name: &str) -> Option<Value<'e>> {
    object.get(name).filter(|value| matches!(value.kind(), Kind::Object(_)))
}
