//! Deliveries: one event for one webhook, with all that was sent and answered.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use payvost_webhooks::provide::Standing;
use serde_json::{Value, json};

use super::error::ApiError;
use super::parameters::DeliveryList;
use super::{App, json};
use crate::events::rfc3339;
use crate::store::{Delivery, Detail, Filter};

type Answer = Result<Response, ApiError>;

/// A page of deliveries, the newest first.
pub(super) async fn list(State(app): State<App>, Query(query): Query<BTreeMap<String, String>>) -> Answer {
    let asked = DeliveryList::read(query)?;
    let limit = asked.filter.limit;
    let webhook = match asked.webhook_id {
        Some(id) => Some(app.webhook(id).await?.number),
        None => None,
    };
    let page = app.deliveries(Filter { webhook, ..asked.filter }).await?;
    let data: Vec<Value> = page.iter().map(delivery).collect();
    let next = page.last().filter(|_| page.len() == limit).map(|last| json::delivery_id(last.number));
    let pagination = json!({ "limit": limit, "nextCursor": next });
    Ok(json::object(StatusCode::OK, &json!({ "success": true, "data": data, "pagination": pagination })))
}

/// One delivery with its attempts.
pub(super) async fn get(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let number = json::delivery_of(&id).ok_or_else(ApiError::no_such_delivery)?;
    let found = app.delivery(number).await?;
    let mut value = delivery(&found.delivery);
    let attempts = found.attempts.iter().map(|sent| {
        let mut entry = json::entry(&sent.entry);
        if let Some(object) = entry.as_object_mut() {
            let headers = sent.response_headers.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
            object.insert("signature".into(), sent.signature.clone().into());
            object.insert("responseHeaders".into(), headers.unwrap_or_default());
        }
        entry
    });
    if let Some(object) = value.as_object_mut() {
        object.insert("log".into(), attempts.collect());
        object.insert("payload".into(), String::from_utf8_lossy(&found.payload).into());
    }
    Ok(json::success(&value))
}

/// What the API and the dashboard do alike.
impl super::Shared {
    /// A page of deliveries, the newest first.
    pub(crate) async fn deliveries(&self, filter: Filter) -> Result<Vec<Delivery>, ApiError> {
        Ok(self.store.run(move |database| database.deliveries(&filter)).await?)
    }

    /// A delivery with the bytes that are sent and each attempt, the first one first.
    pub(crate) async fn delivery(&self, number: i64) -> Result<Detail, ApiError> {
        self.store.run(move |database| database.delivery(number)).await?.ok_or_else(ApiError::no_such_delivery)
    }
}

fn delivery(delivery: &Delivery) -> Value {
    json!({
        "id": json::delivery_id(delivery.number),
        "webhookId": delivery.webhook_id,
        "event": { "id": delivery.event_id, "type": delivery.event_type, "createdAt": rfc3339(delivery.created_at) },
        "status": standing(delivery.standing),
        "attempts": delivery.attempts,
        "responseCode": delivery.response_code,
        "error": delivery.error,
        "nextAttemptAt": delivery.next_attempt_at.map(rfc3339),
        "resends": delivery.resends,
    })
}

pub(crate) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Delivered => "delivered",
        Standing::Failed => "failed",
    }
}
