//! The sandbox's clock: the machine's, or one that stands still until it is advanced.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time, in milliseconds since the Unix epoch.
#[derive(Debug, Clone)]
pub(crate) enum Clock {
    Real,
    /// Stands still unless the engine moves it.
    Virtual(Arc<AtomicU64>),
}

impl Clock {
    pub(crate) fn virtual_from(now: u64) -> Self {
        Self::Virtual(Arc::new(AtomicU64::new(now)))
    }

    pub(crate) fn now(&self) -> u64 {
        match self {
            Self::Real => machine_time(),
            Self::Virtual(now) => now.load(Ordering::Acquire),
        }
    }

    pub(crate) const fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual(_))
    }

    /// Sets a virtual clock. A real one goes its way.
    pub(crate) fn set(&self, time: u64) {
        if let Self::Virtual(now) = self {
            now.store(time, Ordering::Release);
        }
    }
}

/// The time of the machine.
pub(crate) fn machine_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
