//! A receiver written by hand, and the mistakes that it can be given, one at a time.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::result_large_err,
    reason = "a module of tests"
)]

mod raw;

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Version, header};
use axum::{Router, routing};
use hmac::{Hmac, KeyInit, Mac};
use hyper::body::Frame;
use payvost_webhooks::verify_webhook;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;
use tokio::time::sleep;

pub const SECRET: &str = "whsec_of_the_zoo";
const LIMIT: usize = 1 << 20;

/// What is wrong with a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    Nothing,
    // Verification
    AcceptsAnything,
    EmptyIsFine,
    EmptySignature,
    ZeroSignature,
    Latin1Body,
    ErrorOnLongSignature,
    AcceptsEverything,
    OpenWithoutHeader,
    OpenWithoutSecret,
    DefaultSecret,
    UnkeyedDigest,
    ParsedFirst,
    TrimsBody,
    ConsumedBody,
    ComparesTheShorter,
    ComparesTheFirstHalf,
    ComparesTheSum,
    IgnoresCase,
    StripsPrefix,
    StopsAtJunk,
    AnyOfTheList,
    FirstHeader,
    LastHeader,
    SignatureInQuery,
    ErrorOnNotAscii,
    LeakyComparison,
    // Refusals
    ErrorOnRefusal,
    RedirectsToLogin,
    LeaksTrace,
    LeaksPath,
    LeaksSecret,
    LeaksSignature,
    LeaksVersion,
    QuotesPayload,
    // Payloads
    LenientNumbers,
    LenientSurrogates,
    AnyValue,
    AnyBytes,
    FraudRefused,
    NothingFromTheFuture,
    LossyText,
    LenientKeys,
    DropsMark,
    AnyDepth,
    DiesOfDepth,
    AnyId,
    AnyFields,
    UnknownTypeRefused,
    UnknownFieldRefused,
    NeedsPreviousData,
    OnlyWholeSecondsInUtc,
    AgeLimit,
    InOrderOnly,
    SmallLimit,
    LimitsRate,
    // HTTP
    ErrorOnCompression,
    OnlyHttp11,
    ExpectRefused,
    NotFound,
    Redirects,
    Slow,
    AnswersGet,
    ExactContentType,
    ErrorOnContentType,
    NeedsLength,
    FirstReadOnly,
    IncompleteBody,
    DiesOfBreak,
    DiesOfLength,
    DiesOfSize,
    // HTTP by hand: see `raw.rs`
    HeaderInOneCase,
    ReadsWhatIsThere,
    LosesTheSecondRequest,
    LeavesTheBody,
    // Once
    RemembersNothing,
    LooksUpThenMarks,
    MarksFirst,
    ConflictOnDuplicate,
    ErrorOnConcurrent,
    ActsBeforeVerifying,
    NeverActs,
}

/// One receiver on loopback.
pub struct Receiver {
    pub url: String,
    pub effects_url: String,
    pub requests: Arc<AtomicUsize>,
}

struct State {
    fault: Fault,
    requests: Arc<AtomicUsize>,
    /// It behaves like a process that has ended.
    dead: AtomicBool,
    done: Mutex<HashMap<String, Vec<u8>>>,
    running: Mutex<HashSet<String>>,
    effects: Mutex<HashMap<String, u64>>,
    paid: Mutex<HashSet<String>>,
}

impl Receiver {
    pub fn start(runtime: &Runtime, fault: Fault) -> Self {
        if raw::FAULTS.contains(&fault) {
            let url = raw::start(fault);
            return Self { effects_url: String::new(), url, requests: Arc::default() };
        }
        let requests = Arc::new(AtomicUsize::new(0));
        let state = Arc::new(State {
            fault,
            requests: Arc::clone(&requests),
            dead: AtomicBool::new(false),
            done: Mutex::default(),
            running: Mutex::default(),
            effects: Mutex::default(),
            paid: Mutex::default(),
        });
        let counts = Arc::clone(&state);
        let count = move |axum::extract::Query(query): axum::extract::Query<HashMap<String, String>>| async move {
            let effects = counts.effects.lock().unwrap();
            let count = match query.get("id") {
                Some(id) => effects.get(id).copied().unwrap_or_default(),
                None => effects.values().sum(),
            };
            format!(r#"{{"count":{count}}}"#)
        };
        let hook = move |request: Request<Body>| {
            let state = Arc::clone(&state);
            async move { state.receive(request).await }
        };
        let router = Router::new().route("/effects", routing::get(count)).route("/hooks", routing::any(hook));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("http://{address}/hooks"), effects_url: format!("http://{address}/effects?id={{id}}"), requests }
    }
}

type Answer = Response<Body>;

