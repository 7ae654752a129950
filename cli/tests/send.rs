//! `send`: what receivers get, and what becomes of hostile ones.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use std::io::Write;
use std::net::Shutdown;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use kit::terminal::Terminal;
use kit::{Folder, Process, Receiver, command, end_by_signal, json_lines, nobody, run_with, server, text};
use payvost_webhooks::{EVENT_TYPES, sample_event, verify_webhook};
use serde_json::{Value, json};

const SECRET: &str = "whsec_send";

fn send(arguments: &[&str]) -> Output {
    send_body(arguments, b"")
}

fn send_body(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = command(&[&["send"], arguments].concat());
    command.env("WEBHOOK_SECRET", SECRET);
    let output = run_with(command, input);
    assert!(!text(&output.stdout).contains(SECRET) && !text(&output.stderr).contains(SECRET));
    output
}

/// What the summary says, of an output in JSON.
fn summary(output: &Output) -> Value {
    json_lines(&output.stdout).pop().unwrap()["summary"].take()
}

#[test]
fn each_documented_type_arrives_signed_fresh_and_in_test_mode() {
    let receiver = Receiver::start(200, Duration::ZERO);
    for event_type in EVENT_TYPES.iter().chain(&["refund.created"]) {
        let output = send(&[event_type, "--to", &format!("{}?tenant=7&x=%20", receiver.url)]);
        assert!(output.status.success(), "{output:?}");
    }
    let requests = receiver.requests();
    let mut ids = Vec::new();
    for (request, event_type) in requests.iter().zip(EVENT_TYPES.iter().chain(&["refund.created"])) {
        let event = verify_webhook(request.body.as_bytes(), request.header("payvost-signature").unwrap(), SECRET).unwrap();
        assert_eq!((event.event_type(), event.live_mode()), (*event_type, false));
        assert!(request.head.starts_with("POST /webhooks/payvost?tenant=7&x=%20 HTTP/1.1\r\n"), "{}", request.head);
        ids.push(event.id().to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), EVENT_TYPES.len() + 1);
}

#[test]
fn values_change_by_path_and_keep_their_digits() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let set =
        ["--set", "data.amount=10.00", "--add", "data.rate=1.10", "--remove", "data.metadata", "--id", "evt_mine", "--live"];
    let output = send(&[&["payment.succeeded", "--to", &receiver.url][..], &set].concat());
    assert!(output.status.success(), "{output:?}");
    let body = &receiver.requests()[0].body;
    assert!(body.contains(r#""amount":"10.00""#) && body.contains(r#""rate":1.10"#), "{body}");
    assert!(!body.contains("metadata") && body.contains(r#""id":"evt_mine""#) && body.contains(r#""liveMode":true"#), "{body}");

    let output = send(&["payment.succeeded", "--set", "data.amuont=1", "--to", &receiver.url]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(r#"Did you mean "data.amount"?"#), "{output:?}");
    assert_eq!(receiver.count(), 1);
}

#[test]
fn a_body_is_sent_byte_for_byte() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let folder = Folder::new("send-body");
    let file = folder.write("body", b"{ \"no\": \"event\" }\r\n");
    assert!(send(&["--body", &file, "--to", &receiver.url]).status.success());
    assert!(send_body(&["--body", "-", "--to", &receiver.url], b"\xEF\xBB\xBFx").status.success());
    let bodies: Vec<String> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, ["{ \"no\": \"event\" }\r\n", "\u{feff}x"]);

    // What is not changed stays, live mode included.
    let event = sample_event("payment.succeeded").unwrap().replace("\"liveMode\":false", "\"liveMode\": true ");
    let output = send_body(&["--body", "-", "--set", "data.amount=10.00", "--to", &receiver.url], event.as_bytes());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(receiver.requests()[2].body, event.replace("99.99", "10.00"));
}

#[test]
fn a_receiver_that_takes_forgeries_is_found() {
    let credulous = Receiver::start(200, Duration::ZERO);
    let careful = Receiver::start(400, Duration::ZERO);
    for forgery in ["wrong-secret", "missing", "empty", "truncated", "corrupted", "uppercase", "prefixed", "altered-body"] {
        let output = send(&["user.created", "--forge", forgery, "--to", &credulous.url]);
        assert_eq!(output.status.code(), Some(1), "{forgery}: {output:?}");
        let output = send(&["user.created", "--forge", forgery, "--to", &careful.url]);
        assert_eq!(output.status.code(), Some(0), "{forgery}: {output:?}");
    }
    for request in careful.requests() {
        let signature = request.header("payvost-signature");
        assert!(verify_webhook(request.body.as_bytes(), signature, SECRET).is_err());
    }
    // The header is missing once, and empty once.
    let headers: Vec<Option<String>> =
        careful.requests().iter().map(|request| request.header("payvost-signature").map(str::to_owned)).collect();
    assert_eq!(headers.iter().filter(|header| header.is_none()).count(), 1);
    assert_eq!(headers.iter().flatten().filter(|header| header.is_empty()).count(), 1);
}

#[test]
fn duplicates_arrive_together_and_many_events_are_summarized() {
    let receiver = Receiver::start(200, Duration::from_millis(200));
    let started = Instant::now();
    let output = send(&["payment.created", "--duplicates", "4", "--json", "--to", &receiver.url]);
    assert!(output.status.success());
    // One after the other would take a second.
    assert!(started.elapsed() < Duration::from_millis(900));
    let bodies: Vec<String> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert_eq!((bodies.len(), bodies.iter().all(|body| *body == bodies[0])), (5, true));

    let output = send(&["payment.created", "--count", "20", "--concurrency", "20", "--json", "--to", &receiver.url]);
    let summary = summary(&output);
    assert_eq!((&summary["delivered"], &summary["attempts"]["200"]), (&json!(20), &json!(20)));
    assert!(summary["answeredInMs"]["p50"].as_f64().unwrap() >= 200.0, "{summary}");
    let text = send(&["payment.created", "--count", "25", "--concurrency", "25", "--to", &receiver.url]);
    assert!(
        kit::text(&text.stdout).starts_with("25 delivered, 0 refused, 0 without an answer\nattempts: 25 × 200\n"),
        "{text:?}"
    );
}

#[test]
fn a_rate_spreads_the_events() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let started = Instant::now();
    assert!(send(&["payment.created", "--count", "5", "--rate", "20", "--to", &receiver.url]).status.success());
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[test]
fn failures_are_sent_again_as_payvost_does() {
    let receiver = Receiver::start(503, Duration::ZERO);
    let output = send(&["payment.failed", "--retry", "--speed", "20000", "--json", "--to", &receiver.url]);
    assert_eq!(output.status.code(), Some(1));
    let lines = json_lines(&output.stdout);
    let attempts: Vec<&Value> = lines.iter().filter_map(|line| line.get("attempt")).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6]);
    assert_eq!(receiver.count(), 6);
    assert_eq!(lines[5]["nextAttemptInMs"], Value::Null);
}

#[test]
fn hostile_receivers_are_reported_and_harm_nothing() {
    let other = Receiver::start(200, Duration::ZERO);
    let target = other.url.clone();
    let redirects = server(move |mut stream| {
        let _ = write!(stream, "HTTP/1.1 307 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
    });
    let closes = server(|stream| drop(stream.shutdown(Shutdown::Both)));
    let garbles = server(|mut stream| drop(stream.write_all(b"SSH-2.0-OpenSSH\r\n")));
    let breaks_off = server(|mut stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")));
    for (url, code, error) in [
        (&redirects, 1, "redirected"),
        (&closes, 3, "connection_reset"),
        (&garbles, 3, "connection_reset"),
        (&breaks_off, 3, "connection_reset"),
        (&nobody(), 3, "connection_refused"),
        (&"http://no-such-host.invalid/".to_owned(), 3, "dns_failed"),
    ] {
        let output = send(&["payment.created", "--json", "--to", url]);
        assert_eq!((output.status.code(), &json_lines(&output.stdout)[0]["error"]), (Some(code), &json!(error)), "{url}");
    }
    assert_eq!(other.count(), 0);
}

#[test]
fn an_answer_that_never_ends_is_cut() {
    let url = server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    let output = send(&["payment.created", "--json", "--to", &url]);
    assert!(output.status.success());
    assert_eq!(json_lines(&output.stdout)[0]["responseBody"].as_str().unwrap().len(), 16_384);
}

#[test]
fn a_terminal_obeys_no_answer() {
    let url = server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n\x1b]0;evil\x07");
    });
    let output = send(&["payment.created", "--to", &url]);
    assert!(!text(&output.stdout).contains('\x1b') && text(&output.stdout).contains("]0;evil"), "{output:?}");
}

