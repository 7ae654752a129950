//! What the provider sends must be accepted.

use std::time::Duration;

use payvost_webhooks::EVENT_TYPES;
use serde_json::{Map, Value, json};

use crate::doctor::check::{Check, Examining, NOTHING_ACCEPTED, Probe};
use crate::doctor::event::{ago, in_future};
use crate::doctor::exam::Exam;
use crate::doctor::finding::{Finding, Verdict};
use crate::doctor::reply::Reply;
use crate::doctor::request::Request;

const RAW_BODY: &str = "Verify the bytes as they arrived. Read the raw body before any JSON parser, and do not decode, trim or serialize it again.";
const UNKNOWN: &str = "Ignore what you do not know and answer 200. Payvost adds types and fields at any time.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "genuine",
        title: "A genuine event is accepted",
        remedy: "Check the URL, and that the receiver and this command have the same secret.",
        probe: Probe::Always(genuine),
    },
    Check {
        code: "answer_time",
        title: "The response comes within five seconds",
        remedy: "Answer 200 at once and do the work in a queue. Payvost gives up after five seconds and sends the event again.",
        probe: Probe::Review(answer_time),
    },
    Check {
        code: "redirect",
        title: "The URL does not redirect",
        remedy: "Register the final URL. Payvost does not follow redirects. Often a trailing slash or http:// is the cause.",
        probe: Probe::Review(redirect),
    },
    Check {
        code: "https",
        title: "The URL uses HTTPS",
        remedy: "Serve the endpoint over HTTPS. In production, Payvost delivers to no other URL.",
        probe: Probe::Review(https),
    },
    Check {
        code: "documented_types",
        title: "Each documented type is accepted",
        remedy: "Answer 200 to types that you do not handle.",
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            EVENT_TYPES.iter().map(|name| exam.maker.of_type(name).request().label(name)).collect()
        }),
    },
    Check {
        code: "unknown_type",
        title: "An event of an unknown type is accepted",
        remedy: UNKNOWN,
        probe: Probe::Accepts(Verdict::Fail, |exam| vec![exam.maker.of_type("loyalty.points_earned").request()]),
    },
    Check {
        code: "unknown_fields",
        title: "Unknown fields are accepted",
        remedy: UNKNOWN,
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![changed(exam, |event| {
                event.insert("apiVersion".into(), 7.into());
                if let Some(Value::Object(data)) = event.get_mut("data") {
                    data.insert("loyalty".into(), json!({ "points": [1, null] }));
                }
            })]
        }),
    },
    Check {
        code: "previous_data_missing",
        title: "previousData may be missing, null or an object",
        remedy: "Read previousData as optional.",
        probe: Probe::Accepts(Verdict::Warn, |exam| {
            vec![
                changed(exam, |event| drop(event.remove("previousData"))).label("previousData is missing"),
                changed(exam, |event| drop(event.insert("previousData".into(), Value::Null))).label("previousData is null"),
                changed(exam, |event| drop(event.insert("previousData".into(), json!({ "status": "pending" }))))
                    .label("previousData is an object"),
            ]
        }),
    },
    Check {
        code: "raw_body",
        title: "The signature is checked over the raw bytes",
        remedy: RAW_BODY,
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![
                exam.maker.rewritten(indented).request().label("the JSON was indented"),
                exam.maker
                    .rewritten(|body| body.replacen("\"id\":\"", "\"id\":  \"", 1).into_bytes())
                    .request()
                    .label("the JSON had extra spaces"),
                exam.maker
                    .rewritten(|body| body.replacen("order_of", "order\\u005fof", 1).into_bytes())
                    .request()
                    .label("the JSON had an escape"),
                exam.maker
                    .rewritten(|body| {
                        body.replacen("\"metadata\":{", "\"metadata\":{\"ratio\":1.0,\"rate\":1e2,", 1).into_bytes()
                    })
                    .request()
                    .label("the JSON had the numbers 1.0 and 1e2"),
            ]
        }),
    },
    Check {
        code: "unicode",
        title: "Text beyond ASCII is accepted",
        remedy: RAW_BODY,
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![changed(exam, |event| {
                if let Some(Value::Object(data)) = event.get_mut("data") {
                    data.insert("customer".into(), json!({ "name": "Zoë 王小明 🎉", "email": "zoe@example.com" }));
                }
            })]
        }),
    },
    Check {
        code: "trailing_newline",
        title: "A newline after the JSON is part of the signed bytes",
        remedy: RAW_BODY,
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![exam.maker.rewritten(|body| format!("{body}\n").into_bytes()).request()]
        }),
    },
    Check {
        code: "whitespace_around",
        title: "Whitespace around the JSON is part of the signed bytes",
        remedy: RAW_BODY,
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![exam.maker.rewritten(|body| format!("\r\n \t{body} \r\n").into_bytes()).request()]
        }),
    },
    Check {
        code: "header_case",
        title: "The header's name is accepted in any letter case",
        remedy: "Look headers up without regard to letter case (RFC 9110 §5.1). Proxies change it.",
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            ["payvost-signature", "PAYVOST-SIGNATURE", "Payvost-signature"]
                .map(|name| {
                    let event = exam.maker.event();
                    Request::unsigned(event.body).with(name, event.signature).label(name)
                })
                .into()
        }),
    },
    Check {
        code: "large_event",
        title: "An event of 64 KiB is accepted",
        remedy: "Allow at least 64 KiB in the web server, the framework and the receiver. 1 MiB is a good limit.",
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![changed(exam, |event| {
                if let Some(Value::Object(data)) = event.get_mut("data") {
                    data.insert("description".into(), "x".repeat(64 * 1_024).into());
                }
            })]
        }),
    },
    Check {
        code: "late_retry",
        title: "A retry of the last attempt is accepted",
        remedy: "Remove the age limit, or allow more than 96 minutes. Retries keep their createdAt, and the last one comes 96 minutes later.",
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            vec![changed(exam, |event| drop(event.insert("createdAt".into(), ago(Duration::from_secs(5_765)).into())))]
        }),
    },
    Check {
        code: "clock_skew",
        title: "An event from a clock 30 s ahead is accepted",
        remedy: "Tolerate a minute or more: clocks differ.",
        probe: Probe::Accepts(Verdict::Warn, |exam| {
            vec![changed(exam, |event| drop(event.insert("createdAt".into(), in_future(Duration::from_secs(30)).into())))]
        }),
    },
    Check {
        code: "time_formats",
        title: "Each form of createdAt is accepted",
        remedy: "Parse createdAt with a parser of RFC 3339: it may have fractions of a second and an offset.",
        probe: Probe::Accepts(Verdict::Warn, |exam| {
            let now = ago(Duration::ZERO);
            let seconds = now.trim_end_matches('Z');
            let of =
                |time: String, label| changed(exam, |event| drop(event.insert("createdAt".into(), time.into()))).label(label);
            vec![
                of(format!("{seconds}.123Z"), "createdAt had milliseconds"),
                of(format!("{seconds}+00:00"), "createdAt had an offset"),
            ]
        }),
    },
    Check {
        code: "out_of_order",
        title: "Events are accepted in any order",
        remedy: "Do not refuse an event whose predecessor you have not seen. Payvost promises no order.",
        probe: Probe::Accepts(Verdict::Fail, |exam| {
            let payment = format!("pay_{}", exam.maker.id());
            let of = |name: &'static str, seconds: u64| {
                let change = |envelope: &mut Map<String, Value>| {
                    envelope.insert("createdAt".into(), ago(Duration::from_secs(seconds)).into());
                    if let Some(Value::Object(data)) = envelope.get_mut("data") {
                        data.insert("id".into(), payment.clone().into());
                    }
                };
                exam.maker.make(name, change).request().label(name)
            };
            vec![of("payment.refunded", 10), of("payment.succeeded", 20), of("payment.created", 30)]
        }),
    },
];

