//! Bodies of responses.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payvost_webhooks::provide::Health;
use serde_json::{Value, json};

use crate::events::rfc3339;
use crate::store::{Due, Entry, Published, Resend, Webhook};

/// `{"success": true, "data": …}`
pub(super) fn success(data: &Value) -> Response {
    object(StatusCode::OK, &successful(data))
}

pub(super) fn successful(data: &Value) -> Value {
    json!({ "success": true, "data": data })
}

/// A page of a list.
pub(super) fn page(data: &[Value], limit: usize, offset: u64, total: Option<u64>) -> Response {
    let mut pagination = json!({ "limit": limit, "offset": offset });
    if let (Some(total), Some(object)) = (total, pagination.as_object_mut()) {
        object.insert("total".into(), total.into());
    }
    object(StatusCode::OK, &json!({ "success": true, "data": data, "pagination": pagination }))
}

pub(super) fn object(status: StatusCode, value: &Value) -> Response {
    let mut response = (status, Body::from(value.to_string())).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A webhook without its secret: only the answers of create and rotate hold it.
pub(crate) fn webhook(webhook: &Webhook, disable_after_ms: Option<u64>) -> Value {
    let health = Health { failing_since: webhook.failing_since };
    let disable_at = disable_after_ms.filter(|_| webhook.enabled).and_then(|after| health.disabled_at(after));
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "enabled": webhook.enabled,
        "description": webhook.description,
        "metadata": webhook.metadata.as_deref().and_then(|json| serde_json::from_str::<Value>(json).ok()),
        "failingSince": webhook.failing_since.map(rfc3339),
        "disableAt": disable_at.map(rfc3339),
        "createdAt": rfc3339(webhook.created_at),
        "updatedAt": rfc3339(webhook.updated_at),
    })
}

/// The answer to a rotation.
pub(super) fn new_secret(webhook: &Webhook) -> Value {
    json!({ "id": webhook.id, "secret": webhook.secret })
}

pub(super) fn with_secret(webhook: &Webhook) -> Value {
    let mut value = self::webhook(webhook, None);
    if let Some(object) = value.as_object_mut() {
        object.insert("secret".into(), webhook.secret.clone().into());
    }
    value
}

/// The time of the sandbox.
pub(super) fn moment(now: &u64) -> Value {
    json!({ "now": rfc3339(*now) })
}

/// An entry of the log: one attempt.
pub(crate) fn entry(entry: &Entry) -> Value {
    json!({
        "id": attempt_id(entry.delivery, entry.attempt),
        "webhookId": entry.webhook_id,
        "event": { "id": entry.event_id, "type": entry.event_type },
        "attempt": entry.attempt,
        "status": entry.status.as_str(),
        "responseCode": entry.response_code,
        "responseBody": entry.response_body,
        "error": entry.error,
        "durationMs": entry.duration_ms,
        "attemptedAt": rfc3339(entry.attempted_at),
        "nextAttemptAt": entry.next_attempt_at.map(rfc3339),
        "resend": entry.resend,
    })
}

/// The entry that the log will have once an attempt begins.
pub(super) fn expected_entry(expected: &Expected<'_>) -> Value {
    json!({
        "id": attempt_id(expected.delivery, expected.attempt),
        "webhookId": expected.webhook.id,
        "event": { "id": expected.event_id, "type": expected.event_type },
        "attempt": expected.attempt,
        "status": "pending",
        "responseCode": null,
        "responseBody": null,
        "error": null,
        "durationMs": null,
        "attemptedAt": null,
        "nextAttemptAt": rfc3339(expected.at),
        "resend": expected.resend,
    })
}

/// An event that was published, with the first attempts to come.
pub(super) fn published(event: &(String, Published), event_type: &str) -> Value {
    let (id, published) = event;
    let deliveries: Vec<Value> = published
        .deliveries
        .iter()
        .map(|(webhook, due)| expected_entry(&Expected::first(webhook, due, id, event_type)))
        .collect();
    json!({ "id": id, "type": event_type, "deliveries": deliveries })
}

/// An attempt to come.
pub(super) struct Expected<'e> {
    pub(super) webhook: &'e Webhook,
    pub(super) delivery: i64,
    pub(super) attempt: u32,
    pub(super) event_id: &'e str,
    pub(super) event_type: &'e str,
    pub(super) at: u64,
    pub(super) resend: bool,
}

impl<'e> Expected<'e> {
    /// The first attempt of a new delivery.
    pub(super) const fn first(webhook: &'e Webhook, due: &Due, event_id: &'e str, event_type: &'e str) -> Self {
        Self { webhook, delivery: due.delivery, attempt: 1, event_id, event_type, at: due.at, resend: false }
    }

    pub(super) fn resend(resend: &'e Resend, at: u64) -> Self {
        let Resend { delivery, webhook, event_id, event_type, attempt, .. } = resend;
        Self { webhook, delivery: *delivery, attempt: *attempt, event_id, event_type, at, resend: true }
    }
}

fn attempt_id(delivery: i64, attempt: u32) -> String {
    format!("log_{delivery}_{attempt}")
}

pub(crate) fn delivery_id(delivery: i64) -> String {
    format!("delivery_{delivery}")
}

/// The number of a delivery, from its id or from that of an entry of its log.
pub(crate) fn delivery_of(id: &str) -> Option<i64> {
    let number = |text: &str| {
        let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    match id.strip_prefix("log_") {
        Some(rest) => rest.split_once('_').filter(|(_, attempt)| number(attempt).is_some()).and_then(|(id, _)| number(id)),
        None => id.strip_prefix("delivery_").and_then(number),
    }
}
