//! Deliveries: the list, with filters and pages.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::provide::{AttemptStatus, Standing};
use serde::Deserialize;

use super::layout::{Asked, Section};
use super::parts;
use crate::api::App;
use crate::store::{Attempt, Delivery, Failed, From, Wanted, Webhook};

/// The deliveries on a page.
const PAGE: usize = 25;

/// What the address asks for. What it does not say, or says wrongly, is left out.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    endpoint: String,
    #[serde(default)]
    status: String,
    before: Option<String>,
    after: Option<String>,
}

impl Choice {
    fn state(&self) -> Option<Standing> {
        STANDINGS.into_iter().map(|(standing, _)| standing).find(|standing| word(*standing) == self.status)
    }

    fn from(&self) -> From {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        match (number(&self.before), number(&self.after)) {
            (Some(before), _) => From::Before(before),
            (None, Some(after)) => From::After(after),
            (None, None) => From::Newest,
        }
    }

    /// The same choice at another place. Ids and words need no escaping in an address.
    fn at(&self, place: &str) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let pair =
            |name: &str, value: &str| (!value.is_empty() && value.bytes().all(is_plain)).then(|| format!("{name}={value}"));
        let pairs = [pair("endpoint", &self.endpoint), pair("status", &self.status)];
        let place = Some(place.to_owned()).filter(|place| !place.is_empty());
        let query: Vec<String> = pairs.into_iter().chain([place]).flatten().collect();
        if query.is_empty() { "/dashboard/deliveries".to_owned() } else { format!("/dashboard/deliveries?{}", query.join("&")) }
    }
}

const STANDINGS: [(Standing, &str); 3] =
    [(Standing::Pending, "Pending"), (Standing::Delivered, "Delivered"), (Standing::Failed, "Failed")];

const fn word(state: Standing) -> &'static str {
    match state {
        Standing::Pending => "pending",
        Standing::Delivered => "delivered",
        Standing::Failed => "failed",
    }
}

pub(super) async fn list(State(app): State<App>, Query(choice): Query<Choice>, asked: Asked) -> Response {
    let (endpoint, state, from) = (choice.endpoint.clone(), choice.state(), choice.from());
    let found = app
        .store
        .run(move |database| {
            let webhooks = database.all_webhooks()?;
            // An endpoint that does not exist has no deliveries.
            let webhook = webhooks.iter().find(|webhook| webhook.id == endpoint).map(|webhook| webhook.number);
            let webhook = if endpoint.is_empty() { None } else { Some(webhook.unwrap_or_default()) };
            Ok((database.deliveries(Wanted { webhook, state, from, limit: PAGE })?, webhooks, database.totals()))
        })
        .await;
    let Ok((page, webhooks, totals)) = found else { return asked.refused(Section::Deliveries, &Failed.into()) };
    let newest = page.rows.first().map(|row| row.number);
    let oldest = page.rows.last().map(|row| row.number);
    let content = html! {
        div .heading {
            h1 { "Deliveries" }
            p #totals .quiet data-live {
                (totals.accepted()) " accepted: " (totals.delivered) " delivered, " (totals.pending) " pending, " (totals.failed) " failed"
            }
        }
        (filters(&choice, &webhooks))
        div #deliveries data-live { (table(&app, &page.rows, true)) }
        nav .pages aria-label="Pages" {
            @if page.has_newer && choice.from() != From::Newest {
                a href=(choice.at("")) { "Newest" }
                @if let Some(newest) = newest { a rel="prev" href=(choice.at(&format!("after={newest}"))) { "Newer" } }
            }
            @if let Some(oldest) = oldest.filter(|_| page.has_older) {
                a rel="next" href=(choice.at(&format!("before={oldest}"))) { "Older" }
            }
        }
    };
    asked.page(Section::Deliveries, "Deliveries", &content)
}

fn filters(choice: &Choice, webhooks: &[Webhook]) -> Markup {
    html! {
        form .filters method="get" action="/dashboard/deliveries" {
            div {
                label for="endpoint" { "Endpoint" }
                select #endpoint name="endpoint" {
                    option value="" { "All endpoints" }
                    @for webhook in webhooks {
                        option value=(webhook.id) selected[webhook.id == choice.endpoint] { (webhook.url) }
                    }
                }
            }
            div {
                label for="status" { "Status" }
                select #status name="status" {
                    option value="" { "Any status" }
                    @for (state, name) in STANDINGS {
                        option value=(word(state)) selected[Some(state) == choice.state()] { (name) }
                    }
                }
            }
            button { "Filter" }
        }
    }
}

pub(super) fn table(app: &App, rows: &[Delivery], shows_endpoint: bool) -> Markup {
    if rows.is_empty() {
        return html! { p .empty { "No deliveries." } };
    }
    let now = app.clock.now();
    html! {
        table {
            caption .hidden { "Deliveries, the newest first" }
            thead {
                tr {
                    th scope="col" { "Event" }
                    @if shows_endpoint { th scope="col" .wide { "Endpoint" } }
                    th scope="col" { "Status" }
                    th scope="col" { "Attempts" }
                    th scope="col" .wide { "Accepted" }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" {
                            a id=(format!("delivery-{}", row.number)) href=(format!("/dashboard/deliveries/{}", row.number)) { code { (row.event_type) } }
                            p .quiet { code { (row.event_id) } }
                        }
                        @if shows_endpoint { td .wide .url { (row.url) } }
                        td { (parts::delivery_badge(row.state)) p .quiet { (outlook(row, now)) } }
                        td { (dots(&row.attempts)) }
                        td .wide .when { (parts::time(row.accepted_at)) }
                    }
                }
            }
        }
    }
}

/// The last answer, or what is to come.
pub(super) fn outlook(row: &Delivery, now: u64) -> Markup {
    let last = row.attempts.last();
    html! {
        @match last {
            Some(attempt) if attempt.status == AttemptStatus::Pending => "in flight",
            _ if (row.state == Standing::Pending || row.resends > 0) && !row.webhook_enabled => "waits: endpoint disabled",
            _ if row.resends > 0 => "sent again soon",
            _ if row.state == Standing::Pending => { "next " (parts::distance(row.due_at, now)) },
            Some(attempt) => (answer(attempt)),
            None if row.webhook_deleted => "endpoint deleted",
            None => "",
        }
    }
}

/// A status or an error.
pub(super) fn answer(attempt: &Attempt) -> Markup {
    html! {
        @match (attempt.response_code, &attempt.error) {
            (Some(code), _) => (code),
            (None, Some(error)) => code { (error) },
            (None, None) => "in flight",
        }
    }
}

/// One mark for each attempt.
fn dots(attempts: &[Attempt]) -> Markup {
    html! {
        ol .dots {
            @for attempt in attempts {
                @let (kind, name) = match attempt.status {
                    AttemptStatus::Pending => ("pending", "in flight"),
                    AttemptStatus::Succeeded => ("good", "succeeded"),
                    AttemptStatus::Failed => ("bad", "failed"),
                };
                li class=(kind) { span .hidden { "Attempt " (attempt.number) " " (name) } }
            }
        }
    }
}
