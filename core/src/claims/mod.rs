//! Claims, so that an event takes effect once however often it is delivered.
//!
//! Deliveries are repeated, and arrive together. To look an event up, act, and then mark it as handled leaves a gap between the
//! first step and the last one through which every copy slips. A claim closes it: one atomic step in a store that all workers share
//! decides who acts.
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
//! - A claim is a **lease**. A worker that dies loses it when the time is over, and the next delivery takes over.
//! - A claim has a **token**, which its worker made up: 32 random hex digits. Whoever comes late, after another has taken over, holds
//!   the wrong token and can neither complete nor release.
//! - The same id with another body is a **conflict**: it is neither handled nor taken for handled.
//! - The **clock is the store's**. What a worker's clock says does not matter.
//!
//! What is promised: at least once. The effect is once when it shares a transaction with the claim, or is keyed by the event's id. With
//! leases an event is handled twice only when its worker dies, or outlives its lease, after the effect and before `complete`.
//!
//! This module is the protocol: what to ask a store ([`ClaimRequest`]), the store that lives in memory and defines what each step does
//! ([`MemoryClaims`]), the same steps as Lua for Redis ([`redis`]) and as SQL ([`sql`]), and what a reply means ([`Claim`]). It talks to
//! nobody: bindings run the scripts and statements on their user's own client.

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
