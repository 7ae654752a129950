//! What every page has around its content.

use core::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::{clock, form};
use crate::api::{ApiError, App, Shared};

/// The part of the dashboard that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Deliveries,
    Send,
    Webhooks,
    Sandbox,
}

/// Which page is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) app: App,
    /// Path and query.
    path: String,
    /// What has just been done.
    done: Option<&'static str>,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let (done, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("done="));
        let done = done.first().and_then(|pair| said(pair.trim_start_matches("done=")));
        let rest = rest.join("&");
        let path = parts.uri.path();
        let path = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
        Ok(Self { app: App::clone(app), path, done })
    }
}

/// What a page says about the action before it. The address names it, and cannot say anything else.
fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "created" => "The endpoint was added. Copy its secret to your receiver.",
        "saved" => "The changes were saved.",
        "rotated" => "The secret was rotated. Copy the new one to your receiver.",
        "enabled" => "The endpoint is enabled.",
        "disabled" => "The endpoint is disabled. Its pending deliveries wait.",
        "deleted" => "The endpoint was deleted.",
        "resent" => "The delivery is sent again.",
        "all-resent" => "The failed deliveries are sent again.",
        "none-resent" => "No delivery has failed in this time.",
        "sent" => "The event was accepted.",
        "unclaimed" => "The event was accepted, but no endpoint subscribes to its type.",
        "advanced" => "The clock was advanced. What became due was delivered.",
        "reset" => "The clock shows the present.",
        _ => return None,
    })
}

impl Asked {
    /// A page of the dashboard.
    pub(super) fn page(&self, section: Section, title: &str, content: &Markup) -> Response {
        self.page_with(StatusCode::OK, section, title, content)
    }

    pub(super) fn page_with(&self, status: StatusCode, section: Section, title: &str, content: &Markup) -> Response {
        let app = &*self.app;
        let main = html! {
            (navigation(section))
            (clock::bar(app, &self.path))
            main #main tabindex="-1" {
                @if let Some(done) = self.done { p .notice role="status" { (done) } }
                (content)
            }
            footer {
                p { "Times are in UTC. " span .live hidden { button type="button" #live { "Pause live updates" } } }
            }
        };
        (status, Html(document(title, &main).into_string())).into_response()
    }

    /// After a secret was made, it is there to copy.
    pub(super) fn shows_secret(&self) -> bool {
        self.done.is_some_and(|done| Some(done) == said("created") || Some(done) == said("rotated"))
    }

    /// Says why something was not done.
    pub(super) fn refused(&self, section: Section, error: &ApiError) -> Response {
        let content = html! {
            h1 { "Nothing was changed" }
            p .problem role="alert" { (error.message()) }
        };
        self.page_with(error.status(), section, "Nothing was changed", &content)
    }
}

/// A form with a button. `fields` go before the button.
pub(super) fn action(app: &Shared, to: &str, back: Option<&str>, fields: &Markup) -> Markup {
    html! {
        form method="post" action=(to) {
            (hidden(app))
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            (fields)
        }
    }
}

/// What each form needs.
pub(super) fn hidden(app: &Shared) -> Markup {
    html! { input type="hidden" name=(form::TOKEN) value=(app.dashboard.form()); }
}

/// A page for somebody who is not let in: it shows nothing of the sandbox.
pub(super) fn plain(status: StatusCode, title: &str, content: &Markup) -> Response {
    let main = html! { main #main .narrow { h1 { (title) } (content) } };
    (status, Html(document(title, &main).into_string())).into_response()
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Payvost sandbox" }
                link rel="stylesheet" href="/dashboard/style.css";
                link rel="icon" type="image/svg+xml" href="/dashboard/icon.svg";
                script src="/dashboard/script.js" defer {}
            }
            body { a .skip href="#main" { "Skip to content" } (body) }
        }
    }
}

fn navigation(section: Section) -> Markup {
    let is_settings = matches!(section, Section::Webhooks | Section::Sandbox);
    let link = |to: &str, name: &str, is_here: bool| {
        html! { li { a href=(to) aria-current=[is_here.then_some("page")] { (name) } } }
    };
    html! {
        header .top {
            a .brand href="/dashboard" { "Payvost " span { "sandbox" } }
            nav aria-label="Main" {
                ul {
                    (link("/dashboard/deliveries", "Deliveries", section == Section::Deliveries))
                    (link("/dashboard/send", "Send an event", section == Section::Send))
                    (link("/dashboard/settings", "Settings", is_settings))
                }
            }
        }
        @if is_settings {
            nav .sub aria-label="Settings" {
                ul {
                    (link("/dashboard/webhooks", "Webhooks", section == Section::Webhooks))
                    (link("/dashboard/sandbox", "Sandbox", section == Section::Sandbox))
                }
            }
        }
    }
}

/// What a browser may do with our pages: load our own style and script, send forms to us, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// With `no-referrer` a browser would send our own forms with the origin `null`, which is refused. `same-origin` tells other sites as little.
const REFERRERS: &str = "same-origin";

pub(super) async fn protect(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(REFERRERS));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}
