//! How a delivery ended: the parts of its answer, and its record in the log.

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Field, Level, Record};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

/// The code of the outcome; status, headers and body of the answer.
pub(crate) type Parts<'py> = (Bound<'py, PyString>, u16, Bound<'py, PyDict>, Bound<'py, PyBytes>);

pub(crate) fn parts<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Parts<'py>> {
    let (headers, body) = (PyDict::new(py), outcome.body());
    for (name, value) in outcome.headers() {
        headers.set_item(PyString::intern(py, &in_title_case(name)), &*value)?;
    }
    headers.set_item(PyString::intern(py, "Content-Length"), body.len().to_string())?;
    Ok((PyString::intern(py, outcome.code()), outcome.status(), headers, PyBytes::new(py, body.as_bytes())))
}

/// The constant text, what follows it in the line, the fields, and whether the handler's exception goes with it.
pub(crate) fn record<'py>(py: Python<'py>, record: &Record) -> PyResult<(&'static str, String, Bound<'py, PyDict>, bool)> {
    let fields = PyDict::new(py);
    for (name, field) in &record.fields {
        match field {
            Field::Text(text) => fields.set_item(*name, &**text)?,
            Field::Number(number) => fields.set_item(*name, *number)?,
        }
    }
    let line = record.to_string();
    let rest = line.strip_prefix(record.text).unwrap_or_default().to_owned();
    Ok((record.text, rest, fields, record.with_exception))
}

/// As Python's `logging` counts.
pub(crate) fn level(level: Level) -> u8 {
    match level {
        Level::Info => 20,
        Level::Warning => 30,
        Level::Error => 40,
    }
}

/// `content-type` as `Content-Type`, which is how headers are written in Python.
fn in_title_case(name: &str) -> String {
    let mut begins = true;
    let letters = name.chars().map(|letter| {
        let letter = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = letter == '-';
        letter
    });
    letters.collect()
}
