//! Finding a key that stands twice in one object, in time linear in the number of keys.

use core::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use siphasher::sip::SipHasher13;

use super::string::JsonStr;
use super::tape::{Token, TokenKind};

/// The keys of the objects that are open at this point of the scan.
///
/// Most objects have a handful of keys. Those are compared one by one, in a small array that all open objects share: an object
/// inside another gives its places back when it closes, so that the keys of one object lie together. An object that outgrows the
/// array continues in a hash table.
pub(super) struct Keys<'p, 'k> {
    text: &'p str,
    hash_key: &'k [u8; 16],
    /// The first bytes and the length of a key, to tell most keys apart without looking further.
    fingerprints: [u64; NEAR],
    near: [Token; NEAR],
    used: usize,
    far: HashTable<(usize, Token)>,
}

/// How many keys fit into the array.
const NEAR: usize = 32;

/// How many keys of one object are compared one by one.
const NEAR_OF_ONE_OBJECT: usize = 16;

impl<'p, 'k> Keys<'p, 'k> {
    pub(super) fn new(text: &'p str, hash_key: &'k [u8; 16]) -> Self {
        Self { text, hash_key, fingerprints: [0; NEAR], near: [Token::NULL; NEAR], used: 0, far: HashTable::new() }
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

    /// Adds a key to the innermost open object, which `object` tells from all others and whose first place is `first`; `false`
    /// when the object has it already.
    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // anything modulo NEAR is a place
    pub(super) fn insert(&mut self, object: usize, first: usize, key: Token) -> bool {
        let fingerprint = self.fingerprint(key);
        for place in first..self.used {
            if self.fingerprints[place % NEAR] == fingerprint && self.is_near(first, key) {
                return false;
            }
        }
        if self.used < NEAR && self.used - first < NEAR_OF_ONE_OBJECT {
            self.fingerprints[self.used % NEAR] = fingerprint;
            self.near[self.used % NEAR] = key;
            self.used += 1;
            return true;
        }
        // Once full for an object the array stays so until it ends, so that what is not near can only be far.
        self.insert_far(object, key)
    }

    #[cold]
    fn insert_far(&mut self, object: usize, key: Token) -> bool {
        let (text, hash_key) = (self.text, self.hash_key);
        let entry = self.far.entry(
            hash(hash_key, object, key.string(text)),
            |(other, token)| *other == object && same(token.string(text), key.string(text)),
            |(object, token)| hash(hash_key, *object, token.string(text)),
        );
        match entry {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert((object, key));
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

fn hash(hash_key: &[u8; 16], object: usize, string: JsonStr<'_>) -> u64 {
    let mut hasher = SipHasher13::new_with_key(hash_key);
    hasher.write_usize(object);
    hasher.write(string.decode().as_bytes());
    hasher.finish()
}