fn genuine(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let request = exam.maker.event().request();
        let reply = exam.deliver(&request).await;
        exam.set_accepts(reply.is_accepted());
        let finding =
            if reply.is_accepted() { Finding::pass(format!("The receiver {}.", reply.describe())) } else { refused(&reply) };
        exam.note(|seen| seen.genuine = Some(reply));
        finding
    })
}

/// What a refusal of a genuine event usually means.
fn refused(reply: &Reply) -> Finding {
    let finding = Finding::fail(format!("The receiver {}.", reply.describe()));
    match reply.status() {
        Some(404) => finding.remedy("Check the path of the URL: nothing receives webhooks there."),
        Some(405) => finding.remedy("Check the path of the URL, and that it accepts POST."),
        Some(401 | 403) => finding.remedy(
            "Check the secret. If something in front asks for a login or a CSRF token, exempt the path of the webhook from it.",
        ),
        Some(400) => finding.remedy(
            "Check that the receiver and this command have the same secret, and that no parser reads the body first. If the receiver expects live events, add --live.",
        ),
        Some(300..=399) => finding.remedy("Give the final URL. Payvost does not follow redirects."),
        Some(500..) => finding.remedy("Look into the receiver's log."),
        _ => finding,
    }
}

fn answer_time(exam: &Exam) -> Finding {
    let limit = exam.settings.time_limit;
    let (slowest, timed_out) = exam.note(|seen| (seen.slowest, seen.genuine_timed_out));
    if timed_out {
        return Finding::fail(format!("A genuine event got no response within {} s.", limit.as_secs_f64()));
    }
    if slowest.is_zero() {
        return Finding::skipped(NOTHING_ACCEPTED);
    }
    let told = format!("The slowest took {} ms.", slowest.as_millis());
    if slowest > limit / 2 { Finding::warn(told) } else { Finding::pass(told) }
}

fn redirect(exam: &Exam) -> Finding {
    exam.note(|seen| match &seen.genuine {
        Some(Reply::Answered(answer)) if (300..400).contains(&answer.status) => {
            let to =
                answer.header("location").map(|to| String::from_utf8_lossy(to).escape_debug().take(100).collect::<String>());
            Finding::fail(match to {
                Some(to) => format!("The receiver answered {} and points to {to}.", answer.status),
                None => format!("The receiver answered {}.", answer.status),
            })
        }
        Some(Reply::Answered(_)) => Finding::pass("The receiver answered itself."),
        _ => Finding::skipped("The receiver did not answer."),
    })
}

fn https(exam: &Exam) -> Finding {
    match exam.target().url.scheme_str() {
        Some("https") => Finding::pass("It does, and the certificate is valid."),
        _ if exam.settings.is_local => Finding::skipped("The receiver is on this machine."),
        _ => Finding::warn("The URL begins with http://."),
    }
}

fn changed(exam: &Exam, change: impl FnOnce(&mut Map<String, Value>)) -> Request {
    exam.maker.changed(change).request()
}

fn indented(body: &str) -> Vec<u8> {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default().replace('\n', "\r\n").into_bytes()
}
