//! The one place where the core's errors become Python's exceptions.

use payvost_webhooks::{Error, ErrorClass, ErrorCode};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyResult<PyErr> {
    let class = class(py, error.class())?;
    let code = PyString::intern(py, error.code().as_str());
    let hint = PyString::intern(py, error.hint());
    let exception = class.call1((error.to_string(), code, hint, error.offset(), error.pointer()))?;
    Ok(PyErr::from_value(exception))
}

/// An option that only this binding has, or whose type only a host language can check.
pub(crate) fn invalid_option(py: Python<'_>, message: String, hint: &str) -> PyResult<PyErr> {
    let exception = class(py, ErrorClass::Configuration)?.call1((message, ErrorCode::InvalidOption.as_str(), hint))?;
    Ok(PyErr::from_value(exception))
}

/// Looks the classes up when the package is loaded, so that one that is not whole fails then.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    class(py, ErrorClass::Configuration).map(drop)
}

/// A class of `payvost_webhooks.errors`. They are written in Python, so that they can be subclassed, pickled and copied like any other
/// exception.
///
/// It is looked up each time: the caller's interpreter has its own, and one whose package was loaded anew has others than before.
fn class(py: Python<'_>, class: ErrorClass) -> PyResult<Bound<'_, PyType>> {
    let name = match class {
        ErrorClass::SignatureVerification => intern!(py, "SignatureVerificationError"),
        ErrorClass::InvalidPayload => intern!(py, "InvalidPayloadError"),
        ErrorClass::EventRejected => intern!(py, "EventRejectedError"),
        // The enum may grow; what this package does not know is the receiver's to look into.
        _ => intern!(py, "ConfigurationError"),
    };
    let module = py.import(intern!(py, "payvost_webhooks.errors"))?;
    Ok(module.getattr(name)?.cast_into::<PyType>()?)
}
