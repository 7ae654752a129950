//! One delivery, step by step.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::outcome::Outcome;
use super::record::{Level, Record, level_of};
use crate::claims::{Claim, Completion, Fault, FaultKind, HandlerError, Reply};
use crate::error::Error;
use crate::limits::MAX_LABEL_BYTES;

/// The course of one delivery: it asks for a step, is fed the result, and ends in an [`Outcome`] with a [`Record`].
///
/// ```
/// use payvost_webhooks::Outcome;
/// use payvost_webhooks::claims::Claim;
/// use payvost_webhooks::receive::{Answer, Ask, Claiming, Delivery, HandlerEnd, Verified};
///
/// let mut delivery = Delivery::arrived(Claiming::Lease);
/// assert_eq!(delivery.next(), Some(Ask::Verify { stored: false }));
/// delivery.feed(Answer::Verified(Verified { id: "evt_1", event_type: "payment.succeeded", key: "webhook:evt_1", has_handler: true }))?;
/// assert_eq!(delivery.next(), Some(Ask::Claim { retry: false }));
/// delivery.feed(Answer::Claimed(Claim::Claimed { attempt: 1 }))?;
/// assert_eq!(delivery.next(), Some(Ask::Handle));
/// delivery.feed(Answer::Handled(HandlerEnd::Returned))?;
/// assert_eq!(delivery.next(), Some(Ask::Complete));
/// delivery.feed(Answer::Completed(payvost_webhooks::claims::Completion::Completed))?;
/// assert_eq!(delivery.next(), Some(Ask::Log));
/// assert_eq!(delivery.record().to_string(), "webhook event handled: payment.succeeded evt_1");
/// delivery.feed(Answer::Logged)?;
/// assert_eq!((delivery.next(), delivery.outcome()), (None, Some(Outcome::Handled)));
/// # Ok::<(), payvost_webhooks::receive::UnexpectedAnswer>(())
/// ```
#[derive(Debug, Clone)]
pub struct Delivery {
    claiming: Claiming,
    stage: Stage,
    /// For a retry: the requested key.
    retried: Option<String>,
    event: Option<EventNames>,
    attempt: u32,
    outcome: Option<Outcome>,
    failure: Option<Failure>,
    /// The fault that decided, with its step.
    fault: Option<(&'static str, Fault)>,
    /// Why the release failed, if it did.
    release: Option<Unreleased>,
}

/// Whether and how an event is claimed before it is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claiming {
    /// There is no store: duplicates are handled again.
    Never,
    /// The store grants a lease.
    Lease,
    /// The claim and the handler's own writes share a transaction.
    Inbox,
}

/// A step for the host to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ask {
    /// Load the delivery that the store has kept under [`Delivery::retried_key`]. Fed [`Answer::Loaded`] or [`Answer::Failed`].
    Load,
    /// Verify the delivery. Fed [`Answer::Verified`] or [`Answer::Refused`].
    Verify {
        /// Whether it comes from the store, so that its age does not matter.
        stored: bool,
    },
    /// Claim the event with an unpredictable token. Fed [`Answer::Claimed`] or [`Answer::Failed`].
    Claim {
        /// Whether a parked event may be claimed.
        retry: bool,
    },
    /// Call the handler. Fed [`Answer::Handled`].
    Handle,
    /// Complete the claim; for an inbox, commit too. Fed [`Answer::Completed`] or [`Answer::Failed`].
    Complete,
    /// Release the claim with [`Delivery::handler_error`]; for an inbox, roll back and record the failure. Fed
    /// [`Answer::Released`] or [`Answer::Failed`].
    Release,
    /// Log [`Delivery::record`]. Fed [`Answer::Logged`], even if the logger failed.
    Log,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Whether the store keeps a delivery under that key.
    Loaded(bool),
    /// The delivery is genuine.
    Verified(Verified<'a>),
    /// The delivery is refused.
    Refused(Error),
    /// The result of the claim.
    Claimed(Claim),
    /// How the handler ended.
    Handled(HandlerEnd<'a>),
    /// The result of the completion.
    Completed(Completion),
    /// Whether this worker still had the claim.
    Released(bool),
    /// The record was logged.
    Logged,
    /// The store failed.
    Failed(Fault),
}

/// What the machine needs to know about a verified event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its type.
    pub event_type: &'a str,
    /// The key of its claim; empty without a store.
    pub key: &'a str,
    /// Whether a handler is registered for its type.
    pub has_handler: bool,
}

