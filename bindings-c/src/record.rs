//! The log record and the response in C's form; `payvost_field` is a name and a value for programs.

use core::ffi::{CStr, c_char};
use std::ffi::CString;

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Field, Level, Record};

use crate::text::{c_string, c_text, payvost_str};

/// The level of a log record.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_level {
    /// Normal operation.
    PAYVOST_LEVEL_INFO = 0,
    /// Check it if it repeats.
    PAYVOST_LEVEL_WARNING = 1,
    /// Needs action.
    PAYVOST_LEVEL_ERROR = 2,
}

/// A field of a record. It belongs to its delivery.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_field {
    /// Its name, such as `event_id`. Ends in NUL.
    pub name: *const c_char,
    /// Its value; for a number, its digits.
    pub text: payvost_str,
    /// The number, if the value is one.
    pub number: u64,
    /// Whether the value is a number.
    pub is_number: bool,
}

/// The log record and the response.
pub(crate) struct Ended {
    pub(crate) logged: Logged,
    pub(crate) headers: Vec<(&'static CStr, CString)>,
    pub(crate) body: &'static CStr,
}

/// A record.
pub(crate) struct Logged {
    pub(crate) level: payvost_level,
    pub(crate) line: CString,
    pub(crate) with_exception: bool,
    fields: Vec<(&'static CStr, String, Option<u64>)>,
}

impl Ended {
    pub(crate) fn new(outcome: Outcome, record: &Record) -> Self {
        let headers = outcome.headers().into_iter().map(|(name, value)| (c_string(name), c_text(&value)));
        Self { logged: Logged::new(record), headers: headers.collect(), body: c_string(outcome.body()) }
    }
}

impl Logged {
    fn new(record: &Record) -> Self {
        let field = |(name, field): &(&'static str, Field)| match field {
            Field::Text(text) => (c_string(*name), text.clone().into_owned(), None),
            Field::Number(number) => (c_string(*name), number.to_string(), Some(*number)),
        };
        Self {
            level: match record.level {
                Level::Info => payvost_level::PAYVOST_LEVEL_INFO,
                Level::Warning => payvost_level::PAYVOST_LEVEL_WARNING,
                Level::Error => payvost_level::PAYVOST_LEVEL_ERROR,
            },
            line: c_text(&record.to_string()),
            with_exception: record.with_exception,
            fields: record.fields.iter().map(field).collect(),
        }
    }

    pub(crate) fn field(&self, index: usize) -> Option<payvost_field> {
        let (name, text, number) = self.fields.get(index)?;
        Some(payvost_field {
            name: name.as_ptr(),
            text: payvost_str::new(text),
            number: number.unwrap_or(0),
            is_number: number.is_some(),
        })
    }
}
