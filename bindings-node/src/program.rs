//! What the programs of the stores have in common.

use std::time::Duration;

use payvost_webhooks::claims::{self, Operation, Reply};

use crate::arguments;
use crate::boundary::{Env, Fault, Value};
use crate::claims::milliseconds;

/// The end of a program: `["done", result]`, or `["failed", number]` with the number of the failure that ended it, or without one if a reply was
/// unknown. The result is `true`, `[word, number]` for a claim or a ticket, whether a claim was held, the word of an inbox, the number of deleted
/// rows, or `undefined` if the last rows or the reply of the script are the result.
pub(crate) fn end<'c>(env: Env<'c>, reply: Option<&Reply>, faults: &[claims::Fault]) -> Result<Value<'c>, Fault> {
    let result = match reply.ok_or(Fault)? {
        Reply::Created => env.boolean(true)?,
        Reply::Held(held) => env.boolean(*held)?,
        Reply::Completion(completion) => env.ascii(completion.as_str())?,
        Reply::Rows => env.undefined()?,
        Reply::Count(count) => milliseconds(env, *count)?,
        Reply::Claim(claim) => {
            let (word, number) = claim.reply();
            env.list(&[env.ascii(word)?, milliseconds(env, number)?])?
        }
        Reply::Taken(taken) => {
            let (word, number) = taken.reply();
            env.list(&[env.ascii(word)?, milliseconds(env, number)?])?
        }
        Reply::Failed(fault) => {
            let number = faults.iter().position(|known| known == fault).and_then(|number| u64::try_from(number).ok());
            let number = number.map_or_else(|| env.undefined(), |number| milliseconds(env, number))?;
            return env.list(&[env.ascii("failed")?, number]);
        }
        _ => return Err(Fault),
    };
    env.list(&[env.ascii("done")?, result])
}

pub(crate) fn operation(name: &str) -> Option<Operation> {
    Operation::ALL.into_iter().find(|operation| operation.as_str() == name)
}

/// How long a program may retry.
pub(crate) fn limit(seconds: Value<'_>) -> Result<Duration, Fault> {
    arguments::seconds(seconds).ok_or(Fault)
}
