//! Reading the objects of a response.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::secret::WebhookSecret;
use crate::json::{Kind, Value};

/// A type that can be read from a value of a response.
pub trait Read: Default {
    /// Reads the value; `None` if it has another type.
    fn read(value: Value<'_>) -> Option<Self>;

    /// Reads a member of an object, or returns the default if it is missing, null or of another type. The provider may change its
    /// responses, and a field that a program does not use must not break it.
    #[doc(hidden)]
    fn member(value: Value<'_>, name: &str) -> Self {
        value.get(name).and_then(Self::read).unwrap_or_default()
    }
}

impl Read for String {
    fn read(value: Value<'_>) -> Option<Self> {
        value.as_str().map(|text| text.into_owned())
    }
}

impl Read for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        value.as_bool()
    }
}

impl Read for u64 {
    fn read(value: Value<'_>) -> Option<Self> {
        match value.kind() {
            Kind::Number(number) => number.as_u64(),
            _ => None,
        }
    }
}

impl Read for WebhookSecret {
    fn read(value: Value<'_>) -> Option<Self> {
        value.as_str().map(|text| Self::new(&text))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        T::read(value).map(Some)
    }
}

/// Elements of another type are skipped.
impl<T: Read> Read for Vec<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value.kind() {
            Kind::Array(elements) => Some(elements.into_iter().filter_map(T::read).collect()),
            _ => None,
        }
    }
}

/// Members of another type are skipped.
impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value.kind() {
            Kind::Object(members) => Some(
                members.into_iter().filter_map(|(name, value)| Some((name.decode().into_owned(), T::read(value)?))).collect(),
            ),
            _ => None,
        }
    }
}

/// For calls whose response data does not matter.
impl Read for () {
    fn read(_: Value<'_>) -> Option<Self> {
        Some(())
    }
}
