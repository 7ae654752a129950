//! `payvost_str`, the text of events, and the texts of the library itself.

use core::ffi::{CStr, c_char};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use crate::ffi;

/// Text of an event: UTF-8, which may hold NULs and does **not** end in one. `data` is never
/// `NULL`.
///
/// It points into the payload or the event, and so lives as long as both, unless a function says
/// otherwise.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_str {
    /// The first byte. Not a C string: print it with `"%.*s"`, `(int)text.len`, `text.data`.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

/// Whether a text of an event equals another text, byte for byte: `payvost_str_equals(type,
/// PAYVOST_LITERAL("payment.succeeded"))`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_str_equals(text: payvost_str, other: *const c_char, other_len: usize) -> bool {
    ffi::guarded(false, || {
        // SAFETY: both are as the header asks for: as many readable bytes as their lengths say.
        let texts = unsafe { (ffi::bytes(text.data.cast(), text.len), ffi::bytes(other.cast(), other_len)) };
        matches!(texts, (Some(text), Some(other)) if text == other)
    })
}

impl payvost_str {
    pub(crate) const EMPTY: Self = Self::new("");

    pub(crate) const fn new(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }
}

/// A fixed text with the NUL that C expects at its end. Each is copied when it is first asked for,
/// and kept: there are a few dozen.
pub(crate) fn c_string(text: &'static str) -> &'static CStr {
    static COPIES: Mutex<BTreeMap<&'static str, &'static CStr>> = Mutex::new(BTreeMap::new());
    let mut copies = COPIES.lock().unwrap_or_else(PoisonError::into_inner);
    copies.entry(text).or_insert_with(|| match CString::new(text) {
        Ok(copy) => Box::leak(copy.into_boxed_c_str()),
        Err(_) => c"",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_text_is_copied_once() {
        assert_eq!(c_string("signature_mismatch"), c"signature_mismatch");
        assert_eq!(c_string("signature_mismatch").as_ptr(), c_string("signature_mismatch").as_ptr());
    }
}
