//! `doctor`: each planted fault is found by the check that is meant for it, and nothing else is reported.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod kit;
mod zoo;

use std::collections::HashSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kit::{Folder, command, run, run_with, text};
use serde_json::Value;
use tokio::runtime::Runtime;
use zoo::{Fault, Receiver, SECRET};

/// The grade of a receiver with this fault, and the codes of all checks that warn or fail. The first is the one that is meant.
const ZOO: &[(Fault, &str, &[&str])] = &[
    (Fault::Nothing, "A", &[]),
    (
        Fault::AcceptsAnything,
        "F",
        &[
            "unsigned",
            "body_changed",
            "body_extended",
            "body_reserialized",
            "body_truncated",
            "byte_order_mark",
            "compressed_bomb",
            "deep",
            "duplicate_keys",
            "empty_body",
            "empty_secret",
            "empty_signature",
            "fields_missing",
            "forged",
            "id_missing",
            "length_too_short",
            "lone_surrogate",
            "not_an_object",
            "not_json",
            "not_utf8",
            "number_out_of_range",
            "placeholder_secret",
            "placeholder_signature",
            "same_id_other_body",
            "signature_digits",
            "signature_in_query",
            "signature_list",
            "signature_long",
            "signature_not_ascii",
            "signature_of_empty_body",
            "signature_of_other_event",
            "signature_prefixed",
            "signature_truncated",
            "signature_uppercase",
            "signature_with_junk",
            "two_headers_first",
            "two_headers_last",
            "unkeyed_digest",
            "unsigned_empty",
        ],
    ),
    (Fault::EmptyIsFine, "F", &["unsigned_empty", "empty_body"]),
    (Fault::EmptySignature, "F", &["empty_signature"]),
    (Fault::ZeroSignature, "F", &["placeholder_signature"]),
    (Fault::Latin1Body, "B", &["unicode"]),
    (Fault::ErrorOnLongSignature, "B", &["signature_long"]),
    (Fault::LenientNumbers, "A", &["number_out_of_range", "not_utf8"]),
    (Fault::LenientSurrogates, "A", &["lone_surrogate", "not_utf8"]),
    (Fault::AnyValue, "A", &["not_an_object"]),
    (
        Fault::AnyBytes,
        "A",
        &["not_json", "empty_body", "byte_order_mark", "deep", "lone_surrogate", "not_utf8", "number_out_of_range"],
    ),
    (Fault::FraudRefused, "B", &["documented_types"]),
    (Fault::NothingFromTheFuture, "A", &["clock_skew"]),
    (Fault::ErrorOnCompression, "A", &["compressed", "compressed_bomb"]),
    (Fault::OnlyHttp11, "A", &["http_1_0"]),
    (Fault::ExpectRefused, "A", &["expect_continue"]),
    (Fault::HeaderInOneCase, "B", &["header_case", "chunked", "length_invalid", "same_id_other_body"]),
    (
        Fault::ReadsWhatIsThere,
        "C",
        &[
            "slow_body",
            "chunked",
            "empty_body",
            "large_event",
            "length_invalid",
            "length_too_long",
            "length_too_short",
            "pipelined",
            "same_id_other_body",
            "unsigned_empty",
        ],
    ),
    (Fault::LosesTheSecondRequest, "B", &["pipelined", "chunked", "length_invalid", "same_id_other_body"]),
    (Fault::LeavesTheBody, "B", &["reuse_after_refusal", "chunked", "length_invalid", "same_id_other_body"]),
    (Fault::OpenWithoutHeader, "F", &["unsigned", "signature_in_query"]),
    (
        Fault::AcceptsEverything,
        "F",
        &[
            "forged",
            "body_changed",
            "body_extended",
            "body_reserialized",
            "empty_secret",
            "empty_signature",
            "placeholder_secret",
            "placeholder_signature",
            "signature_in_query",
            "signature_digits",
            "signature_list",
            "signature_long",
            "signature_not_ascii",
            "signature_of_empty_body",
            "signature_of_other_event",
            "signature_prefixed",
            "signature_truncated",
            "signature_uppercase",
            "signature_with_junk",
            "two_headers_first",
            "two_headers_last",
            "unkeyed_digest",
            "unsigned",
        ],
    ),
    (Fault::OpenWithoutSecret, "F", &["empty_secret"]),
    (Fault::DefaultSecret, "F", &["placeholder_secret"]),
    (Fault::UnkeyedDigest, "F", &["unkeyed_digest"]),
    (Fault::ParsedFirst, "F", &["raw_body", "body_reserialized", "body_extended", "trailing_newline", "whitespace_around"]),
    (Fault::TrimsBody, "F", &["whitespace_around", "trailing_newline", "body_extended"]),
    (Fault::ConsumedBody, "F", &["signature_of_empty_body", "genuine"]),
    (Fault::ComparesTheShorter, "F", &["signature_truncated"]),
    (
        Fault::ComparesTheFirstHalf,
        "F",
        &["signature_digits", "signature_list", "signature_truncated", "signature_with_junk", "two_headers_first"],
    ),
    (Fault::ComparesTheSum, "F", &["signature_digits"]),
    (Fault::IgnoresCase, "B", &["signature_uppercase"]),
    (Fault::StripsPrefix, "B", &["signature_prefixed"]),
    (Fault::StopsAtJunk, "C", &["signature_with_junk", "signature_list", "two_headers_first"]),
    (Fault::AnyOfTheList, "B", &["signature_list", "two_headers_first", "two_headers_last"]),
    (Fault::FirstHeader, "B", &["two_headers_first"]),
    (Fault::LastHeader, "A", &["two_headers_last"]),
    (Fault::SignatureInQuery, "B", &["signature_in_query"]),
    (Fault::ErrorOnNotAscii, "B", &["signature_not_ascii"]),
    (Fault::ErrorOnRefusal, "B", &["refusal_status"]),
    (Fault::RedirectsToLogin, "B", &["refusal_status"]),
    (Fault::LeaksTrace, "B", &["leak_stack_trace"]),
    (Fault::LeaksPath, "A", &["leak_path"]),
    (Fault::LeaksSecret, "F", &["leak_secret"]),
    (Fault::LeaksSignature, "F", &["leak_signature"]),
    (Fault::LeaksVersion, "A", &["leak_version"]),
    (Fault::QuotesPayload, "A", &["leak_payload"]),
    (Fault::LossyText, "A", &["not_utf8"]),
    (Fault::LenientKeys, "A", &["duplicate_keys"]),
    (Fault::DropsMark, "A", &["byte_order_mark"]),
    (Fault::AnyDepth, "A", &["deep"]),
    (Fault::DiesOfDepth, "B", &["deep", "alive"]),
    (Fault::AnyId, "A", &["id_missing", "duplicate_keys"]),
    (Fault::AnyFields, "A", &["fields_missing", "duplicate_keys"]),
    (Fault::UnknownTypeRefused, "B", &["unknown_type"]),
    (Fault::UnknownFieldRefused, "B", &["unknown_fields"]),
    (Fault::NeedsPreviousData, "A", &["previous_data_missing"]),
    (Fault::OnlyWholeSecondsInUtc, "A", &["time_formats"]),
    (Fault::AgeLimit, "B", &["late_retry"]),
    (Fault::InOrderOnly, "B", &["out_of_order"]),
    (Fault::SmallLimit, "B", &["large_event"]),
    // Not a fault.
    (Fault::LimitsRate, "A", &[]),
    (Fault::NotFound, "D", &["genuine"]),
    (Fault::Redirects, "D", &["redirect", "genuine"]),
    (Fault::Slow, "D", &["answer_time", "genuine"]),
    (Fault::AnswersGet, "A", &["method_get", "method_head", "method_put"]),
    (Fault::ExactContentType, "A", &["content_type_charset"]),
    (Fault::ErrorOnContentType, "A", &["content_type_other", "content_type_missing"]),
    (Fault::NeedsLength, "A", &["chunked"]),
    (Fault::FirstReadOnly, "C", &["slow_body", "large_event", "length_too_long", "chunked"]),
    (Fault::IncompleteBody, "B", &["length_too_long"]),
    (Fault::DiesOfBreak, "B", &["broken_off", "alive"]),
    (Fault::DiesOfLength, "B", &["huge_length", "alive"]),
    (Fault::DiesOfSize, "B", &["huge_body", "alive"]),
    (
        Fault::RemembersNothing,
        "C",
        &["effect_duplicate_apart", "effect_duplicates_together", "effect_same_id_other_body", "same_id_other_body"],
    ),
    (Fault::LooksUpThenMarks, "B", &["effect_duplicates_together", "same_id_other_body"]),
    (Fault::MarksFirst, "B", &["failed_event", "same_id_other_body"]),
    (Fault::ConflictOnDuplicate, "B", &["duplicate_apart", "duplicates_together"]),
    (Fault::ErrorOnConcurrent, "B", &["duplicates_together"]),
    (
        Fault::ActsBeforeVerifying,
        "F",
        &[
            "effect_forged",
            "effect_duplicate_apart",
            "effect_duplicates_together",
            "effect_same_id_other_body",
            "effect_lost_answer",
        ],
    ),
    (Fault::NeverActs, "B", &["effect_once"]),
];

