//! When the old secret of a rotated webhook can be removed.

use core::time::Duration;

use crate::limits::RETRY_WINDOW;

/// Determines when the old secret of a webhook is no longer needed after a rotation.
///
/// Give the verifier both secrets, and call [`old_secret_seen`](Self::old_secret_seen) whenever the old one matches. Payvost retries a
/// delivery for [`RETRY_WINDOW`]. Once the old secret has not been seen for that long, no more deliveries signed with it can arrive.
///
/// Times are durations since any fixed moment, such as the Unix epoch.
///
/// ```
/// use std::time::Duration;
/// use payvost_webhooks::manage::Rotation;
///
/// let mut rotation = Rotation::new(Duration::from_secs(0));
/// rotation.old_secret_seen(Duration::from_secs(60));
/// assert!(!rotation.is_over(Duration::from_secs(5_800)));
/// assert!(rotation.is_over(Duration::from_secs(5_825)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    last_seen: Duration,
}

impl Rotation {
    /// A rotation that happened at this time.
    #[must_use]
    pub const fn new(now: Duration) -> Self {
        Self { last_seen: now }
    }

    /// A delivery that arrived at this time matched the old secret.
    pub fn old_secret_seen(&mut self, now: Duration) {
        self.last_seen = self.last_seen.max(now);
    }

    /// Whether the old secret can be removed at this time.
    #[must_use]
    pub fn is_over(&self, now: Duration) -> bool {
        now >= self.over_at()
    }

    /// When the old secret can be removed, unless it is seen again.
    #[must_use]
    pub const fn over_at(&self) -> Duration {
        self.last_seen.saturating_add(RETRY_WINDOW)
    }
}
