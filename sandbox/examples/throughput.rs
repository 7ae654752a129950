//! How many durable, signed deliveries the sandbox makes in a second to a receiver on loopback. `bench/sandbox` runs it.
//!
//! Each delivery is three commits that are synced before the next step: the event and its deliveries, the attempt, its end. Deliveries that
//! wait at the same time share them. The receiver runs in the same process, and so on the same cores.
#![allow(clippy::unwrap_used, clippy::as_conversions, clippy::print_stdout, reason = "a measurement")]

use std::time::{Duration, Instant};

use payvost_webhooks_sandbox::{Options, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The webhooks that each event goes to.
const WEBHOOKS: u32 = 50;
/// Events that are published at the same time.
const PUBLISHERS: u32 = 8;

#[tokio::main]
async fn main() {
    let deliveries: u32 = std::env::args().nth(1).map_or(50_000, |count| count.parse().unwrap());
    let file = std::env::temp_dir().join(format!("payvost-throughput-{}.db", std::process::id()));
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", receiver.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = receiver.accept().await {
            tokio::spawn(receive(stream));
        }
    });

    let mut options = Options::default();
    options.database = Some(file.clone());
    options.concurrency = 512;
    let sandbox = Sandbox::start(options).await.unwrap();
    for _ in 0..WEBHOOKS {
        sandbox.add_endpoint(&url).await.unwrap();
    }
    let began = Instant::now();
    let address = sandbox.address();
    let events = deliveries / WEBHOOKS;
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| tokio::spawn(publish(address, (events + PUBLISHERS - 1 - publisher) / PUBLISHERS)))
        .collect();
    for publisher in publishers {
        publisher.await.unwrap();
    }
    let totals = loop {
        let totals = sandbox.totals().await.unwrap();
        if totals.pending == 0 {
            break totals;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(totals.delivered, i64::from(events * WEBHOOKS));
    println!("{} deliveries in {seconds:.2} s: {:.0} a second", totals.delivered, totals.delivered as f64 / seconds);
    sandbox.stop().await;
    for suffix in ["", "-wal"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

/// Publishes events over one connection.
async fn publish(address: std::net::SocketAddr, events: u32) {
    let body = r#"{"eventType":"payment.succeeded"}"#;
    let request = format!(
        "POST /v1/testing/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer sk_test_sandbox\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..events {
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = message(&mut stream).await.unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    }
}

/// Answers each request with 200.
async fn receive(mut stream: TcpStream) {
    while message(&mut stream).await.is_some() {
        if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// Reads a message with a `Content-Length`, and returns its head. One message is under way at a time.
async fn message(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::with_capacity(1_024);
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(bytes.get(..end)?).to_ascii_lowercase().replacen("http", "HTTP", 1);
            let length: usize = head.split("content-length: ").nth(1)?.split('\r').next()?.trim().parse().ok()?;
            while bytes.len() < end + 4 + length {
                if stream.read_buf(&mut bytes).await.ok()? == 0 {
                    return None;
                }
            }
            return Some(head);
        }
    }
}
