//! What a signature header could mean: the digits in it, and what was done to them.

use alloc::vec::Vec;

use subtle::ConstantTimeEq;

use super::code::CauseCode;
use super::encodings::from_base64;
use super::finding::Finding;

/// How many values of a header are read, and how much of each.
const MAX_VALUES: usize = 16;
const MAX_LENGTH: usize = 4_096;
/// From how many digits on a truncated signature is recognized: 128 bits cannot match by chance.
pub(super) const MIN_DIGITS: usize = 32;

/// One way to read the header.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Lowercase hex digits, at least [`MIN_DIGITS`].
    digits: Vec<u8>,
    /// The bytes of the digits from the first on, and from the second on if their number is odd.
    bytes: [Vec<u8>; 2],
    /// What was undone to get them.
    pub(super) flaws: Vec<Finding>,
}

/// Every way to read the header.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) readings: Vec<Reading>,
    /// Numbers in it that could be the time of another scheme, as text.
    pub(super) times: Vec<Vec<u8>>,
}

impl Reading {
    /// How many digits there are.
    pub(super) fn len(&self) -> usize {
        self.digits.len()
    }

    /// Whether these are all digits of a digest.
    pub(super) fn is(&self, digest: &[u8]) -> bool {
        self.len() == 2 * digest.len() && self.bytes[0].ct_eq(digest).into()
    }

    /// Whether these are the first or the last digits of a digest, but not all.
    pub(super) fn is_part_of(&self, digest: &[u8]) -> Option<Finding> {
        if self.len() >= 2 * digest.len() {
            return None;
        }
        let whole = self.len() / 2;
        let first = digest.get(..whole)?;
        let last = if self.len().is_multiple_of(2) { &self.bytes[0] } else { &self.bytes[1] };
        let odd = match self.digits.get(2 * whole) {
            Some(digit) => nibble(*digit) == digest.get(whole).map(|byte| byte >> 4),
            None => true,
        };
        let evidence = if bool::from(self.bytes[0].ct_eq(first)) && odd {
            "The header holds the first digits of the right signature. The others are missing."
        } else if bool::from(last.ct_eq(digest.get(digest.len() - whole..)?)) {
            "The header holds the last digits of the right signature. The others are missing."
        } else {
            return None;
        };
        Some(Finding::new(CauseCode::SignatureTruncated, evidence))
    }
}

impl Header {
    pub(super) fn read(values: &[&[u8]]) -> Self {
        let mut header = Self::default();
        for value in values.iter().take(MAX_VALUES) {
            let value = value.get(..MAX_LENGTH).unwrap_or(value);
            let repeated = (values.len() > 1).then(|| {
                Finding::new(CauseCode::SignatureDoubled, "The header was sent more than once. One of its values is right.")
            });
            header.read_value(value, repeated.as_slice());
        }
        header
    }

    fn read_value(&mut self, value: &[u8], flaws: &[Finding]) {
        let squeezed: Vec<u8> = value.iter().copied().filter(|byte| !is_space(*byte)).collect();
        let mut flaws = flaws.to_vec();
        if !squeezed.is_empty() && squeezed.iter().all(u8::is_ascii_hexdigit) && is_possible(squeezed.len()) {
            if squeezed.len() == 128 {
                let mut doubled = flaws.clone();
                doubled.push(twice());
                for half in squeezed.chunks(64) {
                    self.add(half, &doubled);
                }
            }
            flaws.extend(spaced(value, &squeezed));
            self.add(&squeezed, &flaws);
        }
        if let Some(bytes) = from_base64(&squeezed) {
            let mut flaws = flaws.clone();
            if !flaws.iter().any(|flaw| flaw.code == CauseCode::SignatureWhitespace) {
                flaws.extend(spaced(value, &squeezed));
            }
            self.add_base64(&bytes, &flaws);
        }
        self.read_parts(value, &flaws);
    }

