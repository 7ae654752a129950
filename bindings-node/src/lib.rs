//! The native half of `@payvost/webhooks`.
//!
//! It hands back what the core decides in the cheapest form that JavaScript can go on with: a plan of the event and its strings,
//! or a description of the refusal. `lib/` makes values and exceptions of that.
//!
//! The exports are plain Node-API callbacks: what `#[napi]` generates around a method costs as much as the whole
//! verification. [`js`] is the only module that meets foreign memory.

#![cfg_attr(test, allow(dead_code))] // the attribute that registers the module leaves it out of test builds

mod arguments;
mod claims;
mod event;
mod functions;
mod init;
mod js;
mod memory;
mod names;
mod receiver;
mod refusal;
mod router;
mod samples;
mod utf16;
