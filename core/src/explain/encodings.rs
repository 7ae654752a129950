//! The encodings that secrets, bodies and signatures get into by mistake, and the way back.

use alloc::string::String;
use alloc::vec::Vec;

/// Base64 (RFC 4648 §4), or the alphabet for URLs (§5), with padding.
pub(super) fn base64(bytes: &[u8], for_urls: bool) -> Vec<u8> {
    let alphabet: &[u8; 64] = if for_urls {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    } else {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    };
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            let digit = alphabet.get(index).copied().unwrap_or_default();
            text.push(if place <= group.len() { digit } else { b'=' });
        }
    }
    text
}

/// The bytes of base64 in either alphabet, with or without padding and line breaks. `None` if there is any other character.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut padded) = (0_u32, 0, false);
    for byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padded = true;
                continue;
            }
            b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padded {
            return None;
        }
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(low_byte(bits >> count));
        }
    }
    Some(bytes)
}

/// As decoders do that skip what is not in the alphabet.
pub(super) fn from_base64_loosely(text: &[u8]) -> Option<Vec<u8>> {
    let standard = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    from_base64(&text.iter().filter(standard).copied().collect::<Vec<u8>>())
}

fn low_byte(bits: u32) -> u8 {
    let [byte, ..] = bits.to_le_bytes();
    byte
}

/// `%41` as `A`, and `+` as a space if `plus` says so. `None` if nothing changes.
pub(super) fn from_percent(text: &[u8], plus: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        let decoded = match (byte, after) {
            (b'%', [high, low, after @ ..]) => hex_byte(*high, *low).inspect(|_| rest = after),
            (b'+', _) if plus => Some(b' '),
            _ => None,
        };
        bytes.push(decoded.unwrap_or(*byte));
    }
    (bytes != text).then_some(bytes)
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// A text as browsers encode the value of a form, or as `encodeURIComponent` does.
pub(super) fn percent(bytes: &[u8], for_form: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.')
            || if for_form { *byte == b'*' } else { matches!(byte, b'~' | b'!' | b'*' | b'\'' | b'(' | b')') };
        match byte {
            b' ' if for_form => text.push(b'+'),
            _ if plain => text.push(*byte),
            _ => {
                let digit = |nibble: u8| char::from_digit(nibble.into(), 16).map(|digit| digit.to_ascii_uppercase());
                text.push(b'%');
                let digits = [digit(byte >> 4), digit(byte & 15)];
                text.extend(digits.into_iter().flatten().filter_map(|digit| u8::try_from(digit).ok()));
            }
        }
    }
    text
}

/// HTML entities as characters: those that escape functions write, by name or number. `None` if there are none.
pub(super) fn from_html(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'&'
            && let Some(end) = after.iter().take(10).position(|byte| *byte == b';')
            && let Some(character) = after.get(..end).and_then(entity)
        {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = after.get(end + 1..).unwrap_or_default();
        } else {
            bytes.push(*byte);
        }
    }
    (bytes != text).then_some(bytes)
}

fn entity(name: &[u8]) -> Option<char> {
    let name = core::str::from_utf8(name).ok()?;
    match name.strip_prefix('#') {
        Some(number) => char::from_u32(match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        }),
        None => match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "plus" => Some('+'),
            "equals" => Some('='),
            "sol" => Some('/'),
            "nbsp" => Some('\u{a0}'),
            _ => None,
        },
    }
}

/// The characters that HTML escapes, as entities.
pub(super) fn html(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'&' => bytes.extend_from_slice(b"&amp;"),
            b'<' => bytes.extend_from_slice(b"&lt;"),
            b'>' => bytes.extend_from_slice(b"&gt;"),
            b'"' => bytes.extend_from_slice(b"&quot;"),
            b'\'' => bytes.extend_from_slice(b"&#39;"),
            _ => bytes.push(*byte),
        }
    }
    (bytes != text).then_some(bytes)
}

/// What windows-1252 has where Latin-1 has control characters, from 0x80 on. Zero where it has nothing.
const WINDOWS_1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018,
    0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
];

