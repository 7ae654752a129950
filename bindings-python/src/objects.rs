//! From the core's values to Python's objects, equal to those of `json.loads`.
//!
//! This goes to the C API itself: the objects are most of the time that a webhook takes.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr;

use payvost_webhooks::{Array, JsonStr, Kind, Number, Object, Value};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::keys::{Keys, Memo};

// Not declared by PyO3, since its name is private; CPython exports it for the code that Cython makes, and with it a dict does not grow
// while it is filled.
unsafe extern "C" {
    fn _PyDict_NewPresized(length: ffi::Py_ssize_t) -> *mut ffi::PyObject;
}

/// Builds the object of a value. It nests at most [`payvost_webhooks::MAX_DEPTH`] deep, and so does the recursion here.
#[inline]
pub(crate) fn build<'py>(py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    let mut builder = Builder { py, keys: Keys::shared(py), memo: Memo::new(), buffer: String::new() };
    builder.value(value).map_err(|Raised| PyErr::fetch(py))
}

struct Builder<'py, 'e> {
    py: Python<'py>,
    keys: Option<&'static Keys>,
    memo: Memo<'py, 'e>,
    /// Serves every string that has escapes to undo.
    buffer: String,
}

/// Python has an exception set: it ran out of memory. As small as can be, so that a result is a pointer.
struct Raised;

type Built<'py> = Result<Bound<'py, PyAny>, Raised>;

