//! Finding a key that stands twice in one object, in time linear in the number of keys.

use core::hash::Hasher;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::string::JsonStr;
use super::tape::{Token, TokenKind};

/// The keys of the objects that are open at this point of the scan.
///
/// Most objects have a handful of keys. Those are compared one by one, in a small array that all open objects share: an object
/// inside another gives its places back when it closes, so that the keys of one object lie together. An object that outgrows the
/// array moves to a hash table.
///
/// The hash is fast rather than strong, but keyed anew for each text with what nobody can know who chooses its keys, so that keys
/// cannot be chosen to collide.
pub(super) struct Keys<'p, 'k> {
    text: &'p str,
    hash_key: &'k [u8; 16],
    /// The first bytes and the length of a key, to tell most keys apart without looking further.
    fingerprints: [u64; NEAR],
    near: [Token; NEAR],
    used: usize,
    far: Option<Far>,
}

/// The keys that found no place in the array.
struct Far {
    table: HashTable<FarKey>,
    seed: SharedSeed,
    own_seed: u64,
}

/// A key in the hash table, with its hash, so that the table grows without reading the text again.
struct FarKey {
    hash: u64,
    object: usize,
    token: Token,
}

/// How many keys fit into the array.
const NEAR: usize = 32;

/// How many keys the hash table has room for at first.
const FAR: usize = 112;

/// How many keys of one object are compared one by one.
const NEAR_OF_ONE_OBJECT: usize = 16;

impl<'p, 'k> Keys<'p, 'k> {
    pub(super) fn new(text: &'p str, hash_key: &'k [u8; 16]) -> Self {
        Self { text, hash_key, fingerprints: [0; NEAR], near: [Token::NULL; NEAR], used: 0, far: None }
    }

    /// How many places of the array are taken: the first place of an object that opens now.
    #[inline]
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Gives back the places from `first` on, of an object that ends.
    #[inline]
    pub(super) fn close(&mut self, first: usize) {
        self.used = first;
    }

    /// Adds a key to the innermost open object; `false` when the object has it already. The object is told from all others by
    /// `object`, has `count` keys so far, and its first place is `first`.
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // anything modulo NEAR is a place
    pub(super) fn insert(&mut self, object: usize, first: usize, count: usize, key: Token) -> bool {
        if self.used - first < count {
            return self.insert_far(object, key);
        }
        let fingerprint = self.fingerprint(key);
        for place in first..self.used {
            if self.fingerprints[place % NEAR] == fingerprint && self.is_near(first, key) {
                return false;
            }
        }
        if self.used == NEAR || count == NEAR_OF_ONE_OBJECT {
            return self.move_far(object, first, key);
        }
        self.fingerprints[self.used % NEAR] = fingerprint;
        self.near[self.used % NEAR] = key;
        self.used += 1;
        true
    }

    /// Adds the first key of an object that finds no place, and from now on looks for all of the object's keys in the hash table.
    #[cold]
    fn move_far(&mut self, object: usize, first: usize, key: Token) -> bool {
        for place in first..self.used {
            if let Some(near) = self.near.get(place).copied() {
                self.insert_far(object, near);
            }
        }
        self.used = first;
        self.insert_far(object, key)
    }

    fn insert_far(&mut self, object: usize, token: Token) -> bool {
        let (text, hash_key) = (self.text, self.hash_key);
        let far = self.far.get_or_insert_with(|| Far::new(hash_key));
        let hash = far.hash(object, token.string(text));
        let is_same =
            |key: &FarKey| key.hash == hash && key.object == object && same(key.token.string(text), token.string(text));
        match far.table.entry(hash, is_same, |key| key.hash) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(FarKey { hash, object, token });
                true
            }
        }
    }

    /// Whether the key is in the array, of those with the same fingerprint too.
    #[cold]
    fn is_near(&self, first: usize, key: Token) -> bool {
        let near = self.near.get(first..self.used).unwrap_or_default();
        near.iter().any(|other| same(other.string(self.text), key.string(self.text)))
    }

    #[inline(always)]
    fn fingerprint(&self, key: Token) -> u64 {
        let behind = self.text.as_bytes().get(key.offset()..).unwrap_or_default();
        match behind.first_chunk() {
            Some(word) if key.kind() != TokenKind::Escaped => mask(u64::from_le_bytes(*word), key.extent()),
            _ => self.rare_fingerprint(key),
        }
    }

    /// Of a key with escapes, and of one at the end of the text.
    #[cold]
    fn rare_fingerprint(&self, key: Token) -> u64 {
        let value = key.string(self.text).decode();
        let word = value.bytes().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(byte));
        mask(word, value.len())
    }
}

/// Of the eight bytes from the start of a key those that belong to it, mixed with its length.
#[inline(always)]
#[allow(clippy::as_conversions)] // from usize to u64 nothing is lost
fn mask(word: u64, length: usize) -> u64 {
    let kept = if length < 8 { word & !(u64::MAX << (8 * length)) } else { word };
    kept ^ (length as u64).rotate_right(8)
}

fn same(a: JsonStr<'_>, b: JsonStr<'_>) -> bool {
    if a.is_escaped() || b.is_escaped() { a.decode() == b.decode() } else { a.raw() == b.raw() }
}

impl Far {
    fn new(hash_key: &[u8; 16]) -> Self {
        let half = |at| hash_key.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |half| u64::from_le_bytes(*half));
        Self { table: HashTable::with_capacity(FAR), seed: SharedSeed::from_u64(half(0)), own_seed: half(8) }
    }

    fn hash(&self, object: usize, string: JsonStr<'_>) -> u64 {
        let mut hasher = FoldHasher::with_seed(self.own_seed, &self.seed);
        hasher.write_usize(object);
        if string.is_escaped() {
            hasher.write(string.decode().as_bytes());
        } else {
            hasher.write(string.raw().as_bytes());
        }
        hasher.finish()
    }
}
