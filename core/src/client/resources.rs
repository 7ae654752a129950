//! The calls.

use super::error::CallError;
use super::pages::Pages;
use super::payvost::Payvost;
use super::reply::Reply;
use crate::manage::{
    CreatedWebhook, DeliveryAttempt, Operation, RotatedSecret, SandboxClock, TestingAdvanceTimeParams,
    TestingTriggerWebhookParams, Webhook, WebhooksCreateParams, WebhooksGetLogsParams, WebhooksListParams, WebhooksTestParams,
    WebhooksUpdateParams, id_json,
};

/// The webhooks: [`Payvost::webhooks`].
#[derive(Debug, Clone, Copy)]
pub struct Webhooks<'p>(pub(super) &'p Payvost);

/// What only a sandbox can do: [`Payvost::testing`].
#[derive(Debug, Clone, Copy)]
pub struct Testing<'p>(pub(super) &'p Payvost);

impl Payvost {
    /// The webhooks.
    #[must_use]
    pub const fn webhooks(&self) -> Webhooks<'_> {
        Webhooks(self)
    }

    /// What only a sandbox can do.
    #[must_use]
    pub const fn testing(&self) -> Testing<'_> {
        Testing(self)
    }
}

/// # Errors
///
/// Each call fails with a [`CallError`]: refused before anything is sent, or with the error of its answer.
impl<'p> Webhooks<'p> {
    /// Creates a webhook. Only this answer, and that of a rotation, holds a secret: store it.
    #[allow(clippy::missing_errors_doc)] // said once for all calls
    pub fn create(self, parameters: &WebhooksCreateParams<'_>) -> Result<Reply<CreatedWebhook>, CallError> {
        self.0.run(Operation::WebhooksCreate, &parameters.to_json())
    }

    /// Lists your webhooks. Nothing is sent before the list is iterated.
    pub fn list(self, parameters: &WebhooksListParams) -> Pages<'p, Webhook> {
        Pages::new(self.0, Operation::WebhooksList, parameters.to_json())
    }

    /// Reads a webhook.
    #[allow(clippy::missing_errors_doc)]
    pub fn get(self, id: &str) -> Result<Reply<Webhook>, CallError> {
        self.0.run(Operation::WebhooksGet, &id_json(id))
    }

    /// Changes a webhook. What is not given stays as it is.
    #[allow(clippy::missing_errors_doc)]
    pub fn update(self, id: &str, parameters: &WebhooksUpdateParams<'_>) -> Result<Reply<Webhook>, CallError> {
        self.0.run(Operation::WebhooksUpdate, &parameters.to_json(id))
    }

    /// Deletes a webhook. One that an earlier attempt of this call has deleted counts as deleted.
    #[allow(clippy::missing_errors_doc)]
    pub fn delete(self, id: &str) -> Result<Reply<()>, CallError> {
        self.0.run(Operation::WebhooksDelete, &id_json(id))
    }

    /// Replaces the secret of a webhook and returns the new one. Give the verifier both for a while: see
    /// [`Rotation`](crate::manage::Rotation).
    #[allow(clippy::missing_errors_doc)]
    pub fn rotate_secret(self, id: &str) -> Result<Reply<RotatedSecret>, CallError> {
        self.0.run(Operation::WebhooksRotateSecret, &id_json(id))
    }

    /// Delivers a test event to a webhook.
    #[allow(clippy::missing_errors_doc)]
    pub fn test(self, id: &str, parameters: &WebhooksTestParams<'_>) -> Result<Reply<DeliveryAttempt>, CallError> {
        self.0.run(Operation::WebhooksTest, &parameters.to_json(id))
    }

    /// Lists the deliveries to a webhook. Nothing is sent before the list is iterated.
    pub fn get_logs(self, id: &str, parameters: &WebhooksGetLogsParams<'_>) -> Pages<'p, DeliveryAttempt> {
        Pages::new(self.0, Operation::WebhooksGetLogs, parameters.to_json(id))
    }
}

/// # Errors
///
/// As for [`Webhooks`]. A live key is refused.
impl Testing<'_> {
    /// Publishes an event to one webhook of a sandbox.
    #[allow(clippy::missing_errors_doc)]
    pub fn trigger_webhook(
        self,
        id: &str,
        parameters: &TestingTriggerWebhookParams<'_>,
    ) -> Result<Reply<DeliveryAttempt>, CallError> {
        self.0.run(Operation::TestingTriggerWebhook, &parameters.to_json(id))
    }

    /// Moves the clock of a sandbox on, and returns when everything that became due has been delivered. It has no time limit.
    #[allow(clippy::missing_errors_doc)]
    pub fn advance_time(self, parameters: &TestingAdvanceTimeParams) -> Result<Reply<SandboxClock>, CallError> {
        self.0.run(Operation::TestingAdvanceTime, &parameters.to_json())
    }

    /// Sets the clock of a sandbox back to the present.
    #[allow(clippy::missing_errors_doc)]
    pub fn reset_time(self) -> Result<Reply<()>, CallError> {
        self.0.run(Operation::TestingResetTime, "")
    }

    /// Deletes everything that a sandbox holds.
    #[allow(clippy::missing_errors_doc)]
    pub fn reset_all_data(self) -> Result<Reply<()>, CallError> {
        self.0.run(Operation::TestingResetAllData, "")
    }
}
