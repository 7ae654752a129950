// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

use super::operation::{Kind, Method, Parameter, Place, Shape, Spec};

/// An operation of the management API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `webhooks.create`: creates a webhook. Store the secret in the response: it is not shown again.
    WebhooksCreate,
    /// `webhooks.list`: lists your webhooks, a page at a time.
    WebhooksList,
    /// `webhooks.get`: retrieves a webhook.
    WebhooksGet,
    /// `webhooks.update`: changes a webhook. Omitted parameters keep their values.
    WebhooksUpdate,
    /// `webhooks.delete`: deletes a webhook.
    WebhooksDelete,
    /// `webhooks.rotateSecret`: replaces the secret of a webhook and returns the new one.
    WebhooksRotateSecret,
    /// `webhooks.test`: sends a test event to a webhook.
    WebhooksTest,
    /// `webhooks.getLogs`: lists the deliveries to a webhook, a page at a time.
    WebhooksGetLogs,
    /// `testing.triggerWebhook`: sends an event to one webhook in a sandbox.
    TestingTriggerWebhook,
    /// `testing.advanceTime`: advances the clock of a sandbox, and returns when all deliveries that became due have been made.
    TestingAdvanceTime,
    /// `testing.resetTime`: resets the clock of a sandbox to the current time.
    TestingResetTime,
    /// `testing.resetAllData`: deletes all data in a sandbox.
    TestingResetAllData,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 12] = [
        Self::WebhooksCreate,
        Self::WebhooksList,
        Self::WebhooksGet,
        Self::WebhooksUpdate,
        Self::WebhooksDelete,
        Self::WebhooksRotateSecret,
        Self::WebhooksTest,
        Self::WebhooksGetLogs,
        Self::TestingTriggerWebhook,
        Self::TestingAdvanceTime,
        Self::TestingResetTime,
        Self::TestingResetAllData,
    ];

    pub(super) const fn spec(self) -> &'static Spec {
        match self {
            Self::WebhooksCreate => &WEBHOOKS_CREATE,
            Self::WebhooksList => &WEBHOOKS_LIST,
            Self::WebhooksGet => &WEBHOOKS_GET,
            Self::WebhooksUpdate => &WEBHOOKS_UPDATE,
            Self::WebhooksDelete => &WEBHOOKS_DELETE,
            Self::WebhooksRotateSecret => &WEBHOOKS_ROTATE_SECRET,
            Self::WebhooksTest => &WEBHOOKS_TEST,
            Self::WebhooksGetLogs => &WEBHOOKS_GET_LOGS,
            Self::TestingTriggerWebhook => &TESTING_TRIGGER_WEBHOOK,
            Self::TestingAdvanceTime => &TESTING_ADVANCE_TIME,
            Self::TestingResetTime => &TESTING_RESET_TIME,
            Self::TestingResetAllData => &TESTING_RESET_ALL_DATA,
        }
    }
}

pub(super) const PRODUCTION: &str = "https://api.payvost.com";
pub(super) const SANDBOX: &str = "https://sandbox-api.payvost.com";

/// The error codes: the status of each (0 for the client's own), the code and the hint.
#[rustfmt::skip]
pub(super) const ERRORS: &[(u16, &str, &str)] = &[
    (400, "validation_error", "A parameter is invalid. The error's `field` names it."),
    (401, "authentication_error", "The API key is invalid or was revoked. Check which key and environment this process uses."),
    (403, "authorization_error", "The API key does not permit this operation. Use a key with that permission."),
    (404, "not_found", "The webhook does not exist, or it belongs to another account or environment."),
    (429, "rate_limit_exceeded", "There were too many requests. Wait for `retry_after` seconds, and spread the requests out."),
    (500, "service_error", "An internal error of Payvost. Try again later. If it persists, send the request id to Payvost."),
    (0, "connection_failed", "The connection could not be established, or it was lost. Check the network, the proxy and the base URL."),
    (0, "timed_out", "No response arrived within the time limit."),
    (0, "outcome_unknown", "The request was sent, but no usable response arrived, so the operation may have been carried out. Check (list, get) before you send it again."),
    (0, "unreadable_answer", "The response does not come from Payvost's API. Is a proxy in between, or is the base URL wrong?"),
    (0, "cancelled", "The caller cancelled the call. If a request was already sent, the operation may have been carried out."),
];

