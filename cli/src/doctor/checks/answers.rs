//! What the responses say, and to whom.

use crate::doctor::check::{Check, Examining, NOTHING_ACCEPTED, Probe};
use crate::doctor::exam::Exam;
use crate::doctor::finding::Finding;
use crate::doctor::leaks::Leaks;
use crate::doctor::reply::Reply;
use crate::doctor::timing;

const QUIET: &str = "Answer with a short fixed text, and write details to the log. Turn the framework's debug mode off.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "refusal_status",
        title: "Forged events are answered 4xx",
        remedy: "Catch the error of the verification and answer 400. A server error looks like an outage of yours.",
        probe: Probe::Review(refusal_status),
    },
    Check {
        code: "leak_secret",
        title: "No response contains the secret",
        remedy: "Remove it from the response, and rotate the secret.",
        probe: Probe::Review(|exam| leak(exam, Finding::forgery, |leaks| leaks.secret.clone())),
    },
    Check {
        code: "leak_signature",
        title: "No response contains the expected signature",
        remedy: "Do not print the computed signature: who sees it can sign this body.",
        probe: Probe::Review(|exam| leak(exam, Finding::forgery, |leaks| leaks.signature.clone())),
    },
    Check {
        code: "leak_stack_trace",
        title: "No response contains a stack trace",
        remedy: QUIET,
        probe: Probe::Review(|exam| leak(exam, Finding::fail, |leaks| leaks.trace.clone())),
    },
    Check {
        code: "leak_path",
        title: "No response contains a path of the server",
        remedy: QUIET,
        probe: Probe::Review(|exam| leak(exam, Finding::warn, |leaks| leaks.path.clone())),
    },
    Check {
        code: "leak_payload",
        title: "No response quotes the payload",
        remedy: QUIET,
        probe: Probe::Review(|exam| leak(exam, Finding::warn, |leaks| leaks.payload.clone())),
    },
    Check {
        code: "leak_version",
        title: "No response names the version of the software",
        remedy: "Turn the header off, such as with server_tokens in nginx or expose_php in PHP.",
        probe: Probe::Review(|exam| leak(exam, Finding::warn, |leaks| leaks.version.clone())),
    },
    Check {
        code: "refusal_timing",
        title: "Refusals take the same time wherever the wrong digit is",
        remedy: "Compare in constant time: hmac.compare_digest, crypto.timingSafeEqual, hash_equals.",
        probe: Probe::Course(timing::refusal_timing),
    },
    Check {
        code: "alive",
        title: "After all checks, an event is still accepted",
        remedy: "Look into the receiver's log for what brought it down.",
        probe: Probe::Always(alive),
    },
];

fn refusal_status(exam: &Exam) -> Finding {
    if !exam.accepts_first() {
        return Finding::skipped(NOTHING_ACCEPTED);
    }
    match exam.note(|seen| seen.odd_refusals.first().copied()) {
        Some((code, status)) => Finding::fail(format!("The receiver answered {status} in the check {code}.")),
        None => Finding::pass("They are."),
    }
}

fn leak(exam: &Exam, otherwise: fn(String) -> Finding, of: impl FnOnce(&Leaks) -> Option<String>) -> Finding {
    match exam.note(|seen| of(&seen.leaks)) {
        Some(reason) => otherwise(reason),
        None => Finding::pass("None was found."),
    }
}

fn alive(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        if !exam.accepts_first() {
            return Finding::skipped(NOTHING_ACCEPTED);
        }
        match exam.deliver(&exam.maker.event().request()).await {
            Reply::NotSent(reason) => Finding::skipped(reason),
            reply if reply.is_accepted() => Finding::pass(format!("The receiver {}.", reply.describe())),
            reply => Finding::fail(format!("The receiver {}.", reply.describe())),
        }
    })
}
