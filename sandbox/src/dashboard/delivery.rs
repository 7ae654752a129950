//! One delivery: its attempts on a time line, and the request and the answer of one of them.

use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::provide::AttemptStatus;
use serde::Deserialize;

use super::form::Fields;
use super::layout::{Asked, Section, action};
use super::pretty::pretty;
use super::signature::{self, Signer};
use super::{deliveries, done, parts};
use crate::api::{ApiError, App, Shared};
use crate::engine::{AGENT, own_headers};
use crate::store::{Detail, Failed, Receiver, Sent, Webhook};

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    /// The attempt whose request and answer are shown. Without it: the last one.
    attempt: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<i64>,
    Query(choice): Query<Choice>,
    asked: Asked,
) -> Response {
    let found = app
        .store
        .run(move |database| {
            let (Some(detail), Some(receiver)) = (database.delivery(number)?, database.receiver(number)?) else {
                return Ok(None);
            };
            let webhook = database.webhook(&detail.delivery.webhook_id)?;
            Ok(Some((detail, receiver, webhook)))
        })
        .await;
    let (detail, receiver, webhook) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return asked.refused(Section::Deliveries, &ApiError::no_such_delivery()),
        Err(Failed) => return asked.refused(Section::Deliveries, &Failed.into()),
    };
    let chosen = choice.attempt.and_then(|attempt| attempt.parse::<u32>().ok());
    let chosen = detail.attempts.iter().find(|sent| Some(sent.entry.attempt) == chosen);
    let shown = chosen.or(detail.attempts.last());
    let last = detail.attempts.last().map(|sent| sent.entry.status);
    let delivery = &detail.delivery;
    let content = html! {
        p .crumbs { a href="/dashboard/deliveries" { "Deliveries" } " / " }
        div .heading {
            h1 { code { (delivery.event_type) } }
            div .actions {
                @if webhook.as_ref().is_some_and(|webhook| webhook.enabled) {
                    (action(&app, &format!("{}/resend", deliveries::path(number)), None, &html! { button { "Resend" } }))
                }
            }
        }
        dl .facts {
            dt { "Status" } dd #status data-live { (parts::standing_badge(delivery.standing)) " " span .quiet { (deliveries::outlook(delivery, &receiver, last, app.clock.now())) } }
            dt { "Event" } dd { (parts::copyable(&delivery.event_id, "the event ID")) }
            dt { "Endpoint" }
            dd .url {
                @if webhook.is_some() { a href=(format!("/dashboard/webhooks/{}", delivery.webhook_id)) { (receiver.url) } }
                @else { (receiver.url) " " span .quiet { "deleted" } }
            }
            dt { "Accepted" } dd { (parts::time(delivery.created_at)) }
        }
        section aria-labelledby="time-line" {
            h2 #time-line { "Attempts" }
            div #attempts data-live { (time_line(&app, &detail, &receiver, shown)) }
        }
        @match shown {
            Some(sent) => (exchange(&receiver.url, sent, &detail.payload, webhook.as_ref())),
            None => (body("The body that will be sent", "payload", &String::from_utf8_lossy(&detail.payload))),
        }
    };
    asked.page(Section::Deliveries, &delivery.event_type, &content)
}

fn time_line(app: &Shared, detail: &Detail, receiver: &Receiver, shown: Option<&Sent>) -> Markup {
    let first = detail.attempts.first().map(|sent| sent.entry.attempted_at);
    let shown = shown.map(|sent| sent.entry.attempt);
    html! {
        ol .timeline {
            @for Sent { entry, .. } in &detail.attempts {
                li class=(kind(entry.status)) {
                    a id=(format!("attempt-{}", entry.attempt)) href=(format!("?attempt={}", entry.attempt))
                        aria-current=[(shown == Some(entry.attempt)).then_some("true")] {
                        "Attempt " (entry.attempt)
                    }
                    " " (parts::attempt_badge(entry.status)) " "
                    @if entry.resend { span .quiet { "resend " } }
                    (deliveries::answer(entry.response_code, entry.error.as_deref()))
                    @if let Some(took) = entry.duration_ms { span .quiet { " after " (parts::duration(took)) } }
                    p .quiet {
                        (parts::time(entry.attempted_at))
                        @if let Some(first) = first.filter(|first| entry.attempted_at > *first) {
                            " · " (parts::duration(entry.attempted_at - first)) " after the first"
                        }
                    }
                }
            }
            (to_come(app, detail, receiver))
        }
    }
}

