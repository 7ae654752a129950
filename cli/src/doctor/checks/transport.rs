//! Requests that HTTP allows, requests that it forbids, and connections that break.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::doctor::check::{Check, Examining, Probe, told};
use crate::doctor::exam::Exam;
use crate::doctor::finding::{Finding, Verdict};
use crate::doctor::http::Step;
use crate::doctor::reply::Reply;
use crate::doctor::request::{Framing, Request};

const POST_ONLY: &str = "Answer 405 with \"Allow: POST\" to other methods.";
const LIMIT: &str = "Limit the size of a body, and check Content-Length before you allocate memory. 1 MiB is a good limit.";
const FRAMING: &str = "Read exactly as many bytes as the message has (RFC 9112 §6). A web server in front does this for you.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "method_get",
        title: "GET is refused",
        remedy: POST_ONLY,
        probe: Probe::Course(|exam| Box::pin(method(exam, Request::unsigned("").method("GET").content_type(None)))),
    },
    Check {
        code: "method_head",
        title: "HEAD is refused",
        remedy: POST_ONLY,
        probe: Probe::Course(|exam| Box::pin(method(exam, Request::unsigned("").method("HEAD").content_type(None)))),
    },
    Check {
        code: "method_put",
        title: "PUT is refused, even with a signature",
        remedy: POST_ONLY,
        probe: Probe::Course(|exam| Box::pin(method(exam, exam.maker.event().request().method("PUT")))),
    },
    Check {
        code: "content_type_charset",
        title: "application/json with a charset is accepted",
        remedy: "Do not compare the whole Content-Type: it may have parameters.",
        probe: Probe::Accepts(Verdict::Warn, |exam| {
            vec![exam.maker.event().request().content_type(Some("application/json; charset=utf-8"))]
        }),
    },
    Check {
        code: "content_type_other",
        title: "Another Content-Type leads to no server error",
        remedy: "Read the raw body whatever the Content-Type says, or answer 415.",
        probe: Probe::Either(|exam| {
            vec![
                exam.maker.event().request().content_type(Some("text/plain")).label("text/plain"),
                exam.maker.event().request().content_type(Some("application/octet-stream")).label("application/octet-stream"),
                exam.maker.event().request().content_type(Some("application/x-www-form-urlencoded")).label("a form"),
            ]
        }),
    },
    Check {
        code: "content_type_missing",
        title: "A missing Content-Type leads to no server error",
        remedy: "Read the raw body whatever the Content-Type says, or answer 415.",
        probe: Probe::Either(|exam| vec![exam.maker.event().request().content_type(None)]),
    },
    Check {
        code: "compressed",
        title: "A compressed body leads to no server error",
        remedy: "Do not decompress, or answer 415. Payvost does not compress.",
        probe: Probe::Either(|exam| {
            let event = exam.maker.event();
            let packed = gzip(&event.body);
            let signature = exam.maker.sign(&packed);
            vec![
                Request::signed(packed.clone(), &event.signature).with("Content-Encoding", "gzip").label("the JSON was signed"),
                Request::signed(packed, signature).with("Content-Encoding", "gzip").label("the compressed bytes were signed"),
            ]
        }),
    },
    Check {
        code: "compressed_bomb",
        title: "A small body that unpacks to 2 MiB is refused",
        remedy: "Do not decompress the bodies of webhooks, or limit the size after decompression.",
        probe: Probe::Oversized(|exam| {
            let packed = gzip(&vec![b' '; 2 * 1_024 * 1_024]);
            vec![Request::signed(packed, exam.maker.sign(b"")).with("Content-Encoding", "gzip")]
        }),
    },
    Check {
        code: "chunked",
        title: "A chunked body is accepted",
        remedy: "Enable chunked requests in the server. Some WSGI and CGI servers drop such bodies.",
        probe: Probe::Accepts(Verdict::Warn, |exam| vec![exam.maker.event().request().framing(Framing::Chunked)]),
    },
    Check {
        code: "http_1_0",
        title: "HTTP/1.0 is accepted",
        remedy: "Some proxies speak HTTP/1.0 to the server behind them. Accept it.",
        probe: Probe::Accepts(Verdict::Warn, |exam| vec![Request { version: "HTTP/1.0", ..exam.maker.event().request() }]),
    },
    Check {
        code: "expect_continue",
        title: "A client that waits for \"100 Continue\" is served",
        remedy: "Use a server that answers \"Expect: 100-continue\" (RFC 9110 §10.1.1). Some clients send it with long bodies.",
        probe: Probe::Course(expect_continue),
    },
    Check {
        code: "slow_body",
        title: "A body that arrives slowly is accepted",
        remedy: "Read until the body is complete. One read may return a part of it.",
        probe: Probe::Course(slow_body),
    },
    Check {
        code: "pipelined",
        title: "Two requests in one packet get two answers, or the connection is closed",
        remedy: FRAMING,
        probe: Probe::Course(pipelined),
    },
    Check {
        code: "reuse_after_refusal",
        title: "After a refusal, the connection works or is closed",
        remedy: "Read the body of a refused request to its end, or close the connection.",
        probe: Probe::Course(reuse_after_refusal),
    },
    Check {
        code: "broken_off",
        title: "The receiver survives connections that break off",
        remedy: "Give up a request when its connection breaks, and set a time limit for reading.",
        probe: Probe::Course(broken_off),
    },
    Check {
        code: "length_too_short",
        title: "A body longer than Content-Length is refused",
        remedy: FRAMING,
        probe: Probe::Refuses(|exam| {
            let event = exam.maker.event();
            let announced = Framing::Announced(event.body.len().saturating_sub(10).to_string());
            vec![event.request().framing(announced)]
        }),
    },
    Check {
        code: "length_too_long",
        title: "A body shorter than Content-Length is refused",
        remedy: "Compare the number of bytes that arrived with Content-Length. What broke off must not count as complete.",
        probe: Probe::Course(length_too_long),
    },
    Check {
        code: "length_invalid",
        title: "A Content-Length that is not digits is refused",
        remedy: FRAMING,
        probe: Probe::Course(length_invalid),
    },
    Check {
        code: "huge_body",
        title: "A forged body of 4 MiB is refused in time",
        remedy: LIMIT,
        probe: Probe::Oversized(|exam| {
            let megabytes = if exam.settings.is_local { 4 } else { 2 };
            vec![Request::signed(vec![b' '; megabytes * 1_024 * 1_024], "0".repeat(64))]
        }),
    },
    Check {
        code: "huge_length",
        title: "An announced length of 1 TiB does no harm",
        remedy: LIMIT,
        probe: Probe::Course(huge_length),
    },
];

