//! The keys of an object that has many, in a hash table.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::Hasher;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;

use super::keys::same;
use super::string::JsonStr;
use super::tape::Token;

/// A hash table of keys that is quick for tens of thousands of them: a slot is a word, one half of it hash and the other a place on the
/// tape.
///
/// The hash is fast rather than strong, but keyed anew for each text with what nobody can know who chooses its keys, so that keys
/// cannot be chosen to collide.
pub(super) struct KeyTable {
    /// A power of two of them, of which no more than a half are taken. Zero is a free slot: no key is the first token of a tape.
    slots: Vec<u64>,
    seed: SharedSeed,
    own_seed: u64,
}

impl KeyTable {
    /// With room for so many keys.
    pub(super) fn new(hash_key: &[u8; 16], keys: usize) -> Self {
        let half = |at| hash_key.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |half| u64::from_le_bytes(*half));
        let slots = vec![0; (2 * keys).next_power_of_two()];
        Self { slots, seed: SharedSeed::from_u64(half(0)), own_seed: half(8) }
    }

    /// Adds the key at a place of the tape; `false` when it is there already.
    #[inline]
    pub(super) fn insert(&mut self, text: &str, tape: &[Token], place: usize, key: Token) -> bool {
        let string = key.string(text);
        let hash = self.hash(string);
        let mut slot = self.slot(hash);
        loop {
            match self.slots.get_mut(slot) {
                Some(free) if *free == 0 => {
                    *free = entry(hash, place);
                    return true;
                }
                Some(taken) if hash_of(*taken) == hash && same(at(tape, place_of(*taken)).string(text), string) => {
                    return false;
                }
                Some(_) => slot = (slot + 1) & (self.slots.len() - 1),
                // Never met: a slot is below their number.
                None => return false,
            }
        }
    }

    /// The upper half of the hash of a key.
    #[inline]
    fn hash(&self, string: JsonStr<'_>) -> u64 {
        let mut hasher = FoldHasher::with_seed(self.own_seed, &self.seed);
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
fn place_of(entry: u64) -> usize {
    entry as u32 as usize
}

#[inline]
fn at(tape: &[Token], place: usize) -> Token {
    tape.get(place).copied().unwrap_or(Token::NULL)
}