/// The attempts that were asked for, and those that follow by the schedule unless one succeeds.
fn to_come(app: &Shared, detail: &Detail, receiver: &Receiver) -> Markup {
    let now = app.clock.now();
    let is_in_flight = |sent: &Sent| sent.entry.status == AttemptStatus::Pending;
    // What is in flight decides what follows, and may be one of those that were asked for.
    let in_flight = detail.attempts.last().filter(|sent| is_in_flight(sent));
    let resends = detail.delivery.resends.saturating_sub(in_flight.map_or(0, |sent| u32::from(sent.entry.resend)));
    let due_at = detail.delivery.next_attempt_at.filter(|_| in_flight.is_none());
    let next = detail.attempts.last().map_or(1, |sent| sent.entry.attempt.saturating_add(1));
    let scheduled = next.saturating_add(resends);
    let ended = detail.attempts.iter().filter(|sent| !sent.entry.resend && !is_in_flight(sent)).count();
    let later = (ended.saturating_add(1)..).map_while(|ended| app.pace.pause_after(u8::try_from(ended).ok()?));
    html! {
        @for number in (next..).zip(0..resends.min(MAX_RESENDS)).map(|(number, _)| number) {
            li .next {
                strong { "Attempt " (number) } " resend, "
                @if receiver.is_enabled { "soon" } @else { "waits until the endpoint is enabled" }
            }
        }
        @if let Some(due_at) = due_at {
            li .next {
                strong { "Attempt " (scheduled) } " "
                @if receiver.is_enabled {
                    "due " (parts::distance(due_at, now))
                    p .quiet { (parts::time(due_at)) }
                } @else { "waits until the endpoint is enabled" }
            }
            @for (number, pause) in (scheduled.saturating_add(1)..).zip(later) {
                li .later { "Attempt " (number) " " span .quiet { (parts::duration(pause)) " later, if needed" } }
            }
        }
    }
}

/// How many resends that wait are shown.
const MAX_RESENDS: u32 = 5;

const fn kind(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::Pending => "pending",
        AttemptStatus::Succeeded => "good",
        AttemptStatus::Failed => "bad",
    }
}

fn exchange(url: &str, sent: &Sent, payload: &[u8], webhook: Option<&Webhook>) -> Markup {
    html! {
        section aria-labelledby="request" {
            h2 #request { "Request of attempt " (sent.entry.attempt) }
            pre .line { "POST " (url) }
            (headers(request_headers(url, &sent.signature, payload).into_iter()))
            (body("Body", "payload", &String::from_utf8_lossy(payload)))
        }
        section aria-labelledby="answer" {
            h2 #answer { "Answer" }
            div #exchange data-live { (answer(sent)) }
        }
        section aria-labelledby="signature" {
            h2 #signature { "Signature" }
            (signature_of(webhook, payload, &sent.signature))
        }
    }
}

/// The headers that the sandbox sets, and those of HTTP itself.
fn request_headers(url: &str, signature: &str, payload: &[u8]) -> Vec<(String, String)> {
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string)).unwrap_or_default();
    let length = payload.len().to_string();
    let own = own_headers(AGENT, signature);
    [("Host", &*host), ("Content-Length", &*length)]
        .into_iter()
        .chain(own)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn answer(sent: &Sent) -> Markup {
    let entry = &sent.entry;
    let kept: serde_json::Map<String, serde_json::Value> =
        sent.response_headers.as_deref().and_then(|headers| serde_json::from_str(headers).ok()).unwrap_or_default();
    let kept: Vec<_> = kept.into_iter().map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect();
    html! {
        p {
            @match (entry.response_code, &entry.error) {
                (Some(code), Some(error)) => { "Status " strong { (code) } ", " code { (error) } },
                (Some(code), None) => { "Status " strong { (code) } },
                (None, Some(error)) => strong { code { (error) } },
                (None, None) => "The answer has not come yet.",
            }
            @if let Some(took) = entry.duration_ms { " after " (parts::duration(took)) }
            @if let (None, Some(error)) = (entry.response_code, &entry.error) { ": " (explained(error)) }
        }
        @if !kept.is_empty() { (headers(kept.into_iter())) }
        @match entry.response_body.as_deref() {
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

fn signature_of(webhook: Option<&Webhook>, payload: &[u8], signature: &str) -> Markup {
    let signer = webhook.map(|webhook| signature::signer(payload, signature, webhook));
    html! {
        p { (parts::copyable(signature, "the signature")) }
        p {
            @match signer {
                Some(Signer::Current) => "The endpoint's secret made it: an HMAC-SHA256 of the raw body, in lowercase hex.",
                Some(Signer::Previous) => "The old secret made it, the one before the last rotation.",
                Some(Signer::Replaced) => "A secret that was replaced since made it.",
                None => "The endpoint is deleted, and its secret with it.",
            }
        }
        @if let Some(script) = signature::shell(payload) {
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
        Ok(_) => done(&deliveries::path(number), "resent"),
        Err(error) => asked.refused(Section::Deliveries, &error),
    }
}
