//! The PHP extension `payvost_webhooks`: functions, classes and exceptions of the namespace `Payvost\Webhooks`.
//!
//! The rules are the core's. What is here takes PHP's values apart ([`arguments`]), puts them together ([`values`]), and maps the
//! core's errors to exceptions ([`exceptions`]); [`boundary`] is what every call from PHP goes through. What the namespace
//! `Payvost\Webhooks\Internal` has ([`internal`], [`route_table`], [`claims`], [`memory_claims`]) is for the library in PHP beside this extension.

mod arguments;
mod boundary;
mod claim_policy;
mod claims;
mod engine;
mod event_type;
mod exceptions;
mod functions;
mod internal;
mod item;
mod keys;
mod memory_claims;
mod module;
mod object;
mod route_table;
mod values;
mod verifier;

/// The namespace of everything that the extension declares, with the separator behind it.
macro_rules! namespaced {
    ($name:literal) => {
        concat!("Payvost\\Webhooks\\", $name)
    };
}
use namespaced;
