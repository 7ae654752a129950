//! How much of a body to read, and what it means when it does not arrive.

use super::outcome::Outcome;
use crate::error::Error;

/// The body of one request: the length that its headers announce, and how many bytes a verifier accepts.
///
/// ```
/// use payvost_webhooks::receive::{Body, BodyEnd};
/// use payvost_webhooks::{Error, Outcome};
///
/// let body = Body::new(1_000, Some(b"304"), None);
/// assert_eq!(body.limit(), 1_001); // one more byte shows that a body is too long
/// assert_eq!(body.finish(304, BodyEnd::Reached), None);
/// assert_eq!(body.finish(100, BodyEnd::Broken), Some(Outcome::BodyIncomplete));
/// assert_eq!(body.finish(0, BodyEnd::Reached), Some(Outcome::Refused(Error::PayloadNotRaw))); // other code has read it before
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    max_bytes: usize,
    announced: Option<u64>,
    chunked: bool,
}

/// How reading a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyEnd {
    /// At its end or at [`Body::limit`].
    Reached,
    /// The sender broke off.
    Broken,
    /// The sender was too slow.
    TimedOut,
    /// Other code has read or parsed it before.
    Consumed,
}

impl Body {
    /// A body of at most `max_bytes`, with the headers `Content-Length` and `Transfer-Encoding`, if there are any.
    ///
    /// A length consists of digits (RFC 9110 §8.6); anything else counts as absent. A number that fits into no integer still
    /// counts as too large.
    #[must_use]
    pub fn new(max_bytes: usize, content_length: Option<&[u8]>, transfer_encoding: Option<&[u8]>) -> Self {
        let announced = content_length.and_then(digits);
        Self { max_bytes, announced, chunked: transfer_encoding.is_some_and(|coding| !coding.is_empty()) }
    }

    /// How many bytes to read at most: none if the announced length is already too large.
    #[must_use]
    pub fn limit(&self) -> usize {
        if self.is_too_large(self.announced.unwrap_or(0)) { 0 } else { self.max_bytes.saturating_add(1) }
    }

    /// How many bytes to read at most from a stream that does not mark its end, such as WSGI's (PEP 3333, "Input and Error Streams"):
    /// as many as announced.
    #[must_use]
    pub fn limit_of_endless_stream(&self) -> usize {
        let announced = usize::try_from(self.announced.unwrap_or(0)).unwrap_or(usize::MAX);
        self.limit().min(announced)
    }

    /// The response that replaces verification. `None` if the body is complete.
    #[must_use]
    pub fn finish(&self, read: usize, end: BodyEnd) -> Option<Outcome> {
        let announced = self.announced.unwrap_or(0);
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        if self.is_too_large(announced) || self.is_too_large(read) {
            return Some(Outcome::Refused(Error::PayloadTooLarge));
        }
        match end {
            BodyEnd::Consumed => Some(Outcome::Refused(Error::PayloadNotRaw)),
            BodyEnd::Broken | BodyEnd::TimedOut => Some(Outcome::BodyIncomplete),
            // Announced but not here: other code has consumed it, or the server drops chunked bodies.
            BodyEnd::Reached if read == 0 && (announced > 0 || self.chunked) => Some(Outcome::Refused(Error::PayloadNotRaw)),
            BodyEnd::Reached if read < announced => Some(Outcome::BodyIncomplete),
            BodyEnd::Reached => None,
        }
    }

    fn is_too_large(&self, bytes: u64) -> bool {
        usize::try_from(bytes).map_or(true, |bytes| bytes > self.max_bytes)
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_RAW: Option<Outcome> = Some(Outcome::Refused(Error::PayloadNotRaw));
    const TOO_LARGE: Option<Outcome> = Some(Outcome::Refused(Error::PayloadTooLarge));

    #[test]
    fn only_digits_are_a_length() {
        for (length, announced) in [
            ("0", Some(0)),
            ("304", Some(304)),
            ("00304", Some(304)),
            ("18446744073709551616", Some(u64::MAX)),
            ("", None),
            ("-5", None),
            ("+5", None),
            ("1_000", None),
            ("0x10", None),
            (" 5", None),
            ("5.0", None),
            ("5, 5", None),
            ("٣", None),
        ] {
            assert_eq!(Body::new(10, Some(length.as_bytes()), None).announced, announced, "{length:?}");
        }
        assert_eq!(Body::new(10, Some("9".repeat(5_000).as_bytes()), None).finish(0, BodyEnd::Reached), TOO_LARGE);
    }

    #[test]
    fn a_body_that_does_not_arrive_says_nothing_about_its_signature() {
        let body = |length: Option<&'static [u8]>, coding: Option<&'static [u8]>| Body::new(1_000, length, coding);
        for (body, read, end, outcome) in [
            (body(Some(b"10"), None), 10, BodyEnd::Reached, None),
            (body(Some(b"10"), None), 0, BodyEnd::Reached, NOT_RAW),
            (body(Some(b"10"), None), 9, BodyEnd::Reached, Some(Outcome::BodyIncomplete)),
            (body(Some(b"10"), None), 4, BodyEnd::TimedOut, Some(Outcome::BodyIncomplete)),
            (body(Some(b"10"), None), 10, BodyEnd::Consumed, NOT_RAW),
            (body(Some(b"1001"), None), 0, BodyEnd::Reached, TOO_LARGE),
            (body(None, None), 1_001, BodyEnd::Reached, TOO_LARGE),
            (body(None, None), 0, BodyEnd::Reached, None),
            (body(None, Some(b"chunked")), 0, BodyEnd::Reached, NOT_RAW),
            (body(None, Some(b"chunked")), 10, BodyEnd::Reached, None),
            (body(Some(b"x"), None), 0, BodyEnd::Reached, None),
        ] {
            assert_eq!(body.finish(read, end), outcome, "{body:?} {read} {end:?}");
        }
    }

    #[test]
    fn a_stream_without_an_end_is_read_as_far_as_announced() {
        assert_eq!(Body::new(1_000, Some(b"10"), None).limit_of_endless_stream(), 10);
        assert_eq!(Body::new(1_000, None, None).limit_of_endless_stream(), 0);
        assert_eq!(Body::new(1_000, Some(b"2000"), None).limit_of_endless_stream(), 0);
        assert_eq!(Body::new(1_000, Some(b"2000"), None).limit(), 0);
    }
}
