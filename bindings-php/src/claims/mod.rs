//! Handling each event once: the policy, the core's programs for stores, and faults.

mod fault;
mod policy;
mod redis;
mod sql;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::{Completion, Fault, HandlerError, Operation, Reply};

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::passed;

pub(crate) fn register() -> Result<()> {
    fault::register()?;
    policy::register()?;
    redis::register()?;
    sql::register()
}

pub(crate) fn functions() -> [FunctionBuilder<'static>; 2] {
    [sql::table_definition(), handler_error()]
}

/// The name of a kind of error, as a store keeps it.
fn handler_error() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([kind]) = arguments(call, 1) else { return };
            run(|| {
                let error = HandlerError::new(&String::from_utf8_lossy(kind.payload().unwrap_or_default()));
                build(&error.as_str().into(), result)
            });
        }
    }
    let function = FunctionBuilder::new(namespaced!("Internal\\handlerError"), handler);
    function.arg(Arg::new("kind", DataType::Mixed)).returns(DataType::String, false, false)
}

/// Milliseconds since the first call, by a monotonic clock.
pub(crate) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The fault that was passed. The PHP library passes nothing else.
pub(crate) fn fault_of(argument: Argument<'_>) -> std::result::Result<Fault, Failure> {
    passed::<Fault>(argument).cloned().ok_or(Failure::Panic)
}

fn operation(word: &str) -> Option<Operation> {
    Operation::ALL.into_iter().find(|operation| operation.as_str() == word)
}

fn limit(seconds: Argument<'_>) -> std::result::Result<Duration, Failure> {
    seconds.seconds().ok_or(Failure::Panic)
}

/// The first string and the first number of a row or a reply. Some drivers return numbers as strings.
pub(crate) fn word_and_number(row: &ZendHashTable) -> (Option<&str>, Option<i64>) {
    let word = row.values().next().and_then(|value| Argument(Some(value)).text());
    (word, row.values().find_map(number))
}

fn number(value: &Zval) -> Option<i64> {
    let value = Argument(Some(value));
    value.int().or_else(|| value.text()?.parse().ok())
}

/// The result of claiming an event or taking a ticket.
pub(crate) fn write_word_and_number((word, number): (&str, u64), result: &mut Zval) -> std::result::Result<(), Failure> {
    build(&Item::List(&[word.into(), Item::Int(number)]), result)
}

/// A reply in the form that the PHP library expects: true; a word and a number; whether the claim was held; true, false or a word for
/// a completion; null if the rows of the last statement are the result; a count; or a fault.
fn write_reply(reply: &Reply, result: &mut Zval) -> std::result::Result<(), Failure> {
    let item = match reply {
        Reply::Created | Reply::Completion(Completion::Completed) => Item::Bool(true),
        Reply::Completion(Completion::Lost) => Item::Bool(false),
        Reply::Completion(completion) => completion.as_str().into(),
        Reply::Held(held) => Item::Bool(*held),
        Reply::Rows => Item::Null,
        Reply::Count(count) => Item::Int(*count),
        Reply::Failed(fault) => return fault::write(fault, result),
        Reply::Claim(claim) => return write_word_and_number(claim.reply(), result),
        Reply::Taken(taken) => return write_word_and_number(taken.reply(), result),
        _ => return Err(Failure::Panic),
    };
    build(&item, result)
}
