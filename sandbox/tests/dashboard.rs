//! The dashboard: who gets in, what a form may do, and what a page shows of hostile texts. `tests/browser` clicks through it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic, reason = "tests")]

mod kit;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::HeaderMap;
use kit::{Receiver, api, request, sandbox, totals};
use payvost_webhooks_sandbox::{ClockKind, Options, Sandbox};
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser that has opened the printed address.
struct Browser<'s> {
    sandbox: &'s Sandbox,
    cookie: String,
    form_token: String,
}

impl<'s> Browser<'s> {
    async fn open(sandbox: &'s Sandbox) -> Self {
        let (status, headers, _) = request(sandbox, "GET", &opening(sandbox), &[], None).await;
        assert_eq!(status, 303);
        let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut browser = Self { sandbox, cookie, form_token: String::new() };
        let page = browser.page("/dashboard/send").await;
        browser.form_token = between(&page, "name=\"form_token\" value=\"", "\"").to_owned();
        browser
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let headers: Vec<_> = [("cookie", self.cookie.as_str())].iter().chain(headers).copied().collect();
        let (status, headers, body) = request(self.sandbox, "GET", path, &headers, None).await;
        (status, headers, body.as_str().unwrap_or_default().to_owned())
    }

    async fn page(&self, path: &str) -> String {
        let (status, _, page) = self.get(path, &[]).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let headers: Vec<_> =
            [("cookie", self.cookie.as_str()), ("content-type", FORM)].iter().chain(headers).copied().collect();
        let (status, headers, body) = request(self.sandbox, "POST", path, &headers, Some(body.to_owned())).await;
        (status, headers, body.as_str().unwrap_or_default().to_owned())
    }

    /// Sends a form of one of the pages, and returns where it leads.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, headers, page) = self.post(path, &self.encoded(fields), &[]).await;
        assert_eq!(status, 303, "{path}: {page}");
        headers["location"].to_str().unwrap().to_owned()
    }

    fn encoded(&self, fields: &[(&str, &str)]) -> String {
        encoded(&[&[("form_token", self.form_token.as_str())], fields].concat())
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
}

