//! `payvost_dead_letters`: the events that were claimed and not handled.

use core::mem::MaybeUninit;

use payvost_webhooks::claims::{DeadLetter, DeadLetterReason};

use crate::boundary::{self, read};
use crate::text::payvost_str;

/// A list of events that were claimed and not handled, at the time it was made.
pub struct payvost_dead_letters {
    letters: Vec<DeadLetter>,
}

/// An event that was claimed and not handled. It belongs to its list.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_dead_letter {
    /// The key of the claim, for `payvost_delivery_new_retry()`.
    pub key: payvost_str,
    /// The type of the event.
    pub event_type: payvost_str,
    /// The kind of error of the handler's last failure; empty if it did not fail.
    pub error: payvost_str,
    /// How long it has been in this state, in milliseconds.
    pub age_ms: u64,
    /// How often it has been tried.
    pub attempts: u32,
    /// What happened to it last.
    pub reason: payvost_dead_letter_reason,
}

/// What happened to an event that was not handled.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_dead_letter_reason {
    /// Its handler failed.
    PAYVOST_DEAD_LETTER_FAILED = 0,
    /// The lease is over, and the worker did not report a result.
    PAYVOST_DEAD_LETTER_ABANDONED = 1,
    /// Its handler committed the transaction of an inbox itself: only a retry by its key runs it again.
    PAYVOST_DEAD_LETTER_PARKED = 2,
}

use payvost_dead_letter_reason::*;

/// The letter at an index, from 0 on. Returns whether there is one; `*letter` is written only then, and
/// `letter` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_dead_letters_at(
    letters: Option<&payvost_dead_letters>,
    index: usize,
    letter: Option<&mut MaybeUninit<payvost_dead_letter>>,
) -> bool {
    boundary::write(letter, read(letters, None, |letters| letters.letters.get(index).map(payvost_dead_letter::new)))
}

/// Frees a list. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_dead_letters_free(letters: Option<Box<payvost_dead_letters>>) {
    boundary::guarded((), || drop(letters));
}

impl payvost_dead_letters {
    pub(crate) const fn new(letters: Vec<DeadLetter>) -> Self {
        Self { letters }
    }
}

impl payvost_dead_letter {
    fn new(letter: &DeadLetter) -> Self {
        Self {
            key: payvost_str::new(&letter.key),
            event_type: payvost_str::new(&letter.event_type),
            error: letter.error.as_deref().map_or(payvost_str::EMPTY, payvost_str::new),
            age_ms: u64::try_from(letter.age.as_millis()).unwrap_or(u64::MAX),
            attempts: letter.attempts,
            reason: match letter.reason {
                DeadLetterReason::Failed => PAYVOST_DEAD_LETTER_FAILED,
                DeadLetterReason::Abandoned => PAYVOST_DEAD_LETTER_ABANDONED,
                DeadLetterReason::Parked => PAYVOST_DEAD_LETTER_PARKED,
                // A reason that is in the core but not here is at least listed.
                _ => PAYVOST_DEAD_LETTER_FAILED,
            },
        }
    }
}
