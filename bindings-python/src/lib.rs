//! The Python package `payvost_webhooks`, over the core.
//!
//! No rule about webhooks is decided here: this crate converts arguments ([`arguments`], [`options`]), maps errors
//! ([`errors`]) and builds objects ([`objects`]). What users import, and its types, is in `python/payvost_webhooks/`.

mod arguments;
mod claims;
mod errors;
mod keys;
mod memory;
mod objects;
mod options;
mod outcome;
mod router;
mod strings;
mod verifier;

/// The extension module. `gil_used = false`: what it shares between threads is immutable.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    use crate::arguments::{payload_bytes, secret_bytes};
    use crate::claims;
    #[pymodule_export]
    use crate::claims::{ClaimPolicy, ClaimRequest};
    use crate::errors::{self, guarded};
    use crate::keys;
    #[pymodule_export]
    use crate::memory::MemoryClaims;
    #[pymodule_export]
    use crate::outcome::{Outcome, Verdict};
    #[pymodule_export]
    use crate::router::Routes;
    #[pymodule_export]
    use crate::verifier::WebhookVerifier;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        errors::init(module.py())?;
        keys::init(module.py())?;
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

    /// Verify a delivery, and tell what to answer. With a policy also what to ask a store. One that was kept is of any age.
    #[pyfunction]
    #[pyo3(signature = (verifier, payload, signature, policy = None, kept = false))]
    fn receive(
        verifier: &WebhookVerifier,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        policy: Option<&ClaimPolicy>,
        kept: bool,
    ) -> PyResult<Verdict> {
        guarded(payload.py(), || Verdict::on(verifier, payload, signature, policy, kept))
    }

    /// Refuse a delivery without verifying it: ``payload_not_raw`` or ``payload_too_large``.
    #[pyfunction]
    fn refuse(py: Python<'_>, code: &str) -> PyResult<Verdict> {
        guarded(py, || Verdict::refusal(py, code))
    }

    /// The outcome of a code that is no refusal.
    #[pyfunction]
    fn outcome(py: Python<'_>, code: &str) -> PyResult<Outcome> {
        guarded(py, || Outcome::from_code(code))
    }

    /// What the reply of a store to a claim means: the attempt, or how the delivery ends.
    #[pyfunction]
    fn read_reply(py: Python<'_>, word: &str, number: i64) -> PyResult<(Option<u32>, Option<Outcome>)> {
        guarded(py, || Ok(Outcome::of_reply(word, number)))
    }

    /// The kind of a handler's error, as a store keeps it.
    #[pyfunction]
    fn handler_error(kind: &str) -> String {
        payvost_webhooks::claims::HandlerError::new(kind).as_str().to_owned()
    }

    /// The Lua scripts of the steps.
    #[pyfunction]
    fn redis_scripts() -> Vec<(&'static str, &'static str)> {
        claims::scripts()
    }

    /// The SQL statements of the steps: name, text, names of the parameters.
    #[pyfunction]
    fn sql_statements(dialect: &str, placeholders: &str, table: &Bound<'_, PyAny>) -> PyResult<Vec<claims::Statement>> {
        guarded(table.py(), || claims::statements(dialect, placeholders, table))
    }

    /// A sample event of a documented type as JSON, or None.
    #[pyfunction]
    fn sample_event(event_type: &str) -> Option<&'static str> {
        payvost_webhooks::sample_event(event_type)
    }
}
