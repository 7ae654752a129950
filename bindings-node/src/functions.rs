//! The functions that `lib/` is made of. Each gives back an array when the core refuses, see [`refusal`](crate::refusal).

use std::ffi::CStr;

use payvost_webhooks::{Error, Event, WebhookVerifier, sign};

use crate::arguments::{self, Signature, add_options, add_secrets, secret};
use crate::event::{Builder, SharedNotes};
use crate::js::{Arguments, Env, Failure, Function, Kind, Value};
use crate::receiver;

/// `verifyWebhook(payload, signature, secrets, build)`: the event.
pub(crate) struct VerifyWebhook;

impl Function for VerifyWebhook {
    const NAME: &'static CStr = c"verifyWebhook";
    type Data = SharedNotes;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, secrets, build, ..]: Arguments<'c>,
        notes: &'c SharedNotes,
    ) -> Result<Value<'c>, Failure> {
        let verifier = add_secrets(WebhookVerifier::builder(), secrets).build()?;
        verify(env, &verifier, payload, signature, Builder { function: build, notes })
    }
}

/// `createVerifier(secrets, toleranceSeconds, expectLiveMode, maxPayloadBytes, optionsAreKnown)`: a function, [`Check`].
///
/// A verifier is a function with data that only Node can reach: there is no handle that could be forged or mixed up.
pub(crate) struct CreateVerifier;

impl Function for CreateVerifier {
    const NAME: &'static CStr = c"createVerifier";
    type Data = SharedNotes;

    fn call<'c>(env: Env<'c>, [secrets, options @ ..]: Arguments<'c>, notes: &'c SharedNotes) -> Result<Value<'c>, Failure> {
        let builder = add_options(add_secrets(WebhookVerifier::builder(), secrets), options);
        env.function::<Check>((builder.build()?, notes.clone()))
    }
}

/// `check(payload, signature, wantsEvent, build)`: the event, or `undefined` when only the signature is to be checked. A number in
/// place of `wantsEvent` is one of the modes of [`receiver`].
pub(crate) struct Check;

impl Function for Check {
    const NAME: &'static CStr = c"check";
    type Data = (WebhookVerifier, SharedNotes);

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, wants_event, build, prefix]: Arguments<'c>,
        (verifier, notes): &'c Self::Data,
    ) -> Result<Value<'c>, Failure> {
        let builder = Builder { function: build, notes };
        match wants_event.kind() {
            Kind::Boolean(true) => return verify(env, verifier, payload, signature, builder),
            Kind::Number(mode) => return receiver::check(env, verifier, mode, [payload, signature, prefix], builder),
            _ => {}
        }
        let payload = arguments::payload(payload, |length| verifier.check_payload_length(length))?;
        verifier.verify_signature(&payload, Signature::read(signature).header())?;
        env.undefined()
    }
}

fn verify<'c>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    payload: Value<'c>,
    signature: Value<'c>,
    builder: Builder<'c>,
) -> Result<Value<'c>, Failure> {
    verify_and_tell(env, verifier, Delivery { payload, signature, kept: false }, builder, |_| Ok(()))
        .map(|(event, _, ())| event)
}

/// A delivery that has arrived, or was kept from an earlier day, so that its age does not matter.
pub(crate) struct Delivery<'c> {
    pub(crate) payload: Value<'c>,
    pub(crate) signature: Value<'c>,
    pub(crate) kept: bool,
}

/// The event, the position of the secret that made its signature, and what else is to be told of it.
#[inline(always)]
pub(crate) fn verify_and_tell<'c, T>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    delivery: Delivery<'c>,
    builder: Builder<'c>,
    tell: impl FnOnce(&Event<'_>) -> Result<T, Error>,
) -> Result<(Value<'c>, usize, T), Failure> {
    let (mut plan, matching_secret, told);
    {
        let payload = arguments::payload(delivery.payload, |length| verifier.check_payload_length(length))?;
        let signature = Signature::read(delivery.signature);
        let event = match delivery.kept {
            false => verifier.verify(&payload, signature.header())?,
            true => verifier.verify_kept(&payload, signature.header())?,
        };
        (matching_secret, told) = (event.matching_secret(), tell(&event)?);
        plan = builder.plan(env);
        plan.read(&event)?;
    }
    // Now that nothing is borrowed from the payload JavaScript may run.
    Ok((plan.build()?, matching_secret, told))
}

/// `sign(payload, secret)`: the signature.
pub(crate) struct Sign;

impl Function for Sign {
    const NAME: &'static CStr = c"sign";
    type Data = ();

    fn call<'c>(env: Env<'c>, [payload, by, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Failure> {
        let payload = arguments::payload(payload, |_| Ok(()));
        let signed = payload.as_deref().unwrap_or_default();
        // A bad secret comes before a bad payload, here as everywhere.
        let signature = sign(signed, secret(by).map_err(Error::InvalidSecret)?.as_slice())?;
        payload?;
        env.string(&signature)
    }
}
