//! Shared key strings: those in the documentation, and those seen recently.

use std::sync::{Mutex, TryLockError};

use payvost_webhooks::DOCUMENTED_KEYS;
use pyo3::ffi::Py_hash_t;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::boundary::{Built, Raised};

/// A cache of key strings, so that a key that occurs in many objects and events is created and hashed once.
///
/// The strings outlive the event, so their number is bounded and only short keys are kept.
#[derive(Default)]
pub(crate) struct Keys {
    /// Two slots per hash value, with the newer key in the first. The length is a power of two, or zero before the first key.
    slots: Vec<[Option<Known>; 2]>,
}

struct Known {
    shape: Shape,
    string: Py<PyAny>,
    hash: Py_hash_t,
    /// Whether the key is never evicted.
    documented: bool,
}

static SHARED: Mutex<Keys> = Mutex::new(Keys { slots: Vec::new() });

/// The number of slot pairs: of the shared cache, and of one that serves a single event.
const SHARED_SLOTS: usize = 1024;
const SLOTS: usize = 64;

/// Creates the strings of the documented keys. They are interned like names in Python code, so that `event["data"]` finds its key by
/// identity.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    with(|keys| {
        keys.slots.resize_with(SHARED_SLOTS, Default::default);
        for name in DOCUMENTED_KEYS {
            if let Some(shape) = Shape::of(name.as_bytes()) {
                let string = PyString::intern(py, name);
                let hash = string.hash()?;
                keys.put(Known { shape, string: string.into_any().unbind(), hash, documented: true });
            }
        }
        Ok(())
    })
}

/// Lends the shared cache. If it is in use, by another thread or in a finalizer, an empty cache serves instead.
#[inline]
pub(crate) fn with<T>(action: impl FnOnce(&mut Keys) -> T) -> T {
    match SHARED.try_lock() {
        Ok(mut keys) => action(&mut keys),
        Err(TryLockError::Poisoned(poisoned)) => action(&mut poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => action(&mut Keys::default()),
    }
}

impl Keys {
    /// Calls a function with the string of a key and its hash. `make` creates the string if it is not cached.
    #[inline]
    pub(crate) fn with_string<'py>(
        &mut self,
        py: Python<'py>,
        name: &[u8],
        make: impl FnOnce() -> Built<'py>,
        action: impl FnOnce(&Bound<'py, PyAny>, Py_hash_t) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        let Some(shape) = Shape::of(name) else {
            let string = make()?;
            return action(&string, hash(&string)?);
        };
        if let Some(known) = self.find(&shape) {
            return action(known.string.bind(py), known.hash);
        }
        let string = make()?;
        let hash = hash(&string)?;
        action(&string, hash)?;
        self.put(Known { shape, string: string.unbind(), hash, documented: false });
        Ok(())
    }

    #[inline(always)]
    fn find(&self, shape: &Shape) -> Option<&Known> {
        let [newest, other] = self.slots.get(shape.slot(self.slots.len()))?;
        let is = |known: &&Known| known.shape.is(shape);
        newest.as_ref().filter(is).or_else(|| other.as_ref().filter(is))
    }

    #[cold]
    fn put(&mut self, known: Known) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Default::default);
        }
        let slot = known.shape.slot(self.slots.len());
        let Some([newest, other]) = self.slots.get_mut(slot) else { return };
        let keeps = |slot: &Option<Known>| slot.as_ref().is_some_and(|known| known.documented);
        if keeps(newest) {
            if !keeps(other) {
                *other = Some(known);
            }
        } else if keeps(other) {
            *newest = Some(known);
        } else {
            *other = newest.replace(known);
        }
    }
}

fn hash(string: &Bound<'_, PyAny>) -> Result<Py_hash_t, Raised> {
    string.hash().map_err(|error| Raised::again(string.py(), error))
}

/// A name in full: its length, and its bytes from both ends.
#[derive(Clone, Copy)]
struct Shape {
    length: usize,
    words: [u64; 4],
}

impl Shape {
    /// For a name of up to 32 bytes, which fit into four words.
    #[inline]
    fn of(bytes: &[u8]) -> Option<Self> {
        let words = match bytes.len() {
            0..8 => [short(bytes), 0, 0, 0],
            8..=16 => [first(bytes, 0), last(bytes, 8), 0, 0],
            17..=32 => [first(bytes, 0), last(bytes, 8), first(bytes, 8), last(bytes, 16)],
            _ => return None,
        };
        Some(Self { length: bytes.len(), words })
    }

    /// Compares word by word, because the words are still in registers. Combining them first takes longer.
    #[inline(always)]
    fn is(&self, other: &Self) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.words, other.words);
        self.length == other.length && (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) == 0
    }

    /// The index among `count` slots.
    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // below the number of slots
    fn slot(self, slots: usize) -> usize {
        let [a, b, c, d] = self.words;
        let mixed = (a ^ b.rotate_left(29) ^ c.rotate_left(13) ^ d.rotate_left(47)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (((mixed >> 32) * slots as u64) >> 32) as usize
    }
}

/// Eight bytes at an offset.
#[inline]
fn first(bytes: &[u8], offset: usize) -> u64 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
}

/// Eight bytes at an offset from the end.
#[inline]
fn last(bytes: &[u8], from_end: usize) -> u64 {
    first(bytes, bytes.len() - from_end)
}

/// Fewer than eight bytes.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    if let (Some(start), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*start)) << 32 | u64::from(u32::from_le_bytes(*end));
    }
    match bytes {
        [first, middle, last] => u64::from(*first) << 16 | u64::from(*middle) << 8 | u64::from(*last),
        [first, last] => u64::from(*first) << 8 | u64::from(*last),
        [only] => u64::from(*only),
        _ => 0,
    }
}
