//! When an event is delivered to an endpoint, and when that ends.

use super::attempt::Answer;
use crate::limits::RETRY_PAUSES;

/// The course of one event to one endpoint. It asks for attempts; the caller reports when each began and how it ended.
///
/// A pause counts from the start of the attempt before it. Only success and the last failure end the course; what the endpoint answers
/// changes nothing else.
///
/// A resend is one more attempt that somebody asked for. It goes ahead of the schedule and leaves it as it is: when it fails, the next
/// scheduled attempt comes when it would have come. When it succeeds, the event is delivered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// How many scheduled attempts have begun.
    attempts: u8,
    state: State,
    in_flight: Option<InFlight>,
    /// Resends that were asked for and have not begun.
    resends: u32,
    pace: Pace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due(u64),
    Delivered,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InFlight {
    Scheduled { begun: u64 },
    Resend,
}

/// What a [`Schedule`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the event, not before `at`. Then call [`Schedule::begin`].
    Attempt {
        /// 1 for the first scheduled attempt.
        number: u8,
        /// In milliseconds since the Unix epoch.
        at: u64,
    },
    /// Send the event now, since somebody asked for it. Then call [`Schedule::begin_resend`].
    Resend,
    /// An attempt is in flight. Call [`Schedule::feed`] with its answer.
    Answer,
    /// An attempt succeeded.
    Delivered,
    /// No attempt succeeded, and there are no more.
    Failed,
}

/// How a course stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// No attempt has succeeded yet, and one is in flight or will come.
    #[default]
    Pending,
    /// An attempt succeeded.
    Delivered,
    /// No attempt succeeded, and none will come.
    Failed,
}

/// What has to be kept of a course, so that it can go on in another process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Kept {
    /// How it stands.
    pub standing: Standing,
    /// How many scheduled attempts have ended.
    pub attempts: u8,
    /// When the next scheduled attempt is due, if there is one.
    pub due_at: u64,
    /// How many resends were asked for and have not ended.
    pub resends: u32,
}

impl Schedule {
    /// How many scheduled attempts an event gets at most.
    #[expect(clippy::as_conversions, reason = "a list of five")]
    pub const MAX_ATTEMPTS: u8 = RETRY_PAUSES.len() as u8 + 1;

    /// The course of an event whose first attempt is due at a time.
    #[must_use]
    pub const fn new(at: u64, pace: Pace) -> Self {
        Self { attempts: 0, state: State::Due(at), in_flight: None, resends: 0, pace }
    }

    /// A course that goes on in another process. An attempt that was in flight has to be made again.
    #[must_use]
    pub const fn restored(kept: Kept, pace: Pace) -> Self {
        let state = match kept.standing {
            Standing::Delivered => State::Delivered,
            Standing::Pending if kept.attempts < Self::MAX_ATTEMPTS => State::Due(kept.due_at),
            Standing::Pending | Standing::Failed => State::Failed,
        };
        Self { attempts: kept.attempts, state, in_flight: None, resends: kept.resends, pace }
    }

    /// What to keep now.
    #[must_use]
    pub const fn kept(&self) -> Kept {
        let (scheduled, resend) = match self.in_flight {
            Some(InFlight::Scheduled { .. }) => (1, 0),
            Some(InFlight::Resend) => (0, 1),
            None => (0, 0),
        };
        Kept {
            standing: self.standing(),
            attempts: self.attempts.saturating_sub(scheduled),
            due_at: match self.state {
                State::Due(at) => at,
                State::Delivered | State::Failed => 0,
            },
            resends: self.resends.saturating_add(resend),
        }
    }

