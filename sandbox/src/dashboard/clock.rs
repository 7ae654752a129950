//! The clock that every page shows, and the buttons that turn it.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Map;

use super::form::Fields;
use super::layout::{Asked, Section, action};
use super::{done, parts};
use crate::api::{ApiError, App, Parameters, Shared};

/// The pauses between attempts, each of which a button skips: name, parameter and value.
const STEPS: [(&str, &str, u64); 5] =
    [("5 s", "seconds", 5), ("1 min", "minutes", 1), ("5 min", "minutes", 5), ("30 min", "minutes", 30), ("1 h", "hours", 1)];

/// `back` is the page to return to.
pub(super) fn bar(app: &Shared, back: &str) -> Markup {
    let now = parts::time(app.clock.now());
    if !app.clock.is_virtual() {
        return html! {
            aside .clock aria-label="Clock" { p { span .name { "Clock" } span #clock data-live { (now) } } }
        };
    }
    let steps = html! {
        span .steps role="group" aria-label="Advance the clock by" {
            @for (name, unit, amount) in STEPS {
                button name="step" value=(format!("{unit} {amount}")) { "+" (name) }
            }
        }
    };
    let amount = |name: &str| {
        html! { label { input type="number" name=(name) min="0" max="9999" inputmode="numeric" placeholder="0"; " " (name) } }
    };
    let free = html! { (amount("hours")) (amount("minutes")) (amount("seconds")) button { "Advance" } };
    let reset = html! { button { "Set to the present" } };
    html! {
        aside .clock aria-label="Clock" {
            p { span .name { "Virtual clock" } span #clock data-live { (now) } }
            (action(app, "/dashboard/clock/advance", Some(back), &steps))
            details {
                summary { "More" }
                div .more {
                    (action(app, "/dashboard/clock/advance", Some(back), &free))
                    (action(app, "/dashboard/clock/reset", Some(back), &reset))
                }
            }
        }
    }
}

pub(super) async fn advance(State(app): State<App>, asked: Asked, fields: Fields) -> Response {
    let advanced = match amounts(&fields) {
        Ok(amounts) => app.advance(amounts).await,
        Err(error) => Err(error),
    };
    match advanced {
        Ok(_) => done(fields.back(), "advanced"),
        Err(error) => asked.refused(Section::Deliveries, &error),
    }
}

fn amounts(fields: &Fields) -> Result<Parameters, ApiError> {
    let mut amounts = Map::new();
    let given = match fields.text("step").split_once(' ') {
        Some(step) => vec![step],
        None => ["hours", "minutes", "seconds"].into_iter().map(|unit| (unit, fields.text(unit))).collect(),
    };
    for (unit, amount) in given {
        if !amount.is_empty() {
            let number =
                amount.parse::<u64>().map_err(|_| ApiError::invalid(unit, format!("{unit} must be a whole number.")))?;
            amounts.insert(unit.to_owned(), number.into());
        }
    }
    Ok(Parameters::of(amounts))
}

pub(super) async fn reset(State(app): State<App>, asked: Asked, fields: Fields) -> Response {
    match app.engine.reset_time().await {
        Some(_) => done(fields.back(), "reset"),
        None => asked.refused(Section::Deliveries, &ApiError::unavailable()),
    }
}
