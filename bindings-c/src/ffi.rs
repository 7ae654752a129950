//! The boundary: what comes in is checked, what goes out has one owner, and no panic gets across.
//!
//! Exported functions take `Option<&T>` for a pointer that may be `NULL`, `Option<Box<T>>` for one that is given back to be
//! freed, and `Option<&mut MaybeUninit<T>>` for a place where a result goes. The types say who owns what, so that a wrong cast
//! does not compile. Only a pointer with a length has to be put together by hand, here.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::slice;
use std::panic::{AssertUnwindSafe, catch_unwind};

use payvost_webhooks::{Error, SecretProblem};

use crate::error::{Failure, payvost_error};
use crate::result::payvost_result;

/// Runs a call that can fail, and tells C how it went.
pub(crate) fn outcome(
    error: Option<&mut MaybeUninit<payvost_error>>,
    call: impl FnOnce() -> Result<(), Failure>,
) -> payvost_result {
    let outcome = guarded(Err(Failure::Panic), call);
    if let Some(error) = error {
        error.write(guarded(payvost_error::NONE, || payvost_error::new(&outcome)));
    }
    outcome.err().map_or(payvost_result::PAYVOST_OK, |failure| failure.result())
}

/// Runs a call, and gives `otherwise` when it panics: a panic that unwinds into C ends the process.
///
/// Asserting unwind safety is right because a call stores what it has made only when that is
/// complete.
pub(crate) fn guarded<R>(otherwise: R, call: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(otherwise)
}

/// A handle or a place for a result that must not be `NULL`.
pub(crate) fn given<T>(argument: Option<T>) -> Result<T, Failure> {
    argument.ok_or(Failure::InvalidArgument)
}

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
pub(crate) unsafe fn header<'a>(start: *const c_char, length: usize) -> Option<&'a [u8]> {
    const TOO_LONG: usize = 65;
    // SAFETY: the caller keeps to it, and fewer bytes of the same memory can be read too.
    unsafe { bytes(start.cast(), length.min(TOO_LONG)) }
}

/// Text that must be UTF-8, such as a JSON Pointer.
///
/// # Safety
///
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(start: *const c_char, length: usize) -> Option<&'a str> {
    // SAFETY: the caller keeps to it.
    core::str::from_utf8(unsafe { bytes(start.cast(), length) }?).ok()
}

/// The bytes at a pointer; `None` when it is `NULL`, or the length is one that no object can have.
///
/// # Safety
///
/// A pointer that is not `NULL` points to that many bytes, which nobody writes to for `'a`.
pub(crate) unsafe fn bytes<'a>(start: *const c_void, length: usize) -> Option<&'a [u8]> {
    if start.is_null() || isize::try_from(length).is_err() {
        return None;
    }
    // SAFETY: not null, not longer than an object can be, and for the rest the caller keeps to it.
    Some(unsafe { slice::from_raw_parts(start.cast(), length) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_result() {
        let mut error = MaybeUninit::uninit();
        let result = outcome(Some(&mut error), || panic!("seen by nobody"));
        assert_eq!(result, payvost_result::PAYVOST_PANIC);
        // SAFETY: `outcome` writes it always.
        let error = unsafe { error.assume_init() };
        assert_eq!(error.message(), c"internal error");
    }

    #[test]
    fn a_panic_of_an_accessor_becomes_its_empty_value() {
        assert_eq!(guarded(7, || panic!("seen by nobody")), 7);
    }

    #[test]
    fn an_impossible_length_is_refused_before_it_is_used() {
        let byte = 0_u8;
        // SAFETY: these lengths are refused before the pointer is followed.
        unsafe {
            assert_eq!(payload((&raw const byte).cast(), usize::MAX), Err(Error::PayloadNotRaw));
            assert_eq!(secret((&raw const byte).cast(), usize::MAX), Err(Error::InvalidSecret(SecretProblem::Missing)));
            assert_eq!(text((&raw const byte).cast(), usize::MAX), None);
        }
    }
}
