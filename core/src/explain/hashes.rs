//! Hashes that other schemes sign with: only to recognize a signature that was made with one of them. Nothing is verified with them.

use alloc::vec::Vec;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) const ALL: [Self; 6] = [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// How many bytes it gives.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of the parts, one after the other.
    pub(super) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => digest::<Md5>(parts),
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha224 => digest::<Sha224>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }

    pub(super) fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => hmac::<Hmac<Md5>>(key, message),
            Self::Sha1 => hmac::<Hmac<Sha1>>(key, message),
            Self::Sha224 => hmac::<Hmac<Sha224>>(key, message),
            Self::Sha256 => hmac::<Hmac<Sha256>>(key, message),
            Self::Sha384 => hmac::<Hmac<Sha384>>(key, message),
            Self::Sha512 => hmac::<Hmac<Sha512>>(key, message),
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().fold(D::new(), Digest::chain_update).finalize().to_vec()
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    // A key of any length is valid, so there is always a result.
    <M as KeyInit>::new_from_slice(key)
        .map(|hmac| hmac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::hex;

    /// RFC 1321 §A.5, FIPS 180-4, RFC 2202 and RFC 4231.
    #[test]
    fn agree_with_their_standards() {
        let digest = |hash: Hash, text: &str| hex::encode(&hash.digest(&[text.as_bytes()]));
        assert_eq!(digest(Hash::Md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
        let digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(digest(Hash::Md5, digits), "57edf4a22be3c955ac49da2e2107b67a");
        assert_eq!(digest(Hash::Sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(digest(Hash::Sha1, long), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
        let hmac = |hash: Hash| hex::encode(&hash.hmac(b"Jefe", b"what do ya want for nothing?"));
        assert_eq!(hmac(Hash::Md5), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(hmac(Hash::Sha1), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(hmac(Hash::Sha256), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(hmac(Hash::Sha224), "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
        assert!(hmac(Hash::Sha384).starts_with("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"));
        assert!(hmac(Hash::Sha512).starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd6"));
        let length = |hash: &Hash| hash.digest(&[b"a"]).len() == hash.length();
        assert!(Hash::ALL.iter().all(length));
    }
}
