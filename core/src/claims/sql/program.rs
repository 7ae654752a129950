//! Which statement comes next, what its rows mean, and when to try again.

use core::time::Duration;

use super::dialect::Dialect;
use super::row::{self, Claimant, Known};
use crate::claims::claim::{Claim, Completion, Taken};
use crate::claims::fault::{Fault, FaultKind};
use crate::claims::repeat::{Operation, Repeat};
use crate::claims::reply::Reply;

/// A piece of work on a table of claims, as a machine: it asks for one step on the user's own connection at a time and is fed the
/// result. It holds no connection, reads no clock and never waits.
///
/// ```
/// use core::time::Duration;
/// use payvost_webhooks::claims::sql::{Answer, Ask, Dialect, Program, Ran, Work};
/// use payvost_webhooks::claims::{Claim, Reply};
///
/// let work = Work::Claim { retry: false };
/// let mut program = Program::new(Dialect::Postgres, true, work, 0, Duration::from_secs(2)).claiming("token", "fingerprint");
/// assert_eq!(program.next(), Some(Ask::Open));
/// program.feed(Answer::Done, 1);
/// assert_eq!(program.next(), Some(Ask::Run("claim")));
/// let row = Some("claimed 1 60000 86400000 fingerprint token");
/// program.feed(Answer::Ran(Ran { rows: 1, word: row, number: None, changed: 1 }), 2);
/// assert_eq!(program.next(), Some(Ask::Close { broken: false }));
/// program.feed(Answer::Done, 2);
/// assert_eq!(program.next(), None);
/// assert_eq!(program.reply(), Some(&Reply::Claim(Claim::Claimed { attempt: 1 })));
/// ```
#[derive(Debug, Clone)]
pub struct Program {
    dialect: Dialect,
    autocommits: bool,
    work: Work,
    stage: Stage,
    repeat: Repeat,
    connection: Connection,
    reply: Option<Reply>,
    pause: Option<Duration>,
    /// How many rows are deleted, or objects created.
    count: u64,
    /// The handler has ended the transaction of its claim, so the next steps can be repeated.
    handler_ended: bool,
    /// Whether the inbox's attempt still has to be noted.
    to_note: bool,
    /// Whether it is noted, so that the row is there.
    noted: bool,
    claimant: Claimant,
    asked: Asked,
    transactions: Transactions,
}

/// What has been asked in this transaction. Each asks once.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    /// To insert the row of an event that is not known.
    first: bool,
    /// To change the row of an event that nobody has.
    again: bool,
}

/// Who begins and ends the transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transactions {
    /// This program, on a connection of its own.
    Own,
    /// The host, as a whole: a transaction comes with its connection, and they end together.
    Hosts,
    /// As `Hosts`, but the caller has opened the first one already.
    Callers,
}

/// The work to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// Create the table and its indexes. Creating them again, or from two processes at once, is harmless.
    CreateTable,
    /// Claim an event for a lease; with `retry`, also a parked one.
    Claim {
        /// Whether this event was requested by its key.
        retry: bool,
    },
    /// Extend, complete or release a lease, or read something.
    Step(Operation),
    /// Delete expired rows in batches until a batch is not full. Each batch is a transaction.
    Forget {
        /// The number of rows per batch, at least 1.
        batch: u64,
        /// How long to wait between two batches.
        pause: Duration,
    },
    /// Begin the transaction of an inbox with a claim. The connection is kept if the event is claimed.
    Enter {
        /// As for [`Claim`](Self::Claim).
        retry: bool,
    },
    /// Complete the claim of an inbox and commit, unless the handler has ended the transaction itself.
    Leave,
    /// Roll the inbox's transaction back, and record in another one that the handler failed.
    Fail,
    /// Ask whether the transaction of an inbox still holds its claim.
    Renew,
    /// Roll the inbox's transaction back and record nothing: the worker is being stopped.
    Abandon,
}