/// How a handler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandlerEnd<'a> {
    /// It returned.
    Returned,
    /// It handed its claim over to a queue and returned.
    HandedOver,
    /// It raised an error of this kind: the name of a class, never a message.
    Failed(&'a str),
    /// It was cancelled at its time limit, and has stopped.
    TimedOut,
    /// The host no longer waits, and the handler still runs: its claim stays until it ends.
    Abandoned,
}

/// An answer that does not match the requested step: a mistake in the host. The delivery is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnexpectedAnswer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked(Ask),
    Done,
}

#[derive(Debug, Clone)]
struct EventNames {
    id: String,
    event_type: String,
    /// Whether a record has them as the event does.
    unchanged: bool,
}

#[derive(Debug, Clone)]
struct Failure {
    reason: &'static str,
    error: HandlerError,
}

#[derive(Debug, Clone)]
enum Unreleased {
    Lost,
    Failed(Fault),
}

impl Delivery {
    /// A delivery whose body has arrived.
    #[must_use]
    pub const fn arrived(claiming: Claiming) -> Self {
        Self::at(Stage::Asked(Ask::Verify { stored: false }), claiming)
    }

    /// A delivery whose outcome is known before it can be verified, from [`Body::finish`](super::Body::finish).
    #[must_use]
    pub fn ended(outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), ..Self::at(Stage::Asked(Ask::Log), Claiming::Never) }
    }

    /// A stored delivery that is handled again.
    #[must_use]
    pub fn retry(claiming: Claiming, key: &str) -> Self {
        Self { retried: Some(key.to_owned()), ..Self::at(Stage::Asked(Ask::Load), claiming) }
    }

    const fn at(stage: Stage, claiming: Claiming) -> Self {
        let (retried, event, outcome, failure, fault, release) = (None, None, None, None, None, None);
        Self { claiming, stage, retried, event, attempt: 0, outcome, failure, fault, release }
    }

    /// The next step: the same until the delivery is fed. `None` when the delivery is done.
    #[must_use]
    pub const fn next(&self) -> Option<Ask> {
        match self.stage {
            Stage::Asked(ask) => Some(ask),
            Stage::Done => None,
        }
    }

    /// Takes the result of the step that [`next`](Self::next) asked for.
    ///
    /// # Errors
    ///
    /// If the answer does not match it.
    pub fn feed(&mut self, answer: Answer<'_>) -> Result<(), UnexpectedAnswer> {
        let Stage::Asked(ask) = self.stage else { return Err(UnexpectedAnswer) };
        self.stage = match (ask, answer) {
            (Ask::Load, Answer::Loaded(true)) => Stage::Asked(Ask::Verify { stored: true }),
            (Ask::Load, Answer::Loaded(false)) => Stage::Done,
            (Ask::Load, Answer::Failed(fault)) => self.unavailable("load", fault),
            (Ask::Verify { .. }, Answer::Verified(event)) => self.verified(event),
            (Ask::Verify { .. }, Answer::Refused(error)) => self.end(Outcome::Refused(error)),
            (Ask::Claim { .. }, Answer::Claimed(claim)) => self.claimed(claim),
            (Ask::Claim { .. }, Answer::Failed(fault)) => self.claim_failed(fault),
            (Ask::Handle, Answer::Handled(end)) => self.handled(end),
            (Ask::Complete, Answer::Completed(completion)) => self.completed(completion),
            (Ask::Complete, Answer::Failed(fault)) => self.unavailable("complete", fault),
            (Ask::Release, Answer::Released(held)) => self.released((!held).then_some(Unreleased::Lost)),
            (Ask::Release, Answer::Failed(fault)) => self.released(Some(Unreleased::Failed(fault))),
            (Ask::Log, Answer::Logged) => Stage::Done,
            _ => return Err(UnexpectedAnswer),
        };
        Ok(())
    }

    /// Takes the result of a store's program for the requested claim, completion or release.
    ///
    /// # Errors
    ///
    /// If the answer does not match it.
    pub fn feed_reply(&mut self, reply: &Reply) -> Result<(), UnexpectedAnswer> {
        let answer = match (reply, self.next()) {
            (Reply::Failed(fault), _) => Answer::Failed(fault.clone()),
            (Reply::Claim(claim), _) => Answer::Claimed(*claim),
            (Reply::Completion(completion), _) => Answer::Completed(*completion),
            (Reply::Held(true), Some(Ask::Complete)) => Answer::Completed(Completion::Completed),
            (Reply::Held(false), Some(Ask::Complete)) => Answer::Completed(Completion::Lost),
            (Reply::Held(held), _) => Answer::Released(*held),
            (Reply::Created | Reply::Rows | Reply::Count(_) | Reply::Taken(_), _) => return Err(UnexpectedAnswer),
        };
        self.feed(answer)
    }

    /// The outcome, once it is decided: then only the record is left to log. `None` at the end means that nothing is kept under
    /// the key of a retry.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.stage {
            Stage::Asked(Ask::Log) | Stage::Done => self.outcome,
            Stage::Asked(_) => None,
        }
    }

    /// How often the event has been claimed, including this time; 0 without a claim.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The key of a retry.
    #[must_use]
    pub fn retried_key(&self) -> Option<&str> {
        self.retried.as_deref()
    }

    /// What the store keeps about the handler's failure.
    #[must_use]
    pub fn handler_error(&self) -> &str {
        self.failure.as_ref().map_or("", |failure| failure.error.as_str())
    }

    /// For a host that no longer waits for a claim, but still gets its result from the client: whether to release it.
    #[must_use]
    pub const fn releases_late(&self, claim: Claim) -> bool {
        matches!((self.claiming, claim), (Claiming::Lease, Claim::Claimed { .. }))
    }

    /// The level of [`record`](Self::record), without making the record: a host can skip records that its logger would drop.
    #[must_use]
    pub fn level(&self) -> Level {
        self.outcome.map_or(Level::Info, |outcome| self.sentence(outcome).0)
    }

    /// Whether [`record`](Self::record) has only the outcome and the event's id and type, both unchanged. All such records of one
    /// outcome are alike, so a host can reuse the first one with other names.
    #[must_use]
    pub fn has_plain_record(&self) -> bool {
        let names = self.event.as_ref().is_some_and(|event| event.unchanged);
        let more = self.attempt > 1 || self.failure.is_some() || self.fault.is_some() || self.release.is_some();
        names && !more && self.outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Refused(_)))
    }

    /// The record to log.
    #[must_use]
    pub fn record(&self) -> Record {
        let Some(outcome) = self.outcome else {
            return Record::new(Level::Info, "no webhook delivery is kept under this key", "not_kept");
        };
        let (level, text) = self.sentence(outcome);
        let mut record = Record::new(level, text, outcome.code());
        if let Some(event) = &self.event {
            record.field("event_id", event.id.clone());
            record.field("event_type", event.event_type.clone());
        }
        if self.attempt > 1 {
            record.field("attempt", u64::from(self.attempt));
        }
        if let Outcome::Refused(error) = outcome {
            record.refusal(&error);
        }
        if let (Outcome::HandlerFailed, Some(failure)) = (outcome, &self.failure) {
            record.field("reason", failure.reason);
            if failure.reason == RAISED {
                record.field("error_class", failure.error.as_str().to_owned());
                record.with_exception = true;
            }
        }
        if let Some((place, fault)) = &self.fault {
            record.fault(place, "error_class", fault);
        }
        match &self.release {
            Some(Unreleased::Failed(fault)) if self.fault.is_none() => record.fault("release", "release_error_class", fault),
            Some(Unreleased::Lost) if self.fault.is_none() => record.field("release", "claim_lost"),
            _ => {}
        }
        record
    }

    fn sentence(&self, outcome: Outcome) -> (Level, &'static str) {
        match outcome {
            Outcome::Handled => (Level::Info, "webhook event handled"),
            Outcome::Unhandled => (Level::Info, "no handler for this event type"),
            Outcome::AlreadyHandled => (Level::Info, "webhook event already handled"),
            Outcome::HandedOver => (Level::Info, "webhook event handed over to a queue"),
            Outcome::ClaimLost => {
                (Level::Warning, "webhook event handled, but its claim was lost: another worker may have handled it too")
            }
            Outcome::InProgress { .. } => (Level::Info, "another worker is handling this webhook event"),
            Outcome::Conflict => (Level::Error, "another webhook event with this id and a different body was received before"),
            Outcome::HandlerFailed => (Level::Error, self.failure.as_ref().map_or(FAILED, |failure| text_of(failure.reason))),
            Outcome::BodyIncomplete => (Level::Warning, "webhook body incomplete: the sender broke off or was too slow"),
            Outcome::MethodNotAllowed => (Level::Info, "webhook endpoint called with another method than POST"),
            Outcome::OtherEndpoint => (Level::Warning, "this webhook delivery belongs to another endpoint's key"),
            Outcome::StoreUnavailable => (Level::Error, "webhook store unavailable"),
            Outcome::Refused(error) => (level_of(&error), "webhook refused"),
        }
    }

    fn verified(&mut self, event: Verified<'_>) -> Stage {
        let (id, event_type) = (printable(event.id), printable(event.event_type));
        let unchanged = id == event.id && event_type == event.event_type;
        self.event = Some(EventNames { id, event_type, unchanged });
        if self.retried.as_deref().is_some_and(|key| key != event.key) {
            return self.end(Outcome::OtherEndpoint);
        }
        match self.claiming {
            _ if !event.has_handler => self.end(Outcome::Unhandled),
            Claiming::Never => Stage::Asked(Ask::Handle),
            Claiming::Lease | Claiming::Inbox => Stage::Asked(Ask::Claim { retry: self.retried.is_some() }),
        }
    }

    fn claimed(&mut self, claim: Claim) -> Stage {
        match claim {
            Claim::Claimed { attempt } => {
                self.attempt = attempt;
                Stage::Asked(Ask::Handle)
            }
            Claim::InProgress { wait } => self.end(Outcome::InProgress { wait }),
            Claim::Done => self.end(Outcome::AlreadyHandled),
            Claim::Conflict => self.end(Outcome::Conflict),
            Claim::Parked => {
                self.failed("parked", "");
                self.end(Outcome::HandlerFailed)
            }
        }
    }

    /// The claim may have been granted although the response was lost. It is released, so that the next delivery need not wait
    /// for the lease. A host that still waits for the response asks [`releases_late`](Self::releases_late) instead.
    fn claim_failed(&mut self, fault: Fault) -> Stage {
        let is_lost = fault.kind() == FaultKind::Interrupted;
        let stage = self.unavailable("claim", fault);
        if is_lost && self.claiming == Claiming::Lease {
            self.failed("claim", "StoreUnavailable");
            return Stage::Asked(Ask::Release);
        }
        stage
    }

    fn handled(&mut self, end: HandlerEnd<'_>) -> Stage {
        match (end, self.claiming) {
            (HandlerEnd::Returned | HandlerEnd::HandedOver, Claiming::Never) => self.end(Outcome::Handled),
            (HandlerEnd::HandedOver, Claiming::Lease) => self.end(Outcome::HandedOver),
            (HandlerEnd::Returned, _) => Stage::Asked(Ask::Complete),
            // Nobody could complete it.
            (HandlerEnd::HandedOver, Claiming::Inbox) => self.fail(RAISED, "HandedOver"),
            (HandlerEnd::Failed(kind), _) => self.fail(RAISED, kind),
            (HandlerEnd::TimedOut, _) => self.fail("timed_out", "HandlerTimeout"),
            (HandlerEnd::Abandoned, _) => {
                self.failed("abandoned", "");
                self.end(Outcome::HandlerFailed)
            }
        }
    }

    fn completed(&mut self, completion: Completion) -> Stage {
        match (completion, self.claiming) {
            (Completion::Completed, _) => self.end(Outcome::Handled),
            (Completion::Lost, Claiming::Lease | Claiming::Never) => self.end(Outcome::ClaimLost),
            (Completion::Committed, _) => {
                self.failed("committed", "");
                self.end(Outcome::HandlerFailed)
            }
            (Completion::Aborted, _) => self.fail("aborted", "TransactionAborted"),
            (Completion::RolledBack | Completion::Lost, _) => self.fail("rolled_back", "TransactionRolledBack"),
        }
    }

    fn released(&mut self, unreleased: Option<Unreleased>) -> Stage {
        self.release = unreleased;
        let outcome = if self.fault.is_some() { Outcome::StoreUnavailable } else { Outcome::HandlerFailed };
        self.end(outcome)
    }

    /// The handler failed: the claim is released, if there is one.
    fn fail(&mut self, reason: &'static str, kind: &str) -> Stage {
        self.failed(reason, kind);
        match self.claiming {
            Claiming::Never => self.end(Outcome::HandlerFailed),
            Claiming::Lease | Claiming::Inbox => Stage::Asked(Ask::Release),
        }
    }

    fn failed(&mut self, reason: &'static str, kind: &str) {
        self.failure = Some(Failure { reason, error: HandlerError::new(kind) });
    }

    fn unavailable(&mut self, place: &'static str, fault: Fault) -> Stage {
        self.fault = Some((place, fault));
        self.end(Outcome::StoreUnavailable)
    }

    const fn end(&mut self, outcome: Outcome) -> Stage {
        self.outcome = Some(outcome);
        Stage::Asked(Ask::Log)
    }
}

