//! Resends: one more attempt, because somebody asks for it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests")]

mod kit;

use kit::{Receiver, api, sandbox};
use payvost_webhooks::verify_webhook;
use payvost_webhooks_sandbox::{ClockKind, Endpoint, Options, Sandbox};
use serde_json::{Value, json};

async fn start() -> Sandbox {
    let mut options = Options::default();
    options.clock = ClockKind::Virtual;
    sandbox(options).await
}

async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    api(sandbox, "POST", path, Some(body)).await
}

async fn publish(sandbox: &Sandbox, id: &str) -> String {
    let published = post(sandbox, "/v1/testing/events", json!({"eventType": "payment.succeeded", "id": id})).await;
    published["data"]["deliveries"][0]["id"].as_str().unwrap().to_owned()
}

async fn advance(sandbox: &Sandbox, by: Value) {
    post(sandbox, "/v1/testing/time/advance", by).await;
}

/// Attempt, status, and whether it was a resend, the first one first.
async fn log(sandbox: &Sandbox, endpoint: &Endpoint) -> Vec<(u64, String, bool)> {
    let log = api(sandbox, "GET", &format!("/v1/webhooks/{}/logs?limit=100", endpoint.id), None).await;
    let read = |entry: &Value| {
        (entry["attempt"].as_u64().unwrap(), entry["status"].as_str().unwrap().to_owned(), entry["resend"].as_bool().unwrap())
    };
    log["data"].as_array().unwrap().iter().rev().map(read).collect()
}

