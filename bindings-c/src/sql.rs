//! `payvost_sql_program`: work on a table of claims, on the caller's own connection.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;

use payvost_webhooks::claims::Operation;
use payvost_webhooks::claims::sql::{Answer, Ask, Program, Ran, Work};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::fault::payvost_fault;
use crate::reply::payvost_reply;
use crate::result::payvost_result;
use crate::statements;
use crate::text::c_string;

/// A piece of work on a table of claims: it asks for one step on a connection at a time and is fed
/// the result. It decides the order of the statements, what their rows mean, and when to repeat
/// them. It holds no connection, reads no clock and never waits.
///
/// Ask `payvost_sql_program_next()`, do it and feed the result, until it asks for nothing more.
/// Then `payvost_sql_program_reply()` has the result, for `payvost_delivery_feed_reply()`. Use it
/// in one thread at a time.
pub struct payvost_sql_program {
    program: Program,
    reply: Option<payvost_reply>,
}

/// The work to do.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_sql_work {
    /// Create the table and its indexes. Doing so again, or from two processes at once, is
    /// harmless.
    PAYVOST_SQL_CREATE_TABLE = 1,
    /// Claim an event for a lease.
    PAYVOST_SQL_CLAIM = 2,
    /// Claim an event for a lease, even a parked one: if `payvost_delivery_claims_parked()`.
    PAYVOST_SQL_CLAIM_PARKED = 3,
    /// Extend a lease.
    PAYVOST_SQL_EXTEND = 4,
    /// Complete a lease.
    PAYVOST_SQL_COMPLETE = 5,
    /// Release a lease.
    PAYVOST_SQL_RELEASE = 6,
    /// Read the delivery that is kept for a key.
    PAYVOST_SQL_DELIVERY = 7,
    /// List the events that were claimed and not handled.
    PAYVOST_SQL_DEAD_LETTERS = 8,
    /// Begin the transaction of an inbox with a claim. The connection is kept if the event is
    /// claimed.
    PAYVOST_SQL_ENTER = 9,
    /// As `PAYVOST_SQL_ENTER`, even for a parked event.
    PAYVOST_SQL_ENTER_PARKED = 10,
    /// Complete the claim of an inbox and commit, unless the handler ended the transaction itself.
    PAYVOST_SQL_LEAVE = 11,
    /// Roll the inbox's transaction back, and record in another one that the handler failed.
    PAYVOST_SQL_FAIL = 12,
    /// Ask whether the transaction of an inbox still holds its claim.
    PAYVOST_SQL_RENEW = 13,
    /// Roll the inbox's transaction back and record nothing: the worker is being stopped.
    PAYVOST_SQL_ABANDON = 14,
    /// Take a claim over from a queue.
    PAYVOST_SQL_TAKE = 15,
    /// Discard a dead letter.
    PAYVOST_SQL_DISCARD_LETTER = 16,
}

/// A step on a connection.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_sql_ask {
    /// Nothing more.
    PAYVOST_SQL_DONE = 0,
    /// Open a connection, or take one from the pool.
    PAYVOST_SQL_OPEN = 1,
    /// Begin a transaction, with the statement `begin` or the client's own method. For SQLite it
    /// has to be `BEGIN IMMEDIATE`.
    PAYVOST_SQL_BEGIN = 2,
    /// Run the statement that `payvost_sql_program_statement()` names. Do not prepare one without
    /// parameters.
    PAYVOST_SQL_RUN = 3,
    /// Commit.
    PAYVOST_SQL_COMMIT = 4,
    /// Roll back, if a transaction is open.
    PAYVOST_SQL_ROLLBACK = 5,
    /// Return the connection to the pool, or close it.
    PAYVOST_SQL_CLOSE = 6,
    /// Close the connection, which can no longer be used.
    PAYVOST_SQL_DISCARD = 7,
    /// Wait for `payvost_sql_program_wait_ms()`, without blocking other work.
    PAYVOST_SQL_WAIT = 8,
}

/// The result of a statement.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_sql_ran {
    /// How many rows it returned.
    pub rows: u64,
    /// How many rows it changed; 0 if the client does not know.
    pub changed: u64,
    /// The first column of the first row, if that is text; otherwise `NULL`.
    pub word: *const c_char,
    /// The length of the word.
    pub word_len: usize,
    /// The first number in the first row; otherwise `NULL`.
    pub number: *const i64,
}

use payvost_sql_ask::*;
use payvost_sql_work::*;

/// Work, one of `payvost_sql_work`, that begins now and may be repeated for `limit_ms`.
///
/// `dialect` is one of `payvost_sql_dialect`. `autocommits` says whether a statement outside of a
/// transaction commits by itself. `now_ms`, here and below, is in milliseconds by any clock that is never
/// set back. `*program` is written on success only, and must be freed with
/// `payvost_sql_program_free()`. `error` may be `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_sql_program_new(
    dialect: u32,
    autocommits: bool,
    work: u32,
    now_ms: u64,
    limit_ms: u64,
    program: Option<&mut MaybeUninit<Box<payvost_sql_program>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (dialect, work, program) = (given(statements::dialect(dialect))?, given(self::work(work))?, given(program)?);
        let made = Program::new(dialect, autocommits, work, now_ms, Duration::from_millis(limit_ms));
        program.write(boxed(payvost_sql_program { program: made, reply: None })?);
        Ok(())
    })
}

