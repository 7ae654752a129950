//! When an event is delivered to an endpoint, and when that ends.

use super::attempt::Answer;
use crate::limits::RETRY_PAUSES;

/// The course of one event to one endpoint. It asks for attempts; the caller reports when each began and how it ended.
///
/// A pause counts from the start of the attempt before it. Only success and the last failure end the course; what the endpoint answers
/// changes nothing else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// How many attempts have begun.
    attempts: u8,
    state: State,
    pace: Pace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due(u64),
    InFlight(u64),
    Delivered,
    Failed,
}

/// What a [`Schedule`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the event, not before `at`. Then call [`Schedule::begin`].
    Attempt {
        /// 1 for the first attempt.
        number: u8,
        /// In milliseconds since the Unix epoch.
        at: u64,
    },
    /// An attempt is in flight. Call [`Schedule::feed`] with its answer.
    Answer,
    /// An attempt succeeded.
    Delivered,
    /// No attempt succeeded, and there are no more.
    Failed,
}

impl Schedule {
    /// How many attempts an event gets at most.
    #[expect(clippy::as_conversions, reason = "a list of five")]
    pub const MAX_ATTEMPTS: u8 = RETRY_PAUSES.len() as u8 + 1;

    /// The course of an event whose first attempt is due at a time.
    #[must_use]
    pub const fn new(at: u64, pace: Pace) -> Self {
        Self { attempts: 0, state: State::Due(at), pace }
    }

    /// A course that goes on after a restart: so many attempts have ended, and the next one is due at a time.
    #[must_use]
    pub const fn restored(attempts: u8, at: u64, pace: Pace) -> Self {
        Self { attempts, state: if attempts < Self::MAX_ATTEMPTS { State::Due(at) } else { State::Failed }, pace }
    }

    /// What to do now.
    #[must_use]
    pub const fn next(&self) -> Next {
        match self.state {
            State::Due(at) => Next::Attempt { number: self.attempts.saturating_add(1), at },
            State::InFlight(_) => Next::Answer,
            State::Delivered => Next::Delivered,
            State::Failed => Next::Failed,
        }
    }

    /// An attempt begins now. Without one that is due, nothing happens.
    pub const fn begin(&mut self, now: u64) {
        if let State::Due(_) = self.state {
            self.attempts = self.attempts.saturating_add(1);
            self.state = State::InFlight(now);
        }
    }

    /// The attempt in flight brought an answer. Without one, nothing happens.
    pub fn feed(&mut self, answer: Answer) {
        let State::InFlight(begun) = self.state else { return };
        self.state = if answer.is_success() {
            State::Delivered
        } else {
            match self.pace.pause_after(self.attempts) {
                Some(pause) => State::Due(begun.saturating_add(pause)),
                None => State::Failed,
            }
        };
    }

    /// Ends the course without success: the endpoint was deleted. What was delivered stays so.
    pub const fn give_up(&mut self) {
        if !matches!(self.state, State::Delivered) {
            self.state = State::Failed;
        }
    }
}

/// How fast the pauses pass: a speed of 60 makes an hour a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    speed: f64,
}

impl Pace {
    /// The provider's own pauses.
    pub const REAL: Self = Self { speed: 1.0 };

    /// A pace of a speed from 0.001 to 1,000,000, or `None`.
    #[must_use]
    pub fn new(speed: f64) -> Option<Self> {
        (0.001..=1_000_000.0).contains(&speed).then_some(Self { speed })
    }

    /// The pause after this number of attempts, in milliseconds, or `None` after the last one.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "whole milliseconds are wanted, and the cast saturates")]
    pub fn pause_after(self, attempts: u8) -> Option<u64> {
        let pause = RETRY_PAUSES.get(usize::from(attempts.checked_sub(1)?))?;
        Some((pause.as_secs_f64() * 1_000.0 / self.speed) as u64)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::REAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provide::Fault;
    use std::vec::Vec;

    /// When the attempts begin if all of them fail and each begins when it is due.
    fn attempts(pace: Pace) -> Vec<u64> {
        let mut schedule = Schedule::new(0, pace);
        let mut begun = Vec::new();
        while let Next::Attempt { number, at } = schedule.next() {
            begun.push(at);
            assert_eq!(usize::from(number), begun.len());
            schedule.begin(at);
            assert_eq!(schedule.next(), Next::Answer);
            schedule.feed(Answer::Fault(Fault::ConnectionRefused));
        }
        assert_eq!(schedule.next(), Next::Failed);
        begun
    }

    #[test]
    fn six_attempts_with_the_pauses_of_the_guide() {
        assert_eq!(attempts(Pace::REAL), [0, 5_000, 65_000, 365_000, 2_165_000, 5_765_000]);
        assert_eq!(attempts(Pace::new(1_000.0).unwrap()), [0, 5, 65, 365, 2_165, 5_765]);
        assert_eq!(attempts(Pace::new(0.5).unwrap()), [0, 10_000, 130_000, 730_000, 4_330_000, 11_530_000]);
    }

    #[test]
    fn a_success_ends_it() {
        let mut schedule = Schedule::new(7, Pace::REAL);
        schedule.begin(7);
        schedule.feed(Answer::Status(204));
        assert_eq!(schedule.next(), Next::Delivered);
        schedule.feed(Answer::Status(500));
        schedule.begin(8);
        schedule.give_up();
        assert_eq!(schedule.next(), Next::Delivered);
    }

    #[test]
    fn a_pause_counts_from_the_start_of_the_attempt_before() {
        let mut schedule = Schedule::new(0, Pace::REAL);
        schedule.begin(300);
        schedule.feed(Answer::Fault(Fault::TimedOut));
        assert_eq!(schedule.next(), Next::Attempt { number: 2, at: 5_300 });
    }

    #[test]
    fn a_course_goes_on_after_a_restart() {
        assert_eq!(Schedule::restored(2, 65_000, Pace::REAL).next(), Next::Attempt { number: 3, at: 65_000 });
        assert_eq!(Schedule::restored(6, 0, Pace::REAL).next(), Next::Failed);
    }

    #[test]
    fn a_deleted_endpoint_ends_what_is_due_and_what_is_in_flight() {
        let mut due = Schedule::new(0, Pace::REAL);
        due.give_up();
        assert_eq!(due.next(), Next::Failed);

        let mut in_flight = Schedule::new(0, Pace::REAL);
        in_flight.begin(0);
        in_flight.give_up();
        in_flight.feed(Answer::Status(200));
        assert_eq!(in_flight.next(), Next::Failed);
    }

    #[test]
    fn a_speed_is_positive_and_finite() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e7] {
            assert_eq!(Pace::new(speed), None, "{speed}");
        }
    }
}
