//! Arguments: converts Python objects to values of the core.
//!
//! `bool` is a subclass of `int` in Python, but is not accepted as an integer here. An option of the wrong type is passed on as an error,
//! which the core reports in the order of its checks.

use std::borrow::Cow;
use std::convert::Infallible;
use std::time::Duration;

use payvost_webhooks::{DEFAULT_MAX_PAYLOAD_BYTES, Error, OptionName, SecretProblem};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDelta, PyDeltaAccess, PyFloat, PyInt, PyMemoryView, PyString};
use zeroize::Zeroizing;

use crate::boundary::{Failure, characters, has_surrogate, unless_out_of_memory};
use crate::errors::invalid_option;

/// The bytes of `bytes`, `str`, `bytearray` or `memoryview`.
pub(crate) enum RawBytes<'a> {
    /// Bytes of an immutable object.
    Borrowed(&'a [u8]),
    /// Bytes of a mutable object, which are copied before they are read.
    Shared(PyBuffer<u8>),
}

/// Bytes that cannot change. A copy is wiped when it is dropped, because it may be a secret.
pub(crate) enum StableBytes<'a> {
    Borrowed(&'a [u8]),
    Copied(Zeroizing<Vec<u8>>),
}

impl<'a> RawBytes<'a> {
    /// The bytes of an object. `None` if the type is unsupported, the text cannot be encoded as UTF-8, or the buffer is not contiguous.
    #[inline]
    pub(crate) fn extract(object: &'a Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Some(Self::Borrowed(bytes.as_bytes())));
        }
        Self::extract_other(object)
    }

    fn extract_other(object: &'a Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let bytes = if let Ok(text) = object.cast::<PyString>() {
            text.to_str().map(|text| Some(Self::Borrowed(text.as_bytes())))
        } else if object.is_instance_of::<PyByteArray>() || object.is_instance_of::<PyMemoryView>() {
            PyBuffer::get(object).map(|buffer| buffer.is_c_contiguous().then_some(Self::Shared(buffer)))
        } else {
            Ok(None)
        };
        bytes.or_else(|error| unless_out_of_memory(object.py(), error).map(|()| None))
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(bytes) => bytes.len(),
            Self::Shared(buffer) => buffer.len_bytes(),
        }
    }

    #[inline]
    pub(crate) fn stable(self, py: Python<'_>) -> PyResult<StableBytes<'a>> {
        match self {
            Self::Borrowed(bytes) => Ok(StableBytes::Borrowed(bytes)),
            Self::Shared(buffer) => copy(py, &buffer).map(StableBytes::Copied),
        }
    }
}

/// The bytes of a payload. A payload whose length is rejected is neither copied nor encoded.
#[inline]
pub(crate) fn payload_bytes<'a>(
    payload: &'a Bound<'_, PyAny>,
    check_length: impl Fn(usize) -> Result<(), Error>,
) -> Result<StableBytes<'a>, Failure> {
    if let Ok(text) = payload.cast::<PyString>() {
        // UTF-8 has at least one byte per character.
        if let Err(too_large) = check_length(characters(text)) {
            return Err(Failure::Refused(if has_surrogate(text)? { Error::PayloadNotRaw } else { too_large }));
        }
    }
    let bytes = RawBytes::extract(payload)?.ok_or(Error::PayloadNotRaw)?;
    check_length(bytes.len())?;
    Ok(bytes.stable(payload.py())?)
}

/// The length of a payload in bytes. A text with more than `max` characters is not encoded to count them.
pub(crate) fn payload_length(payload: &Bound<'_, PyAny>, max: usize) -> PyResult<Option<usize>> {
    if let Ok(text) = payload.cast::<PyString>() {
        let characters = characters(text);
        if characters > max {
            return Ok((!has_surrogate(text)?).then_some(characters));
        }
    }
    Ok(RawBytes::extract(payload)?.map(|bytes| bytes.len()))
}

/// The bytes of one secret.
pub(crate) fn secret_bytes<'a>(secret: &'a Bound<'_, PyAny>) -> Result<StableBytes<'a>, Failure> {
    let bytes = RawBytes::extract(secret)?.ok_or(Error::InvalidSecret(SecretProblem::Missing))?;
    Ok(bytes.stable(secret.py())?)
}

