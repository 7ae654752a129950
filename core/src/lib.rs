#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod bytes;
pub mod claims;
#[cfg(feature = "ureq")]
pub mod client;
mod error;
pub mod events;
#[cfg(feature = "explain")]
pub mod explain;
#[doc(hidden)]
pub mod host;
mod json;
pub mod limits;
#[cfg(feature = "manage")]
pub mod manage;
mod pattern;
#[cfg(feature = "provide")]
pub mod provide;
pub mod receive;
mod verify;

pub use crate::error::{Error, ErrorClass, ErrorCode, EventField, JsonProblem, OptionName, PatternProblem, SecretProblem};
pub use crate::events::{DOCUMENTED_KEYS, EVENT_TYPES, TypedEvent, sample_event};
pub use crate::json::{Array, Elements, JsonStr, Kind, Members, Number, Object, Value};
pub use crate::limits::{DEFAULT_MAX_PAYLOAD_BYTES, MAX_DEPTH, MAX_PAYLOAD_BYTES_LIMIT};
pub use crate::receive::{Outcome, Router};
pub use crate::verify::{
    Event, MAX_TOLERANCE_SECONDS, SignatureHeader, Timestamp, WebhookVerifier, WebhookVerifierBuilder, sign, verify_webhook,
};
