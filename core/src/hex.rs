//! Bytes as lowercase hex.

use alloc::string::String;

/// Two digits a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}
