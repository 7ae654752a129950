//! The documented events, typed.
//!
//! [`Event::typed`](crate::Event::typed) returns a view for each type that the provider's guide documents. A view borrows the
//! event and checks nothing in advance: each accessor looks its field up and returns `None` if it is missing or does not have the
//! documented JSON type. The provider may add fields; those are in `as_value()`.
//!
//! ```
//! use payvost_webhooks::{TypedEvent, sample_event, sign, verify_webhook};
//!
//! let payload = sample_event("payment.succeeded").expect("documented").as_bytes();
//! let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
//! match event.typed() {
//!     TypedEvent::PaymentSucceeded(payment) => {
//!         assert_eq!(payment.amount().as_deref(), Some("99.99"));
//!         assert_eq!(payment.metadata().and_then(|metadata| metadata.get("orderId")).as_deref(), Some("order_12345"));
//!     }
//!     TypedEvent::Unknown(event) => panic!("{} is not documented", event.event_type()),
//!     _ => panic!("another type"),
//! }
//! # Ok::<(), payvost_webhooks::Error>(())
//! ```

mod content;
#[rustfmt::skip]
mod samples;
#[rustfmt::skip]
mod views;

pub use self::content::Metadata;
pub use self::views::*;

/// The types of the documented events, in the order of the guide.
///
/// The list is open: a verified event can have a type that is not here.
pub const EVENT_TYPES: &[&str] = samples::EVENT_TYPES;

/// The keys of the documented events at any depth, without duplicates.
///
/// For bindings: a host can create these strings once instead of per event.
pub const DOCUMENTED_KEYS: &[&str] = samples::DOCUMENTED_KEYS;

/// A sample event of a documented type, as the provider would deliver it: the whole payload, compact JSON. For tests.
///
/// Every documented field is there, the optional ones too. `liveMode` is false, and the content is the same in every call.
///
/// ```
/// use payvost_webhooks::{EVENT_TYPES, sample_event, sign, verify_webhook};
///
/// for event_type in EVENT_TYPES {
///     let payload = sample_event(event_type).expect("documented").as_bytes();
///     let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
///     assert_eq!(event.event_type(), *event_type);
/// }
/// assert_eq!(sample_event("rate.changed"), None);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[must_use]
pub fn sample_event(event_type: &str) -> Option<&'static str> {
    samples::sample_event(event_type)
}
