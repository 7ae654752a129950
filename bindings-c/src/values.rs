//! `payvost_value`: a value in a payload.

use core::ffi::c_char;
use core::mem::{MaybeUninit, align_of, size_of};

use payvost_webhooks::{Kind, Number, Value};

use crate::boundary;
use crate::event::payvost_event;
use crate::text::payvost_str;
use crate::unescaped::payvost_unescaped;

/// A value of an event's payload or of an answer, or the absence of one.
///
/// It is passed by value, can be copied freely, and needs no freeing; it lives as long as its event
/// or call. Looking up something missing returns an absent value, and so does every lookup in
/// that, so only the last step needs a check. A struct that was set to `{0}` is an absent value.
/// The members are private.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_value {
    unescaped: *const payvost_unescaped,
    place: [MaybeUninit<usize>; 5],
}

/// The kind of a value.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_kind {
    /// There is no such value.
    PAYVOST_KIND_ABSENT = 0,
    /// `null`
    PAYVOST_KIND_NULL = 1,
    /// `true` or `false`
    PAYVOST_KIND_BOOL = 2,
    /// A number.
    PAYVOST_KIND_NUMBER = 3,
    /// A string.
    PAYVOST_KIND_STRING = 4,
    /// An array.
    PAYVOST_KIND_ARRAY = 5,
    /// An object.
    PAYVOST_KIND_OBJECT = 6,
}

use payvost_kind::*;

/// What it happened to (`data`), always an object. Its content is the provider's and is not
/// checked.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_data(event: Option<&payvost_event>) -> payvost_value {
    boundary::read(event, payvost_value::ABSENT, |event| payvost_value::new(event.unescaped(), event.get().data()))
}

/// What `data` was before (`previousData`): an object, or absent when the payload has `null` there
/// or nothing.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_previous_data(event: Option<&payvost_event>) -> payvost_value {
    boundary::read(event, payvost_value::ABSENT, |event| {
        payvost_value::or_absent(event.unescaped(), event.get().previous_data())
    })
}

/// The whole payload as a value, unknown fields included.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_event_value(event: Option<&payvost_event>) -> payvost_value {
    boundary::read(event, payvost_value::ABSENT, |event| payvost_value::new(event.unescaped(), event.get().as_value()))
}

/// The value at a JSON Pointer (RFC 6901), or absent: `payvost_event_pointer(event,
/// PAYVOST_LITERAL("/data/customer/email"))`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_event_pointer(
    event: Option<&payvost_event>,
    pointer: *const c_char,
    pointer_len: usize,
) -> payvost_value {
    boundary::read(event, payvost_value::ABSENT, |event| {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let pointer = unsafe { boundary::text(pointer, pointer_len) };
        payvost_value::or_absent(event.unescaped(), pointer.and_then(|pointer| event.get().pointer(pointer)))
    })
}

/// The kind of a value.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_kind(value: payvost_value) -> payvost_kind {
    boundary::guarded(PAYVOST_KIND_ABSENT, || match value.get().map(|(_, value)| value.kind()) {
        None => PAYVOST_KIND_ABSENT,
        Some(Kind::Null) => PAYVOST_KIND_NULL,
        Some(Kind::Bool(_)) => PAYVOST_KIND_BOOL,
        Some(Kind::Number(_)) => PAYVOST_KIND_NUMBER,
        Some(Kind::String(_)) => PAYVOST_KIND_STRING,
        Some(Kind::Array(_)) => PAYVOST_KIND_ARRAY,
        Some(Kind::Object(_)) => PAYVOST_KIND_OBJECT,
    })
}

/// Reads `true` or `false`. Returns whether the value is one of them; `*truth` is written only
/// then, and `truth` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_bool(value: payvost_value, truth: Option<&mut MaybeUninit<bool>>) -> bool {
    read(value, truth, |_, value| value.as_bool())
}

/// Reads a string: the text itself, with escapes decoded. Returns whether it is one; `*text` is
/// written only then, and `text` may be `NULL`.
///
/// Most strings point into the payload. A string with escapes is decoded on first use, and the
/// event keeps the copy.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_string(value: payvost_value, text: Option<&mut MaybeUninit<payvost_str>>) -> bool {
    read(value, text, |unescaped, value| unescaped.string(value))
}

/// Reads a number as an integer. Returns whether it was written without fraction and exponent and
/// fits; `*number` is written only then, and `number` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_int64(value: payvost_value, number: Option<&mut MaybeUninit<i64>>) -> bool {
    read(value, number, |_, value| value.as_i64())
}

