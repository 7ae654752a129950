//! The keys of objects that have many, in a hash table.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::Hasher;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;

use super::string::JsonStr;
use super::tape::{Token, TokenKind};

/// A hash table of keys that is quick for tens of thousands of them: a slot is a word, one half of it hash and the other a place on the
/// tape. The upper bits of the hash name the slot, so that a table that grows is read and written from front to back.
///
/// The hash is fast rather than strong, but keyed anew for each text with what nobody can know who chooses its keys, so that keys
/// cannot be chosen to collide.
pub(super) struct KeyTable {
    /// A power of two of them, of which less than a half are taken. Zero is a free slot: no key is the first token of a tape.
    slots: Vec<u64>,
    used: usize,
    seed: SharedSeed,
    own_seed: u64,
}

/// How many slots there are at first, at least.
const SLOTS: usize = 256;

/// How many bytes of text there are to a slot at first, at most: so many that a large text does not have the table grow often.
const BYTES_A_SLOT: usize = 16;

impl KeyTable {
    pub(super) fn new(hash_key: &[u8; 16], text: &str) -> Self {
        let half = |at| hash_key.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |half| u64::from_le_bytes(*half));
        let slots = SLOTS.max(text.len() / BYTES_A_SLOT).next_power_of_two();
        Self { slots: vec![0; slots], used: 0, seed: SharedSeed::from_u64(half(0)), own_seed: half(8) }
    }

    /// Adds the key at the place `key` of the tape, which belongs to the open object whose token is at the place `object`; `false` when
    /// the object has it already.
    #[inline]
    pub(super) fn insert(&mut self, text: &str, tape: &[Token], object: usize, key: usize) -> bool {
        if self.used >= self.slots.len() / 2 {
            self.grow();
        }
        let string = at(tape, key).string(text);
        let hash = self.hash(object, string);
        let mut slot = self.slot(hash);
        while let Some(entry) = self.slots.get(slot).copied().filter(|entry| *entry != 0) {
            let other = place(entry);
            if hash_of(entry) == hash && same(at(tape, other).string(text), string) && belongs(tape, object, other) {
                return false;
            }
            slot = self.behind(slot);
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = entry(hash, key);
            self.used += 1;
        }
        true
    }

    /// The upper half of the hash of a key and of the object that it is in.
    #[inline]
    fn hash(&self, object: usize, string: JsonStr<'_>) -> u64 {
        let mut hasher = FoldHasher::with_seed(self.own_seed, &self.seed);
        hasher.write_usize(object);
        if string.is_escaped() {
            hasher.write(string.decode().as_bytes());
        } else {
            hasher.write(string.raw().as_bytes());
        }
        hasher.finish() >> HASH_SHIFT
    }

    /// The slot where the search for a hash begins: as much of it as there are slots.
    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // below the number of slots
    fn slot(&self, hash: u64) -> usize {
        ((hash * self.slots.len() as u64) >> (u64::BITS - HASH_SHIFT)) as usize
    }

    #[inline]
    fn behind(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        let slots = vec![0; self.slots.len() * 2];
        for moved in core::mem::replace(&mut self.slots, slots) {
            if moved == 0 {
                continue;
            }
            let mut slot = self.slot(hash_of(moved));
            while self.slots.get(slot).is_some_and(|entry| *entry != 0) {
                slot = self.behind(slot);
            }
            if let Some(free) = self.slots.get_mut(slot) {
                *free = moved;
            }
        }
    }
}

/// How many bits of a slot are the place on the tape; the others are hash.
const HASH_SHIFT: u32 = 32;

#[inline]
#[allow(clippy::as_conversions)] // from usize to u64 nothing is lost
fn entry(hash: u64, place: usize) -> u64 {
    hash << HASH_SHIFT | place as u64
}

#[inline]
fn hash_of(entry: u64) -> u64 {
    entry >> HASH_SHIFT
}

#[inline]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // the lower half
fn place(entry: u64) -> usize {
    entry as u32 as usize
}

#[inline]
fn at(tape: &[Token], place: usize) -> Token {
    tape.get(place).copied().unwrap_or(Token::NULL)
}

pub(super) fn same(a: JsonStr<'_>, b: JsonStr<'_>) -> bool {
    if a.is_escaped() || b.is_escaped() { a.decode() == b.decode() } else { a.raw() == b.raw() }
}

/// Whether a key is one of this object, and not one of an object that has ended inside. So much of their hashes agrees that it would be a
/// rare chance if it were not.
#[cold]
fn belongs(tape: &[Token], object: usize, key: usize) -> bool {
    keys(tape, object).any(|place| place == key)
}

/// The places of the keys of an open object. Whatever is open inside of it has ended.
pub(super) fn keys(tape: &[Token], object: usize) -> impl Iterator<Item = usize> {
    let mut next = object + 2;
    core::iter::from_fn(move || {
        let key = next;
        let value = tape.get(key + 1)?;
        next = match value.kind() {
            TokenKind::Object | TokenKind::Array => value.extent(),
            _ => key + 2,
        };
        Some(key)
    })
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::super::{Document, JsonError, JsonProblem};

    /// An object with so many keys that the table grows, of which some hold objects that have many keys too, and the same ones.
    fn object(count: usize) -> Vec<String> {
        let inner: Vec<_> = (0..30).map(|number| format!(r#""{number}":[{{}}]"#)).collect();
        let inner = format!("{{{}}}", inner.join(","));
        let value = |number| if number % 100 == 50 { inner.clone() } else { "0".into() };
        (0..count).map(|number| format!(r#""{number}":{}"#, value(number))).collect()
    }

    #[test]
    fn takes_equal_keys_of_different_objects() {
        for count in [16, 17, 31, 300, 5000] {
            let text = format!("{{{}}}", object(count).join(","));
            assert!(Document::parse(text.as_bytes(), b"0123456789abcdef").is_ok(), "{count} keys");
        }
    }

    #[test]
    fn finds_a_key_again_however_it_is_written() {
        for (count, again) in
            [(16, "0"), (17, r"\u0031"), (60, "51"), (300, r"1\u00350"), (5000, "0"), (5000, r"\u00349\u00399")]
        {
            let before = format!("{{{},", object(count).join(","));
            let text = format!(r#"{before}"{again}":1}}"#);
            let found = Document::parse(text.as_bytes(), b"0123456789abcdef").unwrap_err();
            assert_eq!(found, JsonError { offset: before.len(), problem: JsonProblem::DuplicateKey }, "{again} after {count}");
        }
    }
}
