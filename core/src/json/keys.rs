//! Finds duplicate keys in an object, in time linear in the number of keys.
//!
//! The search runs when an object ends. Running it for every key during the scan would compete for registers, of which the scan
//! already needs more than there are.

use super::error::JsonError;
use super::key_table::KeyTable;
use super::string::JsonStr;
use super::token::{Token, TokenKind};

/// How many keys of one object are compared one by one. An object with more of them gets a hash table.
const FEW: usize = 16;

/// The first duplicate key of an object. The object is the last one on the tape, at the place `object`, and every value inside it
/// has ended.
///
/// `hash_key` cannot be known while choosing keys.
pub(super) fn repeated(text: &str, tape: &[Token], object: usize, hash_key: &[u8; 16]) -> Result<Option<Token>, JsonError> {
    let mut fingerprints = [0; FEW];
    for (count, (place, key)) in keys(tape, object).enumerate() {
        let fingerprint = fingerprint(text, key);
        let Some((before, [free, ..])) = fingerprints.split_at_mut_checked(count) else {
            return repeated_of_many(text, tape, object, hash_key);
        };
        if before.contains(&fingerprint) && stands_before(text, tape, object, place, key) {
            return Ok(Some(key));
        }
        *free = fingerprint;
    }
    Ok(None)
}

#[inline(never)]
fn repeated_of_many(text: &str, tape: &[Token], object: usize, hash_key: &[u8; 16]) -> Result<Option<Token>, JsonError> {
    let mut table = KeyTable::new(hash_key, keys(tape, object).count())?;
    for (place, key) in keys(tape, object) {
        if !table.insert(text, tape, place, key)? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Whether the key at a place also occurs before it in its object.
#[cold]
fn stands_before(text: &str, tape: &[Token], object: usize, place: usize, key: Token) -> bool {
    let mut before = keys(tape, object).take_while(|(other, _)| *other < place);
    before.any(|(_, other)| JsonStr::new(text, other).is_same(JsonStr::new(text, key)))
}

/// The keys of the last object on a tape, and their places.
#[inline(always)]
fn keys(tape: &[Token], object: usize) -> impl Iterator<Item = (usize, Token)> {
    let mut next = object + 2;
    core::iter::from_fn(move || {
        let place = next;
        let [key, value] = tape.get(place..)?.first_chunk()?;
        next = if value.is_container() { value.extent() } else { place + 2 };
        Some((place, *key))
    })
}

/// The first bytes of a key and its length: enough to distinguish most keys.
#[inline(always)]
fn fingerprint(text: &str, key: Token) -> u64 {
    let behind = text.as_bytes().get(key.offset()..).unwrap_or_default();
    match behind.first_chunk() {
        Some(word) if key.is(TokenKind::Ascii) => mask(u64::from_le_bytes(*word), key.extent()),
        _ => rare_fingerprint(text, key),
    }
}

/// The fingerprint of a key that is not plain ASCII or is at the end of the text.
#[cold]
fn rare_fingerprint(text: &str, key: Token) -> u64 {
    let (mut word, mut length) = (0, 0);
    for character in JsonStr::new(text, key).characters() {
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            if length < 8 {
                word |= u64::from(byte) << (8 * length);
            }
            length += 1;
        }
    }
    mask(word, length)
}

/// The bytes that belong to a key, of the eight from its start, mixed with its length.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::indexing_slicing)] // from usize to u64 nothing is lost; the mask is below 9
fn mask(word: u64, length: usize) -> u64 {
    (word & MASKS[length.min(8)]) ^ (length as u64).rotate_right(8)
}

/// The first bytes of a word, by their number.
const MASKS: [u64; 9] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xffff_ffff, 0xff_ffff_ffff, 0xffff_ffff_ffff, 0xff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff];

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::super::Document;
    use super::super::error::JsonError;
    use crate::error::JsonProblem;

    fn check(text: &str, again: usize) {
        let found = Document::parse(text.as_bytes(), b"0123456789abcdef").unwrap_err();
        assert_eq!(found, JsonError::Invalid { offset: again, problem: JsonProblem::DuplicateKey }, "{text}");
    }

    /// The text after the first problem does not matter, wherever it is cut and whatever containers are open.
    #[test]
    fn finds_the_first_duplicate_key_wherever_the_text_is_cut() {
        let many: String = (0..20).map(|number| format!(r#""{number}":[{number}],"#)).collect();
        for (before, again, behind) in [
            (r#"{"a":1,"#, r#""a""#, r#":{"b":[{"c":1,"c":2}],"b":3},"a":4}"#),
            (r#"{"a":1,"#, r#""\u0061""#, r#":[[],{},[{"a":1}]]}"#),
            (r#"{"a":{"b":1,"c":{"b":2},"#, r#""b""#, r#":3},"a":4}"#),
            (r#"{"a":[{"b":[{}],"#, r#""b""#, r#":{"x":[]}}],"a":{}}"#),
            (r#"[{"a":1},{"a":2,"b":{"a":3},"#, r#""a""#, r#":{"b":4}},5]"#),
            (&format!(r#"{{"a":{{{many}"#), r#""17""#, r#":{"x":1,"x":2}},"a":1}"#),
            (&format!(r#"{{{many}"#), r#""3""#, r#":{"x":1,"x":2},"4":[]}"#),
        ] {
            let (text, end) = (format!("{before}{again}{behind}"), before.len() + again.len());
            for cut in end..=text.len() {
                check(&text[..cut], before.len());
                check(&format!("{}!", &text[..cut]), before.len());
            }
        }
    }

    #[test]
    fn finds_an_error_before_a_duplicate_key() {
        for (text, offset) in
            [(r#"{"a":!,"a":1}"#, 5), (r#"{"a":{"b" 1},"a":1}"#, 10), (r#"{"a":1 "a":1}"#, 7), (r#"{"a":1,"a"#, 9)]
        {
            let found = Document::parse(text.as_bytes(), b"0123456789abcdef").unwrap_err();
            let JsonError::Invalid { offset: found, problem } = found else { panic!("{found:?}") };
            assert_eq!(found, offset, "{text}");
            assert_ne!(problem, JsonProblem::DuplicateKey, "{text}");
        }
    }

    /// An object in which some members are objects with many keys, the same ones.
    fn object(count: usize) -> Vec<String> {
        let inner: Vec<_> = (0..30).map(|number| format!(r#""{number}":[{{}}]"#)).collect();
        let inner = format!("{{{}}}", inner.join(","));
        let value = |number| if number % 100 == 50 { inner.clone() } else { "0".into() };
        (0..count).map(|number| format!(r#""{number}":{}"#, value(number))).collect()
    }

    #[test]
    fn takes_equal_keys_of_different_objects() {
        for count in [1, 2, 15, 16, 17, 31, 300, 5000] {
            let text = format!("{{{}}}", object(count).join(","));
            assert!(Document::parse(text.as_bytes(), b"0123456789abcdef").is_ok(), "{count} keys");
        }
    }

    #[test]
    fn finds_a_key_again_however_it_is_written() {
        for (count, again) in [
            (1, "0"),
            (2, r"\u0030"),
            (15, "14"),
            (16, "0"),
            (17, r"\u0031"),
            (60, "51"),
            (300, r"1\u00350"),
            (5000, "0"),
            (5000, r"\u00349\u00399"),
        ] {
            let before = format!("{{{},", object(count).join(","));
            check(&format!(r#"{before}"{again}":1}}"#), before.len());
        }
    }
}
