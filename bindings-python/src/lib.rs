//! The Python package `payvost_webhooks`, over the core.
//!
//! No rule about webhooks is decided here: this crate converts arguments ([`arguments`]), maps errors ([`errors`]), builds objects
//! ([`values`]) and hands the core's machines to Python ([`delivery`], [`claims`]). What users import, and its types, is in
//! `python/payvost_webhooks/`.

mod arguments;
mod boundary;
mod claims;
mod delivery;
mod errors;
mod keys;
mod memory;
mod module;
mod outcome;
mod receiver;
mod router;
mod strings;
mod testing;
mod values;
mod verifier;
