//! The ground: how a call of Python ends, and what its C API gives.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use payvost_webhooks::Error;
use payvost_webhooks::host::HostError;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::errors::exception;

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

/// A mistake in this package, and no verdict about the delivery.
#[cold]
pub(crate) fn internal_error() -> PyErr {
    PyRuntimeError::new_err("internal error in payvost_webhooks")
}

/// Drops an error that only says that an argument has the wrong type. Passes on that memory ran out.
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        HostError::from(error).into()
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Refused(error) => Self::Refused(error),
            HostError::HostFault => Self::Internal,
            HostError::OutOfMemory => Self::Python(PyMemoryError::new_err(())),
        }
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

/// Python has an exception set: it ran out of memory. As small as can be, so that a result is a pointer.
pub(crate) struct Raised;

impl Raised {
    /// Sets the exception anew.
    #[cold]
    pub(crate) fn again(py: Python<'_>, error: PyErr) -> Self {
        error.restore(py);
        Self
    }
}

pub(crate) type Built<'py> = Result<Bound<'py, PyAny>, Raised>;

/// # Safety
///
/// The pointer is a new reference, or null with an exception set.
#[inline]
pub(crate) unsafe fn owned(py: Python<'_>, pointer: *mut ffi::PyObject) -> Built<'_> {
    // SAFETY: what is asked for here is asked of the caller.
    unsafe { Bound::from_owned_ptr_or_opt(py, pointer) }.ok_or(Raised)
}

/// What a function of the C API says that gives 0, or raises.
#[inline]
pub(crate) fn done(result: c_int) -> Result<(), Raised> {
    if result == 0 { Ok(()) } else { Err(Raised) }
}

/// A length as the C API has it. No length of a payload comes near its limit.
#[inline]
pub(crate) fn py_length(length: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX)
}
