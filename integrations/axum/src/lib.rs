//! Payvost webhooks in axum: [`WebhookService`] is a whole route, and [`VerifiedEvent`] is an extractor for a handler of your own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::post;
//! use payvost_webhooks::WebhookVerifier;
//! use payvost_webhooks_axum::VerifiedEvent;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Payment {
//!     amount: String,
//! }
//!
//! async fn webhook(event: VerifiedEvent<Payment>) {
//!     println!("{}: {}", event.event_type(), event.data.amount);
//! }
//!
//! let verifier = Arc::new(WebhookVerifier::new("whsec_example")?);
//! let app: Router = Router::new().route("/webhooks/payvost", post(webhook)).with_state(verifier);
//! # Ok::<(), payvost_webhooks::Error>(())
//! ```
//!
//! The extractor verifies and parses. It does not claim: handle each event once with [`WebhookService`] and a store.

mod verified_event;

pub use payvost_webhooks_tower::{Arrived, Receiver, WebhookService, random_bytes};

pub use self::verified_event::{Refusal, VerifiedEvent};
