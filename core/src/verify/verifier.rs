//! The verifier: every check, in the one order that all languages share.

use core::time::Duration;

use super::envelope::Envelope;
use super::event::Event;
use super::options::Options;
use super::secret::Secrets;
use super::signature::{Signature, SignatureHeader};
use super::timestamp::Timestamp;
use crate::error::{Error, SecretProblem};
use crate::json::Document;

/// Verifies webhooks. The secrets and options are checked once, when you build it.
///
/// Build one at startup and share it: it is immutable, and [`verify`](Self::verify) takes `&self`.
///
/// ```
/// use payvost_webhooks::{sign, WebhookVerifier};
///
/// // While a secret is rotated, pass both, in any order.
/// let verifier = WebhookVerifier::builder()
///     .secret("whsec_new")
///     .secret("whsec_old")
///     .expect_live_mode(true)
///     .build()?;
///
/// let payload = br#"{"id":"evt_1","type":"wallet.frozen","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
/// let event = verifier.verify(payload, &sign(payload, "whsec_old")?)?;
/// assert_eq!(event.event_type(), "wallet.frozen");
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WebhookVerifier {
    secrets: Secrets,
    options: Options,
}

impl WebhookVerifier {
    /// A verifier with one secret and the default options. For more, use [`builder`](Self::builder).
    ///
    /// # Errors
    ///
    /// `invalid_secret` if the secret is blank, starts or ends with whitespace, or is an API key.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, Error> {
        Self::builder().secret(secret).build()
    }

    /// Builder for [`WebhookVerifier`].
    pub fn builder() -> WebhookVerifierBuilder {
        WebhookVerifierBuilder { secrets: Ok(Secrets::default()), options: Ok(Options::DEFAULT) }
    }

    /// Verifies the signature over the raw payload, then reads and checks the event.
    ///
    /// # Errors
    ///
    /// The first check that fails decides, in the order of the variants of [`Error`].
    pub fn verify<'p, 's>(
        &self,
        payload: &'p (impl AsRef<[u8]> + ?Sized),
        signature: impl Into<SignatureHeader<'s>>,
    ) -> Result<Event<'p>, Error> {
        self.verify_strictly(payload.as_ref(), signature.into(), false)
    }

    /// Verifies a stored delivery, which was verified when it arrived: as [`verify`](Self::verify), but without the tolerance.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), up to and including `live_mode_mismatch`. The secret may have been retired since.
    #[inline]
    pub fn verify_stored<'p, 's>(
        &self,
        payload: &'p (impl AsRef<[u8]> + ?Sized),
        signature: impl Into<SignatureHeader<'s>>,
    ) -> Result<Event<'p>, Error> {
        self.verify_strictly(payload.as_ref(), signature.into(), true)
    }

    /// Verifies the signature alone and does not look into the payload.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), up to and including `signature_mismatch`.
    pub fn verify_signature<'s>(
        &self,
        payload: &(impl AsRef<[u8]> + ?Sized),
        signature: impl Into<SignatureHeader<'s>>,
    ) -> Result<(), Error> {
        self.check_signature(payload.as_ref(), signature.into()).map(drop)
    }

    /// Returns which secret made the signature: its position among the given secrets, the first one if a secret was given twice.
    ///
    /// For a delivery that is verified anyway, [`Event::matching_secret`] has it without hashing again.
    ///
    /// ```
    /// # use payvost_webhooks::{WebhookVerifier, sign};
    /// let verifier = WebhookVerifier::builder().secret("whsec_new").secret("whsec_old").build()?;
    /// assert_eq!(verifier.matching_secret(b"{}", &sign(b"{}", "whsec_old")?), Ok(1));
    /// # Ok::<(), payvost_webhooks::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`verify_signature`](Self::verify_signature).
    pub fn matching_secret<'s>(
        &self,
        payload: &(impl AsRef<[u8]> + ?Sized),
        signature: impl Into<SignatureHeader<'s>>,
    ) -> Result<usize, Error> {
        self.check_signature(payload.as_ref(), signature.into()).map(|(_, position)| position)
    }

    /// How long a payload may be, in bytes: for a caller that has to stop reading there.
    #[must_use]
    pub const fn max_payload_bytes(&self) -> usize {
        self.options.max_payload_bytes
    }

    /// Checks the length of a payload alone: for a caller that would have to copy it before it can be verified.
    ///
    /// # Errors
    ///
    /// `payload_too_large`, as [`verify`](Self::verify).
    pub fn check_payload_length(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.options.max_payload_bytes { Err(Error::PayloadTooLarge) } else { Ok(()) }
    }

    /// The signature that was received, and the position of the secret that made it.
    pub(crate) fn check_signature(&self, payload: &[u8], header: SignatureHeader<'_>) -> Result<(Signature, usize), Error> {
        self.check_payload_length(payload.len())?;
        let signature = header.decode()?;
        let position = signature.matching_secret(&self.secrets, payload).ok_or(Error::SignatureMismatch)?;
        Ok((signature, position))
    }

    #[inline]
    fn verify_strictly<'p>(&self, payload: &'p [u8], signature: SignatureHeader<'_>, stored: bool) -> Result<Event<'p>, Error> {
        let (signature, matching_secret) = self.check_signature(payload, signature)?;
        self.check_event(Document::parse(payload, signature.hash_key())?, matching_secret, stored)
    }

    /// The event in a document, once it has passed all checks.
    #[inline]
    pub(crate) fn check_event<'p>(
        &self,
        document: Document<'p>,
        matching_secret: usize,
        stored: bool,
    ) -> Result<Event<'p>, Error> {
        // Everything is checked before the event is built, so that it is built in place and not moved.
        let envelope = Envelope::read(&document)?;
        self.check_live_mode(&envelope)?;
        if !stored {
            self.check_tolerance(&envelope)?;
        }
        Ok(Event::new(document, envelope, matching_secret))
    }

    fn check_live_mode(&self, envelope: &Envelope<'_>) -> Result<(), Error> {
        match self.options.expect_live_mode {
            Some(expected) if envelope.live_mode != expected => Err(Error::LiveModeMismatch { expected }),
            _ => Ok(()),
        }
    }

    fn check_tolerance(&self, envelope: &Envelope<'_>) -> Result<(), Error> {
        if let Some((tolerance, clock)) = &self.options.tolerance {
            let now = clock();
            if now.since(envelope.created_at).is_some_and(|age| age > *tolerance) {
                return Err(Error::EventTooOld);
            }
            if envelope.created_at.since(now).is_some_and(|lead| lead > *tolerance) {
                return Err(Error::EventInFuture);
            }
        }
        Ok(())
    }
}

