//! The budget for retries.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::limits::{RETRY_BUDGET, RETRY_COST, TIMEOUT_RETRY_COST};

/// Tokens for retries, shared by all calls of a client. Without a budget, each call would multiply the load on a server that is down.
#[derive(Debug)]
pub(super) struct Budget(AtomicUsize);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(AtomicUsize::new(RETRY_BUDGET))
    }

    /// Pays for a retry. Returns `false` and takes nothing if too few tokens are left.
    pub(super) fn pay(&self, after_timeout: bool) -> bool {
        let cost = if after_timeout { TIMEOUT_RETRY_COST } else { RETRY_COST };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// Adds a token for a call that succeeded.
    pub(super) fn succeeded(&self) {
        let _ =
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| (tokens < RETRY_BUDGET).then_some(tokens + 1));
    }

    pub(super) fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_spent_by_retries_and_refilled_by_successes() {
        let budget = Budget::new();
        assert_eq!((0..200).filter(|_| budget.pay(false)).count(), 100);
        for _ in 0..9 {
            budget.succeeded();
        }
        assert!(!budget.pay(true) && budget.left() == 9 && budget.pay(false) && budget.left() == 4);
        for _ in 0..1_000 {
            budget.succeeded();
        }
        assert_eq!((budget.left(), (0..200).filter(|_| budget.pay(true)).count()), (500, 50));
    }
}
