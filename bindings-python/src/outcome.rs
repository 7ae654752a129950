//! The outcome of a delivery: the parts of its response, and its log record.

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Delivery, Field, Level};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

/// Status, headers and body of the response.
pub(crate) type Parts<'py> = (u16, Bound<'py, PyDict>, Bound<'py, PyBytes>);

pub(crate) fn parts<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Parts<'py>> {
    let (headers, body) = (PyDict::new(py), outcome.body());
    for (name, value) in outcome.headers() {
        headers.set_item(PyString::intern(py, &in_title_case(name)), &*value)?;
    }
    headers.set_item(PyString::intern(py, "Content-Length"), body.len().to_string())?;
    Ok((outcome.status(), headers, PyBytes::new(py, body.as_bytes())))
}

/// Writes the log record of a delivery, with the exception of the handler if the record calls for it.
pub(crate) fn log(delivery: &Delivery, logger: &Bound<'_, PyAny>, cause: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let (py, level) = (logger.py(), level(delivery.level()));
    if !logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()? {
        return Ok(());
    }
    let (record, fields, options) = (delivery.record(), PyDict::new(py), PyDict::new(py));
    for (name, field) in &record.fields {
        // `logging` reserves the name `message`.
        let name = if *name == "message" { "error_message" } else { *name };
        match field {
            Field::Text(text) => fields.set_item(name, &**text)?,
            Field::Number(number) => fields.set_item(name, *number)?,
        }
    }
    options.set_item(intern!(py, "extra"), fields)?;
    options.set_item(intern!(py, "exc_info"), cause.filter(|_| record.with_exception))?;
    // The template is the constant text, by which tools group records.
    let (line, template) = (record.to_string(), format!("{}%s", record.text));
    let rest = line.strip_prefix(record.text).unwrap_or_default();
    logger.call_method(intern!(py, "log"), (level, template, rest), Some(&options)).map(drop)
}

/// The level as a number of Python's `logging`.
fn level(level: Level) -> u8 {
    match level {
        Level::Info => 20,
        Level::Warning => 30,
        Level::Error => 40,
    }
}

/// Converts `content-type` to `Content-Type`, the usual spelling in Python.
fn in_title_case(name: &str) -> String {
    let mut begins = true;
    let letters = name.chars().map(|letter| {
        let letter = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = letter == '-';
        letter
    });
    letters.collect()
}
