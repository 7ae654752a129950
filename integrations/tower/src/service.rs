//! The service of a route.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use http_body_util::Full;
use payvost_webhooks::receive::Outcome;
use tower_service::Service;

use crate::arrived::Arrived;
use crate::receiver::Receiver;

/// Verifies deliveries, calls the receiver's handlers, and responds. It owns its route: a method other than `POST` is answered with
/// 405.
///
/// The response carries [`Received`](payvost_webhooks::receive::Received) as an extension, for a layer that counts outcomes.
pub struct WebhookService<R> {
    receiver: Arc<R>,
}

impl<R: Receiver> WebhookService<R> {
    /// A service for a receiver. To keep access to the receiver, for its `retry` and its store, pass an `Arc`.
    pub fn new(receiver: impl Into<Arc<R>>) -> Self {
        Self { receiver: receiver.into() }
    }
}

impl<R> Clone for WebhookService<R> {
    fn clone(&self) -> Self {
        Self { receiver: Arc::clone(&self.receiver) }
    }
}

impl<R> fmt::Debug for WebhookService<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService").finish_non_exhaustive()
    }
}

impl<R, B> Service<Request<B>> for WebhookService<R>
where
    R: Receiver,
    B: HttpBody + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let receiver = Arc::clone(&self.receiver);
        Box::pin(async move {
            let received = match Outcome::of_method(request.method().as_str().as_bytes()) {
                Some(outcome) => receiver.end(outcome),
                None => {
                    let arrived = Arrived::read(request, receiver.max_payload_bytes()).await;
                    receiver.receive(arrived).await
                }
            };
            let mut response = response(&received.outcome);
            response.extensions_mut().insert(received);
            Ok(response)
        })
    }
}

/// The response of an outcome.
#[must_use]
pub fn response(outcome: &Outcome) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(outcome.body().into_owned()));
    *response.status_mut() = StatusCode::from_u16(outcome.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in outcome.headers() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
