//! Nothing is lost: the disk loses its power at each of its writes and syncs in turn, and the sandbox goes on with what was synced.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic, reason = "tests")]

mod kit;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use kit::disk::{Disk, Leaves, VFS};
use kit::{Received, Receiver};
use payvost_webhooks_sandbox::{ClockKind, Options, Sandbox};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// An event and the path of the endpoint that it is for.
type Pair = (String, String);

/// What clients learned.
#[derive(Debug, Default)]
struct Acknowledged {
    pairs: BTreeSet<Pair>,
    /// By the id of the webhook.
    paths: BTreeMap<String, String>,
    /// The answers to requests with idempotency keys.
    keyed: Vec<Value>,
}

#[test]
fn nothing_is_lost_at_any_point() {
    let receivers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let whole = Disk::new(None);
    run(&receivers, &whole, Leaves::Nothing);
    let points = whole.operations();
    assert!(points > 200, "{points}");

    let next = AtomicU64::new(1);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(1, Ordering::Relaxed);
                    if point > points {
                        break;
                    }
                    let leaves = match point % 6 {
                        0 => Leaves::Some(point.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                        3 => Leaves::Everything,
                        _ => Leaves::Nothing,
                    };
                    for leaves in [Leaves::Nothing, leaves].into_iter().skip(usize::from(matches!(leaves, Leaves::Nothing))) {
                        run(&receivers, &Disk::new(Some(point)), leaves);
                    }
                }
            });
        }
    });
    println!("{points} points of power loss: nothing was lost, and nothing was done twice");
}

#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    let receivers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let loses = |point| catch_unwind(|| run(&receivers, &Disk::that_lies(point), Leaves::Nothing)).is_err();
    assert!([150, 250, 350].into_iter().all(loses));
}

/// Runs the scenario until the disk dies, goes on with what is left of it, and checks what the two lives have in common.
fn run(receivers: &tokio::runtime::Runtime, disk: &Disk, leaves: Leaves) {
    let receiver = receivers.block_on(Receiver::start(answer()));
    let origin = receiver.url().replace("/webhooks/payvost", "");
    let mut told = Acknowledged::default();
    life(async {
        tokio::select! {
            () = scenario(disk, &receiver, &mut told) => {}
            () = disk.death() => {}
        }
    });
    let left = disk.after_power_loss(leaves);
    let context = format!("point {} {leaves:?}", disk.operations());
    let before = Books::read(&left);
    before.check(&context);
    let requests = receiver.requests();
    before.check_requests(&requests, &context);
    for pair in &told.pairs {
        assert!(before.deliveries.contains_key(pair), "{context}: {pair:?} was accepted, and is gone");
    }

    life(async {
        let sandbox = Sandbox::start(options(&left)).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        // The client does not know whether its requests arrived, and sends them again.
        let again = keyed(&sandbox, &origin).await;
        assert!(told.keyed.iter().all(|answer| again.contains(answer)), "{context}: {again:?} instead of {:?}", told.keyed);
        for webhook in kit::api(&sandbox, "GET", "/v1/webhooks", None).await["data"].as_array().unwrap() {
            let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
            kit::api(&sandbox, "PATCH", &path, Some(json!({"enabled": true}))).await;
        }
        kit::api(&sandbox, "POST", "/v1/testing/time/advance", Some(json!({"hours": 3}))).await;
        sandbox.stop().await;
    });
    // Whatever was not synced goes again: an end that was asked for leaves nothing unsynced.
    let after = Books::read(&left.after_power_loss(Leaves::Nothing));
    after.check(&context);
    let all = receiver.requests();
    for (pair, delivery) in &after.deliveries {
        assert_ne!(delivery.state, PENDING, "{context}: {pair:?} is still pending");
        assert_eq!(delivery.resends, 0, "{context}: {pair:?} {delivery:?}");
        let scheduled = delivery.attempts.iter().filter(|attempt| !attempt.resend).count();
        assert!(scheduled <= 6, "{context}: {pair:?} {delivery:?}");
        if let Some(before) = before.deliveries.get(pair).filter(|delivery| delivery.state == DELIVERED) {
            // What was asked for is sent, and nothing else.
            let asked = usize::try_from(before.resends).unwrap();
            let sent = count(&all, pair) - count(&requests, pair);
            assert_eq!(sent, asked, "{context}: {pair:?} was delivered, and was sent again: {before:?} {delivery:?}");
        }
    }
    assert!(before.deliveries.keys().all(|pair| after.deliveries.contains_key(pair)), "{context}");
    assert_eq!((after.keyed_webhooks, after.keyed_events), (1, 1), "{context}: a request with a key was carried out twice");
    left.discard();
    disk.clone().discard();
}

