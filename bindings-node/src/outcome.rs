//! How a delivery ended: what to answer to the provider, and the record in the log.

use std::ffi::CStr;
use std::fmt::Write;

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Delivery, Field, Level, Record};

use crate::arguments::whole;
use crate::boundary::{Arguments, Env, Fault, Function, Value};

/// Those that always have the same answer, and of which most loggers keep nothing. They are told by their number, so that their answer
/// goes over to JavaScript once.
const BRIEF: [Outcome; 5] =
    [Outcome::Handled, Outcome::Unhandled, Outcome::AlreadyHandled, Outcome::HandedOver, Outcome::HandlerFailed];

/// `answer(number)`: what to answer with the outcome that has that number: `[code, status, body, headers]`.
pub(crate) struct Answer;

impl Function for Answer {
    const NAME: &'static CStr = c"answer";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [number, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let outcome = whole(number).and_then(|number| BRIEF.get(usize::try_from(number).ok()?)).ok_or(Fault)?;
        env.list(&answer(env, outcome)?)
    }
}

/// How it ended: `[code, status, body, headers]` and, unless the logger drops it, `[…, record]`; or for short `[number of the answer, record]`
/// or the number alone. Headers are names and values in turn.
pub(crate) fn ending<'c>(env: Env<'c>, delivery: &Delivery, drops_info: bool) -> Result<Value<'c>, Fault> {
    let outcome = delivery.outcome().ok_or(Fault)?;
    let is_dropped = drops_info && delivery.level() == Level::Info;
    let mut ending = match (0_u32..).zip(&BRIEF).find(|(_, brief)| **brief == outcome) {
        Some((number, _)) if is_dropped => return env.number(number.into()),
        Some((number, _)) => vec![env.number(number.into())?],
        None => answer(env, &outcome)?.to_vec(),
    };
    if !is_dropped {
        ending.push(env.string(&joined(&delivery.record()))?);
    }
    env.list(&ending)
}

/// What most records take, joined.
const RECORD_BYTES: usize = 512;

/// A record as one text, since each text costs as much as reading a payload: the level, the text, the line, whether the handler's exception
/// goes with it, and names and values of the fields, with a NUL between all of them. The name of a number has a `#` before it.
fn joined(record: &Record) -> String {
    let level = match record.level {
        Level::Info => "info",
        // As the methods of loggers are called in JavaScript.
        Level::Warning => "warn",
        Level::Error => "error",
    };
    let mut parts = String::with_capacity(RECORD_BYTES);
    // A string takes whatever is written, and nothing in a record has a NUL.
    let _ = write!(parts, "{level}\0{}\0{record}\0{}", record.text, if record.with_exception { "1" } else { "" });
    for (name, field) in &record.fields {
        let (mark, number);
        let value = match field {
            Field::Text(text) => {
                mark = "\0";
                text
            }
            Field::Number(field) => {
                (mark, number) = ("\0#", field.to_string());
                &*number
            }
        };
        for part in [mark, name, "\0", value] {
            parts.push_str(part);
        }
    }
    parts
}

fn answer<'c>(env: Env<'c>, outcome: &Outcome) -> Result<[Value<'c>; 4], Fault> {
    let mut headers = Vec::new();
    for (name, value) in outcome.headers() {
        headers.extend([env.string(name)?, env.string(&value)?]);
    }
    let (code, status) = (env.string(outcome.code())?, env.number(outcome.status().into())?);
    Ok([code, status, env.string(&outcome.body())?, env.list(&headers)?])
}
