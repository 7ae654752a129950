//! What `NULL` means for a payload, a secret and a header.

use core::ffi::{c_char, c_void};

use payvost_webhooks::limits::SIGNATURE_LENGTH;
use payvost_webhooks::{Error, SecretProblem};

use crate::boundary::bytes;

/// A payload: `NULL` with length 0 is an empty one, and any other length is invalid.
///
/// # Safety
///
/// As for [`bytes`].
pub(crate) unsafe fn payload<'a>(start: *const c_void, length: usize) -> Result<&'a [u8], Error> {
    if start.is_null() && length == 0 {
        return Ok(&[]);
    }
    // SAFETY: the caller keeps to it.
    unsafe { bytes(start, length) }.ok_or(Error::PayloadNotRaw)
}

/// A secret: `NULL` means that there is none, as `getenv()` returns it.
///
/// # Safety
///
/// As for [`bytes`].
pub(crate) unsafe fn secret<'a>(start: *const c_char, length: usize) -> Result<&'a [u8], Error> {
    // SAFETY: the caller keeps to it.
    unsafe { bytes(start.cast(), length) }.ok_or(Error::InvalidSecret(SecretProblem::Missing))
}

/// A signature header: `NULL` means that there is none. Only the start of an overlong one is read.
///
/// # Safety
///
/// As for [`bytes`].
pub(crate) unsafe fn signature<'a>(start: *const c_char, length: usize) -> Option<&'a [u8]> {
    const TOO_LONG: usize = SIGNATURE_LENGTH + 1;
    // SAFETY: the caller keeps to it, and fewer bytes of the same memory can be read too.
    unsafe { bytes(start.cast(), length.min(TOO_LONG)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_length_is_refused() {
        let byte = 0_u8;
        // SAFETY: these lengths are rejected before the pointer is followed.
        unsafe {
            assert_eq!(payload((&raw const byte).cast(), usize::MAX), Err(Error::PayloadNotRaw));
            assert_eq!(secret((&raw const byte).cast(), usize::MAX), Err(Error::InvalidSecret(SecretProblem::Missing)));
        }
    }
}
