//! The program of a piece of work on a table of claims, and its statements.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;
use std::time::Duration;

use payvost_webhooks::claims::sql::{
    Answer, Ask, DEFAULT_TABLE, Dialect, Placeholders, Program, Ran, Work, definition, statements,
};
use payvost_webhooks::{Error, OptionName};

use crate::arguments::{self, whole};
use crate::boundary::{Arguments, Env, Fault, Function, Functions, Kind, Value};
use crate::claims::{fault, integer, milliseconds};
use crate::errors::Refusal;
use crate::program::{end, limit, operation};
use crate::time::elapsed;

/// `sqlStatements(dialect, placeholders, table)`: `[name, text, …parameters]` for each statement.
pub(crate) struct SqlStatements;

impl Function for SqlStatements {
    const NAME: &'static CStr = c"sqlStatements";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [dialect, placeholders, table, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let placeholders = Placeholders::named(&arguments::lossy(placeholders)).ok_or(Fault)?;
        let statements = statements(named(dialect).ok_or(Fault)?, placeholders, &table_name(table)?)?;
        let statements = statements.iter().map(|statement| {
            let texts = [statement.name, &statement.text].into_iter().chain(statement.parameters.iter().copied());
            env.list(&texts.map(|text| env.string(text)).collect::<Result<Vec<_>, _>>()?)
        });
        Ok(env.list(&statements.collect::<Result<Vec<_>, Fault>>()?)?)
    }
}

/// `sqlDefinition(dialect, table)`: the definition of the table as SQL; `undefined` if the dialect is unknown.
pub(crate) struct SqlDefinition;

impl Function for SqlDefinition {
    const NAME: &'static CStr = c"sqlDefinition";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [dialect, table, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let Some(dialect) = named(dialect) else { return Ok(env.undefined()?) };
        Ok(env.string(&definition(dialect, &table_name(table)?)?)?)
    }
}

fn named(dialect: Value<'_>) -> Option<Dialect> {
    Dialect::named(&arguments::lossy(dialect))
}

fn table_name(table: Value<'_>) -> Result<String, Error> {
    match table.kind() {
        Kind::Absent => Ok(DEFAULT_TABLE.to_owned()),
        _ => arguments::text(table).ok_or(Error::InvalidOption(OptionName::Table)),
    }
}

/// `createSqlProgram()`: an object with the functions of a program, which runs one piece of work at a time. Each function returns what is next: a
/// step and its argument (`["open"]`, `["begin"]`, `["run", statement]`, `["commit"]`, `["rollback"]`, `["close", isBroken]`,
/// `["wait", milliseconds]`), or the [`end`].
pub(crate) struct CreateSqlProgram;

#[derive(Default)]
pub(crate) struct Task {
    program: RefCell<Option<Program>>,
    faults: RefCell<Vec<payvost_webhooks::claims::Fault>>,
}

impl Function for CreateSqlProgram {
    const NAME: &'static CStr = c"createSqlProgram";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let task = Rc::<Task>::default();
        let functions = Functions::new(env)?
            .add::<Start>(task.clone())?
            .add::<Then>(task.clone())?
            .add::<Opened>(task.clone())?
            .add::<Did>(task.clone())?
            .add::<RanStatement>(task.clone())?
            .add::<Failed>(task.clone())?
            .add::<KeepsConnection>(task)?;
        Ok(functions.object())
    }
}

/// `start(work, seconds, isRetry, batch, mode)`: begins a piece of work, which may be retried for this time. The batch is the number of rows that
/// are forgotten at a time. The mode is a list of words, in this order: `noting` for an inbox that notes attempts, `transactions` for those of an
/// ORM, or a dialect and `joining` for a transaction of that dialect that is open already.
/// First of all, for work that claims: `claiming`, the token and the fingerprint.
pub(crate) struct Start;

impl Function for Start {
    const NAME: &'static CStr = c"start";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [work, seconds, retry, batch, mode]: Arguments<'c>,
        task: &'c Rc<Task>,
    ) -> Result<Value<'c>, Fault> {
        let retry = retry.kind() == Kind::Boolean(true);
        let work = match &*arguments::lossy(work) {
            "create_table" => Work::CreateTable,
            "claim" => Work::Claim { retry },
            "enter" => Work::Enter { retry },
            "forget" => Work::Forget { batch: whole(batch).ok_or(Fault)?, pause: Duration::ZERO },
            name => Work::Step(operation(name).ok_or(Fault)?),
        };
        // The dialect is set when the connection is opened.
        let mut program = Program::new(Dialect::Sqlite, false, work, elapsed(), limit(seconds)?);
        let mode = arguments::lossy(mode);
        let mut words = mode.split_whitespace();
        while let Some(word) = words.next() {
            program = match word {
                "claiming" => program.claiming(words.next().ok_or(Fault)?, words.next().ok_or(Fault)?),
                "noting" => program.noting_attempts(),
                "transactions" => program.in_transactions(),
                "joining" => program.joining(),
                dialect => {
                    program.connected(Dialect::named(dialect).ok_or(Fault)?, false);
                    program
                }
            };
        }
        task.program.replace(Some(program));
        task.faults.borrow_mut().clear();
        task.next(env)
    }
}

