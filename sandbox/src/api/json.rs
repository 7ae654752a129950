//! Bodies of responses.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::events::rfc3339;
use crate::store::{Entry, Webhook};

/// `{"success": true, "data": …}`
pub(super) fn success(data: &Value) -> Response {
    object(StatusCode::OK, &json!({ "success": true, "data": data }))
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
pub(crate) fn webhook(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "enabled": webhook.enabled,
        "description": webhook.description,
        "metadata": webhook.metadata.as_deref().and_then(|json| serde_json::from_str::<Value>(json).ok()),
        "failingSince": webhook.failing_since.map(rfc3339),
        "createdAt": rfc3339(webhook.created_at),
        "updatedAt": rfc3339(webhook.updated_at),
    })
}

pub(super) fn with_secret(webhook: &Webhook) -> Value {
    let mut value = self::webhook(webhook);
    if let Some(object) = value.as_object_mut() {
        object.insert("secret".into(), webhook.secret.clone().into());
    }
    value
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
    })
}

/// The entry that the log will have once the first attempt of a new delivery begins.
pub(super) fn expected_entry(webhook: &Webhook, delivery: i64, event_id: &str, event_type: &str, at: u64) -> Value {
    json!({
        "id": attempt_id(delivery, 1),
        "webhookId": webhook.id,
        "event": { "id": event_id, "type": event_type },
        "attempt": 1,
        "status": "pending",
        "responseCode": null,
        "responseBody": null,
        "error": null,
        "durationMs": null,
        "attemptedAt": null,
        "nextAttemptAt": rfc3339(at),
    })
}

fn attempt_id(delivery: i64, attempt: u8) -> String {
    format!("log_{delivery}_{attempt}")
}