/// Work that deletes expired rows, `batch` per transaction, with a pause between two batches. Bind
/// the batch as `PAYVOST_PARAMETER_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_sql_program_new_forget(
    dialect: u32,
    autocommits: bool,
    batch: u64,
    pause_ms: u64,
    now_ms: u64,
    limit_ms: u64,
    program: Option<&mut MaybeUninit<Box<payvost_sql_program>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (dialect, program) = (given(statements::dialect(dialect))?, given(program)?);
        let batch = given((batch > 0).then_some(batch))?;
        let work = Work::Forget { batch, pause: Duration::from_millis(pause_ms) };
        let made = Program::new(dialect, autocommits, work, now_ms, Duration::from_millis(limit_ms));
        program.write(boxed(payvost_sql_program { program: made, reply: None })?);
        Ok(())
    })
}

/// Sets who claims what, for work that claims an event: the values of `PAYVOST_PARAMETER_TOKEN` and
/// `PAYVOST_PARAMETER_FINGERPRINT`. Without them, nothing can be claimed. Call it before the first step.
/// `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun, and with
/// `PAYVOST_INVALID_ARGUMENT` when a text is `NULL` or not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_sql_program_claiming(
    program: Option<&mut payvost_sql_program>,
    token: *const c_char,
    token_len: usize,
    fingerprint: *const c_char,
    fingerprint_len: usize,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    // SAFETY: each points to as many readable bytes as its length says, or is null.
    let texts = unsafe { (boundary::text(token, token_len), boundary::text(fingerprint, fingerprint_len)) };
    let (Some(token), Some(fingerprint)) = texts else { return before_the_first_step(None, error, |program| program) };
    before_the_first_step(program, error, |program| program.claiming(token, fingerprint))
}

/// Makes the program of `PAYVOST_SQL_ENTER` note the attempt in a short transaction before it claims, so
/// that an event whose workers all die leaves a dead letter. Call it before the first step. `error`
/// may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_note_attempts(
    program: Option<&mut payvost_sql_program>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    before_the_first_step(program, error, Program::noting_attempts)
}

/// Lets the caller begin and end the transactions, for a database layer that has its own way:
/// `PAYVOST_SQL_OPEN` begins one, on any connection; `PAYVOST_SQL_BEGIN` is not asked;
/// `PAYVOST_SQL_COMMIT` and `PAYVOST_SQL_ROLLBACK` end it and return its connection. Call it before the
/// first step. `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_in_transactions(
    program: Option<&mut payvost_sql_program>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    before_the_first_step(program, error, Program::in_transactions)
}

/// Joins a transaction that the caller has opened: the program of `PAYVOST_SQL_ENTER` claims in it at
/// once. For `PAYVOST_SQL_COMMIT` and `PAYVOST_SQL_ROLLBACK`, feed that the caller has committed or rolled
/// back. What has to be recorded after that needs another transaction: a `PAYVOST_SQL_OPEN`. Call it before
/// the first step. `error` may be `NULL`.
///
/// If the event is not claimed, the caller's transaction is left as it is; after a fault the caller has
/// to roll it back. No attempt is noted.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work has begun.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_join(
    program: Option<&mut payvost_sql_program>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    before_the_first_step(program, error, Program::joining)
}

/// Continues with more work on the connection that this program kept: for an inbox whose
/// `PAYVOST_SQL_ENTER` ended with a claim. `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` when the work before is not done, and with
/// `PAYVOST_INVALID_ARGUMENT` for work that is not an inbox's.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_then(
    program: Option<&mut payvost_sql_program>,
    work: u32,
    now_ms: u64,
    limit_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (program, work) = (given(program)?, given(self::work(work))?);
        if !matches!(work, Work::Leave | Work::Fail | Work::Renew | Work::Abandon) {
            return Err(Failure::InvalidArgument);
        }
        if program.program.next().is_some() {
            return Err(Failure::UnexpectedAnswer);
        }
        program.program.then(work, now_ms, Duration::from_millis(limit_ms));
        program.settle();
        Ok(())
    })
}

/// The next step: the same until it is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_next(program: Option<&payvost_sql_program>) -> payvost_sql_ask {
    read(program, PAYVOST_SQL_DONE, |program| match program.program.next() {
        Some(Ask::Open) => PAYVOST_SQL_OPEN,
        Some(Ask::Begin) => PAYVOST_SQL_BEGIN,
        Some(Ask::Run(_)) => PAYVOST_SQL_RUN,
        Some(Ask::Commit) => PAYVOST_SQL_COMMIT,
        Some(Ask::Rollback) => PAYVOST_SQL_ROLLBACK,
        Some(Ask::Close { broken: false }) => PAYVOST_SQL_CLOSE,
        Some(Ask::Close { broken: true }) => PAYVOST_SQL_DISCARD,
        Some(Ask::Wait(_)) => PAYVOST_SQL_WAIT,
        _ => PAYVOST_SQL_DONE,
    })
}

