//! The header is exactly 64 lowercase hexadecimal digits, once.

use crate::doctor::check::{Check, ERRORS, Probe, told};
use crate::doctor::event::forge;
use crate::doctor::exam::Exam;
use crate::doctor::finding::Finding;
use crate::doctor::reply::Reply;
use crate::doctor::request::{Request, SIGNATURE};

const EXACTLY: &str = "Accept exactly 64 lowercase hexadecimal digits, and refuse everything else before you compare.";
const ONE: &str = "Refuse a request with more than one signature. Otherwise proxy and receiver may look at different ones.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "signature_uppercase",
        title: "A signature in upper case is refused",
        remedy: EXACTLY,
        probe: Probe::Refuses(|exam| {
            let event = exam.maker.event();
            let signature = event.signature.to_ascii_uppercase();
            vec![event.request_with(signature)]
        }),
    },
    Check {
        code: "signature_prefixed",
        title: "A signature with a prefix is refused",
        remedy: EXACTLY,
        probe: Probe::Refuses(|exam| {
            ["sha256=", "v1,", "v1="]
                .map(|prefix| {
                    let event = exam.maker.event();
                    let signature = format!("{prefix}{}", event.signature);
                    event.request_with(signature).label(prefix)
                })
                .into()
        }),
    },
    Check {
        code: "signature_with_junk",
        title: "A signature with characters that are not digits is refused",
        remedy: "Check the format before you decode: many decoders of hexadecimal skip or stop at what they do not know.",
        probe: Probe::Refuses(|exam| {
            let event = || exam.maker.event();
            let (after, between, around) = (event(), event(), event());
            let split = |signature: &str| {
                let (first, second) = signature.split_at(signature.len() / 2);
                format!("{first} zz{second}")
            };
            vec![
                after.request_with(format!("{}zz", after.signature)).label("\"zz\" followed the digits"),
                between.request_with(split(&between.signature)).label("\" zz\" was between the digits"),
                around.request_with(format!("\"{}\"", around.signature)).label("the digits were in quotation marks"),
            ]
        }),
    },
    Check {
        code: "signature_list",
        title: "A list of signatures is refused",
        remedy: ONE,
        probe: Probe::Refuses(|exam| {
            let (first, last) = (exam.maker.event(), exam.maker.event());
            let wrong = forge(b"", b"whsec_of_someone_else");
            vec![
                first.request_with(format!("{}, {wrong}", first.signature)).label("the first of the list was genuine"),
                last.request_with(format!("{wrong}, {}", last.signature)).label("the last of the list was genuine"),
            ]
        }),
    },
    Check {
        code: "two_headers_first",
        title: "Two headers are refused when the first is genuine",
        remedy: ONE,
        probe: Probe::Refuses(|exam| {
            let event = exam.maker.event();
            vec![event.request().with(SIGNATURE, forge(&event.body, b"whsec_of_someone_else"))]
        }),
    },
    Check {
        code: "two_headers_last",
        title: "Two headers are refused when the last is genuine",
        remedy: "Where nginx before 1.23 passes requests to FastCGI, the receiver sees the last header alone: update nginx. Elsewhere, refuse a request with more than one signature.",
        probe: Probe::Course(|exam| {
            Box::pin(async move {
                let event = exam.maker.event();
                let wrong = forge(&event.body, b"whsec_of_someone_else");
                let request = event.request_with(wrong).with(SIGNATURE, &event.signature);
                match exam.send(&request).await {
                    Reply::NotSent(reason) => Finding::skipped(reason),
                    // The receiver may be unable to see the other one.
                    reply if reply.is_accepted() => Finding::warn(told(&request, &reply)),
                    reply => Finding::pass(told(&request, &reply)),
                }
            })
        }),
    },
    Check {
        code: "signature_in_query",
        title: "A signature in the query is refused",
        remedy: "Read the signature from the header alone: URLs end up in logs.",
        probe: Probe::Refuses(|exam| {
            ["signature", "payvost-signature", "Payvost-Signature"]
                .map(|name| {
                    let event = exam.maker.event();
                    Request { query: Some(format!("{name}={}", event.signature)), ..Request::unsigned(event.body) }.label(name)
                })
                .into()
        }),
    },
    Check {
        code: "signature_not_ascii",
        title: "A signature that is not ASCII gets a refusal, not a server error",
        remedy: "Check the format before you compare: comparisons in constant time throw on text that is not ASCII or has another length.",
        probe: Probe::Course(|exam| {
            Box::pin(async move { refusal_not_error(exam, exam.send(&exam.maker.event().request_with([0xE9; 64])).await) })
        }),
    },
    Check {
        code: "signature_long",
        title: "A signature of 4,000 characters gets a refusal, not a server error",
        remedy: "Check the length before you compare.",
        probe: Probe::Course(|exam| {
            Box::pin(
                async move { refusal_not_error(exam, exam.send(&exam.maker.event().request_with("ab".repeat(2_000))).await) },
            )
        }),
    },
];

fn refusal_not_error(exam: &Exam, reply: Reply) -> Finding {
    let reason = told(&Request::unsigned(""), &reply);
    match &reply {
        Reply::NotSent(_) => Finding::skipped(reason),
        reply if reply.is_accepted() => Finding::forgery(reason),
        reply if reply.is_server_error() && exam.refuses_with_errors() => Finding::skipped(ERRORS),
        reply if reply.is_server_error() => Finding::fail(reason),
        Reply::TimedOut(_) | Reply::Unreachable(_) => Finding::fail(reason),
        _ => Finding::pass(reason),
    }
}
