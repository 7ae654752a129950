//! `payvost_redis_program`: a step of claims in Redis, on the caller's own client.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;

use payvost_webhooks::claims::redis::{self, Answer, Ask, Place, Program};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::claim;
use crate::errors::{Failure, payvost_error};
use crate::fault::payvost_fault;
use crate::reply::payvost_reply;
use crate::request::payvost_claim_request;
use crate::result::payvost_result;
use crate::text::{c_string, payvost_str};

/// One step on a Redis: it asks for a script to be evaluated and is fed the result. It holds no
/// connection, reads no clock and never waits.
///
/// Ask `payvost_redis_program_next()`, do it and feed the result, until it asks for nothing more.
/// Then `payvost_redis_program_reply()` has the result, for `payvost_delivery_feed_reply()`. Use it
/// in one thread at a time.
pub struct payvost_redis_program {
    program: Program,
    reply: Option<payvost_reply>,
    cluster: Option<Cluster>,
}

/// What the keys on a cluster are made of, and those of the next script.
struct Cluster {
    key: String,
    open_key: String,
    place: Place,
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
/// Every script has two keys, `payvost_claim_request_key()` and `payvost_claim_request_open_key()`. On a
/// Redis Cluster, see `payvost_redis_program_on_cluster()`.
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
        program.write(boxed(payvost_redis_program { program: made, reply: None, cluster: None })?);
        Ok(())
    })
}

/// Says that the server is a Redis Cluster, before the program is fed. There, each record has a list of
/// open claims in its own hash slot: the keys of each script are `payvost_redis_program_key()` and
/// `payvost_redis_program_open_key()`, and `PAYVOST_PARAMETER_LISTS` is `payvost_redis_program_lists()`.
///
/// `PAYVOST_OPERATION_DEAD_LETTERS` then asks for its script several times. Put the rows of all replies
/// together, and feed the number at the end of each reply. The request is not needed after this returns.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_on_cluster(
    program: Option<&mut payvost_redis_program>,
    request: Option<&payvost_claim_request>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (program, (key, open_key)) = (given(program)?, given(request)?.keys());
        program.program = program.program.clone().on_cluster();
        let place = program.program.place(key, open_key);
        program.cluster = Some(Cluster { key: key.to_owned(), open_key: open_key.to_owned(), place });
        Ok(())
    })
}

/// On a cluster, the first key of the next script. It lives until the program is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_key(program: Option<&payvost_redis_program>) -> payvost_str {
    placed(program, |place| &place.keys[0])
}

/// On a cluster, the second key of the next script. It lives until the program is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_open_key(program: Option<&payvost_redis_program>) -> payvost_str {
    placed(program, |place| &place.keys[1])
}

/// On a cluster, the value of `PAYVOST_PARAMETER_LISTS` for the next script. It lives until the program is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_redis_program_lists(program: Option<&payvost_redis_program>) -> payvost_str {
    placed(program, |place| &place.lists)
}

fn placed(program: Option<&payvost_redis_program>, part: fn(&Place) -> &String) -> payvost_str {
    read(program, payvost_str::EMPTY, |program| {
        program.cluster.as_ref().map_or(payvost_str::EMPTY, |cluster| payvost_str::new(part(&cluster.place)))
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
        if let Some(cluster) = &mut self.cluster {
            cluster.place = self.program.place(&cluster.key, &cluster.open_key);
        }
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
