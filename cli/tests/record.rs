//! `record` and `replay`: what is kept, and what of it is sent again.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{ChildStdout, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use kit::{Folder, Process, Receiver, command, end_by_signal, json_lines, run_with, text};
use payvost_webhooks::verify_webhook;
use serde_json::{Value, json};

const LIVE: &str = "whsec_live_one";
const LOCAL: &str = "whsec_local_one";

fn with_secret(arguments: &[&str], secret: &str) -> Output {
    let mut command = command(arguments);
    command.env("WEBHOOK_SECRET", secret);
    let output = run_with(command, b"");
    for secret in [LIVE, LOCAL] {
        assert!(!text(&output.stdout).contains(secret) && !text(&output.stderr).contains(secret));
    }
    output
}

struct Recorder {
    /// Killed at the end of a test that fails.
    child: Process,
    url: String,
    _output: BufReader<ChildStdout>,
}

fn record(file: &str) -> Recorder {
    let mut records = command(&["record", file, "--listen", "127.0.0.1:0", "--json"]);
    let mut child = records.env("WEBHOOK_SECRET", LIVE).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    Recorder { child: Process(child), url: ready["url"].as_str().unwrap().to_owned(), _output: output }
}

#[test]
fn genuine_deliveries_are_kept_and_replayed_with_the_local_secret() {
    let folder = Folder::new("record");
    let file = folder.0.join("deliveries.jsonl").to_str().unwrap().to_owned();
    let live = folder.write("live", LIVE.as_bytes());
    let recorder = record(&file);
    let to = format!("{}/hooks?tenant=7", recorder.url);
    for event in ["payment.succeeded", "user.created", "payment.failed"] {
        assert!(with_secret(&["send", event, "--to", &to], LIVE).status.success());
    }
    let forged = with_secret(&["send", "payment.created", "--json", "--to", &to], LOCAL);
    assert_eq!(json_lines(&forged.stdout)[0]["responseBody"], r#"{"error":"signature_mismatch"}"#);
    let (took, code) = end_by_signal(recorder.child, "-INT");
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");

    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let lines = json_lines(&fs::read(&file).unwrap());
    let verdicts: Vec<&Value> = lines.iter().map(|line| &line["verdict"]).collect();
    assert_eq!(verdicts, ["ok", "ok", "ok", "signature_mismatch"]);
    assert_eq!(lines[0]["path"], "/hooks?tenant=7");

    // Who does not know the secret of a recording can sign nothing of it, whatever its lines say.
    let receiver = Receiver::start(200, Duration::ZERO);
    let claimed = folder.write("claimed", text(&fs::read(&file).unwrap()).replace("signature_mismatch", "ok").as_bytes());
    let refused = with_secret(&["replay", &claimed, "--to", &receiver.url], "whsec_third");
    assert_eq!((refused.status.code(), receiver.count()), (Some(1), 0));

    let arguments = ["replay", &claimed, "--recorded-secret-file", &live, "--json", "--to", &receiver.url];
    let replayed = with_secret(&arguments, LOCAL);
    // One did not verify.
    assert_eq!(replayed.status.code(), Some(1));
    assert_eq!(json_lines(&replayed.stdout)[0]["replay"], json!({ "deliveries": 3, "notVerified": 1, "signedAgain": true }));
    assert!(text(&replayed.stderr).contains("not replayed: line 4: "), "{replayed:?}");
    let types: Vec<String> = receiver
        .requests()
        .iter()
        .map(|request| {
            let signature = request.header("payvost-signature").unwrap();
            verify_webhook(request.body.as_bytes(), signature, LOCAL).unwrap().event_type().to_owned()
        })
        .collect();
    assert_eq!(types, ["payment.succeeded", "user.created", "payment.failed"]);

    let some = ["--events", "payment.*", "--recorded-secret-file", &live, "--to", &receiver.url];
    let replayed = with_secret(&[&["replay", &file][..], &some].concat(), LOCAL);
    assert!(text(&replayed.stderr).contains("2 recorded deliveries, signed again with your secret."), "{replayed:?}");
    assert_eq!(receiver.count(), 5);
}

#[test]
fn recorded_pauses_can_be_kept() {
    let folder = Folder::new("record-pauses");
    let file = folder.0.join("deliveries.jsonl").to_str().unwrap().to_owned();
    let recorder = record(&file);
    for pause in [0, 800] {
        thread::sleep(Duration::from_millis(pause));
        assert!(with_secret(&["send", "payment.created", "--to", &recorder.url], LIVE).status.success());
    }
    end_by_signal(recorder.child, "-TERM");
    let receiver = Receiver::start(200, Duration::ZERO);
    let replay = |arguments: &[&str]| {
        let started = Instant::now();
        let all = [&["replay", &file, "--to", &receiver.url], arguments].concat();
        assert!(with_secret(&all, LIVE).status.success());
        started.elapsed()
    };
    assert!(replay(&["--as-recorded"]) >= Duration::from_millis(790));
    assert!(replay(&["--as-recorded", "--speed", "100"]) < Duration::from_millis(790));
    assert!(replay(&[]) < Duration::from_millis(790));
    assert_eq!(receiver.count(), 6);
}

#[test]
fn what_is_no_delivery_is_refused_by_the_recorder() {
    let folder = Folder::new("record-hostile");
    let file = folder.0.join("deliveries.jsonl").to_str().unwrap().to_owned();
    let recorder = record(&file);
    let address = recorder.url.strip_prefix("http://").unwrap();
    let answer = |request: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    };
    assert!(answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n").contains("405"));
    assert!(answer("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n").contains("413"));
    assert!(answer("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").contains("400"));
    assert!(answer("nonsense\r\n\r\n").contains("400"));
    end_by_signal(recorder.child, "-INT");
    let verdicts: Vec<Value> = json_lines(&fs::read(&file).unwrap()).iter().map(|line| line["verdict"].clone()).collect();
    assert_eq!(verdicts, ["missing_signature"]);
}
