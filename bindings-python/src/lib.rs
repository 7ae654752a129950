//! The Python package `payvost_webhooks`, over the core.
//!
//! No rule about webhooks is decided here: this crate converts arguments ([`arguments`], [`options`]), maps errors
//! ([`errors`]) and builds objects ([`objects`]). What users import, and its types, is in `python/payvost_webhooks/`.

mod arguments;
mod errors;
mod keys;
mod objects;
mod options;
mod outcome;
mod router;
mod verifier;

/// The extension module. `gil_used = false`: what it shares between threads is immutable.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    use crate::arguments::{payload_bytes, secret_bytes};
    use crate::errors::{self, guarded};
    use crate::keys;
    use crate::outcome;
    #[pymodule_export]
    use crate::outcome::Verdict;
    #[pymodule_export]
    use crate::router::Routes;
    #[pymodule_export]
    use crate::verifier::WebhookVerifier;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        errors::init(module.py())?;
        keys::init(module.py());
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Verify one webhook and return its event.
    ///
    /// Short for ``WebhookVerifier(secret).verify(payload, signature)``.
    #[pyfunction]
    fn verify_webhook<'py>(
        payload: &Bound<'py, PyAny>,
        signature: &Bound<'py, PyAny>,
        secret: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(payload.py(), || WebhookVerifier::with_default_options(secret)?.verified(payload, signature))
    }

    /// Sign a payload as the provider does: 64 lowercase hex digits. For tests and local senders.
    #[pyfunction]
    fn sign(payload: &Bound<'_, PyAny>, secret: &Bound<'_, PyAny>) -> PyResult<String> {
        guarded(payload.py(), || {
            let secret = secret_bytes(secret)?;
            // A bad secret is named before a bad payload, as everywhere.
            payvost_webhooks::WebhookVerifier::new(&secret)?;
            let payload = payload_bytes(payload, |_| Ok(()))?;
            Ok(payvost_webhooks::sign(payload, secret)?)
        })
    }

    /// Verify a delivery, and tell what to answer.
    #[pyfunction]
    fn receive(verifier: &WebhookVerifier, payload: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<Verdict> {
        guarded(payload.py(), || Verdict::on(verifier, payload, signature))
    }

    /// Refuse a delivery without verifying it: ``payload_not_raw`` or ``payload_too_large``.
    #[pyfunction]
    fn refuse(py: Python<'_>, code: &str) -> PyResult<Verdict> {
        guarded(py, || Verdict::refusal(py, code))
    }

    /// The status and the body to answer when the handler failed.
    #[pyfunction]
    fn handler_failed() -> (u16, String) {
        outcome::answer(&payvost_webhooks::Outcome::HandlerFailed)
    }

    /// A sample event of a documented type as JSON, or None.
    #[pyfunction]
    fn sample_event(event_type: &str) -> Option<&'static str> {
        payvost_webhooks::sample_event(event_type)
    }
}
