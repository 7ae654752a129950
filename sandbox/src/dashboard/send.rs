//! Sending an event: to one endpoint as a test, or to all that subscribe to its type.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::EVENT_TYPES;
use payvost_webhooks::manage::Operation;
use serde_json::json;

use super::form::Fields;
use super::layout::{Asked, Section, action, hidden};
use super::{deliveries, done, webhooks};
use crate::api::{ApiError, App, Event, delivery_of};
use crate::store::Webhook;

pub(super) fn test_form(app: &App, webhook: &Webhook) -> Markup {
    let fields = html! {
        div .line {
            label for="event-type" { "Event type" }
            select #event-type name="event_type" {
                @for name in EVENT_TYPES { option selected[*name == "payment.succeeded"] { (name) } }
            }
            button disabled[!webhook.enabled] { "Send test event" }
        }
        @if !webhook.enabled { p .hint { "Enable the endpoint to send it an event." } }
    };
    action(app, &format!("{}/test", webhooks::path(webhook)), None, &fields)
}

pub(super) async fn test(State(app): State<App>, Path(id): Path<String>, asked: Asked, fields: Fields) -> Response {
    let body = json!({ "eventType": fields.text("event_type") }).to_string();
    let sent = match Event::read(&body.into(), Operation::WebhooksTest, &id) {
        Ok(event) => app.trigger(id, event).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(entry) => match entry.get("id").and_then(serde_json::Value::as_str).and_then(delivery_of) {
            Some(delivery) => done(&deliveries::path(delivery), "sent"),
            None => done("/dashboard/deliveries", "sent"),
        },
        Err(error) => asked.refused(Section::Webhooks, &error),
    }
}

/// What the fields of the form hold.
#[derive(Debug, Default)]
struct Filled<'f> {
    event_type: &'f str,
    id: &'f str,
    data: &'f str,
}

pub(super) async fn ask(asked: Asked) -> Response {
    let filled = Filled { event_type: "payment.succeeded", ..Filled::default() };
    asked.page(Section::Send, "Send an event", &sending(&asked.app, &filled, None))
}

pub(super) async fn publish(State(app): State<App>, asked: Asked, fields: Fields) -> Response {
    let filled = Filled { event_type: fields.text("event_type"), id: fields.text("id"), data: fields.text("data") };
    let published = match read(&filled) {
        Ok(event) => app.publish(event, None).await,
        Err(error) => Err(error),
    };
    match published {
        Ok((_, published)) if published.deliveries.is_empty() => done("/dashboard/send", "unclaimed"),
        Ok(_) => done("/dashboard/deliveries", "sent"),
        Err(error) if error.status() == StatusCode::BAD_REQUEST => {
            asked.page_with(error.status(), Section::Send, "Send an event", &sending(&app, &filled, Some(&error)))
        }
        Err(error) => asked.refused(Section::Send, &error),
    }
}

/// The data keep the bytes in which they were written: they are put into the body as they are.
fn read(filled: &Filled<'_>) -> Result<Event, ApiError> {
    let mut body = format!("{{\"eventType\":{}", json!(filled.event_type));
    if !filled.id.is_empty() {
        body.push_str(&format!(",\"id\":{}", json!(filled.id)));
    }
    if !filled.data.is_empty() {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(filled.data)
            .map_err(|_| ApiError::invalid("data", "data must be a JSON object."))?;
        body.push_str(&format!(",\"data\":{}", filled.data));
    }
    body.push('}');
    Event::read_with_id(&body.into())
}

fn sending(app: &App, filled: &Filled<'_>, error: Option<&ApiError>) -> Markup {
    html! {
        h1 { "Send an event" }
        p { "The event goes to each enabled endpoint that subscribes to its type." }
        @if let Some(error) = error { p .problem role="alert" { (error.message()) } }
        form .stack method="post" action="/dashboard/send" {
            (hidden(app))
            label for="event-type" { "Event type" }
            input #event-type name="event_type" required list="event-types" autocomplete="off" spellcheck="false" value=(filled.event_type);
            datalist #event-types { @for name in EVENT_TYPES { option value=(name) {} } }
            label for="event-id" { "Event ID " span .quiet { "optional" } }
            input #event-id name="id" autocomplete="off" spellcheck="false" value=(filled.id) aria-describedby="id-hint";
            p .hint #id-hint { "Without one, the sandbox makes a new one." }
            label for="data" { "Data " span .quiet { "optional" } }
            textarea #data name="data" rows="8" spellcheck="false" aria-describedby="data-hint" { (filled.data) }
            p .hint #data-hint { "A JSON object. Without one, the event has the data of the documented sample." }
            div .actions { button .primary { "Send event" } }
        }
    }
}