async fn method(exam: &Exam, request: Request) -> Finding {
    let reply = exam.send(&request).await;
    match &reply {
        Reply::NotSent(reason) => Finding::skipped(*reason),
        reply if reply.is_accepted() || reply.is_server_error() => Finding::warn(told(&request, reply)),
        Reply::Answered(_) => Finding::pass(told(&request, &reply)),
        _ => Finding::warn(told(&request, &reply)),
    }
}

fn expect_continue(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let request = exam.maker.event().request().with("Expect", "100-continue");
        let (head, body) = (request.head(exam.target()), request.body.clone());
        let patience = (exam.settings.time_limit / 2).min(Duration::from_secs(1));
        let reply =
            exam.exchange(&request, async |connection| connection.exchange_after_continue(&head, &body, patience).await).await;
        accepted_or(Finding::warn, &request, &reply)
    })
}

fn slow_body(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let request = exam.maker.event().request();
        let mut steps = vec![Step::Send(request.head(exam.target()))];
        let pause = (exam.settings.time_limit / 20).min(Duration::from_millis(100));
        for piece in request.body.chunks(request.body.len() / 4 + 1) {
            steps.push(Step::Pause(pause));
            steps.push(Step::Send(piece.to_vec()));
        }
        let reply = exam.perform(&steps, &request).await;
        accepted_or(Finding::fail, &request, &reply)
    })
}

fn accepted_or(otherwise: fn(String) -> Finding, request: &Request, reply: &Reply) -> Finding {
    match reply {
        Reply::NotSent(reason) => Finding::skipped(*reason),
        reply if reply.is_accepted() => Finding::pass("The receiver accepted it."),
        reply => otherwise(told(request, reply)),
    }
}

fn pipelined(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let (first, second) = (exam.maker.event().request(), exam.maker.event().request());
        let mut both = first.bytes(exam.target());
        both.extend(second.bytes(exam.target()));
        follow_up(exam, (first, both), (second, Vec::new()), true).await
    })
}

fn reuse_after_refusal(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        // Without a signature, it can be refused before its body is read.
        let refused = Request::unsigned(exam.maker.event().body);
        let genuine = exam.maker.event().request();
        let (first, second) = (refused.bytes(exam.target()), genuine.bytes(exam.target()));
        follow_up(exam, (refused, first), (genuine, second), false).await
    })
}

