//! The protocol as Lua scripts for Redis 5 or later, and for compatible servers (Valkey, KeyDB).
//!
//! Each script is one atomic step and takes the time from the server. Run it with `EVALSHA`, or with `EVAL` if the server replies
//! `NOSCRIPT`. Scripts replicate by their effects, so that a replica has the same times.
//!
//! The keys of every script are [the record](super::ClaimPolicy::key) and [the list of open
//! claims](super::ClaimPolicy::open_key), in this order. The head of a script lists its arguments. All of them are text, except
//! the payload, which is raw bytes.

use core::time::Duration;

use super::claim::{Claim, Taken};
use super::fault::{Fault, FaultKind};
use super::repeat::{Operation, Repeat};
use super::reply::Reply;

/// One step on a Redis, as a machine: it asks for a script to be evaluated and is fed the result.
///
/// ```
/// use core::time::Duration;
/// use payvost_webhooks::claims::redis::{Answer, Ask, Program};
/// use payvost_webhooks::claims::{Claim, Operation, Reply};
///
/// let mut program = Program::new(Operation::Claim, 0, Duration::from_secs(2));
/// assert_eq!(program.next(), Some(Ask::EvalSha));
/// program.feed(Answer::Replied { word: Some("claimed"), number: Some(1) }, 1);
/// assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Claimed { attempt: 1 }))));
/// ```
#[derive(Debug, Clone)]
pub struct Program {
    operation: Operation,
    ask: Option<Ask>,
    repeat: Repeat,
    reply: Option<Reply>,
}

/// What to do on the user's own client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Evaluate the script by its hash.
    EvalSha,
    /// Evaluate the script by its text, which the server does not know yet.
    Eval,
    /// Wait without blocking other work, then feed [`Answer::Waited`].
    Wait(Duration),
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// The script replied. The first text and the first number are given, if there are any. For steps that read, the reply itself
    /// is the result.
    Replied {
        /// The first text.
        word: Option<&'a str>,
        /// The first number.
        number: Option<i64>,
    },
    /// The pause is over.
    Waited,
    /// It failed.
    Failed(Fault),
}

impl Program {
    /// A step that begins now and may take `limit`. `now` is in milliseconds, by any clock that is never set back.
    #[must_use]
    pub fn new(operation: Operation, now: u64, limit: Duration) -> Self {
        Self { operation, ask: Some(Ask::EvalSha), repeat: Repeat::new(operation, now, limit), reply: None }
    }

    /// What to do next: the same until the program is fed. `None` when the step is done.
    #[must_use]
    pub const fn next(&self) -> Option<Ask> {
        self.ask
    }

    /// The result of the step, once it is done.
    #[must_use]
    pub const fn reply(&self) -> Option<&Reply> {
        self.reply.as_ref()
    }

    /// Takes the result of what [`next`](Self::next) asked for.
    pub fn feed(&mut self, answer: Answer<'_>, now: u64) {
        self.ask = match (self.ask, answer) {
            (Some(Ask::Wait(_)), _) => Some(Ask::EvalSha),
            (Some(Ask::EvalSha), Answer::Failed(fault)) if fault.kind() == FaultKind::UnknownScript => Some(Ask::Eval),
            (Some(_), Answer::Failed(fault)) => match self.repeat.after(&fault, now) {
                Some(pause) => Some(Ask::Wait(pause)),
                None => self.done(Reply::Failed(fault)),
            },
            (Some(_), Answer::Replied { word, number }) => self.done(self.read(word, number)),
            (ask, _) => ask,
        };
    }

    fn done(&mut self, reply: Reply) -> Option<Ask> {
        self.reply = Some(reply);
        None
    }

    fn read(&self, word: Option<&str>, number: Option<i64>) -> Reply {
        let read = match self.operation {
            Operation::Claim => word.zip(number).and_then(|(word, number)| Claim::from_reply(word, number)).map(Reply::Claim),
            Operation::Take => word.zip(number).and_then(|(word, number)| Taken::from_reply(word, number)).map(Reply::Taken),
            Operation::Delivery | Operation::DeadLetters => Some(Reply::Rows),
            _ => match number {
                Some(1) => Some(Reply::Held(true)),
                Some(0) => Some(Reply::Held(false)),
                _ => None,
            },
        };
        read.unwrap_or_else(|| Reply::Failed(Fault::unknown_reply()))
    }
}

/// The script of a step.
#[must_use]
pub const fn script(operation: Operation) -> &'static str {
    match operation {
        Operation::Claim => CLAIM,
        Operation::Extend => EXTEND,
        Operation::Complete => COMPLETE,
        Operation::Release => RELEASE,
        Operation::Delivery => DELIVERY,
        Operation::DeadLetters => DEAD_LETTERS,
        Operation::Take => TAKE,
        Operation::Discard => DISCARD,
    }
}

