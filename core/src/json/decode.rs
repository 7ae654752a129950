//! The value of a string: its escapes decoded, and its UTF-8 converted to the encoding of a host's strings.

use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::mem::MaybeUninit;

use wide::{i8x16, u8x16, u16x8};

use super::escape;
use super::plain;

/// How many bytes are read together.
const CHUNK: usize = 16;

/// A code unit of a host's strings.
pub trait Unit: Copy {
    /// Half a chunk of ASCII.
    fn ascii(half: [u16; CHUNK / 2]) -> [Self; CHUNK / 2];

    /// Writes a character to the first places. There are as many places as the character has bytes in UTF-8. Returns the number
    /// of places used.
    fn write(places: &mut [Self], code: u32) -> usize;
}

/// UTF-16.
impl Unit for u16 {
    #[inline(always)]
    fn ascii(half: [u16; CHUNK / 2]) -> [Self; CHUNK / 2] {
        half
    }

    #[inline(always)]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // below 2^16 each
    fn write(places: &mut [Self], code: u32) -> usize {
        match places {
            [high, low, ..] if code >= 0x1_0000 => {
                (*high, *low) = (0xD7C0_u16.wrapping_add((code >> 10) as u16), 0xDC00 | (code & 0x3FF) as u16);
                2
            }
            [place, ..] => {
                *place = code as u16;
                1
            }
            [] => 0,
        }
    }
}

/// Units that hold one code point each, truncated to the size of the unit.
macro_rules! code_points {
    ($($unit:ty: $from:expr),*) => {
        $(impl Unit for $unit {
            #[inline(always)]
            #[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
            fn ascii(half: [u16; CHUNK / 2]) -> [Self; CHUNK / 2] {
                half.map(|code| $from(code.into()))
            }

            #[inline(always)]
            #[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
            fn write(places: &mut [Self], code: u32) -> usize {
                if let Some(place) = places.first_mut() {
                    *place = $from(code);
                }
                1
            }
        })*
    };
}

code_points! {
    u32: |code: u32| code,
    MaybeUninit<u8>: |code: u32| MaybeUninit::new(code as u8),
    MaybeUninit<u16>: |code: u32| MaybeUninit::new(code as u16),
    MaybeUninit<u32>: MaybeUninit::new
}

/// The result of decoding a string.
pub(super) struct Decoded {
    /// How many units there are, including those before.
    pub(super) length: usize,
    /// The bits of all characters that take more than one byte, combined.
    pub(super) bits: u32,
    /// Whether all escapes are valid. If not, the units are meaningless.
    pub(super) sound: bool,
}

/// How many bytes are decoded before the buffer grows again: a string of escapes has far fewer units than bytes.
const PIECE: usize = 2048;

/// Appends the value of a string. When memory runs out, what was appended is removed again.
pub(super) fn append_units<U: Unit + Default>(units: &mut Vec<U>, bytes: &[u8]) -> Result<Decoded, TryReserveError> {
    let before = units.len();
    let mut decoded = Decoded { length: units.len(), bits: 0, sound: true };
    let mut read = 0;
    while read < bytes.len() {
        // Everything takes at least as many bytes in the text as units in the value. An escape or a chunk that begins in a piece
        // may end after it.
        let end = bytes.len().min(read + PIECE);
        let length = decoded.length + (end - read) + CHUNK;
        if let Err(error) = units.try_reserve(length.saturating_sub(units.len())) {
            units.truncate(before);
            return Err(error);
        }
        units.resize(length, U::default());
        read = decoded.write(units, bytes, read, end);
    }
    units.truncate(decoded.length);
    Ok(decoded)
}

/// Ends the process, as a `Vec` does if it cannot grow: for callers that promise a value.
#[cold]
pub(super) fn abort<U>(units: &[U]) -> ! {
    alloc::alloc::handle_alloc_error(Layout::for_value(units))
}

/// Writes the value of a string to the first places, as far as there are places.
pub(super) fn write_units<U: Unit>(places: &mut [U], bytes: &[u8]) -> Decoded {
    let mut decoded = Decoded { length: 0, bits: 0, sound: true };
    decoded.write(places, bytes, 0, bytes.len());
    decoded
}

impl Decoded {
    /// Writes what begins between two positions of the text. Returns the position of the next character.
    #[inline(always)]
    fn write<U: Unit>(&mut self, units: &mut [U], bytes: &[u8], start: usize, end: usize) -> usize {
        let mut read = start;
        while read < end {
            // ASCII characters are written together; in a mixed chunk, only those before the first other character count.
            if let (Some(chunk), Some(places)) = (chunk(bytes, read), chunk_mut(units, self.length)) {
                widen(chunk, places);
                let alike = alike(chunk);
                (read, self.length) = (read + alike, self.length + alike);
                if alike == CHUNK {
                    continue;
                }
            }
            // Other characters often come in groups, and a group is mostly of one kind.
            match bytes.get(read..).unwrap_or_default() {
                [b'\\', ..] => {
                    while read < end
                        && let Some([first, second]) = chunk(bytes, read).and_then(escape::two_units)
                    {
                        self.put(units, first);
                        self.put(units, second);
                        read += 2 * escape::UNIT;
                    }
                    let rest = bytes.get(read..).unwrap_or_default();
                    if read < end
                        && let [b'\\', ..] = rest
                    {
                        let (code, length) = escape::read(rest).unwrap_or_else(|_| {
                            self.sound = false;
                            (0, rest.len())
                        });
                        self.put(units, code);
                        read += length;
                    }
                }
                [0xc0..0xe0, _, ..] => {
                    while read < end
                        && let [a @ 0xc0..0xe0, b, ..] = bytes.get(read..).unwrap_or_default()
                    {
                        self.put(units, u32::from(a & 0x1f) << 6 | low(*b));
                        read += 2;
                    }
                }
                [0xe0..0xf0, _, _, ..] => {
                    while read < end
                        && let [a @ 0xe0..0xf0, b, c, ..] = bytes.get(read..).unwrap_or_default()
                    {
                        self.put(units, u32::from(a & 0xf) << 12 | low(*b) << 6 | low(*c));
                        read += 3;
                    }
                }
                [a @ 0xf0..=0xff, b, c, d, ..] => {
                    self.put(units, u32::from(a & 0x7) << 18 | low(*b) << 12 | low(*c) << 6 | low(*d));
                    read += 4;
                }
                // Where there is no room for a chunk.
                [plain, ..] => {
                    self.put(units, (*plain).into());
                    read += 1;
                }
                [] => break,
            }
        }
        read
    }

