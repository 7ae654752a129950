#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod claims;
mod envelope;
mod error;
mod event;
pub mod events;
mod hex;
mod json;
pub mod limits;
mod mac;
mod options;
mod outcome;
mod router;
mod secret;
mod signature;
mod timestamp;
mod verifier;

pub use crate::error::{Error, ErrorClass, ErrorCode, EventField, OptionName, PatternProblem, SecretProblem};
pub use crate::event::Event;
pub use crate::events::{DOCUMENTED_KEYS, EVENT_TYPES, TypedEvent, sample_event};
pub use crate::json::{Array, Elements, JsonProblem, JsonStr, Kind, Members, Number, Object, Value};
#[doc(hidden)] // for hosts that make their own values of everything
pub use crate::json::{Build, Characters};
pub use crate::limits::{DEFAULT_MAX_PAYLOAD_BYTES, MAX_DEPTH, MAX_PAYLOAD_BYTES_LIMIT};
pub use crate::options::{Clock, MAX_TOLERANCE_SECONDS};
pub use crate::outcome::Outcome;
pub use crate::router::Router;
pub use crate::signature::{SignatureHeader, sign};
pub use crate::timestamp::Timestamp;
pub use crate::verifier::{WebhookVerifier, WebhookVerifierBuilder, verify_webhook};
