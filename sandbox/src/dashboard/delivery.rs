//! One delivery: its attempts on a time line, and the request and the answer of one of them.

use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::provide::{AttemptStatus, Schedule, Standing};
use serde::Deserialize;

use super::form::Fields;
use super::layout::{Asked, Section, action};
use super::pretty::pretty;
use super::signature::{self, Signer};
use super::{deliveries, done, parts};
use crate::api::{App, Shared};
use crate::engine::{AGENT, own_headers};
use crate::store::{Attempt, Delivery, Exchange, Failed, Webhook};

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    /// The attempt whose request and answer are shown. Without it: the last one.
    attempt: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(choice): Query<Choice>,
    asked: Asked,
) -> Response {
    let number = number.parse::<i64>().unwrap_or_default();
    let chosen = choice.attempt.and_then(|attempt| attempt.parse::<u32>().ok());
    let found = app
        .store
        .run(move |database| {
            let Some(delivery) = database.delivery(number)? else { return Ok(None) };
            let last = delivery.attempts.last().map_or(1, |attempt| attempt.number);
            let shown =
                chosen.filter(|chosen| delivery.attempts.iter().any(|attempt| attempt.number == *chosen)).unwrap_or(last);
            let webhook = database.webhook(&delivery.webhook_id)?;
            Ok(database.exchange(number, shown)?.map(|exchange| (delivery, webhook, exchange, shown)))
        })
        .await;
    let (delivery, webhook, exchange, shown) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return super::no_such_page().await,
        Err(Failed) => return asked.refused(Section::Deliveries, &Failed.into()),
    };
    let attempt = delivery.attempts.iter().find(|attempt| attempt.number == shown);
    let content = html! {
        p .crumbs { a href="/dashboard/deliveries" { "Deliveries" } " / " }
        div .heading {
            h1 { code { (delivery.event_type) } }
            div .actions {
                @if webhook.as_ref().is_some_and(|webhook| webhook.enabled) {
                    (action(&app, &format!("/dashboard/deliveries/{number}/resend"), None, &html! { button { "Resend" } }))
                }
            }
        }
        dl .facts {
            dt { "Status" } dd #status data-live { (parts::delivery_badge(delivery.state)) " " span .quiet { (deliveries::outlook(&delivery, app.clock.now())) } }
            dt { "Event" } dd { (parts::copyable(&delivery.event_id, "the event ID")) }
            dt { "Endpoint" }
            dd .url {
                @if webhook.is_some() { a href=(format!("/dashboard/webhooks/{}", delivery.webhook_id)) { (delivery.url) } }
                @else { (delivery.url) " " span .quiet { "deleted" } }
            }
            dt { "Accepted" } dd { (parts::time(delivery.accepted_at)) }
        }
        section aria-labelledby="time-line" {
            h2 #time-line { "Attempts" }
            div #attempts data-live { (time_line(&app, &delivery, shown)) }
        }
        @match attempt {
            Some(attempt) => (exchange_of(&delivery, attempt, webhook.as_ref(), &exchange)),
            None => (body("The body that will be sent", "payload", &String::from_utf8_lossy(&exchange.payload))),
        }
    };
    asked.page(Section::Deliveries, &delivery.event_type, &content)
}

fn time_line(app: &Shared, delivery: &Delivery, shown: u32) -> Markup {
    let first = delivery.attempts.first().map(|attempt| attempt.attempted_at);
    let is_in_flight = delivery.attempts.last().is_some_and(|attempt| attempt.status == AttemptStatus::Pending);
    html! {
        ol .timeline {
            @for attempt in &delivery.attempts {
                li class=(kind(attempt.status)) {
                    a id=(format!("attempt-{}", attempt.number)) href=(format!("?attempt={}", attempt.number))
                        aria-current=[(attempt.number == shown).then_some("true")] {
                        "Attempt " (attempt.number)
                    }
                    " " (parts::attempt_badge(attempt.status)) " "
                    @if attempt.resend { span .quiet { "resend " } }
                    @if attempt.status != AttemptStatus::Pending { (deliveries::answer(attempt)) }
                    @if let Some(took) = attempt.duration_ms { span .quiet { " after " (parts::duration(took)) } }
                    p .quiet {
                        (parts::time(attempt.attempted_at))
                        @if let Some(first) = first.filter(|first| attempt.attempted_at > *first) {
                            " · " (parts::duration(attempt.attempted_at - first)) " after the first"
                        }
                    }
                }
            }
            @if delivery.state == Standing::Pending || delivery.resends > 0 {
                (to_come(app, delivery, is_in_flight))
            }
        }
    }
}

/// The attempts that were asked for, and those that follow by the schedule unless one succeeds.
fn to_come(app: &Shared, delivery: &Delivery, is_in_flight: bool) -> Markup {
    let now = app.clock.now();
    let next = delivery.attempts.last().map_or(1, |attempt| attempt.number.saturating_add(1));
    // What is in flight decides what follows.
    let is_due = !is_in_flight && delivery.state == Standing::Pending && delivery.scheduled < Schedule::MAX_ATTEMPTS;
    let resends = (next..).zip(0..delivery.resends).map(|(number, _)| number);
    let scheduled = next.saturating_add(delivery.resends);
    let later = (delivery.scheduled.saturating_add(1)..Schedule::MAX_ATTEMPTS).filter_map(|ended| app.pace.pause_after(ended));
    html! {
        @for number in resends {
            li .next {
                strong { "Attempt " (number) } " resend, "
                @if delivery.webhook_enabled { "soon" } @else { "waits until the endpoint is enabled" }
            }
        }
        @if is_due {
            li .next {
                strong { "Attempt " (scheduled) } " "
                @if delivery.webhook_enabled {
                    "due " (parts::distance(delivery.due_at, now))
                    p .quiet { (parts::time(delivery.due_at)) }
                } @else { "waits until the endpoint is enabled" }
            }
            @for (number, pause) in (scheduled.saturating_add(1)..).zip(later) {
                li .later { "Attempt " (number) " " span .quiet { (parts::duration(pause)) " later, if needed" } }
            }
        }
    }
}