/// The name of the statement to run, for `payvost_sql_statements_find()`; empty where it asks for
/// something else. Ends in NUL, lives as long as the library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_statement(program: Option<&payvost_sql_program>) -> *const c_char {
    read(program, c"".as_ptr(), |program| match program.program.next() {
        Some(Ask::Run(name)) => c_string(name).as_ptr(),
        _ => c"".as_ptr(),
    })
}

/// How long to wait, if it asks for that; otherwise 0.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_wait_ms(program: Option<&payvost_sql_program>) -> u64 {
    read(program, 0, |program| match program.program.next() {
        Some(Ask::Wait(pause)) => u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        _ => 0,
    })
}

/// Feeds that a step other than a statement is done. `error` may be `NULL`, here and below.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_feed_done(
    program: Option<&mut payvost_sql_program>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(program)?.feed(Answer::Done, now_ms))
}

/// Feeds the result of a statement. `ran` is no longer needed when this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_sql_program_feed_ran(
    program: Option<&mut payvost_sql_program>,
    ran: Option<&payvost_sql_ran>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (program, ran) = (given(program)?, given(ran)?);
        // SAFETY: the word has as many readable bytes as its length says, and the number can be read, or they are null.
        let (word, number) = unsafe { (boundary::text(ran.word, ran.word_len), ran.number.as_ref()) };
        program.feed(Answer::Ran(Ran { rows: ran.rows, word, number: number.copied(), changed: ran.changed }), now_ms)
    })
}

/// Feeds that the step failed. The fault is no longer needed when this returns.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_feed_failed(
    program: Option<&mut payvost_sql_program>,
    fault: Option<&payvost_fault>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(program)?.feed(Answer::Failed(given(fault)?.get()), now_ms))
}

/// The result of the work; `NULL` if it is not done. It belongs to the program and lives until the
/// program continues.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_reply(program: Option<&payvost_sql_program>) -> *const payvost_reply {
    read(program, ptr::null(), |program| program.reply.as_ref().map_or(ptr::null(), ptr::from_ref))
}

/// Whether the connection stays with this program, because an inbox claimed an event.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_keeps_connection(program: Option<&payvost_sql_program>) -> bool {
    read(program, false, |program| program.program.keeps_connection())
}

/// Frees a program. `NULL` is a no-op. The caller must close a connection that it keeps.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_program_free(program: Option<Box<payvost_sql_program>>) {
    boundary::guarded((), || drop(program));
}

fn before_the_first_step(
    program: Option<&mut payvost_sql_program>,
    error: Option<&mut MaybeUninit<payvost_error>>,
    change: impl FnOnce(Program) -> Program,
) -> payvost_result {
    call::run(error, || {
        let program = given(program)?;
        if program.program.next() != Some(Ask::Open) {
            return Err(Failure::UnexpectedAnswer);
        }
        program.program = change(program.program.clone());
        Ok(())
    })
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
fn work(number: u32) -> Option<Work> {
    [
        (PAYVOST_SQL_CREATE_TABLE, Work::CreateTable),
        (PAYVOST_SQL_CLAIM, Work::Claim { retry: false }),
        (PAYVOST_SQL_CLAIM_PARKED, Work::Claim { retry: true }),
        (PAYVOST_SQL_EXTEND, Work::Step(Operation::Extend)),
        (PAYVOST_SQL_COMPLETE, Work::Step(Operation::Complete)),
        (PAYVOST_SQL_RELEASE, Work::Step(Operation::Release)),
        (PAYVOST_SQL_DELIVERY, Work::Step(Operation::Delivery)),
        (PAYVOST_SQL_DEAD_LETTERS, Work::Step(Operation::DeadLetters)),
        (PAYVOST_SQL_ENTER, Work::Enter { retry: false }),
        (PAYVOST_SQL_ENTER_PARKED, Work::Enter { retry: true }),
        (PAYVOST_SQL_LEAVE, Work::Leave),
        (PAYVOST_SQL_FAIL, Work::Fail),
        (PAYVOST_SQL_RENEW, Work::Renew),
        (PAYVOST_SQL_ABANDON, Work::Abandon),
        (PAYVOST_SQL_TAKE, Work::Step(Operation::Take)),
        (PAYVOST_SQL_DISCARD_LETTER, Work::Step(Operation::Discard)),
    ]
    .into_iter()
    .find_map(|(known, work)| (known as u32 == number).then_some(work))
}

impl payvost_sql_program {
    fn feed(&mut self, answer: Answer<'_>, now: u64) -> Result<(), Failure> {
        match (self.program.next(), &answer) {
            (Some(Ask::Run(_)), Answer::Ran(_)) | (Some(_), Answer::Failed(_)) => {}
            (Some(Ask::Run(_)) | None, _) | (Some(_), Answer::Ran(_)) => return Err(Failure::UnexpectedAnswer),
            (Some(_), Answer::Done) => {}
        }
        self.program.feed(answer, now);
        self.settle();
        Ok(())
    }

    fn settle(&mut self) {
        self.reply = self.program.reply().cloned().map(payvost_reply::new);
    }
}