/// The value of the signature header, or `None` if it is missing.
#[inline]
pub(crate) fn signature_bytes<'a>(signature: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a [u8]>> {
    /// Stands for values that cannot occur in a header. It is reported as malformed.
    const NOT_A_HEADER: &[u8] = b"?";
    if let Ok(text) = signature.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Ok(Some(text.as_bytes())),
            Err(error) => unless_out_of_memory(signature.py(), error).map(|()| Some(NOT_A_HEADER)),
        };
    }
    if let Ok(bytes) = signature.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes()));
    }
    Ok(if signature.is_none() { None } else { Some(NOT_A_HEADER) })
}

/// The value of another header, which may also be a number. `None` if it is missing.
#[inline]
pub(crate) fn header_bytes<'a>(header: Option<&'a Bound<'_, PyAny>>) -> PyResult<Option<Cow<'a, [u8]>>> {
    let Some(header) = header else { return Ok(None) };
    if header.is_instance_of::<PyInt>() {
        return Ok(Some(Cow::Owned(header.str()?.to_string_lossy().into_owned().into_bytes())));
    }
    Ok(signature_bytes(header)?.map(Cow::Borrowed))
}

fn copy(py: Python<'_>, buffer: &PyBuffer<u8>) -> PyResult<Zeroizing<Vec<u8>>> {
    let mut copy = Zeroizing::new(Vec::new());
    copy.try_reserve_exact(buffer.len_bytes()).map_err(|_| PyMemoryError::new_err(()))?;
    copy.resize(buffer.len_bytes(), 0);
    buffer.copy_to_slice(py, &mut copy)?;
    Ok(copy)
}

impl AsRef<[u8]> for StableBytes<'_> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Copied(bytes) => bytes,
        }
    }
}

/// `int` or `float` seconds, a `timedelta`, or `None`.
pub(crate) struct Tolerance(pub(crate) Result<Option<Duration>, Error>);

/// `bool` or `None`.
pub(crate) struct ExpectLiveMode(pub(crate) Result<Option<bool>, Error>);

/// `int`.
pub(crate) struct MaxPayloadBytes(pub(crate) Result<usize, Error>);

impl Tolerance {
    pub(crate) const NONE: Self = Self(Ok(None));
}

impl ExpectLiveMode {
    pub(crate) const NONE: Self = Self(Ok(None));
}

impl MaxPayloadBytes {
    pub(crate) const DEFAULT: Self = Self(Ok(DEFAULT_MAX_PAYLOAD_BYTES));
}

impl FromPyObject<'_, '_> for Tolerance {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> Result<Self, Infallible> {
        if object.is_none() {
            return Ok(Self::NONE);
        }
        Ok(Self(duration(&object).map(Some).ok_or(Error::InvalidOption(OptionName::Tolerance))))
    }
}

impl FromPyObject<'_, '_> for ExpectLiveMode {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> Result<Self, Infallible> {
        if object.is_none() {
            return Ok(Self::NONE);
        }
        let live_mode = object.cast::<PyBool>().map(|live_mode| Some(live_mode.is_true()));
        Ok(Self(live_mode.map_err(|_| Error::InvalidOption(OptionName::ExpectLiveMode))))
    }
}

impl FromPyObject<'_, '_> for MaxPayloadBytes {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> Result<Self, Infallible> {
        Ok(Self(integer(&object).ok_or(Error::InvalidOption(OptionName::MaxPayloadBytes))))
    }
}

/// `int` or `float` seconds, or a `timedelta`.
pub(crate) fn duration(object: &Bound<'_, PyAny>) -> Option<Duration> {
    if let Ok(delta) = object.cast::<PyDelta>() {
        let seconds = i64::from(delta.get_days()) * 86_400 + i64::from(delta.get_seconds());
        let nanoseconds = delta.get_microseconds() * 1000;
        return Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?));
    }
    if let Ok(seconds) = object.cast::<PyFloat>() {
        return Duration::try_from_secs_f64(seconds.value()).ok();
    }
    integer(object).map(Duration::from_secs)
}

/// Reject an option that is not a positive number of seconds.
#[pyfunction]
pub(crate) fn require_seconds(name: &str, value: &Bound<'_, PyAny>, hint: &str) -> PyResult<()> {
    let is_number = value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    if is_number && duration(value).is_some_and(|duration| !duration.is_zero()) {
        return Ok(());
    }
    Err(invalid_option(value.py(), format!("{name} must be a positive number of seconds"), hint)?)
}

pub(crate) fn integer<'a, T: FromPyObject<'a, 'a>>(object: &'a Bound<'a, PyAny>) -> Option<T> {
    if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() { object.extract().ok() } else { None }
}
