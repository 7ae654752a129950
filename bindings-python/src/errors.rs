//! The one place where the core's errors become Python's exceptions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use payvost_webhooks::host::HostError;
use payvost_webhooks::{Error, ErrorClass};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

/// Why a call fails.
pub(crate) enum Failure {
    /// The core refuses: an exception of the package.
    Refused(Error),
    /// Python itself has failed: no memory, or an exception that a signal handler raised.
    Python(PyErr),
    /// A mistake in this package, and no verdict about the delivery.
    Internal,
}

/// Runs the body of an exported function. A panic, which can only be a mistake in this package, becomes a `RuntimeError`:
/// `PyO3`'s own `PanicException` is no `Exception`, and would end a server that catches those.
#[inline]
pub(crate) fn guarded<T>(py: Python<'_>, body: impl FnOnce() -> Result<T, Failure>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(|| body().map_err(|failure| failure.into_exception(py))))
        .unwrap_or_else(|_| Err(internal_error()))
}

/// An error that only says that an argument is not of the right kind is dropped; that memory ran out is passed on.
pub(crate) fn unless_out_of_memory(py: Python<'_>, error: PyErr) -> PyResult<()> {
    if error.is_instance_of::<PyMemoryError>(py) { Err(error) } else { Ok(()) }
}

impl Failure {
    #[cold]
    fn into_exception(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Refused(error) => exception(py, error).unwrap_or_else(|failure| failure),
            Self::Python(error) => error,
            Self::Internal => internal_error(),
        }
    }
}

fn internal_error() -> PyErr {
    PyRuntimeError::new_err("internal error in payvost_webhooks")
}

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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Refused(error) => Self::Refused(error),
            HostError::HostFault => Self::Internal,
        }
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}
