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

/// The operations that only a sandbox has: [`Payvost::testing`].
#[derive(Debug, Clone, Copy)]
pub struct Testing<'p>(pub(super) &'p Payvost);

impl Payvost {
    /// The webhooks.
    #[must_use]
    pub const fn webhooks(&self) -> Webhooks<'_> {
        Webhooks(self)
    }

    /// The operations that only a sandbox has.
    #[must_use]
    pub const fn testing(&self) -> Testing<'_> {
        Testing(self)
    }
}

/// # Errors
///
/// A call fails with a [`CallError`]: it was refused before anything was sent, or its response is an error or missing.
impl<'p> Webhooks<'p> {
    /// Creates a webhook. Store the secret in the response: it is not shown again.
    #[allow(clippy::missing_errors_doc)] // said once for all calls
    pub fn create(self, parameters: &WebhooksCreateParams<'_>) -> Result<Reply<CreatedWebhook>, CallError> {
        self.0.run(Operation::WebhooksCreate, &parameters.to_json())
    }

    /// Lists your webhooks. Nothing is sent until you iterate over the list.
    pub fn list(self, parameters: &WebhooksListParams) -> Pages<'p, Webhook> {
        Pages::new(self.0, Operation::WebhooksList, parameters.to_json())
    }

    /// Retrieves a webhook.
    #[allow(clippy::missing_errors_doc)]
    pub fn get(self, id: &str) -> Result<Reply<Webhook>, CallError> {
        self.0.run(Operation::WebhooksGet, &id_json(id))
    }

    /// Changes a webhook. Omitted parameters keep their values.
    #[allow(clippy::missing_errors_doc)]
    pub fn update(self, id: &str, parameters: &WebhooksUpdateParams<'_>) -> Result<Reply<Webhook>, CallError> {
        self.0.run(Operation::WebhooksUpdate, &parameters.to_json(id))
    }

    /// Deletes a webhook. If a retry finds that it no longer exists, the call succeeds.
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

    /// Sends a test event to a webhook.
    #[allow(clippy::missing_errors_doc)]
    pub fn test(self, id: &str, parameters: &WebhooksTestParams<'_>) -> Result<Reply<DeliveryAttempt>, CallError> {
        self.0.run(Operation::WebhooksTest, &parameters.to_json(id))
    }

    /// Lists the deliveries to a webhook. Nothing is sent until you iterate over the list.
    pub fn get_logs(self, id: &str, parameters: &WebhooksGetLogsParams<'_>) -> Pages<'p, DeliveryAttempt> {
        Pages::new(self.0, Operation::WebhooksGetLogs, parameters.to_json(id))
    }
}

/// # Errors
///
/// As for [`Webhooks`]. A live key is refused.
impl Testing<'_> {
    /// Sends an event to one webhook in a sandbox.
    #[allow(clippy::missing_errors_doc)]
    pub fn trigger_webhook(
        self,
        id: &str,
        parameters: &TestingTriggerWebhookParams<'_>,
    ) -> Result<Reply<DeliveryAttempt>, CallError> {
        self.0.run(Operation::TestingTriggerWebhook, &parameters.to_json(id))
    }

    /// Advances the clock of a sandbox, and returns when all deliveries that became due have been made. It has no time limit.
    #[allow(clippy::missing_errors_doc)]
    pub fn advance_time(self, parameters: &TestingAdvanceTimeParams) -> Result<Reply<SandboxClock>, CallError> {
        self.0.run(Operation::TestingAdvanceTime, &parameters.to_json())
    }

    /// Resets the clock of a sandbox to the current time.
    #[allow(clippy::missing_errors_doc)]
    pub fn reset_time(self) -> Result<Reply<()>, CallError> {
        self.0.run(Operation::TestingResetTime, "")
    }

    /// Deletes all data in a sandbox.
    #[allow(clippy::missing_errors_doc)]
    pub fn reset_all_data(self) -> Result<Reply<()>, CallError> {
        self.0.run(Operation::TestingResetAllData, "")
    }
}
