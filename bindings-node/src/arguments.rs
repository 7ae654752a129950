//! Converts arguments from JavaScript for the core.

use std::time::Duration;

use payvost_webhooks::{Error, OptionName, SecretProblem, SignatureHeader, WebhookVerifierBuilder};
use zeroize::Zeroizing;

use crate::boundary::{Kind, Value};
use crate::clock::Clock;
use crate::utf16;

/// The signature header, or as much of it as matters.
pub(crate) struct Signature {
    text: [u8; Self::CAPACITY],
    length: Option<usize>,
}

impl Signature {
    /// Room for more than a signature, so that a longer header is recognised: 64 bytes, a character, the terminator.
    const CAPACITY: usize = 64 + 4 + 1;

    #[inline]
    pub(crate) fn read(value: Value<'_>) -> Self {
        let mut text = [0; Self::CAPACITY];
        let length = match value.string_into(&mut text) {
            None if value.kind() == Kind::Absent => None,
            // The whole buffer, which is not a signature, stands for a value that is not a string.
            length => Some(length.unwrap_or(Self::CAPACITY)),
        };
        Self { text, length }
    }

    pub(crate) fn header(&self) -> SignatureHeader<'_> {
        self.length.and_then(|length| self.text.get(..length)).into()
    }
}

/// A secret: `string` or `Uint8Array`. The copy is wiped afterwards.
pub(crate) fn secret(value: Value<'_>) -> Result<Zeroizing<Vec<u8>>, SecretProblem> {
    let bytes = match value.string_length() {
        Some(length) => value.string_units(length).map(Zeroizing::new).and_then(|units| utf16::to_utf8(&units)),
        None => value.uint8_array().map(|memory| memory.copy()),
    };
    bytes.map(Zeroizing::new).ok_or(SecretProblem::Missing)
}

/// Adds a secret, or each secret of an array.
pub(crate) fn add_secrets(builder: WebhookVerifierBuilder, secrets: Value<'_>) -> WebhookVerifierBuilder {
    let add = |builder: WebhookVerifierBuilder, value| match secret(value) {
        Ok(secret) => builder.secret(&*secret),
        Err(problem) => builder.mistake(Error::InvalidSecret(problem)),
    };
    match secrets.elements() {
        Some(elements) => elements.into_iter().fold(builder, add),
        None => add(builder, secrets),
    }
}

/// Adds the options. `undefined` and `null` mean the default.
pub(crate) fn add_options(
    mut builder: WebhookVerifierBuilder,
    [tolerance, expect_live_mode, max_payload_bytes, known]: [Value<'_>; 4],
    clock: &Clock,
) -> WebhookVerifierBuilder {
    let mistake = Error::InvalidOption;
    if known.kind() != Kind::Boolean(true) {
        builder = builder.mistake(mistake(OptionName::Unknown));
    }
    builder = match (tolerance.kind(), seconds(tolerance)) {
        (Kind::Absent, _) => builder,
        (_, Some(tolerance)) => {
            let clock = clock.clone();
            builder.tolerance(tolerance, move || clock.now())
        }
        (_, None) => builder.mistake(mistake(OptionName::Tolerance)),
    };
    builder = match expect_live_mode.kind() {
        Kind::Absent => builder,
        Kind::Boolean(live_mode) => builder.expect_live_mode(live_mode),
        _ => builder.mistake(mistake(OptionName::ExpectLiveMode)),
    };
    match (max_payload_bytes.kind(), whole(max_payload_bytes)) {
        (Kind::Absent, _) => builder,
        (_, Some(bytes)) => builder.max_payload_bytes(bytes),
        (_, None) => builder.mistake(mistake(OptionName::MaxPayloadBytes)),
    }
}

/// A string; `None` for another value, or a string with a lone surrogate.
pub(crate) fn text(value: Value<'_>) -> Option<String> {
    let units = value.string_units(value.string_length()?)?;
    utf16::to_utf8(&units).and_then(|text| String::from_utf8(text).ok())
}

/// A string with U+FFFD for lone surrogates; empty for a value that is not a string.
pub(crate) fn lossy(value: Value<'_>) -> String {
    let units = value.string_length().and_then(|length| value.string_units(length));
    units.map(|units| String::from_utf16_lossy(&units)).unwrap_or_default()
}

pub(crate) fn seconds(value: Value<'_>) -> Option<Duration> {
    if let Kind::Number(seconds) = value.kind() { Duration::try_from_secs_f64(seconds).ok() } else { None }
}

/// A whole number that JavaScript can represent exactly.
pub(crate) fn whole(value: Value<'_>) -> Option<u64> {
    const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
    match value.kind() {
        #[allow(clippy::as_conversions)] // the guard says that it fits
        Kind::Number(number) if number.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(&number) => Some(number as u64),
        _ => None,
    }
}