fn opening(sandbox: &Sandbox) -> String {
    sandbox.dashboard_url().strip_prefix(&sandbox.base_url()).unwrap().to_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

fn virtual_clock() -> Options {
    let mut options = Options::default();
    options.clock = ClockKind::Virtual;
    options
}

/// The pages, and what forms send: of an endpoint and a delivery.
fn pages(webhook: &str) -> Vec<String> {
    vec![
        "/dashboard/webhooks".into(),
        "/dashboard/webhooks/new".into(),
        format!("/dashboard/webhooks/{webhook}"),
        format!("/dashboard/webhooks/{webhook}/edit"),
        format!("/dashboard/webhooks/{webhook}/rotate"),
        format!("/dashboard/webhooks/{webhook}/delete"),
        "/dashboard/deliveries".into(),
        format!("/dashboard/deliveries?endpoint={webhook}&status=delivered"),
        "/dashboard/deliveries/1".into(),
        "/dashboard/send".into(),
        "/dashboard/sandbox".into(),
    ]
}

fn actions(webhook: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    vec![
        ("/dashboard/webhooks".into(), vec![("url", "http://127.0.0.1:9/"), ("events", "*")]),
        (format!("/dashboard/webhooks/{webhook}/edit"), vec![("url", "http://127.0.0.1:9/"), ("events", "*")]),
        (format!("/dashboard/webhooks/{webhook}/rotate"), vec![]),
        (format!("/dashboard/webhooks/{webhook}/disable"), vec![]),
        (format!("/dashboard/webhooks/{webhook}/enable"), vec![]),
        (format!("/dashboard/webhooks/{webhook}/test"), vec![("event_type", "payment.failed")]),
        (format!("/dashboard/webhooks/{webhook}/resend"), vec![]),
        (format!("/dashboard/webhooks/{webhook}/delete"), vec![]),
        ("/dashboard/deliveries/1/resend".into(), vec![]),
        ("/dashboard/send".into(), vec![("event_type", "payment.failed")]),
        ("/dashboard/clock/advance".into(), vec![("step", "hours 1")]),
        ("/dashboard/clock/reset".into(), vec![]),
    ]
}

/// What an action could change.
async fn everything(sandbox: &Sandbox, webhook: &str) -> String {
    let mut seen = String::new();
    for path in ["/v1/webhooks", "/v1/testing/time", "/v1/testing/totals", &format!("/v1/webhooks/{webhook}/logs")] {
        seen.push_str(&api(sandbox, "GET", path, None).await.to_string());
    }
    seen
}

#[tokio::test]
async fn the_printed_address_opens_it_and_nothing_else_does() {
    let sandbox = sandbox(Options::default()).await;
    let endpoint = sandbox.add_endpoint("http://127.0.0.1:9/").await.unwrap();
    let token = between(&(sandbox.dashboard_url() + "!"), "?token=", "!").to_owned();
    assert!(token.len() >= 32);

    let (status, headers, _) = request(&sandbox, "GET", &opening(&sandbox), &[], None).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/dashboard"));
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/dashboard; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(cookie.starts_with(&format!("payvost_sandbox_{}=", sandbox.address().port())), "{cookie}");
    assert!(!cookie.contains(&token));

    let (name, _) = cookie.split_once('=').unwrap();
    for cookie in [String::new(), format!("{name}="), format!("{name}={token}"), format!("{name}={}", "0".repeat(32))] {
        for path in pages(&endpoint.id) {
            let (status, _, page) = request(&sandbox, "GET", &path, &[("cookie", &cookie)], None).await;
            assert_eq!(status, 401, "{path} with {cookie}");
            assert!(!page.to_string().contains(&endpoint.id) && !page.to_string().contains(&endpoint.secret));
        }
        for (path, fields) in actions(&endpoint.id) {
            let headers = [("cookie", cookie.as_str()), ("content-type", FORM)];
            assert_eq!(request(&sandbox, "POST", &path, &headers, Some(encoded(&fields))).await.0, 401, "{path}");
        }
    }
    for path in ["/dashboard", "/dashboard?token=", "/dashboard?token=00000000000000000000000000000000", "/dashboard/none"] {
        let (status, headers, _) = request(&sandbox, "GET", path, &[], None).await;
        assert_eq!((status, headers.get("set-cookie")), (401, None), "{path}");
    }

    let browser = Browser::open(&sandbox).await;
    assert_eq!(browser.get("/dashboard", &[]).await.1["location"], "/dashboard/webhooks");
    assert_eq!(browser.get("/dashboard/none", &[]).await.0, 404);
    for path in pages(&endpoint.id).iter().filter(|path| !path.contains("deliveries/1")) {
        assert!(!browser.page(path).await.contains(&token), "{path}");
    }
    // The cookie opens the dashboard alone.
    assert_eq!(browser.get("/v1/webhooks", &[]).await.0, 401);
    sandbox.stop().await;
}

#[tokio::test]
async fn another_origin_can_neither_read_nor_change_anything() {
    let sandbox = sandbox(virtual_clock()).await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 5}))).await;
    let browser = Browser::open(&sandbox).await;
    let before = everything(&sandbox, &endpoint.id).await;

    let own = sandbox.base_url();
    let port = sandbox.address().port();
    let rebound = format!("rebound.example:{port}");
    let same_name = format!("http://rebound.example:{port}");
    let neighbour = format!("http://127.0.0.1:{}", port ^ 1);
    let strangers: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", &neighbour)],
        &[("host", &rebound)],
        &[("host", &rebound), ("origin", &same_name)],
        &[("host", &rebound), ("origin", &own)],
    ];
    for headers in strangers {
        for path in pages(&endpoint.id).into_iter().chain([opening(&sandbox), "/dashboard/style.css".into()]) {
            let (status, answered, page) = browser.get(&path, headers).await;
            assert_eq!((status, answered.get("set-cookie")), (403, None), "{path} {headers:?}");
            assert!(!page.contains(&endpoint.id) && !page.contains("evt_") && !page.contains("form_token"), "{page}");
            assert!(answered.keys().all(|name| !name.as_str().starts_with("access-control")));
        }
        for (path, fields) in actions(&endpoint.id) {
            assert_eq!(browser.post(&path, &browser.encoded(&fields), headers).await.0, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(everything(&sandbox, &endpoint.id).await, before);

    // Our own pages send our own origin.
    assert_eq!(browser.get("/dashboard/webhooks", &[("origin", &own)]).await.0, 200);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let sandbox = sandbox(virtual_clock()).await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 5}))).await;
    let browser = Browser::open(&sandbox).await;
    let before = everything(&sandbox, &endpoint.id).await;

    let own = sandbox.base_url();
    for (path, fields) in actions(&endpoint.id) {
        for token in [None, Some(""), Some("00000000000000000000000000000000")] {
            let token: Vec<_> = token.map(|token| ("form_token", token)).into_iter().collect();
            let body = encoded(&[token.as_slice(), &fields].concat());
            assert_eq!(browser.post(&path, &body, &[("origin", &own)]).await.0, 403, "{path}");
        }
        // What a page of another origin can send without asking: text/plain, and nothing at all.
        let body = browser.encoded(&fields);
        let headers = [("cookie", browser.cookie.as_str()), ("content-type", "text/plain")];
        assert_eq!(request(&sandbox, "POST", &path, &headers, Some(body)).await.0, 400, "{path}");
        // A GET changes nothing.
        let asked = format!("{path}?{}", browser.encoded(&fields));
        browser.get(&asked, &[]).await;
    }
    assert_eq!(everything(&sandbox, &endpoint.id).await, before);
    sandbox.stop().await;
}

