//! Idempotency keys: a request that is sent again gets the answer of the first one.
//!
//! The answer is kept in the transaction that has its effect, so that no crash leaves the one without the other. Of two requests with the
//! same key, the second waits for the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use payvost_webhooks::sign;
use serde_json::Value;

use super::error::ApiError;
use super::json::{object, successful};
use super::{App, MAX_BODY_BYTES, Shared};
use crate::engine::Engine;
use crate::store::{Database, Kept};

/// The longest key.
const MAX_KEY_BYTES: usize = 255;

/// What identifies a request.
#[derive(Debug, Clone)]
struct Identity {
    key: String,
    /// A digest of path and body.
    request: String,
}

tokio::task_local! {
    /// The request that is being answered, if it has a key.
    static IDENTITY: Identity;
}

/// The keys of requests that are being answered.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    busy: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Keys {
    fn of(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody waits for a lock that only this map holds.
        busy.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(busy.entry(key.to_owned()).or_default())
    }
}

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
    let lock = app.keys.of(&key);
    let _turn = lock.lock().await;
    let asked = key.clone();
    if let Some(kept) = app.store.run(move |database| database.kept_answer(&asked)).await? {
        if kept.request != digest {
            return Err(ApiError::invalid(
                "Idempotency-Key",
                "This Idempotency-Key was sent with another request before. Use a new key for each request.",
            ));
        }
        return Ok(object(StatusCode::OK, &serde_json::from_str(&kept.body).unwrap_or_default()));
    }
    let identity = Identity { key, request: digest };
    Ok(IDENTITY.scope(identity, next.run(Request::from_parts(head, Body::from(body)))).await)
}

impl Shared {
    /// Does something in a transaction, and keeps its answer there if the request has an idempotency key. A failure is not kept: the
    /// request can be sent again.
    ///
    /// `committed` runs after the commit, even if the client has gone by then.
    pub(super) async fn apply<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> rusqlite::Result<Result<T, ApiError>> + Send + 'static,
        answer: impl FnOnce(&T) -> Value + Send + 'static,
        committed: impl FnOnce(&Engine, &T) + Send + 'static,
    ) -> Result<T, ApiError> {
        let identity = IDENTITY.try_with(Clone::clone).ok();
        let engine = self.engine.clone();
        let work = move |database: &mut Database| {
            let done = work(database)?;
            if let (Ok(value), Some(Identity { key, request })) = (&done, identity) {
                database.keep_answer(&key, &Kept { request, body: successful(&answer(value)).to_string() })?;
            }
            Ok(done)
        };
        self.store
            .run_then(work, move |done| {
                if let Ok(value) = done {
                    committed(&engine, value);
                }
            })
            .await?
    }
}