    #[inline(always)]
    fn put<U: Unit>(&mut self, units: &mut [U], code: u32) {
        self.bits |= code;
        self.length += U::write(units.get_mut(self.length..).unwrap_or_default(), code);
    }
}

#[inline(always)]
fn widen<U: Unit>(chunk: &[u8; CHUNK], places: &mut [U; CHUNK]) {
    let bytes = u8x16::new(*chunk);
    let ([low, high], []) = places.as_chunks_mut() else { return };
    *low = U::ascii(u16x8::from_u8x16_low(bytes).to_array());
    *high = U::ascii(u16x8::from_u8x16_high(bytes).to_array());
}

#[inline(always)]
fn chunk(bytes: &[u8], at: usize) -> Option<&[u8; CHUNK]> {
    bytes.get(at..).and_then(<[u8]>::first_chunk)
}

#[inline(always)]
fn chunk_mut<U>(units: &mut [U], at: usize) -> Option<&mut [U; CHUNK]> {
    units.get_mut(at..).and_then(<[U]>::first_chunk_mut)
}

/// How many bytes of a chunk come before the first that is a backslash or not ASCII.
#[inline(always)]
#[allow(clippy::as_conversions)] // at most 16
fn alike(chunk: &[u8; CHUNK]) -> usize {
    let chunk = i8x16::new(chunk.map(u8::cast_signed));
    let backslash = chunk.simd_eq(i8x16::splat(b'\\'.cast_signed()));
    ((chunk | backslash).to_bitmask() | 1 << CHUNK).trailing_zeros() as usize
}

/// What a byte that continues a sequence adds to the character.
#[inline(always)]
fn low(byte: u8) -> u32 {
    u32::from(byte & 0x3f)
}

/// The characters of a string's value.
pub(super) fn characters(raw: &str) -> impl Iterator<Item = char> {
    let mut rest = raw;
    core::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (character, length) = match first {
            '\\' => {
                let (code, length) = escape::read(rest.as_bytes()).unwrap_or((0, rest.len()));
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), length)
            }
            _ => (first, first.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        Some(character)
    })
}

/// As [`append_units`], as UTF-8.
pub(super) fn append(value: &mut String, raw: &str) {
    let mut rest = raw;
    while !rest.is_empty() {
        // In a checked string, a plain run ends at a backslash or at the end.
        let (run, behind) = rest.split_at_checked(plain::skip(rest.as_bytes(), 0).end).unwrap_or((rest, ""));
        value.push_str(run);
        rest = behind;
        while rest.starts_with('\\') {
            let (code, length) = escape::read(rest.as_bytes()).unwrap_or((0, rest.len()));
            value.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    /// Each of these, alone and behind runs of every length up to two chunks, so that it comes at every place of one.
    #[test]
    fn decodes_to_the_same_text_in_all_encodings() {
        let cases = [
            ("", ""),
            ("plain", "plain"),
            ("é€😀", "é€😀"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"a\u00e9\u20AC\uD83D\uDE00z", "aé€😀z"),
            (r"é\nЖ\u0000\u0416\uffff", "é\nЖ\0Ж\u{ffff}"),
            (r"\u0123\u4567\u89ab\ucdef\uCDEF\udbff\udfff", "\u{123}\u{4567}\u{89ab}\u{cdef}\u{cdef}\u{10ffff}"),
        ];
        for (raw, value) in cases {
            for run in 0..2 * CHUNK {
                for end in ["", "ß", "0123456789abcdefghi"] {
                    let run = "x".repeat(run);
                    check(&format!("{run}{raw}{end}"), &format!("{run}{value}{end}"));
                }
            }
        }
    }

    /// The same behind runs that end near the end of a piece.
    #[test]
    fn decodes_across_pieces() {
        for run in PIECE - 2 * CHUNK..PIECE + CHUNK {
            for (raw, value) in [("😀é", "😀é"), (r"\uD83D\uDE00\n", "😀\n"), ("€", "€"), ("plain", "plain")] {
                let run = "x".repeat(run);
                check(&format!("{run}{raw}{run}{raw}"), &format!("{run}{value}{run}{value}"));
            }
        }
        check(&r"\u20ac".repeat(PIECE), &"€".repeat(PIECE));
        check(&"😀".repeat(PIECE), &"😀".repeat(PIECE));
    }

    fn check(raw: &str, value: &str) {
        let (mut text, mut units, mut codes) = (String::from("before "), Vec::from([7]), Vec::from([7]));
        append(&mut text, raw);
        append_units::<u16>(&mut units, raw.as_bytes()).unwrap();
        append_units::<u32>(&mut codes, raw.as_bytes()).unwrap();
        assert!(characters(raw).eq(value.chars()), "{raw}");
        assert_eq!(text.strip_prefix("before "), Some(value));
        assert_eq!(String::from_utf16(&units[1..]).unwrap(), value);
        assert!(codes[1..].iter().copied().eq(value.chars().map(u32::from)), "{raw}");
    }
}
