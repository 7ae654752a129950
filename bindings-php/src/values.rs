//! Converts the core's values to PHP's, equal to those of `json_decode($payload, true)`.
//!
//! This calls the engine itself, because building the arrays takes most of the time of a verification.
#![allow(unsafe_code)] // writes PHP's values

use std::mem::ManuallyDrop;

use ext_php_rs::ffi::{
    _Bucket, _zend_new_array, GC_FLAGS_SHIFT, GC_IMMUTABLE, IS_ARRAY, IS_ARRAY_EX, IS_DOUBLE, IS_FALSE, IS_INTERNED_STRING_EX,
    IS_LONG, IS_STRING_EX, IS_TRUE, ext_php_rs_zend_string_init, ext_php_rs_zend_string_release, zend_array, zend_empty_array,
    zend_hash_add_new, zend_hash_next_index_insert, zend_long, zend_string, zend_value,
};
use ext_php_rs::types::Zval;
use payvost_webhooks::{Array, JsonStr, Kind, Number, Object, Value};

use crate::boundary::{Failure, catch_bailout};
use crate::engine::{_zend_handle_numeric_str_ex, zend_hash_index_add_new};
use crate::{keys, limit};

/// Builds a value in the result.
///
/// The recursion is at most [`payvost_webhooks::MAX_DEPTH`] deep. The deepest event uses about 20 KiB of the stack. An explicit stack on
/// the heap was tried: it made events with nested objects a quarter slower.
#[inline]
pub(crate) fn build(value: Value<'_>, result: &mut Zval) -> Result<(), Failure> {
    let mut buffer = String::new();
    let mut builder = Builder { buffer: &mut buffer, null: ManuallyDrop::new(Zval::new()), budget: Budget(CHECKED_EVERY) };
    // SAFETY: the result is null.
    catch_bailout(|| unsafe { builder.write(result, value) })?.inspect_err(|_| {
        // Part of an event must not be visible.
        *result = Zval::new();
    })
}

/// Writes a string of bytes.
///
/// # Safety
///
/// The place holds nothing that must be freed, and no frame owns anything that a bailout would leak.
pub(crate) unsafe fn write_string(place: *mut Zval, bytes: &[u8]) {
    // SAFETY: the caller guarantees what is needed here.
    unsafe { write_zend_string(place, new_string(bytes)) };
}

struct Builder<'b> {
    /// Used for every string with escapes. Borrowed, because a bailout skips the frame that holds this.
    buffer: &'b mut String,
    /// The value of new places. Never dropped, because there is nothing to free.
    null: ManuallyDrop<Zval>,
    budget: Budget,
}

/// The number of bytes that may be allocated before PHP's memory usage is checked.
struct Budget(usize);

const CHECKED_EVERY: usize = 64 << 10;

impl Budget {
    /// Called before an allocation, because PHP 8.2.35 and later kill the process if it exceeds twice the `memory_limit`.
    #[inline]
    fn take(&mut self, bytes: usize) -> Result<(), Failure> {
        let Some(rest) = self.0.checked_sub(bytes) else {
            self.0 = CHECKED_EVERY;
            return limit::check(bytes);
        };
        self.0 = rest;
        Ok(())
    }
}

