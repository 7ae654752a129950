//! The names of members and the shapes of objects that JavaScript knows, and their numbers.

use payvost_webhooks::{JsonStr, Object};

/// Each name has one possible place, so nothing is searched and the memory is bounded: a name replaces another one in its place. The default
/// has no places and knows no names.
#[derive(Default)]
pub(crate) struct Keys {
    places: Vec<Key>,
}

/// A name of up to 24 bytes: its first, middle and last bytes, which may overlap, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    middle: u64,
    last: u64,
    length: u64,
}

impl Keys {
    const PLACES: usize = 1 << Key::HASH_BITS;

    /// The number of all names without a place.
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // 1024
    const NOWHERE: u16 = Self::PLACES as u16;

    pub(crate) fn new() -> Self {
        Self { places: vec![Key::NONE; Self::PLACES] }
    }

    pub(crate) fn forget(&mut self) {
        self.places.fill(Key::NONE);
    }

    /// The number of a name, and whether JavaScript already knows it.
    #[inline]
    pub(crate) fn number(&mut self, name: JsonStr<'_>) -> (u16, bool) {
        let Some(name) = Key::of(name) else { return (Self::NOWHERE, false) };
        let number = name.hash();
        let Some(place) = self.places.get_mut(usize::from(number)) else { return (Self::NOWHERE, false) };
        let known = *place == name;
        if !known {
            *place = name;
        }
        (number, known)
    }
}

/// The names of whole objects, in their order. As with names, a shape has one possible place.
#[derive(Default)]
pub(crate) struct Shapes {
    places: Vec<Place>,
    /// The names of the object that is looked up: a buffer.
    names: Vec<Key>,
}

#[derive(Clone, Default)]
struct Place {
    names: Vec<Key>,
    /// The hash of the object that was last looked up here in vain. A shape has to come twice before JavaScript hears of it, which takes
    /// longer than to do without.
    seen: u64,
}

/// What is known of the shape of an object.
pub(crate) enum Shape {
    Known(u16),
    /// It is known from now on.
    New(u16),
    None,
}

impl Shapes {
    const PLACES: usize = 1 << Self::HASH_BITS;
    const HASH_BITS: u32 = 8;

    /// An object with more members has no shape.
    const MAX_MEMBERS: usize = 32;

    pub(crate) fn new() -> Self {
        Self { places: vec![Place::default(); Self::PLACES], names: Vec::with_capacity(Self::MAX_MEMBERS) }
    }

    pub(crate) fn forget(&mut self) {
        self.places.fill(Place::default());
    }

    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // so few bits are left
    pub(crate) fn of(&mut self, object: Object<'_>) -> Shape {
        if object.len() > Self::MAX_MEMBERS || object.is_empty() {
            return Shape::None;
        }
        self.names.clear();
        let mut hash = 0_u64;
        for (name, _) in object {
            let Some(name) = Key::of(name) else { return Shape::None };
            hash = (hash.rotate_left(7) ^ name.mixed()).wrapping_mul(Key::FACTOR);
            self.names.push(name);
        }
        let number = hash >> (u64::BITS - Self::HASH_BITS);
        let Some(place) = self.places.get_mut(number as usize) else { return Shape::None };
        if place.names == self.names {
            place.seen = 0;
            return Shape::Known(number as u16);
        }
        if place.seen != hash {
            place.seen = hash;
            return Shape::None;
        }
        place.names.clone_from(&self.names);
        Shape::New(number as u16)
    }
}

impl Key {
    const MAX_BYTES: usize = 24;
    const HASH_BITS: u32 = 10;
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    /// Not a name: no name is so long.
    const NONE: Self = Self { first: 0, middle: 0, last: 0, length: u64::MAX };

    /// `None` for a name with escapes, which has several spellings, or one that is too long.
    #[inline]
    #[allow(clippy::as_conversions)] // from usize to u64 nothing is lost
    fn of(name: JsonStr<'_>) -> Option<Self> {
        let bytes = name.raw().as_bytes();
        if bytes.len() > Self::MAX_BYTES || name.is_escaped() {
            return None;
        }
        let (first, middle, last) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let middle = bytes.get(8..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
            (u64::from_le_bytes(*first), u64::from_le_bytes(middle), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u32::from_le_bytes(*first).into(), 0, u32::from_le_bytes(*last).into())
        } else {
            (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0, 0)
        };
        Some(Self { first, middle, last, length: bytes.len() as u64 })
    }

    #[inline]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // so few bits are left
    fn hash(&self) -> u16 {
        (self.mixed() >> (u64::BITS - Self::HASH_BITS)) as u16
    }

    #[inline]
    fn mixed(&self) -> u64 {
        (self.first ^ self.last.rotate_left(29) ^ self.length).wrapping_mul(Self::FACTOR)
    }
}
