//! `/v1/testing`: what only a sandbox offers.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use payvost_webhooks::manage::Operation;
use serde_json::{Value, json};

use super::error::ApiError;
use super::parameters::{Advance, Event, Parameters};
use super::{App, json};
use crate::events::rfc3339;

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
    let (id, published) = app.publish(event, None).await?;
    let deliveries: Vec<Value> = published
        .deliveries
        .iter()
        .map(|(webhook, due)| json::expected_entry(webhook, due.delivery, &id, &event_type, due.at))
        .collect();
    Ok(json::success(&json!({ "id": id, "type": event_type, "deliveries": deliveries })))
}

pub(super) async fn time(State(app): State<App>) -> Response {
    moment(app.clock.now())
}

pub(super) async fn advance(State(app): State<App>, body: Bytes) -> Answer {
    app.advance(Parameters::of_body(&body)?).await.map(moment)
}

pub(super) async fn reset_time(State(app): State<App>) -> Answer {
    app.engine.reset_time().await.map(moment).ok_or_else(ApiError::unavailable)
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
    app.store.run(crate::store::Database::reset).await?;
    app.engine.reset_time().await;
    Ok(json::success(&json!({ "reset": true })))
}

fn moment(now: u64) -> Response {
    json::success(&json!({ "now": rfc3339(now) }))
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
        self.engine.advance(ms).await.ok_or_else(ApiError::unavailable)
    }
}