/// Builder for [`WebhookVerifier`]. [`build`](Self::build) reports the first mistake, those in secrets before those in options.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct WebhookVerifierBuilder {
    secrets: Result<Secrets, Error>,
    options: Result<Options, Error>,
}

impl WebhookVerifierBuilder {
    /// Adds a secret: text, or bytes. Nothing is stripped or decoded.
    pub fn secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        if let Ok(secrets) = &mut self.secrets
            && let Err(error) = secrets.add(secret.as_ref())
        {
            self.secrets = Err(error);
        }
        self
    }

    /// Refuses payloads longer than this, before they are hashed. From 1 to [`MAX_PAYLOAD_BYTES_LIMIT`](crate::MAX_PAYLOAD_BYTES_LIMIT)
    /// bytes; [`DEFAULT_MAX_PAYLOAD_BYTES`](crate::DEFAULT_MAX_PAYLOAD_BYTES) by default.
    pub fn max_payload_bytes(self, bytes: u64) -> Self {
        self.option(|options| options.set_max_payload_bytes(bytes))
    }

    /// Refuses events with another `liveMode`.
    pub fn expect_live_mode(self, live_mode: bool) -> Self {
        self.option(|options| {
            options.expect_live_mode = Some(live_mode);
            Ok(())
        })
    }

    /// Refuses events whose `createdAt` is further than this from the time of `clock`, in either direction. Up to
    /// [`MAX_TOLERANCE_SECONDS`](crate::MAX_TOLERANCE_SECONDS).
    ///
    /// Retries keep `createdAt`, so less than 96 min 5 s refuses genuine deliveries. To stop replays, remember the `id`.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use payvost_webhooks::{Timestamp, WebhookVerifier};
    /// use std::time::Duration;
    ///
    /// let verifier = WebhookVerifier::builder()
    ///     .secret("whsec_example")
    ///     .tolerance(Duration::from_secs(2 * 60 * 60), Timestamp::now)
    ///     .build();
    /// assert!(verifier.is_ok());
    /// # }
    /// ```
    pub fn tolerance(self, tolerance: Duration, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.option(|options| options.set_tolerance(tolerance, clock))
    }

    /// Records a mistake in a value that does not have the right type: for bindings, whose users have no compiler. Pass an error
    /// of the class `Configuration`.
    pub fn mistake(mut self, error: Error) -> Self {
        match error {
            Error::InvalidSecret(_) if self.secrets.is_ok() => self.secrets = Err(error),
            Error::InvalidSecret(_) => {}
            _ if self.options.is_ok() => self.options = Err(error),
            _ => {}
        }
        self
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// `invalid_secret` if no secret was given, or one of them is blank, starts or ends with whitespace, or is an API key;
    /// `invalid_option` if an option is out of range.
    pub fn build(self) -> Result<WebhookVerifier, Error> {
        let secrets = self.secrets?;
        if secrets.is_empty() {
            return Err(Error::InvalidSecret(SecretProblem::Missing));
        }
        Ok(WebhookVerifier { secrets, options: self.options? })
    }

    /// A copy, or the error that there is no memory for it.
    pub(crate) fn try_clone(&self) -> Result<Self, Error> {
        let secrets = match &self.secrets {
            Ok(secrets) => Ok(secrets.try_clone()?),
            Err(error) => Err(*error),
        };
        Ok(Self { secrets, options: self.options.clone() })
    }

    fn option(mut self, set: impl FnOnce(&mut Options) -> Result<(), Error>) -> Self {
        if let Ok(options) = &mut self.options
            && let Err(error) = set(options)
        {
            self.options = Err(error);
        }
        self
    }
}

