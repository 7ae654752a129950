//! `WebhookReceiver`: a verdict together with what to answer to the provider. What is refused is `[description, status, body]`.

use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::claims::ClaimPolicy;
use payvost_webhooks::{Error, Outcome};

use crate::arguments::whole;
use crate::boundary::{Arguments, Env, Fault, Function, Value};
use crate::errors::{self, Refusal};
use crate::verifier::{Delivery, Verifier, number};
use crate::{claims, outcome};

/// `checkLength(length)`: `undefined`, or the refusal of a body of that length.
pub(crate) struct CheckLength;

impl Function for CheckLength {
    const NAME: &'static CStr = c"checkLength";
    type Data = Rc<Verifier>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [length, ..]: Arguments<'c>, verifier: &'c Rc<Verifier>) -> Result<Value<'c>, Fault> {
        answered(env, || {
            let length = whole(length).and_then(|length| usize::try_from(length).ok()).ok_or(Error::PayloadTooLarge)?;
            verifier.inner.check_payload_length(length)?;
            Ok(env.undefined()?)
        })
    }
}

/// `receive(payload, signature, build)`: `[event, position of the secret]`.
pub(crate) struct Receive;

impl Function for Receive {
    const NAME: &'static CStr = c"receive";
    type Data = Rc<Verifier>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, build, ..]: Arguments<'c>,
        verifier: &'c Rc<Verifier>,
    ) -> Result<Value<'c>, Fault> {
        answered(env, || {
            let (event, position, ()) =
                verifier.verify_and_tell(env, Delivery { payload, signature, kept: false }, build, |_| Ok(()))?;
            Ok(env.array([event, number(env, position)?])?)
        })
    }
}

/// `receiveToClaim(payload, signature, build, prefix)`: as `receive`, and then what to claim: `[…, key, fingerprint, type]`.
pub(crate) struct ReceiveToClaim;

impl Function for ReceiveToClaim {
    const NAME: &'static CStr = c"receiveToClaim";
    type Data = Rc<Verifier>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, arguments: Arguments<'c>, verifier: &'c Rc<Verifier>) -> Result<Value<'c>, Fault> {
        receive_to_claim(env, arguments, verifier, false)
    }
}

/// `receiveKept(payload, signature, build, prefix)`: as `receiveToClaim`, of a delivery that was kept.
pub(crate) struct ReceiveKept;

impl Function for ReceiveKept {
    const NAME: &'static CStr = c"receiveKept";
    type Data = Rc<Verifier>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, arguments: Arguments<'c>, verifier: &'c Rc<Verifier>) -> Result<Value<'c>, Fault> {
        receive_to_claim(env, arguments, verifier, true)
    }
}

fn receive_to_claim<'c>(
    env: Env<'c>,
    [payload, signature, build, prefix, ..]: Arguments<'c>,
    verifier: &'c Verifier,
    kept: bool,
) -> Result<Value<'c>, Fault> {
    answered(env, || {
        let policy = claims::with_prefix(ClaimPolicy::new(), prefix)?;
        let delivery = Delivery { payload, signature, kept };
        let (event, position, request) = verifier.verify_and_tell(env, delivery, build, |event| Ok(policy.request(event)))?;
        let (key, fingerprint, event_type) = (&request.key, &request.fingerprint, &request.event_type);
        Ok(env.array([event, number(env, position)?, env.string(key)?, env.string(fingerprint)?, env.string(event_type)?])?)
    })
}

/// The verdict, or the refusal with what to answer.
fn answered<'c>(env: Env<'c>, verdict: impl FnOnce() -> Result<Value<'c>, Refusal>) -> Result<Value<'c>, Fault> {
    match verdict() {
        Ok(value) => Ok(value),
        Err(Refusal::Fault) => Err(Fault),
        Err(Refusal::Error(error)) => {
            let [status, body] = outcome::answer(env, Outcome::Refused(error))?;
            env.array([errors::describe(env, &error)?, status, body])
        }
    }
}
