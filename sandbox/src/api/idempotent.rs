//! Idempotency keys: a request that is sent again gets the answer of the first one.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use payvost_webhooks::sign;

use super::error::ApiError;
use super::json::object;
use super::{App, MAX_BODY_BYTES};
use crate::store::Kept;

/// The longest key.
const MAX_KEY_BYTES: usize = 255;

pub(super) async fn answer_once(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Some(key) = request.headers().get("idempotency-key").cloned() else { return next.run(request).await };
    let Some(key) = key.to_str().ok().filter(|key| (1..=MAX_KEY_BYTES).contains(&key.len())).map(str::to_owned) else {
        return ApiError::invalid("Idempotency-Key", "The Idempotency-Key header must have 1 to 255 visible ASCII characters.")
            .into_response();
    };
    once(&app, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(app: &App, key: String, request: Request, next: Next) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| ApiError::invalid("", "The request's body is too long."))?;
    let target = head.uri.to_string();
    // An HMAC under a fixed key is a digest.
    let digest = sign([target.as_bytes(), b" ", &body].concat(), "request").unwrap_or_default();
    let asked = key.clone();
    if let Some(kept) = app.store.run(move |database| database.kept_answer(&asked)).await? {
        if kept.request != digest {
            return Err(ApiError::invalid(
                "Idempotency-Key",
                "This Idempotency-Key was sent with another request before. Use a new key for each request.",
            ));
        }
        let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
        return Ok(object(status, &serde_json::from_str(&kept.body).unwrap_or_default()));
    }
    let response = next.run(Request::from_parts(head, Body::from(body))).await;
    // A failure of the sandbox, or a request over the rate limit, can be tried again.
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| ApiError::unavailable())?;
    let kept = Kept { request: digest, status: head.status.as_u16(), body: String::from_utf8_lossy(&body).into_owned() };
    app.store.run(move |database| database.keep_answer(&key, &kept)).await?;
    Ok(Response::from_parts(head, Body::from(body)))
}
