//! Every course that two deliveries to one endpoint can take: attempts and answers, resends, crashes, disabling, deleting and rotations in
//! every order, until nothing new comes. The core's rules decide, and are compared with the provider's promises, written down here once
//! more.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    reason = "tests"
)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use payvost_webhooks::provide::{self, Answer, Health, Next, Pace, Schedule, Standing, signs_with};

/// The promise: an attempt follows so many seconds after the start of the one before.
const PAUSES: [u32; 5] = [5, 60, 300, 1_800, 3_600];
const OVERLAP: u32 = 30;
const DISABLE_AFTER: u32 = 400;
/// An endpoint has so long to answer.
const ANSWER_LIMIT: u32 = 5;
const NOON: u32 = 43_200;

/// How much of what is unusual happens in one course.
#[derive(Debug, Clone, Copy)]
struct Unusual {
    crashes: u8,
    rotations: u8,
    disabled: u8,
    resends: u8,
}

/// Everything at once would take hours.
const SCHEDULED: Unusual = Unusual { crashes: 2, rotations: 2, disabled: 2, resends: 0 };
const RESENT: Unusual = Unusual { crashes: 1, rotations: 0, disabled: 1, resends: 2 };

/// Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    now: u32,
    endpoint: Endpoint,
    deliveries: [Option<Delivery>; 2],
    crashes: u8,
    resends: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Endpoint {
    enabled: bool,
    deleted: bool,
    disabled: u8,
    secret: u8,
    /// Until when the secret before signs.
    overlap_until: Option<u32>,
    failing_since: Option<u32>,
    /// What the promise makes of the same answers.
    promised_failing_since: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Delivery {
    kept: Kept,
    /// What a crash loses.
    in_flight: Option<InFlight>,
    promised: Promised,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct InFlight {
    begun: u32,
    resend: bool,
}

/// What the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kept {
    status: Status,
    /// Scheduled attempts that have ended.
    attempts: u8,
    due: u32,
    /// Resends that have not ended.
    resends: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Status {
    Pending,
    Delivered,
    Failed,
}

impl Kept {
    fn schedule(self) -> Schedule {
        let standing = match self.status {
            Status::Pending => Standing::Pending,
            Status::Delivered => Standing::Delivered,
            Status::Failed => Standing::Failed,
        };
        let kept = provide::Kept { standing, attempts: self.attempts, due_at: ms(self.due), resends: u32::from(self.resends) };
        Schedule::restored(kept, Pace::REAL)
    }

    fn of(schedule: &Schedule) -> Self {
        let kept = schedule.kept();
        let status = match kept.standing {
            Standing::Pending => Status::Pending,
            Standing::Delivered => Status::Delivered,
            Standing::Failed => Status::Failed,
        };
        let resends = u8::try_from(kept.resends).unwrap();
        Self { status, attempts: kept.attempts, due: seconds(kept.due_at), resends }
    }

    /// Whether scheduled attempts are left.
    fn goes_on(&self) -> bool {
        self.status == Status::Pending && usize::from(self.attempts) <= PAUSES.len()
    }
}

/// What the receiver and the clients have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Promised {
    /// Scheduled attempts whose end was recorded.
    ended: u8,
    /// Resends whose end was not recorded yet.
    asked: u8,
    succeeded: bool,
    given_up: bool,
    not_before: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Publish(usize),
    Begin(usize),
    Answer(usize, Answer),
    Resend(usize),
    Crash,
    Disable,
    Enable,
    Delete,
    Rotate,
    Wait,
}

/// The rules under test: the core's, and in some of the tests one of them with a fault.
trait Rules {
    fn next(&self, kept: Kept) -> Next {
        kept.schedule().next()
    }

    /// An attempt has ended.
    fn answered(&self, kept: Kept, attempt: InFlight, _ended: u32, answer: Answer) -> Kept {
        let mut schedule = kept.schedule();
        if attempt.resend {
            schedule.begin_resend();
        } else {
            schedule.begin(ms(attempt.begun));
        }
        schedule.feed(answer);
        Kept::of(&schedule)
    }

    /// Somebody asks for one more attempt.
    fn asked(&self, kept: Kept) -> Kept {
        let mut schedule = kept.schedule();
        schedule.resend();
        Kept::of(&schedule)
    }

    /// Which secret signs: that of this many rotations.
    fn secret(&self, endpoint: &Endpoint, now: u32) -> u8 {
        let previous = endpoint.overlap_until.map(|until| (endpoint.secret.saturating_sub(1), ms(until)));
        signs_with(endpoint.secret, previous, ms(now))
    }

    fn failing_since(&self, before: Option<u32>, succeeded: bool, now: u32) -> Option<u32> {
        let mut health = Health { failing_since: before.map(ms) };
        health.feed(succeeded, ms(now));
        health.failing_since.map(seconds)
    }

    fn is_disabled(&self, failing_since: Option<u32>, now: u32) -> bool {
        let health = Health { failing_since: failing_since.map(ms) };
        health.disabled_at(ms(DISABLE_AFTER)).is_some_and(|at| at <= ms(now))
    }

    /// What a new process makes of the database.
    fn restore(&self, kept: Kept, _in_flight: Option<InFlight>) -> Kept {
        Kept::of(&kept.schedule())
    }

    fn deleted(&self, kept: Kept) -> Kept {
        let mut schedule = kept.schedule();
        schedule.give_up();
        Kept::of(&schedule)
    }
}

struct Core;
impl Rules for Core {}

const fn ms(seconds: u32) -> u64 {
    seconds as u64 * 1_000
}

fn seconds(ms: u64) -> u32 {
    u32::try_from(ms / 1_000).unwrap()
}

impl State {
    const START: Self = Self {
        now: NOON,
        endpoint: Endpoint {
            enabled: true,
            deleted: false,
            disabled: 0,
            secret: 0,
            overlap_until: None,
            failing_since: None,
            promised_failing_since: None,
        },
        deliveries: [None, None],
        crashes: 0,
        resends: 0,
    };

    fn actions(&self, rules: &impl Rules, unusual: Unusual) -> Vec<Action> {
        let mut actions = Vec::with_capacity(12);
        let endpoint = &self.endpoint;
        for (index, delivery) in self.deliveries.iter().enumerate() {
            match delivery {
                None if endpoint.enabled && self.may_publish(index) => actions.push(Action::Publish(index)),
                Some(Delivery { in_flight: Some(_), .. }) => {
                    actions.push(Action::Answer(index, Answer::Status(200)));
                    actions.push(Action::Answer(index, Answer::Status(302)));
                }
                Some(Delivery { kept, .. }) if endpoint.enabled => match rules.next(*kept) {
                    Next::Attempt { at, .. } if at > ms(self.now) => {}
                    Next::Attempt { .. } | Next::Resend => actions.push(Action::Begin(index)),
                    _ => {}
                },
                _ => {}
            }
            if delivery.is_some() && endpoint.enabled && self.resends < unusual.resends {
                actions.push(Action::Resend(index));
            }
        }
        if self.crashes < unusual.crashes {
            actions.push(Action::Crash);
        }
        if !endpoint.deleted {
            actions.push(Action::Delete);
            if endpoint.enabled && endpoint.disabled < unusual.disabled {
                actions.push(Action::Disable);
            } else if !endpoint.enabled {
                actions.push(Action::Enable);
            }
            if endpoint.secret < unusual.rotations {
                actions.push(Action::Rotate);
            }
        }
        if self.next_moment().is_some() {
            actions.push(Action::Wait);
        }
        actions
    }

    /// The two are alike: one is always the first.
    fn may_publish(&self, index: usize) -> bool {
        index == 0 || self.deliveries[0].is_some()
    }

    /// The next time at which something changes by itself.
    fn next_moment(&self) -> Option<u32> {
        let due = self.deliveries.iter().flatten().filter(|delivery| delivery.kept.goes_on());
        let due = due.map(|delivery| delivery.kept.due).filter(|_| self.endpoint.enabled);
        let next = due.chain(self.endpoint.overlap_until).filter(|at| *at > self.now).min()?;
        // An answer comes in time, or the attempt has ended without one.
        let in_flight = self.deliveries.iter().flatten().filter_map(|delivery| delivery.in_flight);
        in_flight.map(|attempt| attempt.begun + ANSWER_LIMIT).all(|limit| next <= limit).then_some(next)
    }

    /// The same state at noon: only differences of time matter, and nothing that is over does.
    fn at_noon(mut self) -> Self {
        let now = self.now;
        let moved = |at: u32| at + NOON - now;
        self.now = NOON;
        let endpoint = &mut self.endpoint;
        endpoint.overlap_until = endpoint.overlap_until.filter(|until| *until >= now).map(moved);
        for since in [&mut endpoint.failing_since, &mut endpoint.promised_failing_since] {
            *since = since.map(|since| moved(since).max(NOON - DISABLE_AFTER));
        }
        for Delivery { kept, in_flight, promised } in self.deliveries.iter_mut().flatten() {
            *in_flight = in_flight.map(|attempt| InFlight { begun: moved(attempt.begun), ..attempt });
            let waits = kept.goes_on() && in_flight.is_none_or(|attempt| attempt.resend);
            for at in [&mut kept.due, &mut promised.not_before] {
                *at = if waits { moved(*at).max(NOON) } else { 0 };
            }
        }
        self
    }

    /// Does an action, and compares what the rules say with what was promised.
    fn after(&self, action: Action, rules: &impl Rules) -> Result<Self, String> {
        let mut state = *self;
        let now = self.now;
        match action {
            Action::Publish(index) => {
                state.deliveries[index] = Some(Delivery {
                    kept: Kept { status: Status::Pending, attempts: 0, due: now, resends: 0 },
                    in_flight: None,
                    promised: Promised { ended: 0, asked: 0, succeeded: false, given_up: false, not_before: now },
                });
            }
            Action::Begin(index) => state.begin(index, rules)?,
            Action::Answer(index, answer) => state.answer(index, answer, rules)?,
            Action::Resend(index) => {
                state.resends += 1;
                let delivery = state.deliveries[index].as_mut().unwrap();
                delivery.kept = rules.asked(delivery.kept);
                delivery.promised.asked += 1;
            }
            Action::Crash => {
                state.crashes += 1;
                for delivery in state.deliveries.iter_mut().flatten() {
                    delivery.kept = rules.restore(delivery.kept, delivery.in_flight.take());
                }
            }
            Action::Disable => {
                state.endpoint.enabled = false;
                state.endpoint.disabled += 1;
            }
            Action::Enable => {
                let endpoint = &mut state.endpoint;
                (endpoint.enabled, endpoint.failing_since, endpoint.promised_failing_since) = (true, None, None);
            }
            Action::Delete => {
                (state.endpoint.enabled, state.endpoint.deleted) = (false, true);
                for delivery in state.deliveries.iter_mut().flatten() {
                    delivery.kept = rules.deleted(delivery.kept);
                    delivery.promised.given_up = !delivery.promised.succeeded;
                    delivery.promised.asked = 0;
                }
            }
            Action::Rotate => {
                state.endpoint.secret += 1;
                state.endpoint.overlap_until = Some(now + OVERLAP);
            }
            Action::Wait => state.now = self.next_moment().unwrap_or(now),
        }
        state.check()?;
        Ok(state.at_noon())
    }

    fn begin(&mut self, index: usize, rules: &impl Rules) -> Result<(), String> {
        let (now, endpoint) = (self.now, self.endpoint);
        let delivery = self.deliveries[index].as_mut().unwrap();
        let Promised { ended, asked, succeeded, given_up, not_before } = delivery.promised;
        let resend = match rules.next(delivery.kept) {
            _ if endpoint.deleted => return Err("an attempt after the end".into()),
            Next::Resend if asked == 0 => return Err("a resend that nobody asked for".into()),
            Next::Resend => true,
            _ if succeeded || given_up => return Err("an attempt after the end".into()),
            Next::Attempt { number, .. } if number != ended + 1 || usize::from(number) > PAUSES.len() + 1 => {
                return Err(format!("attempt {number} after {ended}"));
            }
            _ if now < not_before => return Err(format!("an attempt at {now}, before {not_before}")),
            _ => false,
        };
        let overlaps = endpoint.secret > 0 && endpoint.overlap_until.is_some_and(|until| now < until);
        if rules.secret(&endpoint, now) != endpoint.secret - u8::from(overlaps) {
            return Err(format!("the wrong secret signed at {now}"));
        }
        delivery.in_flight = Some(InFlight { begun: now, resend });
        Ok(())
    }

    fn answer(&mut self, index: usize, answer: Answer, rules: &impl Rules) -> Result<(), String> {
        let (now, succeeded) = (self.now, answer == Answer::Status(200));
        let delivery = self.deliveries[index].as_mut().unwrap();
        let attempt = delivery.in_flight.take().unwrap();
        delivery.kept = rules.answered(delivery.kept, attempt, now, answer);
        let promised = &mut delivery.promised;
        if !promised.given_up {
            promised.succeeded |= succeeded;
            if attempt.resend {
                promised.asked = promised.asked.saturating_sub(1);
            } else {
                if let Some(pause) = PAUSES.get(usize::from(promised.ended)) {
                    promised.not_before = attempt.begun + pause;
                }
                promised.ended += 1;
            }
        }
        let endpoint = &mut self.endpoint;
        if endpoint.enabled {
            endpoint.failing_since = rules.failing_since(endpoint.failing_since, succeeded, now);
            endpoint.promised_failing_since =
                if succeeded { None } else { Some(endpoint.promised_failing_since.unwrap_or(now)) };
            let promised = endpoint.promised_failing_since.is_some_and(|since| since + DISABLE_AFTER <= now);
            if rules.is_disabled(endpoint.failing_since, now) != promised {
                return Err(format!("disabled or not at {now}"));
            }
            endpoint.enabled = !promised;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        for Delivery { kept, in_flight, promised } in self.deliveries.iter().flatten() {
            let exhausted = usize::from(promised.ended) > PAUSES.len();
            let expected = match promised {
                Promised { succeeded: true, .. } => Status::Delivered,
                Promised { given_up: true, .. } => Status::Failed,
                Promised { asked: 0, .. } if exhausted => Status::Failed,
                _ => Status::Pending,
            };
            if kept.status != expected {
                return Err(format!("{:?} where {expected:?} was promised", kept.status));
            }
            if kept.resends != promised.asked {
                return Err(format!("{} resends instead of {}", kept.resends, promised.asked));
            }
            let waits = kept.goes_on() && in_flight.is_none_or(|attempt| attempt.resend);
            if waits && kept.due != promised.not_before {
                return Err(format!("due at {} instead of {}", kept.due, promised.not_before));
            }
        }
        Ok(())
    }
}

/// A hash that is quick without optimizations.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }
    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }
    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_isize(&mut self, value: isize) {
        self.write_u64(value.unsigned_abs() as u64);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// Visits every state. Returns how many there are, or what was done to arrive where a promise is broken.
fn walk(rules: &impl Rules, unusual: Unusual) -> Result<usize, String> {
    let mut seen: HashSet<State, BuildHasherDefault<Quick>> = HashSet::default();
    let mut open = vec![State::START];
    seen.insert(State::START);
    while let Some(state) = open.pop() {
        for action in state.actions(rules, unusual) {
            let next = state.after(action, rules).map_err(|broken| format!("{broken}: {action:?} in {state:?}"))?;
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn no_course_breaks_a_promise() {
    let states = walk(&Core, SCHEDULED).unwrap();
    println!("{states} states");
    assert!(states >= 1_000_000, "{states}");
}

#[test]
fn no_course_with_resends_breaks_a_promise() {
    let states = walk(&Core, RESENT).unwrap();
    println!("{states} states");
    assert!(states >= 100_000, "{states}");
}

/// Each of these rules has one fault.
mod faulty {
    use super::*;

    pub(super) struct PausesFromTheEnd;
    impl Rules for PausesFromTheEnd {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            let after = Core.answered(kept, attempt, ended, answer);
            let waits = after.goes_on() && !attempt.resend;
            Kept { due: if waits { after.due + ended - attempt.begun } else { after.due }, ..after }
        }
    }

    pub(super) struct RedirectsCount;
    impl Rules for RedirectsCount {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, _: Answer) -> Kept {
            Core.answered(kept, attempt, ended, Answer::Status(200))
        }
    }

    pub(super) struct FiveAttempts;
    impl Rules for FiveAttempts {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            match Core.answered(kept, attempt, ended, answer) {
                Kept { attempts: 5, status: Status::Pending, resends: 0, .. } => {
                    Kept { attempts: 5, status: Status::Failed, ..kept }
                }
                after => after,
            }
        }
    }

    pub(super) struct SevenAttempts;
    impl Rules for SevenAttempts {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            match Core.answered(kept, attempt, ended, answer) {
                after @ Kept { attempts: 6, status: Status::Failed, .. } => {
                    Kept { status: Status::Pending, due: attempt.begun + 7_200, ..after }
                }
                after => after,
            }
        }
    }

    pub(super) struct ResendCountsAsScheduled;
    impl Rules for ResendCountsAsScheduled {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            let after = Core.answered(kept, attempt, ended, answer);
            let counted = attempt.resend && after.goes_on();
            Kept { attempts: after.attempts + u8::from(counted), ..after }
        }
    }

    pub(super) struct ResendMovesTheSchedule;
    impl Rules for ResendMovesTheSchedule {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            let after = Core.answered(kept, attempt, ended, answer);
            let moved = attempt.resend && after.goes_on();
            Kept { due: if moved { attempt.begun + PAUSES[0] } else { after.due }, ..after }
        }
    }

    pub(super) struct ResendForever;
    impl Rules for ResendForever {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            Kept { resends: kept.resends, ..Core.answered(kept, attempt, ended, answer) }
        }
    }

    pub(super) struct FailedResendForgetsSuccess;
    impl Rules for FailedResendForgetsSuccess {
        fn answered(&self, kept: Kept, attempt: InFlight, ended: u32, answer: Answer) -> Kept {
            let after = Core.answered(kept, attempt, ended, answer);
            let status = if answer == Answer::Status(302) && attempt.resend { Status::Failed } else { after.status };
            Kept { status, ..after }
        }
    }

    pub(super) struct ResendOfASuccessIsPending;
    impl Rules for ResendOfASuccessIsPending {
        fn asked(&self, kept: Kept) -> Kept {
            Kept { status: Status::Pending, ..Core.asked(kept) }
        }
    }

    pub(super) struct ResendOfAFailureStaysFailed;
    impl Rules for ResendOfAFailureStaysFailed {
        fn asked(&self, kept: Kept) -> Kept {
            Kept { status: kept.status, ..Core.asked(kept) }
        }
    }

    pub(super) struct CrashForgetsResends;
    impl Rules for CrashForgetsResends {
        fn restore(&self, kept: Kept, in_flight: Option<InFlight>) -> Kept {
            Core.restore(Kept { resends: 0, ..kept }, in_flight)
        }
    }

    pub(super) struct DeletedResends;
    impl Rules for DeletedResends {
        fn deleted(&self, kept: Kept) -> Kept {
            Kept { resends: kept.resends, ..Core.deleted(kept) }
        }
    }

    pub(super) struct SuccessIsSentAgain;
    impl Rules for SuccessIsSentAgain {
        fn next(&self, kept: Kept) -> Next {
            match Core.next(kept) {
                Next::Delivered => Next::Resend,
                next => next,
            }
        }
    }

    pub(super) struct OverlapTooLong;
    impl Rules for OverlapTooLong {
        fn secret(&self, endpoint: &Endpoint, now: u32) -> u8 {
            Core.secret(endpoint, now.saturating_sub(1))
        }
    }

    pub(super) struct OldSecretForever;
    impl Rules for OldSecretForever {
        fn secret(&self, endpoint: &Endpoint, _: u32) -> u8 {
            endpoint.secret.saturating_sub(1)
        }
    }

    pub(super) struct FailingForever;
    impl Rules for FailingForever {
        fn failing_since(&self, before: Option<u32>, succeeded: bool, now: u32) -> Option<u32> {
            before.or_else(|| Core.failing_since(before, succeeded, now))
        }
    }

    pub(super) struct DisabledLate;
    impl Rules for DisabledLate {
        fn is_disabled(&self, failing_since: Option<u32>, now: u32) -> bool {
            Core.is_disabled(failing_since, now - 1)
        }
    }

    pub(super) struct CrashCountsAnAttempt;
    impl Rules for CrashCountsAnAttempt {
        fn restore(&self, kept: Kept, in_flight: Option<InFlight>) -> Kept {
            let counted = in_flight.is_some_and(|attempt| !attempt.resend) && kept.goes_on();
            Core.restore(Kept { attempts: kept.attempts + u8::from(counted), ..kept }, None)
        }
    }

    pub(super) struct CrashForgetsSuccess;
    impl Rules for CrashForgetsSuccess {
        fn restore(&self, kept: Kept, _: Option<InFlight>) -> Kept {
            Kept { status: Status::Pending, ..kept }
        }
    }

    pub(super) struct CrashDelays;
    impl Rules for CrashDelays {
        fn restore(&self, kept: Kept, _: Option<InFlight>) -> Kept {
            Kept { due: kept.due + 1, ..kept }
        }
    }

    pub(super) struct DeletedStaysPending;
    impl Rules for DeletedStaysPending {
        fn deleted(&self, kept: Kept) -> Kept {
            kept
        }
    }

    pub(super) struct DeletedFailsWhatWasDelivered;
    impl Rules for DeletedFailsWhatWasDelivered {
        fn deleted(&self, kept: Kept) -> Kept {
            Kept { status: Status::Failed, ..kept }
        }
    }
}

