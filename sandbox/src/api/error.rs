//! Failures, as the provider words them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::json::object;
use crate::ids::random_hex;
use crate::store::Failed;

/// A failed request.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<String>,
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, retry_after: None }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// A sentence for people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The parameter that is invalid.
    pub(crate) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()).filter(|field| !field.is_empty()),
            ..Self::new(StatusCode::BAD_REQUEST, "validation_error", message)
        }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "The API key is missing or invalid. Send it as Authorization: Bearer KEY. The sandbox's key is sk_test_sandbox unless --api-key gives another.",
        )
    }

    pub(super) fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "authorization_error", message)
    }

    pub(super) fn no_such_webhook() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no webhook with this id.")
    }

    pub(super) fn no_such_event() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no event with this id.")
    }

    pub(crate) fn no_such_delivery() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no delivery with this id, or its webhook was deleted.")
    }

    pub(super) fn webhook_disabled() -> Self {
        Self::invalid("id", "The webhook is disabled. Enable it first.")
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path. Does the base URL end before /v1?")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "validation_error", "This path does not support the request's method.")
    }

    pub(super) fn too_many_requests(retry_after: u64) -> Self {
        let message = format!("Too many requests. Try again in {retry_after} s.");
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message) }
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "service_error",
            "The sandbox could not write to its database. Nothing was changed.",
        )
    }
}

impl From<Failed> for ApiError {
    fn from(Failed: Failed) -> Self {
        Self::unavailable()
    }
}

/// The id that [`number`] replaces: it is known once the response is.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let id = format!("req_{}", random_hex().unwrap_or_default());
        let error = json!({ "code": self.code, "message": self.message, "field": self.field, "requestId": id });
        let mut response = object(self.status, &json!({ "success": false, "error": error }));
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Gives every response an id. A failure has it in its body too.
pub(super) async fn number(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !response.headers().contains_key(REQUEST_ID)
        && let Ok(id) = HeaderValue::from_str(&format!("req_{}", random_hex().unwrap_or_default()))
    {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
