//! Measures the sandbox: durable, signed deliveries in a second, and what a million attempts cost. `bench/sandbox/run` runs it.
//!
//! ```text
//! measure RECEIVER RUNS DELIVERIES STORED
//! ```
//!
//! RECEIVER is the URL of a receiver in another process. Each of RUNS starts on a new database and makes DELIVERIES; then one database grows
//! until it holds STORED attempts. Each delivery is three commits that are synced before the next step: the event and its deliveries, the
//! attempt, its end. Deliveries that wait at the same time share them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, clippy::print_stdout, reason = "a measurement")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use payvost_webhooks_sandbox::{Options, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The webhooks that each event goes to.
const WEBHOOKS: u32 = 50;
/// Events that are published at the same time.
const PUBLISHERS: u32 = 8;
/// Single deliveries and requests of which the median counts.
const SAMPLES: usize = 101;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = &arguments[0];
    let number = |index: usize| arguments[index].parse::<u32>().unwrap();
    let (runs, deliveries, stored) = (number(1), number(2), number(3));

    println!("| | |\n| --- | --- |");
    if runs > 0 {
        let mut rates = Vec::new();
        for _ in 0..runs {
            let (sandbox, file) = start(url).await;
            rates.push(deliver(&sandbox, deliveries).await);
            sandbox.stop().await;
            remove(&file);
        }
        rates.sort_unstable_by(f64::total_cmp);
        let reached = rates[rates.len() / 100];
        println!("| deliveries in a second, median of {runs} runs of {deliveries} | {:.0} |", rates[rates.len() / 2]);
        println!("| deliveries in a second that 99 % of them reach | {reached:.0} |");
        println!("| deliveries in a second, slowest and fastest | {:.0} and {:.0} |", rates[0], rates[rates.len() - 1]);
    }
    grow(url, stored).await;
    println!("| memory of this process, at most | {} MB |", memory("VmHWM") / 1_000);
}

/// Fills a database, and looks at it on the way.
async fn grow(url: &str, stored: u32) {
    let (sandbox, file) = start(url).await;
    let endpoint = sandbox.add_endpoint(url).await.unwrap();
    let path = format!("/v1/webhooks/{}", endpoint.id);
    let mut count = 0;
    for milestone in [1_000, 100_000, 1_000_000].into_iter().filter(|milestone| *milestone <= stored) {
        deliver(&sandbox, milestone.saturating_sub(count)).await;
        let single = median(async || {
            request(sandbox.address(), "POST", &format!("{path}/test"), r#"{"eventType":"payment.succeeded"}"#).await;
            finished(&sandbox).await;
        });
        println!("| one delivery alone, after {milestone} attempts | {:.2} ms |", single.await);
        count = milestone + SAMPLES as u32;
        let part = 5_000;
        let before = processor_time();
        println!("| deliveries in a second, after {milestone} attempts | {:.0} |", deliver(&sandbox, part).await);
        let time = (processor_time() - before) / f64::from(part) * 1e6;
        println!("| processor time for each of them, without the receiver | {time:.0} µs |");
        count += part;
    }
    println!("| memory after {count} attempts | {} MB |", memory("VmRSS") / 1_000);
    let middle = count / 2;
    let far = count / (WEBHOOKS + 1) * 9 / 10;
    let list = request(sandbox.address(), "GET", "/v1/webhooks", "").await;
    let first = list.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (name, path) in [
        ("first page of deliveries", "/v1/testing/deliveries?limit=100".to_owned()),
        ("page from the middle", format!("/v1/testing/deliveries?limit=100&cursor=delivery_{middle}")),
        (
            "page of one webhook, status and type",
            format!(
                "/v1/testing/deliveries?limit=100&webhookId={first}&status=delivered&eventType=payment.succeeded&cursor=delivery_{middle}"
            ),
        ),
        ("page of a status that none has", "/v1/testing/deliveries?limit=100&status=failed".to_owned()),
        ("page since the beginning", "/v1/testing/deliveries?limit=100&since=2000-01-01T00:00:00Z".to_owned()),
        ("first page of a log", format!("/v1/webhooks/{first}/logs?limit=100")),
        ("far page of a log", format!("/v1/webhooks/{first}/logs?limit=100&offset={far}")),
        ("far page of a log, by status", format!("/v1/webhooks/{first}/logs?limit=100&offset={far}&status=succeeded")),
    ] {
        let time = median(async || drop(request(sandbox.address(), "GET", &path, "").await)).await;
        println!("| {name}, after {count} attempts | {time:.2} ms |");
    }
    println!("| size of the database | {} MB |", std::fs::metadata(&file).unwrap().len() / 1_000_000);
    sandbox.stop().await;
    remove(&file);
}

async fn start(url: &str) -> (Sandbox, PathBuf) {
    let file = std::env::temp_dir().join(format!("payvost-measure-{}.db", std::process::id()));
    remove(&file);
    let mut options = Options::default();
    options.database = Some(file.clone());
    let sandbox = Sandbox::start(options).await.unwrap();
    for _ in 0..WEBHOOKS {
        sandbox.add_endpoint(url).await.unwrap();
    }
    (sandbox, file)
}

fn remove(file: &std::path::Path) {
    for suffix in ["", "-wal"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

/// Publishes events until there are so many deliveries, and waits until all of them have ended. Returns how many there were in a second.
async fn deliver(sandbox: &Sandbox, deliveries: u32) -> f64 {
    let before = sandbox.totals().await.unwrap().delivered;
    let began = Instant::now();
    let address = sandbox.address();
    let events = deliveries / WEBHOOKS;
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| tokio::spawn(publish(address, (events + PUBLISHERS - 1 - publisher) / PUBLISHERS)))
        .collect();
    for publisher in publishers {
        publisher.await.unwrap();
    }
    let delivered = finished(sandbox).await - before;
    delivered as f64 / began.elapsed().as_secs_f64()
}

/// Waits until nothing is pending. Returns how many were delivered.
async fn finished(sandbox: &Sandbox) -> i64 {
    loop {
        let totals = sandbox.totals().await.unwrap();
        assert_eq!(totals.failed, 0);
        if totals.pending == 0 {
            return totals.delivered;
        }
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
}

/// The median time of something, in milliseconds.
async fn median(what: impl AsyncFn()) -> f64 {
    let mut times = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let began = Instant::now();
        what().await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times[SAMPLES / 2].as_secs_f64() * 1_000.0
}

/// The processor time of this process so far, in seconds. On a busy machine it says more than the time on the clock.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // In hundredths: user and system time are the fields 14 and 15 of the line.
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}

/// A number of `/proc/self/status`, in kB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap()
}

/// Publishes events over one connection.
async fn publish(address: SocketAddr, events: u32) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..events {
        exchange(&mut stream, address, "POST", "/v1/testing/events", r#"{"eventType":"payment.succeeded"}"#).await;
    }
}

async fn request(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    exchange(&mut TcpStream::connect(address).await.unwrap(), address, method, path, body).await
}

/// Sends a request and returns the body of the response, which has a `Content-Length`.
async fn exchange(stream: &mut TcpStream, address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer sk_test_sandbox\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::with_capacity(4_096);
    let end = loop {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length: usize = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap().trim().parse().unwrap();
    while bytes.len() < end + 4 + length {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
    String::from_utf8_lossy(&bytes[end + 4..]).into_owned()
}