/// The life of a process: with the runtime, all of its tasks end.
fn life(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

fn options(disk: &Disk) -> Options {
    let mut options = Options::default();
    options.clock = ClockKind::Virtual;
    options.database = Some(disk.database());
    options.vfs = Some(VFS.into());
    options.seed = Some(1);
    options
}

/// The first and the fifth event fail twice at each endpoint.
fn answer() -> impl Fn(&Received) -> u16 + Send {
    let seen = std::sync::Mutex::new(BTreeMap::<Pair, u32>::new());
    move |received| {
        let pair = pair_of(received);
        let fails = ["evt_1", "evt_5"].contains(&pair.0.as_str());
        let mut seen = seen.lock().unwrap();
        let count = seen.entry(pair).or_default();
        *count += 1;
        if fails && *count <= 2 { 503 } else { 200 }
    }
}

fn pair_of(received: &Received) -> Pair {
    let event: Value = serde_json::from_slice(&received.body).unwrap();
    (event["id"].as_str().unwrap().to_owned(), received.path.clone())
}

fn count(requests: &[Received], pair: &Pair) -> usize {
    requests.iter().filter(|received| pair_of(received) == *pair).count()
}

/// Retries, resends, a rotation, an endpoint that is disabled and enabled, one that is deleted, a clean stop and a new start.
async fn scenario(disk: &Disk, receiver: &Receiver, told: &mut Acknowledged) {
    // A disk that died makes every call fail. The other branch of the race ends this one then.
    let Ok(sandbox) = Sandbox::start(options(disk)).await else { return };
    let origin = receiver.url().replace("/webhooks/payvost", "");
    let mut ids = Vec::new();
    for path in ["/a", "/b"] {
        let Ok(endpoint) = sandbox.add_endpoint(&format!("{origin}{path}")).await else { return };
        told.paths.insert(endpoint.id.clone(), path.into());
        ids.push(endpoint.id);
    }
    for id in ["evt_1", "evt_2"] {
        publish(&sandbox, id, told).await;
    }
    advance(&sandbox, json!({"seconds": 6})).await;
    // One that waits for its retry, and one that was delivered.
    for delivery in ["delivery_1", "delivery_3"] {
        kit::api(&sandbox, "POST", &format!("/v1/testing/deliveries/{delivery}/resend"), None).await;
    }
    let answers = keyed(&sandbox, &origin).await;
    told.keyed = answers.into_iter().filter(|answer| answer["success"] == true).collect();
    kit::api(&sandbox, "PATCH", &format!("/v1/webhooks/{}", ids[1]), Some(json!({"enabled": false}))).await;
    publish(&sandbox, "evt_3", told).await;
    kit::api(&sandbox, "POST", &format!("/v1/webhooks/{}/rotate-secret", ids[0]), None).await;
    advance(&sandbox, json!({"minutes": 2})).await;
    kit::api(&sandbox, "PATCH", &format!("/v1/webhooks/{}", ids[1]), Some(json!({"enabled": true}))).await;
    publish(&sandbox, "evt_5", told).await;
    advance(&sandbox, json!({"seconds": 1})).await;
    kit::api(&sandbox, "DELETE", &format!("/v1/webhooks/{}", ids[0]), None).await;
    sandbox.stop().await;

    let Ok(sandbox) = Sandbox::start(options(disk)).await else { return };
    publish(&sandbox, "evt_6", told).await;
    advance(&sandbox, json!({"hours": 2})).await;
    sandbox.stop().await;
}

async fn publish(sandbox: &Sandbox, id: &str, told: &mut Acknowledged) {
    let answer =
        kit::api(sandbox, "POST", "/v1/testing/events", Some(json!({"eventType": "payment.succeeded", "id": id}))).await;
    for delivery in answer["data"]["deliveries"].as_array().into_iter().flatten() {
        let path = told.paths[delivery["webhookId"].as_str().unwrap()].clone();
        told.pairs.insert((id.to_owned(), path));
    }
}

const KEYED_PATH: &str = "/c";

/// Creates a webhook and publishes an event, each with its idempotency key.
async fn keyed(sandbox: &Sandbox, origin: &str) -> Vec<Value> {
    let webhook = json!({"url": format!("{origin}{KEYED_PATH}"), "events": ["user.*"]});
    let event = json!({"eventType": "refund.created"});
    let key = format!("Bearer {}", sandbox.api_key());
    let mut answers = Vec::new();
    for (path, body) in [("/v1/webhooks", webhook), ("/v1/testing/events", event)] {
        let headers = [("authorization", key.as_str()), ("idempotency-key", path)];
        answers.push(kit::request(sandbox, "POST", path, &headers, Some(body.to_string())).await.2);
    }
    answers
}

async fn advance(sandbox: &Sandbox, by: Value) {
    kit::api(sandbox, "POST", "/v1/testing/time/advance", Some(by)).await;
}

const PENDING: i64 = 0;
const DELIVERED: i64 = 1;
const FAILED: i64 = 2;

/// What the database holds.
#[derive(Debug, Default)]
struct Books {
    deliveries: BTreeMap<Pair, Delivery>,
    /// What the requests with keys have made.
    keyed_webhooks: i64,
    keyed_events: i64,
    totals: BTreeMap<String, i64>,
}

#[derive(Debug)]
struct Delivery {
    state: i64,
    ended: i64,
    /// Resends that have not ended.
    resends: i64,
    /// The first one first.
    attempts: Vec<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    status: i64,
    resend: bool,
}

impl Books {
    /// Reads a copy of the disk, since SQLite repairs what it opens.
    fn read(disk: &Disk) -> Self {
        let copy = disk.after_power_loss(Leaves::Everything);
        let connection = Connection::open_with_flags_and_vfs(copy.database(), OpenFlags::default(), VFS).unwrap();
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE").unwrap();
        let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        let mut books = Self::default();
        if connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap() == 0 {
            return books;
        }
        let mut facts = connection.prepare("SELECT name, value FROM facts").unwrap();
        books.totals = facts.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let mut deliveries = connection
            .prepare(
                "SELECT e.id, w.url, d.state, d.attempts, d.resends,
                        (SELECT group_concat(status || resend)
                         FROM (SELECT status, resend FROM attempts WHERE delivery = d.number ORDER BY attempt))
                 FROM deliveries d JOIN events e ON e.number = d.event JOIN webhooks w ON w.number = d.webhook",
            )
            .unwrap();
        let mut rows = deliveries.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let url: String = row.get(1).unwrap();
            let path = format!("/{}", url.rsplit('/').next().unwrap());
            let attempts: Option<String> = row.get(5).unwrap();
            let attempt = |text: &str| Attempt { status: text[..1].parse().unwrap(), resend: &text[1..] == "1" };
            let delivery = Delivery {
                state: row.get(2).unwrap(),
                ended: row.get(3).unwrap(),
                resends: row.get(4).unwrap(),
                attempts: attempts.iter().flat_map(|text| text.split(',')).map(attempt).collect(),
            };
            books.deliveries.insert((row.get(0).unwrap(), path), delivery);
        }
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).unwrap();
        books.keyed_webhooks = number("SELECT count(*) FROM webhooks WHERE url LIKE '%/c'");
        books.keyed_events = number("SELECT count(*) FROM events WHERE type = 'refund.created'");
        drop(rows);
        drop(deliveries);
        drop(facts);
        drop(connection);
        copy.discard();
        books
    }

    fn check(&self, context: &str) {
        for (state, name) in [(PENDING, "pending"), (DELIVERED, "delivered"), (FAILED, "failed")] {
            let rows = self.deliveries.values().filter(|delivery| delivery.state == state).count();
            let total = self.totals.get(name).copied().unwrap_or_default();
            assert_eq!(i64::try_from(rows).unwrap(), total, "{context}: {name} {self:?}");
        }
        for (pair, delivery) in &self.deliveries {
            let ended = delivery.attempts.iter().filter(|attempt| attempt.status != 0).count();
            assert_eq!(i64::try_from(ended).unwrap(), delivery.ended, "{context}: {pair:?} {delivery:?}");
            let mut after_success = delivery.attempts.iter().skip_while(|attempt| attempt.status != 1);
            assert_eq!(after_success.next().is_some(), delivery.state == DELIVERED, "{context}: {pair:?} {delivery:?}");
            // After a success there is only what somebody asked for.
            assert!(after_success.all(|attempt| attempt.resend), "{context}: {pair:?} {delivery:?}");
            assert!(delivery.resends == 0 || delivery.state != FAILED, "{context}: {pair:?} {delivery:?}");
            // At most one attempt is in flight, and it is the last.
            let mut before_last = delivery.attempts.iter().rev().skip(1);
            assert!(before_last.all(|attempt| attempt.status != 0), "{context}: {pair:?} {delivery:?}");
        }
    }

    /// Every request has its record, and every answer in the records was given.
    fn check_requests(&self, requests: &[Received], context: &str) {
        for pair in requests.iter().map(pair_of) {
            let seen = count(requests, &pair);
            let delivery =
                self.deliveries.get(&pair).unwrap_or_else(|| panic!("{context}: {pair:?} was sent without a record"));
            assert!(delivery.attempts.len() >= seen, "{context}: {pair:?} was sent {seen} times: {delivery:?}");
        }
        for (pair, delivery) in &self.deliveries {
            let seen = count(requests, pair);
            assert!(
                delivery.attempts.iter().filter(|attempt| attempt.status != 0).count() <= seen,
                "{context}: {pair:?} {delivery:?}"
            );
        }
    }
}
