//! What a piece of work on a store came to.

use super::claim::{Claim, Completion, Taken};
use super::fault::Fault;

/// What the work came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// The table is there.
    Created,
    /// What became of the attempt to claim.
    Claim(Claim),
    /// What became of the attempt to take a claim over from a queue.
    Taken(Taken),
    /// Whether the claim was this worker's; of a discarded letter, whether there was one.
    Held(bool),
    /// What became of the attempt to complete.
    Completion(Completion),
    /// The rows of the last statement are the result.
    Rows,
    /// How many rows were deleted.
    Count(u64),
    /// A step failed, and is not tried again.
    Failed(Fault),
}