    /// The digits between other text.
    fn read_parts(&mut self, value: &[u8], flaws: &[Finding]) {
        let runs =
            value.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() >= MIN_DIGITS && run.len() < value.len());
        let whole = runs.clone().filter(|run| run.len() == 64).count();
        let mut flaws = flaws.to_vec();
        flaws.push(if whole > 1 { twice() } else { prefixed() });
        for run in runs.take(MAX_VALUES) {
            if is_possible(run.len()) {
                self.add(run, &flaws);
            } else if let (Some(first), Some(last)) = (run.first_chunk::<64>(), run.last_chunk::<64>()) {
                self.add(last, &flaws);
                self.add(first, &flaws);
            }
        }
        let is_separator = |byte: &u8| is_space(*byte) || matches!(byte, b',' | b';' | b'"' | b'\'');
        for part in value.split(is_separator).take(MAX_VALUES) {
            let after_name = part.iter().position(|byte| matches!(byte, b'=' | b':')).map(|place| place + 1);
            for part in [Some(part), after_name.and_then(|start| part.get(start..))].into_iter().flatten() {
                if part.len() < value.len()
                    && !part.iter().all(u8::is_ascii_hexdigit)
                    && let Some(bytes) = from_base64(part)
                {
                    self.add_base64(&bytes, &flaws);
                }
            }
        }
        let numbers = value.split(|byte| !byte.is_ascii_digit()).filter(|run| (9..=19).contains(&run.len()));
        self.times.extend(numbers.take(4).map(<[u8]>::to_vec));
    }

    fn add_base64(&mut self, bytes: &[u8], flaws: &[Finding]) {
        let mut flaws = flaws.to_vec();
        if bytes.len() == 64 && bytes.iter().all(u8::is_ascii_hexdigit) {
            flaws.push(Finding::new(
                CauseCode::SignatureBase64,
                "The header is base64 of the hex digits of the right signature.",
            ));
            return self.add(bytes, &flaws);
        }
        let digits = crate::bytes::hex::encode(bytes).into_bytes();
        if is_possible(digits.len()) {
            flaws
                .push(Finding::new(CauseCode::SignatureBase64, "The header is base64 of the right signature, not hex digits."));
            self.add(&digits, &flaws);
        }
    }

    fn add(&mut self, digits: &[u8], flaws: &[Finding]) {
        let mut flaws = flaws.to_vec();
        if digits.iter().any(u8::is_ascii_uppercase) {
            let evidence = "The digits of the header are those of the right signature, but in upper case.";
            flaws.push(Finding::new(CauseCode::SignatureUppercase, evidence));
        }
        let digits = digits.to_ascii_lowercase();
        let is_new = self.readings.iter().all(|reading| reading.digits != digits || reading.flaws.len() > flaws.len());
        if is_new && self.readings.len() < 4 * MAX_VALUES {
            let bytes = [bytes(&digits), bytes(digits.get(1..).unwrap_or_default())];
            self.readings.push(Reading { digits, bytes, flaws });
        }
    }
}

/// Whether a digest, or the start of a signature, has this many digits.
fn is_possible(digits: usize) -> bool {
    (MIN_DIGITS..=64).contains(&digits) || matches!(digits, 96 | 128)
}

fn spaced(value: &[u8], squeezed: &[u8]) -> Option<Finding> {
    (value != squeezed).then(|| {
        Finding::new(
            CauseCode::SignatureWhitespace,
            "Without the whitespace in the header or around it, the signature is right.",
        )
    })
}

fn prefixed() -> Finding {
    Finding::new(CauseCode::SignaturePrefixed, "The right signature is in the header, with other text before or after it.")
}

fn twice() -> Finding {
    Finding::new(CauseCode::SignatureDoubled, "The header holds more than one signature. One of them is right.")
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0b)
}

/// The bytes of hex digits. An odd one at the end is left out.
fn bytes(digits: &[u8]) -> Vec<u8> {
    let pair = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
    digits.as_chunks().0.iter().filter_map(pair).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
