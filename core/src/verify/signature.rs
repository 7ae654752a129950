//! The `Payvost-Signature` header: reading it, comparing it, making it.

use alloc::string::String;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::secret::Secret;
use crate::bytes::hex;
use crate::error::Error;

/// The value of the signature header as it arrived, or its absence.
///
/// Made from `&str`, `&[u8]`, `&String`, and from an `Option` of the first two, so that the result of a header lookup can be
/// passed directly.
///
/// ```
/// # use payvost_webhooks::{ErrorCode, WebhookVerifier};
/// # let headers = std::collections::HashMap::<&str, &str>::new();
/// let verifier = WebhookVerifier::new("whsec_example")?;
/// let error = verifier.verify(b"{}", headers.get("payvost-signature").copied()).unwrap_err();
/// assert_eq!(error.code(), ErrorCode::MissingSignature);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SignatureHeader<'a>(Option<&'a [u8]>);

impl SignatureHeader<'_> {
    /// The 32 bytes that the header encodes.
    #[inline]
    pub(crate) fn decode(self) -> Result<Signature, Error> {
        match self.0 {
            None | Some([]) => Err(Error::MissingSignature),
            Some(text) => hex::decode(text).map(Signature).ok_or(Error::MalformedSignature),
        }
    }
}

/// A signature that was received. Nothing is secret about it.
pub(crate) struct Signature([u8; 32]);

impl Signature {
    /// The position of the first of the secrets that made this signature over the payload. Every secret is tried, and the time
    /// does not depend on which one matches or which bytes agree.
    pub(crate) fn matching_secret(&self, secrets: &[Secret], payload: &[u8]) -> Option<usize> {
        let received = words(&self.0);
        let (mut found, mut position) = (Choice::from(0), 0);
        for (index, secret) in (0_u64..).zip(secrets) {
            let matches = words(&secret.mac(payload)).ct_eq(&received);
            position.conditional_assign(&index, matches & !found);
            found |= matches;
        }
        if found.into() { usize::try_from(position).ok() } else { None }
    }

    /// Half of the signature as a key for hashing: an attacker who chooses parts of the payload cannot know its signature.
    pub(crate) fn hash_key(&self) -> &[u8; 16] {
        self.0.first_chunk().unwrap_or(&[0; 16])
    }
}

/// Signs a payload as the provider does: lowercase hex of HMAC-SHA256, 64 characters. For tests and local senders.
///
/// # Errors
///
/// `invalid_secret` if a verifier would refuse the secret.
///
/// ```
/// let signature = payvost_webhooks::sign(b"{}", "whsec_example")?;
/// assert_eq!(signature.len(), 64);
/// assert!(payvost_webhooks::WebhookVerifier::new("whsec_example")?.verify_signature(b"{}", &signature).is_ok());
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
pub fn sign(payload: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Result<String, Error> {
    let mac = Secret::new(secret.as_ref())?.mac(payload.as_ref());
    Ok(hex::try_encode(&mac)?)
}

impl<'a> From<&'a [u8]> for SignatureHeader<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self(Some(value))
    }
}

impl<'a> From<&'a str> for SignatureHeader<'a> {
    fn from(value: &'a str) -> Self {
        Self(Some(value.as_bytes()))
    }
}

impl<'a> From<&'a String> for SignatureHeader<'a> {
    fn from(value: &'a String) -> Self {
        Self(Some(value.as_bytes()))
    }
}

impl<'a> From<Option<&'a [u8]>> for SignatureHeader<'a> {
    fn from(value: Option<&'a [u8]>) -> Self {
        Self(value)
    }
}

impl<'a> From<Option<&'a str>> for SignatureHeader<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self(value.map(str::as_bytes))
    }
}

/// 32 bytes as words, which are faster to compare.
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let (words, _) = bytes.as_chunks();
    core::array::from_fn(|index| words.get(index).map_or(0, |word| u64::from_le_bytes(*word)))
}