#[rustfmt::skip]
static WEBHOOKS_CREATE: Spec = Spec {
    name: "webhooks.create",
    snake_name: "webhooks.create",
    method: Method::Post,
    path: "/v1/webhooks",
    shape: Shape::Object(&["id", "secret"]),
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "url", place: Place::Body, kind: Kind::Url, required: true, nullable: false },
        Parameter { name: "events", place: Place::Body, kind: Kind::Patterns, required: true, nullable: false },
        Parameter { name: "description", place: Place::Body, kind: Kind::Text, required: false, nullable: false },
        Parameter { name: "metadata", place: Place::Body, kind: Kind::Object, required: false, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_LIST: Spec = Spec {
    name: "webhooks.list",
    snake_name: "webhooks.list",
    method: Method::Get,
    path: "/v1/webhooks",
    shape: Shape::Page,
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "limit", place: Place::Query, kind: Kind::Limit, required: false, nullable: false },
        Parameter { name: "offset", place: Place::Query, kind: Kind::Whole, required: false, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_GET: Spec = Spec {
    name: "webhooks.get",
    snake_name: "webhooks.get",
    method: Method::Get,
    path: "/v1/webhooks/{id}",
    shape: Shape::Object(&[]),
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_UPDATE: Spec = Spec {
    name: "webhooks.update",
    snake_name: "webhooks.update",
    method: Method::Patch,
    path: "/v1/webhooks/{id}",
    shape: Shape::Object(&[]),
    sandbox: false,
    unlimited: false,
    needs_one: true,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
        Parameter { name: "url", place: Place::Body, kind: Kind::Url, required: false, nullable: false },
        Parameter { name: "events", place: Place::Body, kind: Kind::Patterns, required: false, nullable: false },
        Parameter { name: "enabled", place: Place::Body, kind: Kind::Flag, required: false, nullable: false },
        Parameter { name: "description", place: Place::Body, kind: Kind::Text, required: false, nullable: true },
        Parameter { name: "metadata", place: Place::Body, kind: Kind::Object, required: false, nullable: true },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_DELETE: Spec = Spec {
    name: "webhooks.delete",
    snake_name: "webhooks.delete",
    method: Method::Delete,
    path: "/v1/webhooks/{id}",
    shape: Shape::Anything,
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_ROTATE_SECRET: Spec = Spec {
    name: "webhooks.rotateSecret",
    snake_name: "webhooks.rotate_secret",
    method: Method::Post,
    path: "/v1/webhooks/{id}/rotate-secret",
    shape: Shape::Object(&["secret"]),
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_TEST: Spec = Spec {
    name: "webhooks.test",
    snake_name: "webhooks.test",
    method: Method::Post,
    path: "/v1/webhooks/{id}/test",
    shape: Shape::Object(&[]),
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
        Parameter { name: "eventType", place: Place::Body, kind: Kind::EventType, required: true, nullable: false },
    ],
};

#[rustfmt::skip]
static WEBHOOKS_GET_LOGS: Spec = Spec {
    name: "webhooks.getLogs",
    snake_name: "webhooks.get_logs",
    method: Method::Get,
    path: "/v1/webhooks/{id}/logs",
    shape: Shape::Page,
    sandbox: false,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
        Parameter { name: "limit", place: Place::Query, kind: Kind::Limit, required: false, nullable: false },
        Parameter { name: "offset", place: Place::Query, kind: Kind::Whole, required: false, nullable: false },
        Parameter { name: "status", place: Place::Query, kind: Kind::Choice(&["failed", "succeeded", "pending"]), required: false, nullable: false },
    ],
};

#[rustfmt::skip]
static TESTING_TRIGGER_WEBHOOK: Spec = Spec {
    name: "testing.triggerWebhook",
    snake_name: "testing.trigger_webhook",
    method: Method::Post,
    path: "/v1/testing/webhooks/{id}/trigger",
    shape: Shape::Object(&[]),
    sandbox: true,
    unlimited: false,
    needs_one: false,
    parameters: &[
        Parameter { name: "id", place: Place::Path, kind: Kind::Id, required: true, nullable: false },
        Parameter { name: "eventType", place: Place::Body, kind: Kind::EventType, required: true, nullable: false },
        Parameter { name: "data", place: Place::Body, kind: Kind::Object, required: false, nullable: false },
    ],
};

#[rustfmt::skip]
static TESTING_ADVANCE_TIME: Spec = Spec {
    name: "testing.advanceTime",
    snake_name: "testing.advance_time",
    method: Method::Post,
    path: "/v1/testing/time/advance",
    shape: Shape::Object(&[]),
    sandbox: true,
    unlimited: true,
    needs_one: true,
    parameters: &[
        Parameter { name: "hours", place: Place::Body, kind: Kind::Whole, required: false, nullable: false },
        Parameter { name: "minutes", place: Place::Body, kind: Kind::Whole, required: false, nullable: false },
        Parameter { name: "seconds", place: Place::Body, kind: Kind::Whole, required: false, nullable: false },
    ],
};

#[rustfmt::skip]
static TESTING_RESET_TIME: Spec = Spec {
    name: "testing.resetTime",
    snake_name: "testing.reset_time",
    method: Method::Post,
    path: "/v1/testing/time/reset",
    shape: Shape::Anything,
    sandbox: true,
    unlimited: false,
    needs_one: false,
    parameters: &[],
};

#[rustfmt::skip]
static TESTING_RESET_ALL_DATA: Spec = Spec {
    name: "testing.resetAllData",
    snake_name: "testing.reset_all_data",
    method: Method::Post,
    path: "/v1/testing/reset",
    shape: Shape::Anything,
    sandbox: true,
    unlimited: false,
    needs_one: false,
    parameters: &[],
};
