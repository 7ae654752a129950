//! Hashes that other schemes sign with: only to recognize a signature that was made with one of them. Nothing is verified with them.

use alloc::vec::Vec;

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
            Self::Md5 => md5(&parts.concat()).to_vec(),
            Self::Sha1 => sha1(&parts.concat()).to_vec(),
            Self::Sha224 => sha2::<Sha224>(parts),
            Self::Sha256 => sha2::<Sha256>(parts),
            Self::Sha384 => sha2::<Sha384>(parts),
            Self::Sha512 => sha2::<Sha512>(parts),
        }
    }

    /// HMAC (RFC 2104).
    pub(super) fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let size = if matches!(self, Self::Sha384 | Self::Sha512) { 128 } else { 64 };
        let mut block = if key.len() > size { self.digest(&[key]) } else { key.to_vec() };
        block.resize(size, 0);
        let pad = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
        self.digest(&[&pad(0x5c), &self.digest(&[&pad(0x36), message])])
    }
}

fn sha2<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// MD5 (RFC 1321).
fn md5(message: &[u8]) -> [u8; 16] {
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(message, u64::to_le_bytes).as_chunks::<64>().0 {
        let words: Vec<u32> = block.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for (step, constant) in MD5_CONSTANTS.iter().enumerate() {
            let (mixed, word, turns) = match step / 16 {
                0 => ((b & c) | (!b & d), step, [7, 12, 17, 22]),
                1 => ((d & b) | (!d & c), 5 * step + 1, [5, 9, 14, 20]),
                2 => (b ^ c ^ d, 3 * step + 5, [4, 11, 16, 23]),
                _ => (c ^ (b | !d), 7 * step, [6, 10, 15, 21]),
            };
            let word = words.get(word % 16).copied().unwrap_or_default();
            let turn = turns.get(step % 4).copied().unwrap_or_default();
            let sum = a.wrapping_add(mixed).wrapping_add(*constant).wrapping_add(word);
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(turn)));
        }
        add(&mut state, [a, b, c, d]);
    }
    joined(state, u32::to_le_bytes)
}

/// SHA-1 (FIPS 180-4).
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded(message, u64::to_be_bytes).as_chunks::<64>().0 {
        let mut words: Vec<u32> = block.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
        for step in 16..80 {
            let before = |back: usize| words.get(step - back).copied().unwrap_or_default();
            words.push((before(3) ^ before(8) ^ before(14) ^ before(16)).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (step, word) in words.iter().enumerate() {
            let (mixed, constant) = match step / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let sum = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        add(&mut state, [a, b, c, d, e]);
    }
    joined(state, u32::to_be_bytes)
}

/// The message, one bit, zeros, and its length in bits.
fn padded(message: &[u8], length: fn(u64) -> [u8; 8]) -> Vec<u8> {
    let mut padded = Vec::with_capacity(message.len() + 128);
    padded.extend_from_slice(message);
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&length(u64::try_from(message.len()).unwrap_or(u64::MAX) << 3));
    padded
}

fn add<const N: usize>(state: &mut [u32; N], words: [u32; N]) {
    for (sum, word) in state.iter_mut().zip(words) {
        *sum = sum.wrapping_add(word);
    }
}

fn joined<const N: usize, const M: usize>(state: [u32; N], bytes: fn(u32) -> [u8; 4]) -> [u8; M] {
    let mut digest = [0; M];
    for (place, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = bytes(word);
    }
    digest
}

/// ⌊2³² × |sin(i + 1)|⌋ (RFC 1321 §3.4).
const MD5_CONSTANTS: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

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