/// Verifies one webhook: short for a [`WebhookVerifier`] with this secret and the default options.
///
/// # Errors
///
/// The first check that fails decides, in the order of the variants of [`Error`].
///
/// ```
/// use payvost_webhooks::{sign, verify_webhook, ErrorCode};
///
/// let payload = br#"{"id":"evt_1","type":"user.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{}}"#;
/// let signature = sign(payload, "whsec_example")?;
/// assert_eq!(verify_webhook(payload, &signature, "whsec_example")?.id(), "evt_1");
///
/// let error = verify_webhook(payload, &signature, "whsec_another").unwrap_err();
/// assert_eq!(error.code(), ErrorCode::SignatureMismatch);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
pub fn verify_webhook<'p, 's>(
    payload: &'p (impl AsRef<[u8]> + ?Sized),
    signature: impl Into<SignatureHeader<'s>>,
    secret: impl AsRef<[u8]>,
) -> Result<Event<'p>, Error> {
    WebhookVerifier::new(secret)?.verify(payload, signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, sign};

    #[test]
    fn names_the_secret_that_matched() {
        let secrets = ["whsec_a", "whsec_b", "whsec_c", "whsec_b"];
        let verifier = secrets.iter().fold(WebhookVerifier::builder(), WebhookVerifierBuilder::secret).build().unwrap();
        for (secret, position) in [("whsec_a", 0), ("whsec_b", 1), ("whsec_c", 2)] {
            let payload = br#"{"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
            let signature = sign(payload, secret).unwrap();
            assert_eq!(verifier.matching_secret(payload, &signature), Ok(position), "{secret}");
            assert_eq!(verifier.verify(payload, &signature).unwrap().matching_secret(), position, "{secret}");
        }
    }

    #[test]
    fn a_stored_delivery_may_be_old() {
        let payload = br#"{"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
        let builder = WebhookVerifier::builder()
            .secret("whsec_a")
            .tolerance(Duration::from_secs(7_200), || Timestamp::from_unix(4_102_444_800, 0));
        let signature = sign(payload, "whsec_a").unwrap();
        let verifier = builder.clone().build().unwrap();
        assert_eq!(verifier.verify(payload, &signature), Err(Error::EventTooOld));
        assert_eq!(verifier.verify_stored(payload, &signature).unwrap().id(), "e");
        let forged = sign(payload, "whsec_b").unwrap();
        assert_eq!(verifier.verify_stored(payload, &forged), Err(Error::SignatureMismatch));
        let verifier = builder.expect_live_mode(false).build().unwrap();
        assert_eq!(verifier.verify_stored(payload, &signature), Err(Error::LiveModeMismatch { expected: false }));
    }

    #[test]
    fn a_test_can_set_the_clock() {
        use core::sync::atomic::{AtomicI64, Ordering};
        let now = alloc::sync::Arc::new(AtomicI64::new(1_761_991_200));
        let clock = alloc::sync::Arc::clone(&now);
        let builder = WebhookVerifier::builder().secret("whsec_a");
        let read = move || Timestamp::from_unix(clock.load(Ordering::Relaxed), 0);
        let verifier = builder.tolerance(Duration::from_secs(7_200), read).build().unwrap();
        let payload = br#"{"id":"e","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
        let signature = sign(payload, "whsec_a").unwrap();
        for (offset, code) in
            [(0, None), (7_200, None), (7_201, Some(Error::EventTooOld)), (-7_201, Some(Error::EventInFuture))]
        {
            now.store(1_761_991_200 + offset, Ordering::Relaxed);
            assert_eq!(verifier.clone().verify(payload, &signature).err(), code, "{offset}");
        }
    }

    #[test]
    fn an_owned_event_is_the_same_event() {
        let payload = br#"{"id":"\u0065vt","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"a":[1,"\n"]},"previousData":{"b":2}}"#;
        let signature = sign(payload, "whsec_a").unwrap();
        let verifier = WebhookVerifier::new("whsec_a").unwrap();
        let event = verifier.verify(payload, &signature).unwrap();
        let owned: crate::Event<'static> = event.clone().into_owned();
        assert_eq!(owned, event);
        assert_eq!((owned.id(), owned.payload()), ("evt", core::str::from_utf8(payload).unwrap()));
        assert_eq!(owned.pointer("/data/a/1").and_then(|text| text.as_str()).as_deref(), Some("\n"));
        assert!(owned.previous_data().is_some());
    }

    #[test]
    fn a_refused_signature_matches_no_secret() {
        let verifier = WebhookVerifier::builder().secret("whsec_a").secret("whsec_b").max_payload_bytes(2).build().unwrap();
        let signature = sign(b"{}", "whsec_a").unwrap();
        let forged = sign(b"{}", "whsec_another").unwrap();
        assert_eq!(verifier.matching_secret(b"{ }", &signature), Err(Error::PayloadTooLarge));
        assert_eq!(verifier.matching_secret(b"{}", None::<&str>), Err(Error::MissingSignature));
        assert_eq!(verifier.matching_secret(b"{}", "00"), Err(Error::MalformedSignature));
        assert_eq!(verifier.matching_secret(b"{}", &forged), Err(Error::SignatureMismatch));
        assert_eq!(verifier.matching_secret(b"[]", &signature), Err(Error::SignatureMismatch));
    }
}
