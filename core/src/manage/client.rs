//! The client: its key, its options and its budget for retries.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use zeroize::Zeroizing;

use super::api::{PRODUCTION, SANDBOX};
use super::budget::Budget;
use super::key::Key;
use super::options::{check_duration, check_retries, duration, option, retries, text};
use super::parameters::read_object;
use super::refusal::{Names, Problem, Refusal};
use super::url::Url;
use crate::limits::{DEFAULT_DEADLINE, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT};

/// A client of the management API: its key, its options, and the budget for retries that its calls share. It does no I/O. Clones share
/// the budget.
///
/// ```
/// use payvost_webhooks::manage::Client;
///
/// let client = Client::builder("sk_test_example").base_url("http://127.0.0.1:4400").build()?;
/// assert!(!client.is_live());
/// assert!(Client::builder("pk_test_example").build().is_err());
/// # Ok::<(), payvost_webhooks::manage::Refusal>(())
/// ```
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
}

pub(super) struct Settings {
    pub(super) key: Key,
    pub(super) base_url: String,
    pub(super) timeout: Duration,
    pub(super) deadline: Duration,
    pub(super) max_retries: u32,
    pub(super) names: Names,
    pub(super) agent: String,
    pub(super) budget: Budget,
}

/// An environment of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// For tests, with `sk_test_` keys.
    Sandbox,
    /// For real money, with `sk_live_` keys.
    Production,
}

/// Builder for [`Client`].
#[derive(Clone)]
pub struct ClientBuilder {
    key: Zeroizing<alloc::vec::Vec<u8>>,
    environment: Option<Result<Environment, Problem>>,
    base_url: Option<String>,
    timeout: Option<Duration>,
    deadline: Option<Duration>,
    max_retries: Option<u32>,
    names: Names,
    host: String,
}

impl Client {
    /// A builder for a client with a secret API key.
    #[must_use]
    pub fn builder(api_key: impl AsRef<[u8]>) -> ClientBuilder {
        let (environment, base_url, timeout, deadline, max_retries) = (None, None, None, None, None);
        let (names, host) = (Names::Snake, String::new());
        let key = Zeroizing::new(api_key.as_ref().to_owned());
        ClientBuilder { key, environment, base_url, timeout, deadline, max_retries, names, host }
    }

    /// Whether the key is for production.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.settings.key.is_live()
    }

    /// The base URL of the API.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.settings.base_url
    }

    /// The naming style of the host language.
    #[must_use]
    pub fn names(&self) -> Names {
        self.settings.names
    }

    /// The number of tokens left for retries, at most [`RETRY_BUDGET`](crate::limits::RETRY_BUDGET).
    #[must_use]
    pub fn retry_budget(&self) -> usize {
        self.settings.budget.left()
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl ClientBuilder {
    /// The environment. It follows from the key, and one that contradicts the key is refused.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(Ok(environment));
        self
    }

    /// The base URL of the API, instead of the provider's: a local sandbox or a proxy.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The time limit of one attempt. Default: [`DEFAULT_TIMEOUT`].
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time limit of a call, including its retries and the pauses between them. Default: [`DEFAULT_DEADLINE`].
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The maximum number of retries per call. Default: [`DEFAULT_MAX_RETRIES`].
    #[must_use]
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// The naming style of the host language, for parameters and messages.
    #[must_use]
    pub const fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// The host in `User-Agent`, such as `python/3.13.1`. Characters that a header cannot hold are left out.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.host = host.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(100).collect();
        self
    }

    /// Takes options from a JSON object: `environment` (`"sandbox"` or `"production"`), `baseUrl`, `timeoutSeconds`, `deadlineSeconds`,
    /// `maxRetries`; in snake case `base_url`, `timeout`, `deadline`, `max_retries`. Call [`names`](Self::names) first.
    ///
    /// # Errors
    ///
    /// If an option does not exist, or its value has the wrong type.
    pub fn options(mut self, json: &[u8]) -> Result<Self, Refusal> {
        const NAMES: [&str; 5] = ["environment", "baseUrl", "timeoutSeconds", "deadlineSeconds", "maxRetries"];
        let names = self.names;
        read_object(json, "options", names, &[0; 16], |name, value| {
            match option(name, names, &NAMES) {
                Some("environment") => {
                    self.environment = match text("environment", value, names)?.as_deref() {
                        None => None,
                        Some("sandbox") => Some(Ok(Environment::Sandbox)),
                        Some("production") => Some(Ok(Environment::Production)),
                        Some(_) => Some(Err(Problem::UnknownEnvironment)),
                    }
                }
                Some("baseUrl") => self.base_url = text("baseUrl", value, names)?,
                Some("timeoutSeconds") => self.timeout = duration("timeoutSeconds", value, names)?,
                Some("deadlineSeconds") => self.deadline = duration("deadlineSeconds", value, names)?,
                Some("maxRetries") => self.max_retries = retries(value, names)?,
                _ => return Err(Refusal::unknown(name, names)),
            }
            Ok(())
        })?;
        Ok(self)
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the key is not a secret API key, or if an option contradicts it or is out of range.
    pub fn build(self) -> Result<Client, Refusal> {
        let names = self.names;
        let refused = |name, problem| Refusal::new(name, problem, names);
        let key = Key::new(&self.key).map_err(|problem| refused("apiKey", problem))?;
        let live = key.is_live();
        match self.environment {
            Some(Err(problem)) => return Err(refused("environment", problem)),
            Some(Ok(environment)) if (environment == Environment::Production) != live => {
                return Err(refused("environment", Problem::OtherEnvironment));
            }
            _ => {}
        }
        let base_url = self.base_url.as_deref().unwrap_or(if live { PRODUCTION } else { SANDBOX });
        let base_url = Url::base(base_url, live).map_err(|problem| refused("baseUrl", problem))?.to_owned();
        check_duration("timeoutSeconds", self.timeout, names)?;
        check_duration("deadlineSeconds", self.deadline, names)?;
        check_retries(self.max_retries, names)?;
        let agent = alloc::format!("payvost-webhooks/{} {}", env!("CARGO_PKG_VERSION"), self.host).trim_end().to_owned();
        let settings = Settings {
            key,
            base_url,
            timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
            deadline: self.deadline.unwrap_or(DEFAULT_DEADLINE),
            max_retries: self.max_retries.unwrap_or_else(|| u32::try_from(DEFAULT_MAX_RETRIES).unwrap_or(0)),
            names,
            agent,
            budget: Budget::new(),
        };
        Ok(Client { settings: Arc::new(settings) })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("key", &self.settings.key)
            .field("base_url", &self.settings.base_url)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
