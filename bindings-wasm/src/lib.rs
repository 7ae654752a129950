//! The native half of `@payvost/webhooks` as WebAssembly: for runtimes that load no native library, and for systems without one.
//!
//! It has the same functions as the native library, from the same files: the modules with a `path` below are those of `bindings-node`. Only
//! what touches the host is different here.
//!
//! - [`boundary`]: values are read from, and written to, the linear memory instead of Node-API. `src-ts/wasm.ts` is the other side.
//! - [`payload`]: the payload is read where JavaScript has written it. No other thread can write there.
//! - [`values`]: the event is built by `JSON.parse`. A call into JavaScript for the plan of an event would need an import, and the strict check
//!   has already passed.
//! - [`time`]: JavaScript passes the time with each call.
//!
//! The module has no imports, and nothing generated stands between the two sides.

#[path = "../../bindings-node/src/arguments.rs"]
mod arguments;
mod boundary;
#[path = "../../bindings-node/src/claims.rs"]
mod claims;
#[path = "../../bindings-node/src/clock.rs"]
mod clock;
#[path = "../../bindings-node/src/errors.rs"]
mod errors;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/explain.rs"]
mod explain;
mod exports;
#[path = "../../bindings-node/src/functions.rs"]
mod functions;
#[path = "../../bindings-node/src/handoff.rs"]
mod handoff;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/manage.rs"]
mod manage;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/memory.rs"]
mod memory;
#[path = "../../bindings-node/src/outcome.rs"]
mod outcome;
mod payload;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/program.rs"]
mod program;
#[cfg_attr(not(feature = "server"), allow(dead_code))] // what only servers use
#[path = "../../bindings-node/src/receiver.rs"]
mod receiver;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/redis.rs"]
mod redis;
#[path = "../../bindings-node/src/router.rs"]
mod router;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/servers.rs"]
mod servers;
#[cfg(feature = "server")]
#[path = "../../bindings-node/src/sql.rs"]
mod sql;
#[path = "../../bindings-node/src/testing.rs"]
mod testing;
mod time;
#[path = "../../bindings-node/src/utf16.rs"]
mod utf16;
mod values;
#[allow(clippy::borrow_deref_ref, clippy::needless_borrow)] // the native library has a type of its own for payloads
#[path = "../../bindings-node/src/verifier.rs"]
mod verifier;
