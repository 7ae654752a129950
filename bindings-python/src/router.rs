//! The class `Routes`: maps event types to handlers. The handlers stay in Python; here they are numbers.

use std::sync::{PoisonError, RwLock};

use payvost_webhooks::{Error, PatternProblem, Router};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::boundary::guarded;

/// Numbers by pattern: for one event type, a family of types, or everything.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct Routes {
    core: RwLock<Router<usize>>,
}

#[pymethods]
impl Routes {
    #[new]
    fn __new__() -> Self {
        Self { core: RwLock::new(Router::new()) }
    }

    /// Register a number for a pattern.
    fn on(&self, pattern: &Bound<'_, PyAny>, number: usize) -> PyResult<()> {
        guarded(pattern.py(), || {
            // A pattern must be text that can be encoded as UTF-8.
            let text = pattern.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
            let text = text.ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))?;
            self.core.write().unwrap_or_else(PoisonError::into_inner).on(text, number)?;
            Ok(())
        })
    }

    /// The number for an event type, or `None`.
    fn route(&self, event_type: &Bound<'_, PyString>) -> PyResult<Option<usize>> {
        guarded(event_type.py(), || Ok(self.number_of(&event_type.to_string_lossy())))
    }
}

impl Routes {
    pub(crate) fn number_of(&self, event_type: &str) -> Option<usize> {
        self.core.read().unwrap_or_else(PoisonError::into_inner).route(event_type).copied()
    }
}
