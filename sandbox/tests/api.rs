//! The management API: what it accepts, what it answers, whom it refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic, reason = "tests")]

mod kit;

use std::time::Duration;

use kit::{Receiver, api, request, sandbox};
use payvost_webhooks_sandbox::{ClockKind, Options, RateLimit, Sandbox, StartError};
use serde_json::{Value, json};

const KEY: (&str, &str) = ("authorization", "Bearer sk_test_sandbox");

async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let (status, _, body) = request(sandbox, "POST", path, &[KEY], Some(body.to_string())).await;
    (status, body)
}

#[tokio::test]
async fn the_secret_is_in_the_answers_of_create_and_rotate_alone() {
    let sandbox = sandbox(Options::default()).await;
    let given = json!({
        "url": "https://yourapp.com/webhooks/payvost",
        "events": ["payment.*", "user.kyc_verified"],
        "description": "Production webhook endpoint",
        "metadata": {"environment": "production"},
    });
    let created = post(&sandbox, "/v1/webhooks", &given).await.1["data"].clone();
    for name in ["url", "events", "description", "metadata"] {
        assert_eq!(created[name], given[name]);
    }
    assert_eq!(created["enabled"], true);
    let secret = created["secret"].as_str().unwrap();
    let path = format!("/v1/webhooks/{}", created["id"].as_str().unwrap());
    for answer in [
        api(&sandbox, "GET", &path, None).await,
        api(&sandbox, "GET", "/v1/webhooks", None).await,
        api(&sandbox, "PATCH", &path, Some(json!({"enabled": false}))).await,
    ] {
        assert!(!answer.to_string().contains("secret"), "{answer}");
    }
    let rotated = api(&sandbox, "POST", &format!("{path}/rotate-secret"), None).await;
    assert_ne!(rotated["data"]["secret"], secret);

    assert_eq!(api(&sandbox, "DELETE", &path, None).await["success"], true);
    assert_eq!(api(&sandbox, "GET", &path, None).await["error"]["code"], "not_found");
    sandbox.stop().await;
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_null_clears() {
    let sandbox = sandbox(Options::default()).await;
    let given = json!({"url": "http://localhost:3000/", "events": ["*"], "description": "old", "metadata": {"a": 1}});
    let created = post(&sandbox, "/v1/webhooks", &given).await.1["data"].clone();
    let path = format!("/v1/webhooks/{}", created["id"].as_str().unwrap());
    let updated = api(&sandbox, "PATCH", &path, Some(json!({"events": ["payment.*"], "description": null}))).await;
    assert_eq!(updated["data"]["events"], json!(["payment.*"]));
    assert_eq!(updated["data"]["description"], Value::Null);
    assert_eq!(updated["data"]["metadata"], json!({"a": 1}));
    assert_eq!(updated["data"]["url"], "http://localhost:3000/");
    sandbox.stop().await;
}

#[tokio::test]
async fn invalid_parameters_are_named() {
    let sandbox = sandbox(Options::default()).await;
    for (body, field) in [
        (json!({"events": ["*"]}), "url"),
        (json!({"url": "http://localhost/", "events": []}), "events"),
        (json!({"url": "http://localhost/", "events": ["pay*"]}), "events"),
        (json!({"url": "localhost", "events": ["*"]}), "url"),
        (json!({"url": "http://user:password@localhost/", "events": ["*"]}), "url"),
        (json!({"url": "http://localhost/", "events": ["*"], "descripton": "typo"}), "descripton"),
    ] {
        let (status, answer) = post(&sandbox, "/v1/webhooks", &body).await;
        assert_eq!(
            (status, &answer["error"]["code"], &answer["error"]["field"]),
            (400, &json!("validation_error"), &json!(field)),
            "{answer}"
        );
        assert!(answer["error"]["requestId"].as_str().unwrap().starts_with("req_"));
    }
    for body in ["{", "[]", "nonsense"] {
        let (status, _, answer) = request(&sandbox, "POST", "/v1/webhooks", &[KEY], Some(body.into())).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("validation_error")), "{body}");
    }
    for id in [json!(7), json!(""), json!("a\nb"), json!("x".repeat(256))] {
        let (status, answer) = post(&sandbox, "/v1/testing/events", &json!({"eventType": "payment.failed", "id": id})).await;
        assert_eq!((status, &answer["error"]["field"]), (400, &json!("id")), "{answer}");
    }
    let repeated = r#"{"eventType": "payment.failed", "data": {"a": {"b": 1, "b": 2}}}"#;
    let (status, _, answer) = request(&sandbox, "POST", "/v1/testing/events", &[KEY], Some(repeated.into())).await;
    assert_eq!((status, &answer["error"]["field"]), (400, &json!("data")), "{answer}");
    let (status, answer) = post(&sandbox, "/v1/testing/time/advance", &json!({"minutes": 5})).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks?limit=101", None).await["error"]["field"], "limit");
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks/none/logs?status=lost", None).await["error"]["field"], "status");
    assert_eq!(request(&sandbox, "PUT", "/v1/webhooks", &[KEY], None).await.0, 405);
    assert_eq!(request(&sandbox, "GET", "/v2/webhooks", &[KEY], None).await.0, 404);
    sandbox.stop().await;
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let sandbox = sandbox(Options::default()).await;
    let status = async |headers: &[(&str, &str)]| request(&sandbox, "GET", "/v1/webhooks", headers, None).await.0;
    assert_eq!(status(&[KEY]).await, 200);
    assert_eq!(status(&[]).await, 401);
    assert_eq!(status(&[("authorization", "Bearer sk_test_other")]).await, 401);
    assert_eq!(status(&[("authorization", "sk_test_sandbox")]).await, 401);
    assert_eq!(status(&[KEY, ("host", "evil.example")]).await, 403);
    assert_eq!(status(&[KEY, ("origin", "http://evil.example")]).await, 403);
    assert_eq!(status(&[KEY, ("origin", "null")]).await, 403);
    sandbox.stop().await;
}

