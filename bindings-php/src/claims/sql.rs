//! The classes `Internal\SqlTable`, the statements of a table, and `Internal\SqlProgram`, their order.
#![allow(unsafe_code)] // reads tables and programs in PHP's objects

use std::cell::OnceCell;
use std::time::Duration;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::claims::sql::{
    Answer, Ask, DEFAULT_TABLE, Dialect, Placeholders, Program, Ran, Statement, Work, definition, statements,
};
use payvost_webhooks::{Error, OptionName};

use super::{fault_of, limit, now, operation, word_and_number, write_reply};
use crate::arguments::Argument;
use crate::boundary::{Failure, constructor, held, method};
use crate::engine::hide_parameters;
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{class, held, registered};

/// The name of a table, and its statements in each dialect that was used.
struct Table {
    name: String,
    postgres: OnceCell<Vec<Statement>>,
    mysql: OnceCell<Vec<Statement>>,
    sqlite: OnceCell<Vec<Statement>>,
}

held!(Table);
held!(Program);

/// The table's definition as SQL; null for an unknown dialect.
pub(super) fn table_definition() -> FunctionBuilder<'static> {
    let name = namespaced!("Internal\\tableDefinition");
    method!(name, (dialect: "dialect", table: "table") -> String | null, |call, result| {
        let Some(dialect) = dialect.text().and_then(Dialect::named) else { return Ok(()) };
        let sql = definition(dialect, table_name(table)?)?;
        build(&Item::from(&*sql), result)
    })
}

pub(super) fn register() -> Result<()> {
    register_table()?;
    register_program()
}

fn register_table() -> Result<()> {
    let construct = constructor!((name: "name"), {
        let name = table_name(name)?;
        // The name is checked now, not at the first delivery. PostgreSQL's statements are the most likely to be used.
        let postgres = OnceCell::from(statements(Dialect::Postgres, Placeholders::Question, name)?);
        Table { name: name.to_owned(), postgres, mysql: OnceCell::new(), sqlite: OnceCell::new() }
    });
    // The text, and the names of its parameters.
    let statement = method!("statement", (dialect: "dialect", name: "name") -> Array, |call, result| {
        // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
        let table = unsafe { &*held::<Table>(call) }.as_ref().ok_or(Failure::Panic)?;
        let statements = table.statements(dialect.text().and_then(Dialect::named).ok_or(Failure::Panic)?);
        let statement = statements.iter().find(|statement| Some(statement.name) == name.text());
        let statement = statement.ok_or(Failure::Panic)?;
        let parameters: Vec<_> = statement.parameters.iter().map(|name| Item::from(*name)).collect();
        build(&Item::List(&[Item::from(&*statement.text), Item::List(&parameters)]), result)
    });
    class::<Table>(namespaced!("Internal\\SqlTable"))
        .method(construct, MethodFlags::Public)
        .method(statement, MethodFlags::Public)
        .registration(registered::<Table>)
        .register()
}

