//! Handles each Payvost webhook once, with the claims in Redis 6 or later: one primary, or a Redis Cluster.
//!
//! ```no_run
//! use payvost_webhooks::WebhookVerifier;
//! use payvost_webhooks::claims::ClaimPolicy;
//! use payvost_webhooks::receive::AsyncWebhookReceiver;
//! use payvost_webhooks_redis::RedisStore;
//! # async fn example(random_bytes: fn() -> Option<[u8; 16]>) -> Result<(), Box<dyn std::error::Error>> {
//! let client = redis::Client::open("redis://127.0.0.1:6379")?;
//! let store = RedisStore::new(client.get_connection_manager().await?, ClaimPolicy::new());
//!
//! let verifier = WebhookVerifier::new("whsec_example")?;
//! let mut receiver = AsyncWebhookReceiver::with_store(verifier, store, random_bytes);
//! receiver.on("payment.succeeded", |event, _claim| {
//!     Box::pin(async move {
//!         println!("paid: {}", event.id());
//!         Ok(())
//!     })
//! })?;
//! # Ok(())
//! # }
//! ```

mod fault;
mod store;

pub use self::store::RedisStore;
