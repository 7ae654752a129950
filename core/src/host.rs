//! The interface for bindings: how a host language builds its own values from a verified payload.
//!
//! Everything here is for the bindings in this repository only. It is not part of the public interface and can change in any
//! release.
//!
//! # What a host must guarantee
//!
//! [`verify_and_build`] leaves two checks to the host, because the host makes them anyway while it builds: its dictionaries notice
//! duplicate keys, and decoding a string notices invalid escapes. A host that uses it must guarantee:
//!
//! - **Honest result.** The closure returns `true` only if every dictionary has as many members as its
//!   [`Object::len`](crate::Object::len), and if every string with escapes, key or value, was decoded by
//!   [`decode_characters_into`] or [`write_characters`] with the result `Some`.
//! - **Same equality.** Its dictionaries treat two keys as equal if and only if they have the same code points.
//! - **No slow keys.** Keys cannot be chosen to make its hash table slow: the hash is keyed with a secret.
//! - **No traces.** The closure can be called twice. The values of the first call can be wrong and must not become visible.
//! - **Room for the nesting.** Building recurses up to [`MAX_DEPTH`](crate::MAX_DEPTH) levels.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem::MaybeUninit;

pub use crate::json::{Build, Characters, Unit};

use crate::error::Error;
use crate::json::{Document, JsonStr, Value};
use crate::verify::{Event, SignatureHeader, WebhookVerifier, WebhookVerifierBuilder};

/// Why [`verify_and_build`] returns no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostError {
    /// The verdict: the delivery is refused.
    Refused(Error),
    /// No verdict. The strict reading found nothing wrong, but the host says that its values are incomplete: it lost a member or a
    /// character. The fault is in the binding; report it as an internal error.
    HostFault,
    /// No verdict. Raise the host's own memory error.
    OutOfMemory,
}

/// Memory ran out. Raise the host's own memory error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

/// As [`WebhookVerifier::verify`], or with `stored` as [`WebhookVerifier::verify_stored`], for a host that builds its own values
/// from the whole payload. They are returned with the event.
///
/// `build` builds them and says whether they are sound, as defined at the [head of this module](self).
///
/// # Errors
///
/// As those methods, and [`HostError::HostFault`]. The built values are not returned then.
#[inline]
pub fn verify_and_build<'p, 's, T>(
    verifier: &WebhookVerifier,
    payload: &'p (impl AsRef<[u8]> + ?Sized),
    signature: impl Into<SignatureHeader<'s>>,
    stored: bool,
    mut build: impl FnMut(Value<'_>) -> (T, bool),
) -> Result<(T, Event<'p>), HostError> {
    let payload = payload.as_ref();
    let (signature, matching_secret) = verifier.check_signature(payload, signature.into())?;
    if let Some(document) = Document::parse_leniently(payload).map_err(Error::from)?
        && let Some(event) = unless_out_of_memory(verifier.check_event(document, matching_secret, stored))?
        && let (built, true) = build(event.as_value())
    {
        return Ok((built, event));
    }
    // Something is wrong. Only the strict reading can say what, because a duplicate key may come first.
    let document = Document::parse(payload, signature.hash_key()).map_err(Error::from)?;
    let event = verifier.check_event(document, matching_secret, stored)?;
    match build(event.as_value()) {
        (built, true) => Ok((built, event)),
        (_, false) => Err(HostError::HostFault),
    }
}

/// The value, or `None` for a verdict. Memory that ran out is not a verdict.
fn unless_out_of_memory<T>(result: Result<T, Error>) -> Result<Option<T>, HostError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::OutOfMemory) => Err(HostError::OutOfMemory),
        Err(_) => Ok(None),
    }
}

/// Makes a host build its own value from this one.
#[inline(always)]
pub fn build<'e, B: Build<'e>>(value: Value<'e>, host: &mut B) -> B::Built {
    value.build(host)
}

