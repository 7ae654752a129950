//! The results of work on a store.

use super::claim::{Claim, Completion, Taken};
use super::fault::Fault;

/// The result of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// The table is there.
    Created,
    /// The result of claiming.
    Claim(Claim),
    /// The result of taking a ticket from a queue.
    Taken(Taken),
    /// Whether this worker had the claim; for a discarded letter, whether it existed.
    Held(bool),
    /// The result of completing.
    Completion(Completion),
    /// The rows of the last statement are the result.
    Rows,
    /// How many rows were deleted.
    Count(u64),
    /// A step failed and is not repeated.
    Failed(Fault),
}
