//! The checks beyond a valid signature that a receiver can ask for.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::timestamp::Timestamp;
use crate::error::{Error, OptionName};
use crate::limits::{DEFAULT_MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES_LIMIT, MAX_TOLERANCE};

/// [`MAX_TOLERANCE`] in seconds.
pub const MAX_TOLERANCE_SECONDS: u64 = MAX_TOLERANCE.as_secs();

/// The clock of a verifier. The core has none; the caller passes one.
type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The checked options of a verifier.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) max_payload_bytes: usize,
    pub(crate) expect_live_mode: Option<bool>,
    pub(crate) tolerance: Option<(Duration, Clock)>,
}

impl Options {
    pub(crate) const DEFAULT: Self =
        Self { max_payload_bytes: DEFAULT_MAX_PAYLOAD_BYTES, expect_live_mode: None, tolerance: None };

    pub(crate) fn set_max_payload_bytes(&mut self, bytes: u64) -> Result<(), Error> {
        match usize::try_from(bytes) {
            Ok(limit @ 1..=MAX_PAYLOAD_BYTES_LIMIT) => self.max_payload_bytes = limit,
            _ => return Err(Error::InvalidOption(OptionName::MaxPayloadBytes)),
        }
        Ok(())
    }

    pub(crate) fn set_tolerance(
        &mut self,
        tolerance: Duration,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<(), Error> {
        if tolerance > MAX_TOLERANCE {
            return Err(Error::InvalidOption(OptionName::Tolerance));
        }
        self.tolerance = Some((tolerance, Arc::new(clock)));
        Ok(())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("max_payload_bytes", &self.max_payload_bytes)
            .field("expect_live_mode", &self.expect_live_mode)
            .field("tolerance", &self.tolerance.as_ref().map(|(tolerance, _)| tolerance))
            .finish()
    }
}
