//! How a delivery ended: the response to Payvost, and the record for the log.

use std::ffi::CStr;

use payvost_webhooks::claims::Claim;
use payvost_webhooks::receive::{Answer, Claiming, Delivery, Field, HandlerEnd, Level, Record, Verified};
use payvost_webhooks::{Error, Outcome};

use crate::arguments::whole;
use crate::boundary::{Arguments, Env, Fault, Function, Value};

/// How a delivery ended, as JSON: `{code, status, headers, body, record}`. The record is `{level, text, line, fields}`, with
/// `exception: true` if JavaScript adds the handler's exception. Passing one string takes less time than passing its parts.
///
/// A usual ending is a number, for which [`UsualEnding`] returns the JSON.
pub(crate) fn ending<'c>(env: Env<'c>, delivery: &Delivery) -> Result<Value<'c>, Fault> {
    let outcome = delivery.outcome().ok_or(Fault)?;
    let is_usual = delivery.has_plain_record() || matches!(outcome, Outcome::Refused(_));
    match (0_u32..).zip(&USUAL).find(|(_, usual)| is_usual && **usual == outcome) {
        Some((number, _)) => env.number(number.into()),
        None => env.string(&json(&delivery.record(), &outcome)),
    }
}

/// The outcomes whose endings differ at most by the event.
const USUAL: [Outcome; 9] = [
    Outcome::Handled,
    Outcome::Unhandled,
    Outcome::AlreadyHandled,
    Outcome::HandedOver,
    Outcome::Refused(Error::MissingSignature),
    Outcome::Refused(Error::MalformedSignature),
    Outcome::Refused(Error::SignatureMismatch),
    Outcome::Refused(Error::EventTooOld),
    Outcome::Refused(Error::EventInFuture),
];

/// `usualEnding(number)`: the ending with that number, with `{type}` and then `{id}` in the line as placeholders. Without a number, the ending
/// of a delivery that an unexpected exception interrupted.
pub(crate) struct UsualEnding;

impl Function for UsualEnding {
    const NAME: &'static CStr = c"usualEnding";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [number, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let Some(number) = whole(number) else {
            let record = Record { with_exception: true, ..Delivery::ended(Outcome::HandlerFailed).record() };
            return env.string(&json(&record, &Outcome::HandlerFailed));
        };
        let outcome = usize::try_from(number).ok().and_then(|number| USUAL.get(number)).ok_or(Fault)?;
        env.string(&json(&usual(outcome)?.record(), outcome))
    }
}

/// A delivery that ended so.
fn usual(outcome: &Outcome) -> Result<Delivery, Fault> {
    if let Outcome::Refused(_) = outcome {
        return Ok(Delivery::ended(*outcome));
    }
    let event = Verified { id: "{id}", event_type: "{type}", key: "", has_handler: *outcome != Outcome::Unhandled };
    let claim = if *outcome == Outcome::AlreadyHandled { Claim::Done } else { Claim::Claimed { attempt: 1 } };
    let claiming = if *outcome == Outcome::Handled { Claiming::Never } else { Claiming::Lease };
    let mut delivery = Delivery::arrived(claiming);
    for answer in [Answer::Verified(event), Answer::Claimed(claim), Answer::Handled(HandlerEnd::HandedOver)] {
        let _ = delivery.feed(answer); // an answer that this delivery did not ask for changes nothing
    }
    if delivery.outcome() == Some(*outcome) { Ok(delivery) } else { Err(Fault) }
}

fn json(record: &Record, outcome: &Outcome) -> String {
    let level = match record.level {
        Level::Info => "info",
        Level::Warning => "warn", // the name of the method on a logger
        Level::Error => "error",
    };
    let fields = record.fields.iter().map(|(name, field)| match field {
        Field::Text(text) => (*name, string(text)),
        Field::Number(number) => (*name, number.to_string()),
    });
    let mut members = vec![
        ("level", string(level)),
        ("text", string(record.text)),
        ("line", string(&record.to_string())),
        ("fields", object(fields)),
    ];
    if record.with_exception {
        members.push(("exception", "true".to_owned()));
    }
    object([
        ("code", string(outcome.code())),
        ("status", outcome.status().to_string()),
        ("headers", object(outcome.headers().iter().map(|(name, value)| (*name, string(value))))),
        ("body", string(&outcome.body())),
        ("record", object(members)),
    ])
}

fn object<'n>(members: impl IntoIterator<Item = (&'n str, String)>) -> String {
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn string(text: &str) -> String {
    if !text.contains(|character| matches!(character, '"' | '\\' | '\0'..='\x1f')) {
        return format!("\"{text}\"");
    }
    let escaped = text.chars().map(|character| match character {
        '"' | '\\' => format!("\\{character}"),
        '\0'..='\x1f' => format!("\\u{:04x}", u32::from(character)),
        _ => character.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
