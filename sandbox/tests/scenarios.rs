//! What each scenario sends, and what the books say of it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic, reason = "tests")]

mod kit;

use std::time::{Duration, Instant};

use kit::{Received, Receiver, api};
use payvost_webhooks::{WebhookVerifier, verify_webhook};
use payvost_webhooks_sandbox::{ClockKind, Endpoint, Options, Report, Sandbox, Scenario};
use serde_json::{Value, json};

/// Publishes events under a scenario, and turns the clock until they are delivered. The receiver checks signatures, and knows the next
/// secret too.
struct Run {
    requests: Vec<Received>,
    log: Vec<Value>,
    report: Report,
    endpoint: Endpoint,
}

impl Run {
    async fn of(scenario: Scenario, events: usize) -> Self {
        let mut options = Options::default();
        options.clock = ClockKind::Virtual;
        options.scenarios = vec![scenario];
        options.secret = Some("whsec_first".into());
        options.seed = Some(3);
        let sandbox = Sandbox::start(options).await.unwrap();
        let receiver = Receiver::start(|_| 200).await;
        let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
        let verifier = WebhookVerifier::builder().secret("whsec_first").secret(&endpoint.next_secret).build().unwrap();
        receiver.answer(
            move |received| {
                if verifier.verify(&received.body, received.signature.as_str()).is_ok() { 200 } else { 400 }
            },
        );
        for number in 1..=events {
            let event = json!({"eventType": "payment.succeeded", "id": format!("evt_{number}")});
            api(&sandbox, "POST", "/v1/testing/events", Some(event)).await;
        }
        api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 2}))).await;
        let log = api(&sandbox, "GET", &format!("/v1/webhooks/{}/logs?limit=100", endpoint.id), None).await;
        let log: Vec<Value> = log["data"].as_array().unwrap().iter().rev().cloned().collect();
        let report = sandbox.report().await.unwrap();
        sandbox.stop().await;
        let run = Self { requests: receiver.requests(), log, report, endpoint };
        assert_eq!(run.report.totals.delivered, i64::try_from(events).unwrap(), "{scenario}: {:?}", run.report);
        assert_eq!(run.report.totals.accepted(), run.report.totals.delivered);
        run
    }

    /// The ids of what arrived and verifies.
    fn ids(&self) -> Vec<String> {
        let id =
            |received: &Received| serde_json::from_slice::<Value>(&received.body).unwrap()["id"].as_str().unwrap().to_owned();
        self.requests.iter().map(id).collect()
    }

    /// The errors in the log, the first attempt first.
    fn errors(&self) -> Vec<&str> {
        self.log.iter().map(|entry| entry["error"].as_str().unwrap_or("")).collect()
    }

    fn extras(&self) -> Vec<(&str, &str, u64, bool)> {
        let extras = self.report.extras.iter();
        extras.map(|extra| (extra.kind, extra.answer.as_str(), extra.count, extra.accepted_forgery)).collect()
    }
}

