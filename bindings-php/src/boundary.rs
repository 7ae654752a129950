//! The wrapper of every call from PHP: it reads the arguments, and cleans up after a panic or a Zend bailout.
//!
//! With a bailout, PHP ends a script at once, for example when an allocation exceeds `memory_limit`. It is a `longjmp`, so the values
//! that the skipped frames own are never dropped. A frame that PHP can skip must therefore own nothing on Rust's heap. For that
//! reason, each call has two steps:
//!
//! 1. the core's work, in [`run`]. It allocates PHP memory only inside [`catch_bailout`], which returns when PHP bails out, so that
//!    everything is dropped as usual;
//! 2. after everything has been dropped: to throw the exception, or to continue the bailout.
#![allow(unsafe_code)] // reads PHP's call frames

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::ffi::zend_wrong_parameters_count_error;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{CatchError, ExecuteData, bailout, try_catch};
use payvost_webhooks::Error;
use payvost_webhooks::manage::Refusal;

use crate::arguments::Argument;
use crate::{errors, limit};

/// Why a call returns no value.
pub(crate) enum Failure {
    /// The core refuses the call.
    Refused(Error),
    /// PHP is ending the script.
    Bailout,
    /// An option that only this extension checks is invalid: the message and the hint.
    Option(&'static str, &'static str),
    /// The management API's client refuses an option or a parameter.
    Parameter(Box<Refusal>),
    /// A PHP exception is being thrown already.
    Thrown,
    /// An allocation of this many bytes would exceed PHP's `memory_limit`.
    OverLimit(usize),
    /// The system has no memory for the library.
    OutOfMemory,
    /// A bug in this extension.
    Panic,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::OutOfMemory => Self::OutOfMemory,
            error => Self::Refused(error),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Parameter(Box::new(refusal))
    }
}

/// Runs the body of an exported function, and returns its value after everything else has been dropped.
#[inline]
pub(crate) fn run<T>(body: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
    // The panic's value is dropped before anything else happens.
    match catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Failure::Panic)) {
        Ok(value) => Some(value),
        Err(failure) => {
            fail(failure);
            None
        }
    }
}

#[cold]
fn fail(failure: Failure) {
    match failure {
        Failure::Refused(error) => errors::throw(error),
        Failure::OverLimit(bytes) => limit::end_script(bytes),
        Failure::OutOfMemory => limit::end_script_without_memory(),
        Failure::Option(message, hint) => errors::throw_option(message, hint),
        Failure::Parameter(refusal) => errors::throw_refusal(refusal),
        Failure::Thrown => {}
        Failure::Panic => errors::throw_internal_error(),
        // SAFETY: the frames between here and PHP's have nothing to drop.
        Failure::Bailout => unsafe { bailout() },
    }
}

/// Runs code that allocates PHP memory, and returns even if PHP bails out.
///
/// The body must own nothing that has to be dropped. It borrows such values instead.
#[inline]
pub(crate) fn catch_bailout<T>(body: impl FnOnce() -> T) -> Result<T, Failure> {
    try_catch(AssertUnwindSafe(body)).map_err(|error| match error {
        CatchError::Bailout => Failure::Bailout,
        _ => Failure::Panic,
    })
}

/// The arguments of a call to a function with this many parameters, of which the first ones are required. `None` if PHP has thrown
/// its `ArgumentCountError`.
#[inline]
pub(crate) fn arguments<const PARAMETERS: usize>(call: &ExecuteData, required: u32) -> Option<[Argument<'_>; PARAMETERS]> {
    /// The arguments come after the frame, whose size is a multiple of a value's.
    const FRAME_SLOTS: usize = mem::size_of::<ExecuteData>().div_ceil(mem::size_of::<Zval>());
    // SAFETY: in a call's frame, this member of the union is the number of arguments.
    let passed = unsafe { call.This.u2.num_args };
    let passed_length = usize::try_from(passed).unwrap_or(usize::MAX);
    if passed < required || passed_length > PARAMETERS {
        // SAFETY: a function is being called.
        unsafe { zend_wrong_parameters_count_error(required, u32::try_from(PARAMETERS).unwrap_or(u32::MAX)) };
        return None;
    }
    let first = ptr::from_ref(call).cast::<Zval>().wrapping_add(FRAME_SLOTS);
    // SAFETY: this many values are there until the call returns.
    let passed = unsafe { std::slice::from_raw_parts(first, passed_length) };
    Some(std::array::from_fn(|index| Argument(passed.get(index))))
}

/// A method or function whose parameters are all required and `mixed`: its name, its parameters with their names in PHP, its return type
/// (with `| null` if it can be null), and its body, which returns a [`Result`] with a [`Failure`].
macro_rules! method {
    ($name:expr, ($($parameter:ident: $php:literal),*) -> $returns:ident $(| $null:ident)?, |$call:ident, $result:ident| $body:expr) => {{
        ::ext_php_rs::zend_fastcall! {
            extern fn handler($call: &mut ExecuteData, $result: &mut Zval) {
                $crate::boundary::method!(@call $call, ($($parameter: $php),*), $body);
            }
        }
        let nullable = <[&str]>::len(&[$(stringify!($null))?]) > 0;
        FunctionBuilder::new($name, handler)
            $(.arg(::ext_php_rs::args::Arg::new($php, ::ext_php_rs::flags::DataType::Mixed)))*
            .returns(::ext_php_rs::flags::DataType::$returns, false, nullable)
    }};
    (@call $call:ident, ($($parameter:ident: $php:literal),*), $body:expr) => {
        const REQUIRED: u32 = 0 $(+ { let _: &str = $php; 1 })*;
        let Some([$($parameter),*]) = $crate::boundary::arguments($call, REQUIRED) else { return };
        $crate::boundary::run(|| $body);
    };
}
pub(crate) use method;

/// A constructor of that kind, whose body returns the object's value.
macro_rules! constructor {
    (($($parameter:ident: $php:literal),*), $body:expr) => {{
        ::ext_php_rs::zend_fastcall! {
            extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
                $crate::boundary::method!(@call call, ($($parameter: $php),*), {
                    let value = $body;
                    // SAFETY: a method of this class is being called, and no other one is.
                    unsafe { *$crate::object::held(call) = Some(value) };
                    Ok(())
                });
            }
        }
        FunctionBuilder::constructor(handler)
            $(.arg(::ext_php_rs::args::Arg::new($php, ::ext_php_rs::flags::DataType::Mixed)))*
    }};
}
pub(crate) use constructor;

/// The object handlers of a class.
macro_rules! held {
    ($type:ty) => {
        impl $crate::object::Held for $type {
            fn handlers() -> &'static ::std::sync::OnceLock<::ext_php_rs::ffi::zend_object_handlers> {
                static HANDLERS: ::std::sync::OnceLock<::ext_php_rs::ffi::zend_object_handlers> = ::std::sync::OnceLock::new();
                &HANDLERS
            }
        }
    };
}
pub(crate) use held;
