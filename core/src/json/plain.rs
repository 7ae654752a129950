//! The innermost loop: where a run of plain characters in a string ends.

use wide::u8x16;

/// A run of bytes without quotes, backslashes and control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plain {
    /// The position of the first byte after the run, which is one of those three, or the end of the text.
    pub(super) end: usize,
    /// Whether the run is ASCII.
    pub(super) ascii: bool,
}

/// The plain run that begins at `start`, found sixteen bytes at a time.
#[inline(always)]
#[allow(clippy::as_conversions)] // trailing_zeros() of 16 bits
pub(super) fn skip(bytes: &[u8], start: usize) -> Plain {
    let (mut position, mut ascii) = (start, true);
    while let Some(chunk) = bytes.get(position..).and_then(<[u8]>::first_chunk::<16>) {
        let chunk = u8x16::new(*chunk);
        let quote = chunk.simd_eq(u8x16::splat(b'"'));
        let backslash = chunk.simd_eq(u8x16::splat(b'\\'));
        let control = chunk.simd_eq(chunk.min(u8x16::splat(0x1f)));
        let stops = (quote | backslash | control).to_bitmask();
        let beyond_ascii = chunk.to_bitmask();
        if stops != 0 {
            let below_first_stop = (stops ^ stops.wrapping_sub(1)) >> 1;
            ascii &= beyond_ascii & below_first_stop == 0;
            return Plain { end: position + stops.trailing_zeros() as usize, ascii };
        }
        ascii &= beyond_ascii == 0;
        position += 16;
    }
    skip_near_the_end(bytes, position, ascii)
}

/// The rest of a run, less than sixteen bytes before the end of the text.
#[inline(never)]
fn skip_near_the_end(bytes: &[u8], start: usize, mut ascii: bool) -> Plain {
    let rest = bytes.get(start..).unwrap_or_default();
    let mut run = rest.iter().take_while(|byte| !matches!(byte, 0..0x20 | b'"' | b'\\'));
    let end = start + run.by_ref().inspect(|byte| ascii &= byte.is_ascii()).count();
    Plain { end, ascii }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    /// Every length, and every byte value at every position, compared with a plain reading.
    #[test]
    fn agrees_with_a_byte_by_byte_reading() {
        for length in 0..50 {
            for place in 0..length {
                for value in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[place] = value;
                    bytes[length - 1] = if value % 2 == 0 { b'"' } else { 0xc3 };
                    for start in [0, 1.min(place), place] {
                        assert_eq!(skip(&bytes, start), skip_near_the_end(&bytes, start, true), "{bytes:?} from {start}");
                    }
                }
            }
        }
    }
}
