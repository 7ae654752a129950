//! The native half of `@payvost/webhooks`.
//!
//! It hands back what the core decides in the cheapest form that JavaScript can go on with: a plan of the event and its strings,
//! or a description of the refusal. `src-ts/` makes values and exceptions of that, and describes each function in `boundary.ts`.
//!
//! The exports are plain Node-API callbacks: what `#[napi]` generates around a method costs as much as the whole
//! verification. [`boundary`] is the only module that meets foreign memory.

#![cfg_attr(test, allow(dead_code))] // the attribute that registers the module leaves it out of test builds

mod arguments;
mod boundary;
mod claims;
mod errors;
mod handoff;
mod keys;
mod memory;
mod module;
mod outcome;
mod receiver;
mod router;
mod testing;
mod utf16;
mod values;
mod verifier;
