//! `payvost_call_operation`: what the management API can do.
// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

use payvost_webhooks::manage::Operation;

/// What the management API can do. The numbers never change, and new ones come.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // functions take its numbers
pub enum payvost_call_operation {
    /// `webhooks.create`: creates a webhook. Only this answer, and that of a rotation, holds a secret: store it.
    PAYVOST_CALL_WEBHOOKS_CREATE = 1,
    /// `webhooks.list`: lists your webhooks, a page at a time.
    PAYVOST_CALL_WEBHOOKS_LIST = 2,
    /// `webhooks.get`: reads a webhook.
    PAYVOST_CALL_WEBHOOKS_GET = 3,
    /// `webhooks.update`: changes a webhook. What is not given stays as it is.
    PAYVOST_CALL_WEBHOOKS_UPDATE = 4,
    /// `webhooks.delete`: deletes a webhook.
    PAYVOST_CALL_WEBHOOKS_DELETE = 5,
    /// `webhooks.rotateSecret`: replaces the secret of a webhook and returns the new one.
    PAYVOST_CALL_WEBHOOKS_ROTATE_SECRET = 6,
    /// `webhooks.test`: delivers a test event to a webhook.
    PAYVOST_CALL_WEBHOOKS_TEST = 7,
    /// `webhooks.getLogs`: lists the deliveries to a webhook, a page at a time.
    PAYVOST_CALL_WEBHOOKS_GET_LOGS = 8,
    /// `testing.triggerWebhook`: publishes an event to one webhook of a sandbox.
    PAYVOST_CALL_TESTING_TRIGGER_WEBHOOK = 9,
    /// `testing.advanceTime`: moves the clock of a sandbox on, and returns when everything that became due has been delivered.
    PAYVOST_CALL_TESTING_ADVANCE_TIME = 10,
    /// `testing.resetTime`: sets the clock of a sandbox back to the present.
    PAYVOST_CALL_TESTING_RESET_TIME = 11,
    /// `testing.resetAllData`: deletes everything that a sandbox holds.
    PAYVOST_CALL_TESTING_RESET_ALL_DATA = 12,
}

impl payvost_call_operation {
    /// The operation of a number, which a caller in C can choose freely.
    pub(crate) const fn of(number: u32) -> Option<Operation> {
        Some(match number {
            1 => Operation::WebhooksCreate,
            2 => Operation::WebhooksList,
            3 => Operation::WebhooksGet,
            4 => Operation::WebhooksUpdate,
            5 => Operation::WebhooksDelete,
            6 => Operation::WebhooksRotateSecret,
            7 => Operation::WebhooksTest,
            8 => Operation::WebhooksGetLogs,
            9 => Operation::TestingTriggerWebhook,
            10 => Operation::TestingAdvanceTime,
            11 => Operation::TestingResetTime,
            12 => Operation::TestingResetAllData,
            _ => return None,
        })
    }
}
