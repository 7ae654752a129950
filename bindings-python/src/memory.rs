//! The class `MemoryClaims`: the core's store in memory, behind a lock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payvost_webhooks::claims::{self, DeadLetter, HandlerError, KeptDelivery};
use payvost_webhooks::{Error, OptionName};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::integer;
use crate::boundary::{guarded, guarded_object};
use crate::claims::{ClaimPolicy, ClaimRequest};

/// Claims in memory. All times are in milliseconds of one monotonic clock.
///
/// No Python object is created or dropped while the lock is held: that could run other code in this thread, which would then deadlock.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct MemoryClaims {
    core: Mutex<claims::MemoryClaims>,
}

/// Key, type, reason, attempts, error and age in milliseconds.
type Letter = (String, String, &'static str, u32, Option<String>, u64);

#[pymethods]
impl MemoryClaims {
    #[new]
    fn __new__(capacity: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(capacity.py(), || {
            let capacity = integer(capacity).ok_or(Error::InvalidOption(OptionName::Capacity))?;
            Ok(Self { core: Mutex::new(claims::MemoryClaims::new(capacity)?) })
        })
    }

    /// Returns a word and a number; `None` if the store is full.
    #[pyo3(signature = (now, policy, request, token, delivery = None))]
    fn claim<'py>(
        &self,
        py: Python<'py>,
        now: u64,
        policy: &ClaimPolicy,
        request: &ClaimRequest,
        token: &str,
        delivery: Option<(Bound<'_, PyBytes>, String)>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let kept = delivery.as_ref().map(|(payload, signature)| KeptDelivery { payload: payload.as_bytes(), signature });
            Ok(self.lock().claim(now, &policy.core, &request.core, token, kept).ok().map(|claim| claim.reply()))
        })
    }

    fn extend(&self, py: Python<'_>, now: u64, key: &str, token: &str, lease_ms: u64) -> PyResult<bool> {
        guarded(py, || Ok(self.lock().extend(now, key, token, Duration::from_millis(lease_ms))))
    }

    fn complete(&self, py: Python<'_>, now: u64, policy: &ClaimPolicy, key: &str, token: &str) -> PyResult<bool> {
        guarded(py, || Ok(self.lock().complete(now, &policy.core, key, token)))
    }

    fn release(&self, py: Python<'_>, now: u64, policy: &ClaimPolicy, key: &str, token: &str, error: &str) -> PyResult<bool> {
        guarded(py, || Ok(self.lock().release(now, &policy.core, key, token, &HandlerError::new(error))))
    }

    /// Returns a word and a number.
    #[allow(clippy::too_many_arguments)] // as the other stores bind them
    fn take<'py>(
        &self,
        py: Python<'py>,
        now: u64,
        policy: &ClaimPolicy,
        key: &str,
        ticket: &str,
        token: &str,
        lease_ms: u64,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let policy = policy.core.clone().lease(Duration::from_millis(lease_ms))?;
            Ok(self.lock().take(now, &policy, key, ticket, token).reply())
        })
    }

    fn discard(&self, py: Python<'_>, now: u64, policy: &ClaimPolicy, key: &str) -> PyResult<bool> {
        guarded(py, || Ok(self.lock().discard(now, &policy.core, key)))
    }

    fn dead_letters<'py>(&self, py: Python<'py>, now: u64, limit: usize) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(self.lock().dead_letters(now, limit).into_iter().map(letter).collect::<Vec<Letter>>()))
    }

    fn delivery<'py>(&self, py: Python<'py>, now: u64, key: &str) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let kept = self.lock().delivery(now, key).map(|kept| (kept.payload.to_owned(), kept.signature.to_owned()));
            Ok(kept.map(|(payload, signature)| (PyBytes::new(py, &payload), signature)))
        })
    }

    fn __len__(&self) -> usize {
        self.lock().len()
    }
}

impl MemoryClaims {
    fn lock(&self) -> MutexGuard<'_, claims::MemoryClaims> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn letter(letter: DeadLetter) -> Letter {
    let DeadLetter { key, event_type, reason, attempts, error, age, .. } = letter;
    (key, event_type, reason.as_str(), attempts, error, u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
}
