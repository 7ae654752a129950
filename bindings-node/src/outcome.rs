//! What to answer to the provider.

use std::ffi::CStr;
use std::time::Duration;

use payvost_webhooks::Outcome;

use crate::arguments;
use crate::boundary::{Arguments, Env, Fault, Function, Value};

/// `answer(code)`: what to answer with that outcome, which is no refusal: `[status, body]`.
pub(crate) struct Answer;

impl Function for Answer {
    const NAME: &'static CStr = c"answer";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [code, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let outcome = arguments::text(code).and_then(|code| Outcome::from_code(&code, Duration::ZERO));
        env.array(answer(env, outcome.ok_or(Fault)?)?)
    }
}

pub(crate) fn answer(env: Env<'_>, outcome: Outcome) -> Result<[Value<'_>; 2], Fault> {
    Ok([env.number(outcome.status().into())?, env.string(&outcome.body())?])
}
