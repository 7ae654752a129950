//! The class `Receiver`: the parts that all deliveries of a receiver share.

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{self, Body, BodyEnd, Claiming};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use pyo3::{PyTraverseError, PyVisit};

use crate::arguments::{header_bytes, payload_length};
use crate::boundary::guarded;
use crate::claims::ClaimPolicy;
use crate::delivery::Delivery;
use crate::router::Routes;
use crate::verifier::WebhookVerifier;

/// Verifier, handlers and store.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct Receiver {
    pub(crate) verifier: Py<WebhookVerifier>,
    /// Maps event types to positions in the list of handlers.
    routes: Py<Routes>,
    handlers: Py<PyList>,
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
impl Receiver {
    #[new]
    #[pyo3(signature = (verifier, router, store, limited))]
    fn __new__(
        verifier: Py<WebhookVerifier>,
        router: &Bound<'_, PyAny>,
        store: Option<&Bound<'_, PyAny>>,
        limited: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let routes = router.getattr("_routes")?.cast_into::<Routes>()?.unbind();
        let handlers = router.getattr("_handlers")?.cast_into::<PyList>()?.unbind();
        Ok(Self { verifier, routes, handlers, store: store.map(Store::of).transpose()?, limited })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.handlers)?;
        visit.call(&self.limited)?;
        self.store.as_ref().map_or(Ok(()), |store| visit.call(&store.object))
    }

    /// Whether the steps of the store are coroutines.
    #[getter]
    fn is_async(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.is_async)
    }

    /// How many bytes of a body to read. `endless`: the stream does not signal its end.
    #[pyo3(signature = (content_length, endless))]
    fn body_limit(&self, py: Python<'_>, content_length: Option<&Bound<'_, PyAny>>, endless: bool) -> PyResult<usize> {
        guarded(py, || {
            let max_bytes = self.verifier.get().max_bytes();
            let body = Body::new(max_bytes, header_bytes(content_length)?.as_deref(), None);
            Ok(if endless { body.limit_of_endless_stream() } else { body.limit() })
        })
    }

    /// A new delivery. `end`: how reading its body ended.
    #[pyo3(signature = (payload, signature, content_length = None, transfer_encoding = None, end = "reached", started = None))]
    fn arrived(
        this: &Bound<'_, Self>,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        content_length: Option<&Bound<'_, PyAny>>,
        transfer_encoding: Option<&Bound<'_, PyAny>>,
        end: &str,
        started: Option<f64>,
    ) -> PyResult<Delivery> {
        guarded(this.py(), || {
            let (receiver, py) = (this.get(), this.py());
            let (length, coding) = (header_bytes(content_length)?, header_bytes(transfer_encoding)?);
            let body = Body::new(receiver.verifier.get().max_bytes(), length.as_deref(), coding.as_deref());
            let (read, end) = match payload_length(payload, receiver.verifier.get().max_bytes())? {
                Some(length) => (length, body_end(end)?),
                // Other code has parsed it.
                None => (0, BodyEnd::Consumed),
            };
            if let Some(outcome) = body.finish(read, end) {
                return Ok(Delivery::on(this, receive::Delivery::ended(outcome), started)?);
            }
            let mut delivery = Delivery::on(this, receive::Delivery::arrived(receiver.claiming()), started)?;
            delivery.verify(py, payload, signature, false)?;
            Ok(delivery)
        })
    }

    /// A request whose method is not POST.
    fn method_not_allowed(this: &Bound<'_, Self>, started: Option<f64>) -> PyResult<Delivery> {
        Delivery::on(this, receive::Delivery::ended(Outcome::MethodNotAllowed), started)
    }

    /// A retry of the delivery that is stored under a key.
    fn retry(this: &Bound<'_, Self>, key: &str) -> PyResult<Delivery> {
        let claiming = this.get().claiming();
        if claiming == Claiming::Never {
            return Err(PyTypeError::new_err("retry() requires a store that keeps deliveries: pass store=..."));
        }
        Delivery::on(this, receive::Delivery::retry(claiming, key), None)
    }
}

impl Receiver {
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
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
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

fn body_end(end: &str) -> PyResult<BodyEnd> {
    match end {
        "reached" => Ok(BodyEnd::Reached),
        "broken" => Ok(BodyEnd::Broken),
        "timed_out" => Ok(BodyEnd::TimedOut),
        "consumed" => Ok(BodyEnd::Consumed),
        _ => Err(PyValueError::new_err("end must be \"reached\", \"broken\", \"timed_out\" or \"consumed\"")),
    }
}
