//! What a receiver answers, from the core's `Outcome`.

use std::time::Duration;

use payvost_webhooks::Error;
use payvost_webhooks::claims::Claim;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::claims::{ClaimPolicy, ClaimRequest};
use crate::errors::{Failure, exception};
use crate::verifier::WebhookVerifier;

/// How a delivery ended, and what to answer.
#[pyclass(frozen, get_all, module = "payvost_webhooks._native")]
pub(crate) struct Outcome {
    code: &'static str,
    status: u16,
    body: String,
    /// Whole seconds, for the header `Retry-After`.
    retry_after: Option<u64>,
}

/// What the verifier makes of a delivery, and what to answer, provided that the event, if there is one, gets handled.
#[pyclass(frozen, get_all, module = "payvost_webhooks._native")]
pub(crate) struct Verdict {
    event: Option<Py<PyAny>>,
    /// The position of the secret that matched.
    matching_secret: Option<usize>,
    error: Option<Py<PyAny>>,
    outcome: Py<Outcome>,
    /// What to ask a store. Only when a policy is given.
    request: Option<Py<ClaimRequest>>,
    /// The payload and the signature, for a store that keeps them. Only when a policy is given.
    delivery: Option<(Py<PyBytes>, Py<PyAny>)>,
}

impl Verdict {
    /// The verdict on a delivery that has come, or on one that was kept.
    pub(crate) fn on(
        verifier: &WebhookVerifier,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        policy: Option<&ClaimPolicy>,
        kept: bool,
    ) -> Result<Self, Failure> {
        let py = payload.py();
        verifier.verify_with(payload, signature, kept, |result| match result {
            Ok((object, event)) => {
                let (mut request, mut delivery) = (None, None);
                if let Some(policy) = policy {
                    request = Some(Py::new(py, policy.request(&event))?);
                    let bytes = match payload.cast::<PyBytes>() {
                        Ok(bytes) => bytes.clone(),
                        Err(_) => PyBytes::new(py, event.payload().as_bytes()),
                    };
                    delivery = Some((bytes.unbind(), signature.clone().unbind()));
                }
                let matching_secret = Some(event.matching_secret());
                let event = Some(object.unbind());
                let outcome = Py::new(py, Outcome::from(&payvost_webhooks::Outcome::Handled))?;
                Ok(Self { event, matching_secret, error: None, outcome, request, delivery })
            }
            Err(error) => Self::refused(py, error),
        })
    }

    /// The verdict on a delivery whose code is certain before it has been read.
    pub(crate) fn refusal(py: Python<'_>, code: &str) -> Result<Self, Failure> {
        match code {
            "payload_not_raw" => Self::refused(py, Error::PayloadNotRaw),
            "payload_too_large" => Self::refused(py, Error::PayloadTooLarge),
            _ => Err(PyValueError::new_err("no such code").into()),
        }
    }

    fn refused(py: Python<'_>, error: Error) -> Result<Self, Failure> {
        let outcome = Py::new(py, Outcome::from(&payvost_webhooks::Outcome::Refused(error)))?;
        let error = exception(py, error)?.into_value(py).into_any();
        Ok(Self { event: None, matching_secret: None, error: Some(error), outcome, request: None, delivery: None })
    }
}

impl Outcome {
    /// The outcome of a code that is no refusal.
    pub(crate) fn from_code(code: &str) -> Result<Self, Failure> {
        let outcome = payvost_webhooks::Outcome::from_code(code, Duration::ZERO);
        Ok(Self::from(&outcome.ok_or_else(|| PyValueError::new_err("no such code"))?))
    }

    /// What the reply of a store to a claim means: the attempt, when the event is to be handled; else how the delivery ends. What makes no
    /// sense claims nothing.
    pub(crate) fn of_reply(word: &str, number: i64) -> (Option<u32>, Option<Self>) {
        match Claim::from_reply(word, number) {
            Some(Claim::Claimed { attempt }) => (Some(attempt), None),
            Some(claim) => (None, claim.outcome().as_ref().map(Self::from)),
            None => (None, Some(Self::from(&payvost_webhooks::Outcome::StoreUnavailable))),
        }
    }
}

impl From<&payvost_webhooks::Outcome> for Outcome {
    fn from(outcome: &payvost_webhooks::Outcome) -> Self {
        let (code, status, retry_after) = (outcome.code(), outcome.status(), outcome.retry_after());
        Self { code, status, body: outcome.body().into_owned(), retry_after }
    }
}
