//! The course of a delivery, from the first byte of its body to the answer: one rule for every language.
//!
//! ```text
//!   Load ─▶ Verify ─▶ Claim ─▶ Handle ─▶ Complete ─▶ Log ─▶ done
//!    │         │        │         │          │
//!  retry     refused   not ours  failed    not ours, or the handler ended the transaction
//!  only                           └▶ Release ─▶ Log ─▶ done
//! ```
//!
//! [`Delivery`] asks for one step at a time and is fed what came of it. Without a store it goes from `Verify` to `Handle` and then to
//! `Log`. [`Body`] says how much of a body to read, and what a missing one means. [`Router`] finds the handler, [`Outcome`] is what to
//! answer, and [`Record`] is what to log: one record for each delivery.
//!
//! Nothing here reads a socket or a clock, waits, or calls a handler. A host does that with its own clients.

mod body;
mod delivery;
mod outcome;
mod record;
mod router;

pub use self::body::{Body, BodyEnd};
pub use self::delivery::{Answer, Ask, Claiming, Delivery, HandlerEnd, UnexpectedAnswer, Verified};
pub use self::outcome::Outcome;
pub use self::record::{Field, Level, Record};
pub use self::router::Router;
