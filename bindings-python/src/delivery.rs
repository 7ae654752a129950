//! The class `Delivery`: makes the calls to the store and the handler that the core asks for.
//!
//! Until `ask` is `None`, the driver calls `make` in the right thread, awaits the result if it is awaitable, and passes it to `done`, or an
//! exception to `failed`. Then it calls `log` and `answer`.

use payvost_webhooks::claims::{Claim, Completion, Fault};
use payvost_webhooks::receive::{self, Answer, Ask, Claiming, HandlerEnd, Verified};
use pyo3::exceptions::{PyException, PyRuntimeError, PyStopIteration, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::boundary::{Failure, guarded, guarded_object, internal_error};
use crate::claims::{ClaimRequest, fault};
use crate::outcome;
use crate::parts::{Handler, Parts, Store};

/// One delivery.
#[pyclass(module = "payvost_webhooks._native")]
pub(crate) struct Delivery {
    core: receive::Delivery,
    parts: Py<Parts>,
    /// When it arrived, by `time.perf_counter()`.
    started: f64,
    /// The event, unless the delivery was rejected.
    event: Option<Py<PyAny>>,
    handler: Option<Handler>,
    /// The position of the matching secret.
    matching_secret: Option<usize>,
    /// The request to claim the event.
    #[pyo3(get)]
    request: Option<Py<ClaimRequest>>,
    /// The payload and the signature, for a store that keeps deliveries.
    kept: Option<(Py<PyBytes>, Py<PyAny>)>,
    token: Option<Py<PyAny>>,
    /// The transaction of an inbox, once it has begun.
    #[pyo3(get)]
    transaction: Option<Py<PyAny>>,
    /// The event loop of an async store.
    event_loop: Option<Py<PyAny>>,
    /// The claim that the handler was given.
    claim: Option<Py<PyAny>>,
}

#[pymethods]
impl Delivery {
    /// The name of the next call; `None` if only the record remains.
    #[getter]
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            Ok(match self.core.next() {
                None | Some(Ask::Log) => None,
                Some(Ask::Load) => Some(intern!(py, "load")),
                Some(Ask::Claim { .. }) => Some(intern!(py, "claim")),
                Some(Ask::Handle) => Some(intern!(py, "handle")),
                Some(Ask::Complete) => Some(intern!(py, "complete")),
                Some(Ask::Release) => Some(intern!(py, "release")),
                Some(_) => return Err(Failure::Internal),
            })
        })
    }

    /// Whether the next call blocks, so that it must not run in an event loop.
    #[getter]
    fn blocks(&self) -> bool {
        match self.core.next() {
            Some(Ask::Handle) => self.has_blocking_handler(),
            _ => self.parts.get().store.as_ref().is_some_and(|store| store.blocks),
        }
    }

    /// Whether the handler blocks.
    #[getter]
    fn has_blocking_handler(&self) -> bool {
        self.handler.as_ref().is_some_and(|handler| !handler.is_async)
    }

    /// Makes the next call. The delivery is not borrowed during the call.
    fn make<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let (function, arguments) = guarded(py, || Ok(this.try_borrow_mut().map_err(PyErr::from)?.call(py)?))?;
        function.call1(arguments).map_err(|error| {
            // A future cannot hold a `StopIteration`: its awaiter would wait forever.
            if !error.is_instance_of::<PyStopIteration>(py) {
                return error;
            }
            let stopped = PyRuntimeError::new_err("a handler or store raised StopIteration");
            stopped.set_cause(py, Some(error));
            stopped
        })
    }

    /// Takes the result of the call: for `load` a payload and a signature, or `None`; for `claim` a word and a number, or the transaction of an
    /// inbox; for `complete` whether the claim was held, or a word of an inbox; for `release` whether the claim was held.
    fn done(&mut self, result: &Bound<'_, PyAny>) -> PyResult<()> {
        let unknown = || Answer::Failed(Fault::unknown_reply());
        let answer = match self.core.next() {
            Some(Ask::Load) => return self.loaded(result),
            Some(Ask::Claim { .. }) => {
                let reply = self.reply_of(result)?.extract::<(String, i64)>().ok();
                reply.and_then(|(word, number)| Claim::from_reply(&word, number)).map_or_else(unknown, Answer::Claimed)
            }
            Some(Ask::Handle) => Answer::Handled(self.handler_end(result)?),
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

    /// Takes the exception of the call. Returns it if a handler raised it.
    ///
    /// If a store raised an exception such as `CancelledError`, it is raised again. One of a handler has to wait until the claim is released.
    fn failed<'py>(&mut self, error: Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = error.py();
        guarded(py, || {
            if self.core.next() == Some(Ask::Handle) {
                let class = error.get_type().name()?.to_string();
                let end = self.end_by(&error)?.unwrap_or(HandlerEnd::Failed(&class));
                self.take(Answer::Handled(end))?;
                return Ok(Some(error));
            }
            if !error.is_instance_of::<PyException>() {
                return Err(PyErr::from_value(error).into());
            }
            let parts = py.import("payvost_webhooks.stores._faults")?.getattr("fault")?.call1((error,))?;
            let (class, codes, message) = parts.extract::<(String, Vec<String>, String)>()?;
            self.take(Answer::Failed(fault(&class, &codes, &message)))?;
            Ok(None)
        })
    }

    /// Writes the log record. If the logger fails, the response stays the same.
    #[pyo3(signature = (logger, cause))]
    fn log(&self, logger: &Bound<'_, PyAny>, cause: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        match self.core.next() {
            Some(Ask::Log) => match guarded(logger.py(), || Ok(outcome::log(&self.core, logger, cause)?)) {
                Err(error) if error.is_instance_of::<PyException>(logger.py()) => Ok(()),
                written => written,
            },
            _ => Ok(()),
        }
    }

    /// Status, headers and body of the response. `None` if no delivery is stored for a retry.
    fn answer<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            if self.core.next() == Some(Ask::Log) {
                self.take(Answer::Logged)?;
            }
            Ok(self.core.outcome().map(|outcome| outcome::parts(py, &outcome)).transpose()?)
        })
    }

    /// The fields of a `Result`.
    fn result<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let outcome = self.core.outcome().ok_or(Failure::Internal)?;
            let field = |name| self.event.as_ref().map(|event| event.bind(py).get_item(name)).transpose();
            let (duration, attempt) = (now(py)? - self.started, self.core.attempt());
            let (id, event_type) = (field("id")?, field("type")?);
            Ok((outcome.code(), outcome.status(), id, event_type, self.matching_secret, duration, attempt))
        })
    }
}

