//! What a receiver can ask for beyond a right signature.

use core::fmt;
use core::time::Duration;

use crate::error::{Error, OptionName};
use crate::timestamp::Timestamp;

/// How long a payload may be when nothing else is asked for: 1 MiB.
pub const DEFAULT_MAX_PAYLOAD_BYTES: usize = 1 << 20;

/// The highest payload limit that can be asked for: 256 MiB less one byte, so that every position fits into 28 bits.
pub const MAX_PAYLOAD_BYTES_LIMIT: usize = (1 << 28) - 1;

/// The longest tolerance that can be asked for, in seconds: 100 years.
pub const MAX_TOLERANCE_SECONDS: u64 = 100 * 365 * 24 * 60 * 60;

/// Where the verifier takes the time from. The core has no clock; the caller gives one.
pub type Clock = fn() -> Timestamp;

/// The checked options of a verifier.
#[derive(Clone, Copy)]
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

    pub(crate) fn set_tolerance(&mut self, tolerance: Duration, clock: Clock) -> Result<(), Error> {
        if tolerance > Duration::from_secs(MAX_TOLERANCE_SECONDS) {
            return Err(Error::InvalidOption(OptionName::Tolerance));
        }
        self.tolerance = Some((tolerance, clock));
        Ok(())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("max_payload_bytes", &self.max_payload_bytes)
            .field("expect_live_mode", &self.expect_live_mode)
            .field("tolerance", &self.tolerance.map(|(tolerance, _)| tolerance))
            .finish()
    }
}
