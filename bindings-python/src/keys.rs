//! Key strings that are made once: those that the documentation names.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// The documented keys of the envelope and of `data`.
const DOCUMENTED: [&str; 39] = [
    "id",
    "type",
    "createdAt",
    "liveMode",
    "data",
    "previousData",
    "amount",
    "currency",
    "status",
    "customer",
    "email",
    "name",
    "metadata",
    "orderId",
    "paidAt",
    "failureCode",
    "failureMessage",
    "refundId",
    "refundAmount",
    "reason",
    "fromWalletId",
    "toWalletId",
    "completedAt",
    "failureReason",
    "userId",
    "balance",
    "previousBalance",
    "change",
    "frozenAt",
    "country",
    "submittedAt",
    "tier",
    "verifiedAt",
    "requiredActions",
    "alertId",
    "severity",
    "description",
    "transactionId",
    "userEmail",
];

/// A hash table that is never written again, so that threads share it without a lock.
pub(crate) struct Keys {
    slots: [Option<(Shape, Py<PyString>)>; SLOTS],
}

/// A power of two, and so many that most keys that are not in the table meet an empty slot at once.
const SLOTS: usize = 256;

static KEYS: PyOnceLock<Keys> = PyOnceLock::new();

/// Makes the strings. They are interned, as the names in Python code are, so that `event["data"]` finds its key by identity.
pub(crate) fn init(py: Python<'_>) {
    KEYS.get_or_init(py, || {
        let mut keys = Keys { slots: [const { None }; SLOTS] };
        for name in DOCUMENTED {
            keys.insert(name, PyString::intern(py, name).unbind());
        }
        keys
    });
}

impl Keys {
    /// The keys, once [`init`] has made them.
    #[inline]
    pub(crate) fn shared(py: Python<'_>) -> Option<&'static Self> {
        KEYS.get(py)
    }

    /// The string of a documented key.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&Py<PyString>> {
        let shape = Shape::of(name);
        if shape.length > Shape::LONGEST {
            return None;
        }
        for slot in shape.slots() {
            match self.slots.get(slot) {
                Some(Some((known, string))) if *known == shape => return Some(string),
                Some(Some(_)) => {}
                _ => break,
            }
        }
        None
    }

    fn insert(&mut self, name: &'static str, string: Py<PyString>) {
        let shape = Shape::of(name);
        for slot in shape.slots() {
            if let Some(slot @ None) = self.slots.get_mut(slot) {
                *slot = Some((shape, string));
                return;
            }
        }
    }
}

/// The keys of one event that are not documented, so that a key that stands in many objects is made once.
pub(crate) struct Memo<'py, 'e> {
    /// A key is in the slot that its shape names, or nowhere: the newest takes the place. None before the first key comes.
    slots: Vec<Option<(&'e str, Bound<'py, PyAny>)>>,
}

impl<'py, 'e> Memo<'py, 'e> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&Bound<'py, PyAny>> {
        let (known, string) = self.slots.get(Shape::of(name).slot())?.as_ref()?;
        if *known == name { Some(string) } else { None }
    }

    #[inline]
    pub(crate) fn put(&mut self, name: &'e str, string: &Bound<'py, PyAny>) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        if let Some(slot) = self.slots.get_mut(Shape::of(name).slot()) {
            *slot = Some((name, string.clone()));
        }
    }
}

/// The length of a name and its bytes at both ends, which tell names of up to [`LONGEST`](Self::LONGEST) bytes apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shape {
    length: usize,
    start: u64,
    end: u64,
}

impl Shape {
    const LONGEST: usize = 16;

    #[inline]
    fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let (start, end) = if let (Some(start), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from_le_bytes(*start), u64::from_le_bytes(*end))
        } else if let (Some(start), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u32::from_le_bytes(*start).into(), u32::from_le_bytes(*end).into())
        } else {
            (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
        };
        Self { length: bytes.len(), start, end }
    }

    /// The likeliest slot.
    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.start ^ self.end.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
        usize::try_from(mixed).unwrap_or(0) % SLOTS
    }

    /// The slots where a documented key may be, the likeliest first.
    #[inline]
    fn slots(self) -> impl Iterator<Item = usize> {
        let first = self.slot();
        (first..first + SLOTS).map(|slot| slot % SLOTS)
    }
}
