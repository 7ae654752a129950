//! `payvost_claim_request`: what to ask a store for an event.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use payvost_webhooks::Event;
use payvost_webhooks::claims::{ClaimPolicy, ClaimRequest};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::errors::payvost_error;
use crate::event::payvost_event;
use crate::policy::{self, payvost_claim_policy};
use crate::result::payvost_result;
use crate::text::payvost_str;

/// A claim to make for an event, for a store of your own. Its texts live as long as it does.
pub struct payvost_claim_request {
    request: ClaimRequest,
    policy: ClaimPolicy,
    open_key: String,
}

/// Makes a request for an event. A `payvost_delivery` that asks for a claim has already made one:
/// `payvost_delivery_claim_request()`.
///
/// `policy` may be `NULL`, which means the defaults. Neither it nor the event is needed after this
/// returns. `*request` is written on success only, and must be freed with
/// `payvost_claim_request_free()`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` when an option of the policy was refused.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_claim_request_new(
    policy: Option<&payvost_claim_policy>,
    event: Option<&payvost_event>,
    request: Option<&mut MaybeUninit<Box<payvost_claim_request>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (event, request) = (given(event)?, given(request)?);
        request.write(boxed(payvost_claim_request::new(policy::or_defaults(policy)?, event.get()))?);
        Ok(())
    })
}

/// Makes a request for the key of a claim without an event: to take, complete or release a claim
/// from a queue, or to read or discard a dead letter. It has no fingerprint and no type, and cannot
/// claim an event.
///
/// `key` is `payvost_claim_request_key()` of the claim, or that of a `payvost_dead_letter`. The
/// rest is as for `payvost_claim_request_new()`.
///
/// Fails with `PAYVOST_INVALID_ARGUMENT` when the key is `NULL`, empty or not UTF-8.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_claim_request_new_for_key(
    policy: Option<&payvost_claim_policy>,
    key: *const c_char,
    key_len: usize,
    request: Option<&mut MaybeUninit<Box<payvost_claim_request>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let request = given(request)?;
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let key = given(unsafe { boundary::text(key, key_len) }.filter(|key| !key.is_empty()))?;
        request.write(boxed(payvost_claim_request::of_key(policy::or_defaults(policy)?, key))?);
        Ok(())
    })
}

/// The key under which the store keeps the claim.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_key(request: Option<&payvost_claim_request>) -> payvost_str {
    read(request, payvost_str::EMPTY, |request| payvost_str::new(&request.request.key))
}

/// The name under which Redis lists the claims that are not done: the second key of every script.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_open_key(request: Option<&payvost_claim_request>) -> payvost_str {
    read(request, payvost_str::EMPTY, |request| payvost_str::new(&request.open_key))
}

/// SHA-256 of the raw body in lowercase hex, which distinguishes an event from another one with its
/// id. Empty if the request was made for a key.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_fingerprint(request: Option<&payvost_claim_request>) -> payvost_str {
    read(request, payvost_str::EMPTY, |request| payvost_str::new(&request.request.fingerprint))
}

/// The type of the event, for people who look into the store: at most 255 bytes without control
/// characters.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_event_type(request: Option<&payvost_claim_request>) -> payvost_str {
    read(request, payvost_str::EMPTY, |request| payvost_str::new(&request.request.event_type))
}

/// How long the claim holds, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_lease_ms(request: Option<&payvost_claim_request>) -> u64 {
    read(request, 0, |request| request.policy.lease_ms())
}

/// How long the event is remembered, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_remember_ms(request: Option<&payvost_claim_request>) -> u64 {
    read(request, 0, |request| request.policy.remember_ms())
}

/// Frees a request. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_claim_request_free(request: Option<Box<payvost_claim_request>>) {
    boundary::guarded((), || drop(request));
}

impl payvost_claim_request {
    pub(crate) fn new(policy: ClaimPolicy, event: &Event<'_>) -> Self {
        Self { request: policy.request(event), open_key: policy.open_key(), policy }
    }

    fn of_key(policy: ClaimPolicy, key: &str) -> Self {
        let request = ClaimRequest::from_parts(key.to_owned(), String::new(), String::new());
        Self { request, open_key: policy.open_key(), policy }
    }

    /// Whether it was made for an event, and so can claim it.
    pub(crate) const fn is_for_event(&self) -> bool {
        !self.request.fingerprint.is_empty()
    }

    /// The keys of the record and of the list of open claims.
    pub(crate) fn keys(&self) -> (&str, &str) {
        (&self.request.key, &self.open_key)
    }

    pub(crate) const fn get(&self) -> (&ClaimPolicy, &ClaimRequest) {
        (&self.policy, &self.request)
    }
}
