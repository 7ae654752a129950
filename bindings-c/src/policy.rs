//! `payvost_claim_policy`: how long events are claimed and remembered, and under which keys.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::time::Duration;

use payvost_webhooks::claims::ClaimPolicy;
use payvost_webhooks::{Error, OptionName};

use crate::boundary::{self, boxed};
use crate::call::{self, given};
use crate::errors::payvost_error;
use crate::result::payvost_result;

/// How long events are claimed and remembered, and what the keys of their claims begin with.
///
/// Make one at startup with `payvost_claim_policy_new()`, set its options, and use it in as many
/// threads as you like. Where a function takes one, `NULL` means the defaults.
///
/// A refused option stays refused: every later use of the policy fails for that reason.
pub struct payvost_claim_policy {
    policy: Result<ClaimPolicy, Error>,
}

/// Makes a policy with the defaults: `PAYVOST_DEFAULT_LEASE_SECONDS`,
/// `PAYVOST_DEFAULT_REMEMBER_SECONDS`, `PAYVOST_DEFAULT_PREFIX`.
///
/// `*policy` is written on success only, and must be freed with `payvost_claim_policy_free()`.
/// `error` may be `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_claim_policy_new(
    policy: Option<&mut MaybeUninit<Box<payvost_claim_policy>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        given(policy)?.write(boxed(payvost_claim_policy { policy: Ok(ClaimPolicy::new()) })?);
        Ok(())
    })
}

/// How long a claim holds before another delivery may take it over: longer than a handler takes, from
/// `PAYVOST_MIN_LEASE_SECONDS` to `PAYVOST_MAX_LEASE_SECONDS`.
///
/// Do not call it while another thread uses the policy. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION`. Here and below, it returns what using the policy will
/// return: an earlier mistake is reported again.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_policy_set_lease(
    policy: Option<&mut payvost_claim_policy>,
    seconds: f64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        Ok(given(policy)?.change(|policy| policy.lease(duration(seconds).ok_or(Error::InvalidOption(OptionName::Lease))?))?)
    })
}

/// How long an event is remembered after its last change: from `PAYVOST_RETRY_WINDOW_SECONDS`, for
/// which the provider retries, to `PAYVOST_MAX_REMEMBER_SECONDS`.
///
/// Do not call it while another thread uses the policy. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_policy_set_remember(
    policy: Option<&mut payvost_claim_policy>,
    seconds: f64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let remember = duration(seconds).ok_or(Error::InvalidOption(OptionName::Remember));
        Ok(given(policy)?.change(|policy| policy.remember(remember?))?)
    })
}

/// Sets the prefix of the keys. If two endpoints share a store, give each its own prefix.
///
/// Do not call it while another thread uses the policy. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_claim_policy_set_prefix(
    policy: Option<&mut payvost_claim_policy>,
    prefix: *const c_char,
    prefix_len: usize,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let prefix = unsafe { boundary::text(prefix, prefix_len) };
        Ok(given(policy)?.change(|policy| policy.prefix(prefix.unwrap_or_default()))?)
    })
}

/// Frees a policy. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_policy_free(policy: Option<Box<payvost_claim_policy>>) {
    boundary::guarded((), || drop(policy));
}

/// The policy, or the defaults for `NULL`.
pub(crate) fn or_defaults(policy: Option<&payvost_claim_policy>) -> Result<ClaimPolicy, Error> {
    policy.map_or_else(|| Ok(ClaimPolicy::new()), |policy| policy.policy.clone())
}

pub(crate) fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

impl payvost_claim_policy {
    fn change(&mut self, change: impl FnOnce(ClaimPolicy) -> Result<ClaimPolicy, Error>) -> Result<(), Error> {
        self.policy = self.policy.clone().and_then(change);
        self.policy.as_ref().map(drop).map_err(|error| *error)
    }
}
