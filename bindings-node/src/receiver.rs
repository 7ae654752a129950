//! `WebhookReceiver`: a verdict together with what to answer to the provider.

use std::ffi::CStr;
use std::time::Duration;

use payvost_webhooks::claims::ClaimPolicy;
use payvost_webhooks::{Error, Outcome, WebhookVerifier};

use crate::arguments::{self, Signature, whole};
use crate::claims;
use crate::event::Builder;
use crate::functions::{Delivery, verify_and_tell};
use crate::js::{Arguments, Env, Failure, Function, Value};
use crate::refusal;

/// `check(payload, signature, RECEIVE)`: `[event, position of the secret]`, or when it is refused
/// `[description, status, body]`.
const RECEIVE: f64 = 1.0;
/// `check(length, undefined, CHECK_LENGTH)`: the same refusal when a body of that length is too large, or else `undefined`.
const CHECK_LENGTH: f64 = 2.0;
/// `check(payload, signature, MATCHING_SECRET)`: the position of the secret that made the signature.
const MATCHING_SECRET: f64 = 3.0;

/// `check(payload, signature, RECEIVE_TO_CLAIM, build, prefix)`: as `RECEIVE`, and then what to claim: `[…, key, fingerprint, type]`.
const RECEIVE_TO_CLAIM: f64 = 4.0;
/// The same of a delivery that was kept.
const RECEIVE_KEPT: f64 = 5.0;

/// `check` in one of the modes above.
pub(crate) fn check<'c>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    mode: f64,
    [payload, signature, prefix]: [Value<'c>; 3],
    builder: Builder<'c>,
) -> Result<Value<'c>, Failure> {
    let verdict = if mode == RECEIVE {
        receive(env, verifier, Delivery { payload, signature, kept: false }, builder)
    } else if mode == RECEIVE_TO_CLAIM || mode == RECEIVE_KEPT {
        receive_to_claim(env, verifier, Delivery { payload, signature, kept: mode == RECEIVE_KEPT }, builder, prefix)
    } else if mode == CHECK_LENGTH {
        check_length(env, verifier, payload)
    } else if mode == MATCHING_SECRET {
        return matching_secret(env, verifier, payload, signature);
    } else {
        Err(Failure::Node)
    };
    match verdict {
        Err(Failure::Refused(error)) => {
            let [status, body] = answer(env, Outcome::Refused(error))?;
            env.array([refusal::describe(env, &error)?, status, body])
        }
        verdict => verdict,
    }
}

fn receive<'c>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    delivery: Delivery<'c>,
    builder: Builder<'c>,
) -> Result<Value<'c>, Failure> {
    let (event, position, ()) = verify_and_tell(env, verifier, delivery, builder, |_| Ok(()))?;
    env.array([event, number(env, position)?])
}

fn receive_to_claim<'c>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    delivery: Delivery<'c>,
    builder: Builder<'c>,
    prefix: Value<'c>,
) -> Result<Value<'c>, Failure> {
    let policy = claims::with_prefix(ClaimPolicy::new(), prefix)?;
    let (event, position, request) = verify_and_tell(env, verifier, delivery, builder, |event| Ok(policy.request(event)))?;
    let (key, fingerprint, event_type) = (&request.key, &request.fingerprint, &request.event_type);
    env.array([event, number(env, position)?, env.string(key)?, env.string(fingerprint)?, env.string(event_type)?])
}

fn check_length<'c>(env: Env<'c>, verifier: &WebhookVerifier, length: Value<'c>) -> Result<Value<'c>, Failure> {
    let length = whole(length).and_then(|length| usize::try_from(length).ok()).ok_or(Error::PayloadTooLarge)?;
    verifier.check_payload_length(length)?;
    env.undefined()
}

fn matching_secret<'c>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    payload: Value<'c>,
    signature: Value<'c>,
) -> Result<Value<'c>, Failure> {
    let payload = arguments::payload(payload, |length| verifier.check_payload_length(length))?;
    number(env, verifier.matching_secret(&payload, Signature::read(signature).header())?)
}

#[allow(clippy::as_conversions)] // nobody has 2^53 secrets
fn number(env: Env<'_>, position: usize) -> Result<Value<'_>, Failure> {
    env.number(position as f64)
}

/// `answer(code)`: what to answer with that outcome, which is no refusal: `[status, body]`.
pub(crate) struct Answer;

impl Function for Answer {
    const NAME: &'static CStr = c"answer";
    type Data = ();

    fn call<'c>(env: Env<'c>, [code, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Failure> {
        let outcome = arguments::text(code).and_then(|code| Outcome::from_code(&code, Duration::ZERO));
        env.array(answer(env, outcome.ok_or(Failure::Node)?)?)
    }
}

pub(crate) fn answer(env: Env<'_>, outcome: Outcome) -> Result<[Value<'_>; 2], Failure> {
    Ok([env.number(outcome.status().into())?, env.string(&outcome.body())?])
}
