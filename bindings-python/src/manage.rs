//! The classes `ApiClient`, `ApiCall` and `Rotation`: the management API. The core decides what is sent and what follows; requests, pauses,
//! clocks and random bytes come from Python.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payvost_webhooks::manage::{self, Answer, Ask, CallOptions, Client, Fault, Names, Now, Operation, Response};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyList, PyString};

use crate::arguments::{RawBytes, StableBytes};
use crate::boundary::{Failure, guarded, guarded_object};
use crate::{errors, values};

/// The key, the options and the budget for retries. It cannot be pickled, and its `repr` does not show the key.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ApiClient {
    core: Client,
}

#[pymethods]
impl ApiClient {
    #[new]
    fn __new__(api_key: &Bound<'_, PyAny>, options: &[u8], host: &str) -> PyResult<Self> {
        guarded(api_key.py(), || {
            let key = RawBytes::extract(api_key)?.map(|key| key.stable(api_key.py())).transpose()?;
            // Anything that is not text is reported as a missing key.
            let key = key.as_ref().map_or(&[][..], StableBytes::as_ref);
            let builder = Client::builder(key).names(Names::Snake).host(host);
            let core = builder.options(options).and_then(manage::ClientBuilder::build);
            Ok(Self { core: core.map_err(|refusal| errors::refusal(api_key.py(), &refusal))? })
        })
    }

    /// Begin a call. Nothing is sent yet.
    #[allow(clippy::too_many_arguments)] // of Python, which passes them by position
    fn call(
        &self,
        py: Python<'_>,
        operation: &str,
        parameters: &[u8],
        options: &[u8],
        random: [u8; 16],
        elapsed_ms: u64,
        unix_ms: u64,
    ) -> PyResult<ApiCall> {
        guarded(py, || {
            let operation = Operation::parse(operation).ok_or_else(|| PyValueError::new_err("unknown operation"))?;
            let now = Now { elapsed_ms, unix_ms };
            let call = CallOptions::from_json(options, Names::Snake)
                .and_then(|options| self.core.call(operation, parameters, &options, random, now));
            let call = call.map_err(|refusal| errors::refusal(py, &refusal))?;
            Ok(ApiCall { core: Mutex::new(call) })
        })
    }

    /// Where the API is.
    #[getter]
    fn base_url(&self) -> &str {
        self.core.base_url()
    }

    /// Whether the key is one for production.
    #[getter]
    fn is_live(&self) -> bool {
        self.core.is_live()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("cannot pickle a client, which holds an API key: create one per process"))
    }
}

/// One call, step by step.
#[pyclass(frozen, module = "payvost_webhooks._native")]
pub(crate) struct ApiCall {
    core: Mutex<manage::Call>,
}

