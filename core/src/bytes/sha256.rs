//! SHA-256 (FIPS 180-4) that can continue from a key's state.

use sha2::block_api::compress256;
use zeroize::Zeroize;

/// How many bytes one step reads.
pub(crate) const BLOCK: usize = 64;

/// The initial state of SHA-256 (FIPS 180-4 §5.3.3).
pub(crate) const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of a message.
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    finish(&INITIAL, 0, message)
}

/// Finishes a SHA-256 whose state has read `before` bytes: the message, one bit, zeros, and the length in bits (FIPS 180-4
/// §5.1.1).
#[inline]
pub(crate) fn finish(state: &[u32; 8], before: usize, message: &[u8]) -> [u8; 32] {
    let mut state = *state;
    const LENGTH: usize = 8;
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    let mut last = [0; 2 * BLOCK];
    if let Some((start, end)) = last.split_at_mut_checked(rest.len()) {
        start.copy_from_slice(rest);
        if let Some(bit) = end.first_mut() {
            *bit = 0x80;
        }
    }
    let used = if rest.len() + 1 + LENGTH <= BLOCK { BLOCK } else { 2 * BLOCK };
    let bits = u64::try_from(before + message.len()).unwrap_or(u64::MAX) << 3;
    if let Some(length) = last.get_mut(used - LENGTH..used) {
        length.copy_from_slice(&bits.to_be_bytes());
    }
    compress256(&mut state, last.get(..used).unwrap_or(&last).as_chunks().0);

    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    state.zeroize();
    digest
}
