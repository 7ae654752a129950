//! The PHP extension `payvost_webhooks`: functions, classes and exceptions of the namespace `Payvost\Webhooks`.
//!
//! The core has the rules. This crate reads PHP's arguments ([`arguments`]), builds PHP's values ([`values`], [`item`]), and turns the
//! core's errors into exceptions ([`errors`]). Every call from PHP goes through [`boundary`]. The namespace
//! `Payvost\Webhooks\Internal` ([`receiver`], [`router`], [`claims`], [`memory`], [`manage`], [`testing`]) is for the Composer library beside this
//! extension.

mod api_error;
mod arguments;
mod boundary;
mod claims;
mod clock;
mod engine;
mod errors;
mod event_type;
mod explain;
mod item;
mod keys;
mod limit;
mod manage;
mod memory;
mod module;
mod object;
mod outcome;
mod receiver;
mod router;
mod testing;
mod values;
mod verifier;

/// The namespace of everything that the extension declares, with the separator behind it.
macro_rules! namespaced {
    ($name:literal) => {
        concat!("Payvost\\Webhooks\\", $name)
    };
}
use namespaced;
