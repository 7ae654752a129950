//! Bytes as lowercase hex, and back.

use alloc::collections::TryReserveError;
use alloc::string::String;

use wide::u8x16;

/// Two digits per byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    append(&mut text, bytes);
    text
}

/// As [`encode`], but reports that memory ran out.
pub(crate) fn try_encode(bytes: &[u8]) -> Result<String, TryReserveError> {
    let mut text = String::new();
    text.try_reserve_exact(2 * bytes.len())?;
    append(&mut text, bytes);
    Ok(text)
}

fn append(text: &mut String, bytes: &[u8]) {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    text.extend(nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)));
}

/// The 32 bytes that exactly 64 lowercase digits stand for. Use it for public values only: it does not run in constant time. It
/// reads sixteen digits at a time without a branch, because that is faster.
#[inline]
pub(crate) fn decode(text: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.try_into().ok()?;
    let (mut bytes, mut good) = ([0; 32], u8x16::splat(u8::MAX));
    for (bytes, digits) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(digits.as_chunks::<16>().0) {
        let digits = u8x16::new(*digits);
        let (number, letter) = (digits - u8x16::splat(b'0'), digits - u8x16::splat(b'a'));
        let is_number = number.simd_eq(number.min(u8x16::splat(9)));
        let is_letter = letter.simd_eq(letter.min(u8x16::splat(5)));
        good &= is_number | is_letter;
        let nibbles = (is_number & number) | (is_letter & (letter + u8x16::splat(10)));
        for (bytes, nibbles) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(nibbles.to_array().as_chunks().0) {
            *bytes = join(u64::from_le_bytes(*nibbles)).to_le_bytes();
        }
    }
    if good.to_bitmask() == 0xffff { Some(bytes) } else { None }
}

/// Joins eight nibbles, the first in the lowest byte, into four bytes.
#[inline]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // the lost bits are zero or were moved
fn join(nibbles: u64) -> u32 {
    let bytes = (nibbles << 4 | nibbles >> 8) & 0x00ff_00ff_00ff_00ff;
    let pairs = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    (pairs | pairs >> 16) as u32
}