const fn kind(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::Pending => "pending",
        AttemptStatus::Succeeded => "good",
        AttemptStatus::Failed => "bad",
    }
}

fn exchange_of(delivery: &Delivery, attempt: &Attempt, webhook: Option<&Webhook>, exchange: &Exchange) -> Markup {
    let payload = String::from_utf8_lossy(&exchange.payload);
    html! {
        section aria-labelledby="request" {
            h2 #request { "Request of attempt " (attempt.number) }
            pre .line { "POST " (delivery.url) }
            (headers(request_headers(&delivery.url, exchange).into_iter()))
            (body("Body", "payload", &payload))
        }
        section aria-labelledby="answer" {
            h2 #answer { "Answer" }
            div #exchange data-live { (answer(attempt, exchange)) }
        }
        section aria-labelledby="signature" {
            h2 #signature { "Signature" }
            (signature_of(webhook, exchange))
        }
    }
}

/// The headers that the sandbox sets, and those of HTTP itself.
fn request_headers(url: &str, exchange: &Exchange) -> Vec<(String, String)> {
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string)).unwrap_or_default();
    let length = exchange.payload.len().to_string();
    let own = own_headers(AGENT, &exchange.signature);
    [("Host", &*host), ("Content-Length", &*length)]
        .into_iter()
        .chain(own)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn answer(attempt: &Attempt, exchange: &Exchange) -> Markup {
    let kept: serde_json::Map<String, serde_json::Value> =
        exchange.response_headers.as_deref().and_then(|headers| serde_json::from_str(headers).ok()).unwrap_or_default();
    let kept: Vec<_> = kept.into_iter().map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect();
    html! {
        p {
            @match (attempt.response_code, &attempt.error) {
                (Some(code), Some(error)) => { "Status " strong { (code) } ", " code { (error) } },
                (Some(code), None) => { "Status " strong { (code) } },
                (None, Some(error)) => { strong { code { (error) } } ": " (explained(error)) },
                (None, None) => "The answer has not come yet.",
            }
            @if let Some(took) = attempt.duration_ms { " after " (parts::duration(took)) }
        }
        @if !kept.is_empty() { (headers(kept.into_iter())) }
        @match exchange.response_body.as_deref() {
            Some("") => p .quiet { "The body is empty." },
            Some(text) => (body("Body", "answer", text)),
            None => "",
        }
    }
}

/// What an error means.
fn explained(error: &str) -> &'static str {
    match error {
        "timed_out" => "no answer came within 5 seconds.",
        "connection_refused" => "nothing listens at this address.",
        "connection_reset" => "the connection broke off before the answer was complete.",
        "dns_failed" => "the host has no address.",
        "tls_failed" => "no secure connection could be made.",
        "redirected" => "a redirect counts as a failure and is not followed.",
        "destination_not_allowed" => "deliveries go to this machine, and to hosts that --deliver-to names.",
        _ => "the attempt failed.",
    }
}

fn signature_of(webhook: Option<&Webhook>, exchange: &Exchange) -> Markup {
    let signer = webhook.map(|webhook| signature::signer(&exchange.payload, &exchange.signature, webhook));
    html! {
        p { (parts::copyable(&exchange.signature, "the signature")) }
        p {
            @match signer {
                Some(Signer::Current) => "The endpoint's secret made it: an HMAC-SHA256 of the raw body, in lowercase hex.",
                Some(Signer::Previous) => "The old secret made it, in the overlap of a rotation.",
                Some(Signer::Replaced) => "A secret made it that was rotated away since.",
                None => "The endpoint is deleted, and its secret with it.",
            }
        }
        @if let Some(script) = signature::shell(&exchange.payload) {
            p { "To recompute it, put the secret into " code { "WEBHOOK_SECRET" } " and run:" }
            pre .script tabindex="0" data-copy="the command" { (script) }
        } @else {
            p { "The body is too long for a line of shell. Save it to a file and run " code { "openssl dgst -sha256 -hmac \"$WEBHOOK_SECRET\" FILE" } "." }
        }
    }
}

fn headers(headers: impl Iterator<Item = (String, String)>) -> Markup {
    html! {
        dl .headers {
            @for (name, value) in headers { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// A body, indented where it is JSON, and as it is.
fn body(title: &str, id: &str, text: &str) -> Markup {
    html! {
        h3 { (title) }
        @match pretty(text) {
            Some(indented) => {
                details open id=(format!("{id}-pretty")) { summary { "Pretty" } pre tabindex="0" { (indented) } }
                details id=(format!("{id}-raw")) { summary { "Raw" } pre tabindex="0" data-copy="the raw body" { (text) } }
            },
            None => pre tabindex="0" { (text) },
        }
    }
}

pub(super) async fn resend(State(app): State<App>, Path(number): Path<i64>, asked: Asked, _: Fields) -> Response {
    match app.resend(number).await {
        Ok(_) => done(&format!("/dashboard/deliveries/{number}"), "resent"),
        Err(error) => asked.refused(Section::Deliveries, &error),
    }
}
