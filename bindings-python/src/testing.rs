//! Helpers for tests: signatures and sample events.

use pyo3::prelude::*;

use crate::arguments::{payload_bytes, secret_bytes};
use crate::boundary::guarded_object;

/// Sign a payload as Payvost does: 64 lowercase hexadecimal digits. For tests and local senders.
#[pyfunction]
pub(crate) fn sign<'py>(payload: &Bound<'py, PyAny>, secret: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(payload.py(), || {
        let secret = secret_bytes(secret)?;
        // The secret is checked before the payload, as in verification.
        payvost_webhooks::WebhookVerifier::new(&secret)?;
        let payload = payload_bytes(payload, |_| Ok(()))?;
        Ok(payvost_webhooks::sign(payload, secret)?)
    })
}

/// A sample event of a documented type as JSON, or `None`.
#[pyfunction]
pub(crate) fn sample_event<'py>(py: Python<'py>, event_type: &str) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(py, || Ok(payvost_webhooks::sample_event(event_type)))
}
