//! The management API, and what only a sandbox offers: every answer in the provider's form.

mod deliveries;
mod error;
mod guard;
mod idempotent;
mod json;
mod parameters;
mod resends;
mod simulate;
mod testing;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use payvost_webhooks::provide::Pace;
use tokio::sync::watch;

pub(crate) use deliveries::standing;
pub(crate) use error::ApiError;
pub(crate) use guard::{Hosts, check_names};
pub(crate) use idempotent::Keys;
pub(crate) use json::delivery_of;
pub(crate) use parameters::{Event, Parameters, ResendFailed, refusal};

use crate::clock::Clock;
use crate::dashboard::Entrance;
use crate::engine::Engine;
use crate::ids::Ids;
use crate::limiter::Limiter;
use crate::simulate::Simulations;
use crate::store::{Database, NewEvent, Published, Store, Webhook};

/// The longest request body.
const MAX_BODY_BYTES: usize = 1_048_576;

/// What every handler works with.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) api_key: String,
    pub(crate) hosts: Hosts,
    pub(crate) limiter: Option<Limiter>,
    pub(crate) simulations: Arc<Simulations>,
    /// True once the sandbox stops.
    pub(crate) stopped: watch::Receiver<bool>,
    pub(crate) keys: Keys,
    pub(crate) rotation_overlap_ms: u64,
    /// After how long without a success a webhook is disabled.
    pub(crate) disable_after_ms: Option<u64>,
    pub(crate) pace: Pace,
    pub(crate) dashboard: Entrance,
}

pub(crate) type App = Arc<Shared>;

/// The API's routes.
pub(crate) fn router(app: &App) -> Router {
    Router::new()
        .route("/v1/webhooks", post(webhooks::create).get(webhooks::list))
        .route("/v1/webhooks/{id}", get(webhooks::get).patch(webhooks::update).delete(webhooks::delete))
        .route("/v1/webhooks/{id}/rotate-secret", post(webhooks::rotate_secret))
        .route("/v1/webhooks/{id}/test", post(webhooks::test))
        .route("/v1/webhooks/{id}/logs", get(webhooks::logs))
        .route("/v1/testing/webhooks/{id}/trigger", post(testing::trigger))
        .route("/v1/testing/webhooks/{id}/resend-failed", post(resends::resend_failed))
        .route("/v1/testing/deliveries", get(deliveries::list))
        .route("/v1/testing/deliveries/{id}", get(deliveries::get))
        .route("/v1/testing/deliveries/{id}/resend", post(resends::resend))
        .route("/v1/testing/events", post(testing::publish).get(testing::events))
        .route("/v1/testing/time", get(testing::time))
        .route("/v1/testing/time/advance", post(testing::advance))
        .route("/v1/testing/time/reset", post(testing::reset_time))
        .route("/v1/testing/totals", get(testing::totals))
        .route("/v1/testing/simulate", get(simulate::left))
        .route("/v1/testing/simulate/rate-limit", post(simulate::rate_limit))
        .route("/v1/testing/simulate/timeout", post(simulate::timeout))
        .route("/v1/testing/simulate/delivery-timeout", post(simulate::delivery_timeout))
        .route("/v1/testing/reset", post(testing::reset))
        .fallback(async || ApiError::no_such_path())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(from_fn_with_state(Arc::clone(app), idempotent::answer_once))
        .layer(from_fn_with_state(Arc::clone(app), guard::authenticate))
        .layer(from_fn_with_state(Arc::clone(app), guard::refuse_strangers))
        .layer(from_fn(error::number))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Arc::clone(app))
}

impl Shared {
    /// Accepts an event of a type for one webhook, or for all that subscribe to it.
    pub(crate) async fn publish(
        &self,
        event: parameters::Event,
        webhook: Option<Webhook>,
    ) -> Result<(String, Published), ApiError> {
        let (ids, now) = (self.ids.clone(), self.clock.now());
        let (event_type, alone) = (event.event_type.clone(), webhook.is_some());
        let publish = move |database: &mut Database| {
            let id = match event.id {
                Some(id) if database.has_event(&id)? => {
                    return Ok(Err(ApiError::invalid("id", "An event with this id exists already.")));
                }
                Some(id) => id,
                None => ids.event(database.next_event()?),
            };
            let Ok(payload) = crate::events::payload(&id, &event.event_type, event.data.as_deref(), now) else {
                return Ok(Err(ApiError::invalid("data", "data must be an object.")));
            };
            if let Err(error) = crate::events::check(&payload) {
                let field = error.pointer().unwrap_or("/data").trim_start_matches('/');
                return Ok(Err(ApiError::invalid(field, format!("Every receiver would reject this event: {error}."))));
            }
            let new = NewEvent { id, event_type: event.event_type, payload };
            database.publish(&new, webhook, now).map(|published| Ok((new.id, published)))
        };
        let answer = move |published: &(String, Published)| {
            if alone { webhooks::first_delivery(published, &event_type) } else { json::published(published, &event_type) }
        };
        let deliver = |engine: &Engine, published: &(String, Published)| {
            engine.add(published.1.deliveries.iter().map(|(_, due)| *due).collect());
        };
        self.apply(publish, answer, deliver).await
    }
}
