//! The boundary: arguments are checked, results have one owner, and no panic crosses it.
//!
//! Exported functions take `Option<&T>` for a pointer that may be `NULL`, `Option<Box<T>>` for one
//! that is passed back to be freed, and `Option<&mut MaybeUninit<T>>` for a place for a result. The
//! types say who owns what, so that a wrong cast does not compile. Only a pointer with a length
//! must be assembled by hand, here.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::slice;
use std::alloc::{Layout, alloc};
use std::panic::{AssertUnwindSafe, catch_unwind};

use payvost_webhooks::Error;

/// Runs a call, and returns `otherwise` if it panics: a panic that unwinds into C would end the
/// process.
///
/// Asserting unwind safety is sound because a call stores its result only when that is complete.
pub(crate) fn guarded<R>(otherwise: R, call: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(otherwise)
}

/// Moves a value to the heap, for a handle. Where `Box::new` would end the process, this fails.
pub(crate) fn boxed<T>(value: T) -> Result<Box<T>, Error> {
    const { assert!(size_of::<T>() != 0) };
    // SAFETY: the layout is that of `T`, which is not empty.
    let place = unsafe { alloc(Layout::new::<T>()) }.cast::<T>();
    if place.is_null() {
        return Err(Error::OutOfMemory);
    }
    // SAFETY: the memory is new, as large and as aligned as a `T` needs, and from the allocator of `Box`.
    unsafe {
        place.write(value);
        Ok(Box::from_raw(place))
    }
}

/// Reads from a handle; returns `otherwise` if it is `NULL`.
pub(crate) fn read<T, R: Copy>(handle: Option<&T>, otherwise: R, read: impl FnOnce(&T) -> R) -> R {
    guarded(otherwise, || handle.map_or(otherwise, read))
}

/// Writes a value that was found, and returns whether there is one. The place may be `NULL`.
pub(crate) fn write<T>(place: Option<&mut MaybeUninit<T>>, found: Option<T>) -> bool {
    match (found, place) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(found), Some(place)) => {
            place.write(found);
            true
        }
    }
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

/// The bytes at a pointer; `None` if it is `NULL` or no object can be that long.
///
/// # Safety
///
/// A pointer that is not `NULL` points to that many bytes, which do not change during `'a`.
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
    fn a_panic_of_an_accessor_becomes_its_empty_value() {
        assert_eq!(guarded(7, || panic!("seen by nobody")), 7);
        assert_eq!(read(Some(&1), 7, |_| panic!("seen by nobody")), 7);
        assert_eq!(read(None::<&i32>, 7, |_| 8), 7);
    }

    #[test]
    fn an_impossible_length_is_rejected_before_it_is_used() {
        let byte = 0_u8;
        // SAFETY: these lengths are rejected before the pointer is followed.
        unsafe {
            assert_eq!(bytes((&raw const byte).cast(), usize::MAX), None);
            assert_eq!(text((&raw const byte).cast(), usize::MAX), None);
        }
    }
}
