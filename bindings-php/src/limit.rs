//! PHP's `memory_limit`.
//!
//! Before 8.2.35, PHP bails out when an allocation exceeds the limit. Later releases end the script when the call has returned, and kill
//! the process when an allocation exceeds twice the limit. For that reason, a large allocation is checked before it is made, and the
//! script ends with PHP's own message.
#![allow(unsafe_code)] // asks the engine

use std::ffi::{CStr, c_int};

use ext_php_rs::ffi::ext_php_rs_process_globals;

use crate::boundary::Failure;
use crate::engine::{zend_error_noreturn, zend_memory_usage, zend_throw_unwind_exit};

/// `E_ERROR`
const FATAL: c_int = 1;

/// Whether an allocation of this many bytes stays within the limit.
#[cold]
pub(crate) fn check(bytes: usize) -> Result<(), Failure> {
    // SAFETY: PHP is calling a function of this extension.
    let used = unsafe { zend_memory_usage(false) };
    if used.saturating_add(bytes) > limit() { Err(Failure::OverLimit(bytes)) } else { Ok(()) }
}

/// Ends the script because an allocation of this many bytes would exceed the limit. No frame may own anything that a bailout would leak.
pub(crate) fn end_script(bytes: usize) {
    const EXHAUSTED: &CStr = c"Allowed memory size of %zu bytes exhausted (tried to allocate %zu bytes)";
    let limit = limit();
    // SAFETY: PHP is calling a function of this extension, and the format takes two sizes.
    unsafe {
        if zend_memory_usage(false) > limit {
            // PHP has reported it already.
            zend_throw_unwind_exit();
        } else {
            zend_error_noreturn(FATAL, EXHAUSTED.as_ptr(), limit, bytes);
        }
    }
}

/// Ends the script because the system has no memory left. No frame may own anything that a bailout would leak.
pub(crate) fn end_script_without_memory() {
    // SAFETY: PHP is calling a function of this extension, and the format takes no arguments.
    unsafe { zend_error_noreturn(FATAL, c"Out of memory while a webhook was parsed".as_ptr()) }
}

/// PHP uses -1 for no limit.
fn limit() -> usize {
    // SAFETY: the globals of this thread, while PHP calls a function of this extension.
    usize::try_from(unsafe { (*ext_php_rs_process_globals()).memory_limit }).unwrap_or(usize::MAX)
}
