//! The receiver in Rust of tests/once: on Redis with leases, or on PostgreSQL as an inbox. Each handler adds a row to "effects".

use std::env::var;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use deadpool_postgres::{Manager, Pool};
use payvost_webhooks::WebhookVerifier;
use payvost_webhooks::claims::{ClaimPolicy, HandlerError};
use payvost_webhooks::receive::{AsyncClaimStore, AsyncWebhookReceiver};
use payvost_webhooks_axum::{WebhookService, random_bytes};
use payvost_webhooks_postgres::PostgresInbox;
use payvost_webhooks_redis::RedisStore;
use tokio_postgres::NoTls;

const INSERT: &str = "INSERT INTO effects (receiver, event) VALUES ($1, $2)";

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let (name, lease) = (var("RECEIVER")?, Duration::from_secs_f64(var("LEASE")?.parse()?));
    let policy = ClaimPolicy::new().lease(lease)?.prefix(&name)?;
    let manager = Manager::new(var("DATABASE_URL")?.parse()?, NoTls);
    let pool = Pool::builder(manager).max_size(8).build()?;
    match var("REDIS_PORT") {
        Ok(port) => {
            let client = redis::Client::open(format!("redis://127.0.0.1:{port}"))?;
            let store = RedisStore::new(client.get_connection_manager().await?, policy);
            let mut receiver = AsyncWebhookReceiver::with_store(verifier()?, store, random_bytes);
            receiver.on("*", move |event, _claim| {
                let (pool, name) = (pool.clone(), name.clone());
                Box::pin(async move {
                    let client = pool.get().await.map_err(|_| HandlerError::new("PoolError"))?;
                    let inserted = client.execute(INSERT, &[&name, &event.id()]).await;
                    inserted.map(drop).map_err(|_| HandlerError::new("DatabaseError"))
                })
            })?;
            serve(receiver).await
        }
        Err(_) => {
            let store = PostgresInbox::new(pool, policy);
            store.create_table().await?;
            let mut receiver = AsyncWebhookReceiver::with_store(verifier()?, store, random_bytes);
            receiver.on("*", move |event, claim| {
                let name = name.clone();
                Box::pin(async move {
                    let client = claim.transaction().ok_or(HandlerError::new("NoTransaction"))?.client();
                    let inserted = client.execute(INSERT, &[&name, &event.id()]).await;
                    inserted.map(drop).map_err(|_| HandlerError::new("DatabaseError"))
                })
            })?;
            serve(receiver).await
        }
    }
}

fn verifier() -> Result<WebhookVerifier, Box<dyn Error>> {
    Ok(WebhookVerifier::new(var("WEBHOOK_SECRET")?)?)
}

async fn serve<S: AsyncClaimStore + 'static>(mut receiver: AsyncWebhookReceiver<S>) -> Outcome {
    receiver.log_to(|record| eprintln!("{record}"));
    let app = Router::new().route_service("/webhooks/payvost", WebhookService::new(receiver));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", var("PORT")?)).await?;
    Ok(axum::serve(listener, app).await?)
}