impl State {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    async fn receive(&self, request: Request<Body>) -> Answer {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if self.dead.load(Ordering::Relaxed) {
            return status(502);
        }
        if self.has(Fault::LimitsRate) && self.requests.load(Ordering::Relaxed) % 60 == 59 {
            let answer = Response::builder().status(429).header(header::RETRY_AFTER, "0");
            return answer.body(Body::empty()).unwrap();
        }
        if self.has(Fault::NotFound) {
            return status(404);
        }
        if self.has(Fault::Redirects) {
            return Response::builder().status(308).header(header::LOCATION, "/hooks/").body(Body::empty()).unwrap();
        }
        let (parts, body) = request.into_parts();
        if parts.method != Method::POST {
            return if self.has(Fault::AnswersGet) { status(200) } else { status(405) };
        }
        if self.has(Fault::OnlyHttp11) && parts.version == Version::HTTP_10 {
            return status(505);
        }
        if let Some(answer) = self.look_at_head(&parts.headers) {
            return answer;
        }
        let body = match self.read(&parts.headers, body).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        if self.has(Fault::ActsBeforeVerifying)
            && let Ok(event) = serde_json::from_slice::<Value>(&body)
        {
            self.act(event["id"].as_str().unwrap_or_default());
        }
        if self.has(Fault::AcceptsAnything) || self.has(Fault::EmptyIsFine) && body.is_empty() {
            return status(200);
        }
        let query = parts.uri.query().unwrap_or_default();
        if let Err(answer) = self.verify(&parts.headers, query, &body).await {
            return answer;
        }
        match self.parse(&body) {
            Ok(event) => self.handle(&event, &body).await,
            Err(answer) => answer,
        }
    }