/// A step on the user's connection.
///
/// [`in_transactions`](Program::in_transactions) and [`joining`](Program::joining) change what some of them mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Open a connection, or take one from the pool.
    Open,
    /// Begin a transaction, with the statement `begin` or the driver's own method. For SQLite it has to be `BEGIN IMMEDIATE`.
    Begin,
    /// Run the statement with this name. Do not prepare a statement without parameters: MySQL refuses to prepare some.
    Run(&'static str),
    /// Commit.
    Commit,
    /// Roll back. A failure only matters if the connection is used again.
    Rollback,
    /// Close the connection or return it to the pool. The pool must not reuse a broken one.
    Close {
        /// Whether the connection can no longer be used.
        broken: bool,
    },
    /// Wait without blocking other work.
    Wait(Duration),
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It is done.
    Done,
    /// A statement was run.
    Ran(Ran<'a>),
    /// It failed.
    Failed(Fault),
}

/// The result of a statement: the number of rows, the first text and number in the first row, and how many rows changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran<'a> {
    /// How many rows it returned.
    pub rows: u64,
    /// The first column of the first row, if that is text.
    pub word: Option<&'a str>,
    /// The first number in the first row.
    pub number: Option<i64>,
    /// How many rows it changed; 0 if the driver does not know.
    pub changed: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Connection {
    open: bool,
    broken: bool,
    in_transaction: bool,
    /// A lock that belongs to the session, and does not end with the transaction.
    locked: bool,
}

/// The end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Rollback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Begin,
    Lock,
    /// Lock and claim in one.
    Enter,
    Unpark,
    Note,
    NoteAgain,
    Claim,
    ClaimAgain,
    ClaimReply,
    /// What is known of an event whose lock another worker has.
    Peek,
    Savepoint,
    ReleaseSavepoint,
    /// Whether the transaction is still the one that has claimed.
    Entered,
    Change(&'static str),
    ChangeReply(&'static str),
    Only(&'static str),
    Create,
    /// Whether the claim outlived the transaction: then the transaction was committed.
    Check,
    Park,
    Commit,
    /// Whether a commit whose response was lost has happened.
    Confirm,
    Rollback,
    Unlock,
    /// The connection goes with the transaction, so the lock is released before its end.
    UnlockBefore(End),
    Close,
    Wait,
    Done,
}

impl Program {
    /// A program for work that opens its own connection. An inbox continues with [`then`](Self::then).
    ///
    /// `autocommits` says whether a statement outside a transaction commits by itself, so that a single statement needs no
    /// transaction. `now` is in milliseconds, by any clock that is never set back; `limit` is how long the work may be repeated.
    #[must_use]
    pub fn new(dialect: Dialect, autocommits: bool, work: Work, now: u64, limit: Duration) -> Self {
        Self {
            dialect,
            autocommits,
            work,
            stage: Stage::Open,
            repeat: Repeat::new(work.operation(), now, limit),
            connection: Connection::default(),
            reply: None,
            pause: None,
            count: 0,
            handler_ended: false,
            to_note: false,
            noted: false,
            claimant: Claimant::default(),
            asked: Asked::default(),
            transactions: Transactions::Own,
        }
    }

    /// Sets who claims what, for [`Work::Claim`] and [`Work::Enter`]: the values of the parameters `token` and `fingerprint`. Without
    /// them, nothing can be claimed.
    #[must_use]
    pub fn claiming(self, token: &str, fingerprint: &str) -> Self {
        Self { claimant: Claimant::new(token, fingerprint), ..self }
    }

    /// For the transactions of an ORM or a framework, which the host begins and ends as a whole. [`Ask::Open`] begins such a
    /// transaction, on any connection. [`Ask::Begin`] is not asked. [`Ask::Commit`] and [`Ask::Rollback`] end the transaction and
    /// return its connection; [`Ask::Close`] is only asked for a broken one. More work begins with another `Open`.
    #[must_use]
    pub fn in_transactions(self) -> Self {
        Self { transactions: Transactions::Hosts, ..self }
    }

    /// As [`in_transactions`](Self::in_transactions), for a transaction that the caller has opened already, with this dialect, and
    /// in which [`Work::Enter`] claims first. Feed [`Ask::Commit`] once the caller has reported its commit, and [`Ask::Rollback`]
    /// once it has rolled back.
    ///
    /// The claim is tried once, and no attempt is noted. If the event is not claimed, the caller's transaction is left as it is; after
    /// a fault the caller has to roll it back. What has to be recorded when it is over, such as the failure of the handler, needs
    /// another transaction: an [`Ask::Open`].
    ///
    /// ```
    /// use core::time::Duration;
    /// use payvost_webhooks::claims::sql::{Answer, Ask, Dialect, Program, Ran, Work};
    ///
    /// let mut program = Program::new(Dialect::Sqlite, false, Work::Enter { retry: false }, 0, Duration::from_secs(2)).joining();
    /// program = program.claiming("token", "fingerprint");
    /// assert_eq!(program.next(), Some(Ask::Run("claim")));
    /// let row = Some("claimed 1 60000 86400000 fingerprint token");
    /// program.feed(Answer::Ran(Ran { rows: 1, word: row, number: None, changed: 1 }), 2);
    /// assert_eq!(program.next(), Some(Ask::Run("savepoint")));
    /// program.feed(Answer::Done, 2);
    /// // The handler has run.
    /// program.then(Work::Leave, 9, Duration::from_secs(2));
    /// assert_eq!(program.next(), Some(Ask::Run("release_savepoint")));
    /// program.feed(Answer::Done, 9);
    /// assert_eq!(program.next(), Some(Ask::Run("complete")));
    /// program.feed(Answer::Ran(Ran { changed: 1, ..Ran::default() }), 9);
    /// // The caller commits.
    /// assert_eq!(program.next(), Some(Ask::Commit));
    /// program.feed(Answer::Done, 10);
    /// assert_eq!(program.next(), None);
    /// ```
    #[must_use]
    pub fn joining(self) -> Self {
        let mut program = Self { transactions: Transactions::Callers, to_note: false, ..self };
        program.connection = program.opened();
        program.stage = program.first();
        program
    }

    /// Makes an inbox note the attempt in a short transaction before it claims, so that an event whose workers all die leaves a
    /// dead letter. The note is not a lease and blocks no claim. An inbox that joins the caller's transaction notes nothing.
    #[must_use]
    pub fn noting_attempts(self) -> Self {
        Self { to_note: self.transactions != Transactions::Callers, ..self }
    }

    /// Sets the dialect of the connection that was just opened and whether it commits by itself, for a host that learns this from
    /// the connection. Call it before you answer [`Ask::Open`].
    pub const fn connected(&mut self, dialect: Dialect, autocommits: bool) {
        (self.dialect, self.autocommits) = (dialect, autocommits);
    }

    /// Continues with more work on the connection that this program kept: for an inbox whose [`Work::Enter`] ended with a claim.
    pub fn then(&mut self, work: Work, now: u64, limit: Duration) {
        (self.work, self.repeat, self.reply, self.pause) = (work, Repeat::new(work.operation(), now, limit), None, None);
        // Whether the handler ended the transaction before is known already.
        self.handler_ended = false;
        self.stage = match work {
            _ if !self.connection.open => Stage::Open,
            // Whether the handler has ended the transaction itself, its own number tells, or the savepoint.
            Work::Leave if self.enters() => Stage::Change("leave"),
            Work::Leave => Stage::ReleaseSavepoint,
            Work::Renew => Stage::ChangeReply("extend_reply"),
            Work::Fail if self.connection.in_transaction && self.enters() => Stage::Entered,
            Work::Fail if self.connection.in_transaction => Stage::ReleaseSavepoint,
            Work::Fail => Stage::Begin,
            _ => self.winding_down(),
        };
        self.stage = self.unlocking(self.stage);
        if matches!(work, Work::Abandon) && self.connection.open {
            self.reply = Some(Reply::Held(false));
        }
    }

    /// The next step. `None` when the work is done; then [`reply`](Self::reply) has the result.
    #[must_use]
    pub fn next(&self) -> Option<Ask> {
        Some(match self.stage {
            Stage::Open => Ask::Open,
            Stage::Begin => Ask::Begin,
            Stage::Lock => Ask::Run("lock"),
            Stage::Enter => Ask::Run("enter"),
            Stage::Unpark => Ask::Run("unpark"),
            Stage::Note => Ask::Run("note"),
            Stage::NoteAgain => Ask::Run("note_again"),
            Stage::Claim => Ask::Run("claim"),
            Stage::ClaimAgain => Ask::Run("claim_again"),
            Stage::ClaimReply | Stage::Peek => Ask::Run("claim_reply"),
            Stage::Savepoint => Ask::Run("savepoint"),
            Stage::ReleaseSavepoint => Ask::Run("release_savepoint"),
            Stage::Entered => Ask::Run("entered"),
            Stage::Change(name) | Stage::ChangeReply(name) | Stage::Only(name) => Ask::Run(name),
            Stage::Create => Ask::Run(self.to_create().unwrap_or("create_table")),
            Stage::Check => Ask::Run("extend_reply"),
            Stage::Park => Ask::Run("park"),
            Stage::Confirm => Ask::Run("complete_reply"),
            Stage::Commit => Ask::Commit,
            Stage::Rollback => Ask::Rollback,
            Stage::Unlock | Stage::UnlockBefore(_) => Ask::Run("unlock"),
            Stage::Close => Ask::Close { broken: self.connection.broken },
            Stage::Wait => Ask::Wait(self.pause.unwrap_or_default()),
            Stage::Done => return None,
        })
    }

    /// The result of the work, once it is done.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        if self.stage == Stage::Done { self.reply.as_ref() } else { None }
    }

    /// Whether the connection stays with this program: an inbox has claimed an event.
    #[must_use]
    pub fn keeps_connection(&self) -> bool {
        self.connection.open
    }

    /// Takes the result of the step that [`next`](Self::next) asked for. `now` is by the clock of [`new`](Self::new).
    pub fn feed(&mut self, answer: Answer<'_>, now: u64) {
        let stage = match answer {
            Answer::Failed(fault) => self.failed(fault, now),
            Answer::Done => self.done(Ran::default()),
            Answer::Ran(ran) => self.done(ran),
        };
        self.stage = self.unlocking(stage);
    }

    /// The connection of a new transaction.
    fn opened(&self) -> Connection {
        Connection { open: true, in_transaction: self.transactions != Transactions::Own, ..Connection::default() }
    }

    /// A lock of the session is released before the connection goes with the transaction. Then another worker may wait for the
    /// commit, but no pooled connection keeps the lock.
    const fn unlocking(&self, stage: Stage) -> Stage {
        match stage {
            _ if matches!(self.transactions, Transactions::Own) || !self.connection.locked || self.connection.broken => stage,
            Stage::Commit => Stage::UnlockBefore(End::Commit),
            Stage::Rollback => Stage::UnlockBefore(End::Rollback),
            _ => stage,
        }
    }

    /// The transaction has ended.
    fn transaction_over(&mut self) {
        match self.transactions {
            Transactions::Own => self.connection.in_transaction = false,
            Transactions::Hosts | Transactions::Callers => self.connection = Connection::default(),
        }
    }

    fn done(&mut self, ran: Ran<'_>) -> Stage {
        match self.stage {
            Stage::Open => {
                self.connection = self.opened();
                if self.is_confirming() { Stage::Confirm } else { self.first() }
            }
            Stage::Begin => {
                self.connection.in_transaction = true;
                self.first_statement()
            }
            Stage::Lock => {
                let held = ran.number == Some(1);
                self.connection.locked = held && self.dialect.unlocks();
                match self.work {
                    _ if held => self.claim_first(),
                    Work::Enter { .. } => Stage::Peek,
                    _ => self.claimed(Claim::InProgress { wait: Duration::ZERO }),
                }
            }
            // The worker that has the lock may only be finding out that the event is done. Then this delivery is a duplicate too, and
            // the provider need not send it again.
            Stage::Peek => self.peeked(ran),
            // Another worker has the lock.
            Stage::Enter if ran.number != Some(1) => self.peeked(ran),
            // The row is there.
            Stage::Unpark => Stage::ClaimAgain,
            Stage::Note if ran.changed == 0 => Stage::NoteAgain,
            Stage::Note | Stage::NoteAgain => {
                (self.to_note, self.noted) = (false, true);
                Stage::Commit
            }
            Stage::Enter | Stage::Claim | Stage::ClaimAgain | Stage::ClaimReply => self.told(ran),
            Stage::Savepoint => Stage::Done,
            Stage::Entered if ran.rows > 0 => Stage::Rollback,
            Stage::Entered => self.ended_by_handler(),
            Stage::Change("leave") if ran.rows == 0 => self.ended_by_handler(),
            Stage::Change("leave") => self.held(true),
            Stage::ReleaseSavepoint if self.work == Work::Fail => Stage::Rollback,
            Stage::ReleaseSavepoint => Stage::Change("complete"),
            // The row has the attempt.
            Stage::Change("take") => Stage::ChangeReply("take_reply"),
            Stage::Change("discard") => self.held(ran.changed > 0),
            Stage::Change(_) if ran.changed > 0 => self.held(true),
            Stage::Change(name) => Stage::ChangeReply(reply_to(name)),
            Stage::ChangeReply(_) if self.work == Work::Renew => {
                self.reply = Some(Reply::Held(ran.rows > 0));
                Stage::Done
            }
            Stage::ChangeReply("take_reply") => {
                let taken = ran.word.zip(ran.number).and_then(|(word, number)| Taken::from_reply(word, number));
                let taken = if ran.rows == 0 { Some(Taken::Lost) } else { taken };
                self.committed(taken.map_or_else(|| Reply::Failed(Fault::unknown_reply()), Reply::Taken))
            }
            Stage::ChangeReply(_) => self.held(ran.rows > 0),
            Stage::Only(_) => {
                self.count = self.count.saturating_add(ran.changed);
                let reply = match self.work {
                    Work::Forget { batch, pause } if ran.changed >= batch => {
                        self.pause = Some(pause);
                        Reply::Count(self.count)
                    }
                    Work::Forget { .. } => Reply::Count(self.count),
                    _ => Reply::Rows,
                };
                self.committed(reply)
            }
            Stage::Create => {
                self.count = self.count.saturating_add(1);
                self.committed(Reply::Created)
            }
            Stage::Check if ran.rows > 0 => Stage::Park,
            Stage::Check if self.work == Work::Fail => {
                self.handler_ended = false;
                self.first_statement()
            }
            Stage::Check => {
                self.reply = Some(Reply::Completion(Completion::RolledBack));
                if self.connection.in_transaction { Stage::Rollback } else { Stage::Done }
            }
            Stage::Park if self.work == Work::Fail => self.committed(Reply::Held(true)),
            Stage::Park => self.committed(Reply::Completion(Completion::Committed)),
            Stage::Confirm => {
                if ran.rows > 0 {
                    self.reply = Some(Reply::Completion(Completion::Completed));
                }
                self.winding_down()
            }
            Stage::Commit => {
                self.transaction_over();
                self.after_transaction()
            }
            Stage::Rollback => {
                self.transaction_over();
                self.after_rollback()
            }
            Stage::Unlock => {
                self.connection.locked = false;
                self.winding_down()
            }
            Stage::UnlockBefore(end) => {
                self.connection.locked = false;
                end.stage()
            }
            Stage::Close => {
                self.connection = Connection::default();
                if self.pause.is_some() { Stage::Wait } else { self.ended() }
            }
            Stage::Wait => {
                self.pause = None;
                match self.connection {
                    Connection { open: false, .. } => Stage::Open,
                    Connection { in_transaction: true, .. } => Stage::Commit,
                    Connection { .. } => self.first(),
                }
            }
            Stage::Done => Stage::Done,
        }
    }

    fn failed(&mut self, fault: Fault, now: u64) -> Stage {
        let gone = matches!(fault.kind(), FaultKind::Interrupted | FaultKind::Unreachable | FaultKind::Late);
        match self.stage {
            // The transaction or lock ends anyway, at the latest with its connection.
            Stage::Close => {
                self.connection = Connection::default();
                return if self.pause.is_some() { Stage::Wait } else { self.ended() };
            }
            Stage::UnlockBefore(end) => {
                (self.connection.locked, self.connection.broken) = (false, self.connection.broken | gone);
                return end.stage();
            }
            Stage::Unlock if self.transactions == Transactions::Callers => {
                self.connection.locked = false;
                return self.winding_down();
            }
            Stage::Rollback | Stage::Unlock => {
                self.connection.broken = true;
                // The rest of the work needs another connection.
                if self.reply.is_none() {
                    self.pause = self.pause.or(Some(Duration::ZERO));
                }
                return Stage::Close;
            }
            Stage::Wait | Stage::Done => return self.stage,
            // Another process has just created it. PostgreSQL accepts nothing more in this transaction.
            Stage::Create if fault.kind() == FaultKind::AlreadyExists => {
                self.count = self.count.saturating_add(1);
                return self.replied(Reply::Created);
            }
            // A reader is in the way, and the transaction is as it was (SQLite, "COMMIT TRANSACTION").
            Stage::Commit if fault.kind() == FaultKind::Conflict && self.dialect == Dialect::Sqlite && self.pause.is_none() => {
                self.pause = self.repeat.after(&fault, now);
                if self.pause.is_some() {
                    return Stage::Wait;
                }
            }
            Stage::ReleaseSavepoint if fault.kind() == FaultKind::TransactionEnded => return self.ended_by_handler(),
            // It is rolled back in any case. Another connection looks up whether the broken one had committed before.
            Stage::ReleaseSavepoint | Stage::Entered if self.work == Work::Fail => {
                (self.connection.broken, self.handler_ended) = (self.connection.broken | gone, gone);
                return Stage::Rollback;
            }
            Stage::ReleaseSavepoint | Stage::Change("leave") if fault.kind() == FaultKind::TransactionAborted => {
                self.reply = Some(Reply::Completion(Completion::Aborted));
                return Stage::Rollback;
            }
            _ => {}
        }
        if self.stage == Stage::Commit && self.work == Work::Leave && gone && fault.kind() != FaultKind::Late {
            // The commit may have happened. The claim will show it once the store can be reached again.
            (self.connection.broken, self.reply) = (true, Some(Reply::Failed(fault)));
            self.pause = Some(Duration::ZERO);
            return Stage::Close;
        }
        if matches!(self.stage, Stage::Confirm) || (self.stage == Stage::Open && self.is_confirming()) {
            self.connection.broken |= gone;
            return self.winding_down();
        }
        self.connection.broken |= gone;
        // Once a handler has written in the transaction, only the provider can retry.
        let is_handlers = matches!(self.work, Work::Leave | Work::Renew) && !self.handler_ended;
        let is_handlers = is_handlers || self.is_entering_callers();
        self.pause = if is_handlers { None } else { self.repeat.after(&fault, now) };
        if self.pause.is_none() {
            self.reply = Some(Reply::Failed(fault));
            if self.work == Work::Renew && !self.connection.broken {
                return Stage::Done;
            }
        }
        self.winding_down()
    }

    /// The first stage on a new connection.
    fn first(&mut self) -> Stage {
        match self.work {
            _ if !self.connection.open => Stage::Open,
            _ if self.connection.in_transaction => self.first_statement(),
            Work::Claim { .. } | Work::Step(_) | Work::Forget { .. } if self.autocommits => self.first_statement(),
            _ => Stage::Begin,
        }
    }

    fn first_statement(&mut self) -> Stage {
        match self.work {
            Work::CreateTable => Stage::Create,
            // The handler's committed effect must not be repeated.
            Work::Fail if self.handler_ended => Stage::Check,
            Work::Enter { retry: false } if self.dialect.enters() && !self.to_note && !self.noted => {
                self.asked = Asked::default();
                Stage::Enter
            }
            Work::Enter { .. } | Work::Fail if self.dialect.locks() && !self.connection.locked => Stage::Lock,
            Work::Claim { .. } | Work::Enter { .. } | Work::Fail => self.claim_first(),
            Work::Step(Operation::Complete) => Stage::Change("complete"),
            Work::Step(Operation::Release) => Stage::Change("release"),
            Work::Step(Operation::Extend) => Stage::Change("extend"),
            Work::Step(Operation::Take) => Stage::Change("take"),
            Work::Step(Operation::Discard) => Stage::Change("discard"),
            Work::Step(Operation::Delivery) => Stage::Only("delivery"),
            Work::Step(Operation::DeadLetters) => Stage::Only("dead_letters"),
            Work::Step(Operation::Claim) => Stage::Claim,
            Work::Forget { .. } => Stage::Only("forget"),
            // After the handler has ended the transaction.
            Work::Leave => Stage::Check,
            Work::Renew | Work::Abandon => Stage::Done,
        }
    }

    fn claim_first(&mut self) -> Stage {
        self.asked = Asked::default();
        if self.to_note && matches!(self.work, Work::Enter { .. }) {
            return Stage::Note;
        }
        if matches!(self.work, Work::Claim { retry: true } | Work::Enter { retry: true }) {
            Stage::Unpark
        } else if self.noted {
            Stage::ClaimAgain
        } else {
            Stage::Claim
        }
    }

    /// A statement that claims has returned the row. One that returned nothing, or an empty text, may have claimed the event (MySQL's
    /// cannot tell), or has met a row that was not there when it began.
    fn told(&mut self, ran: Ran<'_>) -> Stage {
        match self.stage {
            Stage::Enter | Stage::Claim => self.asked.first = true,
            Stage::ClaimAgain => self.asked.again = true,
            _ => {}
        }
        let row = ran.word.filter(|row| !row.is_empty());
        match row.map(|row| row::read(row, &self.claimant)) {
            Some(Some(Known::Claim(claim))) => self.claimed(claim),
            Some(None) => self.replied(Reply::Failed(Fault::unknown_reply())),
            None if ran.rows > 0 && ran.word.is_none() => self.replied(Reply::Failed(Fault::unknown_reply())),
            None if self.stage != Stage::ClaimReply => Stage::ClaimReply,
            // It was noted or parked, and is forgotten by now.
            None if !self.asked.first => Stage::Claim,
            // Nobody has it. Without a row: a transaction of the caller's began before there was one.
            Some(Some(Known::Open)) | None if !self.asked.again => Stage::ClaimAgain,
            // Another worker is claiming it at this moment.
            Some(Some(Known::Open)) | None => self.claimed(Claim::InProgress { wait: Duration::ZERO }),
        }
    }

    /// What is known of an event that another worker has, or is only finding out that it is done.
    fn peeked(&mut self, ran: Ran<'_>) -> Stage {
        match ran.word.and_then(|row| row::read(row, &self.claimant)) {
            Some(Known::Claim(claim @ (Claim::Done | Claim::Conflict | Claim::Parked))) => self.claimed(claim),
            _ => self.claimed(Claim::InProgress { wait: Duration::ZERO }),
        }
    }

    fn claimed(&mut self, claim: Claim) -> Stage {
        let is_ours = matches!(claim, Claim::Claimed { .. });
        match self.work {
            Work::Enter { .. } if is_ours && self.enters() => {
                self.reply = Some(Reply::Claim(claim));
                Stage::Done
            }
            Work::Enter { .. } if is_ours => {
                self.reply = Some(Reply::Claim(claim));
                Stage::Savepoint
            }
            Work::Fail if is_ours => Stage::Change("release"),
            Work::Fail => self.replied(Reply::Held(false)),
            Work::Enter { .. } => self.replied(Reply::Claim(claim)),
            _ => self.committed(Reply::Claim(claim)),
        }
    }

    fn held(&mut self, held: bool) -> Stage {
        match self.work {
            Work::Leave if held => self.committed(Reply::Completion(Completion::Completed)),
            Work::Leave => {
                self.reply = Some(Reply::Completion(Completion::Lost));
                Stage::Rollback
            }
            _ => self.committed(Reply::Held(held)),
        }
    }

    /// The end of the work, with what was written.
    fn committed(&mut self, reply: Reply) -> Stage {
        self.reply = Some(reply);
        if self.connection.in_transaction { Stage::Commit } else { self.after_transaction() }
    }

    /// The end of the work, without what was written.
    fn replied(&mut self, reply: Reply) -> Stage {
        self.reply = Some(reply);
        self.winding_down()
    }

    fn after_transaction(&mut self) -> Stage {
        match self.work {
            // The next object, or the next batch.
            Work::CreateTable if self.to_create().is_some() => self.first(),
            // The attempt is noted: now the claim.
            Work::Enter { .. } if self.reply.is_none() && self.pause.is_none() => self.first(),
            _ if self.pause.is_some() => Stage::Wait,
            _ => self.winding_down(),
        }
    }

    fn after_rollback(&mut self) -> Stage {
        match (self.work, &self.reply) {
            _ if self.pause.is_some() => Stage::Wait,
            (Work::Fail | Work::Leave, None) => self.first(),
            // The connection is kept: the failure is still to be noted.
            (Work::Leave, Some(Reply::Completion(_))) => Stage::Done,
            (Work::CreateTable, Some(Reply::Created)) if self.to_create().is_some() => self.first(),
            _ => self.winding_down(),
        }
    }

    fn ended_by_handler(&mut self) -> Stage {
        (self.connection.in_transaction, self.handler_ended) = (true, true);
        Stage::Rollback
    }

    /// The statement that creates the next object.
    fn to_create(&self) -> Option<&'static str> {
        self.dialect.creation().get(usize::try_from(self.count).ok()?).copied()
    }

    /// The steps that are left before the work can end or begin again.
    fn winding_down(&mut self) -> Stage {
        if self.is_entering_callers() {
            return self.returning();
        }
        let Connection { open, broken, in_transaction, locked } = self.connection;
        match self.pause {
            _ if !open => self.ended(),
            _ if broken => Stage::Close,
            _ if in_transaction => Stage::Rollback,
            Some(_) => Stage::Wait,
            None if locked => Stage::Unlock,
            None => Stage::Close,
        }
    }

    /// Leaves the caller's transaction as it is.
    fn returning(&mut self) -> Stage {
        if self.connection.locked && !self.connection.broken {
            return Stage::Unlock;
        }
        self.connection = Connection::default();
        Stage::Done
    }

    /// Whether only the answer to a commit is left to look up.
    fn is_confirming(&self) -> bool {
        self.work == Work::Leave && self.reply.is_some()
    }

    /// Whether the transaction's own number tells that it is still the one that has claimed. One of the host's may be nested.
    fn enters(&self) -> bool {
        self.dialect.enters() && self.transactions == Transactions::Own
    }

    fn is_entering_callers(&self) -> bool {
        self.transactions == Transactions::Callers && matches!(self.work, Work::Enter { .. })
    }

    fn ended(&self) -> Stage {
        if self.pause.is_some() { Stage::Wait } else { Stage::Done }
    }
}

impl End {
    const fn stage(self) -> Stage {
        match self {
            Self::Commit => Stage::Commit,
            Self::Rollback => Stage::Rollback,
        }
    }
}

impl Work {
    const fn operation(self) -> Operation {
        match self {
            Self::Step(operation) => operation,
            Self::Claim { .. } | Self::Enter { .. } => Operation::Claim,
            Self::Leave => Operation::Complete,
            Self::Fail | Self::Abandon => Operation::Release,
            Self::Renew => Operation::Extend,
            Self::CreateTable | Self::Forget { .. } => Operation::DeadLetters,
        }
    }
}

fn reply_to(name: &str) -> &'static str {
    match name {
        "complete" => "complete_reply",
        "release" => "release_reply",
        _ => "extend_reply",
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);
    const CLAIMED: Answer<'static> = known("claimed 1 60000 99 ff token");
    const ENTERED: Answer<'static> =
        Answer::Ran(Ran { rows: 1, word: Some("claimed 1 60000 99 ff token"), number: Some(1), changed: 1 });
    const ONE: Answer<'static> = Answer::Ran(Ran { rows: 1, word: None, number: Some(1), changed: 0 });
    const NONE: Answer<'static> = Answer::Ran(Ran { rows: 0, word: None, number: None, changed: 0 });
    const CHANGED: Answer<'static> = Answer::Ran(Ran { rows: 0, word: None, number: None, changed: 1 });

    const fn known(row: &'static str) -> Answer<'static> {
        Answer::Ran(Ran { rows: 1, word: Some(row), number: None, changed: 0 })
    }

    /// A program that claims.
    fn of(dialect: Dialect, work: Work) -> Program {
        Program::new(dialect, true, work, 0, LIMIT).claiming("token", "ff")
    }

    fn failed(code: &str) -> Answer<'static> {
        Answer::Failed(Fault::classify("Error", &[code], ""))
    }

    /// Feeds an answer for every step and returns the steps.
    fn steps(program: &mut Program, answers: &[Answer<'_>]) -> Vec<Ask> {
        let mut steps = Vec::new();
        for answer in answers {
            steps.push(program.next().unwrap());
            program.feed(answer.clone(), 1);
        }
        steps
    }

    fn run(names: &[&'static str]) -> Vec<Ask> {
        names
            .iter()
            .map(|name| match *name {
                "Open" => Ask::Open,
                "Begin" => Ask::Begin,
                "Commit" => Ask::Commit,
                "Rollback" => Ask::Rollback,
                "Close" => Ask::Close { broken: false },
                "Discard" => Ask::Close { broken: true },
                name => Ask::Run(name),
            })
            .collect()
    }

    use Answer::Done;

    fn entered(dialect: Dialect) -> Program {
        let mut program = of(dialect, Work::Enter { retry: false });
        let answers: &[_] = match dialect {
            Dialect::Postgres => &[Done, Done, ENTERED],
            Dialect::MySql => &[Done, Done, ONE, CHANGED, CLAIMED, Done],
            Dialect::Sqlite => &[Done, Done, CLAIMED, Done],
        };
        steps(&mut program, answers);
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Claimed { attempt: 1 }))));
        assert!(program.keeps_connection());
        program
    }

    #[test]
    fn an_inbox_claims_and_completes_in_one_transaction() {
        let mut program = of(Dialect::MySql, Work::Enter { retry: false });
        let asked = steps(&mut program, &[Done, Done, ONE, CHANGED, CLAIMED, Done]);
        assert_eq!(asked, run(&["Open", "Begin", "lock", "claim", "claim_reply", "savepoint"]));
        program.then(Work::Renew, 5, LIMIT);
        assert_eq!(steps(&mut program, &[ONE]), run(&["extend_reply"]));
        assert_eq!(program.reply(), Some(&Reply::Held(true)));
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, CHANGED, Done, ONE, Done]);
        assert_eq!(asked, run(&["release_savepoint", "complete", "Commit", "unlock", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Completed)));
    }

    #[test]
    fn what_a_connection_speaks_decides_from_its_opening_on() {
        let mut program = of(Dialect::Postgres, Work::Enter { retry: false });
        assert_eq!(program.next(), Some(Ask::Open));
        program.connected(Dialect::Sqlite, false);
        assert_eq!(steps(&mut program, &[Done, Done, CLAIMED, Done]), run(&["Open", "Begin", "claim", "savepoint"]));
        let mut program = of(Dialect::Postgres, Work::Claim { retry: false });
        program.connected(Dialect::Postgres, false);
        assert_eq!(steps(&mut program, &[Done, Done, CLAIMED, Done]), run(&["Open", "Begin", "claim", "Commit"]));
    }

    #[test]
    fn an_inbox_notes_the_attempt_before_its_transaction() {
        let mut program = of(Dialect::Postgres, Work::Enter { retry: false }).noting_attempts();
        let asked = steps(&mut program, &[Done, Done, ONE, NONE, CHANGED, Done, Done, ONE, CLAIMED]);
        assert_eq!(asked[..6], run(&["Open", "Begin", "lock", "note", "note_again", "Commit"]));
        assert_eq!(asked[6..], run(&["Begin", "lock", "claim_again"]));
        assert_eq!(program.reply(), Some(&Reply::Claim(Claim::Claimed { attempt: 1 })));
        // A conflict after that does not note it again.
        let mut program = of(Dialect::MySql, Work::Enter { retry: false }).noting_attempts();
        let asked =
            steps(&mut program, &[Done, Done, ONE, CHANGED, Done, Done, failed("1213"), Done, Done, Done, CHANGED, CLAIMED]);
        assert_eq!(asked[..7], run(&["Open", "Begin", "lock", "note", "Commit", "Begin", "claim_again"]));
        assert_eq!(asked[9..], run(&["Begin", "claim_again", "claim_reply"]));
    }

    #[test]
    fn an_event_that_nobody_has_any_more_is_claimed_again() {
        let (open, other) = ("failed 1 -9 99 ff other", "claimed 2 9 99 ff other");
        let begun = || of(Dialect::Postgres, Work::Claim { retry: false });
        let mut program = begun();
        assert_eq!(steps(&mut program, &[Done, known(open), CLAIMED]), run(&["Open", "claim", "claim_again"]));
        // Another worker was faster.
        let mut program = begun();
        let asked = steps(&mut program, &[Done, known(open), NONE, known(other), Done]);
        assert_eq!(asked, run(&["Open", "claim", "claim_again", "claim_reply", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Claim(Claim::InProgress { wait: Duration::from_millis(9) })));
        // The row appeared after the statement had begun, and its lease is over already; or no row is ever seen.
        for row in [known(open), NONE] {
            let mut program = begun();
            let asked = steps(&mut program, &[Done, known(""), row.clone(), NONE, row, Done]);
            assert_eq!(asked, run(&["Open", "claim", "claim_reply", "claim_again", "claim_reply", "Close"]));
            assert_eq!(program.reply(), Some(&Reply::Claim(Claim::InProgress { wait: Duration::ZERO })));
        }
        // A retry by its key, of an event that has been forgotten.
        let mut program = of(Dialect::Postgres, Work::Claim { retry: true });
        let asked = steps(&mut program, &[Done, NONE, NONE, NONE, CLAIMED, Done]);
        assert_eq!(asked, run(&["Open", "unpark", "claim_again", "claim_reply", "claim", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Claim(Claim::Claimed { attempt: 1 })));
    }

    #[test]
    fn a_row_of_another_form_claims_nothing() {
        for answer in [known("claimed"), ONE] {
            let mut program = of(Dialect::Postgres, Work::Claim { retry: false });
            steps(&mut program, &[Done, answer, Done]);
            assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Failed(Fault::unknown_reply()))));
        }
    }

    #[test]
    fn postgres_needs_two_statements_around_a_handler() {
        let mut program = of(Dialect::Postgres, Work::Enter { retry: false });
        assert_eq!(steps(&mut program, &[Done, Done, ENTERED]), run(&["Open", "Begin", "enter"]));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Claimed { attempt: 1 }))));
        program.then(Work::Leave, 9, LIMIT);
        assert_eq!(steps(&mut program, &[ONE, Done, Done]), run(&["leave", "Commit", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Completed)));
        // The handler has committed.
        for (work, step) in [(Work::Leave, "leave"), (Work::Fail, "entered")] {
            let mut program = entered(Dialect::Postgres);
            program.then(work, 9, LIMIT);
            let asked = steps(&mut program, &[NONE, Done, Done, ONE, CHANGED, Done, Done]);
            assert_eq!(asked, run(&[step, "Rollback", "Begin", "extend_reply", "park", "Commit", "Close"]));
        }
        // It has failed; the transaction is the claim's, or aborted.
        for answer in [ONE, failed("25P02")] {
            let mut program = entered(Dialect::Postgres);
            program.then(Work::Fail, 9, LIMIT);
            let asked = steps(&mut program, &[answer, Done, Done, ONE, CLAIMED, CHANGED, Done, Done]);
            let expected = ["entered", "Rollback", "Begin", "lock", "claim", "release", "Commit", "Close"];
            assert_eq!((asked, program.reply()), (run(&expected), Some(&Reply::Held(true))));
        }
        let mut program = entered(Dialect::Postgres);
        program.then(Work::Leave, 9, LIMIT);
        assert_eq!(steps(&mut program, &[failed("25P02"), Done]), run(&["leave", "Rollback"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Aborted)));
        // Another worker has the lock.
        for (row, claim) in
            [("done 1 0 99 ff other", Claim::Done), ("failed 1 0 99 ff other", Claim::InProgress { wait: Duration::ZERO })]
        {
            let mut program = of(Dialect::Postgres, Work::Enter { retry: false });
            let row = Answer::Ran(Ran { rows: 1, word: Some(row), number: Some(0), changed: 0 });
            assert_eq!(
                steps(&mut program, &[Done, Done, row, Done, Done]),
                run(&["Open", "Begin", "enter", "Rollback", "Close"])
            );
            assert_eq!(program.reply(), Some(&Reply::Claim(claim)));
        }
    }

    #[test]
    fn what_another_worker_has_leaves_no_transaction_behind() {
        let mut program = of(Dialect::Postgres, Work::Enter { retry: false });
        let nothing = Answer::Ran(Ran { rows: 1, word: Some(""), number: Some(0), changed: 0 });
        let asked = steps(&mut program, &[Done, Done, nothing, Done, Done]);
        assert_eq!(asked, run(&["Open", "Begin", "enter", "Rollback", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Claim(Claim::InProgress { wait: Duration::ZERO })));
        assert!(!program.keeps_connection());
    }

    /// Two duplicates of an event that is done meet at its lock: neither has to come again.
    #[test]
    fn what_is_done_is_done_while_another_worker_looks_at_it() {
        let [done, conflict, parked] = ["done 1 0 99 ff other", "claimed 1 9 99 00 other", "failed 1 9 99 ff other"];
        for (row, claim) in [(done, Claim::Done), (conflict, Claim::Conflict), (parked, Claim::Parked)] {
            let row = known(row);
            let mut program = of(Dialect::MySql, Work::Enter { retry: false }).noting_attempts();
            let asked = steps(&mut program, &[Done, Done, NONE, row, Done, Done]);
            assert_eq!(asked, run(&["Open", "Begin", "lock", "claim_reply", "Rollback", "Close"]));
            assert_eq!(program.reply(), Some(&Reply::Claim(claim)));
        }
    }

    #[test]
    fn a_handler_that_commits_has_its_event_parked() {
        for code in ["3B001", "25P01", "1305"] {
            let mut program = entered(Dialect::Sqlite);
            program.then(Work::Leave, 9, LIMIT);
            let asked = steps(&mut program, &[failed(code), Done, Done, ONE, CHANGED, Done, Done]);
            assert_eq!(asked, run(&["release_savepoint", "Rollback", "Begin", "extend_reply", "park", "Commit", "Close"]));
            assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Committed)));
        }
    }

    #[test]
    fn a_handler_that_commits_and_fails_has_its_event_parked_too() {
        for (code, rolled_back) in [("3B001", Done), ("1305", Done), ("25P01", Done)] {
            let mut program = entered(Dialect::Sqlite);
            program.then(Work::Fail, 9, LIMIT);
            let asked = steps(&mut program, &[failed(code), rolled_back, Done, ONE, CHANGED, Done, Done]);
            assert_eq!(asked, run(&["release_savepoint", "Rollback", "Begin", "extend_reply", "park", "Commit", "Close"]));
            assert_eq!(program.reply(), Some(&Reply::Held(true)));
        }
        // One that rolled back itself has nothing to park, and neither has one that did neither.
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Fail, 9, LIMIT);
        let asked = steps(&mut program, &[failed("3B001"), Done, Done, NONE, CLAIMED, CHANGED, Done, Done]);
        let mut expected = run(&["release_savepoint", "Rollback", "Begin", "extend_reply", "claim", "release", "Commit"]);
        expected.extend(run(&["Close"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Held(true))));
        for answer in [Done, failed("25P02")] {
            let mut program = entered(Dialect::Sqlite);
            program.then(Work::Fail, 9, LIMIT);
            let asked = steps(&mut program, &[answer, Done, Done, CLAIMED, CHANGED, Done, Done]);
            let expected = ["release_savepoint", "Rollback", "Begin", "claim", "release", "Commit", "Close"];
            assert_eq!((asked, program.reply()), (run(&expected), Some(&Reply::Held(true))));
        }
    }

    /// Then the delivery is answered 503, and the committed claim stays until its lease is over.
    #[test]
    fn parking_that_cannot_be_written_is_a_fault_of_the_store() {
        for work in [Work::Leave, Work::Fail] {
            // The user may not update the table.
            let mut program = entered(Dialect::Sqlite);
            program.then(work, 9, LIMIT);
            let asked = steps(&mut program, &[failed("3B001"), Done, Done, ONE, failed("42501"), Done, Done]);
            assert_eq!(asked, run(&["release_savepoint", "Rollback", "Begin", "extend_reply", "park", "Rollback", "Close"]));
            assert!(matches!(program.reply(), Some(Reply::Failed(fault)) if fault.code() == "42501"), "{program:?}");
            // The database goes away. It is tried again while the time lasts, each time with a check first.
            let mut program = entered(Dialect::Sqlite);
            program.then(work, 0, LIMIT);
            steps(&mut program, &[failed("3B001"), Done]);
            for _ in 0..5 {
                let asked = steps(&mut program, &[Done, ONE, failed("57P01"), Done]);
                assert_eq!(asked, run(&["Begin", "extend_reply", "park", "Discard"]), "{work:?}");
                assert!(matches!(program.next(), Some(Ask::Wait(_))));
                assert_eq!(steps(&mut program, &[Done, Done])[1..], run(&["Open"]));
            }
            steps(&mut program, &[Done, ONE]);
            program.feed(failed("57P01"), 2_100);
            assert_eq!(steps(&mut program, &[Done]), run(&["Discard"]));
            assert!(matches!((program.next(), program.reply()), (None, Some(Reply::Failed(_)))), "{program:?}");
        }
    }

    #[test]
    fn whether_a_connection_that_broke_had_committed_is_looked_up() {
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Fail, 9, LIMIT);
        let gone = || failed("ECONNRESET");
        let asked = steps(&mut program, &[gone(), gone(), Done, Done, Done, Done, ONE, CHANGED, Done, Done]);
        let mut expected = run(&["release_savepoint", "Rollback", "Discard"]);
        expected.push(Ask::Wait(Duration::ZERO));
        expected.extend(run(&["Open", "Begin", "extend_reply", "park", "Commit", "Close"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Held(true))));
    }

    #[test]
    fn a_handler_that_rolls_back_has_its_failure_noted() {
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[failed("3B001"), Done, Done, NONE, Done]);
        assert_eq!(asked, run(&["release_savepoint", "Rollback", "Begin", "extend_reply", "Rollback"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::RolledBack)));
        program.then(Work::Fail, 10, LIMIT);
        let asked = steps(&mut program, &[Done, CLAIMED, CHANGED, Done, Done]);
        assert_eq!(asked, run(&["Begin", "claim", "release", "Commit", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Held(true)));
    }

    #[test]
    fn an_aborted_transaction_is_the_handlers_failure() {
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Leave, 9, LIMIT);
        assert_eq!(steps(&mut program, &[failed("25P02"), Done]), run(&["release_savepoint", "Rollback"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Aborted)));
        assert!(program.keeps_connection());
    }

    #[test]
    fn a_conflict_is_tried_again_from_its_beginning_but_never_after_the_handler() {
        let mut program = of(Dialect::MySql, Work::Enter { retry: false });
        let asked = steps(&mut program, &[Done, Done, ONE, failed("1213"), Done, Done, Done, CHANGED, CLAIMED, Done]);
        let pause = Ask::Wait(Duration::from_millis(2));
        let mut expected = run(&["Open", "Begin", "lock", "claim", "Rollback"]);
        expected.push(pause);
        // The lock belongs to the session.
        expected.extend(run(&["Begin", "claim", "claim_reply", "savepoint"]));
        assert_eq!(asked, expected);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, failed("1213"), Done, ONE, Done]);
        assert_eq!(asked, run(&["release_savepoint", "complete", "Rollback", "unlock", "Close"]));
        assert!(matches!(program.reply(), Some(Reply::Failed(_))));
    }

    #[test]
    fn a_reader_that_is_in_the_way_of_a_commit_is_waited_for() {
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, CHANGED, failed("SQLITE_BUSY"), Done, Done, Done]);
        let mut expected = run(&["release_savepoint", "complete", "Commit"]);
        expected.push(Ask::Wait(Duration::from_millis(2)));
        expected.extend(run(&["Commit", "Close"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Completion(Completion::Completed))));
        let mut program = entered(Dialect::Sqlite);
        program.then(Work::Leave, 9, LIMIT);
        assert_eq!(steps(&mut program, &[Done, CHANGED]), run(&["release_savepoint", "complete"]));
        program.feed(failed("SQLITE_BUSY"), 2_100);
        assert_eq!(steps(&mut program, &[Done, Done]), run(&["Rollback", "Close"]));
        assert!(matches!(program.reply(), Some(Reply::Failed(_))));
    }

    #[test]
    fn a_commit_whose_answer_was_lost_is_looked_up() {
        for (row, completed) in [(ONE, true), (NONE, false)] {
            let mut program = entered(Dialect::Sqlite);
            program.then(Work::Leave, 9, LIMIT);
            let asked = steps(&mut program, &[Done, CHANGED, failed("ECONNRESET"), Done, Done, Done, row, Done]);
            let mut expected = run(&["release_savepoint", "complete", "Commit", "Discard"]);
            expected.push(Ask::Wait(Duration::ZERO));
            expected.extend(run(&["Open", "complete_reply", "Close"]));
            assert_eq!((asked, program.next()), (expected, None));
            assert_eq!(program.reply() == Some(&Reply::Completion(Completion::Completed)), completed);
        }
    }

    #[test]
    fn a_connection_that_had_gone_away_is_opened_again_once() {
        let mut program = Program::new(Dialect::Sqlite, false, Work::Claim { retry: false }, 0, LIMIT).claiming("token", "ff");
        let asked = steps(&mut program, &[Done, failed("57P01"), Done, Done, Done, Done, CLAIMED, Done, Done]);
        let mut expected = run(&["Open", "Begin", "Discard"]);
        expected.push(Ask::Wait(Duration::from_millis(2)));
        expected.extend(run(&["Open", "Begin", "claim", "Commit", "Close"]));
        assert_eq!(asked, expected);
        assert_eq!(program.reply(), Some(&Reply::Claim(Claim::Claimed { attempt: 1 })));
    }

    #[test]
    fn a_completion_is_repeated_while_the_time_lasts() {
        let mut program = Program::new(Dialect::Postgres, true, Work::Step(Operation::Complete), 0, LIMIT);
        for _ in 0..10 {
            assert_eq!(steps(&mut program, &[Done, failed("57P01"), Done]), run(&["Open", "complete", "Discard"]));
            assert!(matches!(program.next(), Some(Ask::Wait(_))));
            program.feed(Done, 1);
        }
        assert_eq!(steps(&mut program, &[Done, NONE, ONE, Done]), run(&["Open", "complete", "complete_reply", "Close"]));
        assert_eq!(program.reply(), Some(&Reply::Held(true)));
    }

    #[test]
    fn a_table_that_somebody_else_creates_at_the_same_time_is_as_good() {
        let mut program = Program::new(Dialect::Postgres, true, Work::CreateTable, 0, LIMIT);
        let asked = steps(&mut program, &[Done, Done, failed("23505"), Done, Done, failed("42P07"), Done, Done]);
        let create = ["Open", "Begin", "create_table", "Rollback", "Begin", "create_index", "Rollback", "Close"];
        assert_eq!(asked, run(&create));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Created)));
    }

    #[test]
    fn rows_are_forgotten_in_batches() {
        let deleted = |changed| Answer::Ran(Ran { changed, ..Ran::default() });
        let work = Work::Forget { batch: 10, pause: Duration::from_millis(50) };
        let mut program = Program::new(Dialect::Postgres, true, work, 0, LIMIT);
        let asked = steps(&mut program, &[Done, deleted(10), Done, deleted(3), Done]);
        let mut expected = run(&["Open", "forget"]);
        expected.push(Ask::Wait(Duration::from_millis(50)));
        expected.extend(run(&["forget", "Close"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Count(13))));
    }

    #[test]
    fn a_worker_that_is_stopped_leaves_nothing_open() {
        let mut program = entered(Dialect::MySql);
        program.then(Work::Abandon, 9, LIMIT);
        assert_eq!(steps(&mut program, &[Done, ONE, Done]), run(&["Rollback", "unlock", "Close"]));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Held(false))));
    }

    fn begun(dialect: Dialect) -> Program {
        let mut program =
            Program::new(dialect, false, Work::Enter { retry: false }, 0, LIMIT).claiming("token", "ff").joining();
        let (answers, asked): (&[_], &[_]) = match dialect {
            Dialect::Postgres => (&[ENTERED, Done], &["enter", "savepoint"]),
            Dialect::MySql => (&[ONE, CHANGED, CLAIMED, Done], &["lock", "claim", "claim_reply", "savepoint"]),
            Dialect::Sqlite => (&[CLAIMED, Done], &["claim", "savepoint"]),
        };
        assert_eq!(steps(&mut program, answers), run(asked));
        assert!(program.keeps_connection());
        program
    }

    #[test]
    fn transactions_of_the_host_come_and_go_with_their_connection() {
        let mut program = of(Dialect::MySql, Work::Enter { retry: false }).in_transactions();
        program = program.noting_attempts();
        let asked = steps(&mut program, &[Done, ONE, CHANGED, ONE, Done, Done, ONE, CHANGED, CLAIMED, Done]);
        // The session's lock never outlives a transaction: the pool could hand the connection to somebody else.
        assert_eq!(asked[..5], run(&["Open", "lock", "note", "unlock", "Commit"]));
        assert_eq!(asked[5..], run(&["Open", "lock", "claim_again", "claim_reply", "savepoint"]));
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, CHANGED, ONE, Done]);
        assert_eq!(asked, run(&["release_savepoint", "complete", "unlock", "Commit"]));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Completion(Completion::Completed))));
        let mut program = Program::new(Dialect::Sqlite, true, Work::CreateTable, 0, LIMIT).in_transactions();
        let asked = steps(&mut program, &[const { Done }; 6]);
        let each = |name| run(&["Open", name, "Commit"]);
        let expected = [each("create_table"), each("create_index")].concat();
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Created)));
        let work = Work::Forget { batch: 1, pause: Duration::ZERO };
        let mut program = Program::new(Dialect::Sqlite, true, work, 0, LIMIT).in_transactions();
        let asked = steps(&mut program, &[Done, CHANGED, Done, Done, Done, NONE, Done]);
        let mut expected = run(&["Open", "forget", "Commit"]);
        expected.push(Ask::Wait(Duration::ZERO));
        expected.extend(run(&["Open", "forget", "Commit"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Count(1))));
    }

    #[test]
    fn a_conflict_in_a_transaction_of_the_host_is_tried_again_in_another_one() {
        let mut program = of(Dialect::MySql, Work::Enter { retry: false }).in_transactions();
        let asked = steps(&mut program, &[Done, ONE, failed("1213"), ONE, Done, Done, Done, ONE, CHANGED, CLAIMED, Done]);
        let mut expected = run(&["Open", "lock", "claim", "unlock", "Rollback"]);
        expected.push(Ask::Wait(Duration::from_millis(2)));
        expected.extend(run(&["Open", "lock", "claim", "claim_reply", "savepoint"]));
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_failure_in_a_transaction_of_the_host_is_noted_in_another_one() {
        for mut program in [begun(Dialect::MySql), begun(Dialect::Postgres)] {
            let mysql = program.dialect == Dialect::MySql;
            program.then(Work::Fail, 9, LIMIT);
            let mut answers = Vec::from([Done]);
            answers.extend(mysql.then_some(ONE));
            answers.extend([Done, Done, ONE]);
            answers.extend(mysql.then_some(CHANGED));
            answers.extend([CLAIMED, CHANGED]);
            answers.extend(mysql.then_some(ONE));
            answers.push(Done);
            let mut expected = run(&["release_savepoint"]);
            expected.extend(run(if mysql { &["unlock"] } else { &[] }));
            expected.extend(run(&["Rollback", "Open", "lock", "claim"]));
            expected.extend(run(if mysql { &["claim_reply", "release"] } else { &["release"] }));
            expected.extend(run(if mysql { &["unlock", "Commit"] } else { &["Commit"] }));
            assert_eq!(steps(&mut program, &answers), expected);
            assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Held(true))));
        }
    }

    #[test]
    fn a_handler_that_ends_a_transaction_of_the_host_is_noticed() {
        let mut program = begun(Dialect::Postgres);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[failed("3B001"), Done, Done, ONE, CHANGED, Done]);
        assert_eq!(asked, run(&["release_savepoint", "Rollback", "Open", "extend_reply", "park", "Commit"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::Committed)));
        let mut program = begun(Dialect::Postgres);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[failed("3B001"), Done, Done, NONE, Done]);
        assert_eq!(asked, run(&["release_savepoint", "Rollback", "Open", "extend_reply", "Rollback"]));
        assert_eq!(program.reply(), Some(&Reply::Completion(Completion::RolledBack)));
        program.then(Work::Fail, 10, LIMIT);
        let asked = steps(&mut program, &[Done, ONE, CLAIMED, CHANGED, Done]);
        assert_eq!((asked, program.next()), (run(&["Open", "lock", "claim", "release", "Commit"]), None));
    }

    #[test]
    fn a_callers_transaction_without_a_claim_is_left_as_it_is() {
        let join = |dialect| of(dialect, Work::Enter { retry: false }).joining().noting_attempts();
        let row = "done 1 0 99 ff other";
        let mut program = join(Dialect::MySql);
        assert_eq!(steps(&mut program, &[ONE, NONE, known(row), ONE]), run(&["lock", "claim", "claim_reply", "unlock"]));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Done))));
        let mut program = join(Dialect::Postgres);
        let done = Answer::Ran(Ran { rows: 1, word: Some(row), number: Some(1), changed: 0 });
        assert_eq!(steps(&mut program, &[done]), run(&["enter"]));
        assert_eq!((program.next(), program.reply()), (None, Some(&Reply::Claim(Claim::Done))));
        // Only the caller can try again.
        let mut program = join(Dialect::Postgres);
        assert_eq!(steps(&mut program, &[failed("40001")]), run(&["enter"]));
        assert!(matches!((program.next(), program.reply()), (None, Some(Reply::Failed(_)))), "{program:?}");
        assert!(!program.keeps_connection());
    }

    #[test]
    fn a_caller_that_could_not_commit_has_completed_nothing() {
        let mut program = begun(Dialect::Postgres);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, CHANGED, failed("40001"), Done]);
        assert_eq!(asked, run(&["release_savepoint", "complete", "Commit", "Rollback"]));
        assert!(matches!((program.next(), program.reply()), (None, Some(Reply::Failed(_)))), "{program:?}");
        let mut program = begun(Dialect::Postgres);
        program.then(Work::Leave, 9, LIMIT);
        let asked = steps(&mut program, &[Done, CHANGED, failed("ECONNRESET"), Done, Done, Done, ONE, Done]);
        let mut expected = run(&["release_savepoint", "complete", "Commit", "Discard"]);
        expected.push(Ask::Wait(Duration::ZERO));
        expected.extend(run(&["Open", "complete_reply", "Rollback"]));
        assert_eq!((asked, program.reply()), (expected, Some(&Reply::Completion(Completion::Completed))));
    }

    #[test]
    fn no_sequence_of_answers_goes_on_for_ever_or_keeps_a_connection_by_mistake() {
        let answers = [
            Done,
            CLAIMED,
            ONE,
            NONE,
            CHANGED,
            failed("40001"),
            failed("ECONNRESET"),
            failed("42P01"),
            failed("3B001"),
            failed("25P02"),
        ];
        let works = [
            Work::CreateTable,
            Work::Claim { retry: true },
            Work::Step(Operation::Complete),
            Work::Step(Operation::DeadLetters),
            Work::Forget { batch: 1, pause: Duration::ZERO },
            Work::Enter { retry: false },
        ];
        let mut seen = 0_u32;
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite] {
            for work in works {
                let program = Program::new(dialect, true, work, 0, LIMIT);
                let mut open = Vec::from([(program.clone(), 0_u64), (program.clone().in_transactions(), 1)]);
                if matches!(work, Work::Enter { .. }) {
                    open.push((program.joining(), 1));
                }
                while let Some((program, depth)) = open.pop() {
                    seen += 1;
                    let Some(_) = program.next() else {
                        let kept =
                            matches!((work, program.reply()), (Work::Enter { .. }, Some(Reply::Claim(Claim::Claimed { .. }))));
                        assert_eq!(program.keeps_connection(), kept, "{program:?}");
                        assert!(program.reply().is_some(), "{program:?}");
                        continue;
                    };
                    if depth == 6 {
                        continue;
                    }
                    for answer in &answers {
                        let mut next = program.clone();
                        // So late that nothing is tried again after a few steps.
                        next.feed(answer.clone(), depth * 800);
                        open.push((next, depth + 1));
                    }
                }
            }
        }
        assert!(seen > 100_000, "{seen}");
    }
}