const RAISED: &str = "raised";
const FAILED: &str = "webhook handler failed";

fn text_of(reason: &str) -> &'static str {
    match reason {
        "timed_out" => "webhook handler exceeded its time limit",
        "abandoned" => "webhook handler still runs, but the receiver no longer waits for it",
        "committed" => {
            "webhook handler committed the inbox's transaction itself: the event is parked until it is retried by its key"
        }
        "rolled_back" => "webhook handler rolled back the inbox's transaction itself",
        "aborted" => "webhook handler left the inbox's transaction aborted",
        "parked" => {
            "webhook event is parked: its handler committed the inbox's transaction itself, so only a retry by its key runs it again"
        }
        _ => FAILED,
    }
}

/// A text for a line of a log: at most 255 bytes, without characters that would break or reorder the line.
fn printable(text: &str) -> String {
    let breaks = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if text.len() <= MAX_LABEL_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text.to_owned();
    }
    let mut printable = String::new();
    for character in text.chars().map(|character| if breaks(character) { '?' } else { character }) {
        if printable.len() + character.len_utf8() > MAX_LABEL_BYTES {
            break;
        }
        printable.push(character);
    }
    printable
}

impl fmt::Display for UnexpectedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this answer does not match the step that the delivery asked for")
    }
}

impl core::error::Error for UnexpectedAnswer {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    const EVENT: Verified<'static> =
        Verified { id: "evt_1", event_type: "payment.succeeded", key: "webhook:evt_1", has_handler: true };