/// Reads a number as the nearest double. Returns whether it is a number; `*number` is written only
/// then, and `number` may be `NULL`.
///
/// Amounts of money come as strings, such as `"99.99"`: keep them out of doubles.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_double(value: payvost_value, number: Option<&mut MaybeUninit<f64>>) -> bool {
    read(value, number, |_, value| value.as_f64())
}

/// Reads a number as written, digit for digit. Returns whether it is a number; `*text` is
/// written only then, and `text` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_number_text(value: payvost_value, text: Option<&mut MaybeUninit<payvost_str>>) -> bool {
    read(value, text, |_, value| match value.kind() {
        Kind::Number(number) => Some(payvost_str::new(Number::as_str(number))),
        _ => None,
    })
}

/// The number of an object's members or an array's elements; 0 for every other value.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_length(value: payvost_value) -> usize {
    boundary::guarded(0, || match value.get().map(|(_, value)| value.kind()) {
        Some(Kind::Array(elements)) => elements.len(),
        Some(Kind::Object(members)) => members.len(),
        _ => 0,
    })
}

/// The member of an object by its key, or absent. The time of this call grows with the number of
/// members.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_value_member(value: payvost_value, key: *const c_char, key_len: usize) -> payvost_value {
    // SAFETY: it points to as many readable bytes as its length says, or is null.
    value.step(|value| value.get(unsafe { boundary::text(key, key_len) }?))
}

/// The element of an array by its index, from 0 on, or absent. The time of this call grows with the
/// index: to read them all, use `payvost_value_iterate()`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_element(value: payvost_value, index: usize) -> payvost_value {
    value.step(|value| match value.kind() {
        Kind::Array(elements) => elements.into_iter().nth(index),
        _ => None,
    })
}

/// The value at a JSON Pointer (RFC 6901) relative to this one, or absent: `""` is the value
/// itself, `/items/0` the first of `items`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_value_pointer(
    value: payvost_value,
    pointer: *const c_char,
    pointer_len: usize,
) -> payvost_value {
    // SAFETY: it points to as many readable bytes as its length says, or is null.
    value.step(|value| value.pointer(unsafe { boundary::text(pointer, pointer_len) }?))
}

/// A value as written in the payload: JSON that any parser reads, to store or pass on. Empty
/// for an absent value.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_value_json(value: payvost_value) -> payvost_str {
    boundary::guarded(payvost_str::EMPTY, || value.get().map_or(payvost_str::EMPTY, |(_, value)| payvost_str::new(value.raw())))
}

fn read<T>(
    value: payvost_value,
    place: Option<&mut MaybeUninit<T>>,
    read: impl FnOnce(&payvost_unescaped, Value<'_>) -> Option<T>,
) -> bool {
    boundary::write(place, boundary::guarded(None, || value.get().and_then(|(unescaped, value)| read(unescaped, value))))
}

impl payvost_value {
    pub(crate) const ABSENT: Self = Self { unescaped: core::ptr::null(), place: [MaybeUninit::uninit(); 5] };

    pub(crate) fn new(unescaped: &payvost_unescaped, value: Value<'_>) -> Self {
        const { assert!(size_of::<Value<'_>>() == size_of::<[usize; 5]>() && align_of::<Value<'_>>() == align_of::<usize>()) };
        let mut place = [MaybeUninit::uninit(); 5];
        // SAFETY: the place has the size and alignment of a Value.
        unsafe { place.as_mut_ptr().cast::<Value<'_>>().write(value) };
        Self { unescaped, place }
    }

    pub(crate) fn or_absent(unescaped: &payvost_unescaped, value: Option<Value<'_>>) -> Self {
        value.map_or(Self::ABSENT, |value| Self::new(unescaped, value))
    }

    /// The value and its owner's decoded texts; `None` if it is absent.
    pub(crate) fn get<'e>(&self) -> Option<(&'e payvost_unescaped, Value<'e>)> {
        // SAFETY: a value that is not absent comes from `new`, and the header forbids its use after its owner was freed.
        unsafe {
            let unescaped = self.unescaped.as_ref()?;
            Some((unescaped, self.place.as_ptr().cast::<Value<'e>>().read()))
        }
    }

    fn step(self, step: impl FnOnce(Value<'_>) -> Option<Value<'_>>) -> Self {
        boundary::guarded(Self::ABSENT, || match self.get() {
            Some((unescaped, value)) => Self::or_absent(unescaped, step(value)),
            None => Self::ABSENT,
        })
    }
}
