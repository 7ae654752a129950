//! `payvost_redis_program`: a step of claims in Redis, on the caller's own client.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;

use payvost_webhooks::claims::redis::{self, Answer, Ask, Program};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::claim;
use crate::errors::{Failure, payvost_error};
use crate::fault::payvost_fault;
use crate::reply::payvost_reply;
use crate::result::payvost_result;
use crate::text::c_string;

/// One step on a Redis: it asks for a script to be evaluated and is fed the result. It holds no
/// connection, reads no clock and never waits.
///
/// Ask `payvost_redis_program_next()`, do it and feed the result, until it asks for nothing more.
/// Then `payvost_redis_program_reply()` has the result, for `payvost_delivery_feed_reply()`. Use it
/// in one thread at a time.
pub struct payvost_redis_program {
    program: Program,
    reply: Option<payvost_reply>,
}

/// What to ask Redis for.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_redis_ask {
    /// Nothing more.
    PAYVOST_REDIS_DONE = 0,
    /// Evaluate the script by its hash (`EVALSHA`), which `SCRIPT LOAD` returns.
    PAYVOST_REDIS_EVALSHA = 1,
    /// Evaluate the script by its text (`EVAL`): the server does not know it yet.
    PAYVOST_REDIS_EVAL = 2,
    /// Wait for `payvost_redis_program_wait_ms()`, without blocking other work.
    PAYVOST_REDIS_WAIT = 3,
}

use payvost_redis_ask::*;

/// The Lua script of a step, one of `payvost_operation`; `NULL` for any other number. Ends in NUL,
/// lives as long as the library.
///
/// Every script has two keys, `payvost_claim_request_key()` and `payvost_claim_request_open_key()`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_script(operation: u32) -> *const c_char {
    boundary::guarded(ptr::null(), || {
        claim::operation(operation).map_or(ptr::null(), |operation| c_string(redis::script(operation)).as_ptr())
    })
}

/// The argument of a step's script at an index from 0 on, one of `payvost_parameter`; 0 after the last.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_parameter(operation: u32, index: usize) -> u32 {
    boundary::guarded(0, || {
        let parameters = claim::operation(operation).and_then(|operation| claim::parameters(redis::parameters(operation)));
        parameters.and_then(|parameters| parameters.get(index).copied()).unwrap_or(0)
    })
}

/// A step, one of `payvost_operation`, that begins now and may be repeated for `limit_ms`.
///
/// `now_ms`, here and below, is in milliseconds by any clock that is never set back. `*program` is
/// written on success only, and must be freed with `payvost_redis_program_free()`. `error` may be
/// `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_redis_program_new(
    operation: u32,
    now_ms: u64,
    limit_ms: u64,
    program: Option<&mut MaybeUninit<Box<payvost_redis_program>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (operation, program) = (given(claim::operation(operation))?, given(program)?);
        let made = Program::new(operation, now_ms, Duration::from_millis(limit_ms));
        program.write(boxed(payvost_redis_program { program: made, reply: None })?);
        Ok(())
    })
}

/// What to do next: the same until it is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_next(program: Option<&payvost_redis_program>) -> payvost_redis_ask {
    read(program, PAYVOST_REDIS_DONE, |program| match program.program.next() {
        Some(Ask::EvalSha) => PAYVOST_REDIS_EVALSHA,
        Some(Ask::Eval) => PAYVOST_REDIS_EVAL,
        Some(Ask::Wait(_)) => PAYVOST_REDIS_WAIT,
        _ => PAYVOST_REDIS_DONE,
    })
}

/// How long to wait, if it asks for that; otherwise 0.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_wait_ms(program: Option<&payvost_redis_program>) -> u64 {
    read(program, 0, |program| match program.program.next() {
        Some(Ask::Wait(pause)) => u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        _ => 0,
    })
}

/// Feeds what the script returned: the text it begins with, `NULL` when there is none, and the first
/// number in it, `NULL` when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_redis_program_feed_replied(
    program: Option<&mut payvost_redis_program>,
    word: *const c_char,
    word_len: usize,
    number: Option<&i64>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let program = given(program)?;
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let word = unsafe { boundary::text(word, word_len) };
        program.feed(Answer::Replied { word, number: number.copied() }, now_ms)
    })
}

/// Feeds that the pause is over.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_feed_waited(
    program: Option<&mut payvost_redis_program>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(program)?.feed(Answer::Waited, now_ms))
}

/// Feeds that it failed. The fault is no longer needed when this returns.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_feed_failed(
    program: Option<&mut payvost_redis_program>,
    fault: Option<&payvost_fault>,
    now_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(program)?.feed(Answer::Failed(given(fault)?.get()), now_ms))
}

/// The result of the step; `NULL` if it is not done. It belongs to the program.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_reply(program: Option<&payvost_redis_program>) -> *const payvost_reply {
    read(program, ptr::null(), |program| program.reply.as_ref().map_or(ptr::null(), ptr::from_ref))
}

/// Frees a program. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_free(program: Option<Box<payvost_redis_program>>) {
    boundary::guarded((), || drop(program));
}

impl payvost_redis_program {
    fn feed(&mut self, answer: Answer<'_>, now: u64) -> Result<(), Failure> {
        let waits = matches!(given(self.program.next()).map_err(|_| Failure::UnexpectedAnswer)?, Ask::Wait(_));
        if waits != (answer == Answer::Waited) {
            return Err(Failure::UnexpectedAnswer);
        }
        self.program.feed(answer, now);
        self.reply = self.program.reply().cloned().map(payvost_reply::new);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::claims::Operation;

    #[test]
    fn every_argument_of_a_script_has_a_number() {
        for operation in Operation::ALL {
            assert!(claim::parameters(redis::parameters(operation)).is_some(), "{operation:?}");
        }
    }
}
