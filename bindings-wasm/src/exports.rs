//! The exports. JavaScript writes arguments to the area that it has reserved, makes a call, and reads the result at its place. Then it
//! overwrites both with zeros, so that no later call finds them.
//!
//! Nothing here calls JavaScript, so a call is over before the next one begins.

#![allow(unsafe_code)] // the names of exports must be unique in the module, which is what `no_mangle` is unsafe for

use std::cell::RefCell;
use std::ptr;

use crate::boundary::{self, Fault, Functions};
use crate::functions;
use crate::time;

/// A larger area is not kept.
const MAX_KEPT: usize = 1 << 20;

/// [`call`] returns it for a call that JavaScript must not make.
const FAULT: isize = -1;

thread_local! {
    static AREA: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static RESULT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The place of an area of at least so many bytes, until the next reservation. Null if memory has run out.
// SAFETY: the only export with this name.
#[unsafe(no_mangle)]
extern "C" fn reserve(bytes: usize) -> *mut u8 {
    AREA.with_borrow_mut(|area| {
        if area.len() > MAX_KEPT {
            *area = Vec::new();
        }
        if area.len() < bytes {
            // What was written before does not matter, so it is not copied.
            *area = Vec::new();
            if area.try_reserve_exact(bytes).is_err() {
                return ptr::null_mut();
            }
            area.resize(bytes, 0);
        }
        area.as_mut_ptr()
    })
}

/// Calls the function with that handle, with the first `count` arguments of the area. `now` is the time in milliseconds since 1970,
/// `elapsed` by a clock that is never set. Returns the length of the result, which is 0 if it is the event, or [`FAULT`].
// SAFETY: the only export with this name.
#[unsafe(no_mangle)]
extern "C" fn call(function: u32, count: usize, now: f64, elapsed: f64) -> isize {
    time::set(now, elapsed);
    AREA.with_borrow(|area| written(|result| boundary::call(function, area, count, result)))
}

/// Makes the exports of the native half, an object of functions, and returns the length of the result.
// SAFETY: the only export with this name.
#[unsafe(no_mangle)]
extern "C" fn functions() -> isize {
    written(|result| boundary::exports(all, result))
}

/// Where the result begins.
// SAFETY: the only export with this name.
#[unsafe(no_mangle)]
extern "C" fn result() -> *mut u8 {
    RESULT.with_borrow_mut(Vec::as_mut_ptr)
}

/// Drops a function, of which JavaScript has nothing left.
// SAFETY: the only export with this name.
#[unsafe(no_mangle)]
extern "C" fn release(function: u32) {
    boundary::release(function);
}

fn all(exports: Functions<'_>) -> Result<Functions<'_>, Fault> {
    let exports = functions::all(exports)?;
    #[cfg(feature = "server")]
    let exports = crate::servers::all(exports)?;
    Ok(exports)
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>) -> isize {
    RESULT.with_borrow_mut(|result| {
        result.clear();
        if result.capacity() > MAX_KEPT {
            *result = Vec::new();
        }
        match write(result) {
            Ok(()) => isize::try_from(result.len()).unwrap_or(FAULT),
            Err(Fault) => FAULT,
        }
    })
}
