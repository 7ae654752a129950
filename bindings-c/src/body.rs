//! `payvost_body`: how much of a body to read.

use core::ffi::c_char;
use core::mem::MaybeUninit;

use payvost_webhooks::Outcome;
use payvost_webhooks::receive::{Body, BodyEnd};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::errors::payvost_error;
use crate::result::payvost_result;
use crate::verifier::payvost_verifier;

/// The body of one request: what its headers announce, and how much of it to read.
///
/// Make one when the headers have arrived, read up to `payvost_body_limit()` bytes, and pass it to
/// `payvost_delivery_new()`, which says what a missing or truncated body means.
pub struct payvost_body {
    body: Body,
}

/// How reading a body ended.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_body_end {
    /// At its end, or at the limit.
    PAYVOST_BODY_REACHED = 0,
    /// The sender broke off.
    PAYVOST_BODY_BROKEN = 1,
    /// The sender was too slow.
    PAYVOST_BODY_TIMED_OUT = 2,
    /// Other code has read or parsed it before.
    PAYVOST_BODY_CONSUMED = 3,
}

use payvost_body_end::*;

/// The body of a request with these headers. Pass `NULL` for a missing one.
///
/// `*body` is written on success only, and must be freed with `payvost_body_free()`. The verifier,
/// whose limit it takes, and the headers are no longer needed when this returns. `error` may be
/// `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_body_new(
    verifier: Option<&payvost_verifier>,
    content_length: *const c_char,
    content_length_len: usize,
    transfer_encoding: *const c_char,
    transfer_encoding_len: usize,
    body: Option<&mut MaybeUninit<Box<payvost_body>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (verifier, body) = (given(verifier)?, given(body)?);
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (content_length, transfer_encoding) = unsafe {
            (
                boundary::bytes(content_length.cast(), content_length_len),
                boundary::bytes(transfer_encoding.cast(), transfer_encoding_len),
            )
        };
        let announced = Body::new(verifier.max_payload_bytes(), content_length, transfer_encoding);
        body.write(boxed(payvost_body { body: announced })?);
        Ok(())
    })
}

/// How many bytes to read at most: one more than accepted, which shows that a body is too long, and
/// none if the headers already say so. 0 for `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_body_limit(body: Option<&payvost_body>) -> usize {
    read(body, 0, |body| body.body.limit())
}

/// How many bytes to read at most from a stream that does not mark its end, such as CGI's standard
/// input: as many as announced. 0 for `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_body_limit_of_endless_stream(body: Option<&payvost_body>) -> usize {
    read(body, 0, |body| body.body.limit_of_endless_stream())
}

/// Frees a body. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_body_free(body: Option<Box<payvost_body>>) {
    boundary::guarded((), || drop(body));
}

impl payvost_body {
    /// The response that replaces verification.
    pub(crate) fn finish(&self, read: usize, end: BodyEnd) -> Option<Outcome> {
        self.body.finish(read, end)
    }
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
pub(crate) fn end(number: u32) -> Option<BodyEnd> {
    [
        (PAYVOST_BODY_REACHED, BodyEnd::Reached),
        (PAYVOST_BODY_BROKEN, BodyEnd::Broken),
        (PAYVOST_BODY_TIMED_OUT, BodyEnd::TimedOut),
        (PAYVOST_BODY_CONSUMED, BodyEnd::Consumed),
    ]
    .into_iter()
    .find_map(|(known, end)| (known as u32 == number).then_some(end))
}
