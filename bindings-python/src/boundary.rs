//! The base layer: how calls from Python end, and how results of the C API are handled.
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
    /// The core rejected the webhook or an option: an exception of this package.
    Refused(Error),
    /// Python raised an exception: out of memory, or raised by a signal handler.
    Python(PyErr),
    /// A bug in this package, not a verdict on the delivery.
    Internal,
}

/// Runs the body of an exported function. A panic, which can only be a bug in this package, becomes a `RuntimeError`: the `PanicException`
/// of `PyO3` does not derive from `Exception`, and would end a server that catches only those.
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

/// Like [`guarded`], and also guards the conversion of the result to a Python object.
#[inline]
pub(crate) fn guarded_object<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    body: impl FnOnce() -> Result<T, Failure>,
) -> PyResult<Bound<'py, PyAny>> {
    guarded(py, || Ok(body()?.into_bound_py_any(py)?))
}

/// A module of this package. Looks in `sys.modules` first: an import runs `__import__`, which takes as long as the verdict on a delivery.
pub(crate) fn module<'py>(py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: `name` is a `str`. The result is a new reference, or NULL, with or without an exception.
    let loaded = unsafe { Bound::from_owned_ptr_or_opt(py, ffi::PyImport_GetModule(name.as_ptr())) };
    match loaded {
        Some(module) => Ok(module),
        None => {
            drop(PyErr::take(py));
            Ok(py.import(name)?.into_any())
        }
    }
}

#[cold]
fn after_panic(panic: &(dyn Any + Send)) -> PyErr {
    /// The message with which `PyO3` panics if Python cannot create an object, for which running out of memory is the only reason.
    const NO_OBJECT: &str = "PyObject pointer is null";
    if panic.downcast_ref::<&str>() == Some(&NO_OBJECT) { PyMemoryError::new_err(()) } else { internal_error() }
}

/// A bug in this package, not a verdict on the delivery.
#[cold]
pub(crate) fn internal_error() -> PyErr {
    PyRuntimeError::new_err("internal error in payvost_webhooks")
}

/// Drops an error which only says that an argument has the wrong type. Passes on a `MemoryError`.
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

/// Python has set an exception: it ran out of memory. Zero-sized, so that a result is one pointer.
pub(crate) struct Raised;

impl Raised {
    /// Sets the exception again.
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
    // SAFETY: the caller guarantees the same.
    unsafe { Bound::from_owned_ptr_or_opt(py, pointer) }.ok_or(Raised)
}

/// The result of a C API function that returns 0 or sets an exception.
#[inline]
pub(crate) fn done(result: c_int) -> Result<(), Raised> {
    if result == 0 { Ok(()) } else { Err(Raised) }
}

/// The number of characters in a text.
#[inline]
pub(crate) fn characters(text: &Bound<'_, PyString>) -> usize {
    // SAFETY: attached, as the reference proves; the object is a `str`.
    let length = unsafe { ffi::PyUnicode_GetLength(text.as_ptr()) };
    usize::try_from(length).unwrap_or(0)
}

/// Whether a text cannot be encoded as UTF-8. Encoding it would also show this, but takes up to three times its size.
#[cold]
pub(crate) fn has_surrogate(text: &Bound<'_, PyString>) -> PyResult<bool> {
    // SAFETY: the reference keeps the immutable text alive.
    Ok(match unsafe { text.data() }? {
        PyStringData::Ucs1(_) => false,
        PyStringData::Ucs2(units) => units.iter().any(|unit| (0xd800..0xe000).contains(unit)),
        PyStringData::Ucs4(units) => units.iter().any(|unit| (0xd800..0xe000).contains(unit)),
    })
}

/// A length in the type of the C API. Lengths of payloads are far below its limit.
#[inline]
pub(crate) fn py_length(length: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX)
}
