//! The class `WebhookVerifier`.

use std::time::{Duration, SystemTime};

use payvost_webhooks::host::{HostError, verify_and_build};
use payvost_webhooks::{DEFAULT_MAX_PAYLOAD_BYTES, Error, Event, Timestamp, Value, WebhookVerifierBuilder};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::arguments::{ExpectLiveMode, MaxPayloadBytes, Tolerance, payload_bytes, secret_bytes, signature_bytes};
use crate::boundary::{Failure, guarded, guarded_object};
use crate::values;

/// Verifies webhooks with secrets and options that are checked once.
///
/// Make one at start-up and share it between threads: it is immutable.
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
        ),
        text_signature = "(secret, *, tolerance=None, expect_live_mode=None, max_payload_bytes=1048576)"
    )]
    fn __new__(
        secret: &Bound<'_, PyAny>,
        tolerance: Tolerance,
        expect_live_mode: ExpectLiveMode,
        max_payload_bytes: MaxPayloadBytes,
    ) -> PyResult<Self> {
        guarded(secret.py(), || Self::new(secret, tolerance, expect_live_mode, max_payload_bytes))
    }

    /// Verify the signature over the raw payload, and return the event as ``json.loads`` would.
    fn verify<'py>(&self, payload: &Bound<'py, PyAny>, signature: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guarded(payload.py(), || self.verified(payload, signature))
    }

    /// Verify the signature alone, without looking into the payload.
    fn verify_signature(&self, payload: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(payload.py(), || {
            let payload_bytes = payload_bytes(payload, |length| self.core.check_payload_length(length))?;
            Ok(self.core.verify_signature(&payload_bytes, signature_bytes(signature)?)?)
        })
    }

    /// Tell which secret made the signature: its position in the list.
    fn matching_secret(&self, payload: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<usize> {
        guarded(payload.py(), || {
            let payload_bytes = payload_bytes(payload, |length| self.core.check_payload_length(length))?;
            Ok(self.core.matching_secret(&payload_bytes, signature_bytes(signature)?)?)
        })
    }

    /// How long a payload may be, in bytes.
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
    /// The options, and no secret.
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
        Self::new(secret, Tolerance::NONE, ExpectLiveMode::NONE, MaxPayloadBytes::DEFAULT)
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

    /// Verifies, and hands on the event and its object, or why there is none. A delivery that was kept may be as old as it likes.
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
    ) -> Result<Self, Failure> {
        let (mut builder, secrets) = with_secrets(payvost_webhooks::WebhookVerifier::builder(), secret)?;
        builder = match tolerance {
            Ok(None) => builder,
            Ok(Some(tolerance)) => builder.tolerance(tolerance, now),
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

/// Adds one secret, or each of a list or tuple, and tells how many those are.
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

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}
