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

/// Verifies webhooks. Secrets and options are checked once, when you pass them.
///
/// Make one at startup with `payvost_verifier_new()`, set its options, and use it in as many
/// threads as you like: verifying does not change it. Adding a secret and setting an option do:
/// finish that before the first thread verifies with it.
///
/// A refused secret or option stays refused: from then on everything is refused for that reason, so
/// that a setup whose result was not checked does not verify less than intended.
///
/// The verifier does not keep the text of a secret, only the two hash states that HMAC derives from
/// it. It wipes every copy of them on the heap before that memory is freed: when secrets are added,
/// and in `payvost_verifier_free()`. It cannot wipe your own copy of the secret, what the compiler
/// leaves in registers and on the stack while a secret is added, or what the system wrote to swap or
/// to a core dump.
pub struct payvost_verifier {
    builder: WebhookVerifierBuilder,
    /// The result of the builder.
    verifier: Result<WebhookVerifier, Error>,
    tolerance: Option<Duration>,
    clock: Option<HostClock>,
}

/// A clock for the time of day. Any thread that verifies calls it.
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

/// Makes a verifier with one secret and default options.
///
/// The secret is opaque: nothing is stripped or decoded, and a prefix such as `whsec_` is part of
/// it. It is no longer needed when this returns. A `NULL` secret, which `getenv()` returns for an
/// unset variable, is refused.
///
/// `*verifier` is written on success only, and must be freed with `payvost_verifier_free()`.
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

/// Adds a secret, for example during a rotation: a webhook is accepted if any of the secrets made
/// its signature. The order does not matter.
///
/// Do not call it while another thread uses the verifier. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_SECRET`. Here and below, it returns what verifying will return from
/// now on because of the setup: an earlier mistake is reported again.
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

/// Refuses events whose `createdAt` is further than this from now, in either direction, by the
/// system's clock. Off by default.
///
/// From 0 to `PAYVOST_MAX_TOLERANCE_SECONDS`, fractions included. Retries keep `createdAt`, so less
/// than `PAYVOST_RETRY_WINDOW_SECONDS` refuses genuine deliveries. To stop replays, remember the
/// event's id.
///
/// Do not call it while another thread uses the verifier. `error` may be `NULL`.
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

/// Sets the clock for the tolerance, for tests. The default is the system's. `user` is passed to
/// the clock unchanged and may be `NULL`.
///
/// Do not call it while another thread uses the verifier. `error` may be `NULL`.
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

/// Refuses events with another `liveMode`. Off by default.
///
/// Do not call it while another thread uses the verifier. `error` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_set_expect_live_mode(
    verifier: Option<&mut payvost_verifier>,
    live_mode: bool,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(verifier)?.change(|builder| builder.expect_live_mode(live_mode)))
}

/// Refuses payloads longer than this, before they are hashed. From 1 to
/// `PAYVOST_MAX_PAYLOAD_BYTES_LIMIT` bytes; the default is `PAYVOST_DEFAULT_MAX_PAYLOAD_BYTES`.
///
/// Do not call it while another thread uses the verifier. `error` may be `NULL`.
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
/// `payload` is the raw body, before anything parsed it; `NULL` with a `payload_len` of 0 is an
/// empty one. `signature` is the value of the `Payvost-Signature` header, or `NULL`; it need not
/// end in NUL.
///
/// `*event` is written on success only, and must be freed with `payvost_event_free()`. **It points
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

/// Verifies as `payvost_verifier_verify()`, and returns an event with its own copy of the payload:
/// for hosts with a garbage collector, and for callers that cannot keep the payload as long as the
/// event.
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

/// Frees a verifier and wipes its key states. `NULL` is a no-op. The events that it verified stay
/// valid.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_verifier_free(verifier: Option<Box<payvost_verifier>>) {
    boundary::guarded((), || drop(verifier));
}

/// Verifies one webhook: short for a verifier with this secret and default options, used once.
///
/// `payload`, `signature`, `event` and `error` as for `payvost_verifier_verify()`: **the event
/// points into the payload.** `secret` as for `payvost_verifier_new()`.
///
/// Fails with any result except `PAYVOST_INVALID_OPTION` and those of the optional checks.
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

/// When a payload was delivered: the age of a stored one does not matter.
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

    /// How long a payload may be. With a wrong setup, every payload is refused later.
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

/// A tolerance, by the host's clock or the system's.
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