/// Two requests on one connection. The second is genuine.
async fn follow_up(exam: &Exam, first: (Request, Vec<u8>), second: (Request, Vec<u8>), first_is_genuine: bool) -> Finding {
    let mut connection = match exam.connect().await {
        Ok(connection) => connection,
        Err(reply) => return Finding::skipped(told(&first.0, &reply)),
    };
    let limit = exam.settings.time_limit;
    let ended = tokio::time::timeout(limit, connection.exchange(&[Step::Send(first.1)], true)).await;
    let reply = exam.reply(ended, &first.0);
    let Reply::Answered(answer) = &reply else { return Finding::warn(told(&first.0, &reply)) };
    if first_is_genuine && !reply.is_accepted() {
        return Finding::fail(format!("With another request behind it, an event was answered {}.", answer.status));
    }
    if !first_is_genuine && reply.is_accepted() {
        // Other checks say what is wrong with that.
        return Finding::skipped(format!("The first request of the connection was answered {}.", answer.status));
    }
    if !answer.keeps_open {
        return Finding::pass("The receiver closed the connection after the first response.");
    }
    if let Err(reply) = exam.count() {
        return Finding::skipped(told(&second.0, &reply));
    }
    let steps: &[Step] = if second.1.is_empty() { &[] } else { &[Step::Send(second.1)] };
    let ended = tokio::time::timeout(limit, connection.exchange(steps, true)).await;
    match exam.reply(ended, &second.0) {
        // It may close an idle connection at any time (RFC 9112 §9.5).
        Reply::Closed => Finding::pass("The receiver closed the connection after the first response."),
        reply if reply.is_accepted() => Finding::pass("The receiver answered both."),
        reply => Finding::fail(format!("For the second request on the connection, the receiver {}.", reply.describe())),
    }
}

fn length_too_long(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let announced = Framing::Announced((event.body.len() + 10).to_string());
        let request = event.request().framing(announced);
        match abandon(exam, &[Step::Send(request.bytes(exam.target())), Step::HalfClose], BREATH).await {
            Some(reply) if reply.is_accepted() => Finding::fail(told(&request, &reply)),
            Some(reply) => Finding::pass(told(&request, &reply)),
            None => Finding::pass("The receiver waited for the rest, or closed the connection."),
        }
    })
}

fn length_invalid(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        for form in ["+{n}", "0x{x}", "{n}, {m}"] {
            let event = exam.maker.event();
            let length = event.body.len();
            let announced = form
                .replace("{n}", &length.to_string())
                .replace("{m}", &(length + 1).to_string())
                .replace("{x}", &format!("{length:x}"));
            let request = event.request().framing(Framing::Announced(announced.clone()));
            // A server that takes the length for zero reads the body as the next request.
            match abandon(exam, &[Step::Send(request.bytes(exam.target())), Step::HalfClose], BREATH).await {
                Some(reply) if reply.is_accepted() || reply.is_server_error() => {
                    return Finding::warn(format!("The receiver {}: Content-Length was {announced:?}.", reply.describe()));
                }
                _ => {}
            }
        }
        Finding::pass("The receiver refused each.")
    })
}

fn broken_off(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        for _ in 0..3 {
            let request = exam.maker.event().request();
            let half = request.body.get(..request.body.len() / 2).unwrap_or_default();
            let steps = [Step::Send([request.head(exam.target()), half.to_vec()].concat())];
            abandon(exam, &steps, Duration::ZERO).await;
        }
        survived(exam).await
    })
}

fn huge_length(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let request = Request::signed("{", "0".repeat(64)).framing(Framing::Announced((1_u64 << 40).to_string()));
        let steps = [Step::Send(request.bytes(exam.target()))];
        if let Some(reply) = abandon(exam, &steps, Duration::from_millis(300)).await {
            if reply.is_accepted() {
                return Finding::forgery(told(&request, &reply));
            }
            if reply.is_server_error() {
                return Finding::warn(told(&request, &reply));
            }
        }
        survived(exam).await
    })
}

/// How long a response may take to a request that a server may wait for in vain.
const BREATH: Duration = Duration::from_secs(1);

/// Sends, waits a moment for a response, and closes the connection.
async fn abandon(exam: &Exam, steps: &[Step], patience: Duration) -> Option<Reply> {
    let mut connection = exam.connect().await.ok()?;
    let patience = patience.max(Duration::from_millis(10));
    let answer = tokio::time::timeout(patience, connection.exchange(steps, true)).await.ok()?.ok()?;
    Some(Reply::Answered(answer))
}

async fn survived(exam: &Exam) -> Finding {
    // A process takes a moment to die.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let request = exam.maker.event().request();
    match exam.send(&request).await {
        Reply::NotSent(reason) => Finding::skipped(reason),
        reply if reply.is_accepted() => Finding::pass("Afterwards, the receiver accepted an event."),
        reply => Finding::fail(format!("Afterwards, the receiver {}.", reply.describe())),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
