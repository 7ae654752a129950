//! The secrets that may have signed, guessed from the one that is configured.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::code::CauseCode;
use super::encodings::{base64, from_base64, from_base64_loosely, from_html, html};
use super::finding::Finding;
use crate::verify::MacKey;

/// How many of the other secrets are tried.
const MAX_OTHER_SECRETS: usize = 64;
/// What the provider's secrets begin with.
const PREFIX: &[u8] = b"whsec_";

/// A secret that may have signed.
pub(super) struct Key {
    pub(super) mac: MacKey,
    pub(super) text: Zeroizing<Vec<u8>>,
    /// What was done to the configured secret to get it.
    pub(super) flaws: Vec<Finding>,
    /// Whether it is likely enough to be tried with every reading of the body.
    pub(super) likely: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("flaws", &self.flaws).finish_non_exhaustive()
    }
}

/// The keys, the most likely first.
pub(super) fn candidates(secret: &[u8], others: &[&[u8]]) -> Vec<Key> {
    let mut keys = Keys(Vec::new());
    let clean = keys.add_cleaned(secret, &[], true);
    for (number, other) in (1..).zip(others.iter().take(MAX_OTHER_SECRETS)) {
        let evidence = format!("Number {number} of the other secrets made this signature.");
        let other_endpoint = [Finding::new(CauseCode::SecretOfOtherEndpoint, evidence)];
        keys.add(other, &other_endpoint, true);
        // A file with a newline at its end is not a flaw of the secret that is configured.
        keys.add(trimmed(other), &other_endpoint, true);
    }
    keys.add_variants(&clean.0, &clean.1);
    if *clean.0 != secret {
        // What a decoder has made may look as if something surrounds it.
        keys.add_variants(secret, &[]);
    }
    keys.0
}

/// The keys that decoders of base64 lose bits of: every text that they decode to the configured secret.
pub(super) fn lossy_candidates(secret: &[u8]) -> Vec<Key> {
    let mut keys = Keys(Vec::new());
    let text = base64(secret, false);
    let plain: &[u8] = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(&text);
    let flaw = [decoded("The configured secret is the decoded form of the secret that signed.")];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    for last in alphabet {
        let replaced = plain.split_last().map_or(plain, |(_, before)| before);
        for start in [replaced, plain] {
            for prefix in [PREFIX, b""] {
                let key = Zeroizing::new([prefix, start, &[*last]].concat());
                keys.add(&key, &flaw, false);
            }
        }
    }
    keys.0
}

/// Whether a secret is an API key once what surrounds it is removed.
pub(super) fn is_api_key(secret: &[u8]) -> bool {
    let clean = unquoted(trimmed(secret)).unwrap_or(trimmed(secret));
    [&b"sk_"[..], b"pk_"].iter().any(|prefix| clean.starts_with(prefix))
}

/// What is wrong at the edges of a secret that has whitespace there.
pub(super) fn edge_flaw(secret: &[u8]) -> Finding {
    let without_newlines = secret.trim_ascii_start().len() == secret.len()
        || secret.iter().take_while(|byte| is_edge(**byte)).all(|byte| is_newline(*byte));
    let at_end = secret.iter().rev().take_while(|byte| is_edge(**byte)).all(|byte| is_newline(*byte));
    if without_newlines && at_end {
        Finding::new(CauseCode::SecretNewline, "The configured secret starts or ends with a newline.")
    } else {
        Finding::new(CauseCode::SecretWhitespace, "The configured secret starts or ends with whitespace.")
    }
}

struct Keys(Vec<Key>);

impl Keys {
    fn add(&mut self, text: &[u8], flaws: &[Finding], likely: bool) {
        if !text.is_empty() && self.0.iter().all(|key| *key.text != text) {
            let text = Zeroizing::new(text.to_vec());
            self.0.push(Key { mac: MacKey::new(&text), text, flaws: flaws.to_vec(), likely });
        }
    }

    /// The secret, and the secret without what surrounds it. Returns the innermost with its flaws.
    fn add_cleaned(&mut self, secret: &[u8], flaws: &[Finding], likely: bool) -> (Zeroizing<Vec<u8>>, Vec<Finding>) {
        let mut flaws = flaws.to_vec();
        self.add(secret, &flaws, likely);
        let mut clean = secret;
        for _ in 0..2 {
            let inner = trimmed(clean);
            if inner.len() < clean.len() && !inner.is_empty() {
                let flaw = edge_flaw(clean);
                if !flaws.contains(&flaw) {
                    flaws.push(flaw);
                }
                clean = inner;
                self.add(clean, &flaws, likely);
            }
            if let Some(inner) = unquoted(clean) {
                clean = inner;
                flaws.push(Finding::new(CauseCode::SecretQuoted, "The configured secret has quotes around it."));
                self.add(clean, &flaws, likely);
            }
        }
        let mut clean = Zeroizing::new(clean.to_vec());
        let visible = Zeroizing::new(visible(&clean));
        if visible.len() < clean.len() && !visible.is_empty() {
            let evidence = "The configured secret has whitespace or invisible characters inside or around it.";
            flaws.push(Finding::new(CauseCode::SecretWhitespace, evidence));
            clean = visible;
            self.add(&clean, &flaws, likely);
        }
        if let Some(plain) = from_html(&clean) {
            flaws.push(Finding::new(CauseCode::SecretHtmlEscaped, "The configured secret has HTML entities."));
            clean = Zeroizing::new(plain);
            self.add(&clean, &flaws, likely);
        }
        (clean, flaws)
    }

