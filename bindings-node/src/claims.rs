//! Claims: what the core says about them, for the stores in `src-ts/stores/`, which only ask their clients.

use std::ffi::CStr;
use std::time::Duration;

use payvost_webhooks::claims::redis::SCRIPTS;
use payvost_webhooks::claims::sql::{self, DEFAULT_TABLE, Dialect, Placeholders};
use payvost_webhooks::claims::{Claim, ClaimPolicy, HandlerError};
use payvost_webhooks::{Error, OptionName};

use crate::arguments::{self, whole};
use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::errors::Refusal;
use crate::outcome;

/// `claimPolicy(leaseSeconds, rememberSeconds, prefix)`: `[lease, remember, open key, prefix]`, the times in milliseconds.
pub(crate) struct MakePolicy;

impl Function for MakePolicy {
    const NAME: &'static CStr = c"claimPolicy";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [lease, remember, prefix, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let mut policy = ClaimPolicy::new();
        if lease.kind() != Kind::Absent {
            policy = policy.lease(arguments::seconds(lease).ok_or(Error::InvalidOption(OptionName::Lease))?)?;
        }
        if remember.kind() != Kind::Absent {
            policy = policy.remember(arguments::seconds(remember).ok_or(Error::InvalidOption(OptionName::Remember))?)?;
        }
        let prefix = match prefix.kind() {
            Kind::Absent => env.string(payvost_webhooks::claims::DEFAULT_PREFIX)?,
            _ => {
                policy = with_prefix(policy, prefix)?;
                prefix
            }
        };
        let (lease, remember) = (milliseconds(env, policy.lease_ms())?, milliseconds(env, policy.remember_ms())?);
        Ok(env.list(&[lease, remember, env.string(&policy.open_key())?, prefix])?)
    }
}

/// The policy with the prefix, which JavaScript has as a text.
pub(crate) fn with_prefix(policy: ClaimPolicy, prefix: Value<'_>) -> Result<ClaimPolicy, Error> {
    policy.prefix(&arguments::text(prefix).ok_or(Error::InvalidOption(OptionName::Prefix))?)
}

/// `readClaim(word, number)`: what a store's reply means. The attempt, when the event is this worker's; or what to answer, `[code, status,
/// body, seconds to wait]`, the last where there is something to wait for; or `undefined` of what is no reply.
pub(crate) struct ReadClaim;

impl Function for ReadClaim {
    const NAME: &'static CStr = c"readClaim";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [word, number, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let claim = arguments::text(word).zip(integer(number)).and_then(|(word, number)| Claim::from_reply(&word, number));
        match (claim, claim.and_then(|claim| claim.outcome())) {
            (Some(_), Some(outcome)) => {
                let [status, body] = outcome::answer(env, outcome)?;
                let wait = outcome.retry_after().map_or_else(|| env.undefined(), |seconds| milliseconds(env, seconds))?;
                env.list(&[env.string(outcome.code())?, status, body, wait])
            }
            (Some(Claim::Claimed { attempt }), None) => env.number(attempt.into()),
            _ => env.undefined(),
        }
    }
}

/// `handlerError(kind)`: what is kept of it.
pub(crate) struct KeptError;

impl Function for KeptError {
    const NAME: &'static CStr = c"handlerError";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [kind, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        env.string(HandlerError::new(&arguments::text(kind).unwrap_or_default()).as_str())
    }
}

/// `redisScripts()`: `[name, text]` of each.
pub(crate) struct RedisScripts;

impl Function for RedisScripts {
    const NAME: &'static CStr = c"redisScripts";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let scripts = SCRIPTS.iter().map(|(name, text)| env.list(&[env.string(name)?, env.string(text)?]));
        env.list(&scripts.collect::<Result<Vec<_>, _>>()?)
    }
}

/// `sqlStatements(dialect, placeholders, table)`: `[name, text, …parameters]` of each.
pub(crate) struct SqlStatements;

impl Function for SqlStatements {
    const NAME: &'static CStr = c"sqlStatements";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [dialect, placeholders, table, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let dialect = arguments::text(dialect).and_then(|name| Dialect::named(&name)).ok_or(Fault)?;
        let placeholders = arguments::text(placeholders).and_then(|name| Placeholders::named(&name)).ok_or(Fault)?;
        let table = match table.kind() {
            Kind::Absent => DEFAULT_TABLE.to_owned(),
            _ => arguments::text(table).ok_or(Error::InvalidOption(OptionName::Table))?,
        };
        let statements = sql::statements(dialect, placeholders, &table)?;
        let statements = statements.iter().map(|statement| {
            let texts = [statement.name, &statement.text].into_iter().chain(statement.parameters.iter().copied());
            env.list(&texts.map(|text| env.string(text)).collect::<Result<Vec<_>, _>>()?)
        });
        Ok(env.list(&statements.collect::<Result<Vec<_>, Fault>>()?)?)
    }
}

#[allow(clippy::as_conversions)] // no time here comes near 2^53 ms
pub(crate) fn milliseconds(env: Env<'_>, milliseconds: u64) -> Result<Value<'_>, Fault> {
    env.number(milliseconds as f64)
}

/// A whole number, which may be negative.
fn integer(value: Value<'_>) -> Option<i64> {
    match value.kind() {
        #[allow(clippy::as_conversions)] // the guard says that it fits
        Kind::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
        _ => None,
    }
}

/// A time in whole milliseconds.
pub(crate) fn duration(value: Value<'_>) -> Option<Duration> {
    whole(value).map(Duration::from_millis)
}
