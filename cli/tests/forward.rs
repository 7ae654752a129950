//! `forward`: filters, the cursor, recordings, and the full-screen view on a pseudo-terminal.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use kit::terminal::Terminal;
use kit::{Folder, Process, Receiver, Running, command, end_by_signal, json_lines, nobody, run_with, text};
use payvost_webhooks::verify_webhook;

const SECRET: &str = "whsec_forward";

fn forward(arguments: &[&str]) -> Command {
    let mut command = command(&[&["forward"], arguments].concat());
    command.env("WEBHOOK_SECRET", SECRET);
    command
}

fn run(arguments: &[&str]) -> Output {
    run_with(forward(arguments), b"")
}

/// The ids of the events that a receiver got, sorted.
fn ids(receiver: &Receiver) -> Vec<String> {
    let mut ids: Vec<String> = receiver
        .requests()
        .iter()
        .map(|request| {
            let signature = request.header("payvost-signature").unwrap();
            verify_webhook(request.body.as_bytes(), signature, SECRET).unwrap().id().to_owned()
        })
        .collect();
    ids.sort();
    ids
}

#[test]
fn each_receiver_gets_what_its_patterns_select() {
    let sandbox = Running::start(&[]);
    let (payments, users, all) =
        (Receiver::start(200, Duration::ZERO), Receiver::start(200, Duration::ZERO), Receiver::start(200, Duration::ZERO));
    for (event_type, id) in [("payment.succeeded", "evt_1"), ("user.created", "evt_2"), ("transfer.failed", "evt_3")] {
        sandbox.publish(event_type, id);
    }
    let to_payments = format!("payment.*,transfer.failed={}?a=b", payments.url);
    let to_users = format!("user.created={}", users.url);
    let once = ["--sandbox", sandbox.base_url(), "--once", "--to", &to_payments, "--to", &to_users];
    let output = run(&[&once[..], &["--to", &all.url, "--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    assert_eq!((ids(&payments), ids(&users)), (vec!["evt_1".to_owned(), "evt_3".to_owned()], vec!["evt_2".to_owned()]));
    assert_eq!(ids(&all).len(), 3);
    assert!(payments.requests()[0].head.starts_with("POST /webhooks/payvost?a=b "));
    let summary = json_lines(&output.stdout).pop().unwrap();
    assert_eq!(summary["summary"]["delivered"], 6);

    let output = run(&[&once[..], &["--events", "user.*"]].concat());
    assert!(output.status.success());
    assert_eq!((payments.count(), users.count()), (2, 2));
    // A query may hold a token.
    assert!(!text(&output.stdout).contains("a=b"), "{output:?}");
}

#[test]
fn a_cursor_misses_nothing_after_a_pause() {
    let sandbox = Running::start(&[]);
    let receiver = Receiver::start(200, Duration::ZERO);
    let folder = Folder::new("forward-cursor");
    let cursor = folder.0.join("cursor").to_str().unwrap().to_owned();
    let arguments = ["--sandbox", sandbox.base_url(), "--to", &receiver.url, "--cursor", &cursor, "--json"];
    sandbox.publish("payment.created", "evt_a");
    let following = Process(forward(&arguments).stdout(Stdio::null()).spawn().unwrap());
    receiver.wait_for(1);
    sandbox.publish("payment.created", "evt b/ü");
    receiver.wait_for(2);
    thread::sleep(Duration::from_millis(100));
    assert_eq!(end_by_signal(following, "-INT").1, Some(0));

    sandbox.publish("payment.created", "evt_c");
    sandbox.publish("payment.created", "evt_d");
    let once = [&arguments[..], &["--once"]].concat();
    assert!(run(&once).status.success());
    assert!(run(&once).status.success());
    assert_eq!(ids(&receiver), ["evt b/ü", "evt_a", "evt_c", "evt_d"]);

    // Another sandbox does not have the event at the cursor: it is forwarded from its start.
    let another = Running::start(&[]);
    another.publish("payment.created", "evt_e");
    let output = run(&["--sandbox", another.base_url(), "--to", &receiver.url, "--cursor", &cursor, "--once"]);
    assert!(text(&output.stderr).contains("Beginning with its first event."), "{output:?}");
    assert_eq!(receiver.count(), 5);
}

#[test]
fn a_sandbox_that_goes_away_is_waited_for() {
    let sandbox = Running::start(&[]);
    let address = sandbox.base_url().strip_prefix("http://").unwrap().to_owned();
    let receiver = Receiver::start(200, Duration::ZERO);
    let mut following = Process(
        forward(&["--sandbox", sandbox.base_url(), "--to", &receiver.url, "--from-start"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut notices = BufReader::new(following.0.stderr.take().unwrap());
    sandbox.publish("payment.created", "evt_a");
    receiver.wait_for(1);
    drop(sandbox);
    let mut notice = String::new();
    notices.read_line(&mut notice).unwrap();
    assert!(notice.contains("Waiting for the sandbox."), "{notice}");
    let again = Running::start(&["--listen", &address]);
    again.publish("payment.created", "evt_b");
    receiver.wait_for(2);
    let (took, code) = end_by_signal(following, "-TERM");
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_recording_is_forwarded_and_followed() {
    let folder = Folder::new("forward-recording");
    let file = folder.0.join("deliveries.jsonl").to_str().unwrap().to_owned();
    let mut records = command(&["record", &file, "--listen", "127.0.0.1:0", "--json", "--count", "2"]);
    let mut recorder = Process(records.env("WEBHOOK_SECRET", "whsec_live").stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    let mut output = BufReader::new(recorder.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let url = serde_json::from_str::<serde_json::Value>(&line).unwrap()["url"].as_str().unwrap().to_owned();
    let send = |id: &str| {
        let mut sends = command(&["send", "payment.created", "--id", id, "--to", &url]);
        sends.env("WEBHOOK_SECRET", "whsec_live");
        assert!(run_with(sends, b"").status.success());
    };
    send("evt_1");
    let live = folder.write("live", b"whsec_live\n");
    let cursor = folder.0.join("cursor").to_str().unwrap().to_owned();
    let receiver = Receiver::start(200, Duration::ZERO);
    let arguments = ["--recording", &file, "--recorded-secret-file", &live, "--cursor", &cursor, "--to", &receiver.url];
    let following = Process(forward(&arguments).stdout(Stdio::null()).spawn().unwrap());
    receiver.wait_for(1);
    send("evt_2");
    receiver.wait_for(2);
    thread::sleep(Duration::from_millis(100));
    end_by_signal(following, "-INT");
    assert!(run(&[&arguments[..], &["--once"]].concat()).status.success());
    assert_eq!(ids(&receiver), ["evt_1", "evt_2"]);

    let mixed = run(&["--cursor", &cursor, "--to", &receiver.url, "--once"]);
    assert_eq!(mixed.status.code(), Some(2));
}

#[test]
fn what_cannot_work_is_said() {
    let sandbox = Running::start(&[]);
    let receiver = Receiver::start(500, Duration::ZERO);
    let (away, stranger) = (nobody(), Receiver::start(404, Duration::ZERO));
    for (arguments, code) in [
        (&["--to", &receiver.url, "--sandbox", &away][..], 3),
        (&["--to", &receiver.url, "--sandbox", &stranger.url], 3),
        (&["--to", &receiver.url, "--sandbox", sandbox.base_url(), "--api-key", "sk_test_other"], 2),
        (&["--to", &receiver.url, "--sandbox", "http://10.255.255.1"], 2),
        (&["--to", "pay*=http://127.0.0.1/"], 2),
        (&["--to", &receiver.url, "--recording", "/no/such/file"], 2),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {output:?}");
        assert!(text(&output.stderr).starts_with("error: "), "{output:?}");
    }
    sandbox.publish("payment.created", "evt_1");
    let failed = run(&["--to", &receiver.url, "--sandbox", sandbox.base_url(), "--once"]);
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    let retried = ["--to", &receiver.url, "--sandbox", sandbox.base_url(), "--once", "--retry", "--speed", "20000"];
    assert_eq!(run(&retried).status.code(), Some(1));
    assert_eq!(receiver.count(), 7);
}

#[test]
fn the_view_fills_a_terminal_and_leaves_it_as_it_was() {
    let receiver = Receiver::start(200, Duration::ZERO);
    for (key, id) in [("q", "evt_1"), ("\x03", "evt_2")] {
        let sandbox = Running::start(&[]);
        let arguments = ["--sandbox", sandbox.base_url(), "--to", &receiver.url, "--from-start"];
        let mut terminal = Terminal::start(forward(&arguments));
        terminal.wait_for("d detail");
        assert!(terminal.is_raw());
        sandbox.publish("payment.succeeded", id);
        terminal.wait_for(id);
        terminal.press("d");
        terminal.wait_for("orderId");
        terminal.press("d");
        let before = receiver.count();
        terminal.press("r");
        receiver.wait_for(before + 1);
        terminal.wait_for("again:");
        let started = Instant::now();
        terminal.press(key);
        let status = terminal.process.0.wait().unwrap();
        // On a quiet machine, a few milliseconds.
        assert!(started.elapsed() < Duration::from_millis(400), "{:?}", started.elapsed());
        assert_eq!(status.code(), Some(0));
        terminal.wait_for("\x1b[?1049l");
        assert!(!terminal.is_raw());
        assert!(!terminal.text().contains(SECRET));
    }
    let sandbox = Running::start(&[]);
    let mut in_ci = forward(&["--sandbox", sandbox.base_url(), "--to", &receiver.url]);
    in_ci.env("CI", "true");
    let terminal = Terminal::start(in_ci);
    terminal.wait_for("Ctrl-C ends it.");
    assert!(!terminal.text().contains('\x1b'));
    assert!(!terminal.is_raw());
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    let sandbox = Running::start(&[]);
    let terminal = Terminal::start(forward(&["--sandbox", sandbox.base_url(), "--to", "http://127.0.0.1:9/"]));
    terminal.wait_for("d detail");
    kit::signal(&terminal.process.0, "-TERM");
    terminal.wait_for("\x1b[?1049l");
    terminal.wait_for("0 delivered");
    assert!(!terminal.is_raw());
}