/// Places are in PHP's own arrays, which no other code has yet. They hold null until they are written, so that an array is valid at
/// any time. A bailout leaves only memory, which PHP frees at the end of the request.
impl Builder<'_> {
    /// # Safety
    ///
    /// The place holds null.
    unsafe fn write(&mut self, place: *mut Zval, value: Value<'_>) -> Result<(), Failure> {
        // SAFETY: each writes the place with its value and its type.
        unsafe {
            match value.kind() {
                Kind::String(string) => write_zend_string(place, self.string(string)?),
                Kind::Object(members) => return self.write_object(place, members),
                Kind::Array(elements) => return self.write_array(place, elements),
                Kind::Number(number) => write_number(place, number),
                Kind::Bool(value) => (*place).u1.type_info = if value { IS_TRUE } else { IS_FALSE },
                Kind::Null => {}
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// As [`write`](Self::write).
    unsafe fn write_object(&mut self, place: *mut Zval, members: Object<'_>) -> Result<(), Failure> {
        self.budget.take(array_bytes(members.len(), HASHED_BYTES))?;
        // SAFETY: the array is new, and no two members have the same key.
        unsafe {
            let array = write_new_array(place, members.len());
            for (key, value) in members {
                let place = self.add_key(array, key)?;
                self.write(place, value)?;
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// As [`write`](Self::write).
    unsafe fn write_array(&mut self, place: *mut Zval, elements: Array<'_>) -> Result<(), Failure> {
        self.budget.take(array_bytes(elements.len(), PACKED_BYTES))?;
        // SAFETY: the array is new, and a place stays valid until the next one is added.
        unsafe {
            let array = write_new_array(place, elements.len());
            for value in elements {
                let place = zend_hash_next_index_insert(array, &raw mut *self.null);
                self.write(place, value)?;
            }
        }
        Ok(())
    }

    /// Adds a key with the value null, and returns the value's place.
    ///
    /// # Safety
    ///
    /// The array does not have the key.
    #[inline]
    unsafe fn add_key(&mut self, array: *mut zend_array, key: JsonStr<'_>) -> Result<*mut Zval, Failure> {
        if key.is_plain_ascii()
            && let Some(string) = keys::get(key.raw())
        {
            // SAFETY: the string is interned, so the array takes no reference.
            return Ok(unsafe { zend_hash_add_new(array, string, &raw mut *self.null) });
        }
        let text = decode(self.buffer, key)?;
        self.budget.take(text.len())?;
        // SAFETY: the pointer and the length are those of a string.
        unsafe {
            let mut index = 0;
            if may_be_integer(text) && _zend_handle_numeric_str_ex(text.as_ptr().cast(), text.len(), &raw mut index) {
                return Ok(zend_hash_index_add_new(array, index, &raw mut *self.null));
            }
            let string = new_string(text);
            let place = zend_hash_add_new(array, string, &raw mut *self.null);
            // The array has its own reference.
            ext_php_rs_zend_string_release(string);
            Ok(place)
        }
    }

    #[inline]
    fn string(&mut self, string: JsonStr<'_>) -> Result<*mut zend_string, Failure> {
        let text = decode(self.buffer, string)?;
        self.budget.take(text.len())?;
        Ok(new_string(text))
    }
}

/// The value of a string. With escapes, it is in the buffer.
#[inline]
fn decode<'s>(buffer: &'s mut String, string: JsonStr<'s>) -> Result<&'s [u8], Failure> {
    if !string.is_escaped() {
        return Ok(string.raw().as_bytes());
    }
    buffer.clear();
    // The value is never longer than the text between the quotes.
    buffer.try_reserve(string.raw().len()).map_err(|_| Failure::OutOfMemory)?;
    string.decode_into(buffer);
    Ok(buffer.as_bytes())
}

/// The bytes of an element, in a list and in an array with keys.
const PACKED_BYTES: usize = size_of::<Zval>();
const HASHED_BYTES: usize = size_of::<_Bucket>() + size_of::<u32>();

/// A lower bound of what the engine allocates for this many elements.
#[inline]
fn array_bytes(length: usize, element_bytes: usize) -> usize {
    length.checked_next_power_of_two().unwrap_or(usize::MAX).saturating_mul(element_bytes)
}

/// # Safety
///
/// The place holds nothing that must be freed.
#[inline]
unsafe fn write_number(place: *mut Zval, number: Number<'_>) {
    // As `json_decode`: an integer that does not fit is a float, and `-0` is the int 0.
    let (value, kind) = match number.as_i64().and_then(|value| zend_long::try_from(value).ok()) {
        Some(value) => (zend_value { lval: value }, IS_LONG),
        None => (zend_value { dval: number.as_f64() }, IS_DOUBLE),
    };
    // SAFETY: the caller guarantees what is needed here.
    unsafe {
        (*place).value = value;
        (*place).u1.type_info = kind;
    }
}

/// Writes a new array with room for this many elements, or PHP's shared empty array, and returns a pointer to it.
///
/// # Safety
///
/// The place holds nothing that must be freed. Nothing is added to an array of length 0.
#[inline]
unsafe fn write_new_array(place: *mut Zval, length: usize) -> *mut zend_array {
    let (array, kind) = match u32::try_from(length) {
        Ok(0) => ((&raw const zend_empty_array).cast_mut(), IS_ARRAY),
        // SAFETY: any size is allowed. One that does not fit into memory ends the script.
        length => (unsafe { _zend_new_array(length.unwrap_or(u32::MAX)) }, IS_ARRAY_EX),
    };
    // SAFETY: the caller guarantees what is needed here.
    unsafe {
        (*place).value = zend_value { arr: array };
        (*place).u1.type_info = kind;
    }
    array
}

/// # Safety
///
/// The place holds nothing that must be freed. It takes over the string's reference.
#[inline]
unsafe fn write_zend_string(place: *mut Zval, string: *mut zend_string) {
    const INTERNED: u32 = GC_IMMUTABLE << GC_FLAGS_SHIFT;
    // SAFETY: the caller guarantees what is needed here.
    unsafe {
        let interned = (*string).gc.u.type_info & INTERNED != 0;
        (*place).value = zend_value { str_: string };
        (*place).u1.type_info = if interned { IS_INTERNED_STRING_EX } else { IS_STRING_EX };
    }
}

/// A PHP string: a shared one if it is empty or a single byte.
#[inline]
fn new_string(bytes: &[u8]) -> *mut zend_string {
    // SAFETY: the pointer and the length are those of a slice, which is copied.
    unsafe { ext_php_rs_zend_string_init(bytes.as_ptr().cast(), bytes.len(), false) }
}

/// Whether a key starts like an integer: the quick check of the engine's `ZEND_HANDLE_NUMERIC_STR`, before its function decides.
#[inline]
fn may_be_integer(key: &[u8]) -> bool {
    match key {
        [b'-', digit, ..] | [digit, ..] => digit.is_ascii_digit(),
        [] => false,
    }
}
