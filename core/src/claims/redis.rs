//! The protocol as Lua scripts for Redis 5 or later, and for compatible servers (Valkey, KeyDB).
//!
//! Each script is one atomic step and takes the time from the server. Run it with `EVALSHA`, or with `EVAL` if the server replies
//! `NOSCRIPT`. Scripts replicate by their effects, so that a replica has the same times.
//!
//! The keys of every script are [the record](super::ClaimPolicy::key) and [the list of open
//! claims](super::ClaimPolicy::open_key), in this order. The head of a script lists its arguments. All of them are text, except
//! the payload, which is raw bytes.
//!
//! On a Redis Cluster, the list of open claims is split by hash slot, so that a script uses keys of one slot: see [`Place`].

mod cluster;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::claim::{Claim, Taken};
use super::fault::{Fault, FaultKind};
use super::repeat::{Operation, Repeat};
use super::reply::Reply;

pub use self::cluster::cluster_open_key;

/// One step on a Redis, as a machine: it asks for a script to be evaluated and is fed the result.
///
/// ```
/// use core::time::Duration;
/// use payvost_webhooks::claims::redis::{Answer, Ask, Program};
/// use payvost_webhooks::claims::{Claim, Operation, Reply};
///
/// let mut program = Program::new(Operation::Claim, 0, Duration::from_secs(2));
/// assert_eq!(program.next(), Some(Ask::EvalSha));
/// program.feed(Answer::Replied { word: None, number: Some(1) }, 1);
/// assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Claimed { attempt: 1 }))));
/// ```
#[derive(Debug, Clone)]
pub struct Program {
    operation: Operation,
    ask: Option<Ask>,
    repeat: Repeat,
    reply: Option<Reply>,
    /// On a cluster: the first slot whose list is not read yet.
    slot: Option<u16>,
}