    /// Feeds one answer after the other, and returns the requested step before each and at the end.
    fn course(mut delivery: Delivery, answers: &[Answer<'_>]) -> (Delivery, Vec<Ask>) {
        let mut asked = Vec::new();
        for answer in answers {
            asked.extend(delivery.next());
            delivery.feed(answer.clone()).unwrap();
        }
        asked.extend(delivery.next());
        (delivery, asked)
    }

    use alloc::vec::Vec;

    fn lost() -> Fault {
        Fault::classify("ConnectionError", &["ECONNRESET"], "")
    }

    #[test]
    fn without_a_store_nothing_is_claimed() {
        let (delivery, asked) = course(
            Delivery::arrived(Claiming::Never),
            &[Answer::Verified(EVENT), Answer::Handled(HandlerEnd::Returned), Answer::Logged],
        );
        assert_eq!(asked, [Ask::Verify { stored: false }, Ask::Handle, Ask::Log]);
        assert_eq!(delivery.outcome(), Some(Outcome::Handled));
    }

    #[test]
    fn a_claim_whose_response_was_lost_is_released() {
        let answers = [Answer::Verified(EVENT), Answer::Failed(lost()), Answer::Released(true), Answer::Logged];
        let (delivery, asked) = course(Delivery::arrived(Claiming::Lease), &answers);
        assert_eq!(asked.get(2), Some(&Ask::Release));
        assert_eq!(delivery.outcome(), Some(Outcome::StoreUnavailable));
        assert_eq!(
            delivery.record().to_string(),
            "webhook store unavailable: payment.succeeded evt_1 (place claim, error_class ConnectionError, error_code ECONNRESET)"
        );
        // An inbox's claim does not outlive the connection, and a host that still waits for the response releases it itself.
        let late = Fault::classify("StoreTimeoutError", &[], "");
        for (claiming, fault) in [(Claiming::Inbox, lost()), (Claiming::Lease, late)] {
            let (_, asked) = course(Delivery::arrived(claiming), &[Answer::Verified(EVENT), Answer::Failed(fault)]);
            assert_eq!(asked.last(), Some(&Ask::Log));
        }
        assert!(Delivery::arrived(Claiming::Lease).releases_late(Claim::Claimed { attempt: 1 }));
        assert!(!Delivery::arrived(Claiming::Lease).releases_late(Claim::Done));
    }

    #[test]
    fn an_event_is_retried_under_its_own_key_alone() {
        let answers = [Answer::Loaded(true), Answer::Verified(EVENT)];
        let (delivery, asked) = course(Delivery::retry(Claiming::Inbox, "webhook:evt_1"), &answers);
        assert_eq!(asked, [Ask::Load, Ask::Verify { stored: true }, Ask::Claim { retry: true }]);
        assert_eq!(delivery.retried_key(), Some("webhook:evt_1"));
        let (delivery, asked) = course(Delivery::retry(Claiming::Inbox, "shop:evt_1"), &answers);
        assert_eq!((asked.last(), delivery.outcome()), (Some(&Ask::Log), Some(Outcome::OtherEndpoint)));
        let (delivery, asked) = course(Delivery::retry(Claiming::Lease, "webhook:evt_1"), &[Answer::Loaded(false)]);
        assert_eq!((asked.last(), delivery.outcome()), (Some(&Ask::Load), None));
    }

    #[test]
    fn an_answer_to_another_question_changes_nothing() {
        let mut delivery = Delivery::arrived(Claiming::Lease);
        for answer in
            [Answer::Logged, Answer::Claimed(Claim::Done), Answer::Completed(Completion::Completed), Answer::Failed(lost())]
        {
            assert_eq!(delivery.feed(answer), Err(UnexpectedAnswer));
            assert_eq!((delivery.next(), delivery.outcome()), (Some(Ask::Verify { stored: false }), None));
        }
    }

    #[test]
    fn a_reply_of_a_store_answers_the_step_that_was_asked_for() {
        let mut delivery = Delivery::arrived(Claiming::Lease);
        delivery.feed(Answer::Verified(EVENT)).unwrap();
        assert_eq!(delivery.feed_reply(&Reply::Rows), Err(UnexpectedAnswer));
        assert_eq!(delivery.feed_reply(&Reply::Held(true)), Err(UnexpectedAnswer));
        delivery.feed_reply(&Reply::Claim(Claim::Claimed { attempt: 1 })).unwrap();
        delivery.feed(Answer::Handled(HandlerEnd::Returned)).unwrap();
        let (mut lost, mut failed, mut completed) = (delivery.clone(), delivery.clone(), delivery);
        lost.feed_reply(&Reply::Held(false)).unwrap();
        assert_eq!(lost.outcome(), Some(Outcome::ClaimLost));
        failed.feed_reply(&Reply::Failed(Fault::unknown_reply())).unwrap();
        assert_eq!(failed.outcome(), Some(Outcome::StoreUnavailable));
        completed.feed_reply(&Reply::Held(true)).unwrap();
        assert_eq!(completed.outcome(), Some(Outcome::Handled));
    }

    #[test]
    fn nothing_in_a_name_breaks_a_line_of_the_log() {
        let event = Verified { id: "evt\u{202e}1", event_type: "a\nb", ..EVENT };
        let (delivery, _) =
            course(Delivery::arrived(Claiming::Never), &[Answer::Verified(Verified { has_handler: false, ..event })]);
        assert_eq!(delivery.record().to_string(), "no handler for this event type: a?b evt?1");
        assert_eq!(printable(&"é".repeat(300)).len(), 254);
    }

    #[test]
    fn a_record_is_plain_when_it_says_only_how_this_event_ended() {
        let handled = |event, attempt| {
            let claimed = Answer::Claimed(Claim::Claimed { attempt });
            let end = [Answer::Verified(event), claimed, Answer::Handled(HandlerEnd::HandedOver)];
            course(Delivery::arrived(Claiming::Lease), &end).0
        };
        let first = handled(EVENT, 1);
        assert!(first.has_plain_record());
        let names: Vec<_> = first.record().fields.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["code", "event_id", "event_type"]);
        assert!(!handled(EVENT, 2).has_plain_record());
        assert!(!handled(Verified { id: "evt\n1", ..EVENT }, 1).has_plain_record());
        let ends: [&[Answer<'_>]; 4] = [
            &[],
            &[Answer::Refused(Error::MissingSignature)],
            &[Answer::Verified(EVENT), Answer::Failed(lost()), Answer::Released(true)],
            &[Answer::Verified(EVENT), Answer::Claimed(Claim::Parked)],
        ];
        for end in ends {
            assert!(!course(Delivery::arrived(Claiming::Lease), end).0.has_plain_record(), "{end:?}");
        }
    }

    #[test]
    fn what_is_refused_is_logged_with_its_place_and_its_remedy() {
        let (delivery, _) = course(Delivery::arrived(Claiming::Lease), &[Answer::Refused(Error::MissingSignature)]);
        let record = delivery.record();
        assert_eq!((record.level, delivery.level()), (Level::Warning, Level::Warning));
        assert!(record.to_string().starts_with("webhook refused: missing_signature: "), "{record}");
        assert!(record.to_string().ends_with(Error::MissingSignature.hint()), "{record}");
    }
}
