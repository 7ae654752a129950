//! The protocol as Lua scripts for Redis 5 or later, and for what speaks as it does (Valkey, KeyDB).
//!
//! Each script is one atomic step, and takes the time from the server. Run it with `EVALSHA`, and with `EVAL` when the server answers
//! `NOSCRIPT`. Scripts replicate by their effects, so that a replica has the same times.
//!
//! The keys of every script are [the record](super::ClaimPolicy::key) and [the list of open claims](super::ClaimPolicy::open_key), in this
//! order; its arguments are said at its head. All of them are text; the payload is the bytes that came.

/// The scripts, by the name of the step.
pub const SCRIPTS: [(&str, &str); 6] = [
    ("claim", CLAIM),
    ("extend", EXTEND),
    ("complete", COMPLETE),
    ("release", RELEASE),
    ("dead_letters", DEAD_LETTERS),
    ("delivery", DELIVERY),
];

/// Claims: a word and a number, for [`Claim::from_reply`](super::Claim::from_reply).
pub const CLAIM: &str = include_str!("redis/claim.lua");

/// Makes the claim hold longer: 1, or 0 when it is another worker's.
pub const EXTEND: &str = include_str!("redis/extend.lua");

/// Notes that the event is handled: 1, or 0 when the claim is another worker's.
pub const COMPLETE: &str = include_str!("redis/complete.lua");

/// Gives the event back: 1, or 0 when the claim is another worker's.
pub const RELEASE: &str = include_str!("redis/release.lua");

/// What was claimed and not handled: for each the key, the type, the reason, the attempts, the error (or an empty text), the age in
/// milliseconds.
pub const DEAD_LETTERS: &str = include_str!("redis/dead_letters.lua");

/// The delivery that was kept: its payload and its signature, or nothing.
pub const DELIVERY: &str = include_str!("redis/delivery.lua");
