// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::read::Read;
use super::secret::WebhookSecret;
use super::write::Members;
use crate::json::Value;

/// A webhook: a URL, and the events that Payvost delivers to it.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// The id of the webhook.
    pub id: String,
    /// Where Payvost delivers the events.
    pub url: String,
    /// The events to deliver: types, families such as `payment.*`, or `*` for all.
    pub events: Vec<String>,
    /// Whether Payvost delivers events to the webhook.
    pub enabled: bool,
    /// A note for your team.
    pub description: Option<String>,
    /// Your own names and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// When the webhook was created.
    pub created_at: Option<String>,
    /// When the webhook was last changed.
    pub updated_at: Option<String>,
}

#[rustfmt::skip]
impl Read for Webhook {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            id: Read::member(value, "id"),
            url: Read::member(value, "url"),
            events: Read::member(value, "events"),
            enabled: Read::member(value, "enabled"),
            description: Read::member(value, "description"),
            metadata: Read::member(value, "metadata"),
            created_at: Read::member(value, "createdAt"),
            updated_at: Read::member(value, "updatedAt"),
        })
    }
}

/// A new webhook, with its secret.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedWebhook {
    /// The id of the webhook.
    pub id: String,
    /// Where Payvost delivers the events.
    pub url: String,
    /// The events to deliver: types, families such as `payment.*`, or `*` for all.
    pub events: Vec<String>,
    /// Whether Payvost delivers events to the webhook.
    pub enabled: bool,
    /// A note for your team.
    pub description: Option<String>,
    /// Your own names and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// When the webhook was created.
    pub created_at: Option<String>,
    /// When the webhook was last changed.
    pub updated_at: Option<String>,
    /// The secret that signs the events. It is not shown again.
    pub secret: WebhookSecret,
}

#[rustfmt::skip]
impl Read for CreatedWebhook {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            id: Read::member(value, "id"),
            url: Read::member(value, "url"),
            events: Read::member(value, "events"),
            enabled: Read::member(value, "enabled"),
            description: Read::member(value, "description"),
            metadata: Read::member(value, "metadata"),
            created_at: Read::member(value, "createdAt"),
            updated_at: Read::member(value, "updatedAt"),
            secret: Read::member(value, "secret"),
        })
    }
}

/// The new secret of a webhook.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotatedSecret {
    /// The id of the webhook.
    pub id: Option<String>,
    /// The new secret. It is not shown again.
    pub secret: WebhookSecret,
}

#[rustfmt::skip]
impl Read for RotatedSecret {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            id: Read::member(value, "id"),
            secret: Read::member(value, "secret"),
        })
    }
}

/// An attempt to deliver an event.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// The id of the attempt.
    pub id: Option<String>,
    /// The id of the webhook.
    pub webhook_id: Option<String>,
    /// The event.
    pub event: DeliveryAttemptEvent,
    /// The number of the attempt, from 1.
    pub attempt: Option<u64>,
    /// The state of the delivery.
    pub status: String,
    /// The status code of the response.
    pub response_code: Option<u64>,
    /// The start of the response body.
    pub response_body: Option<String>,
    /// Why there was no response.
    pub error: Option<String>,
    /// The duration of the attempt, in milliseconds.
    pub duration_ms: Option<u64>,
    /// When the attempt began.
    pub attempted_at: Option<String>,
    /// When the next attempt is due.
    pub next_attempt_at: Option<String>,
}

#[rustfmt::skip]
impl Read for DeliveryAttempt {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            id: Read::member(value, "id"),
            webhook_id: Read::member(value, "webhookId"),
            event: Read::member(value, "event"),
            attempt: Read::member(value, "attempt"),
            status: Read::member(value, "status"),
            response_code: Read::member(value, "responseCode"),
            response_body: Read::member(value, "responseBody"),
            error: Read::member(value, "error"),
            duration_ms: Read::member(value, "durationMs"),
            attempted_at: Read::member(value, "attemptedAt"),
            next_attempt_at: Read::member(value, "nextAttemptAt"),
        })
    }
}

/// The event that was delivered.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttemptEvent {
    /// The id of the event.
    pub id: Option<String>,
    /// The type of the event.
    pub event_type: String,
}

#[rustfmt::skip]
impl Read for DeliveryAttemptEvent {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            id: Read::member(value, "id"),
            event_type: Read::member(value, "type"),
        })
    }
}

/// The clock of a sandbox.
///
/// A field that is missing in the response, or has another type, is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxClock {
    /// The current time in the sandbox.
    pub now: Option<String>,
}

#[rustfmt::skip]
impl Read for SandboxClock {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(Self {
            now: Read::member(value, "now"),
        })
    }
}

