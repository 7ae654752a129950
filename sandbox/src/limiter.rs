//! A rate limit: so many requests a minute.

use std::sync::{Mutex, PoisonError};

const WINDOW_MS: u64 = 60_000;

#[derive(Debug)]
pub(crate) struct Limiter {
    limit: u32,
    /// The window's begin, and the requests in it.
    window: Mutex<(u64, u32)>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends, in seconds since the Unix epoch.
    pub(crate) reset: u64,
    /// For how many seconds the request is refused.
    pub(crate) refused_for: Option<u64>,
}

impl Limiter {
    pub(crate) const fn per_minute(limit: u32) -> Self {
        Self { limit, window: Mutex::new((0, 0)) }
    }

    pub(crate) fn count(&self, now: u64) -> Count {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= window.0.saturating_add(WINDOW_MS) {
            *window = (now, 0);
        }
        let end = window.0.saturating_add(WINDOW_MS);
        let refused = window.1 >= self.limit;
        if !refused {
            window.1 += 1;
        }
        Count {
            limit: self.limit,
            remaining: self.limit - window.1,
            reset: end.div_ceil(1_000),
            refused_for: refused.then(|| end.saturating_sub(now).div_ceil(1_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_after_a_minute() {
        let limiter = Limiter::per_minute(2);
        assert_eq!(limiter.count(101_000), Count { limit: 2, remaining: 1, reset: 161, refused_for: None });
        assert_eq!(limiter.count(102_000).remaining, 0);
        assert_eq!(limiter.count(131_000), Count { limit: 2, remaining: 0, reset: 161, refused_for: Some(30) });
        assert_eq!(limiter.count(161_000).refused_for, None);
    }
}
