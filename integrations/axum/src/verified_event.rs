//! The extractor.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use payvost_webhooks::receive::Outcome;
use payvost_webhooks::{Event, WebhookVerifier};
use payvost_webhooks_tower::{Arrived, response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// An event whose signature is right, with its data as a type of yours. It dereferences to the [`Event`].
///
/// The state of the router is an `Arc<WebhookVerifier>`, or has one ([`FromRef`]). A request that is refused is answered with the status
/// and the body of its [`Outcome`], before your handler.
///
/// Events have many shapes. Take `VerifiedEvent<serde_json::Value>` for a route that gets more than one, and ask for
/// [`event_type`](Event::event_type): an event whose data does not fit `T` is answered with 500, so that Payvost sends it again.
#[derive(Debug)]
pub struct VerifiedEvent<T> {
    /// The event, with its payload.
    pub event: Event<'static>,
    /// Its data.
    pub data: T,
}

/// Why a request has no event for the handler. It is the response.
#[derive(Debug)]
pub struct Refusal {
    outcome: Outcome,
}

impl Refusal {
    /// The outcome, with its code, for metrics and logs.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.code())
    }
}

impl std::error::Error for Refusal {}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        response(&self.outcome).map(Body::new)
    }
}

impl<S, T> FromRequest<S> for VerifiedEvent<T>
where
    S: Send + Sync,
    Arc<WebhookVerifier>: FromRef<S>,
    T: DeserializeOwned,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let verifier = Arc::<WebhookVerifier>::from_ref(state);
        let arrived = Arrived::read(request, verifier.max_payload_bytes()).await;
        let event = arrived.arrival().verify(&verifier).map_err(|outcome| Refusal { outcome })?;
        let data = data(&event).map_err(|_| Refusal { outcome: Outcome::HandlerFailed })?;
        Ok(Self { event: event.into_owned(), data })
    }
}

impl<T> Deref for VerifiedEvent<T> {
    type Target = Event<'static>;

    fn deref(&self) -> &Event<'static> {
        &self.event
    }
}

fn data<T: DeserializeOwned>(event: &Event<'_>) -> serde_json::Result<T> {
    #[derive(Deserialize)]
    struct Envelope<T> {
        data: T,
    }
    serde_json::from_str::<Envelope<T>>(event.payload()).map(|envelope| envelope.data)
}
