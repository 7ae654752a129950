//! `sandbox`: how it starts, what a command beside it gets, and how it ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use std::io::Read;
use std::time::{Duration, Instant};

use kit::{Folder, Receiver, Running, run, text};
use serde_json::{Value, json};

const EVENT: &[&str] = &["-X", "POST", "-d", r#"{"eventType": "payment.succeeded"}"#];

#[test]
fn one_line_says_when_and_where_it_is_ready() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let sandbox = Running::start(&["--endpoint", &receiver.url, "--seed", "1"]);
    let ready = &sandbox.ready;
    assert_eq!((&ready["ready"], &ready["apiKey"]), (&json!(true), &json!("sk_test_sandbox")));
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    assert!(ready["dashboardUrl"].as_str().unwrap().starts_with(&format!("{}/dashboard?token=", sandbox.base_url())));
    assert_eq!(ready["endpoints"][0]["url"], receiver.url);
    assert!(ready["endpoints"][0]["secret"].as_str().unwrap().starts_with("whsec_"));

    let same = Running::start(&["--endpoint", &receiver.url, "--seed", "1"]);
    assert_eq!(same.ready["endpoints"], ready["endpoints"]);
    sandbox.curl(EVENT, "/v1/testing/events");
    receiver.wait_for(1);
}

#[test]
fn the_status_of_the_command_is_its_own() {
    for (script, status) in [("exit 0", 0), ("exit 7", 7)] {
        let output = run(&["sandbox", "--listen", "127.0.0.1:0", "--", "sh", "-c", script], b"");
        assert_eq!(output.status.code(), Some(status), "{output:?}");
    }
}

#[test]
fn a_command_gets_its_settings_and_a_report_follows() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let script = r#"curl --silent --noproxy '*' "$PAYVOST_BASE_URL/v1/testing/events" -H "Authorization: Bearer $PAYVOST_API_KEY" -d '{"eventType":"payment.failed"}' >/dev/null
        curl --silent --noproxy '*' "$PAYVOST_BASE_URL/v1/testing/time/advance" -H "Authorization: Bearer $PAYVOST_API_KEY" -d '{"seconds":1}' >/dev/null
        echo "$WEBHOOK_SECRET $WEBHOOK_SECRET_NEXT""#;
    let arguments = [
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "virtual",
        "--scenario",
        "duplicates-apart",
        "--scenario",
        "rotation",
        "--endpoint",
        &receiver.url,
        "--",
        "sh",
        "-c",
        script,
    ];
    let output = run(&arguments, b"");
    assert!(output.status.success(), "{output:?}");
    let secrets: Vec<_> = text(&output.stdout).split_whitespace().collect();
    assert!(
        secrets.len() == 2 && secrets[0] != secrets[1] && secrets.iter().all(|secret| secret.starts_with("whsec_")),
        "{output:?}"
    );
    let report = text(&output.stderr);
    assert_eq!(
        report.lines().collect::<Vec<_>>(),
        ["sandbox: 1 accepted, 0 delivered, 1 pending, 0 failed", "  1 × timed_out", "  1 × duplicate: 200"]
    );

    let as_json = run(&["sandbox", "--listen", "127.0.0.1:0", "--json", "--", "true"], b"");
    let lines: Vec<Value> = text(&as_json.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["ready"], true);
    assert_eq!(lines[1]["report"]["accepted"], 0);
}

#[test]
fn sigterm_lets_what_is_in_flight_end() {
    let folder = Folder::new("drain");
    let database = folder.0.join("sandbox.db");
    let receiver = Receiver::start(200, Duration::from_millis(700));
    let mut sandbox = Running::start(&["--database", database.to_str().unwrap(), "--endpoint", &receiver.url]);
    sandbox.curl(EVENT, "/v1/testing/events");
    receiver.wait_for(1);
    sandbox.signal("-TERM");
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(0));

    let again = Running::start(&["--database", database.to_str().unwrap()]);
    let totals = again.curl(&[], "/v1/testing/totals");
    assert_eq!(totals["data"], json!({"accepted": 1, "delivered": 1, "pending": 0, "failed": 0}));
    assert_eq!(receiver.count(), 1);
}

#[test]
fn ctrl_c_ends_it_at_once() {
    let receiver = Receiver::start(200, Duration::from_secs(4));
    let mut sandbox = Running::start(&["--endpoint", &receiver.url]);
    sandbox.curl(EVENT, "/v1/testing/events");
    receiver.wait_for(1);
    let began = Instant::now();
    sandbox.signal("-INT");
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
    let mut rest = String::new();
    sandbox.output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn sigterm_reaches_the_command() {
    let mut sandbox = Running::start(&["--", "sh", "-c", "trap 'echo ended; exit' TERM; while :; do sleep 0.05; done"]);
    std::thread::sleep(Duration::from_millis(200));
    sandbox.signal("-TERM");
    assert_eq!(sandbox.child.wait().unwrap().code(), Some(1));
    let mut rest = String::new();
    sandbox.output.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("ended\n"), "{rest}");
}

