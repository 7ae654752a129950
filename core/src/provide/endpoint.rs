//! An endpoint: what it subscribes to, which secret signs for it, and how well it does.

use crate::pattern::Pattern;

/// Whether an endpoint that subscribes to these patterns gets events of a type.
///
/// ```
/// use payvost_webhooks::provide::subscribes;
///
/// assert!(subscribes(["payment.*", "user.kyc_verified"], "payment.succeeded"));
/// assert!(!subscribes(["payment.*"], "payments"));
/// assert!(subscribes(["*"], "anything"));
/// ```
#[must_use]
pub fn subscribes<'p>(patterns: impl IntoIterator<Item = &'p str>, event_type: &str) -> bool {
    patterns.into_iter().any(|pattern| match Pattern::parse(pattern) {
        Some(Pattern::Everything) => true,
        Some(Pattern::Type(name)) => name == event_type,
        Some(Pattern::Family(family)) => {
            event_type.strip_prefix(family).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
        }
        None => false,
    })
}

/// The secret that signs at a time: the one before a rotation while the overlap lasts, else the current one.
///
/// A delivery carries one signature, so an overlap postpones the new secret: it leaves time to install it.
#[must_use]
pub fn signs_with<S>(current: S, previous: Option<(S, u64)>, now: u64) -> S {
    match previous {
        Some((previous, until)) if now < until => previous,
        _ => current,
    }
}

/// How long an endpoint has been failing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Health {
    /// When the first attempt failed since the last success, in milliseconds since the Unix epoch.
    pub failing_since: Option<u64>,
}

impl Health {
    /// An attempt ended at a time.
    pub const fn feed(&mut self, succeeded: bool, now: u64) {
        if succeeded {
            self.failing_since = None;
        } else if self.failing_since.is_none() {
            self.failing_since = Some(now);
        }
    }

    /// When the endpoint is disabled if no attempt succeeds before.
    #[must_use]
    pub const fn disabled_at(self, disable_after_ms: u64) -> Option<u64> {
        match self.failing_since {
            Some(since) => Some(since.saturating_add(disable_after_ms)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_a_router_does() {
        for (pattern, event_type, matches) in [
            ("*", "payment.succeeded", true),
            ("payment.*", "payment.succeeded", true),
            ("payment.*", "payment.card.declined", true),
            ("payment.*", "payment.", false),
            ("payment.*", "payment", false),
            ("payment.*", "payments.succeeded", false),
            ("payment.succeeded", "payment.succeeded", true),
            ("payment.succeeded", "Payment.succeeded", false),
            ("pay*", "payment.succeeded", false),
        ] {
            assert_eq!(subscribes([pattern], event_type), matches, "{pattern} {event_type}");
            if let Ok(router) = crate::Router::new().on(pattern, ()) {
                assert_eq!(router.route(event_type).is_some(), matches, "router: {pattern} {event_type}");
            }
        }
    }

    #[test]
    fn the_old_secret_signs_until_the_overlap_is_over() {
        assert_eq!(signs_with("new", None, 10), "new");
        assert_eq!(signs_with("new", Some(("old", 10)), 9), "old");
        assert_eq!(signs_with("new", Some(("old", 10)), 10), "new");
    }

    #[test]
    fn an_endpoint_fails_from_the_first_failure_to_the_next_success() {
        let mut health = Health::default();
        assert_eq!(health.disabled_at(100), None);
        health.feed(false, 5);
        health.feed(false, 50);
        assert_eq!(health.disabled_at(100), Some(105));
        health.feed(true, 60);
        assert_eq!(health.disabled_at(100), None);
    }
}