#[tokio::test]
async fn every_response_forbids_what_the_pages_do_not_need() {
    let sandbox = sandbox(Options::default()).await;
    let endpoint = sandbox.add_endpoint("http://127.0.0.1:9/").await.unwrap();
    let browser = Browser::open(&sandbox).await;
    let files = ["/dashboard/style.css", "/dashboard/script.js", "/dashboard/icon.svg", "/dashboard/none", "/dashboard"];
    let paths = pages(&endpoint.id).into_iter().chain(files.map(str::to_owned));
    for path in paths {
        for headers in [&[][..], &[("host", "evil.example")]] {
            let (_, answered, page) = browser.get(&path, headers).await;
            let policy = answered["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cache-control", "no-store"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answered[name], value, "{path}");
            }
            // Nothing inline, nothing from another host.
            for forbidden in ["<style", "style=\"", " onclick", "src=\"http", "src=\"//", "<script>", "javascript:"] {
                assert!(!page.contains(forbidden), "{path}: {forbidden}");
            }
        }
    }
    sandbox.stop().await;
}

const HOSTILE: &str = "<xss>\"'&amp;</title></textarea></script><img src=x onerror=alert(1)>{{7*7}}\u{202e}";

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let sandbox = sandbox(virtual_clock()).await;
    let receiver = hostile_receiver().await;
    let browser = Browser::open(&sandbox).await;
    let url = format!("{receiver}?q=<xss>\"'");
    let created = api(
        &sandbox,
        "POST",
        "/v1/webhooks",
        Some(json!({"url": url, "events": ["*"], "description": HOSTILE, "metadata": {HOSTILE: HOSTILE}})),
    )
    .await;
    // A URL with such characters is refused, or it is kept and escaped.
    let webhook = match created["data"]["id"].as_str() {
        Some(id) => id.to_owned(),
        None => {
            let plain = json!({"url": receiver, "events": ["*"], "description": HOSTILE, "metadata": {HOSTILE: HOSTILE}});
            let created = api(&sandbox, "POST", "/v1/webhooks", Some(plain)).await;
            created["data"]["id"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned()
        }
    };
    let event = json!({"eventType": "payment.failed", "id": HOSTILE, "data": {HOSTILE: HOSTILE, "again": [HOSTILE]}});
    let accepted = api(&sandbox, "POST", "/v1/testing/events", Some(event)).await;
    assert_eq!(accepted["success"], true, "{accepted}");
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"seconds": 5}))).await;

    let shown = browser.page("/dashboard/deliveries/1").await;
    assert!(shown.contains("&lt;xss&gt;") && shown.matches("&lt;xss&gt;").count() > 8, "{shown}");
    for path in pages(&webhook) {
        is_harmless(&browser.page(&path).await, &path);
    }
    // What a form was refused for is shown again.
    let fields = [("url", HOSTILE), ("description", HOSTILE), ("others", HOSTILE), ("events", HOSTILE)];
    for path in ["/dashboard/webhooks".to_owned(), format!("/dashboard/webhooks/{webhook}/edit")] {
        let (status, _, page) = browser.post(&path, &browser.encoded(&fields), &[]).await;
        assert_eq!(status, 400);
        assert!(page.contains("&lt;xss&gt;"));
        is_harmless(&page, &path);
    }
    let fields = [("event_type", "payment.failed"), ("id", "a\nb"), ("data", HOSTILE)];
    let (status, _, page) = browser.post("/dashboard/send", &browser.encoded(&fields), &[]).await;
    assert_eq!(status, 400);
    is_harmless(&page, "send");
    // Addresses.
    let (_, _, page) = browser.get("/dashboard/deliveries?status=%3Cxss%3E&endpoint=%22%3E%3Cxss%3E&before=%22", &[]).await;
    is_harmless(&page, "filters");
    let (_, _, page) = browser.get("/dashboard/webhooks/%22%3E%3Cxss%3E?done=%3Cxss%3E", &[]).await;
    is_harmless(&page, "id");
    sandbox.stop().await;
}