/// The commands of the provider's guide, with another base URL, key and id.
#[test]
fn the_commands_of_the_providers_guide_work() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let sandbox = Running::start(&[]);
    let guide = |script: &str, id: &str| -> Value {
        let script = script
            .replace("https://api.payvost.com", sandbox.base_url())
            .replace("sk_live_your_key", "sk_test_sandbox")
            .replace("webhook_abc123", id)
            .replace("https://yourapp.com/webhooks/payvost", &receiver.url);
        let output = std::process::Command::new("sh").args(["-c", &script]).env("no_proxy", "*").output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let created = guide(
        r#"curl https://api.payvost.com/v1/webhooks \
  -X POST \
  -H "Authorization: Bearer sk_live_your_key" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://yourapp.com/webhooks/payvost",
    "events": ["payment.*", "transfer.*"],
    "description": "Production webhook endpoint"
  }'"#,
        "",
    );
    let webhook = &created["data"];
    assert_eq!((&webhook["url"], &webhook["events"]), (&json!(receiver.url), &json!(["payment.*", "transfer.*"])));
    let id = webhook["id"].as_str().unwrap();

    let tested = guide(
        r#"curl https://api.payvost.com/v1/webhooks/webhook_abc123/test \
  -X POST \
  -H "Authorization: Bearer sk_live_your_key" \
  -d '{
    "eventType": "payment.succeeded"
  }'"#,
        id,
    );
    assert_eq!((&tested["success"], &tested["data"]["event"]["type"]), (&json!(true), &json!("payment.succeeded")));
    receiver.wait_for(1);

    // What the guide's SDK calls send.
    let path = format!("/v1/webhooks/{id}");
    let log = (0..200)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            sandbox.curl(&[], &format!("{path}/logs?limit=50&status=succeeded"))
        })
        .find(|log| log["data"][0] != Value::Null)
        .unwrap();
    let entry = &log["data"][0];
    assert_eq!(
        (&entry["event"]["type"], &entry["status"], &entry["responseCode"], &entry["responseBody"]),
        (&json!("payment.succeeded"), &json!("succeeded"), &json!(200), &json!("ok"))
    );
    let update = r#"{"events": ["payment.*", "transfer.*", "user.kyc_verified"], "enabled": true}"#;
    assert_eq!(sandbox.curl(&["-X", "PATCH", "-d", update], &path)["data"]["events"][2], "user.kyc_verified");
    assert_eq!(sandbox.curl(&[], "/v1/webhooks")["data"][0]["url"], receiver.url);
    assert_ne!(sandbox.curl(&["-X", "POST"], &format!("{path}/rotate-secret"))["data"]["secret"], webhook["secret"]);
    assert_eq!(sandbox.curl(&["-X", "DELETE"], &path)["success"], true);
}

/// The local and the remote port of each internet socket of a process, and its state, as `/proc` has them.
#[cfg(target_os = "linux")]
fn internet_sockets(process: u32) -> Vec<(u16, u16, String)> {
    let folder = std::path::PathBuf::from(format!("/proc/{process}"));
    let own: Vec<String> = std::fs::read_dir(folder.join("fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|target| Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut sockets = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        for line in std::fs::read_to_string(folder.join("net").join(table)).unwrap_or_default().lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let port = |field: &str| u16::from_str_radix(field.rsplit(':').next().unwrap(), 16).unwrap();
            if own.iter().any(|inode| inode == fields[9]) {
                sockets.push((port(fields[1]), port(fields[2]), format!("{table} {}", fields[3])));
            }
        }
    }
    sockets
}

#[test]
#[cfg(target_os = "linux")]
fn it_opens_no_socket_but_its_own() {
    let receiver = Receiver::start(200, Duration::ZERO);
    let port = |url: &str| url.split('/').nth(2).unwrap().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let sandbox = Running::start(&["--endpoint", &receiver.url]);
    let own = port(sandbox.base_url());
    // 0A: it listens.
    assert_eq!(internet_sockets(sandbox.child.id()), [(own, 0, "tcp 0A".to_owned())]);

    sandbox.curl(EVENT, "/v1/testing/events");
    receiver.wait_for(1);
    for (local, remote, state) in internet_sockets(sandbox.child.id()) {
        assert!(local == own || remote == port(&receiver.url), "{local} {remote} {state}");
    }
}

#[test]
fn it_starts_fast() {
    // The first start may read the file from the disk.
    let started = |_| {
        let began = Instant::now();
        drop(Running::start(&[]));
        began.elapsed()
    };
    let best = (0..5).map(started).min().unwrap();
    assert!(best < Duration::from_millis(500), "{best:?}");
}
