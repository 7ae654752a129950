//! When a store's step is repeated.

use core::time::Duration;

use super::fault::{Fault, FaultKind};

/// A step of the protocol of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Claim an event.
    Claim,
    /// Extend a claim.
    Extend,
    /// Record that an event is handled.
    Complete,
    /// Release a claim.
    Release,
    /// Read the delivery that was kept with a claim.
    Delivery,
    /// List the events that were claimed and not handled.
    DeadLetters,
    /// Take a claim over from a queue.
    Take,
    /// Discard a dead letter.
    Discard,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Claim,
        Self::Extend,
        Self::Complete,
        Self::Release,
        Self::Delivery,
        Self::DeadLetters,
        Self::Take,
        Self::Discard,
    ];

    /// `claim`, `extend`, `complete`, `release`, `delivery`, `dead_letters`, `take`, `discard`
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Extend => "extend",
            Self::Complete => "complete",
            Self::Release => "release",
            Self::Delivery => "delivery",
            Self::DeadLetters => "dead_letters",
            Self::Take => "take",
            Self::Discard => "discard",
        }
    }
}

/// Whether a step that failed is tried again, and after which pause.
///
/// - After a **conflict** with another transaction, and while a **cluster** changes, nothing has happened: the step is repeated until its time
///   is over.
/// - After a lost **connection**, `complete` and `release` are repeated until their time is over: their token makes that
///   harmless. Every other step is repeated once, because a pool may hand out a connection that was closed while idle.
/// - Everything else fails at once.
#[derive(Debug, Clone)]
pub struct Repeat {
    operation: Operation,
    until: u64,
    failures: u32,
    lost: u32,
}

impl Repeat {
    /// For a step that begins now and may take `limit`. `now` is in milliseconds, by any clock that is never set back.
    #[must_use]
    pub fn new(operation: Operation, now: u64, limit: Duration) -> Self {
        let until = now.saturating_add(super::policy::milliseconds(limit));
        Self { operation, until, failures: 0, lost: 0 }
    }

    /// How long to wait before the step is repeated. `None` if it has failed.
    pub fn after(&mut self, fault: &Fault, now: u64) -> Option<Duration> {
        let again = match fault.kind() {
            FaultKind::Conflict | FaultKind::Moving => true,
            FaultKind::Interrupted | FaultKind::Unreachable => {
                self.lost = self.lost.saturating_add(1);
                matches!(self.operation, Operation::Complete | Operation::Release)
                    || (self.lost == 1 && fault.kind() == FaultKind::Interrupted)
            }
            _ => false,
        };
        let pause = u64::from(FIRST_PAUSE_MS.checked_shl(self.failures).unwrap_or(MAX_PAUSE_MS).min(MAX_PAUSE_MS));
        self.failures = self.failures.saturating_add(1).min(16);
        (again && now.saturating_add(pause) < self.until).then(|| Duration::from_millis(pause))
    }
}

const FIRST_PAUSE_MS: u32 = 2;
const MAX_PAUSE_MS: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    fn fault(code: &str) -> Fault {
        Fault::classify("Error", &[code], "")
    }

    #[test]
    fn a_conflict_is_tried_again_while_the_time_lasts() {
        for operation in Operation::ALL {
            let mut repeat = Repeat::new(operation, 100, LIMIT);
            assert_eq!(repeat.after(&fault("40001"), 100), Some(Duration::from_millis(2)));
            assert_eq!(repeat.after(&fault("1213"), 110), Some(Duration::from_millis(4)));
            assert_eq!(repeat.after(&fault("40P01"), 2_100), None, "{operation:?}");
        }
    }

    #[test]
    fn only_what_is_idempotent_by_its_token_outlasts_a_broken_connection() {
        for operation in Operation::ALL {
            let mut repeat = Repeat::new(operation, 0, LIMIT);
            let lasting = matches!(operation, Operation::Complete | Operation::Release);
            assert!(repeat.after(&fault("ECONNRESET"), 1).is_some(), "{operation:?}");
            assert_eq!(repeat.after(&fault("57P01"), 2).is_some(), lasting, "{operation:?}");
            assert_eq!(repeat.after(&fault("ECONNREFUSED"), 3).is_some(), lasting, "{operation:?}");
            assert_eq!(repeat.after(&fault("42P01"), 4), None);
        }
    }

    #[test]
    fn no_pause_goes_beyond_the_limit() {
        let mut repeat = Repeat::new(Operation::Complete, 0, LIMIT);
        let (mut now, mut times) = (0, 0);
        while let Some(pause) = repeat.after(&fault("ECONNREFUSED"), now) {
            now += super::super::policy::milliseconds(pause);
            times += 1;
            assert!(now < 2_000);
        }
        assert!((20..40).contains(&times), "{times}");
    }
}
