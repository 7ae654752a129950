//! Handles each Payvost webhook once, with the claims in PostgreSQL 12 or later, on [tokio-postgres] and a [deadpool].
//!
//! [`PostgresInbox`] puts the claim and the writes of the handler into one transaction: the effect happens once. [`PostgresStore`] claims
//! for a lease: for handlers that write elsewhere.
//!
//! ```no_run
//! use payvost_webhooks::WebhookVerifier;
//! use payvost_webhooks::claims::{ClaimPolicy, HandlerError};
//! use payvost_webhooks::receive::AsyncWebhookReceiver;
//! use payvost_webhooks_postgres::PostgresInbox;
//! # async fn example(pool: deadpool_postgres::Pool, random_bytes: fn() -> Option<[u8; 16]>) -> Result<(), Box<dyn std::error::Error>> {
//! let store = PostgresInbox::new(pool, ClaimPolicy::new());
//! store.create_table().await?;
//!
//! let verifier = WebhookVerifier::new("whsec_example")?;
//! let mut receiver = AsyncWebhookReceiver::with_store(verifier, store, random_bytes);
//! receiver.on("payment.succeeded", |event, claim| {
//!     Box::pin(async move {
//!         let client = claim.transaction().ok_or(HandlerError::new("NoTransaction"))?.client();
//!         let id = event.id();
//!         client
//!             .execute("INSERT INTO payments (event) VALUES ($1)", &[&id])
//!             .await
//!             .map_err(|_| HandlerError::new("DatabaseError"))?;
//!         Ok(())
//!     })
//! })?;
//! # Ok(())
//! # }
//! ```
//!
//! [tokio-postgres]: tokio_postgres
//! [deadpool]: deadpool_postgres

mod common;
mod inbox;
mod store;
mod table;

pub use self::inbox::{InboxTransaction, PostgresInbox};
pub use self::store::PostgresStore;
