//! From the core's values to Python's objects, equal to those of `json.loads`.
//!
//! This goes to the C API itself: the objects are most of the time that a webhook takes.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::{ptr, slice};

use payvost_webhooks::{Array, Event, EventDraft, JsonStr, Kind, Number, Object, Value};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::errors::Failure;
use crate::keys::{self, Keys};

// Not declared by PyO3, since its name is private; CPython exports it for the code that Cython makes, and with it a dict does not grow
// while it is filled.
unsafe extern "C" {
    fn _PyDict_NewPresized(length: ffi::Py_ssize_t) -> *mut ffi::PyObject;
}

/// Builds the object of an event that is not finished: its dicts say whether a key stands twice in one object. It nests at most
/// [`payvost_webhooks::MAX_DEPTH`] deep, and so does the recursion here.
#[inline]
pub(crate) fn build<'py, 'p>(py: Python<'py>, draft: EventDraft<'p>) -> Result<(Bound<'py, PyAny>, Event<'p>), Failure> {
    let (object, keys_differ) = keys::with(|keys| {
        let mut builder = Builder { py, keys, keys_differ: true, codes: Vec::new() };
        builder.value(draft.as_value()).map(|object| (object, builder.keys_differ))
    })
    .map_err(|Raised| PyErr::fetch(py))?;
    Ok((object, draft.finish(keys_differ)?))
}

struct Builder<'py, 'k> {
    py: Python<'py>,
    keys: &'k mut Keys,
    /// Whether every dict came out with as many members as its object has.
    keys_differ: bool,
    /// The characters of a string that is not plain ASCII, from where they go into units of the size that the largest of them needs.
    codes: Vec<u32>,
}

/// The keys of an object with more members are hardly known, and would only push out others that are.
const MAX_KNOWN: usize = 512;

/// Python has an exception set: it ran out of memory. As small as can be, so that a result is a pointer.
struct Raised;

type Built<'py> = Result<Bound<'py, PyAny>, Raised>;