/// The keys of a script, and on a cluster the lists that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The record, and the list of open claims.
    pub keys: [String; 2],
    /// The argument `lists` of [`Operation::DeadLetters`]: the names of lists, separated by spaces. Empty for every other step, and if there is
    /// only one list.
    pub lists: String,
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
        Self { operation, ask: Some(Ask::EvalSha), repeat: Repeat::new(operation, now, limit), reply: None, slot: None }
    }

    /// The same step on a Redis Cluster, whose records each have a list of open claims in their own hash slot.
    ///
    /// [`Operation::DeadLetters`] then asks for its script several times, in each [`place`](Self::place) where there are lists. The host puts the
    /// rows of all replies together, those with the greatest age first, and drops what is over the limit.
    #[must_use]
    pub const fn on_cluster(mut self) -> Self {
        self.slot = Some(0);
        self
    }

    /// The keys of the script that [`next`](Self::next) asks for. `key` is that of the record, and `open_key` [that of the
    /// policy](super::ClaimPolicy::open_key), whatever the server.
    ///
    /// ```
    /// use core::time::Duration;
    /// use payvost_webhooks::claims::Operation;
    /// use payvost_webhooks::claims::redis::Program;
    ///
    /// let program = Program::new(Operation::Claim, 0, Duration::from_secs(2));
    /// assert_eq!(program.place("webhook:evt_1", "webhook-open").keys, ["webhook:evt_1", "webhook-open"]);
    /// let program = program.on_cluster();
    /// assert_eq!(program.place("webhook:evt_1", "webhook-open").keys, ["webhook:evt_1", "webhook-open:{ANLH}"]);
    /// ```
    #[must_use]
    pub fn place(&self, key: &str, open_key: &str) -> Place {
        let list = match (self.operation, self.slot) {
            (Operation::DeadLetters, Some(slot)) => {
                let lists: Vec<String> = (slot..cluster::SLOTS).take(LISTS).map(|slot| cluster::list(open_key, slot)).collect();
                let first = cluster::list(open_key, slot);
                return Place { keys: [first.clone(), first], lists: lists.join(" ") };
            }
            (_, Some(_)) => cluster_open_key(open_key, key),
            (_, None) => open_key.to_owned(),
        };
        Place { keys: [key.to_owned(), list], lists: String::new() }
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
            (Some(_), Answer::Replied { number, .. }) if self.slot.is_some() && self.operation == Operation::DeadLetters => {
                self.walk(number)
            }
            (Some(_), Answer::Replied { word, number }) => self.done(self.read(word, number)),
            (ask, _) => ask,
        };
    }

    /// Goes on to the slot after those whose lists have been read.
    fn walk(&mut self, lists: Option<i64>) -> Option<Ask> {
        let read = lists.and_then(|lists| u16::try_from(lists).ok()).filter(|lists| (1..=cluster::SLOTS).contains(lists));
        let Some(read) = read else { return self.done(Reply::Failed(Fault::unknown_reply())) };
        let next = self.slot.unwrap_or_default().saturating_add(read);
        self.slot = Some(next);
        if next < cluster::SLOTS { Some(Ask::EvalSha) } else { self.done(Reply::Rows) }
    }

    fn done(&mut self, reply: Reply) -> Option<Ask> {
        self.reply = Some(reply);
        None
    }

    fn read(&self, word: Option<&str>, number: Option<i64>) -> Reply {
        let read = match self.operation {
            Operation::Claim => number.and_then(claim_of).map(Reply::Claim),
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

/// A claim from the number that its script returns, which clients read faster than a word and a number.
fn claim_of(number: i64) -> Option<Claim> {
    match number {
        ..=-2 => Claim::from_reply("in_progress", (-1_i64).checked_sub(number)?),
        -1 => Claim::from_reply("conflict", 0),
        0 => Claim::from_reply("done", 0),
        1.. => Claim::from_reply("claimed", number),
    }
}

/// How many lists one call of a script reads at most, so that it does not keep a server busy for long.
const LISTS: usize = 1024;

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
/// `payload` and `signature` are empty; [`Place`] has the `lists`.
#[must_use]
pub const fn parameters(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Claim => &["fingerprint", "token", "lease", "remember", "event_type", "payload", "signature"],
        Operation::Extend => &["token", "lease"],
        Operation::Complete => &["token", "remember"],
        Operation::Release => &["token", "remember", "error"],
        Operation::Delivery => &[],
        Operation::DeadLetters => &["limit", "lists"],
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

/// Claims: a number for the [`Program`], as the head of the script says.
pub const CLAIM: &str = include_str!("redis/claim.lua");

/// Extends the claim: 1, or 0 if another worker has it.
pub const EXTEND: &str = include_str!("redis/extend.lua");

/// Records that the event is handled: 1, or 0 if another worker has the claim.
pub const COMPLETE: &str = include_str!("redis/complete.lua");

/// Releases the claim: 1, or 0 if another worker has it.
pub const RELEASE: &str = include_str!("redis/release.lua");

/// The events that were claimed and not handled. Each has the key, the type, the reason, the attempts, the error (or an empty
/// text), and the age in milliseconds. If there are `lists`, they are followed by the number of those that were read: the script ends where
/// another node of the cluster has the next one.
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
    fn on_a_cluster_every_list_is_read_once() {
        let mut program = Program::new(Operation::DeadLetters, 0, LIMIT).on_cluster();
        let mut seen = std::collections::BTreeSet::new();
        // Nodes have ranges of slots, and a script ends with its node's.
        for read in [1000, 1024, 1, 1024].into_iter().cycle() {
            let place = program.place("", "webhook-open");
            let lists: Vec<&str> = place.lists.split(' ').collect();
            assert_eq!((place.keys[0].as_str(), &place.keys[0]), (lists[0], &place.keys[1]));
            let read = read.min(lists.len());
            seen.extend(lists[..read].iter().map(|list| (*list).to_owned()));
            program.feed(Answer::Replied { word: None, number: i64::try_from(read).ok() }, 1);
            if program.next().is_none() {
                break;
            }
            assert_eq!(program.next(), Some(Ask::EvalSha));
        }
        assert_eq!((program.reply(), seen.len()), (Some(&Reply::Rows), 16_384));
    }

    #[test]
    fn a_walk_that_does_not_go_on_is_a_fault() {
        for number in [None, Some(0), Some(-1), Some(16_385)] {
            let mut program = Program::new(Operation::DeadLetters, 0, LIMIT).on_cluster();
            program.feed(Answer::Replied { word: None, number }, 1);
            assert_eq!(program.reply(), Some(&Reply::Failed(Fault::unknown_reply())), "{number:?}");
        }
    }

    #[test]
    fn what_a_cluster_refuses_for_a_moment_is_tried_again() {
        for operation in Operation::ALL {
            for code in ["MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "READONLY"] {
                let mut program = Program::new(operation, 0, LIMIT).on_cluster();
                program.feed(failed(code), 1);
                assert!(matches!(program.next(), Some(Ask::Wait(_))), "{operation:?} {code}");
                program.feed(Answer::Waited, 1);
                program.feed(failed(code), 2_000);
                assert!(matches!(program.reply(), Some(Reply::Failed(fault)) if fault.code() == code), "{operation:?} {code}");
            }
        }
        let mut program = Program::new(Operation::Claim, 0, LIMIT);
        program.feed(failed("CROSSSLOT"), 1);
        assert!(matches!(program.reply(), Some(Reply::Failed(_))), "no pause makes that work");
    }

    #[test]
    fn a_reply_that_makes_no_sense_is_a_fault() {
        for (operation, word, number) in [
            (Operation::Claim, Some("OK"), None),
            (Operation::Claim, None, Some(i64::MAX)),
            (Operation::Complete, None, Some(2)),
            (Operation::Release, Some("OK"), None),
        ] {
            let mut program = Program::new(operation, 0, LIMIT);
            program.feed(Answer::Replied { word, number }, 1);
            assert_eq!(program.reply(), Some(&Reply::Failed(Fault::unknown_reply())), "{operation:?} {word:?} {number:?}");
        }
    }
}
