//! The test in docs/guides/rust/testing.md, as a merchant writes it.

use std::error::Error;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use payvost_webhooks::client::Payvost;
use payvost_webhooks::manage::{TestingAdvanceTimeParams, TestingTriggerWebhookParams, WebhooksGetLogsParams};
use payvost_webhooks::verify_webhook;
use payvost_webhooks_sandbox::{ClockKind, Options, Sandbox};
use tokio::net::TcpListener;
use tokio::task::block_in_place;

/// The receiver under test: the secret, and the ids of what it has handled.
type Receiver = Arc<(String, Mutex<Vec<String>>)>;

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("Payvost-Signature").map(|value| value.as_bytes());
    match verify_webhook(&body, signature, &receiver.0) {
        Ok(event) => {
            receiver.1.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(event.id().to_owned());
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

fn minutes(minutes: u64) -> TestingAdvanceTimeParams {
    TestingAdvanceTimeParams { minutes: Some(minutes), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_gets_the_event() -> Result<(), Box<dyn Error>> {
    let mut options = Options::default(); // a free port, and everything in memory
    options.clock = ClockKind::Virtual;
    let sandbox = Sandbox::start(options).await?;
    let payvost = Payvost::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;

    // Nothing listens there for now.
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let endpoint = sandbox.add_endpoint(&format!("http://{address}/webhooks/payvost")).await?;
    let event = TestingTriggerWebhookParams { event_type: "payment.succeeded", ..Default::default() };
    let delivery = block_in_place(|| payvost.testing().trigger_webhook(&endpoint.id, &event))?;
    block_in_place(|| payvost.testing().advance_time(&minutes(40)))?;

    // The client blocks, so it runs where that disturbs no other task.
    let receiver = Receiver::new((endpoint.secret, Mutex::default()));
    let app = Router::new().route("/webhooks/payvost", post(receive)).with_state(Arc::clone(&receiver));
    let listener = TcpListener::bind(address).await?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    block_in_place(|| payvost.testing().advance_time(&minutes(60)))?;

    let handled = receiver.1.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
    assert_eq!(handled, [delivery.event.id.clone().unwrap_or_default()]);
    let logs = payvost.webhooks().get_logs(&endpoint.id, &WebhooksGetLogsParams::default());
    let attempts = block_in_place(|| logs.collect::<Result<Vec<_>, _>>())?;
    let failed = attempts.iter().filter(|attempt| attempt.status == "failed").count();
    assert_eq!((attempts.len(), failed), (6, 5));
    assert_eq!(sandbox.totals().await.map(|totals| totals.delivered), Some(1));
    sandbox.stop().await;
    server.abort();
    Ok(())
}
