//! The sandbox as a merchant's receiver meets it: over HTTP.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests")]

mod kit;

use std::time::{Duration, Instant};

use kit::{Receiver, api, sandbox};
use payvost_webhooks::verify_webhook;
use payvost_webhooks_sandbox::{ClockKind, Options, Sandbox};
use serde_json::json;

fn options(clock: ClockKind) -> Options {
    let mut options = Options::default();
    options.clock = clock;
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_down_for_forty_minutes_gets_its_event() {
    let began = Instant::now();
    let sandbox = sandbox(options(ClockKind::Virtual)).await;
    let receiver = Receiver::start(|_| 503).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let time = api(&sandbox, "GET", "/v1/testing/time", None).await;
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.succeeded", "id": "evt_mine"}))).await;

    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"minutes": 40}))).await;
    receiver.answer(|_| 200);
    let end = api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"minutes": 60}))).await;

    let log = api(&sandbox, "GET", &format!("/v1/webhooks/{}/logs", endpoint.id), None).await;
    let seconds = |entry: &serde_json::Value| kit::seconds(&entry["attemptedAt"]) - kit::seconds(&time["data"]["now"]);
    let entries: Vec<_> = log["data"].as_array().unwrap().iter().rev().collect();
    let offsets: Vec<_> = entries.iter().map(|entry| seconds(entry)).collect();
    assert_eq!(offsets, [0, 5, 65, 365, 2_165, 5_765]);
    assert_eq!(entries[0]["status"], "failed");
    assert_eq!(entries[0]["responseCode"], 503);
    assert_eq!(entries[5]["status"], "succeeded");
    assert_eq!(entries[5]["nextAttemptAt"], json!(null));
    assert_eq!(kit::seconds(&end["data"]["now"]) - kit::seconds(&time["data"]["now"]), 6_000);

    let requests = receiver.requests();
    assert_eq!(requests.len(), 6);
    for request in &requests {
        let event = verify_webhook(&request.body, &request.signature, &endpoint.secret).unwrap();
        assert_eq!((event.id(), event.event_type()), ("evt_mine", "payment.succeeded"));
        assert_eq!(request.body, requests[0].body);
    }
    assert_eq!(kit::totals(&sandbox).await, json!({"accepted": 1, "delivered": 1, "pending": 0, "failed": 0}));
    sandbox.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_fails_after_six_attempts() {
    let sandbox = sandbox(options(ClockKind::Virtual)).await;
    let receiver = Receiver::start(|_| 302).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let body = json!({"eventType": "refund.created"});
    let delivery = api(&sandbox, "POST", &format!("/v1/webhooks/{}/test", endpoint.id), Some(body)).await;
    assert_eq!(delivery["data"]["status"], "pending");
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 2}))).await;
    let log = api(&sandbox, "GET", &format!("/v1/webhooks/{}/logs?status=failed", endpoint.id), None).await;
    let errors: Vec<_> = log["data"].as_array().unwrap().iter().map(|entry| entry["error"].clone()).collect();
    assert_eq!(errors, vec![json!("redirected"); 6]);
    assert_eq!(log["data"][5]["id"], delivery["data"]["id"]);
    assert_eq!(kit::totals(&sandbox).await, json!({"accepted": 1, "delivered": 0, "pending": 0, "failed": 1}));
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_connections_have_names() {
    let sandbox = sandbox(options(ClockKind::Virtual)).await;
    let closed = kit::closed_port().await;
    let reset = kit::Reset::start().await;
    let cases = [
        (format!("http://127.0.0.1:{closed}/"), "connection_refused"),
        (format!("http://127.0.0.1:{}/", reset.port()), "connection_reset"),
        (format!("https://127.0.0.1:{}/", reset.port()), "tls_failed"),
        ("http://10.0.0.1/".to_owned(), "destination_not_allowed"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "destination_not_allowed"),
        ("http://no-such-host.invalid/".to_owned(), "dns_failed"),
    ];
    for (url, error) in &cases {
        let endpoint = sandbox.add_endpoint(url).await.unwrap();
        let path = format!("/v1/webhooks/{}", endpoint.id);
        api(&sandbox, "POST", &format!("{path}/test"), Some(json!({"eventType": "payment.failed"}))).await;
        api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 1}))).await;
        let log = api(&sandbox, "GET", &format!("{path}/logs"), None).await;
        assert_eq!(log["data"][0]["error"], *error, "{url}");
        assert_eq!(log["data"][0]["responseCode"], json!(null), "{url}");
    }
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_webhook_fails_what_is_pending_and_a_disabled_one_keeps_it() {
    let sandbox = sandbox(options(ClockKind::Virtual)).await;
    let receiver = Receiver::start(|_| 500).await;
    let kept = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let deleted = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 1}))).await;
    assert_eq!(receiver.requests().len(), 2);

    api(&sandbox, "DELETE", &format!("/v1/webhooks/{}", deleted.id), None).await;
    api(&sandbox, "PATCH", &format!("/v1/webhooks/{}", kept.id), Some(json!({"enabled": false}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 3}))).await;
    assert_eq!(receiver.requests().len(), 2);
    assert_eq!(kit::totals(&sandbox).await, json!({"accepted": 2, "delivered": 0, "pending": 1, "failed": 1}));

    receiver.answer(|_| 204);
    api(&sandbox, "PATCH", &format!("/v1/webhooks/{}", kept.id), Some(json!({"enabled": true}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 1}))).await;
    assert_eq!(receiver.requests().len(), 3);
    assert_eq!(kit::totals(&sandbox).await, json!({"accepted": 2, "delivered": 1, "pending": 0, "failed": 1}));
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_secret_signs_during_the_overlap() {
    let mut with_overlap = options(ClockKind::Virtual);
    with_overlap.rotation_overlap = Duration::from_secs(60);
    let sandbox = sandbox(with_overlap).await;
    let receiver = Receiver::start(|_| 200).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let path = format!("/v1/webhooks/{}", endpoint.id);
    let rotated = api(&sandbox, "POST", &format!("{path}/rotate-secret"), None).await;
    let new = rotated["data"]["secret"].as_str().unwrap().to_owned();
    assert_ne!(new, endpoint.secret);
    for (seconds, secret) in [(59, &endpoint.secret), (1, &endpoint.secret), (1, &new)] {
        api(&sandbox, "POST", &format!("{path}/test"), Some(json!({"eventType": "payment.failed"}))).await;
        api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": seconds}))).await;
        let request = receiver.requests().pop().unwrap();
        verify_webhook(&request.body, &request.signature, secret).unwrap();
    }
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_for_long_is_disabled() {
    let mut with_limit = options(ClockKind::Virtual);
    with_limit.disable_after = Some(Duration::from_secs(300));
    let sandbox = sandbox(with_limit).await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let path = format!("/v1/webhooks/{}", endpoint.id);
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 100}))).await;
    let webhook = api(&sandbox, "GET", &path, None).await;
    assert_eq!(webhook["data"]["enabled"], true);
    let [since, until] = ["failingSince", "disableAt"].map(|name| kit::seconds(&webhook["data"][name]));
    assert_eq!(until - since, 300);
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 2}))).await;
    let webhook = api(&sandbox, "GET", &path, None).await;
    assert_eq!(webhook["data"]["enabled"], false);
    assert_eq!(webhook["data"]["disableAt"], json!(null));
    assert_eq!(receiver.requests().len(), 4, "the attempt after 365 s disabled it");
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_goes_on_where_it_stopped() {
    let folder = kit::Folder::new();
    let with_database = || {
        let mut options = options(ClockKind::Virtual);
        options.database = Some(folder.path().join("sandbox.db"));
        options.seed = Some(7);
        options
    };
    let receiver = Receiver::start(|_| 500).await;
    let first = sandbox(with_database()).await;
    let endpoint = first.add_endpoint(&receiver.url()).await.unwrap();
    api(&first, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&first, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 10}))).await;
    let before = api(&first, "GET", "/v1/testing/time", None).await;
    first.stop().await;
    assert_eq!(kit::permissions(&folder.path().join("sandbox.db")), 0o600);

    receiver.answer(|_| 200);
    let second = sandbox(with_database()).await;
    assert_eq!(api(&second, "GET", "/v1/testing/time", None).await["data"], before["data"]);
    api(&second, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 54}))).await;
    assert_eq!(receiver.requests().len(), 2);
    api(&second, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 1}))).await;
    assert_eq!(receiver.requests().len(), 3);
    let webhooks = api(&second, "GET", "/v1/webhooks", None).await;
    assert_eq!(webhooks["data"][0]["id"], endpoint.id);
    assert_eq!(kit::totals(&second).await, json!({"accepted": 1, "delivered": 1, "pending": 0, "failed": 0}));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_slow_endpoint_delays_no_other() {
    let sandbox: Sandbox = sandbox(options(ClockKind::Real)).await;
    let slow = Receiver::slow(Duration::from_secs(3)).await;
    let quick = Receiver::start(|_| 200).await;
    sandbox.add_endpoint(&slow.url()).await.unwrap();
    for number in 0..150 {
        api(
            &sandbox,
            "POST",
            "/v1/testing/events",
            Some(json!({"eventType": "payment.failed", "id": format!("evt_{number}")})),
        )
        .await;
    }
    sandbox.add_endpoint(&quick.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed", "id": "evt_last"}))).await;
    kit::eventually(|| quick.requests().len() == 1).await;
}
