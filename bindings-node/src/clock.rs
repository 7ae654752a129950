//! The clock of a verifier, which a test can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use payvost_webhooks::Timestamp;

use crate::time;

/// The system's clock, or the time that was set last. The core asks for the time in the middle of a verification, when no JavaScript may run:
/// so JavaScript sets it beforehand.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    const OF_THE_SYSTEM: i64 = i64::MIN;

    pub(crate) fn of_the_system() -> Self {
        Self(Arc::new(AtomicI64::new(Self::OF_THE_SYSTEM)))
    }

    /// Stops the clock at a time in milliseconds since 1970.
    pub(crate) fn set(&self, milliseconds: i64) {
        self.0.store(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self.0.load(Ordering::Relaxed) {
            Self::OF_THE_SYSTEM => time::now(),
            milliseconds => timestamp(milliseconds),
        }
    }
}

/// A time in milliseconds since 1970.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    let nanoseconds = u32::try_from(milliseconds.rem_euclid(1_000) * 1_000_000).unwrap_or_default();
    Timestamp::from_unix(milliseconds.div_euclid(1_000), nanoseconds)
}