fn examine(receiver: &Receiver, more: &[&str]) -> Value {
    let mut doctor = command(&[&["doctor", &receiver.url, "--json", "--min-grade", "F"], more].concat());
    doctor.env("WEBHOOK_SECRET", SECRET);
    let output = run_with(doctor, b"");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The codes of what warned or failed, in the order of the report.
fn found(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["result"] == "warn" || check["result"] == "fail")
        .map(|check| check["code"].as_str().unwrap())
        .collect()
}

/// What was found instead of what was expected.
fn surprise(runtime: &Runtime, (fault, grade, codes): &(Fault, &str, &[&str])) -> Option<String> {
    let receiver = Receiver::start(runtime, *fault);
    // No test depends on timing.
    let mut more = vec!["--skip", "refusal_timing"];
    if codes.iter().any(|code| code.starts_with("effect_")) {
        more.extend(["--effects-url", receiver.effects_url.as_str()]);
    }
    match codes.first() {
        Some(&"answer_time") => more.extend(["--time-limit", "2"]),
        // Some of these wait in vain. A busy machine is slow too.
        Some(&("pipelined" | "slow_body")) => more.extend(["--time-limit", "2", "--skip", "answer_time"]),
        _ => {}
    }
    let report = examine(&receiver, &more);
    let (mut expected, mut found) = (codes.to_vec(), found(&report));
    expected.sort_unstable();
    found.sort_unstable();
    (report["grade"] != *grade || found != expected).then(|| format!("{fault:?}: {} {found:?}", report["grade"]))
}

