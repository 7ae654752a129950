//! Settings > Webhooks: the list of endpoints, one endpoint, and what can be done to it.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::form::Fields;
use super::layout::{Asked, Section, action};
use super::{deliveries, done, parts, send};
use crate::api::{ApiError, App, Parameters, ResendFailed};
use crate::store::{Failed, Filter, Webhook};

/// The deliveries that the page of an endpoint shows.
const RECENT: usize = 10;

pub(super) async fn list(State(app): State<App>, asked: Asked) -> Response {
    let Ok(webhooks) = app.store.run(|database| database.all_webhooks()).await else {
        return asked.refused(Section::Webhooks, &Failed.into());
    };
    let content = html! {
        div .heading {
            h1 { "Webhooks" }
            a .button .primary href="/dashboard/webhooks/new" { "Add endpoint" }
        }
        div #webhooks data-live { (table(&app, &webhooks)) }
    };
    asked.page(Section::Webhooks, "Webhooks", &content)
}

fn table(app: &App, webhooks: &[Webhook]) -> Markup {
    if webhooks.is_empty() {
        return html! { p .empty { "There is no endpoint yet. Add the URL of your receiver to get events." } };
    }
    html! {
        table {
            caption .hidden { "Endpoints" }
            thead { tr { th scope="col" { "Endpoint" } th scope="col" .wide { "Events" } th scope="col" { "Status" } } }
            tbody {
                @for webhook in webhooks {
                    tr {
                        th scope="row" {
                            a id=(webhook.id) href=(path(webhook)) { (webhook.url) }
                            @if let Some(description) = &webhook.description { p .quiet { (description) } }
                            p .quiet .small { (parts::patterns(&webhook.events)) }
                        }
                        td .wide { (parts::patterns(&webhook.events)) }
                        td {
                            (parts::webhook_badge(webhook))
                            @if let Some(health) = parts::health(app, webhook) { p .quiet { (health) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) async fn show(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let webhook = match app.webhook(id).await {
        Ok(webhook) => webhook,
        Err(error) => return asked.refused(Section::Webhooks, &error),
    };
    let filter = Filter { webhook: Some(webhook.number), limit: RECENT, ..Filter::default() };
    let Ok(recent) = app.store.run(move |database| database.listed(&filter)).await else {
        return asked.refused(Section::Webhooks, &Failed.into());
    };
    let path = path(&webhook);
    let (switch, name) = if webhook.enabled { ("disable", "Disable") } else { ("enable", "Enable") };
    let content = html! {
        p .crumbs { a href="/dashboard/webhooks" { "Webhooks" } " / " }
        div .heading {
            h1 .url { (webhook.url) }
            div .actions {
                a .button href=(format!("{path}/edit")) { "Edit" }
                (action(&app, &format!("{path}/{switch}"), None, &html! { button { (name) } }))
                a .button .danger href=(format!("{path}/delete")) { "Delete" }
            }
        }
        dl .facts {
            dt { "Status" }
            dd #status data-live {
                (parts::webhook_badge(&webhook))
                @if let Some(health) = parts::health(&app, &webhook) { " " span .quiet { (health) } }
            }
            dt { "Events" } dd { (parts::patterns(&webhook.events)) }
            @if let Some(description) = &webhook.description { dt { "Description" } dd { (description) } }
            @if let Some(metadata) = &webhook.metadata { dt { "Metadata" } dd { code { (metadata) } } }
            dt { "ID" } dd { (parts::copyable(&webhook.id, "the ID")) }
            dt { "Created" } dd { (parts::time(webhook.created_at)) }
            dt { "Secret" }
            dd {
                details open[asked.shows_secret()] #secret {
                    summary { "Show the secret" }
                    (parts::copyable(&webhook.secret, "the secret"))
                }
                div #overlap data-live { (overlap(&app, &webhook)) }
                a .button href=(format!("{path}/rotate")) { "Rotate secret" }
            }
        }
        section aria-labelledby="test" {
            h2 #test { "Send a test event" }
            (send::test_form(&app, &webhook))
        }
        section aria-labelledby="recent" {
            div .heading {
                h2 #recent { "Recent deliveries" }
                a href=(format!("/dashboard/deliveries?endpoint={}", webhook.id)) { "All deliveries to this endpoint" }
            }
            div #deliveries data-live { (deliveries::table(&app, &recent, false)) }
        }
        @if webhook.enabled {
            section aria-labelledby="failed" {
                h2 #failed { "Resend what failed" }
                (action(&app, &format!("{path}/resend"), None, &html! {
                    div .line {
                        label for="since" { "Events since" }
                        input #since name="since" type="datetime-local" step="1" aria-describedby="since-hint";
                        button { "Resend failed deliveries" }
                    }
                    p .hint #since-hint { "In UTC. Leave it empty to resend every failed delivery to this endpoint." }
                }))
            }
        }
    };
    asked.page(Section::Webhooks, &webhook.url, &content)
}

/// Says until when the old secret signs, after a rotation.
fn overlap(app: &App, webhook: &Webhook) -> Markup {
    let now = app.clock.now();
    html! {
        @if let Some((previous, until)) = webhook.previous_secret.as_ref().filter(|(_, until)| *until > now) {
            p { "The old secret signs until " (parts::time(*until)) " (" (parts::distance(*until, now)) ")." }
            details #old-secret { summary { "Show the old secret" } (parts::copyable(previous, "the old secret")) }
        }
    }
}

pub(super) async fn ask_rotate(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let webhook = match app.webhook(id).await {
        Ok(webhook) => webhook,
        Err(error) => return asked.refused(Section::Webhooks, &error),
    };
    let path = path(&webhook);
    let content = html! {
        p .crumbs { a href="/dashboard/webhooks" { "Webhooks" } " / " a href=(path) { (webhook.url) } " / " }
        h1 { "Rotate the secret?" }
        @if app.rotation_overlap_ms == 0 {
            p { "The new secret signs every attempt from now on. A receiver that knows only the old one refuses them. To rehearse an overlap, start the sandbox with " code { "--rotation-overlap SECONDS" } "." }
        } @else {
            p { "The old secret signs for " (parts::duration(app.rotation_overlap_ms)) " more. The new one follows then. In the meantime, add the new secret to your receiver." }
        }
        (confirm(&app, &format!("{path}/rotate"), &path, "Rotate secret", "primary"))
    };
    asked.page(Section::Webhooks, "Rotate the secret", &content)
}

pub(super) async fn ask_delete(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let webhook = match app.webhook(id).await {
        Ok(webhook) => webhook,
        Err(error) => return asked.refused(Section::Webhooks, &error),
    };
    let path = path(&webhook);
    let content = html! {
        p .crumbs { a href="/dashboard/webhooks" { "Webhooks" } " / " a href=(path) { (webhook.url) } " / " }
        h1 { "Delete the endpoint?" }
        p { "Nothing more is delivered to it, and its pending deliveries fail. Its past deliveries stay in the list." }
        (confirm(&app, &format!("{path}/delete"), &path, "Delete endpoint", "danger"))
    };
    asked.page(Section::Webhooks, "Delete the endpoint", &content)
}

fn confirm(app: &App, to: &str, back: &str, name: &str, kind: &str) -> Markup {
    let buttons = html! { button class=(kind) { (name) } a .button href=(back) { "Cancel" } };
    html! { div .actions .confirm { (action(app, to, None, &buttons)) } }
}

pub(super) async fn rotate(State(app): State<App>, Path(id): Path<String>, asked: Asked, _: Fields) -> Response {
    shown(&asked, app.rotate(id).await, "rotated")
}

pub(super) async fn enable(State(app): State<App>, Path(id): Path<String>, asked: Asked, _: Fields) -> Response {
    shown(&asked, app.update(id, enabled(true)).await, "enabled")
}

pub(super) async fn disable(State(app): State<App>, Path(id): Path<String>, asked: Asked, _: Fields) -> Response {
    shown(&asked, app.update(id, enabled(false)).await, "disabled")
}

/// Sends each delivery again that has failed, of events from a time on.
pub(super) async fn resend_failed(State(app): State<App>, Path(id): Path<String>, asked: Asked, fields: Fields) -> Response {
    let since = match fields.text("since") {
        "" => json!({}),
        // The seconds are left out where they are zero.
        since if since.len() == "2025-11-01T10:00".len() => json!({ "since": format!("{since}:00Z") }),
        since => json!({ "since": format!("{since}Z") }),
    };
    let resent = match ResendFailed::read(&since.to_string().into()) {
        Ok(since) => app.resend_failed(id.clone(), since).await,
        Err(error) => Err(error),
    };
    match resent {
        Ok(0) => done(&format!("/dashboard/webhooks/{id}"), "none-resent"),
        Ok(_) => done(&format!("/dashboard/webhooks/{id}"), "all-resent"),
        Err(error) => asked.refused(Section::Webhooks, &error),
    }
}

fn enabled(is_enabled: bool) -> Parameters {
    Parameters::of([("enabled".to_owned(), json!(is_enabled))].into_iter().collect())
}

pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>, asked: Asked, _: Fields) -> Response {
    match app.delete(id).await {
        Ok(_) => done("/dashboard/webhooks", "deleted"),
        Err(error) => asked.refused(Section::Webhooks, &error),
    }
}

/// Goes to the page of a webhook that something was done to.
pub(super) fn shown(asked: &Asked, webhook: Result<Webhook, ApiError>, what: &str) -> Response {
    match webhook {
        Ok(webhook) => done(&path(&webhook), what),
        Err(error) => asked.refused(Section::Webhooks, &error),
    }
}

pub(super) fn path(webhook: &Webhook) -> String {
    format!("/dashboard/webhooks/{}", webhook.id)
}
