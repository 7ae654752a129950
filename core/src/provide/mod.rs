//! The provider's side of a delivery: who gets an event, when it is sent, with which secret, and what an answer means.
//!
//! The sandbox runs on these rules. Like everything in this crate they do no I/O and read no clock: the time is an argument, in
//! milliseconds since the Unix epoch. So the same rules run under a real clock, under one that tests turn, and under a test that visits
//! every course of events.
//!
//! ```
//! use payvost_webhooks::provide::{Answer, Next, Pace, Schedule};
//!
//! let mut schedule = Schedule::new(0, Pace::REAL);
//! schedule.begin(0);
//! schedule.feed(Answer::Status(503));
//! assert_eq!(schedule.next(), Next::Attempt { number: 2, at: 5_000 });
//!
//! schedule.begin(5_000);
//! schedule.feed(Answer::Status(200));
//! assert_eq!(schedule.next(), Next::Delivered);
//! ```

mod attempt;
mod endpoint;
mod schedule;

pub use attempt::{Answer, AttemptStatus, Fault};
pub use endpoint::{Health, signs_with, subscribes};
pub use schedule::{Kept, Next, Pace, Schedule, Standing};
