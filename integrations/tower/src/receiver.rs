//! The receivers of the core, on tokio.

use std::future::Future;
use std::sync::Arc;

use payvost_webhooks::receive::{AsyncClaimStore, AsyncWebhookReceiver, ClaimStore, Outcome, Received, WebhookReceiver};
use tokio::task::{JoinHandle, spawn, spawn_blocking};

use crate::arrived::Arrived;

/// A receiver that a service can call. Both receivers of the core are one.
///
/// A delivery runs in a task of its own: when Payvost closes the connection after 5 seconds, the handler goes on, and the retry finds
/// that the event is handled.
pub trait Receiver: Send + Sync + 'static {
    /// How long a body may be.
    fn max_payload_bytes(&self) -> usize;

    /// Ends a delivery before it is read, and logs it.
    fn end(&self, outcome: Outcome) -> Received;

    /// Receives a delivery.
    fn receive(self: Arc<Self>, arrived: Arrived) -> impl Future<Output = Received> + Send;
}

/// Its handlers and its store block, so each delivery runs on a thread for blocking work.
impl<S: ClaimStore + Send + Sync + 'static> Receiver for WebhookReceiver<S>
where
    S::Transaction: Send,
{
    fn max_payload_bytes(&self) -> usize {
        self.max_payload_bytes()
    }

    fn end(&self, outcome: Outcome) -> Received {
        self.end(outcome)
    }

    async fn receive(self: Arc<Self>, arrived: Arrived) -> Received {
        let receiver = Arc::clone(&self);
        ended(&*self, spawn_blocking(move || WebhookReceiver::receive(&receiver, &arrived.arrival()))).await
    }
}

impl<S: AsyncClaimStore + 'static> Receiver for AsyncWebhookReceiver<S> {
    fn max_payload_bytes(&self) -> usize {
        self.max_payload_bytes()
    }

    fn end(&self, outcome: Outcome) -> Received {
        self.end(outcome)
    }

    async fn receive(self: Arc<Self>, arrived: Arrived) -> Received {
        let receiver = Arc::clone(&self);
        ended(&*self, spawn(async move { AsyncWebhookReceiver::receive(&receiver, &arrived.arrival()).await })).await
    }
}

/// A handler that panics has failed. Its claim is released when its lease is over.
async fn ended(receiver: &impl Receiver, task: JoinHandle<Received>) -> Received {
    task.await.unwrap_or_else(|_| receiver.end(Outcome::HandlerFailed))
}

/// 16 bytes from the system, for the tokens of claims: pass this function to `with_store`. `None` if the system has none.
///
/// ```
/// use payvost_webhooks::WebhookVerifier;
/// use payvost_webhooks::claims::ClaimPolicy;
/// use payvost_webhooks::receive::{AsyncWebhookReceiver, MemoryStore};
/// use payvost_webhooks_tower::random_bytes;
///
/// let verifier = WebhookVerifier::new("whsec_example")?;
/// let receiver = AsyncWebhookReceiver::with_store(verifier, MemoryStore::new(ClaimPolicy::new()), random_bytes);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[must_use]
pub fn random_bytes() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}
