//! What `NULL` means for the arguments that have a meaning of their own: a payload, a secret, a header.

use core::ffi::{c_char, c_void};

use payvost_webhooks::limits::SIGNATURE_LENGTH;
use payvost_webhooks::{Error, SecretProblem};

use crate::boundary::bytes;

/// A payload: `NULL` stands for an empty one when its length is 0, and is no payload otherwise.
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

/// A secret: `NULL` stands for none, as `getenv()` has it.
///
/// # Safety
///
/// As for [`bytes`].
pub(crate) unsafe fn secret<'a>(start: *const c_char, length: usize) -> Result<&'a [u8], Error> {
    // SAFETY: the caller keeps to it.
    unsafe { bytes(start.cast(), length) }.ok_or(Error::InvalidSecret(SecretProblem::Missing))
}

/// A signature header: `NULL` stands for none. Of a long one only so much is looked at that it is
/// seen to be too long.
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
    fn an_impossible_length_is_no_argument() {
        let byte = 0_u8;
        // SAFETY: these lengths are rejected before the pointer is followed.
        unsafe {
            assert_eq!(payload((&raw const byte).cast(), usize::MAX), Err(Error::PayloadNotRaw));
            assert_eq!(secret((&raw const byte).cast(), usize::MAX), Err(Error::InvalidSecret(SecretProblem::Missing)));
        }
    }
}
