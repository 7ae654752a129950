//! The positions of the quotes, for sixty-four bytes of the text at a time.
//!
//! Most strings of a webhook are short, plain ASCII. Searching for the end of each with its own vectors would make every string
//! wait for the one before, because its start is only known when that one has ended. Here the quotes of a whole block are found
//! at once and then taken from a word, one after another.

use wide::i8x16;

/// How many bytes are read together.
const BLOCK: usize = 64;

/// The quotes of one block that are not used yet.
pub(super) struct Quotes {
    /// Where the block begins.
    start: usize,
    /// The quotes, the lowest bit for the first byte. Those before the next opening quote are used: the text between two strings
    /// has no quote, or the scan ends there.
    quotes: u64,
    /// The bytes that need a closer look: backslashes, control characters, and everything that is not ASCII.
    others: u64,
}

impl Quotes {
    pub(super) fn new() -> Self {
        Self { start: 0, quotes: 0, others: 0 }
    }

    /// The closing quote of the string that opens at `opening`, if that string is plain ASCII and ends within the block. The next
    /// call must be for the next string.
    #[inline(always)]
    #[allow(clippy::as_conversions)] // trailing_zeros() of 64 bits
    pub(super) fn closing(&mut self, bytes: &[u8], opening: usize) -> Option<usize> {
        let mut rest = without_lowest(self.quotes);
        if rest == 0 {
            *self = Self::at(bytes, opening);
            rest = without_lowest(self.quotes);
            if rest == 0 {
                return None;
            }
        }
        let up_to_closing = rest ^ rest.wrapping_sub(1);
        if self.others & up_to_closing != 0 && self.others & up_to_closing & self.since_opening() != 0 {
            return None;
        }
        self.quotes = without_lowest(rest);
        Some(self.start + rest.trailing_zeros() as usize)
    }

    /// Moves past the closing quote of a string that was read in another way.
    #[inline]
    pub(super) fn pass(&mut self, closing: usize) {
        let behind = closing + 1 - self.start;
        self.quotes &= if behind < BLOCK { u64::MAX << behind } else { 0 };
    }

    /// The bits from the opening quote on. Bytes before it, such as a line break, do not belong to the string.
    #[cold]
    fn since_opening(&self) -> u64 {
        u64::MAX << self.quotes.trailing_zeros()
    }

    /// Reads the block that begins at `position`, or the last whole block without the bytes before `position`.
    #[inline(always)]
    fn at(bytes: &[u8], position: usize) -> Self {
        let (start, (quotes, others)) = if let Some(block) = bytes.get(position..).and_then(<[u8]>::first_chunk) {
            (position, marks(block))
        } else {
            marks_near_the_end(bytes)
        };
        Self { start, quotes: quotes & (u64::MAX << (position - start)), others }
    }
}

#[inline(always)]
fn without_lowest(bits: u64) -> u64 {
    bits & bits.wrapping_sub(1)
}

/// The quotes of a block, and the bytes that need a closer look.
#[inline(always)]
fn marks(block: &[u8; BLOCK]) -> (u64, u64) {
    let (mut quotes, mut other) = (0, i8x16::splat(0));
    for chunk in block.as_chunks::<16>().0.iter().rev() {
        let bytes = i8x16::new(chunk.map(u8::cast_signed));
        let quote = bytes.simd_eq(i8x16::splat(b'"'.cast_signed()));
        quotes = quotes << 16 | u64::from(quote.to_bitmask());
        other |= others(bytes);
    }
    // Mostly there is none.
    (quotes, if other.to_bitmask() == 0 { 0 } else { mark_others(block) })
}

#[inline(never)]
fn mark_others(block: &[u8; BLOCK]) -> u64 {
    let chunks = block.as_chunks::<16>().0.iter().rev();
    chunks.fold(0, |marks, chunk| marks << 16 | u64::from(others(i8x16::new(chunk.map(u8::cast_signed))).to_bitmask()))
}

#[inline(always)]
fn others(bytes: i8x16) -> i8x16 {
    let backslash = bytes.simd_eq(i8x16::splat(b'\\'.cast_signed()));
    // As signed bytes, so that bytes beyond ASCII are below the space as well.
    let below_space = bytes.simd_lt(i8x16::splat(b' '.cast_signed()));
    backslash | below_space
}

/// The marks of the last whole block, or of the text if it is shorter.
#[inline(never)]
fn marks_near_the_end(text: &[u8]) -> (usize, (u64, u64)) {
    if let Some(block) = text.last_chunk() {
        return (text.len() - BLOCK, marks(block));
    }
    let mut block = [b' '; BLOCK];
    if let Some(start) = block.get_mut(..text.len()) {
        start.copy_from_slice(text);
    }
    (0, marks(&block))
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// Strings of every length up to two blocks, some of them not plain, with and without whitespace between them, so that they
    /// cross the blocks and the end of the text in every way. Compared with a byte-by-byte reading.
    #[test]
    fn finds_the_ends_of_plain_strings_wherever_they_lie() {
        for length in 0..2 * BLOCK {
            for (odd, odd_is_plain) in [("x", true), ("é", false), (r"\n", false), ("\u{1}", false), ("\u{7f}", true)] {
                for between in [",", ",\n\t  ", ""] {
                    let strings = [1, length, 0, length / 3, BLOCK - 2, length].map(|length| "a".repeat(length));
                    let mut text = String::new();
                    let mut expected = Vec::new();
                    for (index, string) in strings.iter().enumerate() {
                        let odd = if index % 2 == 1 { odd } else { "" };
                        let opening = text.len();
                        text.extend(["\"", string, odd, "\"", between]);
                        let closing = opening + 1 + string.len() + odd.len();
                        expected.push((opening, closing, odd.is_empty() || odd_is_plain));
                    }
                    check(&text, &expected);
                }
            }
        }
    }

    fn check(text: &str, expected: &[(usize, usize, bool)]) {
        let mut quotes = Quotes::new();
        for (opening, closing, plain) in expected.iter().copied() {
            match quotes.closing(text.as_bytes(), opening) {
                Some(found) => assert_eq!((found, plain), (closing, true), "{text:?} from {opening}"),
                // A plain one is only missed if it does not fit into a block.
                None => {
                    assert!(!plain || closing - opening >= BLOCK, "{text:?} from {opening}");
                    quotes.pass(closing);
                }
            }
        }
    }
}
