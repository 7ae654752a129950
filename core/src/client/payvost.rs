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
/// A clone is the same client, with other [options](Self::with_options) if you like: it shares connections and the budget for retries.
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
    /// When it is no secret API key.
    pub fn new(api_key: impl AsRef<[u8]>) -> Result<Self, Refusal> {
        Self::builder(api_key).build()
    }

    /// A builder for a client with a secret API key.
    #[must_use]
    pub fn builder(api_key: impl AsRef<[u8]>) -> PayvostBuilder {
        PayvostBuilder { client: Client::builder(api_key).host("rust ureq/3"), agent: None, hook: None }
    }

    /// The same client with options for its calls, in place of those that the client was made with.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { options, ..self.clone() }
    }

    /// The client without its transport.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// What a call would send, as JSON with the API key redacted. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When a parameter or an option cannot be used.
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
            // It has been run to its end.
            Ask::Request(_) | Ask::Wait(_) => Err(CallError::NoRandomBytes),
        }
    }

    pub(super) fn call(&self, operation: Operation, parameters: &str) -> Result<crate::manage::Call, CallError> {
        self.transport.run(&self.client, operation, parameters, &self.options)
    }
}

impl PayvostBuilder {
    /// The environment, which follows from the key: one that contradicts it is refused.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.client = self.client.environment(environment);
        self
    }

    /// Where the API is, in place of the provider's own address: a local sandbox, or a proxy.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.client = self.client.base_url(url);
        self
    }

    /// How long an attempt may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.timeout(timeout);
        self
    }

    /// How long a call may take, with its retries and the pauses between them.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.client = self.client.deadline(deadline);
        self
    }

    /// How often a call is tried again at most.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.client = self.client.max_retries(retries);
        self
    }

    /// An agent of your own, with your proxy and certificates. Time limits, redirects and the size of answers are set for each request.
    #[must_use]
    pub fn agent(mut self, agent: ureq::Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Called before each request and after each answer, for metrics and traces. If it panics, that changes nothing.
    #[must_use]
    pub fn on_attempt(mut self, hook: impl Fn(&Attempting<'_>) + Send + Sync + 'static) -> Self {
        self.hook = Some(Hook::new(hook));
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// When the key is no secret API key, or an option contradicts it or is out of range.
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
