//! The dashboard: the provider's "Settings > Webhooks", deliveries, and the clock, as pages that work without a script.
//!
//! What it does to webhooks, deliveries and the clock are the API's own operations. Here is only what people see of them.

mod assets;
mod clock;
mod deliveries;
mod delivery;
mod entrance;
mod form;
mod layout;
mod parts;
mod pretty;
mod sandbox;
mod send;
mod signature;
mod webhook_form;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;

pub(crate) use entrance::Entrance;

use crate::api::App;

/// The dashboard's routes, all below `/dashboard`.
pub(crate) fn router(app: &App) -> Router {
    let inside = Router::new()
        .route("/dashboard/settings", get(async || Redirect::to("/dashboard/webhooks")))
        .route("/dashboard/webhooks", get(webhooks::list).post(webhook_form::create))
        .route("/dashboard/webhooks/new", get(webhook_form::new))
        .route("/dashboard/webhooks/{id}", get(webhooks::show))
        .route("/dashboard/webhooks/{id}/edit", get(webhook_form::edit).post(webhook_form::save))
        .route("/dashboard/webhooks/{id}/rotate", get(webhooks::ask_rotate).post(webhooks::rotate))
        .route("/dashboard/webhooks/{id}/delete", get(webhooks::ask_delete).post(webhooks::delete))
        .route("/dashboard/webhooks/{id}/enable", post(webhooks::enable))
        .route("/dashboard/webhooks/{id}/disable", post(webhooks::disable))
        .route("/dashboard/webhooks/{id}/test", post(send::test))
        .route("/dashboard/deliveries", get(deliveries::list))
        .route("/dashboard/deliveries/{number}", get(delivery::show))
        .route("/dashboard/deliveries/{number}/resend", post(delivery::resend))
        .route("/dashboard/webhooks/{id}/resend", post(webhooks::resend_failed))
        .route("/dashboard/send", get(send::ask).post(send::publish))
        .route("/dashboard/clock/advance", post(clock::advance))
        .route("/dashboard/clock/reset", post(clock::reset))
        .route("/dashboard/sandbox", get(sandbox::show))
        .route("/dashboard/{*rest}", get(no_such_page))
        .layer(from_fn_with_state(Arc::clone(app), entrance::admit));
    Router::new()
        .route("/dashboard", get(entrance::open))
        .route("/dashboard/", get(async || Redirect::to("/dashboard")))
        .route("/dashboard/style.css", get(assets::style))
        .route("/dashboard/script.js", get(assets::script))
        .route("/dashboard/icon.svg", get(assets::icon))
        .merge(inside)
        .layer(from_fn_with_state(Arc::clone(app), entrance::refuse_strangers))
        .layer(from_fn(layout::protect))
        .with_state(Arc::clone(app))
}

async fn no_such_page() -> Response {
    let body = html! { p { "There is nothing at this address. " a href="/dashboard/webhooks" { "Go to the webhooks" } "." } };
    layout::plain(StatusCode::NOT_FOUND, "No such page", &body)
}

/// Goes to the page that shows what was done. A reload sends nothing again.
fn done(path: &str, what: &str) -> Response {
    let separator = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{separator}done={what}")).into_response()
}
