//! Faults that a test asks for: they strike the next few requests or attempts, and are gone with the process.

use std::sync::{Mutex, PoisonError};

/// What is still to go wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Simulated {
    /// Requests over the rate limit.
    pub(crate) rate_limited: u32,
    /// For how many seconds each of them is refused.
    pub(crate) retry_after: u64,
    /// Requests whose answer is late.
    pub(crate) late: u32,
    /// By how many seconds.
    pub(crate) late_by: u64,
    /// Attempts to deliver whose answer is lost: how many, and to which webhook alone.
    pub(crate) lost_answers: Vec<(Option<i64>, u32)>,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strike {
    /// It is over the rate limit for this number of seconds.
    RateLimited(u64),
    /// It is carried out, and its answer is late by this number of seconds.
    Late(u64),
}

/// What is still to go wrong, shared by the API and the engine.
#[derive(Debug, Default)]
pub(crate) struct Simulations {
    left: Mutex<Simulated>,
}

impl Simulations {
    pub(crate) fn left(&self) -> Simulated {
        self.change(|left| left.clone())
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Simulated) -> T) -> T {
        change(&mut self.left.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request arrives.
    pub(crate) fn request(&self) -> Option<Strike> {
        self.change(|left| {
            if take_one(&mut left.rate_limited) {
                Some(Strike::RateLimited(left.retry_after))
            } else {
                take_one(&mut left.late).then_some(Strike::Late(left.late_by))
            }
        })
    }

    /// An attempt to deliver begins. Returns whether its answer is lost.
    pub(crate) fn attempt(&self, webhook: i64) -> bool {
        self.change(|left| {
            let lost = left.lost_answers.iter_mut().find(|(only, _)| only.is_none_or(|only| only == webhook));
            let strikes = lost.is_some_and(|(_, count)| take_one(count));
            left.lost_answers.retain(|(_, count)| *count > 0);
            strikes
        })
    }
}

const fn take_one(count: &mut u32) -> bool {
    let some = *count > 0;
    if some {
        *count -= 1;
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_it_was_asked_for() {
        let simulations = Simulations::default();
        assert_eq!((simulations.request(), simulations.attempt(1)), (None, false));
        simulations.change(|left| {
            (left.rate_limited, left.retry_after, left.late, left.late_by) = (2, 7, 1, 9);
            left.lost_answers = vec![(Some(2), 1), (None, 1)];
        });
        let limited = Some(Strike::RateLimited(7));
        let requests = [(); 4].map(|()| simulations.request());
        assert_eq!(requests, [limited, limited, Some(Strike::Late(9)), None]);
        let attempts = [1, 1, 2, 2].map(|webhook| simulations.attempt(webhook));
        assert_eq!(attempts, [true, false, true, false]);
        assert!(simulations.left().lost_answers.is_empty());
    }
}
