//! The class `Receiver`: starts deliveries.

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{self, Body, BodyEnd, Claiming};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;
use pyo3::{PyTraverseError, PyVisit};

use crate::arguments::{header_bytes, payload_length};
use crate::boundary::guarded;
use crate::delivery::Delivery;
use crate::parts::{Parts, Store};
use crate::router::Routes;
use crate::verifier::WebhookVerifier;

/// Receives deliveries.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct Receiver {
    parts: Py<Parts>,
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
        let store = store.map(Store::of).transpose()?;
        Ok(Self { parts: Py::new(router.py(), Parts { verifier, routes, handlers, store, limited })? })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.parts)
    }

    /// Whether the steps of the store are coroutines.
    #[getter]
    fn is_async(&self) -> bool {
        self.parts.get().store.as_ref().is_some_and(|store| store.is_async)
    }

    /// How many bytes of a body to read. `endless`: the stream does not signal its end.
    #[pyo3(signature = (content_length, endless))]
    fn body_limit(&self, py: Python<'_>, content_length: Option<&Bound<'_, PyAny>>, endless: bool) -> PyResult<usize> {
        guarded(py, || {
            let max_bytes = self.parts.get().verifier.get().max_bytes();
            let body = Body::new(max_bytes, header_bytes(content_length)?.as_deref(), None);
            Ok(if endless { body.limit_of_endless_stream() } else { body.limit() })
        })
    }

    /// A new delivery. `end`: how reading its body ended.
    #[pyo3(signature = (payload, signature, content_length = None, transfer_encoding = None, end = "reached", started = None))]
    fn arrived(
        &self,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        content_length: Option<&Bound<'_, PyAny>>,
        transfer_encoding: Option<&Bound<'_, PyAny>>,
        end: &str,
        started: Option<f64>,
    ) -> PyResult<Delivery> {
        let py = payload.py();
        guarded(py, || {
            let (length, coding) = (header_bytes(content_length)?, header_bytes(transfer_encoding)?);
            let body = Body::new(self.parts.get().verifier.get().max_bytes(), length.as_deref(), coding.as_deref());
            let (read, end) = match payload_length(payload, self.parts.get().verifier.get().max_bytes())? {
                Some(length) => (length, body_end(end)?),
                // Other code has parsed it.
                None => (0, BodyEnd::Consumed),
            };
            if let Some(outcome) = body.finish(read, end) {
                return Ok(Delivery::on(py, &self.parts, receive::Delivery::ended(outcome), started)?);
            }
            let mut delivery = Delivery::on(py, &self.parts, receive::Delivery::arrived(self.parts.get().claiming()), started)?;
            delivery.verify(py, payload, signature, false)?;
            Ok(delivery)
        })
    }

    /// A request whose method is not POST.
    fn method_not_allowed(&self, py: Python<'_>, started: Option<f64>) -> PyResult<Delivery> {
        Delivery::on(py, &self.parts, receive::Delivery::ended(Outcome::MethodNotAllowed), started)
    }

    /// A retry of the delivery that is stored under a key.
    fn retry(&self, py: Python<'_>, key: &str) -> PyResult<Delivery> {
        let claiming = self.parts.get().claiming();
        if claiming == Claiming::Never {
            return Err(PyTypeError::new_err("retry() requires a store that keeps deliveries: pass store=..."));
        }
        Delivery::on(py, &self.parts, receive::Delivery::retry(claiming, key), None)
    }
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
