//! `/v1/webhooks`: the calls of the provider's guide.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use payvost_webhooks::manage::Operation;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::parameters::{Create, Event, List, Parameters, Update};
use super::{App, json};
use crate::store::{Changes, Database, NewWebhook, Page, Published, Webhook};

type Answer = Result<Response, ApiError>;

pub(super) async fn create(State(app): State<App>, body: Bytes) -> Answer {
    Ok(json::success(&json::with_secret(&app.create(Parameters::of_body(&body)?).await?)))
}

pub(super) async fn list(State(app): State<App>, Query(query): Query<BTreeMap<String, String>>) -> Answer {
    let list: List = Parameters::of_query(query).read(Operation::WebhooksList)?;
    let (limit, offset) = (list.limit(), list.offset.unwrap_or_default());
    let (webhooks, total) = app.store.run(move |database| database.webhooks(limit, offset)).await?;
    let data: Vec<Value> = webhooks.iter().map(|webhook| json::webhook(webhook, app.disable_after_ms)).collect();
    Ok(json::page(&data, limit, offset, Some(total)))
}

pub(super) async fn get(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Ok(json::success(&json::webhook(&app.webhook(id).await?, app.disable_after_ms)))
}

pub(super) async fn update(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    let webhook = app.update(id, Parameters::of_body(&body)?).await?;
    Ok(json::success(&json::webhook(&webhook, app.disable_after_ms)))
}

pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Ok(json::success(&json!({ "id": app.delete(id).await?.id, "deleted": true })))
}

pub(super) async fn rotate_secret(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Ok(json::success(&json::new_secret(&app.rotate(id).await?)))
}

/// Sends a test event, whatever the webhook subscribes to.
pub(super) async fn test(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    let event = Event::read(&body, Operation::WebhooksTest, &id)?;
    app.trigger(id, event).await.map(|entry| json::success(&entry))
}

pub(super) async fn logs(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let list: List = Parameters::of_query(query).with("id", &id).read(Operation::WebhooksGetLogs)?;
    let page = Page { limit: list.limit(), offset: list.offset.unwrap_or_default(), status: list.status() };
    let webhook = app.webhook(id).await?;
    let entries = app.store.run(move |database| database.entries(Some(webhook.number), page)).await?;
    let data: Vec<Value> = entries.iter().map(json::entry).collect();
    Ok(json::page(&data, page.limit, page.offset, None))
}

/// What the API and the dashboard do alike.
impl super::Shared {
    pub(crate) async fn create(&self, parameters: Parameters) -> Result<Webhook, ApiError> {
        let given: Create = parameters.read(Operation::WebhooksCreate)?;
        let metadata = given.metadata.map(text);
        self.create_webhook(NewWebhook { url: given.url, events: given.events, description: given.description, metadata }).await
    }

    pub(crate) async fn update(&self, id: String, parameters: Parameters) -> Result<Webhook, ApiError> {
        let given: Update = parameters.with("id", &id).read(Operation::WebhooksUpdate)?;
        let changes = Changes {
            url: given.url,
            events: given.events,
            enabled: given.enabled,
            description: given.description,
            metadata: given.metadata.map(|metadata| metadata.map(text)),
        };
        let (now, enabled) = (self.clock.now(), changes.enabled);
        let engine = self.engine.clone();
        let update = move |database: &mut Database| database.update_webhook(&id, &changes, now);
        let tell = move |updated: &Option<Webhook>| {
            if let (Some(webhook), Some(_)) = (updated, enabled) {
                engine.webhook_changed(webhook.number);
            }
        };
        self.store.run_then(update, tell).await?.ok_or_else(ApiError::no_such_webhook)
    }

    pub(crate) async fn delete(&self, id: String) -> Result<Webhook, ApiError> {
        let now = self.clock.now();
        let engine = self.engine.clone();
        let tell = move |deleted: &Option<Webhook>| {
            if let Some(webhook) = deleted {
                engine.webhook_changed(webhook.number);
            }
        };
        self.store
            .run_then(move |database| database.delete_webhook(&id, now), tell)
            .await?
            .ok_or_else(ApiError::no_such_webhook)
    }

    pub(crate) async fn rotate(&self, id: String) -> Result<Webhook, ApiError> {
        let (now, ids) = (self.clock.now(), self.ids.clone());
        let overlap_until =
            Some(self.rotation_overlap_ms).filter(|overlap| *overlap > 0).map(|overlap| now.saturating_add(overlap));
        let rotate = move |database: &mut Database| {
            let secret = |webhook, rotations| ids.secret(webhook, rotations);
            Ok(database.rotate_secret(&id, secret, overlap_until, now)?.ok_or_else(ApiError::no_such_webhook))
        };
        self.apply(rotate, json::new_secret, |_, _| {}).await
    }

    pub(crate) async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook, ApiError> {
        let (ids, now) = (self.ids.clone(), self.clock.now());
        let create = move |database: &mut Database| {
            let number = database.next_webhook()?;
            database.create_webhook(&ids.webhook(number), &ids.secret(number, 0), &new, now).map(Ok)
        };
        self.apply(create, json::with_secret, |engine, webhook| engine.webhook_changed(webhook.number)).await
    }

    pub(crate) async fn webhook(&self, id: String) -> Result<Webhook, ApiError> {
        self.store.run(move |database| database.webhook(&id)).await?.ok_or_else(ApiError::no_such_webhook)
    }

    /// Delivers an event to one webhook alone. Returns the entry of its first attempt.
    pub(crate) async fn trigger(&self, id: String, event: Event) -> Result<Value, ApiError> {
        let webhook = self.webhook(id).await?;
        if !webhook.enabled {
            return Err(ApiError::webhook_disabled());
        }
        let event_type = event.event_type.clone();
        let published = self.publish(event, Some(webhook)).await?;
        Ok(first_delivery(&published, &event_type))
    }
}

/// The entry of the first attempt of an event that one webhook gets.
pub(super) fn first_delivery(published: &(String, Published), event_type: &str) -> Value {
    json::published(published, event_type).pointer_mut("/deliveries/0").map(Value::take).unwrap_or_default()
}

fn text(object: Map<String, Value>) -> String {
    Value::Object(object).to_string()
}
