//! Signing and sample events, for tests and local senders.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use payvost_webhooks::limits::SIGNATURE_LENGTH;

use crate::arguments;
use crate::boundary;
use crate::call::{self, given};
use crate::errors::payvost_error;
use crate::result::payvost_result;
use crate::text::payvost_str;

/// The room that `payvost_sign()` needs: 64 hexadecimal digits and a NUL.
pub const PAYVOST_SIGNATURE_SIZE: usize = 65;

const _: () = assert!(PAYVOST_SIGNATURE_SIZE == SIGNATURE_LENGTH + 1);

/// Signs a payload as the provider does: lowercase hex of HMAC-SHA256. For tests and local senders.
///
/// `signature` has room for `PAYVOST_SIGNATURE_SIZE` bytes; 64 digits and a NUL are written, or
/// nothing on failure. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_SECRET` if a verifier would refuse the secret, or
/// `PAYVOST_PAYLOAD_NOT_RAW`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_sign(
    payload: *const c_void,
    payload_len: usize,
    secret: *const c_char,
    secret_len: usize,
    signature: *mut c_char,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let signature = given(NonNull::new(signature))?;
        // SAFETY: both point to as many readable bytes as their lengths say, or are null.
        let (secret, payload) = unsafe { (arguments::secret(secret, secret_len), arguments::payload(payload, payload_len)) };
        let mut text = payvost_webhooks::sign(payload.unwrap_or_default(), secret?)?;
        payload?;
        text.push('\0');
        debug_assert_eq!(text.len(), PAYVOST_SIGNATURE_SIZE);
        // SAFETY: there is room for that many bytes, and they are not part of the String that has just been made.
        unsafe { signature.cast::<u8>().copy_from_nonoverlapping(NonNull::from(text.as_bytes()).cast(), text.len()) };
        Ok(())
    })
}

/// The payload of a sample event of a documented type, with every documented field; empty for a
/// type that is not documented. It is the same in every call. For tests of your handlers: sign it
/// and deliver it.
///
/// It lives as long as the library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_sample_event(event_type: *const c_char, event_type_len: usize) -> payvost_str {
    boundary::guarded(payvost_str::EMPTY, || {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let event_type = unsafe { boundary::text(event_type, event_type_len) };
        event_type.and_then(payvost_webhooks::sample_event).map_or(payvost_str::EMPTY, payvost_str::new)
    })
}
