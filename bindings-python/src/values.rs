//! From the core's values to Python's objects, equal to those of `json.loads`.
//!
//! This goes to the C API itself: the objects are most of the time that a webhook takes.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr;

use payvost_webhooks::host::{self, Build};
use payvost_webhooks::{Array, JsonStr, Number, Object, Value};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::boundary::{Built, Raised, done, owned, py_length};
use crate::keys::{self, Keys};
use crate::strings::{self, Strings};

// Not declared by PyO3, since their names are private; CPython exports them for the code that Cython makes. With the one a dict does not
// grow while it is filled, with the other a key that is known need not be hashed again.
unsafe extern "C" {
    fn _PyDict_NewPresized(length: ffi::Py_ssize_t) -> *mut ffi::PyObject;
    fn _PyDict_SetItem_KnownHash(
        dict: *mut ffi::PyObject,
        key: *mut ffi::PyObject,
        value: *mut ffi::PyObject,
        hash: ffi::Py_hash_t,
    ) -> c_int;
}

/// Builds the object of a value that is not verified yet, and says whether it is sound, as
/// [`verify_and_build`](host::verify_and_build) asks. It nests at most [`payvost_webhooks::MAX_DEPTH`] deep, and so
/// does the recursion here.
#[inline]
pub(crate) fn build<'py>(py: Python<'py>, value: Value<'_>) -> (PyResult<Bound<'py, PyAny>>, bool) {
    keys::with(|keys| {
        let mut builder = Builder { py, keys, strings: Strings::default(), sound: true };
        match host::build(value, &mut builder) {
            Ok(object) => (Ok(object), builder.sound),
            // Then it is the exception that counts.
            Err(Raised) => (Err(PyErr::fetch(py)), true),
        }
    })
}

struct Builder<'py, 'k> {
    py: Python<'py>,
    keys: &'k mut Keys,
    strings: Strings,
    /// Whether every dict came out with as many members as its object has, and every escape was one.
    sound: bool,
}

/// The keys of an object with more members are hardly known, and would only push out others that are.
const MAX_KNOWN: usize = 512;

/// Each function of the C API is called while the thread is attached to the interpreter; `py` proves it.
impl<'e, 'py> Build<'e> for Builder<'py, '_> {
    type Built = Built<'py>;

    #[inline(always)]
    fn null(&mut self) -> Built<'py> {
        Ok(self.py.None().into_bound(self.py))
    }

    #[inline(always)]
    fn boolean(&mut self, value: bool) -> Built<'py> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    #[inline(always)]
    fn integer(&mut self, number: Number<'e>) -> Built<'py> {
        match number.as_i64() {
            // SAFETY: attached; a new reference.
            Some(value) => unsafe { owned(self.py, ffi::PyLong_FromLongLong(value)) },
            None => self.big_integer(number.as_str()),
        }
    }

    #[inline(always)]
    fn float(&mut self, number: Number<'e>) -> Built<'py> {
        // SAFETY: attached; a new reference.
        unsafe { owned(self.py, ffi::PyFloat_FromDouble(number.as_f64())) }
    }

    #[inline(always)]
    fn ascii(&mut self, text: &'e [u8]) -> Built<'py> {
        strings::ascii(self.py, text)
    }

    #[inline(never)]
    fn string(&mut self, string: JsonStr<'e>) -> Built<'py> {
        match self.strings.decode(self.py, string)? {
            Some(object) => Ok(object),
            None => {
                self.sound = false;
                self.null()
            }
        }
    }

    #[inline(never)]
    fn array(&mut self, elements: Array<'e>) -> Built<'py> {
        let length = py_length(elements.len());
        // SAFETY: attached; a new reference to a list whose places are empty.
        let list = unsafe { owned(self.py, ffi::PyList_New(length)) }?;
        // What the collector calls (`gc.callbacks`) can read every object that is tracked, and no place of a list may be empty then.
        // SAFETY: attached; a list, which is tracked from its start.
        unsafe { ffi::PyObject_GC_UnTrack(list.as_ptr().cast()) };
        for (index, value) in (0..length).zip(elements) {
            let value = host::build(value, self)?;
            // SAFETY: the index is below the length, the place is empty, nobody else has the list, and it takes the reference. When a
            // later element fails, the places that are still empty are what a list that is being made may have.
            unsafe { ffi::PyList_SET_ITEM(list.as_ptr(), index, value.into_ptr()) };
        }
        // SAFETY: attached; a list that is not tracked, and each of its places is filled.
        unsafe { ffi::PyObject_GC_Track(list.as_ptr().cast()) };
        Ok(list)
    }

    #[inline(never)]
    fn object(&mut self, members: Object<'e>) -> Built<'py> {
        let length = py_length(members.len());
        // SAFETY: attached; a new reference.
        let dict = unsafe { owned(self.py, _PyDict_NewPresized(length)) }?;
        let many = members.len() > MAX_KNOWN;
        for (key, value) in members {
            let value = host::build(value, self)?;
            if key.is_plain_ascii() && !many {
                let (py, name) = (self.py, key.raw_bytes());
                let set = |key: &Bound<'py, PyAny>, hash| {
                    // SAFETY: attached, three live objects, the first a dict; it takes references of its own. The hash is the key's.
                    done(unsafe { _PyDict_SetItem_KnownHash(dict.as_ptr(), key.as_ptr(), value.as_ptr(), hash) })
                };
                self.keys.with_string(py, name, || strings::ascii(py, name), set)?;
            } else {
                let key = if key.is_plain_ascii() { self.ascii(key.raw_bytes()) } else { self.string(key) }?;
                // SAFETY: attached, three live objects, the first a dict; it takes references of its own.
                done(unsafe { ffi::PyDict_SetItem(dict.as_ptr(), key.as_ptr(), value.as_ptr()) })?;
            }
        }
        // SAFETY: attached, and it is a dict.
        self.sound &= unsafe { ffi::PyDict_Size(dict.as_ptr()) } == length;
        Ok(dict)
    }
}

impl<'py> Builder<'py, '_> {
    #[cold]
    fn big_integer(&self, digits: &str) -> Built<'py> {
        const BASE: c_int = 10;
        let digits = [digits, "\0"].concat();
        // SAFETY: attached; the text ends with a NUL; where the number ended is not asked for.
        unsafe { owned(self.py, ffi::PyLong_FromString(digits.as_ptr().cast(), ptr::null_mut(), BASE)) }
    }
}
