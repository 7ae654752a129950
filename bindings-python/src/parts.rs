//! The parts that all deliveries of a receiver share: the verifier, the handlers, the store.

use payvost_webhooks::receive::Claiming;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use pyo3::{PyTraverseError, PyVisit};

use crate::claims::ClaimPolicy;
use crate::router::Routes;
use crate::verifier::WebhookVerifier;

/// Verifier, handlers and store. A Python object, so that the garbage collector sees that a delivery keeps them alive.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct Parts {
    pub(crate) verifier: Py<WebhookVerifier>,
    /// Maps event types to positions in the list of handlers.
    pub(crate) routes: Py<Routes>,
    pub(crate) handlers: Py<PyList>,
    /// Without a store, events are not claimed.
    pub(crate) store: Option<Store>,
    /// Runs a handler under its time limit: called with the handler and its arguments.
    pub(crate) limited: Option<Py<PyAny>>,
}

/// A handler and how to call it.
#[derive(FromPyObject)]
pub(crate) struct Handler {
    #[pyo3(attribute("handler"))]
    pub(crate) function: Py<PyAny>,
    pub(crate) takes_claim: bool,
    pub(crate) is_async: bool,
}

/// The user's store.
pub(crate) struct Store {
    pub(crate) object: Py<PyAny>,
    pub(crate) policy: Py<ClaimPolicy>,
    claiming: Claiming,
    /// The name of the method that claims.
    pub(crate) claim: &'static str,
    pub(crate) is_async: bool,
    /// Whether its steps block, so that they must not run in an event loop.
    pub(crate) blocks: bool,
}

#[pymethods]
impl Parts {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.handlers)?;
        visit.call(&self.limited)?;
        self.store.as_ref().map_or(Ok(()), |store| visit.call(&store.object))
    }
}

impl Parts {
    pub(crate) fn claiming(&self) -> Claiming {
        self.store.as_ref().map_or(Claiming::Never, |store| store.claiming)
    }

    /// The handler for an event type.
    pub(crate) fn handler(&self, py: Python<'_>, event_type: &str) -> PyResult<Option<Handler>> {
        let Some(number) = self.routes.get().number_of(event_type) else { return Ok(None) };
        Ok(Some(self.handlers.bind(py).get_item(number)?.extract()?))
    }
}

impl Store {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let step = |name| Ok::<_, PyErr>(object.getattr_opt(name)?.filter(|step| !step.is_none()));
        let (claim, claiming, step) = match (step("begin")?, step("claim")?) {
            (Some(begin), _) => ("begin", Claiming::Inbox, begin),
            (None, Some(claim)) => ("claim", Claiming::Lease, claim),
            (None, None) => return Err(not_a_store()),
        };
        let policy = object.getattr_opt("policy")?.and_then(|policy| policy.cast_into::<ClaimPolicy>().ok());
        let policy = policy.filter(|_| step.is_callable() && !object.is_instance_of::<PyType>()).ok_or_else(not_a_store)?;
        let is_async = py.import("inspect")?.call_method1("iscoroutinefunction", (step,))?.is_truthy()?;
        let blocks = !is_async && object.getattr_opt("blocks")?.map_or(Ok(true), |blocks| blocks.is_truthy())?;
        Ok(Self { object: object.clone().unbind(), policy: policy.unbind(), claiming, claim, is_async, blocks })
    }
}

#[cold]
fn not_a_store() -> PyErr {
    PyTypeError::new_err("store must be a ClaimStore or an Inbox: see payvost_webhooks.stores")
}
