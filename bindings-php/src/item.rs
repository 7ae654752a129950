//! Builds PHP values from the core's results: strings, numbers, and arrays of them.
#![allow(unsafe_code)] // writes PHP's values

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use ext_php_rs::ffi::{
    _zend_new_array, IS_ARRAY_EX, IS_FALSE, IS_INTERNED_STRING_EX, IS_TRUE, zend_array, zend_hash_index_find,
    zend_hash_next_index_insert, zend_hash_str_update, zend_long, zend_string, zend_value,
};
use ext_php_rs::types::Zval;

use crate::boundary::{Failure, catch_bailout};
use crate::engine::permanent_string;
use crate::values;

/// A value to build in PHP.
pub(crate) enum Item<'a> {
    Null,
    Bool(bool),
    Int(u64),
    Float(f64),
    /// An existing PHP value.
    Value(&'a Zval),
    Bytes(&'a [u8]),
    List(&'a [Item<'a>]),
    /// Values by name. No name looks like a number.
    Map(&'a [(&'a str, Item<'a>)]),
}

impl Item<'_> {
    pub(crate) fn microseconds(duration: Duration) -> Self {
        Self::Int(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }
}

impl<'a> From<&'a str> for Item<'a> {
    fn from(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

/// Null without a value.
impl<'a> From<Option<&'a Zval>> for Item<'a> {
    fn from(value: Option<&'a Zval>) -> Self {
        value.map_or(Self::Null, |value| Self::Value(value.dereference()))
    }
}

/// A string that is created once per process, so that returning it allocates nothing.
pub(crate) struct Word {
    text: &'static str,
    string: AtomicPtr<zend_string>,
}

impl Word {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, string: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Creates the string. To be called only while the extension starts.
    pub(crate) fn intern(&self) {
        self.string.store(permanent_string(self.text).unwrap_or(ptr::null_mut()), Ordering::Release);
    }

    pub(crate) fn write(&self, result: &mut Zval) {
        let string = self.string.load(Ordering::Acquire);
        if !string.is_null() {
            result.value = zend_value { str_: string };
            result.u1.type_info = IS_INTERNED_STRING_EX;
        }
    }
}

/// Builds the item in the result.
pub(crate) fn build(item: &Item<'_>, result: &mut Zval) -> Result<(), Failure> {
    // SAFETY: the result is null.
    catch_bailout(|| unsafe { write(item, result) })
}

/// The place of a list's first element.
pub(crate) fn first(list: &mut Zval) -> Result<&mut Zval, Failure> {
    if !list.is_array() {
        return Err(Failure::Panic);
    }
    // SAFETY: the array lives as long as the list, and no other code has it yet.
    unsafe { zend_hash_index_find(list.value.arr, 0).as_mut() }.ok_or(Failure::Panic)
}

/// # Safety
///
/// The place holds null, and no frame owns anything that a bailout would leak.
unsafe fn write(item: &Item<'_>, place: *mut Zval) {
    let mut null = ManuallyDrop::new(Zval::new());
    // SAFETY: the array is new, and a place in it stays valid until the next one is added.
    unsafe {
        match item {
            Item::Null => {}
            Item::Bool(value) => (*place).u1.type_info = if *value { IS_TRUE } else { IS_FALSE },
            Item::Int(value) => (*place).set_long(zend_long::try_from(*value).unwrap_or(zend_long::MAX)),
            Item::Float(value) => (*place).set_double(*value),
            Item::Value(value) => ptr::write(place, value.shallow_clone()),
            Item::Bytes(bytes) => values::write_string(place, bytes),
            Item::List(items) => {
                let array = write_array(items.len(), place);
                for item in *items {
                    write(item, zend_hash_next_index_insert(array, &raw mut *null));
                }
            }
            Item::Map(items) => {
                let array = write_array(items.len(), place);
                for (name, item) in *items {
                    write(item, zend_hash_str_update(array, name.as_ptr().cast(), name.len(), &raw mut *null));
                }
            }
        }
    }
}

/// A new array with room for this many elements.
///
/// # Safety
///
/// As [`write`].
unsafe fn write_array(length: usize, place: *mut Zval) -> *mut zend_array {
    // SAFETY: the caller guarantees what is needed here.
    unsafe {
        let array = _zend_new_array(u32::try_from(length).unwrap_or(u32::MAX));
        (*place).value = zend_value { arr: array };
        (*place).u1.type_info = IS_ARRAY_EX;
        array
    }
}