#[test]
fn five_seconds_are_waited_for_an_answer() {
    let url = server(|_stream| thread::sleep(Duration::from_secs(20)));
    let started = Instant::now();
    let output = send(&["payment.created", "--json", "--to", &url]);
    assert_eq!((output.status.code(), &json_lines(&output.stdout)[0]["error"]), (Some(3), &json!("timed_out")));
    assert!((5.0..8.0).contains(&started.elapsed().as_secs_f64()), "{:?}", started.elapsed());
}

#[test]
fn nothing_leaves_loopback_unless_it_is_allowed() {
    for arguments in [
        &["http://10.255.255.1/"][..],
        &["http://169.254.169.254/", "--deliver-to", "169.254.169.254"],
        &["http://user:pass@127.0.0.1/"],
        &["ftp://127.0.0.1/"],
        &["127.0.0.1:3000"],
    ] {
        let output = send(&[&["payment.created", "--to"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn a_terminal_shows_progress_and_a_pipe_does_not() {
    let receiver = Receiver::start(200, Duration::from_millis(20));
    let sends = || {
        let mut sends = command(&["send", "payment.created", "--count", "30", "--to", &receiver.url]);
        sends.env("WEBHOOK_SECRET", SECRET);
        sends
    };
    let mut terminal = Terminal::start(sends());
    terminal.wait_for("of 30 sent: ");
    terminal.wait_for("30 delivered, 0 refused, 0 without an answer");
    assert!(terminal.process.0.wait().unwrap().success());
    assert!(!String::from_utf8(run_with(sends(), b"").stderr).unwrap().contains("sent: "));
}

#[test]
fn ctrl_c_ends_it_at_once_with_a_summary() {
    let url = server(|_stream| thread::sleep(Duration::from_secs(20)));
    let ended = (0..3).any(|_| {
        let mut sends = command(&["send", "payment.created", "--count", "100", "--rate", "50", "--json", "--to", &url]);
        let mut sending = Process(sends.env("WEBHOOK_SECRET", SECRET).stdout(Stdio::piped()).spawn().unwrap());
        thread::sleep(Duration::from_millis(500));
        let output = sending.0.stdout.take().unwrap();
        let (took, code) = end_by_signal(sending, "-INT");
        assert_eq!(code, Some(130));
        let lines = std::io::read_to_string(output).unwrap();
        assert_eq!(json_lines(lines.as_bytes()).pop().unwrap()["summary"]["interrupted"], true);
        took < Duration::from_millis(200)
    });
    // A busy machine may be slow once, and not three times.
    assert!(ended);
}
