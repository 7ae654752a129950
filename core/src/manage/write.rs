//! Writing JSON: the same values become the same bytes in every language.

use alloc::string::{String, ToString};

use crate::json::{Kind, Value};

/// Writes a string with the escapes that RFC 8259 §7 requires, and no others.
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

/// Writes a value without whitespace. Numbers keep their spelling. The recursion is bounded: the parser limits the nesting.
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

/// Appends a member to an object whose opening brace has been written.
pub(super) fn member(name: &str, json: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(name, out);
    out.push(':');
    out.push_str(json);
}

/// The parameters of a call that takes only an id, as JSON.
#[must_use]
pub fn id_json(id: &str) -> String {
    Members::with_id(id).finish()
}

/// The parameters of a call, written member by member.
pub(super) struct Members(String);

impl Members {
    pub(super) fn new() -> Self {
        Self("{".into())
    }

    pub(super) fn with_id(id: &str) -> Self {
        let mut members = Self::new();
        members.member("id", &id);
        members
    }

    /// A member that may be absent.
    pub(super) fn member(&mut self, name: &str, value: &impl Write) {
        let mut json = String::new();
        if value.write(&mut json) {
            member(name, &json, &mut self.0);
        }
    }

    /// A member that may be absent, or null to clear the field.
    pub(super) fn nullable<T: Write>(&mut self, name: &str, value: &Option<Option<T>>) {
        match value {
            None => {}
            Some(None) => member(name, "null", &mut self.0),
            Some(value) => self.member(name, value),
        }
    }

    /// A member whose value is already JSON.
    pub(super) fn json(&mut self, name: &str, value: &Option<&str>) {
        if let Some(json) = value {
            member(name, json, &mut self.0);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// The value of a parameter.
pub(super) trait Write {
    /// Writes it as JSON. Returns whether it is present.
    fn write(&self, out: &mut String) -> bool;
}

impl Write for &str {
    fn write(&self, out: &mut String) -> bool {
        string(self, out);
        true
    }
}

impl Write for &[&str] {
    fn write(&self, out: &mut String) -> bool {
        out.push('[');
        for (index, text) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            string(text, out);
        }
        out.push(']');
        true
    }
}

impl Write for &[(&str, &str)] {
    fn write(&self, out: &mut String) -> bool {
        out.push('{');
        for (name, text) in *self {
            let mut json = String::new();
            string(text, &mut json);
            member(name, &json, out);
        }
        out.push('}');
        true
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) -> bool {
        out.push_str(if *self { "true" } else { "false" });
        true
    }
}

impl Write for u32 {
    fn write(&self, out: &mut String) -> bool {
        out.push_str(&self.to_string());
        true
    }
}

impl Write for u64 {
    fn write(&self, out: &mut String) -> bool {
        out.push_str(&self.to_string());
        true
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut String) -> bool {
        self.as_ref().is_some_and(|value| value.write(out))
    }
}
