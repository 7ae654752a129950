//! Payvost webhooks as a [tower] service, for axum, hyper and everything else that speaks `http`.
//!
//! ```
//! use payvost_webhooks::WebhookVerifier;
//! use payvost_webhooks::receive::WebhookReceiver;
//! use payvost_webhooks_tower::WebhookService;
//!
//! let mut receiver = WebhookReceiver::new(WebhookVerifier::new("whsec_example")?);
//! receiver.on("payment.succeeded", |event, _claim| {
//!     println!("paid: {}", event.id());
//!     Ok(())
//! })?;
//! // axum: Router::new().route_service("/webhooks/payvost", service)
//! let service = WebhookService::new(receiver);
//! # Ok::<(), payvost_webhooks::Error>(())
//! ```
//!
//! [tower]: https://docs.rs/tower-service

mod arrived;
mod receiver;
mod service;

pub use self::arrived::Arrived;
pub use self::receiver::{Receiver, random_bytes};
pub use self::service::{WebhookService, response};
