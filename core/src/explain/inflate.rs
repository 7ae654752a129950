//! Decompression of gzip (RFC 1952), zlib (RFC 1950) and deflate (RFC 1951), up to a given length.

use alloc::vec::Vec;

use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};

/// The decompressed bytes, if the data is one of the three formats and does not become longer than `limit`.
pub(super) fn decompress(data: &[u8], limit: usize) -> Option<(Vec<u8>, &'static str)> {
    if let [0x1f, 0x8b, 8, flags, rest @ ..] = data {
        return inflate(after_gzip_header(*flags, rest)?, limit).map(|out| (out, "gzip"));
    }
    if let Ok(out) = decompress_to_vec_zlib_with_limit(data, limit) {
        return Some((out, "zlib"));
    }
    inflate(data, limit).map(|out| (out, "deflate"))
}

/// What follows the header of a member (RFC 1952 §2.3), without its first four bytes.
fn after_gzip_header(flags: u8, rest: &[u8]) -> Option<&[u8]> {
    let mut rest = rest.get(6..)?;
    if flags & 4 != 0 {
        let (length, extra) = rest.split_first_chunk()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

fn inflate(data: &[u8], limit: usize) -> Option<Vec<u8>> {
    decompress_to_vec_with_limit(data, limit).ok()
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    /// Made with zlib: stored, fixed and dynamic blocks.
    #[test]
    fn reads_every_kind_of_block() {
        let stored = [0x01, 0x03, 0x00, 0xfc, 0xff, b'a', b'b', b'c'];
        assert_eq!(decompress(&stored, 9), Some((b"abc".to_vec(), "deflate")));
        let fixed = [0x78, 0x9c, 0x4b, 0x4c, 0x84, 0x01, 0x00, 0x14, 0xe1, 0x03, 0xcb];
        assert_eq!(decompress(&fixed, 99), Some((vec![b'a'; 10], "zlib")));
        assert_eq!(decompress(&fixed, 9), None);
        assert_eq!(decompress(b"{\"id\":\"evt_1\"}", 99), None);
        assert_eq!(decompress(&[], 99), None);
    }
}