/// As [`JsonStr::decode_utf32_into`], and describes the result. `None` means that an escape is invalid, which cannot happen in a
/// verified event.
///
/// # Errors
///
/// That memory ran out. The buffer is then as it was.
pub fn decode_characters_into(string: JsonStr<'_>, buffer: &mut Vec<u32>) -> Result<Option<Characters>, OutOfMemory> {
    string.decode_characters_into(buffer).map_err(|_| OutOfMemory)
}

/// As [`JsonStr::decode_utf16_into`], for a host that reports when memory runs out.
///
/// # Errors
///
/// That memory ran out. The buffer is then as it was.
pub fn decode_utf16_into(string: JsonStr<'_>, buffer: &mut Vec<u16>) -> Result<(), OutOfMemory> {
    string.try_decode_utf16_into(buffer).map_err(|_| OutOfMemory)
}

/// As [`JsonStr::decode_into`], for a host that reports when memory runs out.
///
/// # Errors
///
/// That memory ran out. The buffer is then as it was.
pub fn decode_into(string: JsonStr<'_>, buffer: &mut String) -> Result<(), OutOfMemory> {
    string.try_decode_into(buffer).map_err(|_| OutOfMemory)
}

/// The verifier that a builder describes. The builder can be changed and built again.
///
/// # Errors
///
/// As [`WebhookVerifierBuilder::build`].
pub fn build_verifier(builder: &WebhookVerifierBuilder) -> Result<WebhookVerifier, Error> {
    builder.try_clone()?.build()
}

/// As [`Event::into_owned`], for a host that reports when memory runs out.
///
/// # Errors
///
/// That memory ran out.
pub fn into_owned(event: Event<'_>) -> Result<Event<'static>, OutOfMemory> {
    event.try_into_owned().map_err(|_| OutOfMemory)
}

/// Writes the value of a string to the first places as code points, as far as there are places, truncated to the size of a place.
/// As many places as [`JsonStr::raw_bytes`] are enough, and a few more make it faster. Describes the result as
/// [`decode_characters_into`] does.
pub fn write_characters<T>(string: JsonStr<'_>, places: &mut [MaybeUninit<T>]) -> Option<Characters>
where
    MaybeUninit<T>: Unit,
{
    string.write_characters(places)
}

/// An upper bound for the largest character of a string without its escapes, which may stand for larger ones.
#[must_use]
pub fn largest_unescaped(string: JsonStr<'_>) -> char {
    string.largest_unescaped()
}

impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        if error == Error::OutOfMemory { Self::OutOfMemory } else { Self::Refused(error) }
    }
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::OutOfMemory => Error::OutOfMemory.fmt(f),
            Self::HostFault => f.write_str("internal error: the host lost a part of a valid payload"),
        }
    }
}

impl core::error::Error for HostError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorCode, sign};

    const GOOD: &[u8] = br#"{"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
    const DUPLICATE: &[u8] =
        br#"{"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"a":1,"a":2}}"#;

    fn verdict(payload: &[u8], build: impl FnMut(Value<'_>) -> ((), bool)) -> Result<(), HostError> {
        let verifier = WebhookVerifier::new("whsec_example").unwrap();
        let signature = sign(payload, "whsec_example").unwrap();
        verify_and_build(&verifier, payload, &signature, false, build).map(drop)
    }

    #[test]
    fn a_fault_of_the_host_says_nothing_about_the_payload() {
        assert_eq!(verdict(GOOD, |_| ((), true)), Ok(()));
        assert_eq!(verdict(GOOD, |_| ((), false)), Err(HostError::HostFault));
    }

    #[test]
    fn the_strict_reading_names_the_problem() {
        let Err(HostError::Refused(error)) = verdict(DUPLICATE, |_| ((), false)) else { panic!("not refused") };
        let second = DUPLICATE.windows(4).position(|window| window == br#","a""#).unwrap() + 1;
        assert_eq!((error.code(), error.offset()), (ErrorCode::InvalidJson, Some(second)));
    }

    #[test]
    fn a_host_that_builds_wrongly_once_gets_a_second_chance() {
        let mut calls = 0;
        let build = |_: Value<'_>| {
            calls += 1;
            ((), calls == 2)
        };
        assert_eq!(verdict(GOOD, build), Ok(()));
        assert_eq!(calls, 2);
    }
}
