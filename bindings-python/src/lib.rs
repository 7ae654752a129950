//! The native part of the Python package `payvost_webhooks`.
//!
//! The core contains all rules about webhooks. This crate converts arguments ([`arguments`]), maps errors ([`errors`]), builds objects
//! ([`values`]), and makes the state machines of the core available to Python ([`delivery`], [`claims`]). The modules that users import, and
//! their types, are in `python/payvost_webhooks/`.

mod arguments;
mod boundary;
mod claims;
mod delivery;
mod errors;
mod explain;
mod keys;
mod manage;
mod memory;
mod module;
mod outcome;
mod parts;
mod receiver;
mod router;
mod strings;
mod testing;
mod values;
mod verifier;
