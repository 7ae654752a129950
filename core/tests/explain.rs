//! `explain`: the vectors of `tests/vectors/explain`, its bounds, and that nothing is named without proof.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use payvost_webhooks::explain::{Case, CauseCode, Explanation, explain};
use payvost_webhooks::{WebhookVerifier, sign};
use serde_json::Value as Json;

const SECRET: &str = "whsec_example";

#[test]
fn every_vector_has_its_causes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/explain");
    let mut failures = Vec::new();
    let mut named = std::collections::BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let list = |name: &str| case[name].as_array().unwrap().iter().map(bytes).collect::<Vec<_>>();
            let (headers, secrets, bodies) = (list("headers"), list("other_secrets"), list("other_bodies"));
            let (body, secret) = (bytes(&case["body"]), bytes(&case["secret"]));
            let explanation = explain(&Case {
                body: &body,
                headers: &slices(&headers),
                secret: &secret,
                other_secrets: &slices(&secrets),
                other_bodies: &slices(&bodies),
            });
            let causes: Vec<&str> = explanation.causes().iter().map(|cause| cause.code().as_str()).collect();
            let expected: Vec<&str> = case["causes"].as_array().unwrap().iter().map(|cause| cause.as_str().unwrap()).collect();
            if (explanation.verdict(), &causes) != (case["verdict"].as_str().unwrap(), &expected) {
                failures.push(format!("{} {}: {explanation:?}, expected {expected:?}", case["id"], case["comment"]));
            }
            for cause in causes {
                *named.entry(cause.to_owned()).or_insert(0) += 1;
            }
            keeps_secrets(&explanation, &[&body, &secret], &[&headers, &secrets, &bodies]);
        }
    }
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
    for code in CauseCode::ALL {
        assert!(named.get(code.as_str()).is_some_and(|count| *count >= 3), "{code} has fewer than 3 vectors");
    }
}

/// No run of eight bytes of an input is in a text that is shown.
fn keeps_secrets(explanation: &Explanation, inputs: &[&[u8]], lists: &[&[Vec<u8>]]) {
    let texts: String = explanation.causes().iter().map(|cause| format!("{}\n{}\n", cause.evidence(), cause.fix())).collect();
    let debug = format!("{explanation:?}");
    for input in inputs.iter().copied().chain(lists.iter().copied().flatten().map(Vec::as_slice)) {
        for part in input.windows(9) {
            // Words of the contract are in both.
            let part = String::from_utf8_lossy(part);
            let is_value = part.contains(|letter: char| letter.is_ascii_digit()) || part.contains(['{', '}', ':']);
            assert!(!is_value || !texts.contains(&*part) && !debug.contains(&*part), "{part:?} is in {texts:?}");
        }
    }
}

/// Bodies that could make a search long. `tests/explain/run.py --hostile` tries longer ones, and measures.
#[test]
fn the_work_is_bounded_whatever_the_body() {
    const LENGTH: usize = 1 << 15;
    let envelope = r#"{"id":"e","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"a":["#;
    let filled = |part: &str| format!("{envelope}{}0]}}}}", format!("{part},").repeat(LENGTH / (part.len() + 1))).into_bytes();
    let keys = (0..2_000).map(|key| format!("\"{}\":{key}.5", 2_000 - key)).collect::<Vec<_>>().join(",");
    let hostile: [(&str, Vec<u8>); 9] = [
        ("numbers", filled("12345678901234567000")),
        ("empty arrays", filled("[]")),
        ("objects", filled(r#"{"b":1,"a":2}"#)),
        ("escapes", filled("\"\\u00e9\\/<\"")),
        ("keys", format!("{{{keys}}}").into_bytes()),
        ("nested", [vec![b'['; 120], vec![b']'; 120]].concat()),
        ("braces", "{\"a\":".repeat(LENGTH / 5).into_bytes()),
        ("a JSON string", format!("\"{}\"", "\\\"".repeat(LENGTH / 2)).into_bytes()),
        ("UTF-16", [b'a', 0].repeat(LENGTH / 2)),
    ];
    let signature = sign("another", SECRET).unwrap();
    for (name, body) in &hostile {
        let start = Instant::now();
        let headers: [&[u8]; 1] = [signature.as_bytes()];
        let explanation = explain(&Case { body, headers: &headers, secret: SECRET.as_bytes(), ..Case::default() });
        let elapsed = start.elapsed();
        assert_eq!(explanation.causes()[0].code(), CauseCode::Unknown, "{name}");
        // Generous, for a debug build on a busy machine: what is not bounded takes minutes.
        assert!(elapsed < Duration::from_secs(60), "{name}: {elapsed:?}");
    }
}

/// `tests/explain/run.py --forged` does this a hundred thousand times, and with bodies of its own.
#[test]
fn random_signatures_have_no_cause() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..20 {
        let body = payvost_webhooks::sample_event("payment.succeeded").unwrap();
        let digest: String = (0..4).map(|_| format!("{:016x}", random.next())).collect();
        let length = usize::try_from(random.next() % 33).unwrap() + 32;
        let secret = format!("whsec_{:x}", random.next());
        let verifier = WebhookVerifier::new(&secret).unwrap();
        let header = &digest.as_bytes()[..length];
        let explanation = explain(&Case {
            body: body.as_bytes(),
            headers: &[header],
            secret: secret.as_bytes(),
            other_secrets: &[b"whsec_1", b"whsec_2"],
            other_bodies: &[b"{}"],
        });
        assert_eq!(explanation.result().err(), verifier.verify(body, header).err());
        assert_eq!(explanation.causes().len(), 1);
        assert_eq!(explanation.causes()[0].code(), CauseCode::Unknown);
    }
}

#[test]
fn the_codes_are_distinct_and_have_texts() {
    let mut codes: Vec<&str> = CauseCode::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 29);
    assert!(CauseCode::ALL.iter().all(|code| !code.fix().is_empty() && !code.meaning().is_empty()));
}

#[test]
fn debug_output_shows_no_input() {
    let case = Case { body: b"do_not_show", secret: b"do_not_show", headers: &[b"do_not_show"], ..Case::default() };
    assert!(!format!("{case:?}{:?}", explain(&case)).contains("do_not_show"));
}

fn slices(list: &[Vec<u8>]) -> Vec<&[u8]> {
    list.iter().map(Vec::as_slice).collect()
}

/// A string, or bytes in hex.
fn bytes(value: &Json) -> Vec<u8> {
    if let Some(text) = value.as_str() {
        return text.as_bytes().to_vec();
    }
    let hex = value["hex"].as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

struct Random(u64);

impl Random {
    /// xorshift64
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