#[test]
fn each_fault_is_found_by_its_check() {
    let runtime = Runtime::new().unwrap();
    let queue = Mutex::new(ZOO.iter());
    let surprises = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(entry) = { queue.lock().unwrap().next() } {
                    // On a busy machine, a receiver may die a moment too late once, and not three times.
                    let outcomes = (0..3).map(|_| surprise(&runtime, entry));
                    if let Some(last) = outcomes.take_while(Option::is_some).enumerate().nth(2) {
                        surprises.lock().unwrap().extend(last.1);
                    }
                }
            });
        }
    });
    let surprises = surprises.into_inner().unwrap();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn each_check_finds_a_fault() {
    // For these, a receiver on this machine over plain HTTP is not enough, or the test is below.
    let elsewhere = ["https", "refusal_timing"];
    let found: HashSet<&str> = ZOO.iter().flat_map(|(_, _, codes)| *codes).copied().chain(elsewhere).collect();
    let listed = run(&["doctor", "--list"], b"");
    let unproven: Vec<&str> = text(&listed.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|code| !found.contains(code))
        .collect();
    assert!(unproven.is_empty(), "{unproven:?}");
}

#[test]
fn a_leak_of_time_is_reported_and_costs_no_grade() {
    let runtime = Runtime::new().unwrap();
    let receiver = Receiver::start(&runtime, Fault::LeakyComparison);
    let report = examine(&receiver, &["--only", "refusal_timing"]);
    assert_eq!((found(&report), &report["grade"]), (vec!["refusal_timing"], &"A".into()));
    assert!(report["checks"][1]["reason"].as_str().unwrap().starts_with("Median of 60 refusals: "), "{report}");
}

