//! What a receiver answers, from the core's `Outcome`.

use payvost_webhooks::{Error, Outcome};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::{Failure, exception};
use crate::objects;
use crate::verifier::WebhookVerifier;

/// What the verifier makes of a delivery, and what to answer, provided that the event, if there is one, gets handled.
#[pyclass(frozen, get_all, module = "payvost_webhooks._native")]
pub(crate) struct Verdict {
    event: Option<Py<PyAny>>,
    /// The position of the secret that matched.
    matching_secret: Option<usize>,
    error: Option<Py<PyAny>>,
    status: u16,
    body: String,
}

impl Verdict {
    /// The verdict on a delivery.
    pub(crate) fn on(
        verifier: &WebhookVerifier,
        payload: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
    ) -> Result<Self, Failure> {
        let py = payload.py();
        verifier.verify_with(payload, signature, |result| match result {
            Ok(event) => {
                let matching_secret = Some(event.matching_secret());
                let event = Some(objects::build(py, event.as_value())?.unbind());
                let (status, body) = answer(&Outcome::Handled);
                Ok(Self { event, matching_secret, error: None, status, body })
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
        let (status, body) = answer(&Outcome::Refused(error));
        let error = exception(py, error)?.into_value(py).into_any();
        Ok(Self { event: None, matching_secret: None, error: Some(error), status, body })
    }
}

/// The status and the body to answer.
pub(crate) fn answer(outcome: &Outcome) -> (u16, String) {
    (outcome.status(), outcome.body().into_owned())
}
