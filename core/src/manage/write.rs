//! Writing JSON: the same bytes for the same values, whatever host they come from.

use alloc::string::String;

use crate::json::{Kind, Value};

/// Writes a string with the escapes that RFC 8259 §7 demands, and no other.
pub(super) fn string(text: &str, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => {
                let code = u32::from(control);
                out.push_str("\\u00");
                out.push(if code < 16 { '0' } else { '1' });
                out.extend(HEX.get(usize::try_from(code % 16).unwrap_or(0)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Writes a value without white space. Numbers stay as they were written. The nesting is bounded: the value has been read.
pub(super) fn value(value: Value<'_>, out: &mut String) {
    match value.kind() {
        Kind::String(text) => string(&text.decode(), out),
        Kind::Array(elements) => {
            out.push('[');
            for (index, element) in elements.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                self::value(element, out);
            }
            out.push(']');
        }
        Kind::Object(members) => {
            out.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(&name.decode(), out);
                out.push(':');
                self::value(member, out);
            }
            out.push('}');
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => out.push_str(value.raw()),
    }
}

/// Writes a member of an object that was begun with a brace.
pub(super) fn member(name: &str, json: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(name, out);
    out.push(':');
    out.push_str(json);
}
