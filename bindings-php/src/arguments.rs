//! Arguments: converts PHP's values to the core's.
//!
//! The core reports a value of the wrong type, in its own order of checks. It is never a `TypeError`: what the sender of a webhook sends
//! must not decide which kind of exception a receiver gets.

use std::time::{Duration, SystemTime};

use ext_php_rs::types::{ZendStr, Zval};
use payvost_webhooks::claims::ClaimPolicy;
use payvost_webhooks::{
    Error, OptionName, PatternProblem, SecretProblem, SignatureHeader, Timestamp, WebhookVerifier, WebhookVerifierBuilder,
};

use crate::clock::Clock;

/// The argument that PHP passed; `None` if it is optional and was left out.
#[derive(Clone, Copy)]
pub(crate) struct Argument<'c>(pub(crate) Option<&'c Zval>);

/// References are followed.
impl<'c> Argument<'c> {
    /// The raw body of a request.
    #[inline]
    pub(crate) fn payload(self) -> Result<&'c [u8], Error> {
        self.bytes().ok_or(Error::PayloadNotRaw)
    }

    /// The length of a raw body. Anything but a length means that the body is not raw.
    pub(crate) fn length(self) -> Result<usize, Error> {
        let bytes = self.natural_number().ok_or(Error::PayloadNotRaw)?;
        Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// The value of the signature header.
    #[inline]
    pub(crate) fn signature(self) -> SignatureHeader<'c> {
        /// Stands for every value that cannot be a header, and is malformed too.
        const NOT_A_HEADER: &[u8] = b"?";
        match self.bytes() {
            None if !self.is_null() => NOT_A_HEADER.into(),
            header => header.into(),
        }
    }

    /// One secret.
    #[inline]
    pub(crate) fn secret(self) -> Result<&'c [u8], Error> {
        self.bytes().ok_or(Error::InvalidSecret(SecretProblem::Missing))
    }

    /// A builder with one secret, or with each secret of an array.
    #[inline]
    pub(crate) fn secrets(self) -> WebhookVerifierBuilder {
        let builder = WebhookVerifier::builder();
        match self.0.and_then(Zval::array) {
            Some(secrets) => secrets.values().map(|secret| Argument(Some(secret))).fold(builder, with_secret),
            None => with_secret(builder, self),
        }
    }

    pub(crate) fn tolerance(self, builder: WebhookVerifierBuilder, clock: Option<&Clock>) -> WebhookVerifierBuilder {
        if self.is_null() {
            return builder;
        }
        match (self.seconds(), clock) {
            (Some(tolerance), Some(clock)) => builder.tolerance(tolerance, clock.source()),
            (Some(tolerance), None) => builder.tolerance(tolerance, || Timestamp::from(SystemTime::now())),
            (None, _) => builder.mistake(Error::InvalidOption(OptionName::Tolerance)),
        }
    }

    pub(crate) fn expect_live_mode(self, builder: WebhookVerifierBuilder) -> WebhookVerifierBuilder {
        match self.0.and_then(Zval::bool) {
            Some(live_mode) => builder.expect_live_mode(live_mode),
            None if self.is_null() => builder,
            None => builder.mistake(Error::InvalidOption(OptionName::ExpectLiveMode)),
        }
    }

    pub(crate) fn max_payload_bytes(self, builder: WebhookVerifierBuilder) -> WebhookVerifierBuilder {
        match self.natural_number() {
            Some(limit) => builder.max_payload_bytes(limit),
            None if self.is_null() => builder,
            None => builder.mistake(Error::InvalidOption(OptionName::MaxPayloadBytes)),
        }
    }

    /// A router's pattern. Bytes that are not UTF-8 match nothing.
    pub(crate) fn pattern(self) -> Result<&'c str, Error> {
        self.text().ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))
    }

    pub(crate) fn lease(self, policy: ClaimPolicy) -> Result<ClaimPolicy, Error> {
        if self.is_null() { Ok(policy) } else { policy.lease(self.seconds().ok_or(Error::InvalidOption(OptionName::Lease))?) }
    }

    pub(crate) fn remember(self, policy: ClaimPolicy) -> Result<ClaimPolicy, Error> {
        if self.is_null() {
            Ok(policy)
        } else {
            policy.remember(self.seconds().ok_or(Error::InvalidOption(OptionName::Remember))?)
        }
    }

    pub(crate) fn prefix(self, policy: ClaimPolicy) -> Result<ClaimPolicy, Error> {
        if self.is_null() { Ok(policy) } else { policy.prefix(self.text().ok_or(Error::InvalidOption(OptionName::Prefix))?) }
    }

    /// A count; 0 for anything but a natural number.
    pub(crate) fn count(self) -> usize {
        self.natural_number().and_then(|number| number.try_into().ok()).unwrap_or(0)
    }

    /// A string in UTF-8.
    pub(crate) fn text(self) -> Option<&'c str> {
        str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn is_true(self) -> bool {
        self.0.and_then(Zval::bool).unwrap_or(false)
    }

    /// A string: in PHP, strings are bytes.
    #[inline]
    fn bytes(self) -> Option<&'c [u8]> {
        self.0?.zend_str().map(ZendStr::as_bytes)
    }

    pub(crate) fn int(self) -> Option<i64> {
        self.0?.long()
    }

    pub(crate) fn natural_number(self) -> Option<u64> {
        self.int()?.try_into().ok()
    }

    /// As an int or a float.
    pub(crate) fn seconds(self) -> Option<Duration> {
        let fraction = || Duration::try_from_secs_f64(self.0?.double()?).ok();
        self.natural_number().map(Duration::from_secs).or_else(fraction)
    }

    #[inline]
    pub(crate) fn is_null(self) -> bool {
        self.0.is_none_or(|value| value.dereference().is_null())
    }
}

#[inline]
fn with_secret(builder: WebhookVerifierBuilder, secret: Argument<'_>) -> WebhookVerifierBuilder {
    match secret.secret() {
        Ok(secret) => builder.secret(secret),
        Err(mistake) => builder.mistake(mistake),
    }
}
