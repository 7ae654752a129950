//! The class `SqlProgram`, and its statements.

use std::time::Duration;

use payvost_webhooks::claims::sql::{self, Answer, Ask, Dialect, Placeholders, Ran, Work};
use payvost_webhooks::claims::{Operation, sql::Program};
use payvost_webhooks::{Error, OptionName};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::boundary::{Failure, guarded, guarded_object};
use crate::claims::{failure_of, fault, name_of, reply_object};

/// A piece of work on a claims table. Times are in milliseconds.
///
/// `ask` is the name and argument of the next step; `done` and `failed` take its result.
#[pyclass(module = "payvost_webhooks._native")]
pub(crate) struct SqlProgram {
    core: Program,
}

/// A statement: its name, its text, and the names of its parameters.
type Statement = (&'static str, String, Vec<&'static str>);

/// The result of a step.
#[derive(FromPyObject)]
enum Done {
    /// A statement was run: the number of rows, the first text and the first number in the first row, and the number of changed rows.
    Ran(u64, Option<String>, Option<i64>, u64),
    /// A connection was opened: its dialect, and whether it is in autocommit mode.
    Opened(String, bool),
}

#[pymethods]
impl SqlProgram {
    /// `note`: whether an inbox records the attempt before its transaction. `transactions`: who opens the transactions: the program
    /// (`own`), the host as a whole (`host`), or the caller, who has opened the first one already (`sqlite` and so on, its dialect).
    /// `token` and `fingerprint`: for work that claims.
    #[new]
    #[pyo3(signature = (work, now, limit, retry = false, batch = 1, pause = 0, note = false, transactions = "own", token = "", fingerprint = ""))]
    #[allow(clippy::too_many_arguments)] // they are keyword arguments
    fn __new__(
        work: &str,
        now: u64,
        limit: u64,
        retry: bool,
        batch: u64,
        pause: u64,
        note: bool,
        transactions: &str,
        token: &str,
        fingerprint: &str,
    ) -> PyResult<Self> {
        let work = match work {
            "create_table" => Work::CreateTable,
            "claim" => Work::Claim { retry },
            "enter" => Work::Enter { retry },
            "forget" => Work::Forget { batch, pause: Duration::from_millis(pause) },
            _ => then(work).or_else(|| operation(work).map(Work::Step)).ok_or_else(unknown)?,
        };
        // The dialect is set when the connection is opened.
        let dialect = Dialect::named(transactions);
        let core = Program::new(dialect.unwrap_or(Dialect::Sqlite), false, work, now, Duration::from_millis(limit));
        let core = core.claiming(token, fingerprint);
        let core = match (transactions, dialect) {
            (_, Some(_)) => core.joining(),
            ("host", None) => core.in_transactions(),
            _ => core,
        };
        Ok(Self { core: if note { core.noting_attempts() } else { core } })
    }

    /// Continue with more work on the same connection.
    fn then(&mut self, work: &str, now: u64, limit: u64) -> PyResult<()> {
        self.core.then(then(work).ok_or_else(unknown)?, now, Duration::from_millis(limit));
        Ok(())
    }

    /// The name of the next step and its argument, or `None`.
    #[getter]
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || {
            let Some(ask) = self.core.next() else { return Ok(None) };
            let none = || Ok(py.None().into_bound(py));
            let (name, argument) = match ask {
                Ask::Open => ("open", none()),
                Ask::Begin => ("begin", none()),
                Ask::Run(name) => ("run", name.into_bound_py_any(py)),
                Ask::Commit => ("commit", none()),
                Ask::Rollback => ("rollback", none()),
                Ask::Close { broken } => ("close", broken.into_bound_py_any(py)),
                Ask::Wait(pause) => ("wait", pause.as_secs_f64().into_bound_py_any(py)),
                _ => return Err(Failure::Internal),
            };
            Ok(Some((name, argument?)))
        })
    }

    /// The step is done.
    #[pyo3(signature = (result, now))]
    fn done(&mut self, py: Python<'_>, result: Option<Done>, now: u64) -> PyResult<()> {
        guarded(py, || {
            match &result {
                None => self.core.feed(Answer::Done, now),
                Some(Done::Ran(rows, word, number, changed)) => {
                    let ran = Ran { rows: *rows, word: word.as_deref(), number: *number, changed: *changed };
                    self.core.feed(Answer::Ran(ran), now);
                }
                Some(Done::Opened(dialect, autocommits)) => {
                    self.core.connected(Dialect::named(dialect).ok_or_else(unknown)?, *autocommits);
                    self.core.feed(Answer::Done, now);
                }
            }
            Ok(())
        })
    }

    /// The step has failed. Returns the name of the fault: the class of the error and its code.
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

    /// The name of the fault that ended the work, if one did.
    #[getter]
    fn fault<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded_object(py, || Ok(failure_of(self.core.reply())))
    }

    /// The result of the work.
    #[getter]
    fn reply<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        reply_object(py, self.core.reply())
    }
}

fn then(work: &str) -> Option<Work> {
    Some(match work {
        "leave" => Work::Leave,
        "fail" => Work::Fail,
        "renew" => Work::Renew,
        "abandon" => Work::Abandon,
        _ => return None,
    })
}

pub(super) fn operation(name: &str) -> Option<Operation> {
    Operation::ALL.into_iter().find(|operation| operation.as_str() == name)
}

#[cold]
fn unknown() -> PyErr {
    PyValueError::new_err("no such piece of work")
}

/// The SQL statements of the steps: name, text, names of the parameters.
#[pyfunction]
pub(crate) fn sql_statements<'py>(dialect: &str, placeholders: &str, table: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(table.py(), || {
        let placeholders = Placeholders::named(placeholders).ok_or(UNKNOWN)?;
        let statements = sql::statements(named(dialect)?, placeholders, table_name(table)?)?;
        let parts = statements.into_iter().map(|statement| (statement.name, statement.text, statement.parameters));
        Ok(parts.collect::<Vec<Statement>>())
    })
}

/// The definition of the table, for a migration.
#[pyfunction]
pub(crate) fn sql_definition<'py>(dialect: &str, table: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    guarded_object(table.py(), || Ok(sql::definition(named(dialect)?, table_name(table)?)?))
}

const UNKNOWN: Error = Error::InvalidOption(OptionName::Unknown);

fn named(dialect: &str) -> Result<Dialect, Failure> {
    Ok(Dialect::named(dialect).ok_or(UNKNOWN)?)
}

fn table_name<'a>(table: &'a Bound<'_, PyAny>) -> Result<&'a str, Failure> {
    let table = table.cast::<PyString>().ok().and_then(|table| table.to_str().ok());
    Ok(table.ok_or(Error::InvalidOption(OptionName::Table))?)
}
