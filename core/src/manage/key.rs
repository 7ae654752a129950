//! API keys: checking and redacting them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::refusal::Problem;

/// A checked API key, wiped when it is dropped.
pub(super) struct Key(Zeroizing<String>);

impl Key {
    pub(super) fn new(key: &[u8]) -> Result<Self, Problem> {
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b || *byte == 0;
        if key.iter().all(is_blank) {
            return Err(Problem::BlankKey);
        }
        if [key.first(), key.last()].into_iter().flatten().any(is_blank) {
            return Err(Problem::KeyWithWhitespace);
        }
        if key.starts_with(b"pk_") {
            return Err(Problem::PublishableKey);
        }
        if key.starts_with(b"whsec_") {
            return Err(Problem::WebhookSecret);
        }
        if !key.starts_with(TEST) && !key.starts_with(LIVE) {
            return Err(Problem::UnknownKey);
        }
        // Other characters would end the header, or different servers would read them differently (RFC 9110 §5.5).
        match core::str::from_utf8(key) {
            Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(Problem::KeyNotAscii),
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.0.as_bytes().starts_with(LIVE)
    }

    /// The value of the header `Authorization`.
    pub(super) fn authorization(&self) -> Zeroizing<String> {
        let mut value = Zeroizing::new(String::with_capacity(BEARER.len() + self.0.len()));
        value.push_str(BEARER);
        value.push_str(&self.0);
        value
    }

    /// The value of the header with the key redacted.
    pub(super) const fn redacted(live: bool) -> &'static str {
        if live { "Bearer sk_live_[redacted]" } else { "Bearer sk_test_[redacted]" }
    }

    /// The text with every occurrence of the key replaced: a server can echo the key.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(self.0.as_str(), "[redacted]")
    }
}

const TEST: &[u8] = b"sk_test_";
const LIVE: &[u8] = b"sk_live_";
const BEARER: &str = "Bearer ";

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