#[test]
fn every_planted_fault_is_found() {
    macro_rules! found {
        ($unusual:ident: $($fault:ident: $broken:literal,)*) => {
            $(
                let report = walk(&faulty::$fault, $unusual).expect_err(stringify!($fault));
                assert!(report.contains($broken), "{}: {report}", stringify!($fault));
            )*
        };
    }
    found! {
        SCHEDULED:
        PausesFromTheEnd: "due at",
        RedirectsCount: "where Pending was promised",
        FiveAttempts: "Failed where Pending",
        SevenAttempts: "Pending where Failed",
        OverlapTooLong: "the wrong secret",
        OldSecretForever: "the wrong secret",
        FailingForever: "disabled or not",
        DisabledLate: "disabled or not",
        CrashCountsAnAttempt: "attempt 2 after 0",
        SuccessIsSentAgain: "a resend that nobody asked for",
        CrashForgetsSuccess: "Pending where",
        CrashDelays: "due at",
        DeletedStaysPending: "Pending where Failed",
        DeletedFailsWhatWasDelivered: "Failed where Delivered",
    }
    found! {
        RESENT:
        ResendCountsAsScheduled: " after 0",
        ResendMovesTheSchedule: "due at",
        ResendForever: "resends instead of",
        FailedResendForgetsSuccess: "Failed where",
        ResendOfASuccessIsPending: "Pending where Delivered",
        ResendOfAFailureStaysFailed: "Failed where Pending",
        CrashForgetsResends: "0 resends instead of",
        DeletedResends: "resends instead of 0",
    }
}
