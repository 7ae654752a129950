//! Finding a key that stands twice in one object, in time linear in the number of keys.

use super::key_table::{self, KeyTable, same};
use super::tape::{Token, TokenKind};

/// What is done about the keys that the scan meets.
pub(super) trait KeyCheck<'k> {
    /// `hash_key` is one that nobody could know while choosing keys.
    fn new(hash_key: &'k [u8; 16]) -> Self;

    /// A container opens inside of `depth` others: how many places of the array are taken, which is the first place of an object.
    fn open(&mut self, kind: TokenKind, depth: usize) -> usize;

    /// A container ends, inside of `depth` others, whose first place was `first`: gives back the places from there on. `outer` is the
    /// first place of the container around it, which has `count` keys if it is an object.
    fn close(&mut self, depth: usize, first: usize, outer: usize, count: usize);

    /// Adds the key that ends the tape to the innermost open object; `false` when the object has it already. `object` is the place of the
    /// object on the tape, and `first` its first place in the array.
    fn insert(&mut self, text: &str, tape: &[Token], object: usize, first: usize, key: Token) -> bool;
}

/// Takes every key for a new one: for a host whose dictionaries will tell.
pub(super) struct Unchecked;

impl KeyCheck<'_> for Unchecked {
    fn new(_: &[u8; 16]) -> Self {
        Self
    }

    #[inline(always)]
    fn open(&mut self, _: TokenKind, _: usize) -> usize {
        0
    }

    #[inline(always)]
    fn close(&mut self, _: usize, _: usize, _: usize, _: usize) {}

    #[inline(always)]
    fn insert(&mut self, _: &str, _: &[Token], _: usize, _: usize, _: Token) -> bool {
        true
    }
}

/// The keys of the objects that are open at this point of the scan.
///
/// Most objects have a handful of keys. Those are compared one by one, in a small array that all open objects share: an object
/// inside another gives its places back when it closes, so that the keys of one object lie together. An object that outgrows the
/// array moves to a hash table.
pub(super) struct Keys<'k> {
    hash_key: &'k [u8; 16],
    /// A bit for each key of the innermost open object, by a hash of its fingerprint: the key is new when its bit is not set. All are
    /// set when it is no longer known which should be.
    seen: u64,
    /// What `seen` was when a container opened at this depth.
    seen_outside: [u64; SHALLOW],
    near: [Near; NEAR],
    used: usize,
    /// When so many places are taken, the innermost open object gets no more of them.
    limit: usize,
    /// The keys that found no place in the array.
    far: Option<KeyTable>,
}

/// A key in the array.
#[derive(Clone, Copy)]
struct Near {
    /// Its first bytes and its length, to tell most keys apart without looking further.
    fingerprint: u64,
    token: Token,
}

/// How many keys fit into the array.
const NEAR: usize = 32;

/// In how many containers it is known again, when one of them ends, which keys the one around it has.
const SHALLOW: usize = 8;

/// How many keys of one object are compared one by one.
const NEAR_OF_ONE_OBJECT: usize = 16;

/// An odd number that spreads a word over its highest bits when it is multiplied (2⁶⁴ divided by the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl<'k> KeyCheck<'k> for Keys<'k> {
    fn new(hash_key: &'k [u8; 16]) -> Self {
        let near = [Near { fingerprint: 0, token: Token::NULL }; NEAR];
        Self { hash_key, seen: 0, seen_outside: [u64::MAX; SHALLOW], near, used: 0, limit: 0, far: None }
    }

    #[inline(always)]
    fn open(&mut self, kind: TokenKind, depth: usize) -> usize {
        if let Some(seen) = self.seen_outside.get_mut(depth) {
            *seen = self.seen;
        }
        if kind == TokenKind::Object {
            self.seen = 0;
            self.limit = NEAR.min(self.used + NEAR_OF_ONE_OBJECT);
        }
        self.used
    }

    #[inline(always)]
    fn close(&mut self, depth: usize, first: usize, outer: usize, count: usize) {
        self.used = first;
        self.seen = self.seen_outside.get(depth).copied().unwrap_or(u64::MAX);
        let is_far = first - outer < count;
        self.limit = if is_far { first } else { NEAR.min(outer + NEAR_OF_ONE_OBJECT) };
    }

    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // anything modulo NEAR is a place
    fn insert(&mut self, text: &str, tape: &[Token], object: usize, first: usize, key: Token) -> bool {
        if self.used == self.limit {
            return self.insert_far(text, tape, object, first);
        }
        let fingerprint = fingerprint(text, key);
        let bit = 1 << (fingerprint.wrapping_mul(SPREAD) >> (u64::BITS - 6));
        if self.seen & bit != 0 && self.is_near(text, first, fingerprint, key) {
            return false;
        }
        self.seen |= bit;
        self.near[self.used % NEAR] = Near { fingerprint, token: key };
        self.used += 1;
        true
    }
}

impl Keys<'_> {
    /// Adds a key of an object that gets no more places, and from now on looks for all of its keys in the hash table.
    #[inline(never)]
    fn insert_far(&mut self, text: &str, tape: &[Token], object: usize, first: usize) -> bool {
        let hash_key = self.hash_key;
        let table = self.far.get_or_insert_with(|| KeyTable::new(hash_key, text));
        for near in key_table::keys(tape, object).take(self.used - first) {
            table.insert(text, tape, object, near);
        }
        (self.used, self.limit) = (first, first);
        table.insert(text, tape, object, tape.len() - 1)
    }

    /// Whether the key is in the array.
    #[inline(never)]
    fn is_near(&self, text: &str, first: usize, fingerprint: u64, key: Token) -> bool {
        let near = self.near.get(first..self.used).unwrap_or_default();
        let mut alike = near.iter().filter(|other| other.fingerprint == fingerprint);
        alike.any(|other| same(other.token.string(text), key.string(text)))
    }
}

#[inline(always)]
fn fingerprint(text: &str, key: Token) -> u64 {
    let behind = text.as_bytes().get(key.offset()..).unwrap_or_default();
    match behind.first_chunk() {
        Some(word) if key.kind() == TokenKind::Ascii => mask(u64::from_le_bytes(*word), key.extent()),
        _ => rare_fingerprint(text, key),
    }
}

/// Of a key that is not plain ASCII, and of one at the end of the text.
#[cold]
fn rare_fingerprint(text: &str, key: Token) -> u64 {
    let value = key.string(text).decode();
    let word = value.bytes().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(byte));
    mask(word, value.len())
}

/// Of the eight bytes from the start of a key those that belong to it, mixed with its length.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::indexing_slicing)] // from usize to u64 nothing is lost; the mask is below 9
fn mask(word: u64, length: usize) -> u64 {
    (word & MASKS[length.min(8)]) ^ (length as u64).rotate_right(8)
}

/// The first bytes of a word, by their number.
const MASKS: [u64; 9] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xffff_ffff, 0xff_ffff_ffff, 0xffff_ffff_ffff, 0xff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff];
