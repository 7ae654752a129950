//! Values of PHP's, from what the core answers: texts, numbers, and lists of them.
#![allow(unsafe_code)] // writes PHP's values

use std::mem::ManuallyDrop;

use ext_php_rs::ffi::{_zend_new_array, IS_ARRAY_EX, zend_hash_index_find, zend_hash_next_index_insert, zend_long, zend_value};
use ext_php_rs::types::Zval;

use crate::boundary::{Failure, catch_bailout};
use crate::values;

/// What is to become a value of PHP's.
pub(crate) enum Item<'a> {
    Null,
    Int(u64),
    Bytes(&'a [u8]),
    List(&'a [Item<'a>]),
}

impl<'a> From<&'a str> for Item<'a> {
    fn from(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

/// Builds it in the place of a result.
pub(crate) fn build(item: &Item<'_>, result: &mut Zval) -> Result<(), Failure> {
    // SAFETY: PHP's place for the result holds null.
    catch_bailout(|| unsafe { write(item, result) })
}

/// The place of a list's first item.
pub(crate) fn first(list: &mut Zval) -> Result<&mut Zval, Failure> {
    if !list.is_array() {
        return Err(Failure::Panic);
    }
    // SAFETY: the array is alive as long as the list, and nobody else has it yet.
    unsafe { zend_hash_index_find(list.value.arr, 0).as_mut() }.ok_or(Failure::Panic)
}

/// # Safety
///
/// The place holds null, and no frame owns anything that a bailout must not skip.
unsafe fn write(item: &Item<'_>, place: *mut Zval) {
    let mut null = ManuallyDrop::new(Zval::new());
    // SAFETY: the array is new; a place in it stays where it is until the next one is added.
    unsafe {
        match item {
            Item::Null => {}
            Item::Int(value) => (*place).set_long(zend_long::try_from(*value).unwrap_or(zend_long::MAX)),
            Item::Bytes(bytes) => values::write_string(place, bytes),
            Item::List(items) => {
                let array = _zend_new_array(u32::try_from(items.len()).unwrap_or(u32::MAX));
                (*place).value = zend_value { arr: array };
                (*place).u1.type_info = IS_ARRAY_EX;
                for item in *items {
                    write(item, zend_hash_next_index_insert(array, &raw mut *null));
                }
            }
        }
    }
}
