//! A local Payvost.
//!
//! It keeps webhooks, accepts events, signs them and delivers them as the provider does: six attempts, five seconds for each answer, only
//! 2xx counts. It has the provider's management API, and a clock that tests can turn.
//!
//! ```no_run
//! # async fn example() -> Result<(), payvost_webhooks_sandbox::StartError> {
//! use payvost_webhooks_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! println!("{}", sandbox.base_url());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```

/// Sending a delivery as the provider does: what the sandbox's engine and the tools of the command line share.
pub mod deliver {
    pub use crate::engine::{ConnectError, Destinations, Dialer, Outgoing, Received, Sender, Stream, connect};
}

mod api;
mod clock;
mod dashboard;
mod engine;
mod events;
mod ids;
mod limiter;
mod options;
mod scenario;
mod server;
mod simulate;
mod store;

pub use limiter::{InvalidRateLimit, RateLimit};
pub use options::{ClockKind, Options, StartError};
pub use scenario::{ExtraCount, Scenario, UnknownScenario};
pub use server::{Endpoint, Report, Sandbox};
pub use store::{OpenError, Totals};
