//! The clock of a verifier, which tests can set.
#![allow(unsafe_code)] // calls a PHP function

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use ext_php_rs::ffi::_call_user_function_impl;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecutorGlobals;
use payvost_webhooks::Timestamp;

use crate::arguments::Argument;
use crate::boundary::{Failure, catch_bailout};

const HINT: &str = "Pass a function that returns a Unix time as an int or a float, or null for the system's clock.";

/// A PHP function, and the time that it returned last. It is called before the core starts, so that no PHP code runs inside the core.
pub(crate) struct Clock {
    function: Zval,
    now_ms: Arc<AtomicU64>,
}

impl Clock {
    /// `None`: the system's clock.
    pub(crate) fn of(argument: Argument<'_>) -> Result<Option<Self>, Failure> {
        let Some(function) = argument.0.filter(|_| !argument.is_null()) else { return Ok(None) };
        if !function.is_callable() {
            return Err(Failure::Option("clock must be a function without parameters", HINT));
        }
        Ok(Some(Self { function: function.dereference().shallow_clone(), now_ms: Arc::default() }))
    }

    /// The clock for the core.
    pub(crate) fn source(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let now_ms = Arc::clone(&self.now_ms);
        move || {
            let since = Duration::from_millis(now_ms.load(Ordering::Relaxed));
            Timestamp::from(SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH))
        }
    }

    /// Calls the function.
    pub(crate) fn read(&self) -> Result<(), Failure> {
        let mut now = Zval::new();
        // SAFETY: the function is callable, takes nothing, and stays alive: this object holds it.
        catch_bailout(|| unsafe {
            let function = ptr::from_ref(&self.function).cast_mut();
            _call_user_function_impl(ptr::null_mut(), function, &raw mut now, 0, ptr::null_mut(), ptr::null_mut())
        })?;
        if ExecutorGlobals::has_exception() {
            return Err(Failure::Thrown);
        }
        let Some(now) = Argument(Some(&now)).seconds() else {
            return Err(Failure::Option("clock must return a Unix time in seconds", HINT));
        };
        self.now_ms.store(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(())
    }
}
