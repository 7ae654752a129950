//! The extension module: everything that this crate exports to Python.

/// `gil_used = false`: data shared between threads is immutable or behind a lock.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::arguments::require_seconds;
    use crate::boundary::guarded;
    #[pymodule_export]
    use crate::claims::redis::{RedisProgram, redis_scripts};
    #[pymodule_export]
    use crate::claims::sql::{SqlProgram, sql_definition, sql_statements};
    #[pymodule_export]
    use crate::claims::{ClaimPolicy, ClaimRequest, handler_error, releases_late};
    #[pymodule_export]
    use crate::delivery::Delivery;
    #[pymodule_export]
    use crate::explain::explain;
    #[pymodule_export]
    use crate::manage::{ApiCall, ApiClient, SecretAge};
    #[pymodule_export]
    use crate::memory::MemoryClaims;
    #[pymodule_export]
    use crate::receiver::Receiver;
    #[pymodule_export]
    use crate::router::Routes;
    #[pymodule_export]
    use crate::testing::{sample_event, sign};
    #[pymodule_export]
    use crate::verifier::WebhookVerifier;
    use crate::{errors, keys};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        errors::init(module.py())?;
        keys::init(module.py())?;
        // An unoptimized build has larger stack frames, so its tests need more stack.
        module.add("_is_optimized", !cfg!(debug_assertions))?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Verify one webhook and return its event.
    ///
    /// Shorthand for ``WebhookVerifier(secret).verify(payload, signature)``.
    #[pyfunction]
    fn verify_webhook<'py>(
        payload: &Bound<'py, PyAny>,
        signature: &Bound<'py, PyAny>,
        secret: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(payload.py(), || WebhookVerifier::with_default_options(secret)?.verified(payload, signature))
    }
}