/// A charset of one byte per character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Narrow {
    Latin1,
    Windows1252,
}

/// The text that bytes of a narrow charset stand for, in UTF-8.
pub(super) fn widen(bytes: &[u8], charset: Narrow) -> String {
    bytes.iter().map(|byte| widened(*byte, charset)).collect()
}

fn widened(byte: u8, charset: Narrow) -> char {
    let special = match byte.checked_sub(0x80).and_then(|place| WINDOWS_1252.get(usize::from(place))) {
        Some(0) | None => None,
        Some(code) if charset == Narrow::Windows1252 => char::from_u32(u32::from(*code)),
        Some(_) => None,
    };
    special.unwrap_or_else(|| char::from(byte))
}

/// The bytes of a text in a narrow charset. `None` if it has a character that the charset does not, or nothing but ASCII.
pub(super) fn narrow(text: &str, charset: Narrow) -> Option<Vec<u8>> {
    if text.is_ascii() {
        return None;
    }
    text.chars().map(|character| narrowed(character, charset)).collect()
}

fn narrowed(character: char, charset: Narrow) -> Option<u8> {
    if charset == Narrow::Windows1252
        && let Some(place) = WINDOWS_1252.iter().position(|code| *code != 0 && u32::from(*code) == u32::from(character))
    {
        return u8::try_from(place + 0x80).ok();
    }
    u8::try_from(u32::from(character)).ok()
}

/// UTF-16 as UTF-8, with or without a byte order mark. `None` if it is not UTF-16 of mostly ASCII.
pub(super) fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [first, 0, ..] if *first != 0 => (true, bytes),
        [0, first, ..] if *first != 0 => (false, bytes),
        _ => return None,
    };
    let (pairs, []) = rest.as_chunks::<2>() else { return None };
    let units = pairs.iter().map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().map(String::into_bytes)
}

/// A text in UTF-16.
pub(super) fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (bytes, text) in [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"\xfb\xff", "+/8=")] {
            assert_eq!(base64(bytes, false), text.as_bytes());
            assert_eq!(from_base64(text.as_bytes()).as_deref(), Some(bytes));
            assert_eq!(from_base64(text.trim_end_matches('=').as_bytes()).as_deref(), Some(bytes));
        }
        assert_eq!(base64(b"\xfb\xff", true), b"-_8=");
        assert_eq!(from_base64(b"Zm 9v"), None);
        assert_eq!(from_base64_loosely(b"Z{m9v").as_deref(), Some(&b"foo"[..]));
    }

    #[test]
    fn entities_and_percents_are_undone() {
        assert_eq!(from_html(b"a&amp;&#43;&#x2F;&lt;&;&unknown;").as_deref(), Some(&b"a&+/<&;&unknown;"[..]));
        assert_eq!(from_html(b"a&b"), None);
        assert_eq!(html(b"a&'").as_deref(), Some(&b"a&amp;&#39;"[..]));
        assert_eq!(from_percent(b"%7b+%2B%", true).as_deref(), Some(&b"{ +%"[..]));
        assert_eq!(from_percent(b"{}", true), None);
        assert_eq!(percent(b"{\"a b\"}~", true), b"%7B%22a+b%22%7D%7E");
        assert_eq!(percent(b"{\"a b\"}~", false), b"%7B%22a%20b%22%7D~");
    }

    #[test]
    fn charsets_go_both_ways() {
        assert_eq!(widen("é€".as_bytes(), Narrow::Latin1), "Ã©â\u{82}¬");
        assert_eq!(widen("é€".as_bytes(), Narrow::Windows1252), "Ã©â‚¬");
        assert_eq!(narrow("Ã©â‚¬", Narrow::Windows1252).as_deref(), Some("é€".as_bytes()));
        assert_eq!(narrow("Ã©â‚¬", Narrow::Latin1), None);
        assert_eq!(narrow("plain", Narrow::Latin1), None);
        for (little, mark) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_eq!(from_utf16(&utf16("{é}", little, mark)).as_deref(), Some("{é}".as_bytes()));
        }
        assert_eq!(from_utf16(b"{}"), None);
    }
}
