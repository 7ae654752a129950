//! The one place where the core's errors become Python's exceptions.

use payvost_webhooks::{Error, ErrorClass};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyResult<PyErr> {
    let class = Classes::get(py)?.of(error.class()).bind(py);
    let code = PyString::intern(py, error.code().as_str());
    let hint = PyString::intern(py, error.hint());
    let exception = class.call1((error.to_string(), code, hint, error.offset(), error.pointer()))?;
    Ok(PyErr::from_value(exception))
}

/// The classes of `payvost_webhooks.errors`. They are written in Python, so that they can be subclassed, pickled and copied like
/// any other exception.
struct Classes {
    configuration: Py<PyType>,
    signature_verification: Py<PyType>,
    invalid_payload: Py<PyType>,
    event_rejected: Py<PyType>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

/// Looks the classes up once, so that no failure is left for the moment when an error is to be raised.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    Classes::get(py).map(|_| ())
}

impl Classes {
    fn get(py: Python<'_>) -> PyResult<&'static Self> {
        CLASSES.get_or_try_init(py, || {
            let module = py.import(intern!(py, "payvost_webhooks.errors"))?;
            let class = |class: ErrorClass| -> PyResult<Py<PyType>> {
                Ok(module.getattr(class.as_str())?.cast_into::<PyType>()?.unbind())
            };
            Ok(Self {
                configuration: class(ErrorClass::Configuration)?,
                signature_verification: class(ErrorClass::SignatureVerification)?,
                invalid_payload: class(ErrorClass::InvalidPayload)?,
                event_rejected: class(ErrorClass::EventRejected)?,
            })
        })
    }

    fn of(&self, class: ErrorClass) -> &Py<PyType> {
        match class {
            ErrorClass::SignatureVerification => &self.signature_verification,
            ErrorClass::InvalidPayload => &self.invalid_payload,
            ErrorClass::EventRejected => &self.event_rejected,
            // The enum may grow; what this package does not know is the receiver's to look into.
            _ => &self.configuration,
        }
    }
}