impl Delivery {
    pub(crate) fn on(py: Python<'_>, parts: &Py<Parts>, core: receive::Delivery, started: Option<f64>) -> PyResult<Self> {
        let started = started.map_or_else(|| now(py), Ok)?;
        let parts = parts.clone_ref(py);
        let (event, handler, matching_secret, request, kept) = (None, None, None, None, None);
        let (token, transaction, event_loop, claim) = (None, None, None, None);
        Ok(Self { core, parts, started, event, handler, matching_secret, request, kept, token, transaction, event_loop, claim })
    }

    /// The function to call, and its arguments.
    fn call<'py>(&mut self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let parts = self.parts.clone_ref(py);
        let ask = self.core.next();
        if ask == Some(Ask::Handle) {
            return self.handler_call(py, parts.get());
        }
        let store = parts.get().store.as_ref().ok_or_else(internal_error)?;
        let step = |name: &str| store.object.bind(py).getattr(name);
        let (key, token, error) =
            (self.request.as_ref().map(|request| request.get().core.key.as_str()), &self.token, self.core.handler_error());
        Ok(match (ask, self.transaction.as_ref().map(|transaction| transaction.bind(py))) {
            (Some(Ask::Load), _) => (step("delivery")?, (self.core.retried_key(),).into_pyobject(py)?),
            (Some(Ask::Claim { .. }), _) => (step(store.claim)?, self.claim_arguments(py, store)?),
            (Some(Ask::Complete), None) => (step("complete")?, (key, token).into_pyobject(py)?),
            (Some(Ask::Complete), Some(transaction)) => (transaction.getattr("commit")?, PyTuple::empty(py)),
            (Some(Ask::Release), None) => (step("release")?, (key, token, error).into_pyobject(py)?),
            (Some(Ask::Release), Some(transaction)) => (transaction.getattr("fail")?, (error,).into_pyobject(py)?),
            _ => return Err(internal_error()),
        })
    }

    fn claim_arguments<'py>(&mut self, py: Python<'py>, store: &Store) -> PyResult<Bound<'py, PyTuple>> {
        let base = py.import("payvost_webhooks.stores.base")?;
        let token = base.getattr("new_token")?.call0()?;
        self.token = Some(token.clone().unbind());
        if store.is_async {
            // Now, because the handler may be called in a thread.
            self.event_loop = Some(py.import("asyncio")?.call_method0("get_running_loop")?.unbind());
        }
        let is_kept = store.object.bind(py).getattr("keep_deliveries")?.is_truthy()?;
        let kept = match self.kept.take().filter(|_| is_kept) {
            Some((payload, signature)) => Some(base.getattr("KeptDelivery")?.call1((payload, signature))?),
            None => None,
        };
        (&self.request, token, kept).into_pyobject(py)
    }

    fn handler_call<'py>(&mut self, py: Python<'py>, parts: &Parts) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let handler = self.handler.as_ref().ok_or_else(internal_error)?;
        let claim = match &parts.store {
            Some(store) => {
                let (key, attempt) =
                    (self.request.as_ref().map(|request| request.get().core.key.as_str()), self.core.attempt());
                // The event loop is only needed by a handler that runs in a thread.
                let (event_loop, transaction) = (self.event_loop.as_ref().filter(|_| !handler.is_async), &self.transaction);
                let arguments = (&store.object, key, &self.token, attempt, transaction, store.is_async, event_loop);
                Some(py.import("payvost_webhooks.stores.claim")?.getattr("claim_for")?.call1(arguments)?)
            }
            None => None,
        };
        self.claim = claim.map(Bound::unbind);
        let (function, event, claim) = (handler.function.bind(py), &self.event, &self.claim);
        let (function, arguments) = match (&parts.limited, handler.takes_claim) {
            (None, false) => (function, (event,).into_pyobject(py)?),
            (None, true) => (function, (event, claim).into_pyobject(py)?),
            (Some(limited), false) => (limited.bind(py), (function, event).into_pyobject(py)?),
            (Some(limited), true) => (limited.bind(py), (function, event, claim).into_pyobject(py)?),
        };
        Ok((function.clone(), arguments))
    }

    /// The reply to a claim. For an inbox, it is an attribute of the transaction.
    fn reply_of<'py>(&mut self, result: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if self.parts.get().claiming() == Claiming::Lease {
            return Ok(result.clone());
        }
        self.transaction = Some(result.clone().unbind());
        result.getattr("reply")
    }

    fn handler_end(&self, result: &Bound<'_, PyAny>) -> PyResult<HandlerEnd<'static>> {
        let py = result.py();
        if !result.is_none() {
            let kinds = py.import("collections.abc")?;
            if result.is_instance(&kinds.getattr("Generator")?)? || result.is_instance(&kinds.getattr("AsyncGenerator")?)? {
                return Err(PyTypeError::new_err(
                    "handler must not return a generator: its code has not run. Return its result instead",
                ));
            }
        }
        let is_handed_over = match &self.claim {
            Some(claim) => claim.bind(py).getattr("_handed_over")?.is_truthy()?,
            None => false,
        };
        Ok(if is_handed_over { HandlerEnd::HandedOver } else { HandlerEnd::Returned })
    }

    /// How a handler ended, if its exception means that it timed out or was abandoned.
    fn end_by(&self, error: &Bound<'_, PyAny>) -> PyResult<Option<HandlerEnd<'static>>> {
        let is_of = |module: &str, name: &str| error.is_instance(&error.py().import(module)?.getattr(name)?);
        Ok(if is_of("payvost_webhooks._course", "HandlerTimeoutError")? {
            Some(HandlerEnd::TimedOut)
        } else if self.has_blocking_handler() && is_of("asyncio", "CancelledError")? {
            // Its thread continues.
            Some(HandlerEnd::Abandoned)
        } else {
            None
        })
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

    /// `stored`: the delivery comes from the store, and its age does not matter.
    pub(crate) fn verify(
        &mut self,
        py: Python<'_>,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        stored: bool,
    ) -> Result<(), Failure> {
        let parts = self.parts.clone_ref(py);
        let parts = parts.get();
        parts.verifier.get().verify_with(payload, signature, stored, |result| {
            let (object, event) = match result {
                Ok(verified) => verified,
                Err(error) => return Ok(self.take(Answer::Refused(error))?),
            };
            self.handler = parts.handler(py, event.event_type())?;
            self.matching_secret = Some(event.matching_secret());
            self.event = Some(object.unbind());
            let policy = parts.store.as_ref().map(|store| store.policy.get());
            let request = policy.map(|policy| policy.request(&event, stored));
            let key = request.as_ref().map_or("", |request| &request.core.key);
            let has_handler = self.handler.is_some();
            let names = Verified { id: event.id(), event_type: event.event_type(), key, has_handler };
            self.core.feed(Answer::Verified(names)).map_err(|_| internal_error())?;
            if let Some(request) = request {
                let bytes = match payload.cast::<PyBytes>() {
                    Ok(bytes) => bytes.clone(),
                    Err(_) => PyBytes::new(py, event.payload().as_bytes()),
                };
                // A matching signature is ASCII.
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

fn now(py: Python<'_>) -> PyResult<f64> {
    py.import(intern!(py, "time"))?.call_method0(intern!(py, "perf_counter"))?.extract()
}