#[pymethods]
impl ApiCall {
    /// `True`: send the request. A number: wait as many seconds. `None`: the call is over.
    #[getter]
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            Ok(match self.lock().next() {
                Ask::Request(_) => PyBool::new(py, true).to_owned().into_any(),
                Ask::Wait(pause) => PyFloat::new(py, pause.as_secs_f64()).into_any(),
                Ask::Done(_) => py.None().into_bound(py),
            })
        })
    }

    #[getter]
    fn operation(&self) -> String {
        self.lock().operation().name().to_owned()
    }

    #[getter]
    fn route(&self) -> String {
        self.lock().operation().route().to_owned()
    }

    #[getter]
    fn path(&self) -> String {
        self.lock().path()
    }

    /// How many requests were sent so far.
    #[getter]
    fn attempts(&self) -> u32 {
        self.lock().attempts()
    }

    #[getter]
    fn method(&self) -> PyResult<&'static str> {
        self.request(|request| Ok(request.method()))
    }

    #[getter]
    fn url(&self) -> PyResult<String> {
        self.request(|request| Ok(request.url().to_owned()))
    }

    /// The headers, with the API key. Keep them out of local variables, which some tracebacks show.
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.request(|request| PyList::new(py, request.headers()))
    }

    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.request(|request| Ok(request.body().map(|body| PyBytes::new(py, body))))
    }

    /// The limit of the whole attempt, in seconds.
    #[getter]
    fn time_limit(&self) -> PyResult<Option<f64>> {
        self.request(|request| Ok(request.time_limit().map(|limit| limit.as_secs_f64())))
    }

    #[getter]
    fn max_answer_bytes(&self) -> PyResult<usize> {
        self.request(|request| Ok(request.max_answer_bytes()))
    }

    /// An answer came.
    #[allow(clippy::too_many_arguments)] // of Python, which passes them by position
    fn answered(
        &self,
        py: Python<'_>,
        status: u16,
        headers: Vec<(String, String)>,
        body: &[u8],
        elapsed_ms: u64,
        unix_ms: u64,
        random: u32,
    ) -> PyResult<()> {
        guarded(py, || {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            let response = Response { status, headers: &headers, body };
            self.feed(Answer::Response(response), Now { elapsed_ms, unix_ms }, random)
        })
    }

    /// No answer came: the name of the fault. Also ends a pause that was cancelled.
    fn failed(&self, py: Python<'_>, fault: &str, elapsed_ms: u64, unix_ms: u64, random: u32) -> PyResult<()> {
        guarded(py, || {
            let fault = Fault::parse(fault).unwrap_or(Fault::Lost);
            self.feed(Answer::Failed(fault), Now { elapsed_ms, unix_ms }, random)
        })
    }

    /// The pause is over.
    fn waited(&self, py: Python<'_>, elapsed_ms: u64, unix_ms: u64) -> PyResult<()> {
        guarded(py, || self.feed(Answer::Waited, Now { elapsed_ms, unix_ms }, 0))
    }

    /// The last attempt: status, fault and duration in seconds.
    fn last_attempt(&self) -> Option<(Option<u16>, Option<&'static str>, f64)> {
        let call = self.lock();
        call.last_attempt().map(|attempt| (attempt.status(), attempt.fault(), attempt.duration().as_secs_f64()))
    }

    /// Of the last answer: the status, the request id, and the rate limit as limit, remaining and reset.
    #[allow(clippy::type_complexity)] // it is a tuple for Python
    fn facts(&self) -> (Option<u16>, Option<String>, Option<u64>, Option<u64>, Option<u64>) {
        let call = self.lock();
        let (facts, rate) = (call.facts(), call.facts().rate_limit());
        (facts.status(), facts.request_id().map(str::to_owned), rate.limit, rate.remaining, rate.reset)
    }

    /// The data and, for a page, the total.
    ///
    /// Raises:
    ///     `ApiError`: The call failed.
    fn result<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Option<u64>)> {
        guarded(py, || {
            // The data is built without the lock, because Python can run other code meanwhile.
            let (data, total) = match self.lock().next() {
                Ask::Done(Ok(success)) => (success.read(), success.total()),
                Ask::Done(Err(error)) => return Err(errors::api_error(py, error).into()),
                Ask::Request(_) | Ask::Wait(_) => return Err(Failure::Internal),
            };
            let (object, is_sound) = values::build(py, data.value());
            if is_sound { Ok((object?, total)) } else { Err(Failure::Internal) }
        })
    }

    /// The parameters of the call for the next page, as JSON.
    fn next_page<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let next = self.lock().next_page();
        next.map(|parameters| PyBytes::new(py, parameters.as_bytes()))
    }

    /// The request as JSON, without the key.
    fn dry_run<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        let shown = self.lock().dry_run();
        PyString::new(py, &shown)
    }
}

impl ApiCall {
    fn lock(&self) -> MutexGuard<'_, manage::Call> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request<T>(&self, read: impl FnOnce(&manage::Request) -> PyResult<T>) -> PyResult<T> {
        match self.lock().next() {
            Ask::Request(request) => read(request),
            Ask::Wait(_) | Ask::Done(_) => Err(PyValueError::new_err("the call does not ask for a request")),
        }
    }

    fn feed(&self, answer: Answer<'_>, now: Now, random: u32) -> Result<(), Failure> {
        self.lock().feed(answer, now, random).map_err(|_| Failure::Internal)
    }
}

/// When the old secret of a rotated webhook can go. Times are in seconds since the Unix epoch.
#[pyclass(module = "payvost_webhooks._native")]
pub(crate) struct SecretAge {
    core: manage::Rotation,
}

#[pymethods]
impl SecretAge {
    #[new]
    fn __new__(now: f64) -> PyResult<Self> {
        Ok(Self { core: manage::Rotation::new(seconds(now)?) })
    }

    fn seen(&mut self, now: f64) -> PyResult<()> {
        self.core.old_secret_seen(seconds(now)?);
        Ok(())
    }

    fn is_over(&self, now: f64) -> PyResult<bool> {
        Ok(self.core.is_over(seconds(now)?))
    }

    #[getter]
    fn over_at(&self) -> f64 {
        self.core.over_at().as_secs_f64()
    }
}

fn seconds(value: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(value).map_err(|_| PyValueError::new_err("not a time"))
}
