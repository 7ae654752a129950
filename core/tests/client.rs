//! The ready client against a scripted server.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use payvost_webhooks::client::{CallError, Payvost, PayvostBuilder};
use payvost_webhooks::manage::{
    CallOptions, Operation, TestingAdvanceTimeParams, TestingTriggerWebhookParams, WebhooksCreateParams, WebhooksGetLogsParams,
    WebhooksListParams, WebhooksTestParams, WebhooksUpdateParams,
};

const KEY: &str = "sk_test_canary_4f1d";
const WEBHOOK: &str =
    r#"{"id":"webhook_abc123","url":"https://yourapp.com/hooks","events":["payment.*"],"enabled":true,"metadata":{"a":"b"}}"#;

/// The server's reaction to one request.
#[derive(Clone)]
enum Act {
    /// Writes these bytes and keeps the connection open.
    Answer(Vec<u8>),
    /// Writes them and closes it.
    Last(Vec<u8>),
    /// Writes one byte at a time, with a pause after each, forever.
    Drip(&'static [u8]),
    /// Writes the first bytes once, and the others until the client closes the connection.
    Endless(&'static [u8], &'static [u8]),
}

struct Server {
    port: u16,
    requests: Receiver<String>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn new(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, requests) = channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let script = Arc::new(Mutex::new(script.into_iter().collect::<Vec<_>>().into_iter()));
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (script, sender) = (script.clone(), sender.clone());
                thread::spawn(move || {
                    let Ok(mut stream) = stream else { return };
                    while let Some(request) = request(&stream) {
                        let _ = sender.send(request);
                        let Some(act) = script.lock().unwrap().next() else { return };
                        if !perform(&act, &mut stream) {
                            return;
                        }
                    }
                });
            }
        });
        Self { port, requests, connections }
    }

    fn builder(&self) -> PayvostBuilder {
        // The machine's own proxy must not come between the client and this server.
        let agent = ureq::Agent::config_builder().proxy(None).max_response_header_size(65_536).build().new_agent();
        Payvost::builder(KEY).agent(agent).base_url(format!("http://127.0.0.1:{}", self.port)).timeout(Duration::from_secs(5))
    }

    fn client(&self) -> Payvost {
        self.builder().build().unwrap()
    }

    fn once(&self) -> Payvost {
        self.builder().max_retries(0).build().unwrap()
    }

    fn seen(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

fn perform(act: &Act, stream: &mut TcpStream) -> bool {
    match act {
        Act::Answer(bytes) => stream.write_all(bytes).is_ok(),
        Act::Last(bytes) => {
            let _ = stream.write_all(bytes);
            false
        }
        Act::Drip(bytes) => {
            for byte in bytes.iter().cycle() {
                if stream.write_all(&[*byte]).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
            false
        }
        Act::Endless(head, bytes) => {
            let _ = stream.write_all(head);
            while stream.write_all(bytes).is_ok() {}
            false
        }
    }
}

/// Reads a request; `None` if the connection ends.
fn request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    let mut length = 0;
    loop {
        let start = text.len();
        if reader.read_line(&mut text).ok()? == 0 {
            return None;
        }
        let line = text[start..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(text + &String::from_utf8(body).ok()?)
}

fn http(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

fn ok(data: &str) -> Act {
    Act::Answer(http(
        200,
        "X-Request-Id: req_1\r\nX-RateLimit-Remaining: 9\r\n",
        &format!(r#"{{"success":true,"data":{data}}}"#),
    ))
}

fn failed(status: u16, code: &str) -> Act {
    let body = format!(r#"{{"success":false,"error":{{"code":"{code}","message":"No.","field":"url","requestId":"req_2"}}}}"#);
    Act::Answer(http(status, "Retry-After: 0\r\n", &body))
}

fn create() -> WebhooksCreateParams<'static> {
    WebhooksCreateParams { url: "https://yourapp.com/hooks", events: &["payment.*"], ..Default::default() }
}

#[test]
fn every_call_is_sent_and_read_over_one_connection() {
    let page = format!("[{WEBHOOK}]");
    let log = r#"{"id":"log_1","event":{"id":"evt_1","type":"payment.succeeded"},"status":"failed","responseCode":500}"#;
    let server = Server::new([
        ok(&WEBHOOK.replace("{\"id\"", "{\"secret\":\"whsec_new\",\"id\"")),
        ok(&page),
        ok("[]"),
        ok(WEBHOOK),
        ok(WEBHOOK),
        ok(r#"{"secret":"whsec_newer"}"#),
        ok(log),
        ok(&format!("[{log}]")),
        ok("[]"),
        ok(log),
        ok(r#"{"now":"2025-11-01T11:00:00Z"}"#),
        ok("null"),
        ok("{}"),
        ok(WEBHOOK),
    ]);
    let payvost = server.client();
    let created = payvost.webhooks().create(&WebhooksCreateParams { metadata: Some(&[("a", "b\"")]), ..create() }).unwrap();
    assert_eq!((&*created.id, created.secret.expose()), ("webhook_abc123", "whsec_new"));
    assert_eq!((created.facts().request_id(), created.facts().rate_limit().remaining), (Some("req_1"), Some(9)));
    assert!(!format!("{created:?}").contains("whsec_new"));
    let listed: Vec<_> =
        payvost.webhooks().list(&WebhooksListParams { limit: Some(1), offset: None }).map(Result::unwrap).collect();
    assert_eq!((listed.len(), &listed[0].events), (1, &vec!["payment.*".to_owned()]));
    let webhook = payvost.webhooks().get("webhook_abc123").unwrap();
    assert_eq!((webhook.enabled, &*webhook.metadata.as_ref().unwrap()["a"]), (true, "b"));
    let changes = WebhooksUpdateParams { enabled: Some(false), description: Some(None), ..Default::default() };
    payvost.webhooks().update("a/b", &changes).unwrap();
    assert_eq!(payvost.webhooks().rotate_secret("w").unwrap().secret.expose(), "whsec_newer");
    let test = payvost.webhooks().test("w", &WebhooksTestParams { event_type: "payment.succeeded" }).unwrap();
    assert_eq!((&*test.event.event_type, &*test.status, test.response_code), ("payment.succeeded", "failed", Some(500)));
    let logs = WebhooksGetLogsParams { status: Some("failed"), ..Default::default() };
    assert_eq!(payvost.webhooks().get_logs("w", &logs).map(Result::unwrap).count(), 1);
    let data = TestingTriggerWebhookParams { event_type: "payment.failed", data: Some(r#"{"amount":"1.00"}"#) };
    payvost.testing().trigger_webhook("w", &data).unwrap();
    let hour = TestingAdvanceTimeParams { hours: Some(1), ..Default::default() };
    assert_eq!(payvost.testing().advance_time(&hour).unwrap().now.as_deref(), Some("2025-11-01T11:00:00Z"));
    payvost.testing().reset_time().unwrap();
    payvost.testing().reset_all_data().unwrap();
    payvost.webhooks().delete("w").unwrap();

    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|request| request.lines().next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "POST /v1/webhooks HTTP/1.1",
            "GET /v1/webhooks?limit=1 HTTP/1.1",
            "GET /v1/webhooks?limit=1&offset=1 HTTP/1.1",
            "GET /v1/webhooks/webhook_abc123 HTTP/1.1",
            "PATCH /v1/webhooks/a%2Fb HTTP/1.1",
            "POST /v1/webhooks/w/rotate-secret HTTP/1.1",
            "POST /v1/webhooks/w/test HTTP/1.1",
            "GET /v1/webhooks/w/logs?status=failed HTTP/1.1",
            "GET /v1/webhooks/w/logs?offset=1&status=failed HTTP/1.1",
            "POST /v1/testing/webhooks/w/trigger HTTP/1.1",
            "POST /v1/testing/time/advance HTTP/1.1",
            "POST /v1/testing/time/reset HTTP/1.1",
            "POST /v1/testing/reset HTTP/1.1",
            "DELETE /v1/webhooks/w HTTP/1.1",
        ]
    );
    let first = seen[0].to_ascii_lowercase();
    for header in [
        format!("authorization: bearer {KEY}\r\n"),
        "accept: application/json\r\n".into(),
        "content-type: application/json\r\n".into(),
        "user-agent: payvost-webhooks/0.".into(),
        "idempotency-key: ".into(),
    ] {
        assert!(first.contains(&header), "{header}: {first}");
    }
    assert_eq!(first.matches("user-agent:").count() + first.matches("accept:").count(), 2, "{first}");
    assert!(seen[0].ends_with(r#"{"url":"https://yourapp.com/hooks","events":["payment.*"],"metadata":{"a":"b\""}}"#));
    assert!(seen[4].ends_with(r#"{"enabled":false,"description":null}"#));
    assert!(seen[9].ends_with(r#"{"eventType":"payment.failed","data":{"amount":"1.00"}}"#));
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_connection_that_the_server_closed_fails_no_call() {
    let closing = |data: &str| Act::Last(http(200, "", &format!(r#"{{"success":true,"data":{data}}}"#)));
    let created = WEBHOOK.replace("{\"id\"", "{\"secret\":\"whsec_new\",\"id\"");
    let server = Server::new([closing(WEBHOOK), closing(&created), closing(&created)]);
    let payvost = server.once();
    payvost.webhooks().get("w").unwrap();
    for _ in 0..2 {
        thread::sleep(Duration::from_millis(50));
        assert_eq!(payvost.webhooks().create(&create()).unwrap().attempts(), 1);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
}

#[test]
fn failures_are_retried_or_reported() {
    let server = Server::new([failed(503, "service_error"), ok(WEBHOOK), failed(400, "validation_error"), failed(500, "x")]);
    let payvost = server.client();
    let webhook = payvost.webhooks().get("w").unwrap();
    assert_eq!((&*webhook.id, webhook.attempts()), ("webhook_abc123", 2));
    let error = payvost.webhooks().create(&create()).unwrap_err();
    let api = error.api().unwrap();
    assert_eq!((error.code(), error.to_string().as_str()), ("validation_error", "No."));
    assert_eq!((api.status(), api.field(), api.request_id(), api.attempts()), (Some(400), Some("url"), Some("req_2"), 1));
    let error = payvost.webhooks().create(&create()).unwrap_err();
    assert_eq!((error.code(), error.api().unwrap().cause()), ("outcome_unknown", Some("x")));
    let error = payvost.webhooks().get("..").unwrap_err();
    assert!(matches!(error, CallError::Refused(_)) && error.code() == "invalid_option", "{error}");
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn redirects_to_another_host_are_not_followed() {
    let other = Server::new([ok(WEBHOOK)]);
    let location = format!("Location: http://127.0.0.1:{}/v1/webhooks\r\n", other.port);
    for status in [301, 302, 303, 307, 308] {
        let server = Server::new([Act::Answer(http(status, &location, "")), Act::Answer(http(status, &location, ""))]);
        for error in
            [server.client().webhooks().get("w").unwrap_err(), server.client().webhooks().create(&create()).unwrap_err()]
        {
            assert_eq!((error.code(), error.api().unwrap().status()), ("unreadable_answer", Some(status)));
        }
    }
    assert_eq!(other.connections.load(Ordering::SeqCst), 0);
}

#[test]
fn a_hostile_server_ends_every_call_in_an_error() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"success\":tr".to_vec();
    let cases = [
        ("half a response", Act::Last(half), "connection_failed"),
        ("no response", Act::Last(Vec::new()), "connection_failed"),
        ("HTML", Act::Answer(http(200, "Content-Type: text/html\r\n", "<html></html>")), "unreadable_answer"),
        ("invalid UTF-8", Act::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff".to_vec()), "unreadable_answer"),
        ("not HTTP", Act::Last(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()), "unreadable_answer"),
        (
            "a body without end",
            Act::Endless(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n", &[b'x'; 65_536]),
            "unreadable_answer",
        ),
        (
            "headers without end",
            Act::Endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"),
            "unreadable_answer",
        ),
        ("gzip", Act::Last(http(200, "Content-Encoding: gzip\r\n", "\u{1f}\u{8b}")), "unreadable_answer"),
    ];
    for (what, act, code) in cases {
        let server = Server::new([act]);
        let began = Instant::now();
        let error = server.once().webhooks().get("w").unwrap_err();
        assert_eq!(error.code(), code, "{what}");
        assert!(began.elapsed() < Duration::from_secs(5), "{what}");
    }
    let slow = Server::new([Act::Drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"), Act::Drip(b"HTTP/1.1 200 OK\r\n")]);
    let began = Instant::now();
    let payvost = slow.builder().timeout(Duration::from_millis(300)).max_retries(0).build().unwrap();
    assert_eq!(payvost.webhooks().get("w").unwrap_err().code(), "timed_out");
    assert_eq!(payvost.webhooks().create(&create()).unwrap_err().code(), "outcome_unknown");
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_call_is_retried_if_no_connection_was_established() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = Server { port, requests: channel().1, connections: Arc::default() };
    for url in [format!("http://127.0.0.1:{port}"), "http://payvost.invalid".to_owned()] {
        let payvost = nobody.builder().base_url(url).max_retries(1).build().unwrap();
        let error = payvost.webhooks().create(&create()).unwrap_err();
        assert_eq!((error.code(), error.api().unwrap().attempts()), ("connection_failed", 2));
    }
    let plain = Server::new([Act::Last(b"HTTP/1.1 400 X\r\n\r\n".to_vec())]);
    let payvost = plain.builder().base_url(format!("https://127.0.0.1:{}", plain.port)).max_retries(0).build().unwrap();
    let error = payvost.webhooks().get("w").unwrap_err();
    assert_eq!((error.code(), error.api().unwrap().status()), ("connection_failed", None));
}

#[test]
fn options_hooks_and_a_dry_run_show_no_key() {
    let server = Server::new([failed(503, "service_error"), ok(WEBHOOK), failed(503, "service_error")]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = seen.clone();
    let payvost = server
        .builder()
        .on_attempt(move |attempting| {
            let ended = attempting.ended.map(|attempt| (attempt.status(), attempt.request_id().map(str::to_owned)));
            notes.lock().unwrap().push((attempting.path.to_owned(), attempting.attempt, ended));
            assert!(!format!("{attempting:?}").contains("canary"));
            panic!("a hook that fails");
        })
        .build()
        .unwrap();
    payvost.webhooks().get("a b").unwrap();
    let path = || "/v1/webhooks/a%20b".to_owned();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (path(), 1, None),
            (path(), 1, Some((Some(503), Some("req_2".into())))),
            (path(), 2, None),
            (path(), 2, Some((Some(200), Some("req_1".into())))),
        ]
    );
    let once = payvost.with_options(CallOptions { max_retries: Some(0), ..Default::default() });
    assert_eq!(once.webhooks().get("w").unwrap_err().api().unwrap().attempts(), 1);
    let shown = payvost.dry_run(Operation::WebhooksCreate, &create().to_json()).unwrap();
    assert!(shown.contains("Bearer sk_test_[redacted]") && shown.contains(r#""method":"POST""#), "{shown}");
    let builder = Payvost::builder(KEY);
    for text in [shown, format!("{payvost:?} {builder:?} {:?}", payvost.webhooks()), format!("{:?}", payvost.client())] {
        assert!(!text.contains("canary"), "{text}");
    }
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn the_program_in_the_guide_is_the_example() {
    let read = |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (page, example) = (read("../docs/guides/rust/manage.md"), read("examples/manage.rs"));
    let (_, rest) = page.split_once("```rust\n").unwrap();
    let (code, _) = rest.split_once("```").unwrap();
    assert_eq!(example.split_once("\n\n").unwrap().1, code);
}
