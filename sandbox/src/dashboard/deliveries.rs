//! Deliveries: the list, with filters and pages.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::provide::{AttemptStatus, Standing};
use serde::Deserialize;

use super::layout::{Asked, Section};
use super::parts;
use crate::api::{App, standing as word};
use crate::store::{Delivery, Failed, Filter, Listed, Receiver, Webhook};

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
}

impl Choice {
    fn standing(&self) -> Option<Standing> {
        STANDINGS.into_iter().map(|(standing, _)| standing).find(|standing| word(*standing) == self.status)
    }

    fn before(&self) -> Option<i64> {
        self.before.as_deref().and_then(|number| number.parse().ok())
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

pub(super) async fn list(State(app): State<App>, Query(choice): Query<Choice>, asked: Asked) -> Response {
    let (endpoint, standing, before) = (choice.endpoint.clone(), choice.standing(), choice.before());
    let found = app
        .store
        .run(move |database| {
            let webhooks = database.all_webhooks()?;
            // An endpoint that does not exist has no deliveries.
            let webhook = webhooks.iter().find(|webhook| webhook.id == endpoint).map_or(0, |webhook| webhook.number);
            let webhook = Some(webhook).filter(|_| !endpoint.is_empty());
            // One more than a page has says whether there is another page.
            let filter = Filter { webhook, standing, before, limit: PAGE + 1, ..Filter::default() };
            Ok((database.listed(&filter)?, webhooks, database.totals()))
        })
        .await;
    let Ok((mut rows, webhooks, totals)) = found else { return asked.refused(Section::Deliveries, &Failed.into()) };
    let is_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let oldest = rows.last().map(|row| row.delivery.number).filter(|_| is_more);
    let content = html! {
        div .heading {
            h1 { "Deliveries" }
            p #totals .quiet data-live {
                (totals.accepted()) " accepted: " (totals.delivered) " delivered, " (totals.pending) " pending, " (totals.failed) " failed"
            }
        }
        (filters(&choice, &webhooks))
        div #deliveries data-live { (table(&app, &rows, true)) }
        nav #pages .pages aria-label="Pages" data-live {
            @if choice.before().is_some() { a href=(choice.at("")) #newest { "Newest" } }
            @if let Some(oldest) = oldest { a rel="next" href=(choice.at(&format!("before={oldest}"))) #older { "Older" } }
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
                    @for (standing, name) in STANDINGS {
                        option value=(word(standing)) selected[Some(standing) == choice.standing()] { (name) }
                    }
                }
            }
            button { "Filter" }
        }
    }
}

pub(super) fn table(app: &App, rows: &[Listed], shows_endpoint: bool) -> Markup {
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
                @for Listed { delivery, receiver, attempts } in rows {
                    tr {
                        th scope="row" {
                            a id=(format!("delivery-{}", delivery.number)) href=(path(delivery.number)) { code { (delivery.event_type) } }
                            p .quiet { code { (delivery.event_id) } }
                        }
                        @if shows_endpoint { td .wide .url { (receiver.url) } }
                        td {
                            (parts::standing_badge(delivery.standing))
                            p .quiet { (outlook(delivery, receiver, attempts.last().copied(), now)) }
                        }
                        td { (marks(attempts)) }
                        td .wide .when { (parts::time(delivery.created_at)) }
                    }
                }
            }
        }
    }
}

pub(super) fn path(number: i64) -> String {
    format!("/dashboard/deliveries/{number}")
}

/// The last answer, or what is to come.
pub(super) fn outlook(delivery: &Delivery, receiver: &Receiver, last: Option<AttemptStatus>, now: u64) -> Markup {
    let waits = delivery.standing == Standing::Pending || delivery.resends > 0;
    html! {
        @match delivery.next_attempt_at {
            _ if last == Some(AttemptStatus::Pending) => "in flight",
            _ if waits && !receiver.is_enabled => "waits: endpoint disabled",
            _ if delivery.resends > 0 => "sent again soon",
            Some(at) => { "next " (parts::distance(at, now)) },
            None if delivery.attempts == 0 && receiver.is_deleted => "endpoint deleted",
            None => (answer(delivery.response_code, delivery.error.as_deref())),
        }
    }
}

/// A status or an error.
pub(super) fn answer(code: Option<u16>, error: Option<&str>) -> Markup {
    html! {
        @match (code, error) {
            (Some(code), _) => (code),
            (None, Some(error)) => code { (error) },
            (None, None) => "",
        }
    }
}

/// The marks of a row. A delivery can be resent as often as anybody likes.
const MARKS: usize = 12;

/// One mark for each attempt.
fn marks(attempts: &[AttemptStatus]) -> Markup {
    let left_out = attempts.len().saturating_sub(MARKS);
    html! {
        ol .marks start=[(left_out > 0).then_some(left_out.saturating_add(1))] {
            @for (index, status) in attempts.iter().enumerate().skip(left_out) {
                @let (kind, name) = match status {
                    AttemptStatus::Pending => ("pending", "in flight"),
                    AttemptStatus::Succeeded => ("good", "succeeded"),
                    AttemptStatus::Failed => ("bad", "failed"),
                };
                li class=(kind) { span .hidden { "Attempt " (index.saturating_add(1)) " " (name) } }
            }
        }
        @if left_out > 0 { p .quiet { "and " (left_out) " before" } }
    }
}
