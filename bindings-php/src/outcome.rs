//! The outcome of a delivery in the form that the PHP library expects: the response, and the log record.

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Field, Record};

use crate::boundary::{Failure, method};
use crate::item::{Item, build};
use crate::namespaced;

/// The function `Internal\handledResponse`: the response to a handled delivery, for handlers that answer early.
pub(crate) fn handled_response() -> FunctionBuilder<'static> {
    method!(namespaced!("Internal\\handledResponse"), () -> Array, |_call, result| write_response(Outcome::Handled, result))
}

/// The arguments of a `Response`: the status, the headers by name, and the body.
pub(crate) fn write_response(outcome: Outcome, result: &mut Zval) -> Result<(), Failure> {
    let headers: Vec<_> = outcome.headers().into_iter().map(|(name, value)| (capitalized(name), value)).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, Item::from(&**value))).collect();
    let body = outcome.body();
    build(&Item::List(&[Item::Int(outcome.status().into()), Item::Map(&headers), Item::from(&*body)]), result)
}

/// The arguments of a logger: the level, the line, and the fields by name, including the exception if the record has one.
pub(crate) fn write_record(record: &Record, thrown: Option<&Zval>, result: &mut Zval) -> Result<(), Failure> {
    let line = record.to_string();
    let mut fields: Vec<_> = record.fields.iter().map(|(name, value)| (*name, field(value))).collect();
    if record.with_exception
        && let Some(thrown) = thrown.filter(|thrown| thrown.is_object())
    {
        fields.push(("exception", Item::Value(thrown)));
    }
    build(&Item::List(&[record.level.as_str().into(), Item::from(&*line), Item::Map(&fields)]), result)
}

fn field(field: &Field) -> Item<'_> {
    match field {
        Field::Text(text) => Item::from(&**text),
        Field::Number(number) => Item::Int(*number),
    }
}

/// `retry-after` as `Retry-After`: the usual spelling in PHP.
fn capitalized(name: &str) -> String {
    let mut capitalized = String::with_capacity(name.len());
    let mut before = '-';
    for letter in name.chars() {
        capitalized.push(if before == '-' { letter.to_ascii_uppercase() } else { letter });
        before = letter;
    }
    capitalized
}
