//! The classes `Internal\SqlTable`, a table's statements, and `Internal\SqlProgram`, in which order they run.
#![allow(unsafe_code)] // takes tables and programs out of PHP's objects

use std::cell::OnceCell;
use std::sync::OnceLock;
use std::time::Duration;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_object_handlers;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::sql::{
    Answer, Ask, DEFAULT_TABLE, Dialect, Placeholders, Program, Ran, Statement, Work, definition, statements,
};
use payvost_webhooks::{Error, OptionName};

use super::{fault_of, limit, now, operation, word_and_number, write_reply};
use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{Held, class, held, registered};

/// The name of a table, and its statements in each dialect that was asked for.
struct Table {
    name: String,
    postgres: OnceCell<Vec<Statement>>,
    mysql: OnceCell<Vec<Statement>>,
    sqlite: OnceCell<Vec<Statement>>,
}

pub(super) fn register() -> Result<()> {
    class::<Table>(namespaced!("Internal\\SqlTable"))
        .method(construct_table(), MethodFlags::Public)
        .method(statement(), MethodFlags::Public)
        .registration(registered::<Table>)
        .register()?;
    class::<Program>(namespaced!("Internal\\SqlProgram"))
        .method(construct(), MethodFlags::Public)
        .method(then(), MethodFlags::Public)
        .method(ask(), MethodFlags::Public)
        .method(connected(), MethodFlags::Public)
        .method(done(), MethodFlags::Public)
        .method(ran(), MethodFlags::Public)
        .method(failed(), MethodFlags::Public)
        .method(reply(), MethodFlags::Public)
        .method(keeps_connection(), MethodFlags::Public)
        .registration(registered::<Program>)
        .register()
}

/// The table's definition as SQL; null where the dialect is none.
pub(super) fn table_definition() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([dialect, table]) = arguments(call, 2) else { return };
            run(|| {
                let Some(dialect) = dialect.text().and_then(Dialect::named) else { return Ok(()) };
                let sql = definition(dialect, table_name(table)?)?;
                build(&Item::from(&*sql), result)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\tableDefinition"), handler)
        .arg(Arg::new("dialect", DataType::Mixed))
        .arg(Arg::new("table", DataType::Mixed))
        .returns(DataType::String, false, true)
}

fn construct_table() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([name]) = arguments(call, 1) else { return };
            run(|| {
                let name = table_name(name)?;
                // The name is checked now, not at the first delivery; PostgreSQL's statements are asked for most often.
                let postgres = OnceCell::from(statements(Dialect::Postgres, Placeholders::Question, name)?);
                let table = Table { name: name.to_owned(), postgres, mysql: OnceCell::new(), sqlite: OnceCell::new() };
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(table) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler).arg(Arg::new("name", DataType::Mixed))
}

/// The text of a statement, and the names of what is bound to its places.
fn statement() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([dialect, name]) = arguments(call, 2) else { return };
            run(|| {
                // SAFETY: a method of this class. Nothing runs until it returns that could change the object.
                let table = unsafe { &*held::<Table>(call) }.as_ref().ok_or(Failure::Panic)?;
                let statements = table.statements(dialect.text().and_then(Dialect::named).ok_or(Failure::Panic)?);
                let statement = statements.iter().find(|statement| Some(statement.name) == name.text());
                let statement = statement.ok_or(Failure::Panic)?;
                let parameters: Vec<_> = statement.parameters.iter().map(|name| Item::from(*name)).collect();
                build(&Item::List(&[Item::from(&*statement.text), Item::List(&parameters)]), result)
            });
        }
    }
    FunctionBuilder::new("statement", handler)
        .arg(Arg::new("dialect", DataType::Mixed))
        .arg(Arg::new("name", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([work, limit, batch]) = arguments(call, 2) else { return };
            run(|| {
                let work = self::work(work, batch.natural_number())?;
                // Whose SQL it is, is told when the connection is open.
                let program = Program::new(Dialect::Postgres, true, work, now(), self::limit(limit)?);
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(program) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("work", DataType::Mixed))
        .arg(Arg::new("limitSeconds", DataType::Mixed))
        .not_required()
        .arg(Arg::new("batch", DataType::Mixed).default("null"))
}

fn then() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([work, limit]) = arguments(call, 2) else { return };
            run(|| {
                program(call)?.then(self::work(work, None)?, now(), self::limit(limit)?);
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("then", handler).arg(Arg::new("work", DataType::Mixed));
    method.arg(Arg::new("limitSeconds", DataType::Mixed)).returns(DataType::Void, false, false)
}

/// A word, with the name of a statement, whether the connection is broken, or microseconds to wait; null when it is done.
fn ask() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
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
            });
        }
    }
    FunctionBuilder::new("ask", handler).returns(DataType::Array, false, true)
}

/// What the connection speaks that was just opened, and whether a statement outside of a transaction commits by itself there.
fn connected() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([dialect, autocommits]) = arguments(call, 2) else { return };
            run(|| {
                let dialect = dialect.text().and_then(Dialect::named).ok_or(Failure::Panic)?;
                program(call)?.connected(dialect, autocommits.is_true());
                Ok(())
            });
        }
    }
    FunctionBuilder::new("connected", handler)
        .arg(Arg::new("dialect", DataType::Mixed))
        .arg(Arg::new("autocommits", DataType::Mixed))
        .returns(DataType::Void, false, false)
}

fn done() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                program(call)?.feed(Answer::Done, now());
                Ok(())
            });
        }
    }
    FunctionBuilder::new("done", handler).returns(DataType::Void, false, false)
}

fn ran() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([rows, changed]) = arguments(call, 2) else { return };
            run(|| {
                let rows = rows.0.and_then(Zval::array).ok_or(Failure::Panic)?;
                let first = rows.values().next().and_then(Zval::array);
                let (word, number) = first.map_or((None, None), word_and_number);
                let length = u64::try_from(rows.len()).unwrap_or(u64::MAX);
                let ran = Ran { rows: length, word, number, changed: changed.natural_number().unwrap_or(0) };
                program(call)?.feed(Answer::Ran(ran), now());
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("ran", handler).arg(Arg::new("rows", DataType::Mixed));
    method.arg(Arg::new("changed", DataType::Mixed)).returns(DataType::Void, false, false)
}

fn failed() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([fault]) = arguments(call, 1) else { return };
            run(|| {
                program(call)?.feed(Answer::Failed(fault_of(fault)?), now());
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("failed", handler).arg(Arg::new("fault", DataType::Mixed));
    method.returns(DataType::Void, false, false)
}

fn reply() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| write_reply(program(call)?.reply().ok_or(Failure::Panic)?, result));
        }
    }
    FunctionBuilder::new("reply", handler).returns(DataType::Mixed, false, false)
}

fn keeps_connection() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            if let Some(keeps) = run(|| Ok(program(call)?.keeps_connection())) {
                result.set_bool(keeps);
            }
        }
    }
    FunctionBuilder::new("keepsConnection", handler).returns(DataType::Bool, false, false)
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

/// Pieces of work by their names; `batch` is for forgetting alone.
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

/// The program of the object whose method is being called.
#[allow(clippy::mut_from_ref)] // of PHP's object, which a shared reference to the call says nothing about
fn program(call: &ExecuteData) -> std::result::Result<&mut Program, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could call another one.
    unsafe { &mut *held::<Program>(call) }.as_mut().ok_or(Failure::Panic)
}

impl Held for Table {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}

impl Held for Program {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
