//! Decompression of gzip (RFC 1952), zlib (RFC 1950) and deflate (RFC 1951), up to a given length.

use alloc::vec::Vec;

/// The decompressed bytes, if the data is one of the three formats and does not become longer than `limit`.
pub(super) fn decompress(data: &[u8], limit: usize) -> Option<(Vec<u8>, &'static str)> {
    if let [0x1f, 0x8b, 8, flags, rest @ ..] = data {
        return inflate(after_gzip_header(*flags, rest)?, limit).map(|out| (out, "gzip"));
    }
    if let [method, flags, rest @ ..] = data
        && method & 0xf == 8
        && flags & 0x20 == 0
        && u16::from_be_bytes([*method, *flags]) % 31 == 0
        && let Some(out) = inflate(rest, limit)
    {
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
    let (mut bits, mut out) = (Bits { data: data.iter(), buffer: 0, count: 0 }, Vec::new());
    loop {
        let last = bits.take(1)?;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, limit)?,
            1 => compressed(&mut bits, &mut out, limit, &fixed())?,
            2 => {
                let codes = dynamic(&mut bits)?;
                compressed(&mut bits, &mut out, limit, &codes)?;
            }
            _ => return None,
        }
        if last == 1 {
            return Some(out);
        }
    }
}

struct Bits<'d> {
    data: core::slice::Iter<'d, u8>,
    buffer: u32,
    count: u32,
}

impl Bits<'_> {
    /// The next bits, the first one lowest. At most 16.
    fn take(&mut self, count: u32) -> Option<usize> {
        while self.count < count {
            self.buffer |= u32::from(*self.data.next()?) << self.count;
            self.count += 8;
        }
        let bits = self.buffer & ((1 << count) - 1);
        self.buffer >>= count;
        self.count -= count;
        usize::try_from(bits).ok()
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>, limit: usize) -> Option<()> {
    (bits.buffer, bits.count) = (0, 0);
    let (length, check) = (bits.take(16)?, bits.take(16)?);
    if length ^ 0xffff != check || out.len() + length > limit {
        return None;
    }
    let (start, rest) = bits.data.as_slice().split_at_checked(length)?;
    out.extend_from_slice(start);
    bits.data = rest.iter();
    Some(())
}

/// A canonical Huffman code: how many codes have each length, and the symbols in the order of their codes.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; 16];
        for length in lengths {
            if let Some(count) = counts.get_mut(usize::from(*length)) {
                *count += 1;
            }
        }
        let mut symbols: Vec<usize> = (0..lengths.len()).filter(|symbol| lengths.get(*symbol) != Some(&0)).collect();
        symbols.sort_by_key(|symbol| lengths.get(*symbol));
        if let Some(none) = counts.first_mut() {
            *none = 0;
        }
        Self { counts, symbols }
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in self.counts.iter().skip(1) {
            code |= bits.take(1)?;
            if code < first + count {
                return self.symbols.get(index + code.checked_sub(first)?).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// The code of literals and lengths, and that of distances.
type Codes = (Code, Code);

fn fixed() -> Codes {
    let mut lengths = [8; 288];
    for (symbol, length) in lengths.iter_mut().enumerate() {
        *length = match symbol {
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        };
    }
    (Code::new(&lengths), Code::new(&[5; 30]))
}

fn dynamic(bits: &mut Bits<'_>) -> Option<Codes> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let (literals, distances, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(count) {
        *lengths.get_mut(*place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let code = Code::new(&lengths);
    let mut lengths: Vec<u8> = Vec::with_capacity(320);
    while lengths.len() < literals + distances {
        let (value, times) = match code.read(bits)? {
            16 => (*lengths.last()?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.resize(lengths.len() + times, value);
    }
    if lengths.len() > literals + distances {
        return None;
    }
    let (literals, distances) = lengths.split_at_checked(literals)?;
    Some((Code::new(literals), Code::new(distances)))
}

fn compressed(bits: &mut Bits<'_>, out: &mut Vec<u8>, limit: usize, (literals, distances): &Codes) -> Option<()> {
    const LENGTHS: [(usize, u32); 29] = [
        (3, 0),
        (4, 0),
        (5, 0),
        (6, 0),
        (7, 0),
        (8, 0),
        (9, 0),
        (10, 0),
        (11, 1),
        (13, 1),
        (15, 1),
        (17, 1),
        (19, 2),
        (23, 2),
        (27, 2),
        (31, 2),
        (35, 3),
        (43, 3),
        (51, 3),
        (59, 3),
        (67, 4),
        (83, 4),
        (99, 4),
        (115, 4),
        (131, 5),
        (163, 5),
        (195, 5),
        (227, 5),
        (258, 0),
    ];
    const DISTANCES: [(usize, u32); 30] = [
        (1, 0),
        (2, 0),
        (3, 0),
        (4, 0),
        (5, 1),
        (7, 1),
        (9, 2),
        (13, 2),
        (17, 3),
        (25, 3),
        (33, 4),
        (49, 4),
        (65, 5),
        (97, 5),
        (129, 6),
        (193, 6),
        (257, 7),
        (385, 7),
        (513, 8),
        (769, 8),
        (1025, 9),
        (1537, 9),
        (2049, 10),
        (3073, 10),
        (4097, 11),
        (6145, 11),
        (8193, 12),
        (12289, 12),
        (16385, 13),
        (24577, 13),
    ];
    loop {
        let symbol = literals.read(bits)?;
        if let Ok(byte) = u8::try_from(symbol) {
            if out.len() == limit {
                return None;
            }
            out.push(byte);
            continue;
        }
        if symbol == 256 {
            return Some(());
        }
        let (base, extra) = *LENGTHS.get(symbol - 257)?;
        let length = base + bits.take(extra)?;
        let (base, extra) = *DISTANCES.get(distances.read(bits)?)?;
        let distance = base + bits.take(extra)?;
        let start = out.len().checked_sub(distance)?;
        if out.len() + length > limit {
            return None;
        }
        for place in start..start + length {
            let byte = *out.get(place)?;
            out.push(byte);
        }
    }
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
