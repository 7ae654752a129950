//! Claims: the decisions of the core for the stores in `src-ts/stores/`, which only talk to their clients.

use std::ffi::CStr;

use payvost_webhooks::claims::{self, ClaimPolicy, HandlerError};
use payvost_webhooks::{Error, OptionName};

use crate::arguments;
use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::errors::Refusal;

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
            Kind::Absent => env.string(claims::DEFAULT_PREFIX)?,
            _ => {
                policy = with_prefix(policy, prefix)?;
                prefix
            }
        };
        let (lease, remember) = (milliseconds(env, policy.lease_ms())?, milliseconds(env, policy.remember_ms())?);
        Ok(env.list(&[lease, remember, env.string(&policy.open_key())?, prefix])?)
    }
}

/// Sets the prefix, a string of JavaScript.
pub(crate) fn with_prefix(policy: ClaimPolicy, prefix: Value<'_>) -> Result<ClaimPolicy, Error> {
    policy.prefix(&arguments::text(prefix).ok_or(Error::InvalidOption(OptionName::Prefix))?)
}

/// `handlerError(kind)`: the form to store.
pub(crate) struct KeptError;

impl Function for KeptError {
    const NAME: &'static CStr = c"handlerError";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [kind, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        env.string(HandlerError::new(&arguments::lossy(kind)).as_str())
    }
}

/// The fault of a store, from an error of its client: a class, codes, and a message, which is not stored.
pub(crate) fn fault(class: Value<'_>, codes: Value<'_>, message: Value<'_>) -> claims::Fault {
    let codes: Vec<String> = codes.elements().unwrap_or_default().into_iter().map(arguments::lossy).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    claims::Fault::classify(&arguments::lossy(class), &codes, &arguments::lossy(message))
}

#[allow(clippy::as_conversions)] // no time and no count here comes near 2^53
pub(crate) fn milliseconds(env: Env<'_>, milliseconds: u64) -> Result<Value<'_>, Fault> {
    env.number(milliseconds as f64)
}

/// A whole number, which may be negative.
pub(crate) fn integer(value: Value<'_>) -> Option<i64> {
    match value.kind() {
        #[allow(clippy::as_conversions)] // the guard says that it fits
        Kind::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
        _ => None,
    }
}
