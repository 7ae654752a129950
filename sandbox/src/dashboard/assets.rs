//! The style, the script and the icon: three files in the binary.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("assets/style.css"))
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("assets/script.js"))
}

pub(super) async fn icon() -> Response {
    file("image/svg+xml", include_str!("assets/icon.svg"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
