//! How long an event is claimed and remembered, and under which names.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::time::Duration;

use crate::error::{Error, OptionName};
use crate::limits::{
    DEFAULT_LEASE, DEFAULT_PREFIX, DEFAULT_REMEMBER, MAX_LEASE, MAX_PREFIX_BYTES, MAX_REMEMBER, MIN_LEASE, RETRY_WINDOW,
};
use crate::verify::Event;

use super::request::ClaimRequest;

/// What a receiver asks of any store.
///
/// ```
/// use core::time::Duration;
/// use payvost_webhooks::claims::ClaimPolicy;
///
/// let policy = ClaimPolicy::new().lease(Duration::from_secs(300))?.prefix("shop")?;
/// assert_eq!(policy.key("evt_1", true), "shop:evt_1");
/// assert_eq!(policy.key("evt_1", false), "shop-test:evt_1");
/// assert!(policy.remember(Duration::from_secs(60)).is_err()); // shorter than the retries last
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPolicy {
    lease: Duration,
    remember: Duration,
    prefix: String,
}

impl ClaimPolicy {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self { lease: DEFAULT_LEASE, remember: DEFAULT_REMEMBER, prefix: DEFAULT_PREFIX.to_owned() }
    }

    /// How long a claim holds before another delivery may take it over, from [`MIN_LEASE`] to [`MAX_LEASE`]. Make it longer than
    /// the handler takes, or extend the claim in the handler.
    ///
    /// # Errors
    ///
    /// `invalid_option` when it is out of range.
    pub fn lease(self, lease: Duration) -> Result<Self, Error> {
        let valid = (MIN_LEASE..=MAX_LEASE).contains(&lease);
        if valid { Ok(Self { lease, ..self }) } else { Err(Error::InvalidOption(OptionName::Lease)) }
    }

    /// How long an event is remembered after its last change, from [`RETRY_WINDOW`] to [`MAX_REMEMBER`].
    ///
    /// # Errors
    ///
    /// `invalid_option` when it is out of range.
    pub fn remember(self, remember: Duration) -> Result<Self, Error> {
        let valid = (RETRY_WINDOW..=MAX_REMEMBER).contains(&remember);
        if valid { Ok(Self { remember, ..self }) } else { Err(Error::InvalidOption(OptionName::Remember)) }
    }

    /// What the keys begin with: 1 to 64 ASCII letters, digits and `_ . -`, and not ending in `-test` or `-open`, which the keys of
    /// test events and the list of open claims do. Without a `:`, no two prefixes can give the same key. If two endpoints share a store, give
    /// each its own prefix.
    ///
    /// # Errors
    ///
    /// `invalid_option` when it does not have that form.
    pub fn prefix(self, prefix: &str) -> Result<Self, Error> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let valid = (1..=MAX_PREFIX_BYTES).contains(&prefix.len())
            && prefix.bytes().all(is_allowed)
            && !prefix.ends_with(TEST_MODE)
            && !prefix.ends_with(OPEN);
        if valid { Ok(Self { prefix: prefix.to_owned(), ..self }) } else { Err(Error::InvalidOption(OptionName::Prefix)) }
    }

    /// The key of an event: `webhook:{id}` as in the provider's guide, and `webhook-test:{id}` in test mode, so that a test event
    /// cannot hide a live one.
    #[must_use]
    pub fn key(&self, event_id: &str, live_mode: bool) -> String {
        format!("{}{}:{event_id}", self.prefix, if live_mode { "" } else { TEST_MODE })
    }

    /// The name under which Redis lists the claims that are not done.
    #[must_use]
    pub fn open_key(&self) -> String {
        format!("{}{OPEN}", self.prefix)
    }

    /// What to ask a store for an event.
    #[must_use]
    pub fn request(&self, event: &Event<'_>) -> ClaimRequest {
        ClaimRequest::new(self.key(event.id(), event.live_mode()), event)
    }

    /// The lease in milliseconds.
    #[must_use]
    pub fn lease_ms(&self) -> u64 {
        milliseconds(self.lease)
    }

    /// For how long an event is remembered, in milliseconds: never shorter than the lease.
    #[must_use]
    pub fn remember_ms(&self) -> u64 {
        milliseconds(self.remember.max(self.lease))
    }
}

impl Default for ClaimPolicy {
    fn default() -> Self {
        Self::new()
    }
}

const TEST_MODE: &str = "-test";
const OPEN: &str = "-open";

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_modes_apart() {
        let policy = ClaimPolicy::new();
        assert_eq!(policy.key("evt_1", true), "webhook:evt_1");
        assert_eq!(policy.key("evt_1", false), "webhook-test:evt_1");
        // No id of a live event gives the key of a test event.
        for id in ["test:evt_1", "-test:evt_1", ":evt_1"] {
            assert_ne!(policy.key(id, true), policy.key("evt_1", false));
        }
    }

    #[test]
    fn ranges_are_checked_at_both_ends() {
        let (new, second) = (ClaimPolicy::new, Duration::from_secs(1));
        assert!(new().lease(MIN_LEASE).is_ok() && new().lease(MAX_LEASE).is_ok());
        assert_eq!(new().lease(MIN_LEASE / 2), Err(Error::InvalidOption(OptionName::Lease)));
        assert_eq!(new().lease(MAX_LEASE + second), Err(Error::InvalidOption(OptionName::Lease)));
        assert_eq!(RETRY_WINDOW.as_secs(), 96 * 60 + 5);
        assert!(new().remember(RETRY_WINDOW).is_ok() && new().remember(MAX_REMEMBER).is_ok());
        assert_eq!(new().remember(RETRY_WINDOW - second), Err(Error::InvalidOption(OptionName::Remember)));
        assert_eq!(new().remember(MAX_REMEMBER + second), Err(Error::InvalidOption(OptionName::Remember)));
        for prefix in ["", "a b", "shop:webhook", ":", "shop:", "webhook-test", "webhook-open", "wébhook", "a\0", "{webhook}"]
        {
            assert_eq!(new().prefix(prefix), Err(Error::InvalidOption(OptionName::Prefix)), "{prefix:?}");
        }
        assert!(new().prefix(&"p".repeat(64)).is_ok() && new().prefix(&"p".repeat(65)).is_err());
    }

    #[test]
    fn an_event_is_remembered_for_as_long_as_it_is_claimed() {
        let policy = ClaimPolicy::new().remember(RETRY_WINDOW).unwrap().lease(MAX_LEASE).unwrap();
        assert_eq!(policy.remember_ms(), policy.lease_ms());
    }
}
