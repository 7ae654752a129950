//! Webhook secrets: which ones are believed to be one, and the key schedule made of them.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, SecretProblem};

/// A checked webhook secret, kept as the two SHA-256 states that HMAC begins with (RFC 2104 §4), so that they are computed
/// once and not for every delivery. The text of the secret itself is not kept. The states are wiped when this is dropped.
#[derive(Clone)]
pub(crate) struct Secret {
    keyed: Hmac<Sha256>,
}

impl Secret {
    pub(crate) fn new(secret: &[u8]) -> Result<Self, Error> {
        check(secret).map_err(Error::InvalidSecret)?;
        match Hmac::new_from_slice(secret) {
            Ok(keyed) => Ok(Self { keyed }),
            // HMAC takes keys of any length; a key that it did not take would be no secret.
            Err(_) => Err(Error::InvalidSecret(SecretProblem::Missing)),
        }
    }

    /// HMAC-SHA256 of the payload. What is returned is itself a secret until it has been compared.
    #[inline]
    pub(crate) fn mac(&self, payload: &[u8]) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(payload);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret is opaque: nothing is stripped or decoded, a `whsec_` prefix is part of the key. What is refused here are
/// accidents that would make the check fail later, or worse, protect nothing.
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

/// As [`u8::is_ascii_whitespace`], and the vertical tab, which that leaves out.
fn is_ascii_whitespace(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}
