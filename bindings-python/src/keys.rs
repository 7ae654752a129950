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
    slots: [Option<(&'static str, Py<PyString>)>; SLOTS],
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
        for index in probe(name) {
            match self.slots.get(index) {
                Some(Some((known, string))) if *known == name => return Some(string),
                Some(Some(_)) => {}
                _ => break,
            }
        }
        None
    }

    fn insert(&mut self, name: &'static str, string: Py<PyString>) {
        for index in probe(name) {
            if let Some(slot @ None) = self.slots.get_mut(index) {
                *slot = Some((name, string));
                return;
            }
        }
    }
}

/// The keys of one event that are not documented, so that a key that stands in many objects is made once.
pub(crate) struct Memo<'py, 'e> {
    /// A key is in the slot that its hash names, or nowhere: the newest takes the place. None before the first key comes.
    slots: Vec<Option<(&'e str, Bound<'py, PyAny>)>>,
}

impl<'py, 'e> Memo<'py, 'e> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&Bound<'py, PyAny>> {
        let (known, string) = self.slots.get(probe(name).next()?)?.as_ref()?;
        if *known == name { Some(string) } else { None }
    }

    #[inline]
    pub(crate) fn put(&mut self, name: &'e str, string: &Bound<'py, PyAny>) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        if let Some(slot) = probe(name).next().and_then(|index| self.slots.get_mut(index)) {
            *slot = Some((name, string.clone()));
        }
    }
}

/// The slots where a key may be, the likeliest first.
#[inline]
fn probe(name: &str) -> impl Iterator<Item = usize> {
    let bytes = name.as_bytes();
    let at = |index: usize| bytes.get(index).copied().map_or(0, u32::from);
    let mixed = at(0) | at(bytes.len() / 2) << 8 | at(bytes.len().wrapping_sub(1)) << 16 | at(bytes.len() / 4) << 24;
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let hash = (mixed ^ length.rotate_left(4)).wrapping_mul(0x9E37_79B1) >> 24;
    let first = usize::try_from(hash).unwrap_or(0);
    (first..first + SLOTS).map(|index| index % SLOTS)
}
