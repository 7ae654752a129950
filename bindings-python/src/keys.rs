//! Key strings that are made once: those that the documentation names, and those that came lately.

use std::sync::{Mutex, TryLockError};

use payvost_webhooks::DOCUMENTED_KEYS;
use pyo3::ffi::Py_hash_t;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::boundary::{Built, Raised};

/// The strings of keys, so that a key that stands in many objects and events is made and hashed once.
///
/// They outlive the event. So there are no more than there are places, and only short keys are kept.
#[derive(Default)]
pub(crate) struct Keys {
    /// Two places for each value of a hash, the newest key in the first. A power of two of them, or none before the first key comes.
    places: Vec<[Option<Known>; 2]>,
}

struct Known {
    shape: Shape,
    string: Py<PyAny>,
    hash: Py_hash_t,
    /// Whether it keeps its place.
    documented: bool,
}

static SHARED: Mutex<Keys> = Mutex::new(Keys { places: Vec::new() });

/// How many pairs of places the shared keys have, and those that serve one event.
const SHARED_PLACES: usize = 1024;
const PLACES: usize = 64;

/// Makes the strings of the documented keys. They are interned, as the names in Python code are, so that `event["data"]` finds its key by
/// identity.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    with(|keys| {
        keys.places.resize_with(SHARED_PLACES, Default::default);
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

/// Lends the shared keys. Where they are in use, by another thread or by what a finalizer calls, others serve that know no key yet.
#[inline]
pub(crate) fn with<T>(action: impl FnOnce(&mut Keys) -> T) -> T {
    match SHARED.try_lock() {
        Ok(mut keys) => action(&mut keys),
        Err(TryLockError::Poisoned(poisoned)) => action(&mut poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => action(&mut Keys::default()),
    }
}

impl Keys {
    /// Does something with the string of a key and its hash. `make` makes it when it is not there.
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
        let [newest, other] = self.places.get(shape.place(self.places.len()))?;
        let is = |known: &&Known| known.shape.is(shape);
        newest.as_ref().filter(is).or_else(|| other.as_ref().filter(is))
    }

    #[cold]
    fn put(&mut self, known: Known) {
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Default::default);
        }
        let place = known.shape.place(self.places.len());
        let Some([newest, other]) = self.places.get_mut(place) else { return };
        let keeps = |place: &Option<Known>| place.as_ref().is_some_and(|known| known.documented);
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

/// All of a name: its length, and its bytes from both ends.
#[derive(Clone, Copy)]
struct Shape {
    length: usize,
    words: [u64; 4],
}

impl Shape {
    /// Of a name of up to 32 bytes, which is as much as four words hold.
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

    /// Word by word, since these are still in registers: to put them together to be compared in one go takes longer.
    #[inline(always)]
    fn is(&self, other: &Self) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.words, other.words);
        self.length == other.length && (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) == 0
    }

    /// Which of so many places.
    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // below the number of places
    fn place(self, places: usize) -> usize {
        let [a, b, c, d] = self.words;
        let mixed = (a ^ b.rotate_left(29) ^ c.rotate_left(13) ^ d.rotate_left(47)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (((mixed >> 32) * places as u64) >> 32) as usize
    }
}

/// Eight bytes from a place on.
#[inline]
fn first(bytes: &[u8], place: usize) -> u64 {
    bytes.get(place..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
}

/// The eight bytes that begin so many before the end.
#[inline]
fn last(bytes: &[u8], from_end: usize) -> u64 {
    first(bytes, bytes.len() - from_end)
}

/// Less than eight bytes.
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
