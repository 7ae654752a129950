//! Requests to claim stores, and the meaning of their replies and faults, all defined by the core.

pub(crate) mod redis;
pub(crate) mod sql;

use payvost_webhooks::claims::{self, Claim, Fault, HandlerError, Reply};
use payvost_webhooks::receive::{Claiming, Delivery};
use payvost_webhooks::{Error, Event, OptionName};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments::duration;
use crate::boundary::{Failure, guarded, guarded_object, internal_error};

/// How long events are claimed and remembered, and under which keys.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ClaimPolicy {
    pub(crate) core: claims::ClaimPolicy,
}

/// The request to claim an event.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ClaimRequest {
    pub(crate) core: claims::ClaimRequest,
    retry: bool,
}

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

    /// The lease in milliseconds: the given one, or that of the policy.
    #[pyo3(signature = (lease = None))]
    fn lease_ms(&self, py: Python<'_>, lease: Option<&Bound<'_, PyAny>>) -> PyResult<u64> {
        guarded(py, || {
            let Some(lease) = lease else { return Ok(self.core.lease_ms()) };
            let lease = duration(lease).ok_or(Error::InvalidOption(OptionName::Lease))?;
            Ok(self.core.clone().lease(lease)?.lease_ms())
        })
    }

    /// How long an event is remembered, in milliseconds.
    #[getter]
    fn remember_ms(&self) -> u64 {
        self.core.remember_ms()
    }

    /// The key of the list of open claims in Redis.
    #[getter]
    fn open_key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(self.core.open_key()))
    }
}

impl ClaimPolicy {
    pub(crate) fn request(&self, event: &Event<'_>, retry: bool) -> ClaimRequest {
        ClaimRequest { core: self.core.request(event), retry }
    }
}

#[pymethods]
impl ClaimRequest {
    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(&*self.core.key))
    }

    #[getter]
    fn fingerprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(&*self.core.fingerprint))
    }

    #[getter]
    fn event_type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(&*self.core.event_type))
    }

    /// Whether this is a retry by key, which claims even a parked event.
    #[getter]
    fn retry(&self) -> bool {
        self.retry
    }
}

/// The name of a handler's error, as a store keeps it.
#[pyfunction]
pub(crate) fn handler_error<'py>(py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(py, || Ok(HandlerError::new(kind).as_str().to_owned()))
}

/// Whether to release a claim that was granted after its caller stopped waiting.
#[pyfunction]
pub(crate) fn releases_late(word: &str, number: i64) -> bool {
    Claim::from_reply(word, number).is_some_and(|claim| Delivery::arrived(Claiming::Lease).releases_late(claim))
}

/// The fault of a store, classified by the exception of its client.
pub(crate) fn fault(class: &str, codes: &[String], message: &str) -> Fault {
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    Fault::classify(class, &codes, message)
}

/// The name of a fault: the class of the client's error, and its code.
pub(crate) fn name_of(fault: &Fault) -> (String, String) {
    (fault.class().to_owned(), fault.code().to_owned())
}

/// The result of a piece of work: a word and a number, whether the claim was held, a word, a count, or `None`.
pub(crate) fn reply_object<'py>(py: Python<'py>, reply: Option<&Reply>) -> PyResult<Bound<'py, PyAny>> {
    guarded(py, || {
        Ok(match reply {
            Some(Reply::Claim(claim)) => claim.reply().into_bound_py_any(py),
            Some(Reply::Taken(taken)) => taken.reply().into_bound_py_any(py),
            Some(Reply::Held(held)) => held.into_bound_py_any(py),
            Some(Reply::Completion(completion)) => completion.as_str().into_bound_py_any(py),
            Some(Reply::Count(count)) => count.into_bound_py_any(py),
            Some(Reply::Created | Reply::Rows) => Ok(py.None().into_bound(py)),
            _ => Err(internal_error()),
        }?)
    })
}

/// The name of the fault that ended a piece of work.
pub(crate) fn failure_of(reply: Option<&Reply>) -> Option<(String, String)> {
    match reply {
        Some(Reply::Failed(fault)) => Some(name_of(fault)),
        _ => None,
    }
}
