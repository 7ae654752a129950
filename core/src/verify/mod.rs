//! Verification: from the bytes of a request to an event, or to the first reason to refuse it.

mod envelope;
mod event;
mod mac;
mod options;
mod secret;
mod signature;
mod timestamp;
mod verifier;

pub use self::event::Event;
#[cfg(feature = "explain")]
pub(crate) use self::mac::MacKey;
pub use self::options::MAX_TOLERANCE_SECONDS;
pub use self::signature::{SignatureHeader, sign};
pub use self::timestamp::Timestamp;
pub use self::verifier::{WebhookVerifier, WebhookVerifierBuilder, verify_webhook};
