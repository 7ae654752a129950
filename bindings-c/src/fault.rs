//! `payvost_fault`: why a store failed.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::slice;

use payvost_webhooks::claims::{Fault, FaultKind};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::errors::payvost_error;
use crate::result::payvost_result;
use crate::text::{c_string, payvost_str};

/// Why a step of a store failed: the kind of fault, and the client's name for it.
///
/// The client's message is read but never kept, because it quotes values, addresses and user names.
pub struct payvost_fault {
    fault: Fault,
}

/// What a fault means for its step. New numbers may be added: have a `default`.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_fault_kind {
    /// The store refused the step, or its reply makes no sense.
    PAYVOST_FAULT_OTHER = 0,
    /// The store was not reached: nothing has happened there.
    PAYVOST_FAULT_UNREACHABLE = 1,
    /// The connection broke, or the response was late: the step may have happened.
    PAYVOST_FAULT_INTERRUPTED = 2,
    /// The step's time limit is over, and the host still waits for the response in the background.
    PAYVOST_FAULT_LATE = 3,
    /// Two transactions conflicted: nothing has happened, and the step can be tried again.
    PAYVOST_FAULT_CONFLICT = 4,
    /// The object to be created exists already.
    PAYVOST_FAULT_ALREADY_EXISTS = 5,
    /// The table of claims does not exist.
    PAYVOST_FAULT_MISSING_TABLE = 6,
    /// The savepoint does not exist: the transaction was ended by other code.
    PAYVOST_FAULT_TRANSACTION_ENDED = 7,
    /// The transaction accepts no more statements until it is rolled back.
    PAYVOST_FAULT_TRANSACTION_ABORTED = 8,
    /// Redis does not know the script.
    PAYVOST_FAULT_UNKNOWN_SCRIPT = 9,
    /// The node of a Redis Cluster does not serve the key at this moment: nothing has happened, and the step can be tried again.
    PAYVOST_FAULT_MOVING = 10,
}

use payvost_fault_kind::*;

/// Names a fault by what the client says.
///
/// `class` is the kind of error for the log, such as the name of the client's library and function;
/// it may be `NULL`. `codes` are the candidates for its code, the most telling first: a SQLSTATE,
/// the name of an `errno`, a database's own number or name, the first word of a Redis error. The
/// first known one decides. `message` is only read if none is known, and is not kept; it may be
/// `NULL`. No argument is needed after this returns.
///
/// `*fault` is written on success only, and must be freed with `payvost_fault_free()`. `error` may
/// be `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_fault_new(
    class: *const c_char,
    class_len: usize,
    codes: *const payvost_str,
    code_count: usize,
    message: *const c_char,
    message_len: usize,
    fault: Option<&mut MaybeUninit<Box<payvost_fault>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let fault = given(fault)?;
        // SAFETY: all point to as many readable bytes or texts as their lengths say, or are null.
        let (class, codes, message) =
            unsafe { (boundary::text(class, class_len), candidates(codes, code_count), boundary::text(message, message_len)) };
        let classified = Fault::classify(class.unwrap_or_default(), &codes, message.unwrap_or_default());
        fault.write(boxed(payvost_fault { fault: classified })?);
        Ok(())
    })
}

/// Says that the fault happened while connecting: nothing has happened in the store, whatever the
/// client calls it. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_while_connecting(fault: Option<&mut payvost_fault>) {
    boundary::guarded((), || {
        if let Some(fault) = fault {
            fault.fault = fault.get().while_connecting();
        }
    });
}

/// What the fault means for the step.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_get_kind(fault: Option<&payvost_fault>) -> payvost_fault_kind {
    read(fault, PAYVOST_FAULT_OTHER, |fault| fault.fault.kind().into())
}

/// A word for people, such as `"connection_refused"`, `"authentication_failed"` or `"missing_table"`;
/// `"unknown"` for an unknown fault. Ends in NUL, lives as long as the library, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_word(fault: Option<&payvost_fault>) -> *const c_char {
    read(fault, c"unknown".as_ptr(), |fault| c_string(fault.fault.word()).as_ptr())
}

/// The client's code, such as a SQLSTATE, or else the word. It lives as long as the fault.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_code(fault: Option<&payvost_fault>) -> payvost_str {
    read(fault, payvost_str::EMPTY, |fault| payvost_str::new(fault.fault.code()))
}

/// Whether the step may have happened although it failed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_may_have_happened(fault: Option<&payvost_fault>) -> bool {
    read(fault, true, |fault| fault.fault.may_have_happened())
}

/// Frees a fault. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_fault_free(fault: Option<Box<payvost_fault>>) {
    boundary::guarded((), || drop(fault));
}

impl payvost_fault {
    pub(crate) fn get(&self) -> Fault {
        self.fault.clone()
    }
}

impl From<FaultKind> for payvost_fault_kind {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Unreachable => PAYVOST_FAULT_UNREACHABLE,
            FaultKind::Interrupted => PAYVOST_FAULT_INTERRUPTED,
            FaultKind::Late => PAYVOST_FAULT_LATE,
            FaultKind::Conflict => PAYVOST_FAULT_CONFLICT,
            FaultKind::AlreadyExists => PAYVOST_FAULT_ALREADY_EXISTS,
            FaultKind::MissingTable => PAYVOST_FAULT_MISSING_TABLE,
            FaultKind::TransactionEnded => PAYVOST_FAULT_TRANSACTION_ENDED,
            FaultKind::TransactionAborted => PAYVOST_FAULT_TRANSACTION_ABORTED,
            FaultKind::UnknownScript => PAYVOST_FAULT_UNKNOWN_SCRIPT,
            FaultKind::Moving => PAYVOST_FAULT_MOVING,
            _ => PAYVOST_FAULT_OTHER,
        }
    }
}

/// The codes that are text.
///
/// # Safety
///
/// A pointer that is not `NULL` points to that many texts, each with as many readable bytes as its length says, for `'a`.
unsafe fn candidates<'a>(codes: *const payvost_str, count: usize) -> Vec<&'a str> {
    if codes.is_null() || isize::try_from(count.saturating_mul(size_of::<payvost_str>())).is_err() {
        return Vec::new();
    }
    // SAFETY: not null, not longer than an object can be, and for the rest the caller keeps to it.
    let codes = unsafe { slice::from_raw_parts(codes, count) };
    // SAFETY: the caller keeps to it.
    codes.iter().filter_map(|code| unsafe { boundary::text(code.data, code.len) }).collect()
}
