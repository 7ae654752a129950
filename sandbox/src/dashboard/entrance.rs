//! Who may open the dashboard: the holder of the address that was printed, on pages of the dashboard's own origin.

use core::fmt;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::layout;
use crate::api::{App, check_names};
use crate::ids::random_hex;

/// What opens the dashboard. Each start makes new ones.
pub(crate) struct Entrance {
    /// In the address that is printed.
    token: String,
    /// The cookie's value: what a browser got for the token.
    session: String,
    /// In each form: a page of another origin cannot know it.
    form: String,
    /// The cookie's name. Browsers send cookies to every port of a host, so each port has a name of its own.
    cookie: String,
}

impl fmt::Debug for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entrance").field("cookie", &self.cookie).finish_non_exhaustive()
    }
}

impl Entrance {
    pub(crate) fn new(port: u16) -> Result<Self, getrandom::Error> {
        Ok(Self {
            token: random_hex()?,
            session: random_hex()?,
            form: random_hex()?,
            cookie: format!("payvost_sandbox_{port}"),
        })
    }

    /// The path that opens the dashboard.
    pub(crate) fn path(&self) -> String {
        format!("/dashboard?token={}", self.token)
    }

    pub(super) fn form(&self) -> &str {
        &self.form
    }

    pub(super) fn is_form(&self, given: &str) -> bool {
        same(given, &self.form)
    }

    fn is_session(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == self.cookie && same(value, &self.session))
    }

    fn cookie(&self) -> String {
        format!("{}={}; Path=/dashboard; HttpOnly; SameSite=Strict", self.cookie, self.session)
    }
}

fn same(given: &str, wanted: &str) -> bool {
    given.as_bytes().ct_eq(wanted.as_bytes()).into()
}

#[derive(Debug, Deserialize)]
pub(super) struct Token {
    token: Option<String>,
}

/// `/dashboard`: exchanges the token for a cookie and goes on without it, so that it stays in no history.
pub(super) async fn open(State(app): State<App>, Query(given): Query<Token>, headers: HeaderMap) -> Response {
    match given.token {
        Some(token) if same(&token, &app.dashboard.token) => {
            let mut response = Redirect::to("/dashboard").into_response();
            if let Ok(cookie) = HeaderValue::from_str(&app.dashboard.cookie()) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        None if app.dashboard.is_session(&headers) => Redirect::to("/dashboard/webhooks").into_response(),
        _ => closed(),
    }
}

/// Lets pages of the dashboard's own origin in that have the cookie.
pub(super) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.dashboard.is_session(request.headers()) { next.run(request).await } else { closed() }
}

/// Refuses a name that is not the sandbox's, and a page of another origin, as the API does.
pub(super) async fn refuse_strangers(State(app): State<App>, request: Request, next: Next) -> Response {
    match check_names(&app.hosts, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => layout::plain(error.status(), "Not allowed", &html! { p { (error.message()) } }),
    }
}

fn closed() -> Response {
    let body = html! {
        p { "Open the address that the sandbox printed when it started. It looks like this:" }
        pre { "http://127.0.0.1:4400/dashboard?token=…" }
        p { "The sandbox makes a new address each time it starts. If you have just opened it, " a href="/dashboard" { "continue" } "." }
    };
    layout::plain(StatusCode::UNAUTHORIZED, "The dashboard is closed", &body)
}
