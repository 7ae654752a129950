//! Explains the cases on standard input, a JSON object per line with everything in hex: `body`, `headers`, `secret`,
//! `other_secrets`, `other_bodies`. Writes a JSON object per line: `verdict`, `causes` and the `micros` of a processor that it took. See
//! `tests/explain`.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a development tool

use std::io::{BufRead, Write};

use payvost_webhooks::explain::{Case, explain};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value as Json, json};

fn main() {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let case: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let list = |name: &str| case[name].as_array().into_iter().flatten().map(unhex).collect::<Vec<_>>();
        let (body, secret) = (unhex(&case["body"]), unhex(&case["secret"]));
        let (headers, secrets, bodies) = (list("headers"), list("other_secrets"), list("other_bodies"));
        let start = processor_micros();
        let explanation = explain(&Case {
            body: &body,
            headers: &headers.iter().map(Vec::as_slice).collect::<Vec<_>>(),
            secret: &secret,
            other_secrets: &secrets.iter().map(Vec::as_slice).collect::<Vec<_>>(),
            other_bodies: &bodies.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        });
        let micros = processor_micros() - start;
        let causes: Vec<Json> = explanation
            .causes()
            .iter()
            .map(|cause| json!({"code": cause.code().as_str(), "evidence": cause.evidence(), "fix": cause.fix()}))
            .collect();
        writeln!(output, "{}", json!({"verdict": explanation.verdict(), "causes": causes, "micros": micros})).unwrap();
    }
}

fn unhex(hex: &Json) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// How long a processor has worked on this thread: other programs do not count.
fn processor_micros() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}