async fn totals(sandbox: &Sandbox) -> [i64; 4] {
    let totals = kit::totals(sandbox).await;
    ["accepted", "delivered", "pending", "failed"].map(|name| totals[name].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_is_signed_anew_over_the_same_bytes() {
    let sandbox = start().await;
    let receiver = Receiver::start(|_| 200).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let id = publish(&sandbox, "evt_1").await;
    advance(&sandbox, json!({"seconds": 1})).await;
    let rotated = post(&sandbox, &format!("/v1/webhooks/{}/rotate-secret", endpoint.id), json!({})).await;

    let resent = post(&sandbox, &format!("/v1/testing/deliveries/{id}/resend"), json!({})).await["data"].clone();
    assert_eq!((&resent["attempt"], &resent["status"], &resent["resend"]), (&json!(2), &json!("pending"), &json!(true)));
    assert_eq!(resent["event"], json!({"id": "evt_1", "type": "payment.succeeded"}));
    advance(&sandbox, json!({"hours": 3})).await;

    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    assert_ne!(requests[0].signature, requests[1].signature);
    verify_webhook(&requests[1].body, &requests[1].signature, rotated["data"]["secret"].as_str().unwrap()).unwrap();
    assert_eq!(log(&sandbox, &endpoint).await, [(1, "succeeded".into(), false), (2, "succeeded".into(), true)]);
    assert_eq!(totals(&sandbox).await, [1, 1, 0, 0]);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_resend_leaves_the_schedule_and_a_success_as_they_are() {
    let sandbox = start().await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let id = publish(&sandbox, "evt_1").await;
    advance(&sandbox, json!({"seconds": 3})).await;
    post(&sandbox, &format!("/v1/testing/deliveries/{id}/resend"), json!({})).await;
    advance(&sandbox, json!({"seconds": 1})).await;
    assert_eq!(receiver.requests().len(), 2, "the resend");
    advance(&sandbox, json!({"seconds": 1})).await;
    assert_eq!(receiver.requests().len(), 3, "the attempt after 5 s");
    receiver.answer(|_| 200);
    advance(&sandbox, json!({"seconds": 60})).await;
    assert_eq!(totals(&sandbox).await, [1, 1, 0, 0]);

    receiver.answer(|_| 500);
    post(&sandbox, &format!("/v1/testing/deliveries/{id}/resend"), json!({})).await;
    advance(&sandbox, json!({"hours": 3})).await;
    let failed = |attempt, resend| (attempt, "failed".to_owned(), resend);
    let expected = [failed(1, false), failed(2, true), failed(3, false), (4, "succeeded".into(), false), failed(5, true)];
    assert_eq!(log(&sandbox, &endpoint).await, expected, "a resend is not retried");
    assert_eq!(totals(&sandbox).await, [1, 1, 0, 0]);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_since_a_time_is_sent_again() {
    let sandbox = start().await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let other = sandbox.add_endpoint(&receiver.url().replace("/webhooks", "/other")).await.unwrap();
    publish(&sandbox, "evt_1").await;
    advance(&sandbox, json!({"hours": 2})).await;
    let since = api(&sandbox, "GET", "/v1/testing/time", None).await["data"]["now"].clone();
    for id in ["evt_2", "evt_3"] {
        publish(&sandbox, id).await;
    }
    advance(&sandbox, json!({"hours": 2})).await;
    assert_eq!(totals(&sandbox).await, [6, 0, 0, 6]);
    let before = receiver.requests().len();

    let path = format!("/v1/testing/webhooks/{}/resend-failed", endpoint.id);
    assert_eq!(post(&sandbox, &path, json!({"since": since})).await["data"], json!({"resent": 2}));
    advance(&sandbox, json!({"seconds": 1})).await;
    assert_eq!(totals(&sandbox).await, [6, 0, 0, 6], "they failed once more");
    receiver.answer(|_| 200);
    assert_eq!(post(&sandbox, &path, json!({})).await["data"], json!({"resent": 3}));
    advance(&sandbox, json!({"hours": 2})).await;
    assert_eq!(totals(&sandbox).await, [6, 3, 0, 3]);
    assert_eq!(receiver.requests().len(), before + 5);
    assert_eq!(log(&sandbox, &other).await.len(), 18);
    assert_eq!(post(&sandbox, &path, json!({"since": "yesterday"})).await["error"]["field"], "since");
    assert_eq!(post(&sandbox, &path, json!({"sinse": since})).await["error"]["field"], "sinse");
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_survives_a_restart_and_not_its_webhook() {
    let folder = kit::Folder::new();
    let options = || {
        let mut options = Options::default();
        options.clock = ClockKind::Virtual;
        options.database = Some(folder.path().join("sandbox.db"));
        options
    };
    // It answers after the first process has ended.
    let receiver = Receiver::start(|_| 200).await;
    let first = sandbox(options()).await;
    let endpoint = first.add_endpoint(&receiver.url()).await.unwrap();
    let id = publish(&first, "evt_1").await;
    advance(&first, json!({"seconds": 1})).await;
    let path = format!("/v1/webhooks/{}", endpoint.id);
    api(&first, "PATCH", &path, Some(json!({"enabled": false}))).await;
    let refused = post(&first, &format!("/v1/testing/deliveries/{id}/resend"), json!({})).await;
    assert_eq!(refused["error"]["code"], "validation_error", "{refused}");
    api(&first, "PATCH", &path, Some(json!({"enabled": true}))).await;
    assert_eq!(receiver.requests().len(), 1);
    first.stop().await;

    let connection = rusqlite::Connection::open(folder.path().join("sandbox.db")).unwrap();
    // As if the process had ended before the attempt.
    connection.execute_batch("UPDATE deliveries SET resends = 1").unwrap();
    drop(connection);
    let second = sandbox(options()).await;
    advance(&second, json!({"seconds": 1})).await;
    assert_eq!(receiver.requests().len(), 2);
    assert_eq!(log(&second, &endpoint).await.len(), 2);

    api(&second, "DELETE", &path, None).await;
    for unknown in [&id, "log_99_1", "delivery_99", "log_1", "delivery_01", "evt_1"] {
        let answer = post(&second, &format!("/v1/testing/deliveries/{unknown}/resend"), json!({})).await;
        assert_eq!(answer["error"]["code"], "not_found", "{unknown} {answer}");
    }
    second.stop().await;
}
