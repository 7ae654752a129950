//! A receiver in axum: at /by-hand with what a user would write with `hmac` and `serde_json`, and at /ours with the extractor of the
//! package for axum.

use std::env;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use hmac::{Hmac, KeyInit, Mac};
use payvost_webhooks::WebhookVerifier;
use payvost_webhooks_axum::VerifiedEvent;
use serde_json::{Value, json};
use sha2::Sha256;

#[tokio::main]
async fn main() {
    let secret = env::var("WEBHOOK_SECRET").expect("WEBHOOK_SECRET");
    let port = env::var("PORT").expect("PORT").parse().expect("a port");
    let ours = Router::new().route("/ours", post(ours)).with_state(Arc::new(WebhookVerifier::new(&secret).expect("a secret")));
    let by_hand = Router::new().route("/by-hand", post(by_hand)).with_state(Arc::from(secret));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a free port");
    axum::serve(listener, ours.merge(by_hand)).await.expect("no end");
}

async fn ours(event: VerifiedEvent<Value>) -> Json<Value> {
    handle_webhook_event(event.event_type(), &event.data);
    Json(json!({"received": true}))
}

async fn by_hand(State(secret): State<Arc<str>>, headers: HeaderMap, payload: Bytes) -> Result<Json<Value>, StatusCode> {
    let signature = headers.get("payvost-signature").ok_or(StatusCode::BAD_REQUEST)?;
    let signature = hex::decode(signature).map_err(|_| StatusCode::BAD_REQUEST)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(&payload);
    mac.verify_slice(&signature).map_err(|_| StatusCode::BAD_REQUEST)?;

    let event: Value = serde_json::from_slice(&payload).map_err(|_| StatusCode::BAD_REQUEST)?;
    handle_webhook_event(event["type"].as_str().unwrap_or_default(), &event["data"]);
    Ok(Json(json!({"received": true})))
}

fn handle_webhook_event(event_type: &str, data: &Value) {
    assert_eq!(event_type, "payment.succeeded");
    assert!(data.is_object());
}
