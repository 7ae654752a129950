//! The classes `Receiver` and `Delivery`: the course of a delivery, which the core decides, step by step.
//!
//! `Delivery.ask` names the next step: `load`, `claim`, `handle`, `complete`, `release`, `log`. `done` and `failed` take what came of it.

use payvost_webhooks::claims::{Claim, Completion, Fault};
use payvost_webhooks::receive::{Answer, Ask, Body, BodyEnd, Claiming, HandlerEnd, Verified};
use payvost_webhooks::{Outcome, receive};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::arguments::{RawBytes, header_bytes};
use crate::boundary::{Failure, guarded, internal_error};
use crate::claims::{ClaimPolicy, ClaimRequest, fault};
use crate::outcome;
use crate::router::Routes;
use crate::verifier::WebhookVerifier;

/// What the deliveries of a receiver have in common.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct Receiver {
    verifier: Py<WebhookVerifier>,
    /// Without them one handler takes everything, and its number is 0.
    routes: Option<Py<Routes>>,
    /// Without one nothing is claimed.
    policy: Option<Py<ClaimPolicy>>,
    claiming: Claiming,
}

/// One delivery on its course.
#[pyclass(module = "payvost_webhooks._native")]
pub(crate) struct Delivery {
    core: receive::Delivery,
    receiver: Py<Receiver>,
    /// The event, unless it was refused.
    #[pyo3(get)]
    event: Option<Py<PyAny>>,
    /// The number of its handler.
    #[pyo3(get)]
    handler: Option<usize>,
    /// The position of the secret that matched.
    #[pyo3(get)]
    matching_secret: Option<usize>,
    /// What to ask a store.
    #[pyo3(get)]
    request: Option<Py<ClaimRequest>>,
    /// The payload and the signature, for a store that keeps them.
    #[pyo3(get)]
    kept: Option<(Py<PyBytes>, Py<PyAny>)>,
}

#[pymethods]
impl Receiver {
    /// `inbox`: whether the claim shares the transaction of the handler.
    #[new]
    #[pyo3(signature = (verifier, routes = None, policy = None, inbox = false))]
    fn __new__(
        verifier: Py<WebhookVerifier>,
        routes: Option<Py<Routes>>,
        policy: Option<Py<ClaimPolicy>>,
        inbox: bool,
    ) -> Self {
        let claiming = match (&policy, inbox) {
            (None, _) => Claiming::Never,
            (Some(_), false) => Claiming::Lease,
            (Some(_), true) => Claiming::Inbox,
        };
        Self { verifier, routes, policy, claiming }
    }

    /// How many bytes of a body to read. `endless`: from a stream that does not mark its end.
    #[pyo3(signature = (content_length, endless))]
    fn body_limit(&self, py: Python<'_>, content_length: Option<&Bound<'_, PyAny>>, endless: bool) -> PyResult<usize> {
        guarded(py, || {
            let max_bytes = self.verifier.get().max_bytes();
            let body = Body::new(max_bytes, header_bytes(content_length)?.as_deref(), None);
            Ok(if endless { body.limit_of_endless_stream() } else { body.limit() })
        })
    }

    /// A delivery that has just come. `end`: how reading its body ended.
    #[pyo3(signature = (payload, signature, content_length = None, transfer_encoding = None, end = "reached"))]
    fn arrived(
        this: &Bound<'_, Self>,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        content_length: Option<&Bound<'_, PyAny>>,
        transfer_encoding: Option<&Bound<'_, PyAny>>,
        end: &str,
    ) -> PyResult<Delivery> {
        guarded(this.py(), || {
            let (receiver, py) = (this.get(), this.py());
            let (length, coding) = (header_bytes(content_length)?, header_bytes(transfer_encoding)?);
            let body = Body::new(receiver.verifier.get().max_bytes(), length.as_deref(), coding.as_deref());
            let (read, end) = match RawBytes::extract(payload)? {
                Some(bytes) => (bytes.len(), body_end(end)?),
                // Somebody has parsed it.
                None => (0, BodyEnd::Consumed),
            };
            if let Some(outcome) = body.finish(read, end) {
                return Ok(Delivery::on(this, receive::Delivery::ended(outcome)));
            }
            let mut delivery = Delivery::on(this, receive::Delivery::arrived(receiver.claiming));
            delivery.verify(py, payload, signature, false)?;
            Ok(delivery)
        })
    }

    /// What is no delivery: another method than POST.
    fn method_not_allowed(this: &Bound<'_, Self>) -> Delivery {
        Delivery::on(this, receive::Delivery::ended(Outcome::MethodNotAllowed))
    }

    /// The delivery that the store keeps under a key, once more.
    fn retry(this: &Bound<'_, Self>, key: &str) -> Delivery {
        Delivery::on(this, receive::Delivery::retry(this.get().claiming, key))
    }
}

#[pymethods]
impl Delivery {
    /// The name of the next step; `None` when there is none.
    #[getter]
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<Option<&'py Bound<'py, PyString>>> {
        Ok(match self.core.next() {
            None => None,
            Some(Ask::Load) => Some(intern!(py, "load")),
            Some(Ask::Claim { .. }) => Some(intern!(py, "claim")),
            Some(Ask::Handle) => Some(intern!(py, "handle")),
            Some(Ask::Complete) => Some(intern!(py, "complete")),
            Some(Ask::Release) => Some(intern!(py, "release")),
            Some(Ask::Log) => Some(intern!(py, "log")),
            Some(_) => return Err(internal_error()),
        })
    }

    /// How often the event has been claimed, this time included.
    #[getter]
    fn attempt(&self) -> u32 {
        self.core.attempt()
    }

    /// The key of a retry.
    #[getter]
    fn retried_key(&self) -> Option<&str> {
        self.core.retried_key()
    }

