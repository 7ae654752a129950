//! Finding a key that stands twice in one object, in time linear in the number of keys.

use core::hash::Hasher;

use hashbrown::HashTable;
use siphasher::sip::SipHasher13;

use super::string::JsonStr;

/// The keys of the objects that are open at this point of the scan.
///
/// Most objects have a handful of keys, which are compared one by one in a small array that all open objects share. An object
/// that outgrows the array continues in a hash table.
pub(super) struct Keys<'p, 'k> {
    hash_key: &'k [u8; 16],
    near: [Key<'p>; NEAR],
    near_used: usize,
    far: HashTable<(usize, JsonStr<'p>)>,
}

/// How many keys fit into the array.
const NEAR: usize = 32;

/// How many keys of one object are compared one by one.
const NEAR_OF_ONE_OBJECT: usize = 12;

/// The keys of one open object.
#[derive(Clone, Copy, Default)]
pub(super) struct ObjectKeys {
    /// Tells the objects of a document apart: the offset of the opening brace.
    object: usize,
    near_start: usize,
}

#[derive(Clone, Copy)]
struct Key<'p> {
    /// The first bytes and the length, to tell most keys apart without looking further.
    fingerprint: u64,
    string: JsonStr<'p>,
}

impl<'p, 'k> Keys<'p, 'k> {
    pub(super) fn new(hash_key: &'k [u8; 16]) -> Self {
        let unused = Key { fingerprint: 0, string: JsonStr::new("", super::string::Form::Ascii) };
        Self { hash_key, near: [unused; NEAR], near_used: 0, far: HashTable::new() }
    }

    #[inline]
    pub(super) fn open(&self, object: usize) -> ObjectKeys {
        ObjectKeys { object, near_start: self.near_used }
    }

    #[inline]
    pub(super) fn close(&mut self, object: ObjectKeys) {
        self.near_used = object.near_start;
    }

    /// Adds a key to the innermost open object; `false` when it is there already.
    ///
    /// An object inside another gives its places back when it closes, so the keys of one object lie together, and one that
    /// found the array full finds it full until it closes.
    #[inline]
    pub(super) fn insert(&mut self, object: ObjectKeys, string: JsonStr<'p>) -> bool {
        let fingerprint = if string.is_escaped() { fingerprint(&string.decode()) } else { fingerprint(string.raw()) };
        let near = self.near.get(object.near_start..self.near_used).unwrap_or_default();
        if near.iter().any(|key| key.fingerprint == fingerprint && same(key.string, string)) {
            return false;
        }
        if near.len() < NEAR_OF_ONE_OBJECT
            && let Some(free) = self.near.get_mut(self.near_used)
        {
            *free = Key { fingerprint, string };
            self.near_used += 1;
            return true;
        }
        self.insert_far(object.object, string)
    }

    #[cold]
    fn insert_far(&mut self, object: usize, string: JsonStr<'p>) -> bool {
        use hashbrown::hash_table::Entry;

        let hash_key = self.hash_key;
        let entry = self.far.entry(
            hash(hash_key, object, string),
            |(other, key)| *other == object && same(*key, string),
            |(object, key)| hash(hash_key, *object, *key),
        );
        match entry {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert((object, string));
                true
            }
        }
    }
}

#[inline]
fn same(a: JsonStr<'_>, b: JsonStr<'_>) -> bool {
    if a.is_escaped() || b.is_escaped() { a.decode() == b.decode() } else { a.raw() == b.raw() }
}

#[inline]
fn fingerprint(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let prefix = match bytes.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    prefix ^ u64::try_from(bytes.len()).unwrap_or_default().rotate_right(8)
}

fn hash(hash_key: &[u8; 16], object: usize, string: JsonStr<'_>) -> u64 {
    let mut hasher = SipHasher13::new_with_key(hash_key);
    hasher.write_usize(object);
    hasher.write(string.decode().as_bytes());
    hasher.finish()
}
