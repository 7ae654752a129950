//! The native half of `@payvost/webhooks`.
//!
//! It returns the decisions of the core in the cheapest form for JavaScript: a plan of the event with its strings, or a description of the
//! error. `src-ts/` turns them into values and exceptions, and describes each function in `boundary.ts`.
//!
//! The exports are plain Node-API callbacks, because the code that `#[napi]` generates around a method takes as long as the whole
//! verification. Only [`boundary`] accesses foreign memory.

#![cfg_attr(test, allow(dead_code))] // the attribute that registers the module leaves it out of test builds

mod arguments;
mod boundary;
mod claims;
mod clock;
mod errors;
mod explain;
mod functions;
mod handoff;
mod keys;
mod manage;
mod memory;
mod module;
mod outcome;
mod payload;
mod program;
mod receiver;
mod redis;
mod router;
mod servers;
mod sql;
mod testing;
mod time;
mod utf16;
mod values;
mod verifier;
