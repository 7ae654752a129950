//! The strings of JavaScript: UTF-16 that may be ill-formed.
//!
//! Node-API can also return them as UTF-8, but silently replaces a lone surrogate with U+FFFD, which changes the bytes.

/// The text as UTF-8; `None` if it has a lone surrogate, and so no UTF-8 form. Allocates once, so that a secret leaves no copy behind.
pub(crate) fn to_utf8(units: &[u16]) -> Option<Vec<u8>> {
    to_utf8_in(Vec::with_capacity(room(units)), units)
}

/// As [`to_utf8`], in an empty vector that has [`room`] for the text.
pub(crate) fn to_utf8_in(mut bytes: Vec<u8>, units: &[u16]) -> Option<Vec<u8>> {
    if is_ascii(units) {
        #[allow(clippy::as_conversions)] // ASCII
        bytes.extend(units.iter().map(|unit| *unit as u8));
        return Some(bytes);
    }
    for character in char::decode_utf16(units.iter().copied()) {
        bytes.extend_from_slice(character.ok()?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(bytes)
}

/// How many bytes the text takes at most.
pub(crate) fn room(units: &[u16]) -> usize {
    if is_ascii(units) { units.len() } else { units.len().saturating_mul(MAX_BYTES_PER_UNIT) }
}

fn is_ascii(units: &[u16]) -> bool {
    units.iter().fold(0, |all, unit| all | unit) < 0x80
}

/// A pair of units takes four bytes, a single unit up to three.
pub(crate) const MAX_BYTES_PER_UNIT: usize = 3;
