//! `verifyWebhook`, `WebhookVerifier` and `sign`.

use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::{Error, Event, WebhookVerifier, sign};

use crate::arguments::{self, Signature, add_options, add_secrets, secret};
use crate::boundary::{Arguments, Env, Fault, Function, Functions, Value};
use crate::errors::Refusal;
use crate::receiver::CreateReceiver;
use crate::router::Offered;
use crate::values::{Builder, SharedNotes};

/// `verifyWebhook(payload, signature, secrets, build)`: the event.
pub(crate) struct VerifyWebhook;

impl Function for VerifyWebhook {
    const NAME: &'static CStr = c"verifyWebhook";
    type Data = SharedNotes;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, secrets, build, ..]: Arguments<'c>,
        notes: &'c SharedNotes,
    ) -> Result<Value<'c>, Refusal> {
        let verifier = add_secrets(WebhookVerifier::builder(), secrets).build()?;
        let delivery = Received { payload, signature, kept: false };
        verify(env, &verifier, delivery, Builder { function: build, notes }, |_| Ok(())).map(|(event, _, ())| event)
    }
}

/// `createVerifier(secrets, toleranceSeconds, expectLiveMode, maxPayloadBytes, optionsAreKnown)`: an object with the functions
/// [`Verify`], [`VerifySignature`], [`MatchingSecret`] and [`CreateReceiver`].
///
/// They share data that only Node can reach: there is no handle that could be forged or mixed up.
pub(crate) struct CreateVerifier;

impl Function for CreateVerifier {
    const NAME: &'static CStr = c"createVerifier";
    type Data = (SharedNotes, Offered);
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [secrets, options @ ..]: Arguments<'c>,
        (notes, offered): &'c (SharedNotes, Offered),
    ) -> Result<Value<'c>, Refusal> {
        let inner = add_options(add_secrets(WebhookVerifier::builder(), secrets), options).build()?;
        let verifier = Rc::new(Verifier { inner, notes: notes.clone(), offered: offered.clone() });
        let functions = Functions::new(env)?
            .add::<Verify>(verifier.clone())?
            .add::<VerifySignature>(verifier.clone())?
            .add::<MatchingSecret>(verifier.clone())?
            .add::<CreateReceiver>(verifier)?;
        Ok(functions.object())
    }
}

/// What the functions of one verifier share.
pub(crate) struct Verifier {
    pub(crate) inner: WebhookVerifier,
    pub(crate) offered: Offered,
    notes: SharedNotes,
}

/// `verify(payload, signature, build)`: the event.
pub(crate) struct Verify;

impl Function for Verify {
    const NAME: &'static CStr = c"verify";
    type Data = Rc<Verifier>;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, build, ..]: Arguments<'c>,
        verifier: &'c Rc<Verifier>,
    ) -> Result<Value<'c>, Refusal> {
        let delivery = Received { payload, signature, kept: false };
        verifier.verify_and_tell(env, delivery, build, |_| Ok(())).map(|(event, _, ())| event)
    }
}

/// `verifySignature(payload, signature)`: `undefined`.
pub(crate) struct VerifySignature;

impl Function for VerifySignature {
    const NAME: &'static CStr = c"verifySignature";
    type Data = Rc<Verifier>;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, ..]: Arguments<'c>,
        verifier: &'c Rc<Verifier>,
    ) -> Result<Value<'c>, Refusal> {
        let payload = arguments::payload(payload, |length| verifier.inner.check_payload_length(length))?;
        verifier.inner.verify_signature(&payload, Signature::read(signature).header())?;
        Ok(env.undefined()?)
    }
}

/// `matchingSecret(payload, signature)`: the position of the secret that made the signature.
pub(crate) struct MatchingSecret;

impl Function for MatchingSecret {
    const NAME: &'static CStr = c"matchingSecret";
    type Data = Rc<Verifier>;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, ..]: Arguments<'c>,
        verifier: &'c Rc<Verifier>,
    ) -> Result<Value<'c>, Refusal> {
        let payload = arguments::payload(payload, |length| verifier.inner.check_payload_length(length))?;
        Ok(number(env, verifier.inner.matching_secret(&payload, Signature::read(signature).header())?)?)
    }
}

/// A delivery that has arrived, or was kept from an earlier day, so that its age does not matter.
pub(crate) struct Received<'c> {
    pub(crate) payload: Value<'c>,
    pub(crate) signature: Value<'c>,
    pub(crate) kept: bool,
}

impl Verifier {
    /// The event, the position of the secret that made its signature, and what else is to be told of it.
    #[inline(always)]
    pub(crate) fn verify_and_tell<'c, T>(
        &'c self,
        env: Env<'c>,
        delivery: Received<'c>,
        build: Value<'c>,
        tell: impl FnOnce(&Event<'_>) -> Result<T, Error>,
    ) -> Result<(Value<'c>, usize, T), Refusal> {
        verify(env, &self.inner, delivery, Builder { function: build, notes: &self.notes }, tell)
    }
}

#[inline(always)]
fn verify<'c, T>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    delivery: Received<'c>,
    builder: Builder<'c>,
    tell: impl FnOnce(&Event<'_>) -> Result<T, Error>,
) -> Result<(Value<'c>, usize, T), Refusal> {
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
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [payload, by, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let payload = arguments::payload(payload, |_| Ok(()));
        let signed = payload.as_deref().unwrap_or_default();
        // A bad secret comes before a bad payload, here as everywhere.
        let signature = sign(signed, secret(by).map_err(Error::InvalidSecret)?.as_slice())?;
        payload?;
        Ok(env.string(&signature)?)
    }
}

#[allow(clippy::as_conversions)] // nobody has 2^53 secrets
pub(crate) fn number(env: Env<'_>, position: usize) -> Result<Value<'_>, Fault> {
    env.number(position as f64)
}