/// Its answers are as hostile. Returns its URL.
async fn hostile_receiver() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(async || {
        let value = axum::http::HeaderValue::from_bytes(HOSTILE.as_bytes()).unwrap();
        (axum::http::StatusCode::INTERNAL_SERVER_ERROR, [("x-hostile", value)], HOSTILE)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn is_harmless(page: &str, what: &str) {
    for forbidden in ["<xss", "<img", "onerror=alert(1)>"] {
        assert!(!page.contains(forbidden), "{what}: {forbidden}");
    }
    assert_eq!(page.matches("<title>").count(), 1, "{what}");
    assert_eq!(page.matches("</title>").count(), 1, "{what}");
}

#[tokio::test]
async fn forms_do_what_the_api_does() {
    let mut options = virtual_clock();
    options.rotation_overlap = Duration::from_secs(3_600);
    let sandbox = sandbox(options).await;
    let receiver = Receiver::start(|_| 200).await;
    let browser = Browser::open(&sandbox).await;

    // Enter the URL, select events, save and copy the secret.
    let url = receiver.url();
    let fields = [("url", url.as_str()), ("events", "payment.*"), ("events", "user.created"), ("others", "refund.created")];
    let added = browser.send("/dashboard/webhooks", &fields).await;
    let page = browser.page(&added).await;
    let webhook = between(&added, "/webhooks/", "?").to_owned();
    let path = format!("/dashboard/webhooks/{webhook}");
    let secret = between(&page, "data-copy=\"the secret\">", "<").to_owned();
    assert!(secret.starts_with("whsec_") && page.contains("<details id=\"secret\" open>"), "{page}");
    let kept = api(&sandbox, "GET", &format!("/v1/webhooks/{webhook}"), None).await;
    assert_eq!(kept["data"]["events"], json!(["payment.*", "user.created", "refund.created"]));
    assert!(!browser.page(&path).await.contains("<details id=\"secret\" open>"));

    // A test event, its attempt, and the signature.
    let sent = browser.send(&format!("{path}/test"), &[("event_type", "payment.succeeded")]).await;
    kit::eventually(|| receiver.requests().len() == 1).await;
    let request = receiver.requests()[0].clone();
    let delivery = sent.split('?').next().unwrap().to_owned();
    let page = eventually_contains(&browser, &delivery, "Succeeded").await;
    assert!(page.contains(&request.signature) && page.contains("The endpoint's secret made it"), "{page}");
    assert!(page.contains("Payvost-Signature") && page.contains("/elsewhere"), "{page}");

    // Rotate: the old secret signs during the overlap.
    let rotated = browser.send(&format!("{path}/rotate"), &[]).await;
    let page = browser.page(&rotated).await;
    let new = between(&page, "data-copy=\"the secret\">", "<").to_owned();
    assert_ne!(new, secret);
    assert_eq!(between(&page, "data-copy=\"the old secret\">", "<"), secret);
    assert!(page.contains("The old secret signs until"));
    let page = browser.page(&browser.send(&format!("{delivery}/resend"), &[]).await).await;
    assert!(page.contains("sent again"), "{page}");
    kit::eventually(|| receiver.requests().len() == 2).await;
    let page = eventually_contains(&browser, &format!("{delivery}?attempt=2"), "The old secret made it").await;
    assert!(page.contains("resend"), "{page}");

    // After the overlap the new one signs.
    let advanced = browser.send("/dashboard/clock/advance", &[("hours", "2"), ("back", &path)]).await;
    assert_eq!(advanced, format!("{path}?done=advanced"));
    assert!(!browser.page(&path).await.contains("The old secret signs until"));
    let sent = browser.send(&format!("{path}/test"), &[("event_type", "payment.failed")]).await;
    eventually_contains(&browser, sent.split('?').next().unwrap(), "The endpoint's secret made it").await;
    assert!(browser.page(&delivery).await.contains("The old secret made it"));
    browser.send(&format!("{path}/rotate"), &[]).await;
    assert!(browser.page(&delivery).await.contains("A secret that was replaced since made it"));

    // Edit, disable, enable.
    let fields = [("url", url.as_str()), ("events", "*"), ("description", "Shop")];
    let page = browser.page(&browser.send(&format!("{path}/edit"), &fields).await).await;
    assert!(page.contains("Shop") && page.contains("All events"));
    let page = browser.page(&browser.send(&format!("{path}/disable"), &[]).await).await;
    assert!(page.contains("Disabled") && page.contains("Enable the endpoint to send it an event"));
    let (status, _, page) =
        browser.post(&format!("{path}/test"), &browser.encoded(&[("event_type", "user.created")]), &[]).await;
    assert!(status == 400 && page.contains("disabled"), "{page}");
    let page = browser.page(&browser.send(&format!("{path}/enable"), &[]).await).await;
    assert!(!page.contains("Disabled"));

    // An event for all.
    let fields = [("event_type", "refund.created"), ("id", "evt_mine"), ("data", r#"{"big": 12345678901234567890123}"#)];
    assert_eq!(browser.send("/dashboard/send", &fields).await, "/dashboard/deliveries?done=sent");
    kit::eventually(|| receiver.requests().len() == 4).await;
    assert!(String::from_utf8_lossy(&receiver.requests()[3].body).contains("12345678901234567890123"));
    let page = browser.page("/dashboard/deliveries/3").await;
    assert!(page.contains("evt_mine") && page.contains("12345678901234567890123"));

    // Delete: what is past stays.
    assert_eq!(browser.send(&format!("{path}/delete"), &[]).await, "/dashboard/webhooks?done=deleted");
    assert_eq!(browser.get(&path, &[]).await.0, 404);
    assert!(browser.page("/dashboard/deliveries/3").await.contains("deleted"));
    sandbox.stop().await;
}

async fn eventually_contains(browser: &Browser<'_>, path: &str, text: &str) -> String {
    for _ in 0..250 {
        let page = browser.page(path).await;
        if page.contains(text) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} does not contain {text}");
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_entered() {
    let sandbox = sandbox(Options::default()).await;
    let browser = Browser::open(&sandbox).await;
    let fields = [("url", "localhost:3000"), ("description", "Shop"), ("events", "payment.failed"), ("others", "pay*")];
    let (status, _, page) = browser.post("/dashboard/webhooks", &browser.encoded(&fields), &[]).await;
    assert_eq!(status, 400);
    assert!(page.contains("role=\"alert\"") && page.contains("value=\"localhost:3000\"") && page.contains("value=\"Shop\""));
    assert!(page.contains("value=\"payment.failed\" checked") && page.contains("value=\"pay*\""), "{page}");
    assert!(page.contains("aria-invalid=\"true\""), "{page}");
    assert_eq!(totals(&sandbox).await["accepted"], 0);
    sandbox.stop().await;
}

#[tokio::test]
async fn the_time_line_has_every_attempt_and_those_to_come() {
    let mut options = virtual_clock();
    options.disable_after = Some(Duration::from_secs(3 * 86_400));
    let sandbox = sandbox(options).await;
    let receiver = Receiver::start(|_| 500).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.failed"}))).await;
    let browser = Browser::open(&sandbox).await;
    browser.send("/dashboard/clock/advance", &[("step", "minutes 5")]).await;
    let page = browser.page("/dashboard/deliveries/1").await;
    for text in
        ["Attempt 3", "1 min 5 s after the first", "Attempt 4", "due in 1 min 5 s", "30 min later, if needed", "1 h later"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let page = browser.page(&format!("/dashboard/webhooks/{}", endpoint.id)).await;
    assert!(page.contains("Failing") && page.contains("The endpoint will be disabled at"), "{page}");
    assert!(page.contains("in 2 d 23 h 55 min"), "{page}");

    browser.send("/dashboard/clock/advance", &[("hours", "2")]).await;
    let page = browser.page("/dashboard/deliveries/1").await;
    assert!(page.contains("1 h 36 min 5 s after the first") && !page.contains("if needed") && page.contains("Failed"));

    // Failing for days.
    browser.send("/dashboard/clock/advance", &[("hours", "80")]).await;
    browser.send(&format!("/dashboard/webhooks/{}/test", endpoint.id), &[("event_type", "payment.failed")]).await;
    browser.send("/dashboard/clock/advance", &[("seconds", "1")]).await;
    let page = browser.page("/dashboard/webhooks").await;
    assert!(page.contains("Disabled") && page.contains("No delivery has succeeded since"), "{page}");

    // What failed is resent once the endpoint is enabled again.
    receiver.answer(|_| 200);
    browser.send(&format!("/dashboard/webhooks/{}/enable", endpoint.id), &[]).await;
    let resent = browser.send(&format!("/dashboard/webhooks/{}/resend", endpoint.id), &[("since", "2000-01-01T00:00")]).await;
    assert!(resent.ends_with("done=all-resent"), "{resent}");
    eventually_contains(&browser, "/dashboard/deliveries/1", "Delivered").await;
    sandbox.stop().await;
}

#[tokio::test]
async fn pages_and_filters_show_each_delivery_once() {
    let sandbox = sandbox(virtual_clock()).await;
    let receiver =
        Receiver::start(|request| if request.body.windows(4).any(|part| part == b"odd\"") { 500 } else { 200 }).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let other = sandbox.add_endpoint("http://127.0.0.1:9/").await.unwrap();
    for number in 0..60 {
        let parity = if number % 2 == 0 { "even" } else { "odd" };
        let event = json!({"eventType": "payment.failed", "data": {"parity": parity}});
        api(&sandbox, "POST", "/v1/testing/events", Some(event)).await;
    }
    api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 2}))).await;
    let browser = Browser::open(&sandbox).await;
    for (filter, expected) in [
        (String::new(), 120),
        ("?status=delivered".into(), 30),
        ("?status=failed".into(), 90),
        ("?status=pending".into(), 0),
        (format!("?endpoint={}", endpoint.id), 60),
        (format!("?endpoint={}&status=failed", endpoint.id), 30),
        (format!("?endpoint={}&status=delivered", other.id), 0),
        ("?endpoint=webhook_none".into(), 0),
        ("?status=nonsense".into(), 120),
    ] {
        let mut next = Some(format!("/dashboard/deliveries{filter}"));
        let (mut seen, mut count, mut last) = (BTreeSet::new(), 0, i64::MAX);
        while let Some(path) = next {
            let page = browser.page(&path).await;
            for part in page.split("id=\"delivery-").skip(1) {
                let number: i64 = part.split('"').next().unwrap().parse().unwrap();
                assert!(number < last, "{filter}: the newest first");
                (last, count) = (number, count + 1);
                seen.insert(number);
            }
            next = page.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
        }
        assert_eq!((seen.len(), count), (expected, expected), "{filter}");
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn a_form_leads_to_no_other_site() {
    let sandbox = sandbox(virtual_clock()).await;
    let browser = Browser::open(&sandbox).await;
    for back in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/v1/webhooks",
        "/dashboard/\r\nx: y",
        "",
        "dashboard/send",
    ] {
        let location = browser.send("/dashboard/clock/reset", &[("back", back)]).await;
        assert_eq!(location, "/dashboard/webhooks?done=reset", "{back:?}");
    }
    assert_eq!(
        browser.send("/dashboard/clock/reset", &[("back", "/dashboard/deliveries?status=failed")]).await,
        "/dashboard/deliveries?status=failed&done=reset"
    );
    for (name, value) in
        [("hours", "-1"), ("hours", "1.5"), ("hours", "99999999999999999999"), ("step", "years 1"), ("hours", "9999")]
    {
        let (status, _, page) = browser.post("/dashboard/clock/advance", &browser.encoded(&[(name, value)]), &[]).await;
        assert!(status == 400 && page.contains("role=\"alert\""), "{name} {value}: {status}");
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_machines_clock_cannot_be_turned() {
    let sandbox = sandbox(Options::default()).await;
    let browser = Browser::open(&sandbox).await;
    let page = browser.page("/dashboard/webhooks").await;
    assert!(page.contains("id=\"clock\"") && !page.contains("/dashboard/clock/"), "{page}");
    let (status, _, page) = browser.post("/dashboard/clock/advance", &browser.encoded(&[("hours", "1")]), &[]).await;
    assert!(status == 400 && page.contains("--clock virtual"), "{page}");
    sandbox.stop().await;
}
