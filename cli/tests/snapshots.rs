//! What the commands print: help, results and refusals, as text and as JSON, compared with `snapshots/`.
//!
//! After an intended change, `UPDATE_SNAPSHOTS=1 cargo test -p payvost-webhooks-cli --test snapshots` writes the files again.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use kit::{Folder, Receiver, Running, command, run_with, text};

const SECRET: &str = "whsec_snapshots";

/// What a command prints, and how it ends.
fn printed(arguments: &[&str], input: &[u8]) -> String {
    let mut command = command(arguments);
    command.env("WEBHOOK_SECRET", SECRET).env("NO_COLOR", "1");
    let output = run_with(command, input);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    for part in [out, err] {
        assert!(!part.contains(SECRET) && !part.contains('\x1b'), "{arguments:?}: {part}");
    }
    format!("$ payvost-webhooks {}\n{out}{err}exit status {}\n\n", arguments.join(" "), output.status.code().unwrap())
}

fn compare(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    for (number, (is, was)) in text.lines().zip(kept.lines()).enumerate() {
        assert_eq!(is, was, "{name}, line {}: see the head of snapshots.rs for how to accept a change", number + 1);
    }
    assert_eq!(text.lines().count(), kept.lines().count(), "{name}: see the head of snapshots.rs for how to accept a change");
}

/// Without what differs from run to run: durations, and the addresses of these servers.
fn steady(text: &str, servers: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (url, name) in servers {
        text = text.replace(url, name);
    }
    let mut steady = String::new();
    let mut rest = text.as_str();
    // Numbers with a unit after a space, and those of the members of JSON that are durations.
    while let Some(start) = rest.find(|each: char| each.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let length = from.find(|each: char| !each.is_ascii_digit() && each != '.').unwrap_or(from.len());
        let (number, after) = from.split_at(length);
        steady.push_str(before);
        let is_duration = after.starts_with(" ms")
            || ["durationMs\":", "nextAttemptInMs\":", "p50\":", "p90\":", "p99\":", "max\":"]
                .iter()
                .any(|name| steady.ends_with(name));
        steady.push_str(if is_duration { "#" } else { number });
        rest = after;
    }
    steady.push_str(rest);
    steady
}

#[test]
fn help() {
    let main = printed(&["--help"], b"");
    for command in [
        "sandbox",
        "send",
        "forward",
        "record",
        "replay",
        "doctor",
        "explain",
        "sign",
        "verify",
        "events",
        "events list",
        "events show",
        "completions",
        "man",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let text = printed(&words, b"");
        assert!(main.contains(&format!("\n  {} ", words[0])), "{main}");
        compare(&format!("help/{}.txt", command.replace(' ', "-")), &text);
    }
}

#[test]
fn refusals() {
    let to = ["--to", "http://127.0.0.1:9/"];
    let cases: &[&[&str]] = &[
        &["send", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded"],
        &["send", "payment.succeeded", "--set", "data.amuont=1", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--set", "data.amount", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--add", "data.amount=1", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--remove", "data.fee", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--set", "data=5", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--now", "yesterday", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--id", "evt_1", "--count", "2", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--rate", "0", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--header", "x", "--to", "http://127.0.0.1:9/"],
        &["send", "payment.succeeded", "--to", "http://10.255.255.1/hook"],
        &["send", "payment.succeeded", "--to", "127.0.0.1:3000"],
        &["send", "payment.succeeded", "--to", "http://user:pass@127.0.0.1/"],
        &["send", "--body", "/no/such/file", "--to", "http://127.0.0.1:9/"],
        &["events", "show", "payment.suceeded"],
        &["events", "show", "payment.succeeded", "--set", "amount=1"],
        &["forward", "--sandbox", "http://127.0.0.1:9", "--to", "http://127.0.0.1:9/"],
        &["forward", "--to", "pay*=http://127.0.0.1:9/"],
        &["forward", "--recording", "/no/such/file", "--to", "http://127.0.0.1:9/"],
        &["replay", "/no/such/file", "--to", "http://127.0.0.1:9/"],
        &["record", "/no/such/folder/file"],
        &["man", "nonsense"],
        &["completions", "csh"],
    ];
    let mut all: String = cases.iter().map(|arguments| printed(arguments, b"")).collect();
    // The same with a secret that cannot be one.
    for secret in ["", " whsec_spaced", "sk_live_key"] {
        let folder = Folder::new("snapshot-secret");
        let file = folder.write("secret", secret.as_bytes());
        let text = printed(&[&["send", "payment.succeeded", "--secret-file", &file], &to[..]].concat(), b"");
        all.push_str(&text.replace(&file, "SECRET-FILE"));
    }
    compare("refusals.txt", &all);
}

#[test]
fn results() {
    let (well, badly) = (Receiver::start(200, Duration::ZERO), Receiver::start(500, Duration::ZERO));
    let sandbox = Running::start(&[]);
    sandbox.publish("payment.succeeded", "evt_1");
    let servers =
        [(well.url.as_str(), "http://WELL"), (badly.url.as_str(), "http://BADLY"), (sandbox.base_url(), "http://SANDBOX")];
    let event = ["payment.succeeded", "--id", "evt_1"];
    let mut all = String::new();
    for url in [&well.url, &badly.url] {
        all.push_str(&printed(&[&["send"], &event[..], &["--to", url]].concat(), b""));
        all.push_str(&printed(&[&["send"], &event[..], &["--json", "--to", url]].concat(), b""));
        all.push_str(&printed(&[&["send"], &event[..], &["--forge", "missing", "--to", url]].concat(), b""));
        all.push_str(&printed(&["forward", "--sandbox", sandbox.base_url(), "--once", "--to", url], b""));
        all.push_str(&printed(&["forward", "--sandbox", sandbox.base_url(), "--once", "--json", "--to", url], b""));
    }
    all.push_str(&printed(&["send", "payment.suceeded", "--id", "evt_1", "--to", &well.url], b""));
    all.push_str(&printed(&["send", "--body", "-", "--to", &well.url], b"{}"));
    let changed = ["--set", "data.amount=10.00", "--add", "data.fee=0.30", "--remove", "data.metadata", "--live"];
    all.push_str(&printed(&[&["events", "show"], &event[..], &changed].concat(), b""));
    all.push_str(&printed(&["events", "show", "payment.succeeded", "--now", "2026-01-02T03:04:05+01:00"], b""));
    all.push_str(&printed(&["events", "list"], b""));
    all.push_str(&printed(&["sign", "--json"], b"{}"));
    all.push_str(&printed(&["verify", "--signature", "0", "--json"], b"{}"));
    compare("results.txt", &steady(&all, &servers));
}

#[test]
fn completions_and_manual_pages_name_each_command() {
    let listed = printed(&["--help"], b"");
    let commands: Vec<&str> = listed
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell], b"");
        assert!(commands.iter().all(|name| script.contains(name)), "{shell}");
    }
    let folder = Folder::new("man");
    assert!(printed(&["man", "--folder", folder.0.to_str().unwrap()], b"").ends_with("exit status 0\n\n"));
    for name in commands {
        let page = fs::read_to_string(folder.0.join(format!("payvost-webhooks-{name}.1"))).unwrap();
        assert!(page.contains(".SH OPTIONS"), "{name}");
        assert!(printed(&["man", name], b"").contains(&page), "{name}");
    }
}