/// Each function of the C API is called while the thread is attached to the interpreter; `py` proves it.
impl<'py> Builder<'py, '_> {
    fn value(&mut self, value: Value<'_>) -> Built<'py> {
        match value.kind() {
            Kind::String(string) => self.string(string),
            Kind::Object(members) => self.object(members),
            Kind::Array(elements) => self.array(elements),
            Kind::Number(number) => self.number(number),
            Kind::Bool(value) => Ok(PyBool::new(self.py, value).to_owned().into_any()),
            Kind::Null => Ok(self.py.None().into_bound(self.py)),
        }
    }

    fn object(&mut self, members: Object<'_>) -> Built<'py> {
        let length = py_length(members.len());
        // SAFETY: attached; a new reference.
        let dict = unsafe { owned(self.py, _PyDict_NewPresized(length)) }?;
        let many = members.len() > MAX_KNOWN;
        for (key, value) in members {
            let value = self.value(value)?;
            // SAFETY: attached, three live objects, the first a dict; it takes references of its own.
            let set =
                |key: &Bound<'py, PyAny>| match unsafe { ffi::PyDict_SetItem(dict.as_ptr(), key.as_ptr(), value.as_ptr()) } {
                    0 => Ok(()),
                    _ => Err(Raised),
                };
            let py = self.py;
            if key.is_plain_ascii() && !many {
                self.keys.with_string(py, key.raw(), || ascii(py, key.raw()), set)?;
            } else {
                set(&self.string(key)?)?;
            }
        }
        // SAFETY: attached, and it is a dict.
        self.keys_differ &= unsafe { ffi::PyDict_Size(dict.as_ptr()) } == length;
        Ok(dict)
    }

    fn array(&mut self, elements: Array<'_>) -> Built<'py> {
        let length = py_length(elements.len());
        // SAFETY: attached; a new reference to a list whose places are empty.
        let list = unsafe { owned(self.py, ffi::PyList_New(length)) }?;
        for (index, value) in (0..length).zip(elements) {
            let value = self.value(value)?;
            // SAFETY: the index is below the length, the place is empty, nobody else has the list, and it takes the reference. When a
            // later element fails, the places that are still empty are what a list that is being made may have.
            unsafe { ffi::PyList_SET_ITEM(list.as_ptr(), index, value.into_ptr()) };
        }
        Ok(list)
    }

    fn string(&mut self, string: JsonStr<'_>) -> Built<'py> {
        if string.is_plain_ascii() {
            return ascii(self.py, string.raw());
        }
        self.codes.clear();
        string.decode_utf32_into(&mut self.codes);
        self.characters()
    }

    /// Python keeps a string in units of one, two or four bytes, as its largest character needs (PEP 393).
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // to units that have room for the largest
    fn characters(&self) -> Built<'py> {
        // Not the largest, but as large, since the limits are powers of two.
        let largest = self.codes.iter().fold(0, |all, code| all | code);
        let (largest, length) = (largest.min(0x10_FFFF), py_length(self.codes.len()));
        // SAFETY: attached; the string is new, nobody else has it, and it has room for so many characters of that size.
        unsafe {
            let string = owned(self.py, ffi::PyUnicode_New(length, largest))?;
            match largest {
                0..0x100 => fill(ffi::PyUnicode_1BYTE_DATA(string.as_ptr()), &self.codes, |code| code as u8),
                0x100..0x1_0000 => fill(ffi::PyUnicode_2BYTE_DATA(string.as_ptr()), &self.codes, |code| code as u16),
                _ => fill(ffi::PyUnicode_4BYTE_DATA(string.as_ptr()), &self.codes, |code| code),
            }
            Ok(string)
        }
    }

    fn number(&self, number: Number<'_>) -> Built<'py> {
        if !number.is_integer() {
            // SAFETY: attached; a new reference.
            return unsafe { owned(self.py, ffi::PyFloat_FromDouble(number.as_f64())) };
        }
        match number.as_i64() {
            // SAFETY: as above.
            Some(value) => unsafe { owned(self.py, ffi::PyLong_FromLongLong(value)) },
            None => self.big_integer(number.as_str()),
        }
    }

    #[cold]
    fn big_integer(&self, digits: &str) -> Built<'py> {
        const BASE: c_int = 10;
        let digits = [digits, "\0"].concat();
        // SAFETY: attached; the text ends with a NUL; where the number ended is not asked for.
        unsafe { owned(self.py, ffi::PyLong_FromString(digits.as_ptr().cast(), ptr::null_mut(), BASE)) }
    }
}

fn ascii<'py>(py: Python<'py>, text: &str) -> Built<'py> {
    const MAX_CHAR: ffi::Py_UCS4 = 127;
    // SAFETY: attached; a new string that nobody else has, with one byte for each character, or the shared empty one, of which nothing is
    // written.
    unsafe {
        let string = owned(py, ffi::PyUnicode_New(py_length(text.len()), MAX_CHAR))?;
        let characters = ffi::PyUnicode_1BYTE_DATA(string.as_ptr());
        ptr::copy_nonoverlapping(text.as_ptr(), characters, text.len());
        Ok(string)
    }
}

/// # Safety
///
/// The pointer is a new reference, or null with an exception set.
#[inline]
unsafe fn owned(py: Python<'_>, pointer: *mut ffi::PyObject) -> Built<'_> {
    // SAFETY: what is asked for here is asked of the caller.
    unsafe { Bound::from_owned_ptr_or_opt(py, pointer) }.ok_or(Raised)
}

/// Writes characters, each as a unit.
///
/// # Safety
///
/// There is room for all of them, and nobody else has it.
#[inline]
unsafe fn fill<U>(place: *mut U, codes: &[u32], unit: impl Fn(u32) -> U) {
    // SAFETY: what is asked for here is asked of the caller; what is not yet initialized is only written to.
    let places = unsafe { slice::from_raw_parts_mut(place.cast::<MaybeUninit<U>>(), codes.len()) };
    for (place, code) in places.iter_mut().zip(codes) {
        place.write(unit(*code));
    }
}

/// A length as the C API has it. No length of a payload comes near its limit.
#[inline]
fn py_length(length: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX)
}
