//! The strings of JavaScript: UTF-16 that may be ill-formed.
//!
//! Node-API can also return them as UTF-8, but silently replaces a lone surrogate with U+FFFD, which changes the bytes.

/// The text as UTF-8; `None` if it has a lone surrogate, and so no UTF-8 form. Allocates once, so that a secret leaves no copy behind.
pub(crate) fn to_utf8(units: &[u16]) -> Option<Vec<u8>> {
    if units.iter().fold(0, |all, unit| all | unit) < 0x80 {
        #[allow(clippy::as_conversions)] // ASCII
        return Some(units.iter().map(|unit| *unit as u8).collect());
    }
    let mut text = String::with_capacity(units.len() * MAX_BYTES_PER_UNIT);
    for character in char::decode_utf16(units.iter().copied()) {
        text.push(character.ok()?);
    }
    Some(text.into_bytes())
}

/// A pair of units takes four bytes, a single unit up to three.
pub(crate) const MAX_BYTES_PER_UNIT: usize = 3;
