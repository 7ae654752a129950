//! A second, independent reading of strict JSON: serde_json does the parsing, and this module adds the checks that it lacks. Slow
//! and plain on purpose; the scanner is compared with it.

#![allow(unreachable_pub, clippy::as_conversions)] // shared by several test programs

use std::collections::HashSet;
use std::fmt;

use payvost_webhooks::{JsonStr, Kind, MAX_DEPTH, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value as serde_json reads it.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// The bits of the double, so that equality is exact. Negative zero counts as zero.
    Number(u64),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads a text, or refuses it.
pub fn parse(payload: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(payload).ok()?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let value = Reader { depth: 0 }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// The same value as read by this library.
pub fn tree(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null => Json::Null,
        Kind::Bool(value) => Json::Bool(value),
        Kind::Number(number) => Json::Number((number.as_f64() + 0.0).to_bits()),
        Kind::String(string) => Json::String(text(string)),
        Kind::Array(elements) => Json::Array(elements.into_iter().map(tree).collect()),
        Kind::Object(members) => Json::Object(members.into_iter().map(|(key, value)| (text(key), tree(value))).collect()),
    }
}

/// The value of a string, which must be the same in every encoding.
fn text(string: JsonStr<'_>) -> String {
    let (text, mut units, mut codes) = (string.decode(), Vec::new(), Vec::new());
    string.decode_utf16_into(&mut units);
    string.decode_utf32_into(&mut codes);
    assert!(text.encode_utf16().eq(units), "UTF-16 of {string:?}");
    assert!(text.chars().map(u32::from).eq(codes), "code points of {string:?}");
    text.into_owned()
}

#[derive(Clone, Copy)]
struct Reader {
    depth: usize,
}

impl Reader {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth < MAX_DEPTH { Ok(Self { depth: self.depth + 1 }) } else { Err(E::custom("too deep")) }
    }
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number((value as f64).to_bits()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number((value as f64).to_bits()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        if value.is_finite() { Ok(Json::Number((value + 0.0).to_bits())) } else { Err(E::custom("not finite")) }
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let reader = self.deeper()?;
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(reader)? {
            elements.push(element);
        }
        Ok(Json::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let reader = self.deeper()?;
        let (mut members, mut keys) = (Vec::new(), HashSet::new());
        while let Some(key) = map.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom("duplicate key"));
            }
            members.push((key, map.next_value_seed(reader)?));
        }
        Ok(Json::Object(members))
    }
}
