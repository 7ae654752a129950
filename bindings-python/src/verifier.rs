//! The class `WebhookVerifier`.

use std::time::{Duration, SystemTime};

use payvost_webhooks::host::{HostError, verify_and_build};
use payvost_webhooks::{DEFAULT_MAX_PAYLOAD_BYTES, Error, Event, Timestamp, Value, WebhookVerifierBuilder};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::arguments::{ExpectLiveMode, MaxPayloadBytes, Tolerance, payload_bytes, secret_bytes, signature_bytes};
use crate::boundary::{Failure, guarded, guarded_object};
use crate::errors::invalid_option;
use crate::values;

/// Verifies webhooks with secrets and options that are checked once.
///
/// Create one at startup and share it between threads: it is immutable.
#[pyclass(frozen, module = "payvost_webhooks")]
pub(crate) struct WebhookVerifier {
    core: payvost_webhooks::WebhookVerifier,
    secrets: usize,
    tolerance: Option<Duration>,
    expect_live_mode: Option<bool>,
    max_payload_bytes: usize,
}

#[pymethods]
impl WebhookVerifier {
    #[new]
    #[pyo3(
        signature = (
            secret,
            *,
            tolerance = Tolerance::NONE,
            expect_live_mode = ExpectLiveMode::NONE,
            max_payload_bytes = MaxPayloadBytes::DEFAULT,
            clock = None,
        ),
        text_signature = "(secret, *, tolerance=None, expect_live_mode=None, max_payload_bytes=1048576, clock=None)"
    )]
    fn __new__(
        secret: &Bound<'_, PyAny>,
        tolerance: Tolerance,
        expect_live_mode: ExpectLiveMode,
        max_payload_bytes: MaxPayloadBytes,
        clock: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        guarded(secret.py(), || Self::new(secret, tolerance, expect_live_mode, max_payload_bytes, clock))
    }

    /// Verify the signature over the raw payload, and return the event as ``json.loads`` would.
    fn verify<'py>(&self, payload: &Bound<'py, PyAny>, signature: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guarded(payload.py(), || self.verified(payload, signature))
    }

    /// Verify only the signature, without parsing the payload.
    fn verify_signature(&self, payload: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(payload.py(), || {
            let payload_bytes = payload_bytes(payload, |length| self.core.check_payload_length(length))?;
            Ok(self.core.verify_signature(&payload_bytes, signature_bytes(signature)?)?)
        })
    }

    /// The position of the secret that produced the signature.
    fn matching_secret(&self, payload: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<usize> {
        guarded(payload.py(), || {
            let payload_bytes = payload_bytes(payload, |length| self.core.check_payload_length(length))?;
            Ok(self.core.matching_secret(&payload_bytes, signature_bytes(signature)?)?)
        })
    }

    /// The maximum length of a payload, in bytes.
    #[getter]
    fn max_payload_bytes(&self) -> usize {
        self.max_payload_bytes
    }

    fn __repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(self.shown()))
    }

    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __deepcopy__(this: Py<Self>, memo: &Bound<'_, PyAny>) -> Py<Self> {
        let _ = memo;
        this
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a WebhookVerifier holds secrets and cannot be pickled: make one in each process"))
    }
}

impl WebhookVerifier {
    /// Shows the options, but not the secrets.
    fn shown(&self) -> String {
        let secrets = if self.secrets == 1 { "1 secret".to_owned() } else { format!("{} secrets", self.secrets) };
        let tolerance = self.tolerance.map_or_else(|| "None".to_owned(), |tolerance| tolerance.as_secs_f64().to_string());
        let expect_live_mode = match self.expect_live_mode {
            None => "None",
            Some(true) => "True",
            Some(false) => "False",
        };
        let max_payload_bytes = self.max_payload_bytes;
        format!(
            "WebhookVerifier(<{secrets}>, tolerance={tolerance}, expect_live_mode={expect_live_mode}, \
             max_payload_bytes={max_payload_bytes})"
        )
    }

    pub(crate) const fn max_bytes(&self) -> usize {
        self.max_payload_bytes
    }

    pub(crate) fn with_default_options(secret: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        Self::new(secret, Tolerance::NONE, ExpectLiveMode::NONE, MaxPayloadBytes::DEFAULT, None)
    }

