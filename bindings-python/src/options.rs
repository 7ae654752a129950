//! The options of the verifier: from Python's objects to the core's values.
//!
//! `bool` is a subclass of `int` in Python; here it is none. A value of a wrong type is kept as the mistake that it is, so that the
//! core reports it in its turn.

use std::convert::Infallible;
use std::time::Duration;

use payvost_webhooks::{DEFAULT_MAX_PAYLOAD_BYTES, Error, OptionName};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDelta, PyDeltaAccess, PyFloat, PyInt};

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

pub(crate) fn integer<'a, T: FromPyObject<'a, 'a>>(object: &'a Bound<'a, PyAny>) -> Option<T> {
    if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() { object.extract().ok() } else { None }
}
