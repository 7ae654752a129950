//! Webhook secrets, and which texts are accepted as one.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use super::mac::MacKey;
use crate::error::{Error, SecretProblem};

/// The secrets of a verifier. Whatever happens to the list, it leaves no key in memory that was freed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    /// Adds a secret, after it was checked.
    pub(crate) fn add(&mut self, secret: &[u8]) -> Result<(), Error> {
        check(secret).map_err(Error::InvalidSecret)?;
        if self.0.len() == self.0.capacity() {
            self.grow()?;
        }
        // The key is made where it stays, so that moving it leaves no copy on the stack.
        self.0.push(Secret { key: MacKey::EMPTY });
        if let Some(added) = self.0.last_mut() {
            added.key.set(secret);
        }
        Ok(())
    }

    /// Doubles the room. A `Vec` that grows by itself frees its old memory with the keys still in it, so the keys are copied, and
    /// dropping the old list wipes them.
    fn grow(&mut self) -> Result<(), Error> {
        *self = self.copy((2 * self.0.len()).max(2))?;
        Ok(())
    }

    /// A copy, or the error that there is no memory for it.
    pub(crate) fn try_clone(&self) -> Result<Self, Error> {
        self.copy(self.0.len())
    }

    fn copy(&self, room: usize) -> Result<Self, Error> {
        let mut copy = Vec::new();
        copy.try_reserve_exact(room)?;
        copy.extend_from_slice(&self.0);
        Ok(Self(copy))
    }
}

impl Deref for Secrets {
    type Target = [Secret];

    fn deref(&self) -> &[Secret] {
        &self.0
    }
}

/// A checked webhook secret. Its text is not kept, only the key derived from it.
#[derive(Clone)]
pub(crate) struct Secret {
    key: MacKey,
}

impl Secret {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, Error> {
        check(secret).map_err(Error::InvalidSecret)?;
        Ok(Self { key: MacKey::new(secret) })
    }

    /// HMAC-SHA256 of the payload. It is a secret until it has been compared.
    #[inline]
    pub(crate) fn mac(&self, payload: &[u8]) -> [u8; 32] {
        self.key.mac(payload)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret is opaque: nothing is stripped or decoded, a `whsec_` prefix is part of the key. Texts that would make the check fail
/// later or, worse, protect nothing are refused.
fn check(secret: &[u8]) -> Result<(), SecretProblem> {
    const API_KEYS: [&[u8]; 4] = [b"sk_live_", b"sk_test_", b"pk_live_", b"pk_test_"];
    if secret.iter().all(|byte| is_ascii_whitespace(*byte) || *byte == 0) {
        return Err(SecretProblem::Blank);
    }
    if [secret.first(), secret.last()].into_iter().flatten().any(|byte| is_ascii_whitespace(*byte)) {
        return Err(SecretProblem::WhitespaceAtEdge);
    }
    if API_KEYS.iter().any(|prefix| secret.starts_with(prefix)) {
        return Err(SecretProblem::ApiKey);
    }
    Ok(())
}

/// As [`u8::is_ascii_whitespace`], plus the vertical tab.
fn is_ascii_whitespace(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;
    use crate::{WebhookVerifier, sign};

    #[test]
    fn shows_nothing_of_the_secret() {
        let secret = "whsec_do_not_show";
        let builder = WebhookVerifier::builder().secret(secret).expect_live_mode(true);
        assert!(!format!("{builder:?}").contains("do_not_show"));
        assert_eq!(format!("{:?}", Secret::new(secret.as_bytes())), "Ok(Secret(…))");
        assert!(format!("{:?}", builder.build()).contains("Secret(…)"));
        let error = sign(b"{}", " do_not_show").unwrap_err();
        assert!(!format!("{error}{error:?}{}", error.hint()).contains("do_not_show"));
    }
}