    /// The body of [`verify`](Self::verify).
    #[inline]
    pub(crate) fn verified<'py>(
        &self,
        payload: &Bound<'py, PyAny>,
        signature: &Bound<'py, PyAny>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let payload_bytes = payload_bytes(payload, |length| self.core.check_payload_length(length))?;
        let build = |value: Value<'_>| values::build(payload.py(), value);
        let (object, _) = verify_and_build(&self.core, &payload_bytes, signature_bytes(signature)?, false, build)?;
        Ok(object?)
    }

    /// Verifies, and passes on the event and its object, or the error. A stored delivery can be of any age.
    pub(crate) fn verify_with<'py, T>(
        &self,
        payload: &Bound<'py, PyAny>,
        signature: &Bound<'py, PyAny>,
        kept: bool,
        then: impl FnOnce(Result<(Bound<'py, PyAny>, Event<'_>), Error>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let payload_bytes = match payload_bytes(payload, |length| self.core.check_payload_length(length)) {
            Err(Failure::Refused(error)) => return then(Err(error)),
            bytes => bytes?,
        };
        let build = |value: Value<'_>| values::build(payload.py(), value);
        match verify_and_build(&self.core, &payload_bytes, signature_bytes(signature)?, kept, build) {
            Ok((object, event)) => then(Ok((object?, event))),
            Err(HostError::Refused(error)) => then(Err(error)),
            Err(fault) => Err(fault.into()),
        }
    }

    fn new(
        secret: &Bound<'_, PyAny>,
        Tolerance(tolerance): Tolerance,
        ExpectLiveMode(expect_live_mode): ExpectLiveMode,
        MaxPayloadBytes(max_payload_bytes): MaxPayloadBytes,
        clock: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self, Failure> {
        let clock = clock.map(checked_clock).transpose()?;
        let (mut builder, secrets) = with_secrets(payvost_webhooks::WebhookVerifier::builder(), secret)?;
        builder = match tolerance {
            Ok(None) => builder,
            Ok(Some(tolerance)) => builder.tolerance(tolerance, move || clock.as_ref().map_or_else(now, now_by)),
            Err(mistake) => builder.mistake(mistake),
        };
        builder = match expect_live_mode {
            Ok(None) => builder,
            Ok(Some(live_mode)) => builder.expect_live_mode(live_mode),
            Err(mistake) => builder.mistake(mistake),
        };
        builder = match max_payload_bytes {
            Ok(bytes) => builder.max_payload_bytes(u64::try_from(bytes).unwrap_or(u64::MAX)),
            Err(mistake) => builder.mistake(mistake),
        };
        Ok(Self {
            core: builder.build()?,
            secrets,
            tolerance: tolerance.ok().flatten(),
            expect_live_mode: expect_live_mode.ok().flatten(),
            max_payload_bytes: max_payload_bytes.unwrap_or(DEFAULT_MAX_PAYLOAD_BYTES),
        })
    }
}

/// Adds one secret, or all secrets in a list or tuple, and returns their number.
fn with_secrets(
    builder: WebhookVerifierBuilder,
    secret: &Bound<'_, PyAny>,
) -> Result<(WebhookVerifierBuilder, usize), Failure> {
    if let Ok(secrets) = secret.cast::<PyList>() {
        return Ok((secrets.iter().try_fold(builder, with_secret)?, secrets.len()));
    }
    if let Ok(secrets) = secret.cast::<PyTuple>() {
        return Ok((secrets.iter().try_fold(builder, with_secret)?, secrets.len()));
    }
    Ok((with_secret(builder, secret.clone())?, 1))
}

fn with_secret(builder: WebhookVerifierBuilder, secret: Bound<'_, PyAny>) -> Result<WebhookVerifierBuilder, Failure> {
    match secret_bytes(&secret) {
        Ok(bytes) => Ok(builder.secret(bytes)),
        Err(Failure::Refused(mistake)) => Ok(builder.mistake(mistake)),
        Err(failure) => Err(failure),
    }
}

/// A clock that tests can set.
fn checked_clock(clock: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    if clock.is_callable() {
        return Ok(clock.clone().unbind());
    }
    let message = "clock must be a function that returns the seconds since 1970".to_owned();
    Err(invalid_option(clock.py(), message, "Pass a function such as time.time, or omit it to use the system's time.")?)
}

/// The time by a clock of the caller. One that fails is reported, and gives a time by which every event is too old.
fn now_by(clock: &Py<PyAny>) -> Timestamp {
    Python::attach(|py| {
        let told = clock.bind(py).call0();
        let seconds = told.and_then(|told| told.extract::<f64>());
        let time = seconds.and_then(|seconds| {
            let since = Duration::try_from_secs_f64(seconds).ok().and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
            since.map_or_else(|| Err(PyValueError::new_err("clock must return the seconds since 1970")), Ok)
        });
        match time {
            Ok(time) => Timestamp::from(time),
            Err(error) => {
                error.write_unraisable(py, Some(clock.bind(py)));
                Timestamp::from_unix(i64::MAX, 0)
            }
        }
    })
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}