    /// What else may have signed: the secret before or after it was stripped, decoded, or wrapped.
    fn add_variants(&mut self, clean: &[u8], flaws: &[Finding]) {
        let with = |flaw: Finding| [flaws, &[flaw]].concat();
        let joined = |parts: &[&[u8]]| Zeroizing::new(parts.concat());
        let prefix = |evidence: &'static str| with(Finding::new(CauseCode::SecretPrefixStripped, evidence));
        match clean.strip_prefix(PREFIX) {
            Some(rest) => self.add(rest, &prefix("The secret without its prefix made this signature."), false),
            None => {
                let lacks = prefix("The configured secret lacks the prefix of the secret that signed.");
                self.add(&joined(&[PREFIX, clean]), &lacks, true);
            }
        }
        let newline = with(Finding::new(CauseCode::SecretNewline, "The sender signed with a newline after the secret."));
        for end in [&b"\n"[..], b"\r\n"] {
            self.add(&joined(&[clean, end]), &newline, false);
        }
        self.add_base64_variants(clean, &with);
        let space = with(Finding::new(CauseCode::SecretWhitespace, "The sender signed with whitespace around the secret."));
        self.add(&joined(&[clean, b" "]), &space, false);
        self.add(&joined(&[b" ", clean]), &space, false);
        self.add(&joined(&[clean, b"\0"]), &space, false);
        let quoted = with(Finding::new(CauseCode::SecretQuoted, "The sender signed with quotes around the secret."));
        for quote in [&b"\""[..], b"'"] {
            self.add(&joined(&[quote, clean, quote]), &quoted, false);
        }
        if let Some(escaped) = html(clean) {
            let escaped = Zeroizing::new(escaped);
            let flaw = with(Finding::new(CauseCode::SecretHtmlEscaped, "The sender signed with HTML entities in the secret."));
            self.add(&escaped, &flaw, false);
        }
    }

    fn add_base64_variants(&mut self, clean: &[u8], with: &dyn Fn(Finding) -> Vec<Finding>) {
        let rest = clean.strip_prefix(PREFIX).unwrap_or(clean);
        let flaws = with(decoded("The sender signed with the decoded form of the configured secret."));
        for text in [rest, clean] {
            for decode in [from_base64, from_base64_loosely] {
                if let Some(bytes) = decode(text).map(Zeroizing::new) {
                    self.add(&bytes, &flaws, false);
                }
            }
        }
        let flaws = with(decoded("The configured secret is the decoded form of the secret that signed."));
        for for_urls in [false, true] {
            let padded = Zeroizing::new(base64(clean, for_urls));
            let plain: &[u8] = padded.strip_suffix(b"==").or_else(|| padded.strip_suffix(b"=")).unwrap_or(&padded);
            for text in [&**padded, plain] {
                // A text with the prefix is hardly what a decoder has made.
                let likely = !clean.starts_with(PREFIX);
                self.add(&Zeroizing::new([PREFIX, text].concat()), &flaws, likely);
                self.add(text, &flaws, false);
            }
        }
    }
}

fn decoded(evidence: &'static str) -> Finding {
    Finding::new(CauseCode::SecretBase64Decoded, evidence)
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_edge(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0b)
}

fn trimmed(secret: &[u8]) -> &[u8] {
    let start = secret.iter().take_while(|byte| is_edge(**byte)).count();
    let rest = secret.get(start..).unwrap_or_default();
    let end = rest.iter().rev().take_while(|byte| is_edge(**byte)).count();
    rest.get(..rest.len() - end).unwrap_or_default()
}

/// A text without the pair of quotes around it, or the one quote at an edge.
fn unquoted(secret: &[u8]) -> Option<&[u8]> {
    const QUOTES: [(&[u8], &[u8]); 6] = [
        (b"\\\"", b"\\\""),
        (b"\"", b"\""),
        (b"'", b"'"),
        (b"`", b"`"),
        ("“".as_bytes(), "”".as_bytes()),
        ("‘".as_bytes(), "’".as_bytes()),
    ];
    QUOTES.iter().find_map(|(open, close)| {
        let after = secret.strip_prefix(*open);
        let inner = match after {
            Some(after) => after.strip_suffix(*close).unwrap_or(after),
            None => secret.strip_suffix(*close)?,
        };
        (!inner.is_empty()).then_some(inner)
    })
}

/// Without whitespace and what nobody sees, anywhere in the text.
fn visible(secret: &[u8]) -> Vec<u8> {
    let Ok(text) = core::str::from_utf8(secret) else { return secret.iter().copied().filter(|byte| !is_edge(*byte)).collect() };
    let hidden = |character: &char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
    };
    text.chars().filter(|character| !hidden(character)).collect::<alloc::string::String>().into_bytes()
}
