//! The class `RedisProgram`, and its scripts.

use std::time::Duration;

use payvost_webhooks::claims::Operation;
use payvost_webhooks::claims::redis::{Answer, Ask, Place, Program, parameters, script};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::boundary::{Failure, guarded_object};
use crate::claims::sql::operation;
use crate::claims::{failure_of, fault, name_of, reply_object};

/// One step on Redis. Times are in milliseconds. It is driven like `SqlProgram`.
#[pyclass(module = "payvost_webhooks._native")]
pub(crate) struct RedisProgram {
    core: Program,
    /// On a cluster, the keys of the record and of the policy's list.
    cluster: Option<(String, String)>,
}

#[pymethods]
impl RedisProgram {
    #[new]
    #[pyo3(signature = (step, now, limit, cluster=None))]
    fn __new__(step: &str, now: u64, limit: u64, cluster: Option<(String, String)>) -> PyResult<Self> {
        let operation = operation(step).ok_or_else(|| PyValueError::new_err("no such step"))?;
        let core = Program::new(operation, now, Duration::from_millis(limit));
        Ok(Self { core: if cluster.is_some() { core.on_cluster() } else { core }, cluster })
    }

    #[getter]
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            Ok(match self.core.next() {
                None => None,
                Some(Ask::EvalSha) => Some(("evalsha", self.place(py)?)),
                Some(Ask::Eval) => Some(("eval", self.place(py)?)),
                Some(Ask::Wait(pause)) => Some(("wait", pause.as_secs_f64().into_bound_py_any(py)?)),
                Some(_) => return Err(Failure::Internal),
            })
        })
    }

    /// `result`: the first text and the first number in the reply of the script.
    #[pyo3(signature = (result, now))]
    fn done(&mut self, result: Option<(Option<String>, Option<i64>)>, now: u64) {
        match &result {
            None => self.core.feed(Answer::Waited, now),
            Some((word, number)) => self.core.feed(Answer::Replied { word: word.as_deref(), number: *number }, now),
        }
    }

    #[allow(clippy::needless_pass_by_value)] // as PyO3 extracts it
    fn failed<'py>(
        &mut self,
        py: Python<'py>,
        class: &str,
        codes: Vec<String>,
        message: &str,
        now: u64,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let fault = fault(class, &codes, message);
            let name = name_of(&fault);
            self.core.feed(Answer::Failed(fault), now);
            Ok(name)
        })
    }

    #[getter]
    fn fault<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(failure_of(self.core.reply())))
    }

    #[getter]
    fn reply<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        reply_object(py, self.core.reply())
    }
}

impl RedisProgram {
    /// On a cluster, the two keys of the next script and the lists that it reads; otherwise `None`.
    fn place<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let place = self.cluster.as_ref().map(|(key, open_key)| self.core.place(key, open_key));
        place.map(|Place { keys: [key, open_key], lists }| (key, open_key, lists)).into_bound_py_any(py)
    }
}

/// The Lua scripts of the steps: name, text, names of the arguments.
#[pyfunction]
pub(crate) fn redis_scripts(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    guarded_object(py, || Ok(Operation::ALL.map(|step| (step.as_str(), script(step), parameters(step).to_vec())).to_vec()))
}
