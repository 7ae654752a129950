//! `payvost_str`, the text of events, and the texts of the library itself.

use core::ffi::{CStr, c_char};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use crate::boundary;

/// Text of an event: UTF-8, which may contain NULs and does **not** end in one. `data` is never
/// `NULL`.
///
/// It points into the payload or the event and lives as long as both, unless a function says
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
    boundary::guarded(false, || {
        // SAFETY: both are as the header asks for: as many readable bytes as their lengths say.
        let texts = unsafe { (boundary::bytes(text.data.cast(), text.len), boundary::bytes(other.cast(), other_len)) };
        matches!(texts, (Some(text), Some(other)) if text == other)
    })
}

impl payvost_str {
    pub(crate) const EMPTY: Self = Self::new("");

    pub(crate) const fn new(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    pub(crate) const fn of_bytes(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr().cast(), len: bytes.len() }
    }
}

/// A fixed text with the NUL that C expects at its end. Each is copied on first use and kept; there
/// are a few dozen.
pub(crate) fn c_string(text: impl Into<Cow<'static, str>>) -> &'static CStr {
    static COPIES: Mutex<BTreeMap<Cow<'static, str>, &'static CStr>> = Mutex::new(BTreeMap::new());
    let text = text.into();
    // There may be no memory left to copy these.
    if let Some(known) = WITHOUT_MEMORY.into_iter().find(|known| known.to_bytes() == text.as_bytes()) {
        return known;
    }
    let mut copies = COPIES.lock().unwrap_or_else(PoisonError::into_inner);
    copies.entry(text).or_insert_with_key(|text| Box::leak(c_text(text).into_boxed_c_str()))
}

/// The texts for when memory has run out.
const WITHOUT_MEMORY: [&CStr; 2] = [
    c"out_of_memory",
    c"This process could not allocate memory. Raise its memory limit, or lower max_payload_bytes or the number of deliveries handled at once.",
];

/// A text with the NUL that C expects at its end. A text with a NUL becomes empty; the library has
/// none.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_without_memory_is_what_the_core_says() {
        let error = payvost_webhooks::Error::OutOfMemory;
        assert_eq!([error.code().as_str(), error.hint()].map(str::as_bytes), WITHOUT_MEMORY.map(CStr::to_bytes));
    }

    #[test]
    fn a_fixed_text_is_copied_once() {
        assert_eq!(c_string("signature_mismatch"), c"signature_mismatch");
        assert_eq!(c_string("signature_mismatch").as_ptr(), c_string("signature_mismatch").as_ptr());
    }
}