/// The parameters of `webhooks.create`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhooksCreateParams<'a> {
    /// Where Payvost delivers the events. HTTPS in production.
    pub url: &'a str,
    /// The events to deliver: types, families such as `payment.*`, or `*` for all.
    pub events: &'a [&'a str],
    /// A note for your team.
    pub description: Option<&'a str>,
    /// Your own names and values.
    pub metadata: Option<&'a [(&'a str, &'a str)]>,
}

impl WebhooksCreateParams<'_> {
    /// The parameters of a [`Client::call`](super::Client::call).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = Members::new();
        members.member("url", &self.url);
        members.member("events", &self.events);
        members.member("description", &self.description);
        members.member("metadata", &self.metadata);
        members.finish()
    }
}

/// The parameters of `webhooks.list`. All are optional.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhooksListParams {
    /// The number of webhooks per page.
    pub limit: Option<u32>,
    /// The number of webhooks to skip.
    pub offset: Option<u64>,
}

impl WebhooksListParams {
    /// The parameters of a [`Client::call`](super::Client::call).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = Members::new();
        members.member("limit", &self.limit);
        members.member("offset", &self.offset);
        members.finish()
    }
}

/// The parameters of `webhooks.update`. All are optional.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhooksUpdateParams<'a> {
    /// Where Payvost delivers the events. HTTPS in production.
    pub url: Option<&'a str>,
    /// The events to deliver: types, families such as `payment.*`, or `*` for all.
    pub events: Option<&'a [&'a str]>,
    /// Whether Payvost delivers events to the webhook.
    pub enabled: Option<bool>,
    /// A note for your team. Null removes it. `Some(None)` sends null.
    pub description: Option<Option<&'a str>>,
    /// Your own names and values. Null removes them. `Some(None)` sends null.
    pub metadata: Option<Option<&'a [(&'a str, &'a str)]>>,
}

impl WebhooksUpdateParams<'_> {
    /// The parameters of a [`Client::call`](super::Client::call) of the webhook `id`.
    #[must_use]
    pub fn to_json(&self, id: &str) -> String {
        let mut members = Members::with_id(id);
        members.member("url", &self.url);
        members.member("events", &self.events);
        members.member("enabled", &self.enabled);
        members.nullable("description", &self.description);
        members.nullable("metadata", &self.metadata);
        members.finish()
    }
}

/// The parameters of `webhooks.test`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhooksTestParams<'a> {
    /// The type of the test event.
    pub event_type: &'a str,
}

impl WebhooksTestParams<'_> {
    /// The parameters of a [`Client::call`](super::Client::call) of the webhook `id`.
    #[must_use]
    pub fn to_json(&self, id: &str) -> String {
        let mut members = Members::with_id(id);
        members.member("event_type", &self.event_type);
        members.finish()
    }
}

/// The parameters of `webhooks.get_logs`. All are optional.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhooksGetLogsParams<'a> {
    /// The number of deliveries per page.
    pub limit: Option<u32>,
    /// The number of deliveries to skip.
    pub offset: Option<u64>,
    /// Only deliveries in this state.
    pub status: Option<&'a str>,
}

impl WebhooksGetLogsParams<'_> {
    /// The parameters of a [`Client::call`](super::Client::call) of the webhook `id`.
    #[must_use]
    pub fn to_json(&self, id: &str) -> String {
        let mut members = Members::with_id(id);
        members.member("limit", &self.limit);
        members.member("offset", &self.offset);
        members.member("status", &self.status);
        members.finish()
    }
}

/// The parameters of `testing.trigger_webhook`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestingTriggerWebhookParams<'a> {
    /// The type of the event.
    pub event_type: &'a str,
    /// The data of the event. Default: the documented sample. JSON.
    pub data: Option<&'a str>,
}

impl TestingTriggerWebhookParams<'_> {
    /// The parameters of a [`Client::call`](super::Client::call) of the webhook `id`.
    #[must_use]
    pub fn to_json(&self, id: &str) -> String {
        let mut members = Members::with_id(id);
        members.member("event_type", &self.event_type);
        members.json("data", &self.data);
        members.finish()
    }
}

/// The parameters of `testing.advance_time`. All are optional.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestingAdvanceTimeParams {
    /// The number of hours.
    pub hours: Option<u64>,
    /// The number of minutes.
    pub minutes: Option<u64>,
    /// The number of seconds.
    pub seconds: Option<u64>,
}

impl TestingAdvanceTimeParams {
    /// The parameters of a [`Client::call`](super::Client::call).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = Members::new();
        members.member("hours", &self.hours);
        members.member("minutes", &self.minutes);
        members.member("seconds", &self.seconds);
        members.finish()
    }
}