    /// How the course stands. A resend of an event that failed makes it pending again; one that was delivered stays so.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        match self.state {
            State::Delivered => Standing::Delivered,
            State::Failed if self.resends == 0 && self.in_flight.is_none() => Standing::Failed,
            State::Due(_) | State::Failed => Standing::Pending,
        }
    }

    /// What to do now.
    #[must_use]
    pub const fn next(&self) -> Next {
        match self.state {
            _ if self.in_flight.is_some() => Next::Answer,
            _ if self.resends > 0 => Next::Resend,
            State::Due(at) => Next::Attempt { number: self.attempts.saturating_add(1), at },
            State::Delivered => Next::Delivered,
            State::Failed => Next::Failed,
        }
    }

    /// A scheduled attempt begins now. Without one that is due, nothing happens.
    pub const fn begin(&mut self, now: u64) {
        if let (State::Due(_), None) = (self.state, self.in_flight) {
            self.attempts = self.attempts.saturating_add(1);
            self.in_flight = Some(InFlight::Scheduled { begun: now });
        }
    }

    /// Somebody asks for one more attempt, whatever came of those before. Do not call it for an endpoint that was deleted.
    pub const fn resend(&mut self) {
        self.resends = self.resends.saturating_add(1);
    }

    /// A resend begins. Without one that was asked for, nothing happens.
    pub const fn begin_resend(&mut self) {
        if self.in_flight.is_none() && self.resends > 0 {
            self.resends -= 1;
            self.in_flight = Some(InFlight::Resend);
        }
    }

    /// The attempt in flight brought an answer. Without one, nothing happens.
    pub fn feed(&mut self, answer: Answer) {
        match self.in_flight.take() {
            Some(_) if answer.is_success() => self.state = State::Delivered,
            Some(InFlight::Scheduled { begun }) => {
                self.state = match self.pace.pause_after(self.attempts) {
                    Some(pause) => State::Due(begun.saturating_add(pause)),
                    None => State::Failed,
                };
            }
            Some(InFlight::Resend) | None => {}
        }
    }

    /// Ends the course without success: the endpoint was deleted. What was delivered stays so.
    pub const fn give_up(&mut self) {
        if !matches!(self.state, State::Delivered) {
            self.state = State::Failed;
        }
        self.in_flight = None;
        self.resends = 0;
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
        let kept = Kept { attempts: 2, due_at: 65_000, ..Kept::default() };
        let mut schedule = Schedule::restored(kept, Pace::REAL);
        assert_eq!((schedule.next(), schedule.kept()), (Next::Attempt { number: 3, at: 65_000 }, kept));
        schedule.begin(65_000);
        assert_eq!(schedule.kept(), kept, "what is in flight is made again");
        schedule.feed(Answer::Status(500));
        assert_eq!(schedule.kept(), Kept { attempts: 3, due_at: 365_000, ..kept });
        assert_eq!(Schedule::restored(Kept { attempts: 6, ..Kept::default() }, Pace::REAL).next(), Next::Failed);
    }

    #[test]
    fn a_resend_leaves_the_schedule_as_it_is() {
        let mut schedule = Schedule::new(0, Pace::REAL);
        schedule.begin(0);
        schedule.resend();
        assert_eq!(schedule.next(), Next::Answer, "one attempt at a time");
        schedule.feed(Answer::Status(500));
        assert_eq!(schedule.next(), Next::Resend);
        schedule.begin_resend();
        assert_eq!(schedule.kept().resends, 1, "what is in flight is made again");
        schedule.feed(Answer::Status(500));
        assert_eq!(schedule.next(), Next::Attempt { number: 2, at: 5_000 });
        schedule.begin_resend();
        assert_eq!(schedule.next(), Next::Attempt { number: 2, at: 5_000 }, "nobody asked for another one");
    }

    #[test]
    fn a_resend_makes_a_failure_pending_and_leaves_a_success() {
        let of = |standing| {
            let mut schedule = Schedule::restored(Kept { standing, attempts: 6, ..Kept::default() }, Pace::REAL);
            schedule.resend();
            schedule
        };
        let end = |mut schedule: Schedule, status| {
            schedule.begin_resend();
            schedule.feed(Answer::Status(status));
            schedule.standing()
        };
        let (failed, delivered) = (of(Standing::Failed), of(Standing::Delivered));
        assert_eq!((failed.standing(), failed.next()), (Standing::Pending, Next::Resend));
        assert_eq!((end(failed, 500), end(failed, 200)), (Standing::Failed, Standing::Delivered));
        assert_eq!((delivered.standing(), delivered.next()), (Standing::Delivered, Next::Resend));
        assert_eq!((end(delivered, 500), end(delivered, 200)), (Standing::Delivered, Standing::Delivered));
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

        let mut resent = Schedule::restored(Kept { standing: Standing::Delivered, resends: 2, ..Kept::default() }, Pace::REAL);
        resent.begin_resend();
        resent.give_up();
        assert_eq!((resent.next(), resent.standing()), (Next::Delivered, Standing::Delivered));
    }

    #[test]
    fn a_speed_is_positive_and_finite() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e7] {
            assert_eq!(Pace::new(speed), None, "{speed}");
        }
    }
}
