//! The log records of a receiver.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::claims::Fault;
use crate::error::{Error, ErrorClass};

/// One record for each delivery: a level, a constant text, and fields for programs.
///
/// It has no body, secret, signature or driver's message. The event's id and type are shortened to 255 bytes, and characters that
/// could break or reorder a line of a log are replaced with `?`.
///
/// As text it is one line: the constant text, then the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The level.
    pub level: Level,
    /// A constant sentence, by which records can be grouped.
    pub text: &'static str,
    /// Names and values, in a fixed order. `code` is always the first.
    pub fields: Vec<(&'static str, Field)>,
    /// Whether the host adds the exception that the handler raised, with its traceback.
    pub with_exception: bool,
}

/// The level of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Normal operation.
    Info,
    /// Check it if it repeats.
    Warning,
    /// Needs action.
    Error,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Text.
    Text(Cow<'static, str>),
    /// A whole number.
    Number(u64),
}

impl Level {
    /// `info`, `warning`, `error`
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Record {
    pub(crate) fn new(level: Level, text: &'static str, code: &'static str) -> Self {
        Self { level, text, fields: Vec::from([("code", Field::from(code))]), with_exception: false }
    }

    pub(crate) fn field(&mut self, name: &'static str, value: impl Into<Field>) {
        self.fields.push((name, value.into()));
    }

    /// The value of a field that is text.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == name).and_then(|(_, field)| match field {
            Field::Text(text) => Some(&**text),
            Field::Number(_) => None,
        })
    }

    pub(crate) fn refusal(&mut self, error: &Error) {
        self.field("message", format!("{error}"));
        if let Some(offset) = error.offset() {
            self.field("offset", u64::try_from(offset).unwrap_or(u64::MAX));
        }
        if let Some(pointer) = error.pointer() {
            self.field("pointer", pointer);
        }
        self.field("hint", error.hint());
    }

    /// `class_field` is `error_class`, unless the handler uses that name.
    pub(crate) fn fault(&mut self, place: &'static str, class_field: &'static str, fault: &Fault) {
        self.field("place", place);
        if !fault.class().is_empty() {
            self.field(class_field, fault.class().to_owned());
        }
        self.field("error_code", fault.code().to_owned());
    }
}

/// `text: type id (name value, …)`; for a refusal `text: code: message (name value). hint`.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)?;
        if let (Some(code), Some(message)) = (self.text_of("code"), self.text_of("message")) {
            write!(f, ": {code}: {message}")?;
        }
        if let (Some(event_type), Some(id)) = (self.text_of("event_type"), self.text_of("event_id")) {
            write!(f, ": {event_type} {id}")?;
        }
        let mut before = " (";
        for (name, field) in self.fields.iter().filter(|(name, _)| !IN_WORDS.contains(name)) {
            write!(f, "{before}{name} {field}")?;
            before = ", ";
        }
        if before == ", " {
            f.write_str(")")?;
        }
        match self.text_of("hint") {
            Some(hint) => write!(f, ". {hint}"),
            None => Ok(()),
        }
    }
}

const IN_WORDS: [&str; 5] = ["code", "message", "event_type", "event_id", "hint"];

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if text.is_empty() => f.write_str("\"\""),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

pub(crate) fn level_of(error: &Error) -> Level {
    if error.class() == ErrorClass::Configuration { Level::Error } else { Level::Warning }
}

impl From<&'static str> for Field {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u64> for Field {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}
