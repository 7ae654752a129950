//! What a delivery came to, as the library in PHP takes it: the answer, and the record for the log.

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Field, Record};

use crate::boundary::{Failure, method};
use crate::item::{Item, build};
use crate::namespaced;

/// The function `Internal\handledAnswer`: the answer to a delivery that is handled, for one that is answered early.
pub(crate) fn handled_answer() -> FunctionBuilder<'static> {
    method!(namespaced!("Internal\\handledAnswer"), () -> Array, |_call, result| write_answer(Outcome::Handled, result))
}

/// The code, the status, the headers by their names, and the body.
pub(crate) fn write_answer(outcome: Outcome, result: &mut Zval) -> Result<(), Failure> {
    let headers: Vec<_> = outcome.headers().into_iter().map(|(name, value)| (capitalized(name), value)).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, Item::from(&**value))).collect();
    let (code, body) = (outcome.code(), outcome.body());
    build(&Item::List(&[code.into(), Item::Int(outcome.status().into()), Item::Map(&headers), Item::from(&*body)]), result)
}

/// The level, the line, the fields by their names, and whether the handler's exception is logged with it.
pub(crate) fn write_record(record: &Record, result: &mut Zval) -> Result<(), Failure> {
    let line = record.to_string();
    let fields: Vec<_> = record.fields.iter().map(|(name, value)| (*name, field(value))).collect();
    let level = record.level.as_str().into();
    build(&Item::List(&[level, Item::from(&*line), Item::Map(&fields), Item::Bool(record.with_exception)]), result)
}

fn field(field: &Field) -> Item<'_> {
    match field {
        Field::Text(text) => Item::from(&**text),
        Field::Number(number) => Item::Int(*number),
    }
}

/// `retry-after` as `Retry-After`: how PHP's programs write the names of headers.
fn capitalized(name: &str) -> String {
    let mut capitalized = String::with_capacity(name.len());
    let mut before = '-';
    for letter in name.chars() {
        capitalized.push(if before == '-' { letter.to_ascii_uppercase() } else { letter });
        before = letter;
    }
    capitalized
}