    /// What the store is to keep of the handler's failure.
    #[getter]
    fn handler_error(&self) -> &str {
        self.core.handler_error()
    }

    /// The step has returned: of `load` payload and signature, or `None`; of `claim` a word and a number; of `handle` whether it has handed
    /// over; of `complete` whether the claim was held, or a word of an inbox; of `release` whether the claim was held.
    fn done(&mut self, result: &Bound<'_, PyAny>) -> PyResult<()> {
        let unknown = || Answer::Failed(Fault::unknown_reply());
        let answer = match self.core.next() {
            Some(Ask::Load) => return self.loaded(result),
            Some(Ask::Claim { .. }) => {
                let reply = result.extract::<(String, i64)>().ok();
                reply.and_then(|(word, number)| Claim::from_reply(&word, number)).map_or_else(unknown, Answer::Claimed)
            }
            Some(Ask::Handle) if result.is_truthy()? => Answer::Handled(HandlerEnd::HandedOver),
            Some(Ask::Handle) => Answer::Handled(HandlerEnd::Returned),
            Some(Ask::Complete) => match result.cast::<PyString>() {
                Ok(word) => Completion::from_reply(&word.to_string_lossy()).map_or_else(unknown, Answer::Completed),
                Err(_) if result.is_truthy()? => Answer::Completed(Completion::Completed),
                Err(_) => Answer::Completed(Completion::Lost),
            },
            Some(Ask::Release) => Answer::Released(result.is_truthy()?),
            _ => return Err(internal_error()),
        };
        self.take(answer)
    }

    /// The step has failed: the class of the exception, the codes that it carries, and its message, of which nothing is kept.
    #[allow(clippy::needless_pass_by_value)] // as PyO3 extracts it
    fn failed(&mut self, class: &str, codes: Vec<String>, message: &str) -> PyResult<()> {
        self.take(match self.core.next() {
            Some(Ask::Handle) => Answer::Handled(HandlerEnd::Failed(class)),
            _ => Answer::Failed(fault(class, &codes, message)),
        })
    }

    /// The handler was cancelled at its time limit, and has ended.
    fn timed_out(&mut self) -> PyResult<()> {
        self.take(Answer::Handled(HandlerEnd::TimedOut))
    }

    /// Nobody waits for the handler any longer, and it still runs.
    fn abandoned(&mut self) -> PyResult<()> {
        self.take(Answer::Handled(HandlerEnd::Abandoned))
    }

    /// The level of the record, as `logging` counts.
    #[getter]
    fn level(&self) -> u8 {
        outcome::level(self.core.level())
    }

    /// The record: its constant text, what follows it in the line, its fields, and whether the handler's exception goes with it.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, String, Bound<'py, PyDict>, bool)> {
        guarded(py, || Ok(outcome::record(py, &self.core.record())?))
    }

    /// The record was logged: how it ended, and the status, headers and body of the answer. `None`: nothing is kept under the key.
    fn logged<'py>(&mut self, py: Python<'py>) -> PyResult<Option<outcome::Parts<'py>>> {
        guarded(py, || {
            let outcome = self.core.outcome();
            if self.core.next().is_some() {
                self.take(Answer::Logged)?;
            }
            Ok(outcome.map(|outcome| outcome::parts(py, &outcome)).transpose()?)
        })
    }
}

impl Delivery {
    fn on(receiver: &Bound<'_, Receiver>, core: receive::Delivery) -> Self {
        let receiver = receiver.clone().unbind();
        Self { core, receiver, event: None, handler: None, matching_secret: None, request: None, kept: None }
    }

    fn loaded(&mut self, kept: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(kept.py(), || {
            if kept.is_none() {
                return Ok(self.take(Answer::Loaded(false))?);
            }
            let (payload, signature) = kept.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            self.take(Answer::Loaded(true))?;
            self.verify(kept.py(), &payload, &signature, true)
        })
    }

    fn take(&mut self, answer: Answer<'_>) -> PyResult<()> {
        self.core.feed(answer).map_err(|_| internal_error())
    }

    /// `stored`: of a delivery that was kept by the store, whose age does not matter.
    fn verify(
        &mut self,
        py: Python<'_>,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        stored: bool,
    ) -> Result<(), Failure> {
        let receiver = self.receiver.clone_ref(py);
        let receiver = receiver.get();
        receiver.verifier.get().verify_with(payload, signature, stored, |result| {
            let (object, event) = match result {
                Ok(verified) => verified,
                Err(error) => return Ok(self.take(Answer::Refused(error))?),
            };
            self.handler = receiver.routes.as_ref().map_or(Some(0), |routes| routes.get().number_of(event.event_type()));
            self.matching_secret = Some(event.matching_secret());
            self.event = Some(object.unbind());
            let request = receiver.policy.as_ref().map(|policy| policy.get().request(&event, stored));
            let key = request.as_ref().map_or("", |request| &request.core.key);
            let has_handler = self.handler.is_some();
            let names = Verified { id: event.id(), event_type: event.event_type(), key, has_handler };
            self.core.feed(Answer::Verified(names)).map_err(|_| internal_error())?;
            if let Some(request) = request {
                let bytes = match payload.cast::<PyBytes>() {
                    Ok(bytes) => bytes.clone(),
                    Err(_) => PyBytes::new(py, event.payload().as_bytes()),
                };
                // A signature that matched is ASCII.
                let signature = match signature.cast::<PyBytes>() {
                    Ok(bytes) => PyString::new(py, &String::from_utf8_lossy(bytes.as_bytes())).into_any(),
                    Err(_) => signature.clone(),
                };
                self.request = Some(Py::new(py, request)?);
                self.kept = Some((bytes.unbind(), signature.unbind()));
            }
            Ok(())
        })
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
