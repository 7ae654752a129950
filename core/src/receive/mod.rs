//! The course of a delivery, from the first byte of its body to the response: one rule for every language.
//!
//! ```text
//!   Load ─▶ Verify ─▶ Claim ─▶ Handle ─▶ Complete ─▶ Log ─▶ done
//!    │         │        │         │          │
//!  retry     refused   not ours  failed    not ours, or the handler ended the transaction
//!  only                           └▶ Release ─▶ Log ─▶ done
//! ```
//!
//! [`Delivery`] asks for one step at a time and is fed the result. Without a store, it goes from `Verify` to `Handle` and then to
//! `Log`. [`Body`] says how much of a body to read and what a missing one means. [`Router`] finds the handler, [`Outcome`] is the
//! response, and [`Record`] is the log record: one per delivery.
//!
//! None of this reads a socket or a clock, or waits. A host does that with its own clients. For services in Rust,
//! [`WebhookReceiver`] and [`AsyncWebhookReceiver`] drive it over a [`ClaimStore`] or an [`AsyncClaimStore`].

mod async_receiver;
mod body;
mod claim;
mod claim_error;
mod course;
mod delivery;
#[cfg(feature = "std")]
mod memory_store;
mod outcome;
mod receiver;
mod record;
mod router;
mod store;
mod ticket;

pub use self::async_receiver::{AsyncWebhookReceiver, HandlerFuture};
pub use self::body::{Body, BodyEnd};
pub use self::claim::EventClaim;
pub use self::claim_error::ClaimError;
pub use self::course::{Arrival, Received};
pub use self::delivery::{Answer, Ask, Claiming, Delivery, HandlerEnd, UnexpectedAnswer, Verified};
#[cfg(feature = "std")]
pub use self::memory_store::MemoryStore;
pub use self::outcome::Outcome;
pub use self::receiver::{BoxedHandler, NoStore, WebhookReceiver};
pub use self::record::{Field, Level, Record};
pub use self::router::Router;
pub use self::store::{AsyncClaimStore, ClaimStore, StoredDelivery};
pub use self::ticket::{TakenClaim, TakenTicket, Ticket};