/// The arguments of a step's script, in order, with the names that [`sql`](super::sql) uses. If the delivery is not kept,
/// `payload` and `signature` are empty.
#[must_use]
pub const fn parameters(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Claim => &["fingerprint", "token", "lease", "remember", "event_type", "payload", "signature"],
        Operation::Extend => &["token", "lease"],
        Operation::Complete => &["token", "remember"],
        Operation::Release => &["token", "remember", "error"],
        Operation::Delivery => &[],
        Operation::DeadLetters => &["limit"],
        Operation::Take => &["ticket", "token", "lease", "remember"],
        Operation::Discard => &["remember"],
    }
}

/// The scripts, by the name of the step.
pub const SCRIPTS: [(&str, &str); 8] = [
    ("claim", CLAIM),
    ("extend", EXTEND),
    ("complete", COMPLETE),
    ("release", RELEASE),
    ("dead_letters", DEAD_LETTERS),
    ("delivery", DELIVERY),
    ("take", TAKE),
    ("discard", DISCARD),
];

/// Claims: a word and a number, for [`Claim::from_reply`](super::Claim::from_reply).
pub const CLAIM: &str = include_str!("redis/claim.lua");

/// Extends the claim: 1, or 0 if another worker has it.
pub const EXTEND: &str = include_str!("redis/extend.lua");

/// Records that the event is handled: 1, or 0 if another worker has the claim.
pub const COMPLETE: &str = include_str!("redis/complete.lua");

/// Releases the claim: 1, or 0 if another worker has it.
pub const RELEASE: &str = include_str!("redis/release.lua");

/// The events that were claimed and not handled. Each has the key, the type, the reason, the attempts, the error (or an empty
/// text), and the age in milliseconds.
pub const DEAD_LETTERS: &str = include_str!("redis/dead_letters.lua");

/// The delivery that was kept: its payload and its signature, or nothing.
pub const DELIVERY: &str = include_str!("redis/delivery.lua");

/// Takes a claim over from a queue: a word and a number, for [`Taken::from_reply`](super::Taken::from_reply).
pub const TAKE: &str = include_str!("redis/take.lua");

/// Discards a dead letter: 1, or 0 if there is none.
pub const DISCARD: &str = include_str!("redis/discard.lua");

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    fn failed(code: &str) -> Answer<'static> {
        Answer::Failed(Fault::classify("ReplyError", &[code], ""))
    }

    #[test]
    fn a_script_reads_as_many_arguments_as_it_is_given() {
        for operation in Operation::ALL {
            let script = script(operation);
            assert!(SCRIPTS.contains(&(operation.as_str(), script)), "{operation:?}");
            let read = (1..).take_while(|number| script.contains(&std::format!("ARGV[{number}]"))).count();
            assert_eq!(read, parameters(operation).len(), "{operation:?}");
        }
    }

    #[test]
    fn a_script_that_the_server_does_not_know_is_sent_once() {
        let mut program = Program::new(Operation::Complete, 0, LIMIT);
        program.feed(failed("NOSCRIPT"), 1);
        assert_eq!(program.next(), Some(Ask::Eval));
        program.feed(Answer::Replied { word: None, number: Some(1) }, 1);
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Held(true))));
    }

    #[test]
    fn a_completion_outlasts_a_broken_connection() {
        let mut program = Program::new(Operation::Complete, 0, LIMIT);
        for _ in 0..5 {
            program.feed(failed("ECONNRESET"), 1);
            assert!(matches!(program.next(), Some(Ask::Wait(_))));
            program.feed(Answer::Waited, 1);
            assert_eq!(program.next(), Some(Ask::EvalSha));
        }
        program.feed(failed("ECONNRESET"), 2_000);
        assert!(matches!(program.reply(), Some(Reply::Failed(_))));
    }

    #[test]
    fn a_reply_that_makes_no_sense_is_a_fault() {
        for (operation, word, number) in [
            (Operation::Claim, Some("OK"), None),
            (Operation::Claim, None, Some(1)),
            (Operation::Complete, None, Some(2)),
            (Operation::Release, Some("OK"), None),
        ] {
            let mut program = Program::new(operation, 0, LIMIT);
            program.feed(Answer::Replied { word, number }, 1);
            assert_eq!(program.reply(), Some(&Reply::Failed(Fault::unknown_reply())), "{operation:?} {word:?} {number:?}");
        }
    }
}
