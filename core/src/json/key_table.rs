//! A hash table for the keys of an object that has many.

use alloc::string::String;
use alloc::vec::Vec;
use core::hash::Hasher;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;

use super::error::JsonError;
use super::string::JsonStr;
use super::token::Token;

/// A hash table that is fast for tens of thousands of keys: a slot has four bytes, so that much of the table stays in the cache.
/// Most of a slot is a place on the tape. The rest is hash, which distinguishes most keys in the same slot.
///
/// The hash is fast rather than strong. It has a new key for each text that an attacker cannot know while choosing the text's
/// keys, so they cannot be chosen to collide.
pub(super) struct KeyTable {
    /// A power of two, at most half of them taken. Zero is a free slot: no key is the first token of a tape.
    slots: Vec<u32>,
    seed: SharedSeed,
    own_seed: u64,
    /// Holds the value of one key with escapes while it is hashed.
    decoded: String,
}

impl KeyTable {
    /// A table with room for this many keys.
    pub(super) fn new(hash_key: &[u8; 16], keys: usize) -> Result<Self, JsonError> {
        let half = |at| hash_key.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |half| u64::from_le_bytes(*half));
        let (mut slots, length) = (Vec::new(), (2 * keys).next_power_of_two());
        slots.try_reserve_exact(length)?;
        slots.resize(length, 0);
        Ok(Self { slots, seed: SharedSeed::from_u64(half(0)), own_seed: half(8), decoded: String::new() })
    }

    /// Adds the key at a place of the tape. Returns `false` if the table has it already.
    #[inline]
    pub(super) fn insert(&mut self, text: &str, tape: &[Token], place: usize, key: Token) -> Result<bool, JsonError> {
        let string = JsonStr::new(text, key);
        let hash = self.hash(string)?;
        let entry = entry(hash, place);
        let mut slot = self.slot(hash);
        loop {
            match self.slots.get_mut(slot) {
                Some(free) if *free == 0 => {
                    *free = entry;
                    return Ok(true);
                }
                Some(taken) if may_be_same(*taken, entry) && string.is_same(JsonStr::new(text, at(tape, place_of(*taken)))) => {
                    return Ok(false);
                }
                Some(_) => slot = (slot + 1) & (self.slots.len() - 1),
                // Unreachable: a slot is below their number.
                None => return Ok(false),
            }
        }
    }

    #[inline]
    fn hash(&mut self, string: JsonStr<'_>) -> Result<u64, JsonError> {
        let mut hasher = FoldHasher::with_seed(self.own_seed, &self.seed);
        if string.is_escaped() {
            self.decoded.clear();
            string.try_decode_into(&mut self.decoded)?;
            hasher.write(self.decoded.as_bytes());
        } else {
            hasher.write(string.raw().as_bytes());
        }
        Ok(hasher.finish())
    }

    /// The slot where the search for a hash begins: its upper half, scaled to the number of slots.
    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // below the number of slots
    fn slot(&self, hash: u64) -> usize {
        (((hash >> 32) * self.slots.len() as u64) >> 32) as usize
    }
}

/// How many bits of a slot are the place on the tape. A tape has no more places than a payload may have bytes.
const PLACE_BITS: u32 = 28;

/// A place and the lowest bits of its key's hash.
#[inline]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // the rest of the hash is not needed, and no place has that many bits
fn entry(hash: u64, place: usize) -> u32 {
    (hash as u32) << PLACE_BITS | place as u32
}

/// Whether two entries have the same bits of the hash.
#[inline]
fn may_be_same(a: u32, b: u32) -> bool {
    (a ^ b) >> PLACE_BITS == 0
}

#[inline]
#[allow(clippy::as_conversions)] // every target with an allocator for 256 MiB has 32 bits
fn place_of(entry: u32) -> usize {
    (entry & ((1 << PLACE_BITS) - 1)) as usize
}

#[inline]
fn at(tape: &[Token], place: usize) -> Token {
    tape.get(place).copied().unwrap_or(Token::NULL)
}
