//! A rate limit: a number of requests in a number of seconds.

use core::fmt;
use core::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// A rate limit, such as `100/60`: 100 requests in 60 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    seconds: u32,
}

impl RateLimit {
    /// `None` unless there is at least one request in 1 to 86,400 seconds.
    #[must_use]
    pub const fn new(requests: u32, seconds: u32) -> Option<Self> {
        if requests > 0 && seconds > 0 && seconds <= 86_400 { Some(Self { requests, seconds }) } else { None }
    }
}

impl FromStr for RateLimit {
    type Err = InvalidRateLimit;

    fn from_str(text: &str) -> Result<Self, InvalidRateLimit> {
        let (requests, seconds) = text.split_once('/').ok_or(InvalidRateLimit)?;
        let number = |text: &str| text.parse().map_err(|_| InvalidRateLimit);
        Self::new(number(requests)?, number(seconds)?).ok_or(InvalidRateLimit)
    }
}

/// The text is not a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidRateLimit;

impl fmt::Display for InvalidRateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate limit is written REQUESTS/SECONDS, such as 100/60: at least one request in 1 to 86400 seconds")
    }
}

impl core::error::Error for InvalidRateLimit {}

#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
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

impl Count {
    /// A request that a test wants to be refused.
    pub(crate) const fn refused(seconds: u64, now: u64) -> Self {
        Self { limit: 100, remaining: 0, reset: (now / 1_000).saturating_add(seconds), refused_for: Some(seconds) }
    }
}

impl Limiter {
    pub(crate) const fn new(limit: RateLimit) -> Self {
        Self { limit, window: Mutex::new((0, 0)) }
    }

    pub(crate) fn count(&self, now: u64) -> Count {
        let length = u64::from(self.limit.seconds) * 1_000;
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= window.0.saturating_add(length) {
            *window = (now, 0);
        }
        let end = window.0.saturating_add(length);
        let refused = window.1 >= self.limit.requests;
        if !refused {
            window.1 += 1;
        }
        Count {
            limit: self.limit.requests,
            remaining: self.limit.requests - window.1,
            reset: end.div_ceil(1_000),
            refused_for: refused.then(|| end.saturating_sub(now).div_ceil(1_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_after_its_seconds() {
        let limiter = Limiter::new(RateLimit::new(2, 60).unwrap());
        assert_eq!(limiter.count(101_000), Count { limit: 2, remaining: 1, reset: 161, refused_for: None });
        assert_eq!(limiter.count(102_000).remaining, 0);
        assert_eq!(limiter.count(131_000), Count { limit: 2, remaining: 0, reset: 161, refused_for: Some(30) });
        assert_eq!(limiter.count(161_000).refused_for, None);
    }

    #[test]
    fn a_rate_limit_is_requests_in_seconds() {
        assert_eq!("100/60".parse(), Ok(RateLimit { requests: 100, seconds: 60 }));
        for invalid in ["", "100", "0/60", "100/0", "100/86401", "1/2/3", "-1/60", "a/b"] {
            assert_eq!(invalid.parse::<RateLimit>(), Err(InvalidRateLimit), "{invalid}");
        }
    }
}
