//! Why a delivery was refused, for development.

use payvost_webhooks::Error;
use payvost_webhooks::explain::{Case, explain as explained};
use pyo3::prelude::*;

use crate::arguments::{StableBytes, payload_bytes, secret_bytes, signature_bytes};
use crate::boundary::{Failure, guarded_object};

/// The verdict, and each cause as code, evidence and fix.
type Explained = (&'static str, Vec<(&'static str, String, &'static str)>);

/// Explain why a delivery was refused. ``headers`` are the values of the signature header, and the other two lists are compared with.
#[pyfunction]
pub(crate) fn explain<'py>(
    py: Python<'py>,
    body: &Bound<'py, PyAny>,
    headers: Vec<Bound<'py, PyAny>>,
    secret: &Bound<'py, PyAny>,
    other_secrets: Vec<Bound<'py, PyAny>>,
    other_bodies: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(py, || -> Result<Explained, Failure> {
        let any_length = |_| Ok::<(), Error>(());
        let secret = secret_bytes(secret)?;
        let body = payload_bytes(body, any_length)?;
        let headers = headers.iter().map(signature_bytes).collect::<PyResult<Vec<_>>>()?;
        let headers: Vec<&[u8]> = headers.into_iter().flatten().collect();
        let secrets = other_secrets.iter().map(secret_bytes).collect::<Result<Vec<_>, _>>()?;
        let bodies = other_bodies.iter().map(|body| payload_bytes(body, any_length)).collect::<Result<Vec<_>, _>>()?;
        let [secrets, bodies] = [&secrets, &bodies].map(|list| list.iter().map(StableBytes::as_ref).collect::<Vec<&[u8]>>());
        let explanation = explained(&Case {
            body: body.as_ref(),
            headers: &headers,
            secret: secret.as_ref(),
            other_secrets: &secrets,
            other_bodies: &bodies,
        });
        let causes = explanation.causes().iter();
        let causes = causes.map(|cause| (cause.code().as_str(), cause.evidence().to_owned(), cause.fix())).collect();
        Ok((explanation.verdict(), causes))
    })
}
