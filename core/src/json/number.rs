//! Numbers: their grammar, their range, and their value.

use core::fmt;

use super::error::JsonError;
use super::range::is_finite;
use super::token::{Token, TokenKind};
use crate::error::JsonProblem;

/// A number of a checked document, as written in the payload. Its value is finite as a double.
#[derive(Clone, Copy)]
pub struct Number<'p> {
    text: &'p str,
    token: Token,
}

impl<'p> Number<'p> {
    /// The number of a token, which is one.
    #[inline]
    pub(super) fn new(text: &'p str, token: Token) -> Self {
        Self { text, token }
    }

    /// The number as it was written.
    #[inline]
    #[must_use]
    pub fn as_str(self) -> &'p str {
        self.token.slice(self.text)
    }

    /// Whether it was written without fraction and exponent. `-0` was; the host decides what it becomes.
    #[inline]
    #[must_use]
    pub fn is_integer(self) -> bool {
        self.token.kind() == TokenKind::Integer
    }

    /// The value if it was written as an integer and fits.
    #[inline]
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        let (negative, digits) = sign(self.token.bytes(self.text));
        if digits.len() > MAX_DIGITS {
            return self.as_str().parse().ok();
        }
        let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit & 0xf));
        Some(if negative { -value } else { value })
    }

    /// The value if it was written as an integer and fits.
    #[inline]
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        if self.is_integer() { self.as_str().parse().ok() } else { None }
    }

    /// The nearest double (ties to even).
    #[inline]
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match short_decimal(self.token.bytes(self.text)) {
            Some(value) => value,
            None => self.as_str().parse().unwrap_or(f64::NAN),
        }
    }
}

/// Every number with this many digits fits into an `i64`.
const MAX_DIGITS: usize = 18;

/// Whether there is a minus, and the rest.
#[inline(always)]
fn sign(number: &[u8]) -> (bool, &[u8]) {
    match number {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    }
}

/// The value of a number with few digits and a point, but no exponent. Without the point it is exact as a double, and so is the power of ten
/// that it is divided by; a division is rounded to the nearest double (W. D. Clinger, 1990).
#[inline]
#[allow(clippy::as_conversions, clippy::cast_precision_loss)] // below 10^15
fn short_decimal(number: &[u8]) -> Option<f64> {
    let (negative, number) = sign(number);
    if number.len() > POWERS_OF_TEN.len() {
        return None;
    }
    let (mut value, mut point, mut others) = (0_u64, number.len(), 0);
    for (place, byte) in number.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + u64::from(digit);
        } else {
            (point, others) = (place, others + 1);
        }
    }
    let power = POWERS_OF_TEN.get(number.len().checked_sub(point + 1)?)?;
    let value = value as f64 / power;
    (others == 1 && number.get(point) == Some(&b'.')).then_some(if negative { -value } else { value })
}

const POWERS_OF_TEN: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl PartialEq for Number<'_> {
    /// Whether both were written alike.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Number<'_> {}

impl fmt::Debug for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number that begins at `start`: its end, and whether it is an integer.
#[inline]
pub(super) fn scan(text: &str, start: usize) -> Result<(usize, bool), JsonError> {
    let bytes = text.as_bytes();
    let first_digit = if bytes.get(start) == Some(&b'-') { start + 1 } else { start };
    let mut end = match bytes.get(first_digit) {
        Some(b'0') => first_digit + 1,
        _ => scan_digits(bytes, first_digit)?,
    };
    let mut certainly_finite = end - first_digit <= MAX_FINITE_DIGITS;
    let mut integer = true;
    if bytes.get(end) == Some(&b'.') {
        integer = false;
        end = scan_digits(bytes, end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        integer = false;
        certainly_finite = false;
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = scan_digits(bytes, end + 1 + sign)?;
    }
    if !certainly_finite && !text.get(start..end).is_some_and(is_finite) {
        return Err(JsonError::Invalid { offset: start, problem: JsonProblem::NumberOutOfRange });
    }
    Ok((end, integer))
}

/// Any number with this many digits before its point is below 1.8 × 10³⁰⁸, the largest double.
const MAX_FINITE_DIGITS: usize = 308;

/// One digit or more: the position after them.
#[inline]
fn scan_digits(bytes: &[u8], start: usize) -> Result<usize, JsonError> {
    let mut end = start;
    while bytes.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    if end > start {
        return Ok(end);
    }
    let problem = if end < bytes.len() { JsonProblem::UnexpectedByte } else { JsonProblem::UnexpectedEnd };
    Err(JsonError::Invalid { offset: end, problem })
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    /// Compared with the standard library, bit by bit.
    #[test]
    fn reads_short_decimals_to_the_nearest_double() {
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..200_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = format!("{:015}", random >> 14).split_off(usize::try_from(random >> 60).unwrap().min(13));
            for point in 1..digits.len().min(15) {
                let digits = digits.get(..15.min(digits.len())).unwrap();
                for sign in ["", "-"] {
                    let number = format!("{sign}{}.{}", &digits[..point], &digits[point..]);
                    let Some(value) = short_decimal(number.as_bytes()) else { panic!("{number}") };
                    assert_eq!(value.to_bits(), number.parse::<f64>().unwrap().to_bits(), "{number}");
                }
            }
        }
        for (number, value) in [("0.0", 0.0), ("-0.0", -0.0_f64), ("999999999999999.0", 999_999_999_999_999.0)] {
            assert!(short_decimal(number.as_bytes()).is_none_or(|found: f64| found.to_bits() == value.to_bits()), "{number}");
        }
    }

    #[test]
    fn leaves_other_numbers_to_the_standard_library() {
        for number in ["1e5", "1.5e5", "1.5E-5", "1", "", "1234567890123456.5", "0.12345678901234567"] {
            assert_eq!(short_decimal(number.as_bytes()), None, "{number}");
        }
    }
}
