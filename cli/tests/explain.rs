//! `explain`: output, causes and exit statuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use kit::{Folder, run, text};
use payvost_webhooks::sign;
use serde_json::Value;

const SECRET: &str = "whsec_command";
const BODY: &str =
    r#"{"id":"evt_1","type":"user.created","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"id":"usr_1"}}"#;

#[test]
fn a_cause_is_printed_as_json_and_as_text() {
    let folder = Folder::new("explain");
    let secret = folder.write("secret", format!("{SECRET}\n").as_bytes());
    let body = folder.write("body", BODY.replace("\":", "\": ").as_bytes());
    let signature = sign(BODY, SECRET).unwrap();
    let arguments = ["explain", "--body", &body, "--signature", &signature, "--secret-file", &secret];

    let as_json = run(&[&arguments[..], &["--json"]].concat(), b"");
    assert_eq!(as_json.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!(found["verdict"], "signature_mismatch");
    assert_eq!(found["causes"].as_array().unwrap().len(), 1);
    assert_eq!(found["causes"][0]["code"], "body_reserialized");
    assert!(found["causes"][0]["evidence"].is_string() && found["causes"][0]["fix"].is_string());

    let printed = run(&arguments, b"");
    assert_eq!(printed.status.code(), Some(1));
    let printed = text(&printed.stdout);
    assert!(printed.starts_with("signature_mismatch: ") && printed.contains("\nbody_reserialized: "), "{printed}");
    for hidden in ["usr_1", SECRET, &signature] {
        assert!(!printed.contains(hidden) && !text(&as_json.stdout).contains(hidden));
    }
}

#[test]
fn a_newline_in_the_file_is_the_cause_if_nothing_else_is_wrong() {
    let folder = Folder::new("explain-newline");
    let with_newline = folder.write("newline", format!("{SECRET}\n").as_bytes());
    let without = folder.write("plain", SECRET.as_bytes());
    let signature = sign(BODY, SECRET).unwrap();
    let explain =
        |secret: &str| run(&["explain", "--signature", &signature, "--secret-file", secret, "--json"], BODY.as_bytes());
    let found: Value = serde_json::from_slice(&explain(&with_newline).stdout).unwrap();
    assert_eq!((&found["verdict"], &found["causes"][0]["code"]), (&"invalid_secret".into(), &"secret_newline".into()));
    let right = explain(&without);
    assert!(right.status.success());
    assert_eq!(text(&right.stdout).trim(), r#"{"verdict":"ok","causes":[]}"#);
}

#[test]
fn other_secrets_and_bodies_are_compared_with() {
    let folder = Folder::new("explain-others");
    let secret = folder.write("secret", SECRET.as_bytes());
    let other_secret = folder.write("other-secret", b"whsec_other\n");
    let other_body = folder.write("other-body", BODY.replace("usr_1", "usr_2").as_bytes());
    let causes = |signature: &str| {
        let arguments = ["explain", "--signature", signature, "--secret-file", &secret, "--json"];
        let others = ["--other-secret-file", &other_secret, "--other-body", &other_body];
        let output = run(&[&arguments[..], &others[..]].concat(), BODY.as_bytes());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        found["causes"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(causes(&sign(BODY, "whsec_other").unwrap()), "secret_of_other_endpoint");
    assert_eq!(causes(&sign(BODY.replace("usr_1", "usr_2"), SECRET).unwrap()), "signature_of_other_event");
    assert_eq!(causes(&"0".repeat(64)), "unknown");
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = Folder::new("explain-usage");
    let secret = folder.write("secret", SECRET.as_bytes());
    for arguments in [
        &["explain", "--signature", "00"][..],
        &["explain", "--body", "/no/such/file", "--secret-file", &secret],
        &["explain", "--body", "-", "--secret-file", "-"],
        &["explain", "--secret-file", &secret, "--other-body", "/no/such/file"],
    ] {
        assert_eq!(run(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
}
