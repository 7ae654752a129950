//! Functions of the Zend engine that `ext-php-rs` does not declare, as in the engine's headers.
#![allow(unsafe_code)] // the engine is C

use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::ffi::{
    HashTable, ext_php_rs_compiler_globals, zend_class_entry, zend_function, zend_long, zend_object, zend_string, zend_type,
    zend_ulong, zval,
};
use ext_php_rs::zend::ClassEntry;

unsafe extern "C" {
    /// Like `zend_hash_index_add`, for a key that is not in the table.
    pub(crate) fn zend_hash_index_add_new(table: *mut HashTable, index: zend_ulong, value: *mut zval) -> *mut zval;

    /// Whether an array uses this string as an integer key, and which.
    pub(crate) fn _zend_handle_numeric_str_ex(key: *const c_char, length: usize, index: *mut zend_ulong) -> bool;

    /// The memory that PHP's allocator has handed out or, with `real`, has taken from the system.
    pub(crate) fn zend_memory_usage(real: bool) -> usize;

    /// Ends the script like `exit`: by an exception that cannot be caught.
    pub(crate) fn zend_throw_unwind_exit();

    /// Reports a fatal error, whose format is that of `printf`, and bails out.
    pub(crate) fn zend_error_noreturn(kind: c_int, format: *const c_char, ...) -> !;

    /// For `zend_object_handlers::compare`: no objects are equal.
    pub(crate) fn zend_objects_not_comparable(one: *mut zval, other: *mut zval) -> c_int;

    pub(crate) fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        default: *mut zval,
        flags: c_int,
        doc_comment: *mut zend_string,
        r#type: zend_type,
    ) -> *mut c_void;

    pub(crate) fn zend_update_property_long(
        scope: *mut zend_class_entry,
        object: *mut zend_object,
        name: *const c_char,
        name_length: usize,
        value: zend_long,
    );

    pub(crate) fn zend_update_property_stringl(
        scope: *mut zend_class_entry,
        object: *mut zend_object,
        name: *const c_char,
        name_length: usize,
        value: *const c_char,
        value_length: usize,
    );

    /// Creates an object without calling its constructor. Returns 0, or another number if it throws.
    pub(crate) fn object_init_ex(place: *mut zval, class: *mut zend_class_entry) -> c_int;

    fn zend_add_attribute(
        attributes: *mut *mut HashTable,
        name: *mut zend_string,
        arguments: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;

    /// `\RuntimeException`
    pub(crate) static spl_ce_RuntimeException: *mut zend_class_entry;
}

/// A string that lives as long as the process, with its hash computed. To be called only while the extension starts.
pub(crate) fn permanent_string(text: &str) -> Option<*mut zend_string> {
    // SAFETY: a function pointer that the engine sets before it loads extensions.
    let intern = unsafe { ext_php_rs::ffi::zend_string_init_interned }?;
    // SAFETY: the pointer and the length are those of a string, which is copied.
    Some(unsafe { intern(text.as_ptr().cast(), text.len(), true) })
}

/// Marks a parameter with `#[\SensitiveParameter]`, so that stack traces omit its value. To be called only while the extension starts.
///
/// # Safety
///
/// `functions` is a table of functions.
unsafe fn hide_parameter(functions: *const HashTable, function: &str, parameter: u32) {
    const PERSISTENT: u32 = 1;
    // SAFETY: the caller guarantees that the table holds functions. The name is copied.
    let function = unsafe {
        ext_php_rs::ffi::zend_hash_str_find_ptr_lc(functions, function.as_ptr().cast(), function.len()).cast::<zend_function>()
    };
    let (false, Some(name)) = (function.is_null(), permanent_string("SensitiveParameter")) else { return };
    // SAFETY: the function was found. The attributes of an internal function are persistent; its parameters are numbered from 1.
    unsafe { zend_add_attribute(&raw mut (*function).common.attributes, name, 0, PERSISTENT, parameter + 1, 0) };
}

/// Marks parameters of methods of a class that has just been registered.
pub(crate) fn hide_parameters(class: &ClassEntry, methods: &[(&str, &[u32])]) {
    for (method, parameters) in methods {
        // SAFETY: the class is registered with its methods.
        parameters.iter().for_each(|parameter| unsafe { hide_parameter(&raw const class.function_table, method, *parameter) });
    }
}

/// Marks parameters of a function. To be called only while the extension starts.
pub(crate) fn hide_parameters_of_function(function: &str, parameters: &[u32]) {
    // SAFETY: while extensions start, they are registered in the compiler's function table.
    let functions = unsafe { (*ext_php_rs_compiler_globals()).function_table };
    // SAFETY: that table.
    parameters.iter().for_each(|parameter| unsafe { hide_parameter(functions, function, *parameter) });
}
