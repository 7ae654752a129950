//! The ground: how a call of Python ends, and what its C API gives.
#![allow(unsafe_code)]

use std::any::Any;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use payvost_webhooks::Error;
use payvost_webhooks::host::HostError;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::types::string::PyStringData;
use pyo3::{IntoPyObjectExt, ffi};

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
    let guarded = || {
        body().map_err(|failure| {
            let error = failure.into_exception(py);
            // PyO3 would make the exception itself later, where a panic ends the process.
            error.value(py);
            error
        })
    };
    catch_unwind(AssertUnwindSafe(guarded)).unwrap_or_else(|panic| Err(after_panic(&*panic)))
}

/// As [`guarded`], and also guards the making of the object that Python gets.
#[inline]
pub(crate) fn guarded_object<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    body: impl FnOnce() -> Result<T, Failure>,
) -> PyResult<Bound<'py, PyAny>> {
    guarded(py, || Ok(body()?.into_bound_py_any(py)?))
}

#[cold]
fn after_panic(panic: &(dyn Any + Send)) -> PyErr {
    /// What `PyO3` panics with when Python could not make an object, for which memory is the only reason.
    const NO_OBJECT: &str = "PyObject pointer is null";
    if panic.downcast_ref::<&str>() == Some(&NO_OBJECT) { PyMemoryError::new_err(()) } else { internal_error() }
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

/// How many characters a text has.
#[inline]
pub(crate) fn characters(text: &Bound<'_, PyString>) -> usize {
    // SAFETY: attached, as the reference proves, and it is a `str`.
    let length = unsafe { ffi::PyUnicode_GetLength(text.as_ptr()) };
    usize::try_from(length).unwrap_or(0)
}

/// Whether UTF-8 has no form for a text. Encoding it would tell as well, and takes up to three times its size.
#[cold]
pub(crate) fn has_surrogate(text: &Bound<'_, PyString>) -> PyResult<bool> {
    // SAFETY: the reference keeps the text, which never changes.
    Ok(match unsafe { text.data() }? {
        PyStringData::Ucs1(_) => false,
        PyStringData::Ucs2(units) => units.iter().any(|unit| (0xd800..0xe000).contains(unit)),
        PyStringData::Ucs4(units) => units.iter().any(|unit| (0xd800..0xe000).contains(unit)),
    })
}

/// A length as the C API has it. No length of a payload comes near its limit.
#[inline]
pub(crate) fn py_length(length: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX)
}
