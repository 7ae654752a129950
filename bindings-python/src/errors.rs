//! Converts errors of the core to Python exceptions.

use payvost_webhooks::manage::{ApiError, Refusal};
use payvost_webhooks::{Error, ErrorClass, ErrorCode};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::boundary::module;

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyResult<PyErr> {
    let class = class(py, error.class())?;
    let code = PyString::intern(py, error.code().as_str());
    // Not interned: to find an equal text takes longer than to copy this one.
    let hint = PyString::new(py, error.hint());
    let exception = class.call1((error.to_string(), code, hint, error.offset(), error.pointer()))?;
    Ok(PyErr::from_value(exception))
}

/// The exception for an option that only this binding has.
pub(crate) fn invalid_option(py: Python<'_>, message: String, hint: &str) -> PyResult<PyErr> {
    let exception = class(py, ErrorClass::Configuration)?.call1((message, ErrorCode::InvalidOption.as_str(), hint))?;
    Ok(PyErr::from_value(exception))
}

/// The exception for a parameter or an option of the management API. Nothing was sent.
pub(crate) fn refusal(py: Python<'_>, refusal: &Refusal) -> PyErr {
    invalid_option(py, refusal.to_string(), refusal.hint()).unwrap_or_else(|failure| failure)
}

/// The exception for a call of the management API that failed.
pub(crate) fn api_error(py: Python<'_>, error: &ApiError) -> PyErr {
    let make = || {
        let class = module(py, intern!(py, "payvost_webhooks.errors"))?.getattr(intern!(py, "ApiError"))?;
        class.call1((
            error.message(),
            error.code(),
            error.hint(),
            error.status(),
            error.field(),
            error.request_id(),
            error.retry_after(),
            error.attempts(),
            error.cause(),
        ))
    };
    make().map_or_else(|failure| failure, PyErr::from_value)
}

/// Looks up the classes when the package is loaded, so that an incomplete package fails at import.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    class(py, ErrorClass::Configuration).map(drop)
}

/// A class of `payvost_webhooks.errors`. The classes are written in Python, so that they can be subclassed, pickled and copied like other
/// exceptions.
///
/// It is looked up each time: each interpreter has its own classes, and reloading the package replaces them.
fn class(py: Python<'_>, class: ErrorClass) -> PyResult<Bound<'_, PyType>> {
    let name = match class {
        ErrorClass::SignatureVerification => intern!(py, "SignatureVerificationError"),
        ErrorClass::InvalidPayload => intern!(py, "InvalidPayloadError"),
        ErrorClass::EventRejected => intern!(py, "EventRejectedError"),
        // The enum can grow. Report an unknown class as a configuration error, which the receiver has to look into.
        _ => intern!(py, "ConfigurationError"),
    };
    let module = module(py, intern!(py, "payvost_webhooks.errors"))?;
    Ok(module.getattr(name)?.cast_into::<PyType>()?)
}