/// Each function of the C API is called while the thread is attached to the interpreter; `py` proves it.
impl<'py, 'e> Builder<'py, 'e> {
    fn value(&mut self, value: Value<'e>) -> Built<'py> {
        match value.kind() {
            Kind::String(string) => self.string(string),
            Kind::Object(members) => self.object(members),
            Kind::Array(elements) => self.array(elements),
            Kind::Number(number) => self.number(number),
            Kind::Bool(value) => Ok(PyBool::new(self.py, value).to_owned().into_any()),
            Kind::Null => Ok(self.py.None().into_bound(self.py)),
        }
    }

    fn object(&mut self, members: Object<'e>) -> Built<'py> {
        // SAFETY: attached; a new reference.
        let dict = unsafe { self.owned(_PyDict_NewPresized(py_length(members.len()))) }?;
        for (key, value) in members {
            let value = self.value(value)?;
            match self.documented(key) {
                Some(key) => insert(&dict, key.as_ptr(), &value)?,
                None => insert(&dict, self.key(key)?.as_ptr(), &value)?,
            }
        }
        Ok(dict)
    }

    fn array(&mut self, elements: Array<'e>) -> Built<'py> {
        let length = py_length(elements.len());
        // SAFETY: attached; a new reference to a list whose places are empty.
        let list = unsafe { self.owned(ffi::PyList_New(length)) }?;
        for (index, value) in (0..length).zip(elements) {
            let value = self.value(value)?;
            // SAFETY: the index is below the length, the place is empty, nobody else has the list, and it takes the reference. When a
            // later element fails, the places that are still empty are what a list that is being made may have.
            unsafe { ffi::PyList_SET_ITEM(list.as_ptr(), index, value.into_ptr()) };
        }
        Ok(list)
    }

    #[inline]
    fn documented(&self, key: JsonStr<'_>) -> Option<&'static Py<PyString>> {
        if key.is_plain_ascii() { self.keys?.get(key.raw()) } else { None }
    }

    fn key(&mut self, key: JsonStr<'e>) -> Built<'py> {
        if !key.is_plain_ascii() {
            return self.string(key);
        }
        if let Some(string) = self.memo.get(key.raw()) {
            return Ok(string.clone());
        }
        let string = self.ascii(key.raw())?;
        self.memo.put(key.raw(), &string);
        Ok(string)
    }

    fn string(&mut self, string: JsonStr<'_>) -> Built<'py> {
        if string.is_plain_ascii() {
            return self.ascii(string.raw());
        }
        if !string.is_escaped() {
            return self.unicode(string.raw());
        }
        self.buffer.clear();
        string.decode_into(&mut self.buffer);
        self.unicode(&self.buffer)
    }

    fn ascii(&self, text: &str) -> Built<'py> {
        const MAX_CHAR: ffi::Py_UCS4 = 127;
        // SAFETY: attached; a new string that nobody else has, with one byte for each character, or the shared empty one, of which
        // nothing is written.
        unsafe {
            let string = self.owned(ffi::PyUnicode_New(py_length(text.len()), MAX_CHAR))?;
            let characters = ffi::PyUnicode_1BYTE_DATA(string.as_ptr());
            ptr::copy_nonoverlapping(text.as_ptr(), characters, text.len());
            Ok(string)
        }
    }

    /// Python keeps a string in units of one, two or four bytes, as its largest character needs. The first bytes of the UTF-8 forms tell
    /// which: below 0xC4 a character is below U+0100, below 0xF0 it is below U+10000.
    fn unicode(&self, text: &str) -> Built<'py> {
        let largest = text.bytes().fold(0, u8::max);
        if largest < 0x80 {
            return self.ascii(text);
        }
        let length = py_length(text.chars().count());
        // SAFETY: attached; each string is new, nobody else has it, and it has room for so many characters of that size.
        unsafe {
            if largest < 0xC4 {
                let string = self.owned(ffi::PyUnicode_New(length, 0xFF))?;
                fill(ffi::PyUnicode_1BYTE_DATA(string.as_ptr()), text);
                Ok(string)
            } else if largest < 0xF0 {
                let string = self.owned(ffi::PyUnicode_New(length, 0xFFFF))?;
                fill(ffi::PyUnicode_2BYTE_DATA(string.as_ptr()), text);
                Ok(string)
            } else {
                let string = self.owned(ffi::PyUnicode_New(length, 0x10_FFFF))?;
                fill(ffi::PyUnicode_4BYTE_DATA(string.as_ptr()), text);
                Ok(string)
            }
        }
    }

    fn number(&mut self, number: Number<'_>) -> Built<'py> {
        if !number.is_integer() {
            // SAFETY: attached; a new reference.
            return unsafe { self.owned(ffi::PyFloat_FromDouble(number.as_f64())) };
        }
        match number.as_i64() {
            // SAFETY: as above.
            Some(value) => unsafe { self.owned(ffi::PyLong_FromLongLong(value)) },
            None => self.big_integer(number.as_str()),
        }
    }

    #[cold]
    fn big_integer(&mut self, digits: &str) -> Built<'py> {
        const BASE: c_int = 10;
        self.buffer.clear();
        self.buffer.push_str(digits);
        self.buffer.push('\0');
        // SAFETY: attached; the text ends with a NUL; where the number ended is not asked for.
        unsafe { self.owned(ffi::PyLong_FromString(self.buffer.as_ptr().cast(), ptr::null_mut(), BASE)) }
    }

    /// # Safety
    ///
    /// The pointer is a new reference, or null with an exception set.
    #[inline]
    unsafe fn owned(&self, pointer: *mut ffi::PyObject) -> Built<'py> {
        // SAFETY: what is asked for here is asked of the caller.
        unsafe { Bound::from_owned_ptr_or_opt(self.py, pointer) }.ok_or(Raised)
    }
}

#[inline]
fn insert(dict: &Bound<'_, PyAny>, key: *mut ffi::PyObject, value: &Bound<'_, PyAny>) -> Result<(), Raised> {
    // SAFETY: attached, three live objects, the first a dict; it takes references of its own.
    if unsafe { ffi::PyDict_SetItem(dict.as_ptr(), key, value.as_ptr()) } < 0 { Err(Raised) } else { Ok(()) }
}

/// Writes the characters of a text, each of which fits.
///
/// # Safety
///
/// There is room for all of them.
unsafe fn fill<C: TryFrom<u32> + From<u8> + Default>(mut place: *mut C, text: &str) {
    let mut rest = text;
    // Text is mostly runs of ASCII, which need no decoding.
    while let Some((ascii, other)) = rest.split_at_checked(rest.bytes().take_while(u8::is_ascii).count()) {
        let mut others = other.chars();
        for character in ascii.bytes().map(C::from).chain(others.next().map(|c| C::try_from(u32::from(c)).unwrap_or_default()))
        {
            // SAFETY: what is asked for here is asked of the caller.
            unsafe {
                place.write(character);
                place = place.add(1);
            }
        }
        if other.is_empty() {
            return;
        }
        rest = others.as_str();
    }
}

/// A length as the C API has it. No length of a payload comes near its limit.
#[inline]
fn py_length(length: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX)
}
