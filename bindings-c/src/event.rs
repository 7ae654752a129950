//! `payvost_event`: a verified event and its envelope.

use payvost_webhooks::Event;

use crate::boundary::{self, read};
use crate::event_type::payvost_type;
use crate::text::payvost_str;
use crate::unescaped::payvost_unescaped;

/// A verified event.
///
/// **It does not copy the payload but points into it: keep the payload, unchanged, until
/// `payvost_event_free()`.** An event from a call whose name ends in `_copy` has its own copy.
/// Texts and values from the functions below live as long as the event. Any number of threads may
/// read one event at once.
pub struct payvost_event {
    event: Event<'static>,
    unescaped: payvost_unescaped,
}

// Any number of threads may read one, as the header promises.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<payvost_event>();
};

/// A point in time, counted from 1970-01-01T00:00:00Z without leap seconds.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_timestamp {
    /// Whole seconds, rounded down.
    pub seconds: i64,
    /// Nanoseconds into that second, 0 to 999999999.
    pub nanoseconds: u32,
}

/// The event's id, 1 to 255 bytes without control characters. It is the same in every delivery of
/// the event: remember it to act once.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_id(event: Option<&payvost_event>) -> payvost_str {
    read(event, payvost_str::EMPTY, |event| payvost_str::new(event.event.id()))
}

/// What happened (`type`), such as `payment.succeeded`. The list is open: expect types that you do
/// not know.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_type(event: Option<&payvost_event>) -> payvost_str {
    read(event, payvost_str::EMPTY, |event| payvost_str::new(event.event.event_type()))
}

/// What happened, as a number for a `switch`; `PAYVOST_TYPE_UNKNOWN` for a type that is not
/// documented, and for `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_known_type(event: Option<&payvost_event>) -> payvost_type {
    read(event, payvost_type::PAYVOST_TYPE_UNKNOWN, |event| payvost_type::of(event.event.event_type()))
}

/// When it happened (`createdAt`). Retries keep it.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_created_at(event: Option<&payvost_event>) -> payvost_timestamp {
    read(event, payvost_timestamp { seconds: 0, nanoseconds: 0 }, |event| {
        let time = event.event.created_at();
        payvost_timestamp { seconds: time.unix_seconds(), nanoseconds: time.subsec_nanoseconds() }
    })
}

/// When it happened, as written: a date-time of RFC 3339. The time of this call grows with
/// the number of the envelope's fields.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_created_at_text(event: Option<&payvost_event>) -> payvost_str {
    read(event, payvost_str::EMPTY, |event| {
        let created_at = event.event.as_value().get("createdAt");
        created_at.and_then(|value| event.unescaped.string(value)).unwrap_or(payvost_str::EMPTY)
    })
}

/// Whether real money is meant (`liveMode`).
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_live_mode(event: Option<&payvost_event>) -> bool {
    read(event, false, |event| event.event.live_mode())
}

/// Which secret made the signature: 0 for the one that the verifier was made with, 1 for the first
/// that was added, and so on. During a rotation, this shows when the old secret is no longer used
/// and can be retired.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_matching_secret(event: Option<&payvost_event>) -> usize {
    read(event, 0, |event| event.event.matching_secret())
}

/// Frees an event. `NULL` is a no-op. After that, the payload may change or be freed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_free(event: Option<Box<payvost_event>>) {
    boundary::guarded((), || drop(event));
}

impl payvost_event {
    pub(crate) const fn get(&self) -> &Event<'static> {
        &self.event
    }

    pub(crate) const fn unescaped(&self) -> &payvost_unescaped {
        &self.unescaped
    }
}

impl From<Event<'static>> for payvost_event {
    fn from(event: Event<'static>) -> Self {
        Self { event, unescaped: payvost_unescaped::default() }
    }
}
