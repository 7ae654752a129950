//! Python's strings, whose units have one, two or four bytes, as the largest character needs (PEP 393).
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::{ptr, slice};

use payvost_webhooks::JsonStr;
use payvost_webhooks::host::{self, Characters};
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::boundary::{Built, Raised, done, owned, py_length};

/// Makes strings of those that are not plain ASCII.
#[derive(Default)]
pub(crate) struct Strings {
    /// The characters of a short string, before they go into units of their size.
    codes: Vec<u32>,
    /// The size of the last long string with escapes.
    latest: Size,
}

/// A string of more bytes is decoded to where Python keeps it.
const SHORT: usize = 1024;

/// So many places more, and whatever is looked at together can be written together.
const SLACK: usize = 16;

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    #[default]
    Ascii,
    One,
    Two,
    Four,
}

impl Strings {
    /// The string, or nothing when one of its escapes is none.
    #[inline]
    pub(crate) fn decode<'py>(&mut self, py: Python<'py>, string: JsonStr<'_>) -> Result<Option<Bound<'py, PyAny>>, Raised> {
        if string.raw_bytes().len() > SHORT {
            return self.decode_long(py, string);
        }
        self.codes.clear();
        let decoded = host::decode_characters_into(string, &mut self.codes);
        let Some(found) = decoded.map_err(|host::OutOfMemory| Raised::again(py, PyMemoryError::new_err(())))? else {
            return Ok(None);
        };
        self.in_units(py, Size::of(found)).map(Some)
    }

    /// The string of the characters that were decoded.
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // to units that have room for the largest
    fn in_units<'py>(&self, py: Python<'py>, size: Size) -> Built<'py> {
        let string = size.string(py, self.codes.len())?;
        // SAFETY: the string is new, nobody else has it, and it has room for so many characters of that size.
        unsafe {
            match size {
                Size::Ascii | Size::One => {
                    fill(places::<u8>(string.as_ptr(), self.codes.len()), &self.codes, |code| code as u8)
                }
                Size::Two => fill(places::<u16>(string.as_ptr(), self.codes.len()), &self.codes, |code| code as u16),
                Size::Four => fill(places::<u32>(string.as_ptr(), self.codes.len()), &self.codes, |code| code),
            }
        }
        Ok(string)
    }

    /// The size of the units, and how many there will be, show only when all of it has been read; so the size is guessed, and once more read if
    /// that was wrong. In one payload escapes are mostly of one kind.
    #[inline(never)]
    fn decode_long<'py>(&mut self, py: Python<'py>, string: JsonStr<'_>) -> Result<Option<Bound<'py, PyAny>>, Raised> {
        let unescaped = Size::with(host::largest_unescaped(string));
        let guess = if string.is_escaped() { unescaped.max(self.latest) } else { unescaped };
        let Some((mut object, found)) = guess.decode(py, string, string.raw_bytes().len())? else { return Ok(None) };
        let size = Size::of(found);
        if size != guess {
            let Some((right, _)) = size.decode(py, string, found.count)? else { return Ok(None) };
            object = right;
        }
        if string.is_escaped() {
            self.latest = size;
        }
        resized(object, found.count).map(Some)
    }
}

impl Size {
    /// What the characters of a string need.
    fn of(characters: Characters) -> Self {
        match characters.bits {
            0..0x80 => Self::Ascii,
            0x80..0x100 => Self::One,
            0x100..0x1_0000 => Self::Two,
            _ => Self::Four,
        }
    }

    /// What strings need whose largest character this is.
    fn with(largest: char) -> Self {
        Self::of(Characters { count: 1, bits: largest.into() })
    }

    /// A new string, whose units are still to be written.
    fn string(self, py: Python<'_>, length: usize) -> Built<'_> {
        let largest = match self {
            Self::Ascii => 0x7f,
            Self::One => 0xff,
            Self::Two => 0xffff,
            Self::Four => 0x10_ffff,
        };
        // SAFETY: attached, as `py` proves; a new reference.
        unsafe { owned(py, ffi::PyUnicode_New(py_length(length), largest)) }
    }

    /// Decodes to a new string that has room for so many characters of this size, and a few places more.
    fn decode<'py>(
        self,
        py: Python<'py>,
        string: JsonStr<'_>,
        characters: usize,
    ) -> Result<Option<(Bound<'py, PyAny>, Characters)>, Raised> {
        let length = characters + SLACK;
        let object = self.string(py, length)?;
        // SAFETY: the string is new, nobody else has it, and it has room for so many characters of that size.
        let found = unsafe {
            match self {
                Self::Ascii | Self::One => host::write_characters(string, places::<u8>(object.as_ptr(), length)),
                Self::Two => host::write_characters(string, places::<u16>(object.as_ptr(), length)),
                Self::Four => host::write_characters(string, places::<u32>(object.as_ptr(), length)),
            }
        };
        Ok(found.map(|found| (object, found)))
    }
}

/// A string of plain ASCII.
#[inline]
pub(crate) fn ascii<'py>(py: Python<'py>, text: &[u8]) -> Built<'py> {
    let string = Size::Ascii.string(py, text.len())?;
    // SAFETY: a new string that nobody else has, with one byte for each character, or the shared empty one, of which nothing is written.
    unsafe { ptr::copy_nonoverlapping(text.as_ptr(), ffi::PyUnicode_1BYTE_DATA(string.as_ptr()), text.len()) };
    Ok(string)
}

/// The same string, cut to so many characters.
fn resized(string: Bound<'_, PyAny>, length: usize) -> Built<'_> {
    let (py, mut pointer) = (string.py(), string.into_ptr());
    // SAFETY: attached; a reference that nobody else has, to a string that has at least so many characters, and those have been written. When it
    // fails, the reference is still there.
    unsafe {
        let result = done(ffi::PyUnicode_Resize(&raw mut pointer, py_length(length)));
        let string = owned(py, pointer)?;
        result.map(|()| string)
    }
}

/// The places for the units of a string.
///
/// # Safety
///
/// It is a string that nobody else has while the places are used, and it has so many units of this size.
#[inline]
unsafe fn places<'p, U>(string: *mut ffi::PyObject, length: usize) -> &'p mut [MaybeUninit<U>] {
    // SAFETY: what is asked for here is asked of the caller; what is not yet initialized is only written to.
    unsafe { slice::from_raw_parts_mut(ffi::PyUnicode_DATA(string).cast(), length) }
}

/// Writes units, each of a code.
#[inline]
fn fill<U>(places: &mut [MaybeUninit<U>], codes: &[u32], unit: impl Fn(u32) -> U) {
    for (place, code) in places.iter_mut().zip(codes) {
        place.write(unit(*code));
    }
}