#[test]
fn another_machine_gets_at_most_200_requests() {
    let runtime = Runtime::new().unwrap();
    // Many checks fail, and each failure costs one request more.
    let receiver = Receiver::start(&runtime, Fault::ConflictOnDuplicate);
    let effects = receiver.effects_url.replace("127.0.0.1", "0.0.0.0");
    let url = receiver.url.replace("127.0.0.1", "0.0.0.0");
    let mut doctor = command(&["doctor", &url, "--json", "--deliver-to", "0.0.0.0", "--effects-url", &effects]);
    doctor.env("WEBHOOK_SECRET", SECRET);
    let output = run_with(doctor, b"");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sent = receiver.requests.load(Ordering::Relaxed);
    assert!((170..=200).contains(&sent), "{sent}");
    let checks = report["checks"].as_array().unwrap();
    let unsent: Vec<_> = checks.iter().filter(|check| check["reason"].as_str().unwrap().contains("at most 200")).collect();
    assert!(unsent.is_empty(), "{unsent:?}");
}

#[test]
fn each_format_says_the_same() {
    let runtime = Runtime::new().unwrap();
    let receiver = Receiver::start(&runtime, Fault::IgnoresCase);
    let shown = |more: &[&str]| {
        let only = ["--only", "signature_uppercase", "--only", "unsigned", "--only", "https"];
        let mut doctor = command(&[&["doctor", receiver.url.as_str()], &only[..], more].concat());
        doctor.env("WEBHOOK_SECRET", SECRET);
        let output = run_with(doctor, b"");
        assert!(!text(&output.stderr).contains(SECRET) && !text(&output.stdout).contains(SECRET));
        (output.status.code(), text(&output.stdout).to_owned())
    };
    let (status, plain) = shown(&[]);
    assert_eq!(status, Some(1));
    let expected = "
Genuine events            1 of 1 passed, 1 skipped

Forged events             1 of 1 passed

The signature header      0 of 1 passed
  FAIL signature_uppercase: A signature in upper case is refused
       The receiver answered 200.
       → Accept exactly 64 lowercase hexadecimal digits, and refuse everything else before you compare.

Grade B: 2 passed, 0 warned, 1 failed, 1 skipped (";
    assert_eq!(
        plain.strip_prefix(&receiver.url).unwrap().trim_start_matches('\n').rsplit_once("4 requests").unwrap().0,
        &expected[1..]
    );

    let (status, as_json) = shown(&["--json", "--min-grade", "b"]);
    assert_eq!(status, Some(0));
    let report: Value = serde_json::from_str(&as_json).unwrap();
    assert_eq!(report["grade"], "B");
    let results: Vec<_> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (check["code"].as_str().unwrap(), check["result"].as_str().unwrap(), check["remedy"] != ""))
        .collect();
    assert_eq!(
        results,
        [
            ("genuine", "pass", false),
            ("https", "skipped", false),
            ("unsigned", "pass", false),
            ("signature_uppercase", "fail", true)
        ]
    );
    assert_eq!(shown(&["--format", "json", "--min-grade", "B"]).1, as_json);

    let (_, tap) = shown(&["--format", "tap"]);
    assert!(tap.starts_with("TAP version 14\n1..4\nok 1 - genuine: "), "{tap}");
    assert!(tap.contains("not ok 4 - signature_uppercase: "), "{tap}");
    let (_, junit) = shown(&["--format", "junit"]);
    assert!(junit.contains(r#"tests="4" failures="1" skipped="1""#), "{junit}");
}

#[test]
fn usage_and_unreachable_receivers() {
    let runtime = Runtime::new().unwrap();
    let without_tls = Receiver::start(&runtime, Fault::Nothing).url.replace("http:", "https:");
    let folder = Folder::new("doctor");
    let secret = folder.write("secret", SECRET.as_bytes());
    let local = "http://127.0.0.1:1/hooks";
    for (arguments, status, message) in [
        (vec!["doctor"], 2, "<URL>"),
        (vec!["doctor", local], 2, "no secret was given"),
        (vec!["doctor", "nowhere", "--secret-file", &secret], 2, "must begin with http://"),
        (vec!["doctor", "ftp://127.0.0.1/", "--secret-file", &secret], 2, "must begin with http://"),
        (vec!["doctor", "http://me:pw@127.0.0.1/", "--secret-file", &secret], 2, "no user name and no password"),
        (vec!["doctor", "http://0.0.0.0:1/", "--secret-file", &secret], 2, "Add --deliver-to 0.0.0.0"),
        (
            vec!["doctor", "http://169.254.169.254/", "--deliver-to", "169.254.169.254", "--secret-file", &secret],
            2,
            "not on this machine",
        ),
        (vec!["doctor", local, "--secret-file", &secret, "--only", "unsignd"], 2, "unsigned"),
        (vec!["doctor", local, "--secret-file", &secret, "--time-limit", "0"], 2, "--time-limit"),
        (vec!["doctor", local, "--secret-file", &secret, "--min-grade", "E"], 2, "--min-grade"),
        (vec!["doctor", local, "--secret-file", &secret], 3, "connection_refused"),
        (vec!["doctor", &without_tls, "--secret-file", &secret], 3, "tls_failed"),
        (vec!["doctor", "http://no-such-host.invalid/", "--secret-file", &secret], 3, "dns_failed"),
    ] {
        let output = run(&arguments, b"");
        assert_eq!(output.status.code(), Some(status), "{arguments:?} {output:?}");
        assert!(text(&output.stderr).contains(message), "{arguments:?} {output:?}");
        assert!(output.stdout.is_empty() && !text(&output.stderr).contains(SECRET), "{output:?}");
    }
}

#[test]
fn the_checks_can_be_listed() {
    let output = run(&["doctor", "--list"], b"");
    assert!(output.status.success());
    let codes: Vec<_> = text(&output.stdout).lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(codes.len() >= 40 && codes.contains(&"two_headers_first"), "{codes:?}");
    let guide = include_str!("../../docs/guides/doctor.md");
    assert!(guide.contains(&format!("It knows {} checks", codes.len())), "{}", codes.len());
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("{} checks, each with a reason", codes.len())), "{}", codes.len());
    for code in codes {
        assert!(guide.contains(&format!("`{code}`")), "docs/guides/doctor.md lacks {code}");
    }
}

