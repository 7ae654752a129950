// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::read::Read;
use super::secret::WebhookSecret;
use super::write::Members;
use crate::json::Value;

/// A webhook: where Payvost delivers which events.
///
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Names the webhook.
    pub id: String,
    /// Where Payvost delivers the events.
    pub url: String,
    /// The event types that are delivered.
    pub events: Vec<String>,
    /// Whether events are delivered.
    pub enabled: bool,
    /// A note for people.
    pub description: Option<String>,
    /// Names and values of your own.
    pub metadata: Option<BTreeMap<String, String>>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
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

/// A webhook that was just created, with its secret.
///
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedWebhook {
    /// Names the webhook.
    pub id: String,
    /// Where Payvost delivers the events.
    pub url: String,
    /// The event types that are delivered.
    pub events: Vec<String>,
    /// Whether events are delivered.
    pub enabled: bool,
    /// A note for people.
    pub description: Option<String>,
    /// Names and values of your own.
    pub metadata: Option<BTreeMap<String, String>>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// The secret of its signatures. No other answer shows it again.
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
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotatedSecret {
    /// The webhook.
    pub id: Option<String>,
    /// The new secret. No other answer shows it again.
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
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// Names the attempt.
    pub id: Option<String>,
    /// The webhook.
    pub webhook_id: Option<String>,
    /// The event.
    pub event: DeliveryAttemptEvent,
    /// Which attempt it was, from 1.
    pub attempt: Option<u64>,
    /// What became of it.
    pub status: String,
    /// The status code of the response.
    pub response_code: Option<u64>,
    /// The start of the body of the response.
    pub response_body: Option<String>,
    /// Why no response came.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// When it began.
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

/// The event of a delivery.
///
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttemptEvent {
    /// Names the event.
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
/// What an answer lacks, or has of another type, is `None` or empty here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxClock {
    /// The sandbox's present moment.
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
    /// The event types to deliver: types, families such as `payment.*`, or `*`.
    pub events: &'a [&'a str],
    /// A note for people.
    pub description: Option<&'a str>,
    /// Names and values of your own.
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
    /// How many webhooks a page holds.
    pub limit: Option<u32>,
    /// How many webhooks to skip.
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
    /// The event types to deliver: types, families such as `payment.*`, or `*`.
    pub events: Option<&'a [&'a str]>,
    /// Whether Payvost delivers events to it.
    pub enabled: Option<bool>,
    /// A note for people. Null removes it. `Some(None)` sends null.
    pub description: Option<Option<&'a str>>,
    /// Names and values of your own. Null removes them. `Some(None)` sends null.
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
    /// How many deliveries a page holds.
    pub limit: Option<u32>,
    /// How many deliveries to skip.
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
    /// The event's data. Without it the documented sample. JSON.
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
    /// How many hours.
    pub hours: Option<u64>,
    /// How many minutes.
    pub minutes: Option<u64>,
    /// How many seconds.
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
