//! The client and its setup.

use alloc::string::String;
use core::fmt;
use core::time::Duration;
use std::time::Instant;

use super::error::CallError;
use super::reply::Reply;
use super::transport::{Attempting, Hook, Transport};
use crate::limits::MAX_ANSWER_HEADER_BYTES;
use crate::manage::{Ask, CallOptions, Client, ClientBuilder, Environment, Operation, Read, Refusal};

/// A client of the management API. [The module](super) has an example.
///
/// Clones share connections and the budget for retries, and can have [their own options](Self::with_options).
#[derive(Clone)]
pub struct Payvost {
    client: Client,
    transport: Transport,
    options: CallOptions,
}

/// Builder for [`Payvost`].
#[derive(Clone)]
pub struct PayvostBuilder {
    client: ClientBuilder,
    agent: Option<ureq::Agent>,
    hook: Option<Hook>,
}

impl Payvost {
    /// A client with a secret API key.
    ///
    /// # Errors
    ///
    /// If it is not a secret API key.
    pub fn new(api_key: impl AsRef<[u8]>) -> Result<Self, Refusal> {
        Self::builder(api_key).build()
    }

    /// A builder for a client with a secret API key.
    #[must_use]
    pub fn builder(api_key: impl AsRef<[u8]>) -> PayvostBuilder {
        PayvostBuilder { client: Client::builder(api_key).host("rust ureq/3"), agent: None, hook: None }
    }

    /// The same client with options that override its own.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { options, ..self.clone() }
    }

    /// The client without its transport.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The request that a call would send, as JSON with the API key redacted. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If a parameter or an option is invalid.
    pub fn dry_run(&self, operation: Operation, parameters: &str) -> Result<String, CallError> {
        let call = self.client.call(operation, parameters.as_bytes(), &self.options, [0; 16], crate::manage::Now::default())?;
        Ok(call.dry_run())
    }

    pub(super) fn run<T: Read>(&self, operation: Operation, parameters: &str) -> Result<Reply<T>, CallError> {
        let call = self.transport.run(&self.client, operation, parameters, &self.options)?;
        let facts = call.facts().clone();
        match call.next() {
            Ask::Done(Ok(success)) => {
                let data = success.read();
                Ok(Reply { object: data.object(), attempts: success.attempts(), data, facts })
            }
            Ask::Done(Err(error)) => Err(CallError::Api(error.clone().into())),
            // The transport returns only calls that are done.
            Ask::Request(_) | Ask::Wait(_) => Err(CallError::NoRandomBytes),
        }
    }

    pub(super) fn call(&self, operation: Operation, parameters: &str) -> Result<crate::manage::Call, CallError> {
        self.transport.run(&self.client, operation, parameters, &self.options)
    }
}

impl PayvostBuilder {
    /// The environment. It follows from the key, and one that contradicts the key is refused.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.client = self.client.environment(environment);
        self
    }

    /// The base URL of the API, instead of the provider's: a local sandbox or a proxy.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.client = self.client.base_url(url);
        self
    }

    /// The time limit of one attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.timeout(timeout);
        self
    }

    /// The time limit of a call, including its retries and the pauses between them.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.client = self.client.deadline(deadline);
        self
    }

    /// The maximum number of retries per call.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.client = self.client.max_retries(retries);
        self
    }

    /// Your own agent, with its proxy and certificates. Each request sets time limits, redirects and the size of responses itself.
    #[must_use]
    pub fn agent(mut self, agent: ureq::Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// A hook that runs before each request and after each response, for metrics and traces. If it panics, the call continues.
    #[must_use]
    pub fn on_attempt(mut self, hook: impl Fn(&Attempting<'_>) + Send + Sync + 'static) -> Self {
        self.hook = Some(Hook::new(hook));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the key is not a secret API key, or if an option contradicts it or is out of range.
    pub fn build(self) -> Result<Payvost, Refusal> {
        let client = self.client.build()?;
        let agent = self.agent.unwrap_or_else(|| {
            let config = ureq::Agent::config_builder().max_response_header_size(MAX_ANSWER_HEADER_BYTES);
            config.build().new_agent()
        });
        let transport = Transport { agent, hook: self.hook, epoch: Instant::now() };
        Ok(Payvost { client, transport, options: CallOptions::default() })
    }
}

impl fmt::Debug for Payvost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payvost").field("client", &self.client).finish_non_exhaustive()
    }
}

impl fmt::Debug for PayvostBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayvostBuilder").field("client", &self.client).finish_non_exhaustive()
    }
}
