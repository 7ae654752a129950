//! `verifyWebhook`, `WebhookVerifier` and `sign`.

use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::{Error, Event, WebhookVerifier, sign};

use crate::arguments::{Signature, add_options, add_secrets, secret};
use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::claims::integer;
use crate::clock::Clock;
use crate::errors::Refusal;
use crate::handoff::{ASKED, Handoff};
use crate::payload::Buffer;
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
        let delivery = Received { payload, signature, stored: false };
        verify(env, &verifier, delivery, Builder { function: build, notes }, |_, _| Ok(())).map(|(event, _, ())| event)
    }
}

/// `createVerifier(secrets, toleranceSeconds, expectLiveMode, maxPayloadBytes, optionsAreKnown)`: a function, [`Verify`].
pub(crate) struct CreateVerifier;

impl Function for CreateVerifier {
    const NAME: &'static CStr = c"createVerifier";
    type Data = (SharedNotes, Handoff<Rc<Verifier>>);
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [secrets, options @ ..]: Arguments<'c>,
        (notes, handoff): &'c Self::Data,
    ) -> Result<Value<'c>, Refusal> {
        let clock = Clock::of_the_system();
        let inner = add_options(add_secrets(WebhookVerifier::builder(), secrets), options, &clock).build()?;
        Ok(env.function::<Verify>((Rc::new(Verifier { inner, clock, notes: notes.clone() }), handoff.clone()))?)
    }
}

/// The data that a verifier and its receivers share.
pub(crate) struct Verifier {
    pub(crate) inner: WebhookVerifier,
    clock: Clock,
    notes: SharedNotes,
}

/// `verify(payload, signature, build)`: the event. Without `build` it checks the signature alone, and returns the position of the secret
/// that made it.
pub(crate) struct Verify;

/// The third argument for which the first is the time, in milliseconds since 1970.
const SETS_CLOCK: Kind = Kind::Boolean(false);

impl Function for Verify {
    const NAME: &'static CStr = c"verify";
    type Data = (Rc<Verifier>, Handoff<Rc<Verifier>>);
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, build, ..]: Arguments<'c>,
        (verifier, handoff): &'c Self::Data,
    ) -> Result<Value<'c>, Refusal> {
        match build.kind() {
            ASKED => {
                handoff.put(verifier.clone());
                return Ok(env.undefined()?);
            }
            SETS_CLOCK => {
                verifier.clock.set(integer(payload).ok_or(Fault)?);
                return Ok(env.undefined()?);
            }
            Kind::Absent => {
                let check_length = |length| verifier.inner.check_payload_length(length);
                let signature = Signature::read(signature);
                let matching = |bytes: &[u8]| verifier.inner.matching_secret(bytes, signature.header());
                let position = verifier.notes.payload.hash(payload, check_length, matching)?;
                return Ok(number(env, position)?);
            }
            _ => {}
        }
        let delivery = Received { payload, signature, stored: false };
        verifier.verify_and(env, delivery, build, |_, _| Ok(())).map(|(event, _, ())| event)
    }
}

/// A delivery that has arrived, or one from the store, whose age does not matter.
pub(crate) struct Received<'c> {
    pub(crate) payload: Value<'c>,
    pub(crate) signature: Value<'c>,
    pub(crate) stored: bool,
}

impl Verifier {
    /// The event, the position of the secret that made its signature, and what `read` takes from the event and its payload.
    #[inline(always)]
    pub(crate) fn verify_and<'c, T>(
        &'c self,
        env: Env<'c>,
        delivery: Received<'c>,
        build: Value<'c>,
        read: impl FnOnce(&Event<'_>, &[u8]) -> Result<T, Error>,
    ) -> Result<(Value<'c>, usize, T), Refusal> {
        verify(env, &self.inner, delivery, Builder { function: build, notes: &self.notes }, read)
    }
}

#[inline(always)]
fn verify<'c, T>(
    env: Env<'c>,
    verifier: &WebhookVerifier,
    delivery: Received<'c>,
    builder: Builder<'c>,
    read: impl FnOnce(&Event<'_>, &[u8]) -> Result<T, Error>,
) -> Result<(Value<'c>, usize, T), Refusal> {
    let (mut plan, matching_secret, taken);
    {
        let payload = builder.notes.payload.copy(delivery.payload, |length| verifier.check_payload_length(length))?;
        let signature = Signature::read(delivery.signature);
        let event = match delivery.stored {
            false => verifier.verify(&*payload, signature.header())?,
            true => verifier.verify_stored(&*payload, signature.header())?,
        };
        (matching_secret, taken) = (event.matching_secret(), read(&event, &payload)?);
        plan = builder.plan(env);
        plan.read(&event)?;
    }
    // JavaScript may run from here on: nothing is borrowed from the payload any more.
    Ok((plan.build()?, matching_secret, taken))
}

/// `sign(payload, secret)`: the signature.
pub(crate) struct Sign;

impl Function for Sign {
    const NAME: &'static CStr = c"sign";
    type Data = ();
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [payload, by, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refusal> {
        let buffer = Buffer::default();
        let payload = buffer.copy(payload, |_| Ok(()));
        let signed = payload.as_deref().unwrap_or_default();
        // An invalid secret is reported before an invalid payload, as everywhere.
        let signature = sign(signed, secret(by).map_err(Error::InvalidSecret)?.as_slice())?;
        payload?;
        Ok(env.string(&signature)?)
    }
}

#[allow(clippy::as_conversions)] // a list never has 2^53 secrets
pub(crate) fn number(env: Env<'_>, position: usize) -> Result<Value<'_>, Fault> {
    env.number(position as f64)
}