#[test]
fn effects_in_a_file_are_counted() {
    let runtime = Runtime::new().unwrap();
    let receiver = Receiver::start(&runtime, Fault::Nothing);
    let folder = Folder::new("effects");
    let file = folder.write("log", b"");
    let report = examine(&receiver, &["--only", "effect_once", "--effects-file", &file, "--effects-match", "paid:"]);
    assert_eq!(found(&report), ["effect_once"]);
    // The total of all effects will do.
    let total = receiver.effects_url.replace("?id={id}", "");
    let effects = ["effect_once", "effect_duplicates_together", "effect_same_id_other_body"].map(|code| ["--only", code]);
    let report = examine(&receiver, &[&effects.concat()[..], &["--effects-url", &total]].concat());
    assert_eq!((found(&report), report["checks"].as_array().unwrap().len()), (vec![], 4));
    let unreadable = folder.0.to_str().unwrap();
    let mut doctor = command(&["doctor", &receiver.url, "--effects-file", unreadable]);
    doctor.env("WEBHOOK_SECRET", SECRET);
    assert_eq!(run_with(doctor, b"").status.code(), Some(3));
}

#[test]
fn ctrl_c_ends_it_at_once() {
    let runtime = Runtime::new().unwrap();
    let receiver = Receiver::start(&runtime, Fault::Slow);
    let ended = (0..3).any(|_| {
        let mut doctor = command(&["doctor", &receiver.url]).env("WEBHOOK_SECRET", SECRET).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let began = Instant::now();
        let kill = format!("kill -INT {}", doctor.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(doctor.wait().unwrap().code(), Some(130));
        began.elapsed() < Duration::from_millis(200)
    });
    // A busy machine may be slow once, and not three times.
    assert!(ended);
}
