//! Numbers: their grammar, their range, and their value.

use core::fmt;

use super::{JsonError, JsonProblem};

/// A number of a checked document, as it stands in the payload. Its value is finite as a double.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number<'p> {
    text: &'p str,
    integer: bool,
}

impl<'p> Number<'p> {
    #[inline]
    pub(super) fn new(text: &'p str, integer: bool) -> Self {
        Self { text, integer }
    }

    /// The number as it was written.
    #[inline]
    #[must_use]
    pub fn as_str(self) -> &'p str {
        self.text
    }

    /// Whether it was written without fraction and exponent. `-0` was; what to make of it is the host's affair.
    #[inline]
    #[must_use]
    pub fn is_integer(self) -> bool {
        self.integer
    }

    /// The value when it was written as an integer and fits.
    #[inline]
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if self.integer { self.text.parse().ok() } else { None }
    }

    /// The value when it was written as an integer and fits.
    #[inline]
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        if self.integer { self.text.parse().ok() } else { None }
    }

    /// The nearest double (ties to even).
    #[inline]
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Debug for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// The number that begins at `start`: where it ends, and whether it is an integer.
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
    if !certainly_finite && !is_finite(text.get(start..end)) {
        return Err(JsonError { offset: start, problem: JsonProblem::NumberOutOfRange });
    }
    Ok((end, integer))
}

/// Any number of so many digits before its point is below 1.8 × 10³⁰⁸, the largest double.
const MAX_FINITE_DIGITS: usize = 308;

/// One digit or more: where they end.
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
    Err(JsonError { offset: end, problem })
}

#[cold]
fn is_finite(number: Option<&str>) -> bool {
    number.and_then(|number| number.parse::<f64>().ok()).is_some_and(f64::is_finite)
}