#[test]
fn the_guide_lists_each_scenario() {
    let guide = include_str!("../../docs/guides/sandbox.md");
    for scenario in Scenario::ALL {
        let row = format!("| `{scenario}` | {} |", scenario.about());
        assert!(guide.contains(&row), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates() {
    for (scenario, copies) in [(Scenario::DuplicatesTogether, 1), (Scenario::DuplicatesApart, 1), (Scenario::Duplicates, 2)] {
        let run = Run::of(scenario, 2).await;
        assert_eq!(run.requests.len(), 2 * (1 + copies), "{scenario}");
        assert_eq!(run.extras(), [("duplicate", "200", 2 * u64::try_from(copies).unwrap(), false)]);
        assert_eq!(run.log.len(), 2);
        let of_the_first = run.ids().iter().filter(|id| *id == "evt_1").count();
        assert_eq!(of_the_first, 1 + copies, "{scenario}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_together_are_there_at_the_same_time() {
    let mut options = Options::default();
    options.scenarios = vec![Scenario::DuplicatesTogether];
    let sandbox = Sandbox::start(options).await.unwrap();
    let receiver = Receiver::slow(Duration::from_millis(400)).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    let began = Instant::now();
    api(&sandbox, "POST", &format!("/v1/webhooks/{}/test", endpoint.id), Some(json!({"eventType": "payment.failed"}))).await;
    kit::eventually(|| receiver.requests().len() == 2).await;
    assert!(began.elapsed() < Duration::from_millis(790), "{:?}", began.elapsed());
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reordering() {
    assert_eq!(Run::of(Scenario::Reordering, 2).await.ids(), ["evt_2", "evt_1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn delays() {
    let began = Instant::now();
    assert_eq!(Run::of(Scenario::Delays, 1).await.requests.len(), 1);
    assert!(began.elapsed() >= Duration::from_millis(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn timeouts_though_the_receiver_worked() {
    let run = Run::of(Scenario::Timeouts, 1).await;
    assert_eq!(run.ids(), ["evt_1", "evt_1"]);
    assert_eq!(run.errors(), ["timed_out", ""]);
    assert_eq!(run.log[0]["responseCode"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_faults() {
    let refused = Run::of(Scenario::Refused, 1).await;
    assert_eq!((refused.ids().len(), refused.errors()), (1, vec!["connection_refused", ""]));
    let reset = Run::of(Scenario::Reset, 1).await;
    assert_eq!((reset.ids().len(), reset.errors()), (1, vec!["connection_reset", ""]));
    let half = Run::of(Scenario::HalfAnswer, 1).await;
    assert_eq!((half.ids().len(), half.errors()), (2, vec!["connection_reset", ""]));
    let each = Run::of(Scenario::ConnectionFaults, 3).await;
    assert_eq!((each.ids().len(), each.log.len()), (4, 6));
    let answers: Vec<_> = each.report.answers.iter().map(|(answer, count)| (answer.as_str(), *count)).collect();
    assert_eq!(answers, [("200", 3), ("connection_refused", 1), ("connection_reset", 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_in_mid_flight() {
    let run = Run::of(Scenario::Rotation, 1).await;
    assert_eq!(run.errors(), ["timed_out", ""]);
    verify_webhook(&run.requests[0].body, &run.requests[0].signature, "whsec_first").unwrap();
    verify_webhook(&run.requests[1].body, &run.requests[1].signature, &run.endpoint.next_secret).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forgeries_that_a_receiver_refuses() {
    let corrupted = Run::of(Scenario::CorruptedSignature, 1).await;
    assert_eq!(corrupted.extras(), [("corrupted signature", "400", 1, false)]);
    assert_eq!(corrupted.requests[0].signature.len(), 64);
    let missing = Run::of(Scenario::MissingSignature, 1).await;
    assert_eq!(missing.extras(), [("missing signature", "400", 1, false)]);
    assert_eq!(missing.requests[0].signature, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn forgeries_that_a_receiver_accepts_are_reported() {
    let mut options = Options::default();
    options.scenarios = vec![Scenario::MissingSignature];
    let sandbox = Sandbox::start(options).await.unwrap();
    let receiver = Receiver::start(|_| 200).await;
    let endpoint = sandbox.add_endpoint(&receiver.url()).await.unwrap();
    api(&sandbox, "POST", &format!("/v1/webhooks/{}/test", endpoint.id), Some(json!({"eventType": "payment.failed"}))).await;
    kit::eventually(|| receiver.requests().len() == 2).await;
    assert!(sandbox.report().await.unwrap().extras[0].accepted_forgery);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst() {
    let run = Run::of(Scenario::Burst, 20).await;
    assert_eq!((run.requests.len(), run.log.len()), (20, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_type() {
    let run = Run::of(Scenario::UnknownType, 1).await;
    assert_eq!(run.extras(), [("unknown type", "200", 1, false)]);
    let event: Value = serde_json::from_slice(&run.requests[0].body).unwrap();
    assert_eq!((&event["type"], run.ids()[1].as_str()), (&json!("sandbox.unknown_type"), "evt_1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage() {
    let run = Run::of(Scenario::Outage, 1).await;
    assert_eq!(run.errors(), ["connection_refused", "connection_refused", "connection_refused", ""]);
    let since = |entry: &Value| kit::seconds(&entry["attemptedAt"]) - kit::seconds(&run.log[0]["attemptedAt"]);
    assert_eq!(run.log.iter().map(since).collect::<Vec<_>>(), [0, 5, 65, 365]);
    assert_eq!(run.requests.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash() {
    let run = Run::of(Scenario::Crash, 1).await;
    assert_eq!(run.ids(), ["evt_1", "evt_1"]);
    assert_eq!((run.log.len(), &run.log[0]["attempt"]), (1, &json!(1)));
    assert_eq!(run.extras(), [("forgotten in a crash", "200", 1, false)]);
}
