//! `payvost_unescaped`: what values with escapes were decoded to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use payvost_webhooks::{JsonStr, Kind, Value};

use crate::text::payvost_str;

/// The library's own: what an event, or the answer of a call, keeps of strings with escapes.
#[derive(Default)]
pub struct payvost_unescaped {
    /// The strings with escapes that were asked for, by where they stand. Each is kept where it is
    /// until its owner goes.
    texts: Mutex<BTreeMap<usize, Arc<str>>>,
}

impl payvost_unescaped {
    /// The text of a value that is a string.
    pub(crate) fn string(&self, value: Value<'_>) -> Option<payvost_str> {
        let Kind::String(string) = value.kind() else { return None };
        Some(self.text(string))
    }

    /// A string of the owner's document, at an address that stays.
    pub(crate) fn text(&self, string: JsonStr<'_>) -> payvost_str {
        if !string.is_escaped() {
            return payvost_str::new(string.raw());
        }
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        payvost_str::new(texts.entry(string.raw().as_ptr().addr()).or_insert_with(|| string.decode().into()))
    }
}
