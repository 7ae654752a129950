//! `payvost_call_operation`: the operations of the management API.
// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

use payvost_webhooks::manage::Operation;

/// The operations of the management API. Numbers never change; new ones may be added.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // functions take its numbers
pub enum payvost_call_operation {
    /// `webhooks.create`: creates a webhook. Store the secret in the response: it is not shown again.
    PAYVOST_CALL_WEBHOOKS_CREATE = 1,
    /// `webhooks.list`: lists your webhooks, a page at a time.
    PAYVOST_CALL_WEBHOOKS_LIST = 2,
    /// `webhooks.get`: retrieves a webhook.
    PAYVOST_CALL_WEBHOOKS_GET = 3,
    /// `webhooks.update`: changes a webhook. Omitted parameters keep their values.
    PAYVOST_CALL_WEBHOOKS_UPDATE = 4,
    /// `webhooks.delete`: deletes a webhook.
    PAYVOST_CALL_WEBHOOKS_DELETE = 5,
    /// `webhooks.rotateSecret`: replaces the secret of a webhook and returns the new one.
    PAYVOST_CALL_WEBHOOKS_ROTATE_SECRET = 6,
    /// `webhooks.test`: sends a test event to a webhook.
    PAYVOST_CALL_WEBHOOKS_TEST = 7,
    /// `webhooks.getLogs`: lists the deliveries to a webhook, a page at a time.
    PAYVOST_CALL_WEBHOOKS_GET_LOGS = 8,
    /// `testing.triggerWebhook`: sends an event to one webhook in a sandbox.
    PAYVOST_CALL_TESTING_TRIGGER_WEBHOOK = 9,
    /// `testing.advanceTime`: advances the clock of a sandbox, and returns when all deliveries that became due have been made.
    PAYVOST_CALL_TESTING_ADVANCE_TIME = 10,
    /// `testing.resetTime`: resets the clock of a sandbox to the current time.
    PAYVOST_CALL_TESTING_RESET_TIME = 11,
    /// `testing.resetAllData`: deletes all data in a sandbox.
    PAYVOST_CALL_TESTING_RESET_ALL_DATA = 12,
}

impl payvost_call_operation {
    /// The operation with this number. A caller in C can pass any number.
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