/// `then(work, seconds)`: continues on the connection that an inbox has kept.
pub(crate) struct Then;

impl Function for Then {
    const NAME: &'static CStr = c"then";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [work, seconds, ..]: Arguments<'c>, task: &'c Rc<Task>) -> Result<Value<'c>, Fault> {
        let work = match &*arguments::lossy(work) {
            "leave" => Work::Leave,
            "fail" => Work::Fail,
            "renew" => Work::Renew,
            "abandon" => Work::Abandon,
            _ => return Err(Fault),
        };
        let limit = limit(seconds)?;
        task.faults.borrow_mut().clear();
        task.change(env, |program| program.then(work, elapsed(), limit))
    }
}

/// `opened(dialect, autocommits)`
pub(crate) struct Opened;

impl Function for Opened {
    const NAME: &'static CStr = c"opened";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [dialect, autocommits, ..]: Arguments<'c>, task: &'c Rc<Task>) -> Result<Value<'c>, Fault> {
        let dialect = named(dialect).ok_or(Fault)?;
        task.change(env, |program| {
            program.connected(dialect, autocommits.kind() == Kind::Boolean(true));
            program.feed(Answer::Done, elapsed());
        })
    }
}

/// `did()`: the step is done.
pub(crate) struct Did;

impl Function for Did {
    const NAME: &'static CStr = c"did";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, task: &'c Rc<Task>) -> Result<Value<'c>, Fault> {
        task.change(env, |program| program.feed(Answer::Done, elapsed()))
    }
}

/// `ran(rows, word, number, changed)`: the number of rows that the statement returned, the first string and the first number in the first row,
/// and the number of changed rows.
pub(crate) struct RanStatement;

impl Function for RanStatement {
    const NAME: &'static CStr = c"ran";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [rows, word, number, changed, ..]: Arguments<'c>,
        task: &'c Rc<Task>,
    ) -> Result<Value<'c>, Fault> {
        let (rows, word, changed) = (whole(rows).ok_or(Fault)?, arguments::text(word), whole(changed).unwrap_or(0));
        let ran = Ran { rows, word: word.as_deref(), number: integer(number), changed };
        task.change(env, |program| program.feed(Answer::Ran(ran), elapsed()))
    }
}

/// `failed(class, codes, message)`
pub(crate) struct Failed;

impl Function for Failed {
    const NAME: &'static CStr = c"failed";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [class, codes, message, ..]: Arguments<'c>, task: &'c Rc<Task>) -> Result<Value<'c>, Fault> {
        let fault = fault(class, codes, message);
        task.change(env, |program| {
            let fault = if program.next() == Some(Ask::Open) { fault.while_connecting() } else { fault };
            task.faults.borrow_mut().push(fault.clone());
            program.feed(Answer::Failed(fault), elapsed());
        })
    }
}

/// `keepsConnection()`: whether an inbox has claimed an event, and still needs its connection.
pub(crate) struct KeepsConnection;

impl Function for KeepsConnection {
    const NAME: &'static CStr = c"keepsConnection";
    type Data = Rc<Task>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, task: &'c Rc<Task>) -> Result<Value<'c>, Fault> {
        env.boolean(task.program.borrow().as_ref().is_some_and(Program::keeps_connection))
    }
}

impl Task {
    fn change<'c>(&self, env: Env<'c>, change: impl FnOnce(&mut Program)) -> Result<Value<'c>, Fault> {
        change(self.program.borrow_mut().as_mut().ok_or(Fault)?);
        self.next(env)
    }

    fn next<'c>(&self, env: Env<'c>) -> Result<Value<'c>, Fault> {
        let program = self.program.borrow();
        let program = program.as_ref().ok_or(Fault)?;
        match program.next() {
            Some(Ask::Open) => env.list(&[env.ascii("open")?]),
            Some(Ask::Begin) => env.list(&[env.ascii("begin")?]),
            Some(Ask::Run(name)) => env.list(&[env.ascii("run")?, env.ascii(name)?]),
            Some(Ask::Commit) => env.list(&[env.ascii("commit")?]),
            Some(Ask::Rollback) => env.list(&[env.ascii("rollback")?]),
            Some(Ask::Close { broken }) => env.list(&[env.ascii("close")?, env.boolean(broken)?]),
            Some(Ask::Wait(pause)) => {
                let pause = u64::try_from(pause.as_millis()).map_err(|_| Fault)?;
                env.list(&[env.ascii("wait")?, milliseconds(env, pause)?])
            }
            Some(_) => Err(Fault),
            None => end(env, program.reply(), &self.faults.borrow()),
        }
    }
}