    fn look_at_head(&self, headers: &HeaderMap) -> Option<Answer> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let length: u64 =
            headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or_default();
        if self.has(Fault::DiesOfLength) && length > 1 << 30 {
            self.dead.store(true, Ordering::Relaxed);
        }
        match self.fault {
            Fault::ExactContentType if content_type != "application/json" => Some(status(415)),
            Fault::ErrorOnContentType if !content_type.starts_with("application/json") => Some(status(500)),
            Fault::ErrorOnCompression if headers.contains_key(header::CONTENT_ENCODING) => Some(status(500)),
            Fault::ExpectRefused if headers.contains_key(header::EXPECT) => Some(status(417)),
            Fault::NeedsLength if !headers.contains_key(header::CONTENT_LENGTH) => Some(status(411)),
            _ => None,
        }
    }

    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Answer> {
        let limit = if self.has(Fault::SmallLimit) { 32 * 1_024 } else { LIMIT };
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if self.has(Fault::DiesOfSize) && length.is_some_and(|length| (limit..1 << 30).contains(&length)) {
            self.dead.store(true, Ordering::Relaxed);
            return Err(Response::new(Body::new(Broken)));
        }
        if length.is_some_and(|length| length > limit) {
            return Err(status(413));
        }
        let mut stream = body.into_data_stream();
        let mut bytes = Vec::new();
        while let Some(piece) = next(&mut stream).await {
            match piece {
                Ok(piece) => bytes.extend_from_slice(&piece),
                Err(()) if self.has(Fault::IncompleteBody) => {
                    bytes.truncate(bytes.len());
                    break;
                }
                Err(()) => {
                    if self.has(Fault::DiesOfBreak) {
                        self.dead.store(true, Ordering::Relaxed);
                    }
                    return Err(status(400));
                }
            }
            if bytes.len() > limit {
                return Err(status(413));
            }
            if self.has(Fault::FirstReadOnly) {
                break;
            }
        }
        Ok(bytes)
    }

    async fn verify(&self, headers: &HeaderMap, query: &str, body: &[u8]) -> Result<(), Answer> {
        let signed = match self.fault {
            Fault::ParsedFirst => serde_json::from_slice::<Value>(body).unwrap_or_default().to_string().into_bytes(),
            Fault::TrimsBody => body.trim_ascii().to_vec(),
            Fault::ConsumedBody => Vec::new(),
            Fault::Latin1Body => body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes(),
            _ => body.to_vec(),
        };
        let expected = hmac(&signed, SECRET.as_bytes());
        let all: Vec<&[u8]> = headers.get_all("payvost-signature").iter().map(|value| value.as_bytes()).collect();
        let signature = match (all.as_slice(), self.fault) {
            ([], Fault::OpenWithoutHeader) => return Ok(()),
            ([], Fault::SignatureInQuery) => query.rsplit('=').next().unwrap_or_default().as_bytes().to_vec(),
            ([first, ..], Fault::FirstHeader) => first.to_vec(),
            ([.., last], Fault::LastHeader) => last.to_vec(),
            (all, _) => all.join(&b", "[..]),
        };
        if self.has(Fault::ErrorOnNotAscii) && !signature.is_ascii() {
            return Err(status(500));
        }
        if self.has(Fault::ErrorOnLongSignature) && signature.len() > 1_000 {
            return Err(status(500));
        }
        let equal = self.has(Fault::AcceptsEverything)
            || signature == expected.as_bytes()
            || self.is_taken(&signature, &expected, &signed, !all.is_empty());
        if self.has(Fault::LeakyComparison) {
            let same = signature.iter().zip(expected.bytes()).take_while(|(a, b)| **a == *b).count();
            sleep(Duration::from_micros(200) * u32::try_from(same).unwrap()).await;
        }
        if equal { Ok(()) } else { Err(self.refusal(&expected, body)) }
    }

    /// The wrong comparisons.
    fn is_taken(&self, signature: &[u8], expected: &str, signed: &[u8], has_header: bool) -> bool {
        let text = String::from_utf8_lossy(signature);
        match self.fault {
            Fault::EmptySignature => has_header && text.is_empty(),
            Fault::ZeroSignature => text.parse() == Ok(0_u8),
            Fault::OpenWithoutSecret => text == hmac(signed, b""),
            Fault::DefaultSecret => text == hmac(signed, b"undefined"),
            Fault::UnkeyedDigest => text == hex(&Sha256::digest(signed)),
            Fault::ComparesTheShorter => !text.is_empty() && expected.starts_with(&*text),
            Fault::ComparesTheFirstHalf => text.get(..32) == expected.get(..32),
            Fault::ComparesTheSum => {
                let sum = |text: &str| text.bytes().map(u64::from).sum::<u64>();
                sum(&text) == sum(expected)
            }
            Fault::IgnoresCase => text.eq_ignore_ascii_case(expected),
            Fault::StripsPrefix => text.strip_prefix("sha256=") == Some(expected),
            Fault::StopsAtJunk => text.split(|character: char| !character.is_ascii_hexdigit()).next() == Some(expected),
            Fault::AnyOfTheList => text.split(", ").any(|one| one == expected),
            _ => false,
        }
    }

    fn refusal(&self, expected: &str, body: &[u8]) -> Answer {
        let text = match self.fault {
            Fault::ErrorOnRefusal => return status(500),
            Fault::RedirectsToLogin => {
                return Response::builder().status(302).header(header::LOCATION, "/login").body(Body::empty()).unwrap();
            }
            Fault::LeaksTrace => {
                "Error: Invalid signature\n    at verify (app.js:12:9)\n    at handle (app.js:20:3)".to_owned()
            }
            Fault::LeaksPath => "Invalid signature in /var/www/shop/webhook.php on line 12".to_owned(),
            Fault::LeaksSecret => format!("Invalid signature. Configuration: {SECRET}"),
            Fault::LeaksSignature => format!("Invalid signature. Expected {expected}"),
            Fault::QuotesPayload => format!("Invalid: {}", String::from_utf8_lossy(body)),
            _ => "Invalid signature".to_owned(),
        };
        let mut answer = Response::new(Body::from(text));
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        if self.has(Fault::LeaksVersion) {
            answer.headers_mut().insert("X-Powered-By", "PHP/8.2.29".parse().unwrap());
        }
        answer
    }

    /// Strictly, except for the fault.
    fn parse(&self, body: &[u8]) -> Result<Value, Answer> {
        let strict = || {
            let signature = hmac(body, SECRET.as_bytes());
            verify_webhook(body, &signature, SECRET).is_ok()
        };
        let text = String::from_utf8_lossy(body);
        let lenient = || serde_json::from_slice::<Value>(body).ok();
        let is_lenient = match self.fault {
            Fault::LossyText => {
                return self.strictly(text.replace('\u{FFFD}', "?").as_bytes());
            }
            Fault::DropsMark => {
                return self.strictly(body.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(body));
            }
            Fault::LenientNumbers => return self.strictly(text.replace("1e999", "1").as_bytes()),
            Fault::LenientSurrogates => return self.strictly(text.replace("\\ud83d", "?").as_bytes()),
            Fault::AnyValue if lenient().is_some_and(|value| !value.is_object()) => return Ok(Value::Null),
            Fault::AnyBytes if lenient().is_none() => return Err(status(200)),
            Fault::AnyDepth if text.contains("[[[[") => return Ok(serde_json::json!({ "id": "deep" })),
            Fault::DiesOfDepth if text.contains("[[[[") => {
                self.dead.store(true, Ordering::Relaxed);
                return Err(status(500));
            }
            Fault::LenientKeys => {
                lenient().is_some_and(|event| event["id"].is_string() && event["data"].is_object())
                    && text.contains("payment.refunded")
            }
            Fault::AnyId => lenient().is_some_and(|event| {
                event["data"].is_object()
                    && event["type"].is_string()
                    && event["createdAt"].is_string()
                    && event["liveMode"].is_boolean()
            }),
            Fault::AnyFields => lenient().is_some_and(|event| event["id"].as_str().is_some_and(|id| !id.is_empty())),
            _ => false,
        };
        let event = if is_lenient || strict() { lenient() } else { None }.ok_or_else(|| status(400))?;
        let created = event["createdAt"].as_str().unwrap_or_default();
        let event_type = event["type"].as_str().unwrap_or_default();
        let payment = event["data"]["id"].as_str().unwrap_or_default();
        let refused = match self.fault {
            Fault::UnknownTypeRefused => event_type.starts_with("loyalty."),
            Fault::FraudRefused => event_type.starts_with("fraud."),
            Fault::NothingFromTheFuture => {
                humantime::parse_rfc3339(created).is_ok_and(|at| at > std::time::SystemTime::now() + Duration::from_secs(2))
            }
            Fault::UnknownFieldRefused => event.get("apiVersion").is_some(),
            Fault::NeedsPreviousData => event.get("previousData").is_none(),
            Fault::OnlyWholeSecondsInUtc => created.len() != "2025-11-01T10:00:00Z".len(),
            Fault::AgeLimit => {
                let at = humantime::parse_rfc3339(created).unwrap_or(std::time::UNIX_EPOCH);
                at.elapsed().is_ok_and(|age| age > Duration::from_secs(300))
            }
            Fault::InOrderOnly if event_type == "payment.refunded" => !self.paid.lock().unwrap().contains(payment),
            _ => false,
        };
        if event_type == "payment.succeeded" {
            self.paid.lock().unwrap().insert(payment.to_owned());
        }
        if refused { Err(status(422)) } else { Ok(event) }
    }

    fn strictly(&self, body: &[u8]) -> Result<Value, Answer> {
        verify_webhook(body, &hmac(body, SECRET.as_bytes()), SECRET).map_err(|_| status(400))?;
        serde_json::from_slice(body).map_err(|_| status(400))
    }

    async fn handle(&self, event: &Value, body: &[u8]) -> Answer {
        let id = event["id"].to_string().trim_matches('"').to_owned();
        match self.fault {
            Fault::RemembersNothing => {}
            Fault::LooksUpThenMarks => {
                if self.done.lock().unwrap().contains_key(&id) {
                    return status(200);
                }
                sleep(Duration::from_millis(20)).await;
                self.act(&id);
                self.done.lock().unwrap().insert(id, body.to_vec());
                return status(200);
            }
            Fault::MarksFirst => {
                if self.done.lock().unwrap().insert(id.clone(), body.to_vec()).is_some() {
                    return status(200);
                }
            }
            _ => {
                match self.done.lock().unwrap().get(&id) {
                    Some(_) if self.has(Fault::ConflictOnDuplicate) => return status(409),
                    Some(first) => return if first == body { status(200) } else { status(409) },
                    None => {}
                }
                if !self.running.lock().unwrap().insert(id.clone()) {
                    return status(if self.has(Fault::ErrorOnConcurrent) { 500 } else { 409 });
                }
            }
        }
        // The work of the handler, in which others may come.
        sleep(Duration::from_millis(if self.has(Fault::Slow) { 4_000 } else { 2 })).await;
        let failed = self.has(Fault::MarksFirst) && event["data"]["amount"].is_null() && event["type"] == "payment.succeeded";
        if !failed && !self.has(Fault::NeverActs) && !self.has(Fault::ActsBeforeVerifying) {
            self.act(&id);
        }
        if !failed {
            self.done.lock().unwrap().insert(id.clone(), body.to_vec());
        }
        self.running.lock().unwrap().remove(&id);
        status(if failed { 500 } else { 200 })
    }

    fn act(&self, id: &str) {
        *self.effects.lock().unwrap().entry(id.to_owned()).or_default() += 1;
    }
}

async fn next(stream: &mut axum::body::BodyDataStream) -> Option<Result<Bytes, ()>> {
    use std::future::poll_fn;
    let frame = poll_fn(|context| axum::body::HttpBody::poll_frame(Pin::new(stream), context)).await?;
    Some(frame.map_err(drop).map(|frame| frame.into_data().unwrap_or_default()))
}

fn status(code: u16) -> Answer {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::from_u16(code).unwrap();
    answer
}

fn hmac(body: &[u8], key: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A body that breaks off.
struct Broken;

impl axum::body::HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::BrokenPipe.into())))
    }
}
