//! Claims, so that an event takes effect once, however often it is delivered.
//!
//! Payvost retries deliveries, and duplicates can arrive at the same time. Code that looks an event up, acts, and then marks it
//! as handled lets every duplicate through that arrives in between. A claim closes that gap: one atomic step in a store that all
//! workers share decides who acts.
//!
//! ```text
//!              claim              complete
//!   (unknown) ───────▶ claimed ─────────────▶ done ──▶ forgotten when `remember` is over
//!                       ▲    │
//!       claim again, or │    │ release: the handler failed
//!    the lease was over │    ▼
//!                       └─ failed
//! ```
//!
//! - A claim is a **lease**. If a worker dies, its lease ends, and the next delivery takes over.
//! - A claim has a **token** that its worker made: 32 random hex digits. A worker that comes too late, after another took over,
//!   has the wrong token and can neither complete nor release the claim.
//! - The same id with another body is a **conflict**: it is not handled and does not count as handled.
//! - The **clock is the store's**. A worker's clock does not matter.
//!
//! Delivery is at least once. The effect happens once if it shares a transaction with the claim or is keyed by the event's id.
//! With leases, an event is handled twice only if its worker dies or outlives its lease after the effect and before `complete`.
//!
//! This module is the protocol: what to ask a store ([`ClaimRequest`]), the store that lives in memory and defines what each step
//! does ([`MemoryClaims`]), the same steps as Lua for Redis ([`redis`]) and as SQL ([`sql`]), and what a reply means ([`Claim`]).
//! It does no I/O: bindings run the scripts and statements on the user's own client.

mod claim;
mod fault;
mod memory;
mod policy;
pub mod redis;
mod repeat;
mod reply;
mod request;
pub mod sql;

pub use self::claim::{Claim, Completion, DeadLetter, DeadLetterReason, HandlerError, Taken};
pub use self::fault::{Fault, FaultKind};
pub use self::memory::{MemoryClaims, StoreFull};
pub use self::policy::ClaimPolicy;
pub use self::repeat::{Operation, Repeat};
pub use self::reply::Reply;
pub use self::request::{ClaimRequest, KeptDelivery};
pub use crate::limits::{
    DEFAULT_CAPACITY, DEFAULT_LEASE, DEFAULT_PREFIX, DEFAULT_REMEMBER, MAX_CAPACITY, MAX_KEPT_BYTES, MAX_LEASE, MAX_REMEMBER,
    MIN_LEASE, RETRY_WINDOW,
};
