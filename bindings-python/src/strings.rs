//! Creates Python strings. Their code units have one, two or four bytes, depending on the largest character (PEP 393).
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::{ptr, slice};

use payvost_webhooks::JsonStr;
use payvost_webhooks::host::{self, Characters};
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::boundary::{Built, Raised, done, owned, py_length};

/// Creates strings that are not plain ASCII.
#[derive(Default)]
pub(crate) struct Strings {
    /// The characters of a short string, before they are written as code units of the right size.
    codes: Vec<u32>,
    /// The unit size of the last long string with escapes.
    latest: Size,
}

/// A string of more bytes is decoded directly into the Python object.
const SHORT: usize = 1024;

/// Extra capacity, so that characters that are read together can be written together.
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
    /// The string, or `None` if an escape is invalid.
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

    /// The string of the decoded characters.
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // to units that fit the largest character
    fn in_units<'py>(&self, py: Python<'py>, size: Size) -> Built<'py> {
        let string = size.string(py, self.codes.len())?;
        // SAFETY: the string is new, nobody else has a reference, and it has room for this many characters of this size.
        unsafe {
            match size {
                Size::Ascii | Size::One => fill(units::<u8>(string.as_ptr(), self.codes.len()), &self.codes, |code| code as u8),
                Size::Two => fill(units::<u16>(string.as_ptr(), self.codes.len()), &self.codes, |code| code as u16),
                Size::Four => fill(units::<u32>(string.as_ptr(), self.codes.len()), &self.codes, |code| code),
            }
        }
        Ok(string)
    }

    /// The size and number of units are known only at the end. So the size is guessed, and the string is read again if the guess was wrong.
    /// Within a payload, escapes are mostly of one kind.
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
    /// The unit size for the characters of a string.
    fn of(characters: Characters) -> Self {
        match characters.bits {
            0..0x80 => Self::Ascii,
            0x80..0x100 => Self::One,
            0x100..0x1_0000 => Self::Two,
            _ => Self::Four,
        }
    }

    /// The unit size for strings whose largest character this is.
    fn with(largest: char) -> Self {
        Self::of(Characters { count: 1, bits: largest.into() })
    }

    /// A new string whose units have to be written.
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

    /// Decodes into a new string with room for the given number of characters of this size, plus some extra.
    fn decode<'py>(
        self,
        py: Python<'py>,
        string: JsonStr<'_>,
        characters: usize,
    ) -> Result<Option<(Bound<'py, PyAny>, Characters)>, Raised> {
        let length = characters + SLACK;
        let object = self.string(py, length)?;
        // SAFETY: the string is new, nobody else has a reference, and it has room for this many characters of this size.
        let found = unsafe {
            match self {
                Self::Ascii | Self::One => host::write_characters(string, units::<u8>(object.as_ptr(), length)),
                Self::Two => host::write_characters(string, units::<u16>(object.as_ptr(), length)),
                Self::Four => host::write_characters(string, units::<u32>(object.as_ptr(), length)),
            }
        };
        Ok(found.map(|found| (object, found)))
    }
}

/// A string of plain ASCII.
#[inline]
pub(crate) fn ascii<'py>(py: Python<'py>, text: &[u8]) -> Built<'py> {
    let string = Size::Ascii.string(py, text.len())?;
    // SAFETY: a new string without other references, with one byte per character, or the shared empty string, to which nothing is written.
    unsafe { ptr::copy_nonoverlapping(text.as_ptr(), ffi::PyUnicode_1BYTE_DATA(string.as_ptr()), text.len()) };
    Ok(string)
}

/// Truncates a string to the given number of characters.
fn resized(string: Bound<'_, PyAny>, length: usize) -> Built<'_> {
    let (py, mut pointer) = (string.py(), string.into_ptr());
    // SAFETY: attached; the only reference to a string that has at least this many characters, all of them written. On failure, the reference
    // remains valid.
    unsafe {
        let result = done(ffi::PyUnicode_Resize(&raw mut pointer, py_length(length)));
        let string = owned(py, pointer)?;
        result.map(|()| string)
    }
}

/// The memory for the units of a string.
///
/// # Safety
///
/// Nobody else uses the string while its memory is in use, and it has the given number of units of this size.
#[inline]
unsafe fn units<'p, U>(string: *mut ffi::PyObject, length: usize) -> &'p mut [MaybeUninit<U>] {
    // SAFETY: the caller guarantees the same; uninitialized memory is only written to.
    unsafe { slice::from_raw_parts_mut(ffi::PyUnicode_DATA(string).cast(), length) }
}

/// Writes each code point as a unit.
#[inline]
fn fill<U>(units: &mut [MaybeUninit<U>], codes: &[u32], unit: impl Fn(u32) -> U) {
    for (slot, code) in units.iter_mut().zip(codes) {
        slot.write(unit(*code));
    }
}
