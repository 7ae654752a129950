//! `payvost_verifier`: secrets and options that are checked once, and the two checks.

use core::ffi::{c_char, c_void};
use core::mem::{self, MaybeUninit};
use core::time::Duration;

use payvost_webhooks::host;
use payvost_webhooks::{
    DEFAULT_MAX_PAYLOAD_BYTES, Error, Event, OptionName, Timestamp, WebhookVerifier, WebhookVerifierBuilder,
};

use crate::arguments;
use crate::boundary::{self, boxed};
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::event::{payvost_event, payvost_timestamp};
use crate::result::payvost_result;

/// Verifies webhooks with secrets and options that are checked once, when they are given.
///
/// Make one at start-up with `payvost_verifier_new()`, set its options, and use it in as many
/// threads as you like: verifying does not change it. Adding a secret and setting an option do:
/// finish that before the first thread verifies with it.
///
/// A secret or an option that was refused is not forgotten: from then on everything is refused for
/// that reason, so that a set-up whose result nobody looked at does not verify less than was asked
/// for.
///
/// The verifier does not keep the text of a secret, only the two hash states that HMAC derives from
/// it. It wipes every copy of them on the heap before that memory is freed: when secrets are added,
/// and in `payvost_verifier_free()`. It cannot wipe your own copy of the secret, what the compiler
/// leaves in registers and on the stack while a secret is added, or what the system wrote to swap or
/// to a core dump.
pub struct payvost_verifier {
    builder: WebhookVerifierBuilder,
    /// What the builder gives as it stands.
    verifier: Result<WebhookVerifier, Error>,
    tolerance: Option<Duration>,
    clock: Option<HostClock>,
}

/// A clock that tells the time of day. Any thread that verifies calls it.
pub type payvost_wall_clock = Option<unsafe extern "C" fn(user: *mut c_void) -> payvost_timestamp>;

#[derive(Clone, Copy)]
struct HostClock {
    clock: unsafe extern "C" fn(user: *mut c_void) -> payvost_timestamp,
    user: *mut c_void,
}

// SAFETY: the header says that any thread that verifies calls the clock, with this pointer.
unsafe impl Send for HostClock {}
// SAFETY: as above.
unsafe impl Sync for HostClock {}

/// Makes a verifier with one secret and no option set.
///
/// The secret is opaque: nothing is stripped or decoded, and a prefix such as `whsec_` is part of
/// it. It is not needed any more when this returns. A `NULL` secret, which `getenv()` gives for an
/// unset variable, is refused.
///
/// `*verifier` is written on success only, and is to be freed with `payvost_verifier_free()`.
/// `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_SECRET`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_verifier_new(
    secret: *const c_char,
    secret_len: usize,
    verifier: Option<&mut MaybeUninit<Box<payvost_verifier>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let verifier = given(verifier)?;
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let secret = unsafe { arguments::secret(secret, secret_len) }?;
        let mut made = payvost_verifier::from(WebhookVerifier::builder());
        made.change(|builder| builder.secret(secret))?;
        verifier.write(boxed(made)?);
        Ok(())
    })
}

/// Adds a secret, as while one is being rotated: a webhook passes when any of the secrets made its
/// signature. The order does not matter.
///
/// Not while another thread uses the verifier. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_SECRET`. Returns, here and below, what verifying will return from
/// now on for reasons of set-up: an earlier mistake is told again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_verifier_add_secret(
    verifier: Option<&mut payvost_verifier>,
    secret: *const c_char,
    secret_len: usize,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let secret = unsafe { arguments::secret(secret, secret_len) };
        given(verifier)?.change(|builder| match secret {
            Ok(secret) => builder.secret(secret),
            Err(missing) => builder.mistake(missing),
        })
    })
}

