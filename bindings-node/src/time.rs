//! The time.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use payvost_webhooks::Timestamp;

/// By the system's clock.
pub(crate) fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Milliseconds since the first call, by a clock that is never set.
pub(crate) fn elapsed() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}
