//! `payvost_reply`: the result of a store's program.

use payvost_webhooks::claims::Reply;

use crate::boundary::read;
use crate::claim::{payvost_claim, payvost_completion, payvost_taken};
use crate::text::payvost_str;

/// The result of work on a store. It belongs to its program.
pub struct payvost_reply {
    reply: Reply,
}

/// The kind of a reply.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_reply_kind {
    /// There is no reply: the work is not done yet.
    PAYVOST_REPLY_NONE = 0,
    /// The table is there.
    PAYVOST_REPLY_CREATED = 1,
    /// The result of a claim: `payvost_reply_claim()`.
    PAYVOST_REPLY_CLAIM = 2,
    /// Whether this worker had the claim, or there was a dead letter to discard:
    /// `payvost_reply_held()`.
    PAYVOST_REPLY_HELD = 3,
    /// The result of a completion: `payvost_reply_completion()`.
    PAYVOST_REPLY_COMPLETION = 4,
    /// The rows of the last statement, or what the script returned, are the result.
    PAYVOST_REPLY_ROWS = 5,
    /// How many rows were deleted: `payvost_reply_count()`.
    PAYVOST_REPLY_COUNT = 6,
    /// A step failed and is not repeated: `payvost_reply_fault_code()`.
    PAYVOST_REPLY_FAILED = 7,
    /// The result of taking a ticket: `payvost_reply_taken()`.
    PAYVOST_REPLY_TAKEN = 8,
}

use payvost_reply_kind::*;

/// The kind of a reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_get_kind(reply: Option<&payvost_reply>) -> payvost_reply_kind {
    read(reply, PAYVOST_REPLY_NONE, |reply| match reply.reply {
        Reply::Created => PAYVOST_REPLY_CREATED,
        Reply::Claim(_) => PAYVOST_REPLY_CLAIM,
        Reply::Taken(_) => PAYVOST_REPLY_TAKEN,
        Reply::Held(_) => PAYVOST_REPLY_HELD,
        Reply::Completion(_) => PAYVOST_REPLY_COMPLETION,
        Reply::Rows => PAYVOST_REPLY_ROWS,
        Reply::Count(_) => PAYVOST_REPLY_COUNT,
        // A failure, or a reply that is in the core but not here.
        _ => PAYVOST_REPLY_FAILED,
    })
}

/// The result of the claim; `PAYVOST_CLAIM_UNKNOWN` for any other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_claim(reply: Option<&payvost_reply>) -> payvost_claim {
    read(reply, payvost_claim::UNKNOWN, |reply| match reply.reply {
        Reply::Claim(claim) => claim.into(),
        _ => payvost_claim::UNKNOWN,
    })
}

/// The result of taking the ticket; `PAYVOST_TAKEN_UNKNOWN` for any other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_taken(reply: Option<&payvost_reply>) -> payvost_taken {
    read(reply, payvost_taken::UNKNOWN, |reply| match reply.reply {
        Reply::Taken(taken) => taken.into(),
        _ => payvost_taken::UNKNOWN,
    })
}

/// Whether this worker had the claim; for a discarded letter, whether it existed; false for any
/// other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_held(reply: Option<&payvost_reply>) -> bool {
    read(reply, false, |reply| matches!(reply.reply, Reply::Held(true)))
}

/// The result of the completion; `PAYVOST_COMPLETION_UNKNOWN` for any other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_completion(reply: Option<&payvost_reply>) -> payvost_completion {
    read(reply, payvost_completion::PAYVOST_COMPLETION_UNKNOWN, |reply| match reply.reply {
        Reply::Completion(completion) => completion.into(),
        _ => payvost_completion::PAYVOST_COMPLETION_UNKNOWN,
    })
}

/// How many rows were deleted; 0 for any other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_count(reply: Option<&payvost_reply>) -> u64 {
    read(reply, 0, |reply| match reply.reply {
        Reply::Count(count) => count,
        _ => 0,
    })
}

/// The code of the fault, as from `payvost_fault_code()`; empty for any other reply.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_reply_fault_code(reply: Option<&payvost_reply>) -> payvost_str {
    read(reply, payvost_str::EMPTY, |reply| match &reply.reply {
        Reply::Failed(fault) => payvost_str::new(fault.code()),
        _ => payvost_str::EMPTY,
    })
}

impl payvost_reply {
    pub(crate) const fn new(reply: Reply) -> Self {
        Self { reply }
    }

    pub(crate) const fn get(&self) -> &Reply {
        &self.reply
    }
}
