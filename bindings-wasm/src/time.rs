//! The time, which JavaScript passes with each call: there is no clock in here.

use std::cell::Cell;

use payvost_webhooks::Timestamp;

thread_local! {
    static NOW: Cell<f64> = const { Cell::new(0.0) };
    static ELAPSED: Cell<f64> = const { Cell::new(0.0) };
}

/// Both in milliseconds: since 1970, and by a clock that is never set.
pub(crate) fn set(now: f64, elapsed: f64) {
    NOW.set(now);
    ELAPSED.set(elapsed);
}

/// By the system's clock.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // a conversion from a double saturates
pub(crate) fn now() -> Timestamp {
    crate::clock::timestamp(NOW.get() as i64)
}

/// Milliseconds by a clock that is never set.
#[cfg_attr(not(feature = "server"), allow(dead_code))]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // as above
pub(crate) fn elapsed() -> u64 {
    ELAPSED.get() as u64
}
