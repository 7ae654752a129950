//! `/v1/testing`: what only a sandbox offers.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use payvost_webhooks::limits::{DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT};
use payvost_webhooks::manage::Operation;
use serde_json::{Value, json};

use super::error::ApiError;
use super::parameters::{Advance, Event, Parameters};
use super::{App, json};
use crate::events::rfc3339;
use crate::simulate::Simulated;

type Answer = Result<Response, ApiError>;

/// Publishes an event to one webhook, with data of the caller's.
pub(super) async fn trigger(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    let event = Event::read(&body, Operation::TestingTriggerWebhook, &id)?;
    app.trigger(id, event).await.map(|entry| json::success(&entry))
}

/// Publishes an event to every webhook that subscribes to its type.
pub(super) async fn publish(State(app): State<App>, body: Bytes) -> Answer {
    let event = Event::read_with_id(&body)?;
    let event_type = event.event_type.clone();
    let published = app.publish(event, None).await?;
    Ok(json::success(&json::published(&published, &event_type)))
}

/// Lists events in the order in which they were accepted, with the bytes that are signed: a program that forwards them needs no webhook.
pub(super) async fn events(State(app): State<App>, Query(query): Query<BTreeMap<String, String>>) -> Answer {
    let limit = match query.get("limit").map(|limit| limit.parse()) {
        None => DEFAULT_PAGE_LIMIT,
        Some(Ok(limit @ 1..=MAX_PAGE_LIMIT)) => limit,
        Some(_) => return Err(ApiError::invalid("limit", format!("limit must be from 1 to {MAX_PAGE_LIMIT}."))),
    };
    let after = query.get("after").cloned();
    let events = app.store.run(move |database| database.events(after.as_deref(), limit)).await?;
    let events = events.ok_or_else(ApiError::no_such_event)?;
    let data: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({
                "id": event.id,
                "type": event.event_type,
                "createdAt": rfc3339(event.created_at),
                "payload": String::from_utf8_lossy(&event.payload),
            })
        })
        .collect();
    Ok(json::success(&json!(data)))
}

pub(super) async fn time(State(app): State<App>) -> Response {
    json::success(&json::moment(&app.clock.now()))
}

pub(super) async fn advance(State(app): State<App>, body: Bytes) -> Answer {
    Ok(json::success(&json::moment(&app.advance(Parameters::of_body(&body)?).await?)))
}

pub(super) async fn reset_time(State(app): State<App>) -> Answer {
    let now = app.engine.reset_time().await.ok_or_else(ApiError::unavailable)?;
    app.apply(move |_| Ok(Ok(now)), json::moment, |_, _| {}).await.map(|now| json::success(&json::moment(&now)))
}

pub(super) async fn totals(State(app): State<App>) -> Answer {
    let totals = app.store.run(|database| Ok(database.totals())).await?;
    Ok(json::success(&json!({
        "accepted": totals.accepted(),
        "delivered": totals.delivered,
        "pending": totals.pending,
        "failed": totals.failed,
    })))
}

/// Deletes everything, and sets a virtual clock to the present.
pub(super) async fn reset(State(app): State<App>) -> Answer {
    app.engine.forget().await;
    app.simulations.change(|left| *left = Simulated::default());
    let answer = || json!({ "reset": true });
    app.apply(|database| database.reset().map(Ok), move |()| answer(), |_, ()| {}).await?;
    app.engine.reset_time().await;
    Ok(json::success(&answer()))
}

/// What the API and the dashboard do alike.
impl super::Shared {
    /// Moves the virtual clock. Returns its time once everything that became due has been delivered and answered.
    pub(crate) async fn advance(&self, parameters: Parameters) -> Result<u64, ApiError> {
        let ms = parameters.read::<Advance>(Operation::TestingAdvanceTime)?.ms()?;
        if !self.clock.is_virtual() {
            return Err(ApiError::invalid(
                "",
                "The sandbox runs on the machine's clock, which cannot be advanced. Start it with --clock virtual.",
            ));
        }
        let now = self.engine.advance(ms).await.ok_or_else(ApiError::unavailable)?;
        self.apply(move |_| Ok(Ok(now)), json::moment, |_, _| {}).await
    }
}
