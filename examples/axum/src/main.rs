//! Receives Payvost webhooks with axum. Each event is handled once, no matter how often it is delivered.

use std::error::Error;

use axum::Router;
use payvost_webhooks::WebhookVerifier;
use payvost_webhooks::claims::ClaimPolicy;
use payvost_webhooks::receive::{MemoryStore, WebhookReceiver};
use payvost_webhooks_axum::{WebhookService, random_bytes};

fn receiver(secret: &str) -> Result<WebhookReceiver<MemoryStore>, payvost_webhooks::Error> {
    // For one process; a restart clears it. Several processes share a database (PostgresStore) or Redis (RedisStore).
    let store = MemoryStore::new(ClaimPolicy::new());
    let mut receiver = WebhookReceiver::with_store(WebhookVerifier::new(secret)?, store, random_bytes);
    receiver.on("payment.succeeded", |event, _claim| {
        let amount = event.pointer("/data/amount");
        println!("paid: {} {}", event.id(), amount.as_ref().and_then(|amount| amount.as_str()).unwrap_or_default());
        Ok(())
    })?;
    receiver.on("transfer.*", |event, _claim| {
        println!("transfer: {} {}", event.id(), event.event_type());
        Ok(())
    })?;
    receiver.on("*", |event, _claim| {
        println!("other: {} {}", event.id(), event.event_type());
        Ok(())
    })?;
    receiver.log_to(|record| eprintln!("{record}")); // one line per delivery, and why one was refused
    Ok(receiver)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("WEBHOOK_SECRET").unwrap_or_default();
    let receiver = receiver(&secret).unwrap_or_else(|error| {
        eprintln!("WEBHOOK_SECRET cannot be used: {error}. {}", error.hint());
        std::process::exit(1);
    });
    let app = Router::new().route_service("/webhooks/payvost", WebhookService::new(receiver));

    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app).with_graceful_shutdown(terminated()).await?;
    Ok(())
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => drop(terminated.recv().await),
        Err(error) => eprintln!("cannot wait for SIGTERM: {error}"),
    }
}