/// Refuses events whose `createdAt` is further than this from now, back or ahead, by the system's
/// clock. Off unless set.
///
/// From 0 to `PAYVOST_MAX_TOLERANCE_SECONDS`, fractions included. Retries keep `createdAt`: less than
/// `PAYVOST_RETRY_WINDOW_SECONDS` refuses honest deliveries. What stops a replay is remembering the
/// event's id.
///
/// Not while another thread uses the verifier. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_set_tolerance(
    verifier: Option<&mut payvost_verifier>,
    seconds: f64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (verifier, tolerance) = (given(verifier)?, Duration::try_from_secs_f64(seconds));
        verifier.tolerance = tolerance.as_ref().ok().copied();
        let clock = verifier.clock;
        verifier.change(|builder| match tolerance {
            Ok(tolerance) => measured(builder, tolerance, clock),
            Err(_) => builder.mistake(Error::InvalidOption(OptionName::Tolerance)),
        })
    })
}

/// Sets the clock that a tolerance is measured by, for tests: unless set, the system's. `user` is handed to
/// the clock as it is, and may be `NULL`.
///
/// Not while another thread uses the verifier. `error` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_set_clock(
    verifier: Option<&mut payvost_verifier>,
    clock: payvost_wall_clock,
    user: *mut c_void,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (verifier, clock) = (given(verifier)?, given(clock)?);
        verifier.clock = Some(HostClock { clock, user });
        let (clock, tolerance) = (verifier.clock, verifier.tolerance);
        verifier.change(|builder| match tolerance {
            Some(tolerance) => measured(builder, tolerance, clock),
            None => builder,
        })
    })
}

/// Refuses events whose `liveMode` is another. Off unless set.
///
/// Not while another thread uses the verifier. `error` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_set_expect_live_mode(
    verifier: Option<&mut payvost_verifier>,
    live_mode: bool,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(verifier)?.change(|builder| builder.expect_live_mode(live_mode)))
}

/// Refuses payloads longer than this, before they are hashed. From 1 to
/// `PAYVOST_MAX_PAYLOAD_BYTES_LIMIT` bytes; `PAYVOST_DEFAULT_MAX_PAYLOAD_BYTES` unless set.
///
/// Not while another thread uses the verifier. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_set_max_payload_bytes(
    verifier: Option<&mut payvost_verifier>,
    bytes: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(verifier)?.change(|builder| builder.max_payload_bytes(bytes)))
}

/// Verifies the signature over the raw payload, then reads and checks the event.
///
/// `payload` is the body as it came, before anything parsed it; `NULL` is an empty one when
/// `payload_len` is 0. `signature` is the value of the `Payvost-Signature` header, `NULL` when
/// there is none; it need not end in NUL.
///
/// `*event` is written on success only, and is to be freed with `payvost_event_free()`. **It points
/// into the payload: keep that, unchanged, until the event has been freed.** `error` may be `NULL`.
///
/// Fails with any result; the checks run in the order of their numbers.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_verifier_verify(
    verifier: Option<&payvost_verifier>,
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    event: Option<&mut MaybeUninit<Box<payvost_event>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (verifier, event) = (given(verifier)?, given(event)?);
        // SAFETY: both point to as many readable bytes as their lengths say, or are null, and the payload outlives the event.
        let (payload, signature) =
            unsafe { (arguments::payload(payload, payload_len), arguments::signature(signature, signature_len)) };
        event.write(boxed(verifier.verify(payload, signature, Delivered::Now)?.into())?);
        Ok(())
    })
}

/// Verifies as `payvost_verifier_verify()`, and gives an event with a copy of the payload in it: for
/// hosts with a garbage collector, and whoever cannot keep the payload for as long as the event.
///
/// Nothing refers to the payload when this returns. It is copied once it has been verified.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_verifier_verify_copy(
    verifier: Option<&payvost_verifier>,
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    event: Option<&mut MaybeUninit<Box<payvost_event>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (verifier, event) = (given(verifier)?, given(event)?);
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (payload, signature) =
            unsafe { (arguments::payload(payload, payload_len), arguments::signature(signature, signature_len)) };
        let verified = verifier.verify(payload, signature, Delivered::Now)?;
        event.write(boxed(host::into_owned(verified)?.into())?);
        Ok(())
    })
}

