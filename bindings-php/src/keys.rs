//! The strings of the documented keys, which are created once per process.
#![allow(unsafe_code)] // reads what the engine made

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi::zend_string;
use payvost_webhooks::DOCUMENTED_KEYS;

use crate::engine::permanent_string;

/// The engine's strings, in the same order; null until the extension starts.
static STRINGS: [AtomicPtr<zend_string>; DOCUMENTED_KEYS.len()] =
    [const { AtomicPtr::new(ptr::null_mut()) }; DOCUMENTED_KEYS.len()];

/// Creates the strings. The engine frees them when it shuts down.
pub(crate) fn intern() {
    for (key, string) in DOCUMENTED_KEYS.iter().zip(&STRINGS) {
        string.store(permanent_string(key).unwrap_or(ptr::null_mut()), Ordering::Release);
    }
}

/// The string of a documented key. It is interned, so its references are not counted.
#[inline]
pub(crate) fn get(key: &str) -> Option<*mut zend_string> {
    let index = usize::from(*SLOTS.get(slot(key.as_bytes(), MULTIPLIER))?);
    if *DOCUMENTED_KEYS.get(index)? != key {
        return None;
    }
    let string = STRINGS.get(index)?.load(Ordering::Acquire);
    (!string.is_null()).then_some(string)
}

const SLOT_BITS: u32 = 8;

/// The documented key of each slot, or [`EMPTY`].
static SLOTS: [u8; 1 << SLOT_BITS] = match slots(MULTIPLIER) {
    Some(slots) => slots,
    None => panic!("two documented keys share a slot"),
};

const EMPTY: u8 = u8::MAX;

/// The first odd number with which no two documented keys share a slot.
const MULTIPLIER: u32 = {
    let mut multiplier = 0x9E37_79B1;
    while slots(multiplier).is_none() {
        multiplier += 2;
    }
    multiplier
};

#[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::indexing_slicing)] // evaluated at compile time
const fn slots(multiplier: u32) -> Option<[u8; 1 << SLOT_BITS]> {
    let mut slots = [EMPTY; 1 << SLOT_BITS];
    let mut index = 0;
    while index < DOCUMENTED_KEYS.len() {
        let slot = slot(DOCUMENTED_KEYS[index].as_bytes(), multiplier);
        if slots[slot] != EMPTY {
            return None;
        }
        slots[slot] = index as u8;
        index += 1;
    }
    Some(slots)
}

/// The slot of a key, from its length and three of its bytes.
#[inline]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // only the low bits of a length are used
const fn slot(key: &[u8], multiplier: u32) -> usize {
    let (Some(first), Some(last)) = (key.first(), key.last()) else { return 0 };
    #[allow(clippy::indexing_slicing)] // not empty, so half of its length is an index
    let middle = key[key.len() / 2];
    let mixed = *first as u32 | (middle as u32) << 8 | (*last as u32) << 16 | (key.len() as u32) << 24;
    (mixed.wrapping_mul(multiplier) >> (u32::BITS - SLOT_BITS)) as usize
}
