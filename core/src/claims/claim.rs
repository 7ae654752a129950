//! The replies of a store.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::request::label;

/// The result of claiming an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// This worker handles the event.
    Claimed {
        /// How often it has been claimed, including this time. More than 1 means that an earlier worker failed, died or was too
        /// slow.
        attempt: u32,
    },
    /// Another worker has it.
    InProgress {
        /// When the other worker's lease is over.
        wait: Duration,
    },
    /// It was handled before.
    Done,
    /// An event with the same id and another body was claimed before.
    Conflict,
    /// Its handler committed the inbox's transaction itself, so the effect is already there. Only a retry by its key claims it.
    Parked,
}

/// The result of taking a ticket from a queue.
///
/// A ticket is taken by one worker at a time. The worker's token begins with the ticket's, so that a store can tell the workers
/// of one ticket from a delivery that claimed the event again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// This worker handles the event.
    Claimed {
        /// How often the event has been tried, including this time.
        attempt: u32,
    },
    /// Another worker has taken the same ticket: put the job back.
    InProgress {
        /// When that worker's lease is over.
        wait: Duration,
    },
    /// The event is handled: acknowledge the job.
    Done,
    /// A later delivery has claimed the event, or the store has forgotten it: drop the job.
    Lost,
}

impl Taken {
    /// Reads the reply of a store: a word and a number, as the Lua and SQL of this module return them.
    #[must_use]
    pub fn from_reply(word: &str, number: i64) -> Option<Self> {
        match word {
            "claimed" => Some(Self::Claimed { attempt: u32::try_from(number).ok()? }),
            "in_progress" => Some(Self::InProgress { wait: Duration::from_millis(u64::try_from(number).unwrap_or(0)) }),
            "done" => Some(Self::Done),
            "lost" => Some(Self::Lost),
            _ => None,
        }
    }

    /// The word and the number that stand for this.
    #[must_use]
    pub fn reply(&self) -> (&'static str, u64) {
        match self {
            Self::Claimed { attempt } => ("claimed", (*attempt).into()),
            Self::InProgress { wait } => ("in_progress", super::policy::milliseconds(*wait)),
            Self::Done => ("done", 0),
            Self::Lost => ("lost", 0),
        }
    }
}

/// The result of completing a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Completion {
    /// The event is on record as handled.
    Completed,
    /// The claim is no longer this worker's.
    Lost,
    /// The handler committed the transaction of the inbox itself. The event is parked.
    Committed,
    /// The handler rolled back the transaction of the inbox itself.
    RolledBack,
    /// The handler left the transaction of the inbox aborted, so that it accepts no more statements.
    Aborted,
}

impl Completion {
    /// `completed`, `lost`, `committed`, `rolled_back`, `aborted`
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Lost => "lost",
            Self::Committed => "committed",
            Self::RolledBack => "rolled_back",
            Self::Aborted => "aborted",
        }
    }

    /// Reads [`as_str`](Self::as_str) back. `None` for any other word: then nothing is completed.
    #[must_use]
    pub fn from_reply(word: &str) -> Option<Self> {
        [Self::Completed, Self::Lost, Self::Committed, Self::RolledBack, Self::Aborted]
            .into_iter()
            .find(|completion| completion.as_str() == word)
    }
}

impl Claim {
    /// Reads the reply of a store: a word and a number, as the Lua and SQL of this module return them. `None` for any other word:
    /// then nothing is claimed.
    ///
    /// ```
    /// use core::time::Duration;
    /// use payvost_webhooks::claims::Claim;
    ///
    /// assert_eq!(Claim::from_reply("claimed", 1), Some(Claim::Claimed { attempt: 1 }));
    /// assert_eq!(Claim::from_reply("in_progress", 1500), Some(Claim::InProgress { wait: Duration::from_millis(1500) }));
    /// assert_eq!(Claim::from_reply("OK", 0), None);
    /// ```
    #[must_use]
    pub fn from_reply(word: &str, number: i64) -> Option<Self> {
        match word {
            "claimed" => Some(Self::Claimed { attempt: u32::try_from(number).ok()? }),
            "in_progress" => Some(Self::InProgress { wait: Duration::from_millis(u64::try_from(number).unwrap_or(0)) }),
            "done" => Some(Self::Done),
            "conflict" => Some(Self::Conflict),
            "parked" => Some(Self::Parked),
            _ => None,
        }
    }

    /// The word and the number that stand for this.
    #[must_use]
    pub fn reply(&self) -> (&'static str, u64) {
        match self {
            Self::Claimed { attempt } => ("claimed", (*attempt).into()),
            Self::InProgress { wait } => ("in_progress", super::policy::milliseconds(*wait)),
            Self::Done => ("done", 0),
            Self::Conflict => ("conflict", 0),
            Self::Parked => ("parked", 0),
        }
    }
}

/// An event that was claimed and not handled: its handler failed, or its worker died.
///
/// It is listed from its first failure, while the provider still retries, until it is handled or forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The key of the claim.
    pub key: String,
    /// The type of the event.
    pub event_type: String,
    /// What happened to it last.
    pub reason: DeadLetterReason,
    /// How often it has been tried.
    pub attempts: u32,
    /// The kind of error of the handler's last failure.
    pub error: Option<String>,
    /// How long it has been in this state.
    pub age: Duration,
}

impl DeadLetter {
    /// A letter that a store of your own has read.
    #[must_use]
    pub const fn from_parts(
        key: String,
        event_type: String,
        reason: DeadLetterReason,
        attempts: u32,
        error: Option<String>,
        age: Duration,
    ) -> Self {
        Self { key, event_type, reason, attempts, error, age }
    }
}

/// What happened to an event that was not handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// Its handler failed.
    Failed,
    /// The lease is over, and the worker did not report a result.
    Abandoned,
    /// Its handler committed the inbox's transaction itself. The effect is there, and only a retry by its key runs the handler
    /// again.
    Parked,
}

impl DeadLetterReason {
    /// The reason with this name, as SQL and Redis have it. `None` for any other text.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Failed, Self::Abandoned, Self::Parked].into_iter().find(|reason| reason.as_str() == name)
    }

    /// `failed`, `abandoned` or `parked`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Parked => "parked",
        }
    }
}

/// The kind of error that a handler failed with, such as `TimeoutError`: the name of its class, never its message, which may
/// contain anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerError(String);

impl HandlerError {
    /// At most 255 bytes of the name are kept, without control characters.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self(label(kind))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lets a handler use `?`. Only the type of the error is kept.
impl<E: core::error::Error> From<E> for HandlerError {
    fn from(_: E) -> Self {
        Self::new(core::any::type_name::<E>())
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replied_is_read_back() {
        for claim in [
            Claim::Claimed { attempt: 3 },
            Claim::InProgress { wait: Duration::from_millis(1) },
            Claim::Done,
            Claim::Conflict,
            Claim::Parked,
        ] {
            let (word, number) = claim.reply();
            assert_eq!(Claim::from_reply(word, i64::try_from(number).unwrap()), Some(claim));
        }
    }

    #[test]
    fn a_reply_that_makes_no_sense_claims_nothing() {
        for (word, number) in [("", 0), ("CLAIMED", 1), ("claimed", -1), ("claimed", i64::MAX), ("true", 1)] {
            assert_eq!(Claim::from_reply(word, number), None, "{word} {number}");
        }
        // The lease may have run out while the reply was made.
        assert_eq!(Claim::from_reply("in_progress", -7), Some(Claim::InProgress { wait: Duration::ZERO }));
    }
}