fn register_program() -> Result<()> {
    let construct = constructor!(
        (work: "work", limit: "limitSeconds", batch: "batch", notes: "notesAttempts", hosts: "inTransactions", callers: "joined", token: "token",
            fingerprint: "fingerprint"),
        {
            let work = self::work(work, batch.natural_number())?;
            let dialect = callers.text().map(|dialect| Dialect::named(dialect).ok_or(Failure::Panic)).transpose()?;
            // Unless the caller has opened it, the dialect is known only when the connection is open.
            let program = Program::new(dialect.unwrap_or(Dialect::Postgres), dialect.is_none(), work, now(), self::limit(limit)?);
            let program = program.claiming(token.text().unwrap_or_default(), fingerprint.text().unwrap_or_default());
            let program = if notes.is_true() { program.noting_attempts() } else { program };
            match dialect {
                Some(_) => program.joining(),
                None if hosts.is_true() => program.in_transactions(),
                None => program,
            }
        }
    );
    let methods = [
        construct,
        method!("then", (work: "work", limit: "limitSeconds") -> Void, |call, _result| {
            program(call)?.then(self::work(work, None)?, now(), self::limit(limit)?);
            Ok(())
        }),
        // A word and its detail: the name of a statement, whether the connection is broken, or microseconds to wait. Null when it is done.
        method!("ask", () -> Array | null, |call, result| {
            let (word, detail) = match program(call)?.next() {
                None => return Ok(()),
                Some(Ask::Open) => ("open", Item::Null),
                Some(Ask::Begin) => ("begin", Item::Null),
                Some(Ask::Run(name)) => ("run", name.into()),
                Some(Ask::Commit) => ("commit", Item::Null),
                Some(Ask::Rollback) => ("rollback", Item::Null),
                Some(Ask::Close { broken }) => ("close", Item::Bool(broken)),
                Some(Ask::Wait(pause)) => ("wait", Item::microseconds(pause)),
                Some(_) => return Err(Failure::Panic),
            };
            build(&Item::List(&[word.into(), detail]), result)
        }),
        // The dialect of the connection that was just opened, and whether it commits a statement outside of a transaction by itself.
        method!("connected", (dialect: "dialect", autocommits: "autocommits") -> Void, |call, _result| {
            let dialect = dialect.text().and_then(Dialect::named).ok_or(Failure::Panic)?;
            program(call)?.connected(dialect, autocommits.is_true());
            Ok(())
        }),
        method!("done", () -> Void, |call, _result| feed(call, Answer::Done)),
        method!("ran", (rows: "rows", changed: "changed") -> Void, |call, _result| {
            let rows = rows.0.and_then(Zval::array).ok_or(Failure::Panic)?;
            let first = rows.values().next().and_then(Zval::array);
            let (word, number) = first.map_or((None, None), word_and_number);
            let length = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            feed(call, Answer::Ran(Ran { rows: length, word, number, changed: changed.natural_number().unwrap_or(0) }))
        }),
        method!("failed", (fault: "fault") -> Void, |call, _result| feed(call, Answer::Failed(fault_of(fault)?))),
        method!("reply", () -> Mixed, |call, result| write_reply(program(call)?.reply().ok_or(Failure::Panic)?, result)),
        method!("keepsConnection", () -> Bool, |call, result| {
            result.set_bool(program(call)?.keeps_connection());
            Ok(())
        }),
    ];
    let class = class::<Program>(namespaced!("Internal\\SqlProgram")).registration(|class, tables| {
        hide_parameters(class, &[("ran", &[0])]);
        registered::<Program>(class, tables);
    });
    methods.into_iter().fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

fn feed(call: &ExecuteData, answer: Answer<'_>) -> std::result::Result<(), Failure> {
    program(call)?.feed(answer, now());
    Ok(())
}

impl Table {
    fn statements(&self, dialect: Dialect) -> &[Statement] {
        let statements = match dialect {
            Dialect::Postgres => &self.postgres,
            Dialect::MySql => &self.mysql,
            Dialect::Sqlite => &self.sqlite,
        };
        // The name was checked when the table was made.
        statements.get_or_init(|| self::statements(dialect, Placeholders::Question, &self.name).unwrap_or_default())
    }
}

/// The work of this name. Only `forget` uses `batch`.
fn work(word: Argument<'_>, batch: Option<u64>) -> std::result::Result<Work, Failure> {
    let word = word.text().ok_or(Failure::Panic)?;
    Ok(match word {
        "create_table" => Work::CreateTable,
        "claim" => Work::Claim { retry: false },
        "claim_retry" => Work::Claim { retry: true },
        "enter" => Work::Enter { retry: false },
        "enter_retry" => Work::Enter { retry: true },
        "leave" => Work::Leave,
        "fail" => Work::Fail,
        "renew" => Work::Renew,
        "abandon" => Work::Abandon,
        "forget" => Work::Forget { batch: batch.unwrap_or(1).max(1), pause: Duration::ZERO },
        _ => Work::Step(operation(word).ok_or(Failure::Panic)?),
    })
}

fn table_name(table: Argument<'_>) -> std::result::Result<&str, Failure> {
    if table.is_null() {
        Ok(DEFAULT_TABLE)
    } else {
        table.text().ok_or(Failure::Refused(Error::InvalidOption(OptionName::Table)))
    }
}

/// The program of the object whose method is called.
#[allow(clippy::mut_from_ref)] // the reference is to PHP's object, not to the call
fn program(call: &ExecuteData) -> std::result::Result<&mut Program, Failure> {
    // SAFETY: a method of this class. Nothing that could call another method runs until it returns.
    unsafe { &mut *held::<Program>(call) }.as_mut().ok_or(Failure::Panic)
}
