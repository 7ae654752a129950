//! PHP's `memory_limit`.
//!
//! Releases of PHP before 8.2.35 bail out when an allocation goes over it. Later ones end the script when the call has returned, and
//! kill the process when an allocation goes over twice the limit. So a large allocation is checked before it is made, and the script
//! ends with PHP's own message.
#![allow(unsafe_code)] // asks the engine

use std::ffi::{CStr, c_int};

use ext_php_rs::ffi::ext_php_rs_process_globals;

use crate::boundary::Failure;
use crate::engine::{zend_error_noreturn, zend_memory_usage, zend_throw_unwind_exit};

/// `E_ERROR`
const FATAL: c_int = 1;

/// Whether there is room for an allocation of so many bytes.
#[cold]
pub(crate) fn check(bytes: usize) -> Result<(), Failure> {
    // SAFETY: PHP is calling a function of ours.
    let used = unsafe { zend_memory_usage(false) };
    if used.saturating_add(bytes) > limit() { Err(Failure::OverLimit(bytes)) } else { Ok(()) }
}

/// Ends the script because an allocation of so many bytes would go over the limit. Nothing may be owned that a bailout would skip.
pub(crate) fn end_script(bytes: usize) {
    const EXHAUSTED: &CStr = c"Allowed memory size of %zu bytes exhausted (tried to allocate %zu bytes)";
    let limit = limit();
    // SAFETY: PHP is calling a function of ours; the format takes two sizes.
    unsafe {
        if zend_memory_usage(false) > limit {
            // PHP has reported it already.
            zend_throw_unwind_exit();
        } else {
            zend_error_noreturn(FATAL, EXHAUSTED.as_ptr(), limit, bytes);
        }
    }
}

/// Ends the script because the system has no memory for the library. Nothing may be owned that a bailout would skip.
pub(crate) fn end_script_without_memory() {
    // SAFETY: PHP is calling a function of ours; the format takes nothing.
    unsafe { zend_error_noreturn(FATAL, c"Out of memory while a webhook was parsed".as_ptr()) }
}

/// No limit is -1.
fn limit() -> usize {
    // SAFETY: the globals of this thread, while PHP calls a function of ours.
    usize::try_from(unsafe { (*ext_php_rs_process_globals()).memory_limit }).unwrap_or(usize::MAX)
}
