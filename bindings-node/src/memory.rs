//! The memory store.

use std::cell::RefCell;
use std::ffi::CStr;
use std::time::Duration;

use payvost_webhooks::claims::{
    ClaimPolicy, ClaimRequest, DEFAULT_CAPACITY, DeadLetter, HandlerError, KeptDelivery, MemoryClaims,
};
use payvost_webhooks::{Error, OptionName};

use crate::arguments::{self, whole};
use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::claims::milliseconds;
use crate::errors::Refusal;
use crate::time;

/// `createMemoryClaims(capacity)`: a function, [`Step`].
pub(crate) struct CreateMemoryClaims;

impl Function for CreateMemoryClaims {
    const NAME: &'static CStr = c"createMemoryClaims";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [capacity, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let capacity = match capacity.kind() {
            Kind::Absent => Some(DEFAULT_CAPACITY),
            _ => whole(capacity).and_then(|capacity| usize::try_from(capacity).ok()),
        };
        let claims = MemoryClaims::new(capacity.ok_or(Error::InvalidOption(OptionName::Capacity))?)?;
        Ok(env.function::<Step>(RefCell::new(claims))?)
    }
}

/// `step(name, values, now)`, where `now` is the time in milliseconds by a clock of the host, if it has one, and the values are an array:
///
/// | step | values | result |
/// | --- | --- | --- |
/// | `claim` | key, fingerprint, token, lease, remember, type, and optionally payload and signature | `[word, number]`; `undefined` if the store is full |
/// | `extend` | key, token, lease | whether the claim belonged to the worker |
/// | `complete` | key, token, remember | the same |
/// | `release` | key, token, remember, error | the same |
/// | `take` | key, ticket, token, lease, remember | `[word, number]` |
/// | `discard` | key, remember | whether the key was that of a dead letter |
/// | `deadLetters` | the maximum number | `[key, type, reason, attempts, error, age]` for each |
/// | `delivery` | key | `[payload, signature]`, or `undefined` |
/// | `size` | | the number of remembered events |
pub(crate) struct Step;

impl Function for Step {
    const NAME: &'static CStr = c"step";
    type Data = RefCell<MemoryClaims>;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [name, values, now, ..]: Arguments<'c>,
        memory: &'c RefCell<MemoryClaims>,
    ) -> Result<Value<'c>, Refusal> {
        let now = whole(now).unwrap_or_else(time::elapsed);
        let mut claims = memory.try_borrow_mut().map_err(|_| Fault)?;
        let name = arguments::text(name).ok_or(Fault)?;
        Ok(match (name.as_str(), values.elements().unwrap_or_default().as_slice()) {
            ("claim", values) => claim(env, &mut claims, now, values)?,
            ("extend", [key, token, lease]) => {
                let lease = duration(*lease).ok_or(Fault)?;
                env.boolean(claims.extend(now, &text(key)?, &text(token)?, lease))?
            }
            ("complete", [key, token, remember]) => {
                env.boolean(claims.complete(now, &remembering(remember)?, &text(key)?, &text(token)?))?
            }
            ("release", [key, token, remember, error]) => {
                let error = HandlerError::new(&text(error)?);
                env.boolean(claims.release(now, &remembering(remember)?, &text(key)?, &text(token)?, &error))?
            }
            ("take", [key, ticket, token, lease, remember]) => {
                let policy = remembering(remember)?.lease(duration(*lease).ok_or(Fault)?)?;
                let (word, number) = claims.take(now, &policy, &text(key)?, &text(ticket)?, &text(token)?).reply();
                env.list(&[env.ascii(word)?, milliseconds(env, number)?])?
            }
            ("discard", [key, remember]) => env.boolean(claims.discard(now, &remembering(remember)?, &text(key)?))?,
            ("deadLetters", [limit]) => {
                let limit = whole(*limit).and_then(|limit| usize::try_from(limit).ok()).ok_or(Fault)?;
                let letters: Vec<DeadLetter> = claims.dead_letters(now, limit);
                env.list(&letters.iter().map(|letter| describe(env, letter)).collect::<Result<Vec<_>, _>>()?)?
            }
            ("delivery", [key]) => match claims.delivery(now, &text(key)?) {
                Some(KeptDelivery { payload, signature }) => env.list(&[env.buffer(payload)?, env.string(signature)?])?,
                None => env.undefined()?,
            },
            ("size", []) => {
                let size = u32::try_from(claims.len()).map_err(|_| Fault)?;
                env.number(size.into())?
            }
            _ => return Err(Refusal::Fault),
        })
    }
}

fn claim<'c>(env: Env<'c>, claims: &mut MemoryClaims, now: u64, values: &[Value<'c>]) -> Result<Value<'c>, Refusal> {
    let [key, fingerprint, token, lease, remember, event_type, payload, signature] = values else { return Err(Refusal::Fault) };
    let policy = remembering(remember)?.lease(duration(*lease).ok_or(Fault)?)?;
    let request = ClaimRequest::from_parts(text(key)?, text(fingerprint)?, text(event_type)?);
    let payload = payload.uint8_array().map(|memory| memory.copy());
    let signature = arguments::text(*signature);
    let delivery = payload.as_deref().zip(signature.as_deref()).map(|(payload, signature)| KeptDelivery { payload, signature });
    match claims.claim(now, &policy, &request, &text(token)?, delivery) {
        Ok(claim) => {
            let (word, number) = claim.reply();
            Ok(env.list(&[env.string(word)?, milliseconds(env, number)?])?)
        }
        Err(_) => Ok(env.undefined()?),
    }
}

fn remembering(remember: &Value<'_>) -> Result<ClaimPolicy, Refusal> {
    Ok(ClaimPolicy::new().remember(duration(*remember).ok_or(Fault)?)?)
}

fn text(value: &Value<'_>) -> Result<String, Fault> {
    arguments::text(*value).ok_or(Fault)
}

fn describe<'c>(env: Env<'c>, letter: &DeadLetter) -> Result<Value<'c>, Fault> {
    let error = letter.error.as_deref().map_or_else(|| env.null(), |error| env.string(error))?;
    env.list(&[
        env.string(&letter.key)?,
        env.string(&letter.event_type)?,
        env.string(letter.reason.as_str())?,
        env.number(letter.attempts.into())?,
        error,
        env.number(letter.age.as_secs_f64() * 1_000.0)?,
    ])
}

/// A time in whole milliseconds.
fn duration(value: Value<'_>) -> Option<Duration> {
    whole(value).map(Duration::from_millis)
}
