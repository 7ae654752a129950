//! How a sandbox is set up.

use core::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use payvost_webhooks::provide::Pace;

use crate::limiter::RateLimit;
use crate::scenario::Scenario;
use crate::store::OpenError;

/// The API key of a sandbox that was given none.
pub(crate) const DEFAULT_API_KEY: &str = "sk_test_sandbox";

/// How a sandbox is set up. [`Options::default`] listens on a free port of 127.0.0.1 and keeps everything in memory.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where it listens. Port 0 takes a free one. Beyond loopback it needs an [`api_key`](Self::api_key) and no [`seed`](Self::seed).
    pub listen: SocketAddr,
    /// The SQLite file, made with permissions 0600 if it does not exist. `None` keeps everything in memory.
    pub database: Option<PathBuf>,
    /// The SQLite VFS that the database is opened on, for tests that bring their own.
    #[doc(hidden)]
    pub vfs: Option<String>,
    /// The API key that clients send. It begins with `sk_test_`. Without one it is `sk_test_sandbox`.
    pub api_key: Option<String>,
    /// The secret of every webhook until it is rotated. Without one each webhook gets its own.
    pub secret: Option<String>,
    /// Fixes ids and secrets.
    pub seed: Option<u64>,
    /// Which clock decides what is due.
    pub clock: ClockKind,
    /// How fast the pauses between attempts pass. The time limit of an answer stays.
    pub pace: Pace,
    /// What goes wrong on the way.
    pub scenarios: Vec<Scenario>,
    /// How long a webhook's old secret still signs after a rotation.
    pub rotation_overlap: Duration,
    /// After how long without a success a webhook is disabled. `None`: never.
    pub disable_after: Option<Duration>,
    /// Hosts and addresses that deliveries may go to, beside loopback.
    pub deliver_to: Vec<String>,
    /// Names in a `Host` header that the sandbox answers to, beside loopback.
    pub allow_host: Vec<String>,
    /// How many requests the management API takes. `None`: as many as come. The calls below `/v1/testing` do not count.
    pub rate_limit: Option<RateLimit>,
    /// Deliveries in flight at once, in all.
    pub concurrency: usize,
    /// Deliveries in flight at once, to one webhook.
    pub concurrency_per_webhook: usize,
}

/// Which clock decides what is due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClockKind {
    /// The machine's.
    #[default]
    Real,
    /// One that stands still until it is advanced.
    Virtual,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            database: None,
            vfs: None,
            api_key: None,
            secret: None,
            seed: None,
            clock: ClockKind::Real,
            pace: Pace::REAL,
            scenarios: Vec::new(),
            rotation_overlap: Duration::ZERO,
            disable_after: None,
            deliver_to: Vec::new(),
            allow_host: Vec::new(),
            rate_limit: None,
            concurrency: 128,
            concurrency_per_webhook: 64,
        }
    }
}

impl Options {
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let invalid = |message: &'static str| Err(StartError::Option(message));
        if let Some(key) = &self.api_key {
            let is_key = key
                .strip_prefix("sk_test_")
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()));
            if !is_key {
                return invalid(
                    "api_key must begin with sk_test_ and have visible ASCII characters only: the sandbox takes no live key",
                );
            }
        }
        if let Some(secret) = &self.secret
            && let Err(error) = payvost_webhooks::WebhookVerifier::new(secret)
        {
            return Err(StartError::Secret(error));
        }
        if !self.listen.ip().is_loopback() {
            if self.api_key.is_none() {
                return invalid("listening beyond loopback needs an api_key of your own: everybody knows the default one");
            }
            if self.seed.is_some() {
                return invalid("listening beyond loopback excludes a seed: it makes the secrets predictable");
            }
        }
        if self.concurrency == 0 || self.concurrency_per_webhook == 0 {
            return invalid("concurrency must be at least 1");
        }
        Ok(())
    }
}

/// Why a sandbox did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// An option is invalid.
    Option(&'static str),
    /// The secret is invalid.
    Secret(payvost_webhooks::Error),
    /// The database cannot be opened.
    Database(OpenError),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
    /// The system gives no random bytes.
    Random,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(message) => f.write_str(message),
            Self::Secret(error) => write!(f, "secret: {error}"),
            Self::Database(error) => write!(f, "the database cannot be opened: {error}"),
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Random => f.write_str("the system gives no random bytes"),
        }
    }
}

impl core::error::Error for StartError {}