#[tokio::test]
async fn pages_have_a_limit_an_offset_and_a_total() {
    let sandbox = sandbox(Options::default()).await;
    for port in 1..=25 {
        sandbox.add_endpoint(&format!("http://localhost:{port}/")).await.unwrap();
    }
    let first = api(&sandbox, "GET", "/v1/webhooks", None).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 20);
    assert_eq!(first["pagination"], json!({"limit": 20, "offset": 0, "total": 25}));
    let last = api(&sandbox, "GET", "/v1/webhooks?limit=10&offset=20", None).await;
    let urls: Vec<_> = last["data"].as_array().unwrap().iter().map(|webhook| webhook["url"].clone()).collect();
    assert_eq!(
        urls,
        [
            "http://localhost:21/",
            "http://localhost:22/",
            "http://localhost:23/",
            "http://localhost:24/",
            "http://localhost:25/"
        ]
    );
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_found_by_webhook_status_type_and_time() {
    let mut options = Options::default();
    options.clock = ClockKind::Virtual;
    let sandbox = sandbox(options).await;
    let receiver =
        Receiver::start(|received| if received.body.windows(7).any(|text| text == b".failed") { 500 } else { 200 }).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let other = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let advance = async || {
        let answer = api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 1}))).await;
        answer["data"]["now"].as_str().unwrap().to_owned()
    };
    let mut since = String::new();
    for (number, event_type) in ["payment.failed", "payment.succeeded", "payment.created"].into_iter().enumerate() {
        api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": event_type, "id": format!("evt_{number}")})))
            .await;
        since = if number == 0 { advance().await } else { since };
    }
    advance().await;
    let find = async |query: &str| {
        let page = api(&sandbox, "GET", &format!("/v1/testing/deliveries?{query}"), None).await;
        let events = page["data"].as_array().unwrap_or_else(|| panic!("{page}"));
        let found: Vec<_> = events.iter().map(|delivery| delivery["event"]["id"].as_str().unwrap().to_owned()).collect();
        (found.join(" "), page["pagination"]["nextCursor"].as_str().map(str::to_owned))
    };
    assert_eq!(find("").await.0, "evt_2 evt_2 evt_1 evt_1 evt_0 evt_0");
    assert_eq!(find(&format!("webhookId={}", other.id)).await.0, "evt_2 evt_1 evt_0");
    assert_eq!(find("status=pending").await.0, "evt_0 evt_0");
    assert_eq!(find(&format!("status=delivered&webhookId={}", endpoint.id)).await.0, "evt_2 evt_1");
    assert_eq!(find("eventType=payment.succeeded").await.0, "evt_1 evt_1");
    assert_eq!(find("eventType=refund.created").await.0, "");
    assert_eq!(find(&format!("since={since}")).await.0, "evt_2 evt_2 evt_1 evt_1");
    let (first, cursor) = find("limit=4").await;
    let (second, end) = find(&format!("limit=4&cursor={}", cursor.unwrap())).await;
    assert_eq!((first.as_str(), second.as_str(), end), ("evt_2 evt_2 evt_1 evt_1", "evt_0 evt_0", None));
    for (query, field) in
        [("limit=0", "limit"), ("status=lost", "status"), ("since=now", "since"), ("cursor=1", "cursor"), ("a=1", "a")]
    {
        assert_eq!(api(&sandbox, "GET", &format!("/v1/testing/deliveries?{query}"), None).await["error"]["field"], field);
    }

    let page = api(&sandbox, "GET", "/v1/testing/deliveries?status=pending&limit=1", None).await;
    let listed = &page["data"][0];
    assert_eq!((&listed["status"], &listed["attempts"], &listed["responseCode"]), (&json!("pending"), &json!(1), &json!(500)));
    let path = format!("/v1/testing/deliveries/{}", listed["id"].as_str().unwrap());
    let one = api(&sandbox, "GET", &path, None).await["data"].clone();
    let payload = one["payload"].as_str().unwrap();
    let signature = one["log"][0]["signature"].as_str().unwrap();
    assert_eq!(signature, payvost_webhooks::sign(payload.as_bytes(), &other.secret).unwrap());
    assert_eq!(one["log"][0]["responseHeaders"]["location"], "/elsewhere");
    assert_eq!(api(&sandbox, "GET", "/v1/testing/deliveries/delivery_99", None).await["error"]["code"], "not_found");
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_creates_once() {
    let sandbox = sandbox(Options::default()).await;
    let create = async |url: &str| {
        let body = json!({"url": url, "events": ["*"]}).to_string();
        let (status, _, answer) =
            request(&sandbox, "POST", "/v1/webhooks", &[KEY, ("idempotency-key", "one")], Some(body)).await;
        (status, answer)
    };
    let first = create("http://localhost:1/").await;
    assert_eq!(first.0, 200);
    assert_eq!(create("http://localhost:1/").await, first);
    assert_eq!(create("http://localhost:2/").await.0, 400);
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks", None).await["pagination"]["total"], 1);

    // Requests that arrive at the same time: the first one is carried out, and the others wait for its answer.
    let body = json!({"url": "http://localhost:3/", "events": ["*"]}).to_string();
    let headers = [KEY, ("idempotency-key", "two")];
    let together = || request(&sandbox, "POST", "/v1/webhooks", &headers, Some(body.clone()));
    let (one, two, three, four) = tokio::join!(together(), together(), together(), together());
    assert_eq!(one.0, 200);
    assert!([two, three, four].iter().all(|other| other.2 == one.2));
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks", None).await["pagination"]["total"], 2);

    // A request that was refused can be corrected.
    let refused = request(&sandbox, "POST", "/v1/webhooks", &[KEY, ("idempotency-key", "three")], Some("{}".into())).await;
    assert_eq!(refused.0, 400);
    let corrected = request(&sandbox, "POST", "/v1/webhooks", &[KEY, ("idempotency-key", "three")], Some(body)).await;
    assert_eq!(corrected.0, 200);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_again() {
    let mut options = Options::default();
    options.rate_limit = RateLimit::new(2, 30);
    let sandbox = sandbox(options).await;
    let mut last = request(&sandbox, "GET", "/v1/webhooks", &[KEY], None).await;
    assert_eq!((last.0, &last.1["x-ratelimit-remaining"]), (200, &"1".parse().unwrap()));
    for _ in 0..2 {
        last = request(&sandbox, "GET", "/v1/webhooks", &[KEY], None).await;
    }
    assert_eq!((last.0, &last.2["error"]["code"]), (429, &json!("rate_limit_exceeded")));
    let wait: u64 = last.1["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait));
    assert_eq!(request(&sandbox, "GET", "/v1/testing/time", &[KEY], None).await.0, 200, "what controls a test is not limited");
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_and_timeouts_come_on_demand() {
    let mut options = Options::default();
    options.clock = ClockKind::Virtual;
    let sandbox = sandbox(options).await;
    let simulate = async |what: &str, body: Value| {
        let answer = api(&sandbox, "POST", &format!("/v1/testing/simulate/{what}"), Some(body)).await;
        if answer["success"] == true { answer["data"].clone() } else { answer["error"]["field"].clone() }
    };
    let left = json!({"rateLimit": 2, "timeout": 0, "deliveryTimeout": 0});
    assert_eq!(simulate("rate-limit", json!({"requests": 2, "retryAfter": 7})).await, left);
    for _ in 0..2 {
        let (status, headers, answer) = request(&sandbox, "GET", "/v1/webhooks", &[KEY], None).await;
        assert_eq!((status, &answer["error"]["code"]), (429, &json!("rate_limit_exceeded")));
        assert_eq!(["retry-after", "x-ratelimit-remaining"].map(|name| headers[name].to_str().unwrap()), ["7", "0"]);
    }

    // The request is carried out, and its answer comes too late.
    simulate("timeout", json!({"seconds": 1})).await;
    let began = std::time::Instant::now();
    let late = post(&sandbox, "/v1/webhooks", &json!({"url": "http://localhost:1/", "events": ["*"]})).await;
    assert_eq!(late.0, 200);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks", None).await["pagination"]["total"], 1);

    let receiver = Receiver::start(|_| 200).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    simulate("delivery-timeout", json!({"webhookId": endpoint.id})).await;
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 5}))).await;
    assert_eq!(receiver.requests().len(), 2);
    let log = api(&sandbox, "GET", &format!("/v1/webhooks/{}/logs", endpoint.id), None).await;
    let errors: Vec<_> = log["data"].as_array().unwrap().iter().map(|entry| &entry["error"]).collect();
    assert_eq!(errors, [&json!(null), &json!("timed_out")]);

    assert_eq!(simulate("timeout", json!({"requests": -1})).await, "requests");
    assert_eq!(simulate("timeout", json!({"seconds": 0})).await, "seconds");
    assert_eq!(simulate("rate-limit", json!({"seconds": 1})).await, "seconds");
    assert_eq!(simulate("delivery-timeout", json!({"webhookId": 1})).await, "webhookId");

    // A late answer does not hold up a sandbox that stops.
    simulate("timeout", json!({})).await;
    let base_url = sandbox.base_url();
    let late = tokio::spawn(async move { kit::get(&base_url, "/v1/webhooks").await });
    kit::eventually_async(async || api(&sandbox, "GET", "/v1/testing/simulate", None).await["data"]["timeout"] == 0).await;
    let began = std::time::Instant::now();
    sandbox.stop().await;
    assert_eq!(late.await.unwrap(), 200);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_reset_leaves_nothing() {
    let sandbox = sandbox(Options::default()).await;
    let receiver = Receiver::start(|_| 200).await;
    sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    kit::eventually(|| receiver.requests().len() == 1).await;
    api(&sandbox, "POST", "/v1/testing/reset", None).await;
    assert_eq!(api(&sandbox, "GET", "/v1/webhooks", None).await["data"], json!([]));
    assert_eq!(kit::totals(&sandbox).await, json!({"accepted": 0, "delivered": 0, "pending": 0, "failed": 0}));
    sandbox.stop().await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_start() {
    let start = async |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        Sandbox::start(options).await.map(drop)
    };
    let changes: [fn(&mut Options); 5] = [
        |options| options.api_key = Some("sk_live_mine".into()),
        |options| options.api_key = Some("sk_test_with space".into()),
        |options| options.listen = "0.0.0.0:0".parse().unwrap(),
        |options| {
            options.listen = "0.0.0.0:0".parse().unwrap();
            options.api_key = Some("sk_test_mine".into());
            options.seed = Some(1);
        },
        |options| options.concurrency = 0,
    ];
    for change in changes {
        assert!(matches!(start(change).await, Err(StartError::Option(_))));
    }
    assert!(matches!(start(|options| options.secret = Some(" ".into())).await, Err(StartError::Secret(_))));
    let folder = kit::Folder::new();
    std::fs::write(folder.path().join("text"), "not a database, but long enough to be read as one").unwrap();
    let mut options = Options::default();
    options.database = Some(folder.path().join("text"));
    assert!(matches!(Sandbox::start(options).await, Err(StartError::Database(_))));
}
