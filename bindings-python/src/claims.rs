//! What a store of claims is asked, and the texts that a store's client runs. All of it is the core's.

use payvost_webhooks::claims::{self, redis, sql};
use payvost_webhooks::{Error, Event, OptionName};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::{Failure, guarded};
use crate::options::duration;

/// For how long events are claimed and remembered, and under which names.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ClaimPolicy {
    pub(crate) core: claims::ClaimPolicy,
}

/// What to ask a store for an event.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ClaimRequest {
    pub(crate) core: claims::ClaimRequest,
}

/// A statement: its text, and the names of what is bound to its places.
pub(crate) type Statement = (&'static str, String, Vec<&'static str>);

#[pymethods]
impl ClaimPolicy {
    #[new]
    #[pyo3(signature = (lease, remember, prefix))]
    fn __new__(lease: &Bound<'_, PyAny>, remember: &Bound<'_, PyAny>, prefix: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(lease.py(), || {
            let invalid = |option| Failure::Refused(Error::InvalidOption(option));
            let mut core = claims::ClaimPolicy::new();
            core = core.lease(duration(lease).ok_or_else(|| invalid(OptionName::Lease))?)?;
            core = core.remember(duration(remember).ok_or_else(|| invalid(OptionName::Remember))?)?;
            let prefix = prefix.cast::<PyString>().ok().and_then(|prefix| prefix.to_str().ok());
            Ok(Self { core: core.prefix(prefix.ok_or_else(|| invalid(OptionName::Prefix))?)? })
        })
    }

    /// The lease in milliseconds; that of an extension, when one is given.
    #[pyo3(signature = (lease = None))]
    fn lease_ms(&self, py: Python<'_>, lease: Option<&Bound<'_, PyAny>>) -> PyResult<u64> {
        guarded(py, || {
            let Some(lease) = lease else { return Ok(self.core.lease_ms()) };
            let lease = duration(lease).ok_or(Error::InvalidOption(OptionName::Lease))?;
            Ok(self.core.clone().lease(lease)?.lease_ms())
        })
    }

    /// For how long an event is remembered, in milliseconds.
    #[getter]
    fn remember_ms(&self) -> u64 {
        self.core.remember_ms()
    }

    /// The name under which Redis lists the claims that are not done.
    #[getter]
    fn open_key(&self) -> String {
        self.core.open_key()
    }
}

impl ClaimPolicy {
    pub(crate) fn request(&self, event: &Event<'_>) -> ClaimRequest {
        ClaimRequest { core: self.core.request(event) }
    }
}

#[pymethods]
impl ClaimRequest {
    #[getter]
    fn key(&self) -> &str {
        &self.core.key
    }

    #[getter]
    fn fingerprint(&self) -> &str {
        &self.core.fingerprint
    }

    #[getter]
    fn event_type(&self) -> &str {
        &self.core.event_type
    }
}

/// The Lua scripts by the name of the step.
pub(crate) fn scripts() -> Vec<(&'static str, &'static str)> {
    redis::SCRIPTS.to_vec()
}

/// The SQL statements of a table.
pub(crate) fn statements(dialect: &str, placeholders: &str, table: &Bound<'_, PyAny>) -> Result<Vec<Statement>, Failure> {
    let unknown = || Failure::Refused(Error::InvalidOption(OptionName::Unknown));
    let dialect = sql::Dialect::named(dialect).ok_or_else(unknown)?;
    let placeholders = sql::Placeholders::named(placeholders).ok_or_else(unknown)?;
    let table = table.cast::<PyString>().ok().and_then(|table| table.to_str().ok());
    let table = table.ok_or(Error::InvalidOption(OptionName::Table))?;
    let statements = sql::statements(dialect, placeholders, table)?;
    Ok(statements.into_iter().map(|statement| (statement.name, statement.text, statement.parameters)).collect())
}