/// Verifies the signature alone and does not look into the payload, which need not be JSON.
///
/// Arguments as for `payvost_verifier_verify()`. Nothing refers to the payload when this returns.
///
/// Fails as `payvost_verifier_verify()`, up to and including `PAYVOST_SIGNATURE_MISMATCH`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_verifier_verify_signature(
    verifier: Option<&payvost_verifier>,
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let verifier = given(verifier)?;
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (payload, signature) =
            unsafe { (arguments::payload(payload, payload_len), arguments::signature(signature, signature_len)) };
        Ok(verifier.get()?.verify_signature(payload?, signature)?)
    })
}

/// Frees a verifier and wipes what it made of its secrets. `NULL` is a no-op. The events that it
/// verified stay.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_free(verifier: Option<Box<payvost_verifier>>) {
    boundary::guarded((), || drop(verifier));
}

/// Verifies one webhook: short for a verifier with this secret and no option set, used once.
///
/// `payload`, `signature`, `event` and `error` as for `payvost_verifier_verify()`: **the event
/// points into the payload.** `secret` as for `payvost_verifier_new()`.
///
/// Fails with any result but `PAYVOST_INVALID_OPTION` and those of the checks that have to be asked
/// for.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_verify_webhook(
    payload: *const c_void,
    payload_len: usize,
    signature: *const c_char,
    signature_len: usize,
    secret: *const c_char,
    secret_len: usize,
    event: Option<&mut MaybeUninit<Box<payvost_event>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let event = given(event)?;
        // SAFETY: each points to as many readable bytes as its length says, or is null, and the payload outlives the event.
        let (secret, payload, signature) = unsafe {
            (
                arguments::secret(secret, secret_len),
                arguments::payload(payload, payload_len),
                arguments::signature(signature, signature_len),
            )
        };
        let verified = WebhookVerifier::new(secret?)?.verify(payload?, signature)?;
        event.write(boxed(verified.into())?);
        Ok(())
    })
}

/// When a payload was delivered: the age of one that a store has kept does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivered {
    Now,
    Before,
}

// Any number of threads may use one, as the header promises.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<payvost_verifier>();
};

impl payvost_verifier {
    /// The event of a payload.
    pub(crate) fn verify<'p>(
        &self,
        payload: Result<&'p [u8], Error>,
        signature: Option<&[u8]>,
        delivered: Delivered,
    ) -> Result<Event<'p>, Error> {
        let verifier = self.get()?;
        match delivered {
            Delivered::Now => verifier.verify(payload?, signature),
            Delivered::Before => verifier.verify_stored(payload?, signature),
        }
    }

    /// How long a payload may be. One that is set up wrongly verifies none, and says so when it is asked.
    pub(crate) fn max_payload_bytes(&self) -> usize {
        self.get().map_or(DEFAULT_MAX_PAYLOAD_BYTES, WebhookVerifier::max_payload_bytes)
    }

    fn change(&mut self, change: impl FnOnce(WebhookVerifierBuilder) -> WebhookVerifierBuilder) -> Result<(), Failure> {
        self.builder = change(mem::replace(&mut self.builder, WebhookVerifier::builder()));
        self.verifier = host::build_verifier(&self.builder);
        Ok(self.get().map(drop)?)
    }

    fn get(&self) -> Result<&WebhookVerifier, Error> {
        self.verifier.as_ref().map_err(|error| *error)
    }
}

/// A tolerance by the host's clock, or the system's.
fn measured(builder: WebhookVerifierBuilder, tolerance: Duration, clock: Option<HostClock>) -> WebhookVerifierBuilder {
    match clock {
        Some(clock) => builder.tolerance(tolerance, move || clock.now()),
        None => builder.tolerance(tolerance, Timestamp::now),
    }
}

impl HostClock {
    fn now(self) -> Timestamp {
        // SAFETY: the header asks for a function that can be called with this pointer by any thread that verifies.
        let time = unsafe { (self.clock)(self.user) };
        Timestamp::from_unix(time.seconds, time.nanoseconds)
    }
}

impl From<WebhookVerifierBuilder> for payvost_verifier {
    fn from(builder: WebhookVerifierBuilder) -> Self {
        Self { verifier: host::build_verifier(&builder), builder, tolerance: None, clock: None }
    }
}
