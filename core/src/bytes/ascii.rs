//! ASCII.

/// Whether all bytes are printable ASCII, including the space. Looks at eight bytes at a time; the last eight may overlap the
/// ones before.
pub(crate) fn is_printable(text: &[u8]) -> bool {
    const LOWEST: u64 = u64::from_ne_bytes([1; 8]);
    let Some(last) = text.last_chunk() else { return text.iter().all(|byte| matches!(byte, b' '..=b'~')) };
    text.as_chunks().0.iter().chain([last]).all(|word| {
        let word = u64::from_ne_bytes(*word);
        // The highest bit of a byte is set if the byte is not ASCII, below a space, or above a tilde.
        (word | word.wrapping_sub(LOWEST * 0x20) | word.wrapping_add(LOWEST)) & (LOWEST << 7) == 0
    })
}
