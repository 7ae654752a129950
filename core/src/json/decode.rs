//! The value of a string: its escapes undone, and its UTF-8 turned into what a host keeps its strings in.

use alloc::string::String;
use alloc::vec::Vec;

use wide::i8x16;

use super::plain;

/// How many bytes are looked at together.
const CHUNK: usize = 16;

/// A code unit of a host's strings.
pub(super) trait Unit: Copy + Default + From<u8> {
    /// Writes a character to the first places, of which there are as many as its UTF-8 form has bytes. Gives the number of those used.
    fn write(places: &mut [Self], code: u32) -> usize;
}

impl Unit for u32 {
    #[inline(always)]
    fn write(places: &mut [Self], code: u32) -> usize {
        if let Some(place) = places.first_mut() {
            *place = code;
        }
        1
    }
}

impl Unit for u16 {
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

/// How many bytes are decoded before more room is made: a string of escapes has far fewer units than bytes.
const PIECE: usize = 2048;

/// Appends the value of a checked string.
pub(super) fn append_units<U: Unit>(units: &mut Vec<U>, raw: &str) {
    let bytes = raw.as_bytes();
    let (mut read, mut length) = (0, units.len());
    while read < bytes.len() {
        // Whatever stands in the text takes at least as many bytes there as units in the value. What begins in a piece may end behind it,
        // and a chunk may.
        let end = bytes.len().min(read + PIECE);
        units.resize(length + (end - read) + CHUNK, U::default());
        let places = units.get_mut(length..).unwrap_or_default();
        let (now_read, written) = write_piece(places, bytes, read, end);
        (read, length) = (now_read, length + written);
    }
    units.truncate(length);
}

/// Writes what begins between two places of the text; gives where the next begins, and the number of units.
fn write_piece<U: Unit>(places: &mut [U], bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    let (mut read, mut written) = (start, 0);
    while read < end {
        // Characters that are written alike go together; of a chunk that holds others, what comes before them counts.
        if let (Some(chunk), Some(places)) = (chunk(bytes, read), chunk_mut(places, written)) {
            *places = chunk.map(U::from);
            let alike = alike(chunk);
            (read, written) = (read + alike, written + alike);
            if alike == CHUNK {
                continue;
            }
        } else if let Some(next) = bytes.get(read).filter(|next| next.is_ascii() && **next != b'\\') {
            written += U::write(places.get_mut(written..).unwrap_or_default(), (*next).into());
            read += 1;
            continue;
        }
        // Others often follow each other, so that a chunk is not worth a look behind every one of them.
        while read < end {
            let rest = bytes.get(read..).unwrap_or_default();
            let (code, length) = match rest {
                [b'\\', ..] => escape(rest),
                [byte, ..] if !byte.is_ascii() => sequence(rest),
                _ => break,
            };
            written += U::write(places.get_mut(written..).unwrap_or_default(), code);
            read += length;
        }
    }
    (read, written)
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

/// The character whose UTF-8 form of several bytes begins here, and how many those are.
#[inline(always)]
fn sequence(rest: &[u8]) -> (u32, usize) {
    let low = |byte: u8| u32::from(byte & 0x3f);
    match *rest {
        [a @ ..0xe0, b, ..] => (u32::from(a & 0x1f) << 6 | low(b), 2),
        [a @ ..0xf0, b, c, ..] => (u32::from(a & 0xf) << 12 | low(b) << 6 | low(c), 3),
        [a, b, c, d, ..] => (u32::from(a & 0x7) << 18 | low(b) << 12 | low(c) << 6 | low(d), 4),
        // Never met, since the text is well-formed; so that it ends whatever it is.
        _ => (char::REPLACEMENT_CHARACTER.into(), rest.len().max(1)),
    }
}

/// The character of the escape that begins here, and the length of the escape. The scan has seen to it that there is one.
#[inline(always)]
fn escape(rest: &[u8]) -> (u32, usize) {
    let short = |character: char| (character.into(), 2);
    match rest.get(1) {
        Some(b'u') => unicode_escape(rest),
        Some(b'b') => short('\u{8}'),
        Some(b'f') => short('\u{c}'),
        Some(b'n') => short('\n'),
        Some(b'r') => short('\r'),
        Some(b't') => short('\t'),
        Some(itself) => short(char::from(*itself)),
        None => (char::REPLACEMENT_CHARACTER.into(), 1),
    }
}

#[inline(always)]
fn unicode_escape(rest: &[u8]) -> (u32, usize) {
    match unit(rest) {
        high @ 0xD800..=0xDBFF => {
            let low = unit(rest.get(6..).unwrap_or_default());
            (0x1_0000 + ((high - 0xD800) << 10) + (low & 0x3FF), 12)
        }
        code => (code, 6),
    }
}

/// The number that the `\uXXXX` names that begins here.
#[inline(always)]
fn unit(rest: &[u8]) -> u32 {
    let Some(digits) = rest.get(2..).and_then(<[u8]>::first_chunk) else { return 0 };
    // Letters of both cases have 1 to 6 in their lower half, and the bit that digits do not have stands for 9 more.
    let digits = u32::from_be_bytes(*digits);
    let nibbles = (digits & 0x0f0f_0f0f) + 9 * (digits >> 6 & 0x0101_0101);
    let bytes = nibbles | nibbles >> 4;
    bytes >> 8 & 0xff00 | bytes & 0xff
}

/// As [`append_units`], as UTF-8.
pub(super) fn append(value: &mut String, raw: &str) {
    let mut rest = raw;
    while !rest.is_empty() {
        // In a checked string a plain run ends at a backslash or with the string.
        let (run, behind) = rest.split_at_checked(plain::skip(rest.as_bytes(), 0).end).unwrap_or((rest, ""));
        value.push_str(run);
        rest = behind;
        while rest.starts_with('\\') {
            let (code, length) = escape(rest.as_bytes());
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
        append_units::<u16>(&mut units, raw);
        append_units::<u32>(&mut codes, raw);
        assert_eq!(text.strip_prefix("before "), Some(value));
        assert_eq!(String::from_utf16(&units[1..]).unwrap(), value);
        assert!(codes[1..].iter().copied().eq(value.chars().map(u32::from)), "{raw}");
    }
}
