//! What a form sends.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::layout;
use crate::api::App;

/// The fields of a form that one of our own pages has sent. Every action takes them, and so checks where they come from.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field's text without space at its edges; empty if it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Each value of a field that can have several.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The page of the dashboard to show next, as the form says. Never another site's.
    pub(super) fn back(&self) -> &str {
        let path = self.text("back");
        let is_ours = path.starts_with("/dashboard/") && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if is_ours { path } else { "/dashboard/webhooks" }
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let form: Form<Vec<(String, String)>> = Form::from_request(request, app).await.map_err(|_| {
            let body = html! { p { "The form cannot be read. Go back and send it again." } };
            layout::plain(StatusCode::BAD_REQUEST, "Nothing was changed", &body)
        })?;
        let fields = Self(form.0);
        if app.dashboard.is_form(fields.text(TOKEN)) {
            return Ok(fields);
        }
        let body = html! { p { "The form does not come from a page of this sandbox. Reload the page and send it again." } };
        Err(layout::plain(StatusCode::FORBIDDEN, "Nothing was changed", &body))
    }
}

/// The field that shows that a form comes from our own page.
pub(super) const TOKEN: &str = "form_token";
