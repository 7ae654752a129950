//! `sign`, `verify` and `events`: output, refusals and exit statuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use kit::{Folder, command, run, run_with, text};
use payvost_webhooks::{EVENT_TYPES, sign};
use serde_json::Value;

const SECRET: &str = "whsec_command";

#[test]
fn what_sign_prints_verify_accepts() {
    let folder = Folder::new("sign");
    let secret = folder.write("secret", format!("{SECRET}\n").as_bytes());
    let event = run(&["events", "show", "payment.succeeded"], b"").stdout;
    let body = folder.write("body", &event);

    let signed = run(&["sign", &body, "--secret-file", &secret], b"");
    assert_eq!(text(&signed.stdout).trim(), sign(&event, SECRET).unwrap());
    let by_pipe = run(&["sign", "--secret-file", &secret], &event);
    assert_eq!(by_pipe.stdout, signed.stdout);

    let signature = text(&signed.stdout).trim();
    let verified = run(&["verify", &body, "--signature", signature, "--secret-file", &secret], b"");
    assert!(verified.status.success());
    assert!(text(&verified.stdout).starts_with("ok: payment.succeeded evt_"));

    let other = run(&["verify", "--signature", signature, "--secret-file", &secret, "--json"], b"{}");
    assert_eq!(other.status.code(), Some(1));
    let verdict: Value = serde_json::from_slice(&other.stdout).unwrap();
    assert_eq!(verdict["verdict"], "signature_mismatch");
}

#[test]
fn the_secret_of_the_environment_is_used() {
    let mut signs = command(&["sign"]);
    signs.env("WEBHOOK_SECRET", SECRET);
    assert_eq!(text(&run_with(signs, b"body").stdout).trim(), sign("body", SECRET).unwrap());
    let warned = run(&["sign", "--secret", SECRET], b"body");
    assert!(warned.status.success());
    assert!(text(&warned.stderr).starts_with("warning: --secret"), "{warned:?}");
}

#[test]
fn wrong_usage_ends_with_2_and_shows_no_secret() {
    let folder = Folder::new("usage");
    let spaced = folder.write("spaced", b" whsec_spaced");
    for arguments in [
        &["sign"][..],
        &["sign", "--secret-file", "/no/such/file"],
        &["sign", "-", "--secret-file", "-"],
        &["sign", "--secret-file", &spaced],
        &["verify"],
        &["events", "show", "payment.unknown"],
        &["sandbox", "--speed", "0"],
        &["sandbox", "--api-key", "sk_live_mine"],
        &["sandbox", "--listen", "0.0.0.0:0"],
        &["sandbox", "--scenario", "duplicate"],
        &["sandbox", "--listen", "127.0.0.1:0", "--endpoint", "nowhere"],
        &["sandbox", "--listen", "127.0.0.1:0", "--", "/no/such/command"],
        &["nonsense"],
        &[],
    ] {
        let output = run(arguments, b"body");
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {output:?}");
        assert!(!output.stderr.is_empty());
        assert!(!text(&output.stderr).contains("whsec_spaced"));
    }
    assert_eq!(run(&["sandbox", "--database", "/no/such/folder/file"], b"").status.code(), Some(3));
}

#[test]
fn events_are_listed_as_text_and_json() {
    assert_eq!(text(&run(&["events", "list"], b"").stdout).lines().collect::<Vec<_>>(), EVENT_TYPES);
    let listed: Vec<String> = serde_json::from_slice(&run(&["events", "list", "--json"], b"").stdout).unwrap();
    assert_eq!(listed, EVENT_TYPES);
    let help = run(&["sandbox", "--help"], b"");
    assert!(help.status.success());
    assert!(text(&help.stdout).contains("Examples:"));
}

#[test]
fn a_pipe_that_closes_is_no_error() {
    use std::process::Stdio;
    let mut child = command(&["events", "list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
