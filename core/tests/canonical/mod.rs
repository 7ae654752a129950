//! The canonical form in which the values of all languages are compared, as described in `tests/vectors/README.md`.

#![allow(unreachable_pub)] // shared by several test programs

use payvost_webhooks::{Kind, Value};

pub fn canonical(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Null => "n".into(),
        Kind::Bool(true) => "t".into(),
        Kind::Bool(false) => "f".into(),
        Kind::Number(number) => format!("d{:016x}", (number.as_f64() + 0.0).to_bits()),
        Kind::String(string) => format!("\"{}\"", hex(&string.decode())),
        Kind::Array(elements) => {
            members(elements.into_iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect())
        }
        Kind::Object(object) => members(object.into_iter().map(|(key, value)| (key.decode().into_owned(), value)).collect()),
    }
}

fn members(mut members: Vec<(String, Value<'_>)>) -> String {
    members.sort_by(|a, b| a.0.cmp(&b.0));
    let members: Vec<_> = members.iter().map(|(key, value)| format!("{}:{}", hex(key), canonical(*value))).collect();
    format!("{{{}}}", members.join(","))
}

pub fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
