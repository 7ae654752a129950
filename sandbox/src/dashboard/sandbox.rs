//! Settings > Sandbox: how a client reaches it, and how it was started.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Response;
use maud::html;

use super::layout::{Asked, Section};
use super::parts;
use crate::api::App;

pub(super) async fn show(State(app): State<App>, headers: HeaderMap, asked: Asked) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1:4400");
    let base_url = format!("http://{host}");
    let curl = format!("curl {base_url}/v1/webhooks -H 'Authorization: Bearer {}'", app.api_key);
    let content = html! {
        h1 { "Sandbox" }
        dl .facts {
            dt { "Base URL" } dd { (parts::copyable(&base_url, "the base URL")) }
            dt { "API key" } dd { details #key { summary { "Show the API key" } (parts::copyable(&app.api_key, "the API key")) } }
            dt { "Try it" } dd { details #try { summary { "Show the command" } (parts::copyable(&curl, "the command")) } }
            dt { "Clock" } dd { @if app.clock.is_virtual() { "Virtual: it stands still until it is advanced." } @else { "The machine's." } }
            dt { "Rotation" } dd {
                @if app.rotation_overlap_ms == 0 { "The old secret stops at once." }
                @else { "The old secret signs for " (parts::duration(app.rotation_overlap_ms)) " more." }
            }
            dt { "Failing endpoints" } dd {
                @match app.disable_after_ms {
                    Some(after) => { "Disabled after " (parts::duration(after)) " without a success." },
                    None => "Never disabled.",
                }
            }
        }
    };
    asked.page(Section::Sandbox, "Sandbox", &content)
}
