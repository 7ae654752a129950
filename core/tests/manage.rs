//! The shared calls of the management API, through the machine. The observations are written to `target/observed/manage/rust.jsonl`, and
//! compared with those of the other languages.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

mod canonical;

use std::collections::VecDeque;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use canonical::canonical;
use payvost_webhooks::manage::{
    Answer, ApiError, Ask, Call, CallOptions, Client, Fault, Names, Now, Operation, Refusal, Request, Response, RotatedSecret,
    Webhook, WebhooksUpdateParams,
};
use serde_json::{Map, Value as Json, json};

const START_UNIX_MS: u64 = 1_761_991_200_000;

#[test]
fn every_call_does_what_the_vectors_say() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = |name, usual| env::var_os(name).map_or_else(|| root.join(usual), PathBuf::from);
    let (vectors, observed) = (folder("VECTORS", "tests/vectors/manage"), folder("OBSERVED", "target/observed/manage"));
    let mut files: Vec<_> = fs::read_dir(vectors).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    fs::create_dir_all(&observed).unwrap();
    let mut observed = BufWriter::new(fs::File::create(observed.join("rust.jsonl")).unwrap());
    let (mut failures, mut count) = (Vec::new(), 0);
    for file in files {
        let file: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let calls = observe(case);
            writeln!(observed, "{}", json!({"id": case["id"], "calls": calls})).unwrap();
            count += 1;
            for (call, seen) in repeated(case).zip(&calls) {
                if let Some(difference) = difference(&call["expect"], seen) {
                    failures.push(format!("{} {}\n  {difference}\n  observed {seen}", case["id"], case["comment"]));
                }
            }
        }
    }
    observed.flush().unwrap();
    assert!(count >= 500, "{count} cases");
    assert!(failures.is_empty(), "{} calls differ:\n{}", failures.len(), failures.join("\n"));
}

const KEY: &str = "sk_live_canary_4f1d";

fn call(client: &Client, operation: Operation, parameters: &str) -> Call {
    client.call(operation, parameters.as_bytes(), &CallOptions::default(), [7; 16], Now::default()).unwrap()
}

fn answer<'a>(status: u16, headers: &'a [(&'a str, &'a str)], body: &'a str) -> Answer<'a> {
    Answer::Response(Response { status, headers, body: body.as_bytes() })
}

#[test]
fn the_key_is_never_shown() {
    let builder = Client::builder(KEY);
    let client = builder.clone().build().unwrap();
    let mut shown = format!("{builder:?} {client:?}");
    let body = format!(r#"{{"success":false,"error":{{"code":"x","message":"{KEY}","field":"{KEY}","requestId":"{KEY}"}}}}"#);
    for status in [200, 400, 500] {
        let mut call = call(&client, Operation::WebhooksCreate, r#"{"url":"https://a.example","events":["*"]}"#);
        let Ask::Request(request) = call.next() else { panic!("no request") };
        shown += &format!("{request:?} {} {call:?} {:?}", call.dry_run(), call.next());
        call.feed(answer(status, &[("X-Request-Id", KEY)], &body), Now::default(), 0).unwrap();
        let Ask::Done(Err(error)) = call.next() else { panic!("not an error") };
        shown += &format!("{error} {error:?} {:?} {:?}", call.facts(), call.last_attempt());
    }
    for key in ["pk_live_canary", " sk_live_canary", "whsec_canary", "canary"] {
        let refusal = Client::builder(key).build().unwrap_err();
        shown += &format!("{refusal} {refusal:?} {}", refusal.hint());
    }
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("Bearer sk_live_[redacted]"), "{shown}");
}

#[test]
fn the_secret_of_a_webhook_is_never_shown() {
    let client = Client::builder(KEY).build().unwrap();
    let mut call = call(&client, Operation::WebhooksRotateSecret, r#"{"id":"w"}"#);
    call.feed(answer(200, &[], r#"{"success":true,"data":{"secret":"whsec_canary"}}"#), Now::default(), 0).unwrap();
    let shown = format!("{call:?} {:?}", call.next());
    let Ask::Done(Ok(success)) = call.next() else { panic!("not a success") };
    let object: RotatedSecret = success.read().object();
    assert!(!format!("{shown} {success:?} {object:?} {:?}", success.read()).contains("canary"));
    assert_eq!(object.secret.expose(), "whsec_canary");
}

#[test]
fn an_unexpected_answer_changes_nothing() {
    let client = Client::builder(KEY).build().unwrap();
    let mut call = call(&client, Operation::WebhooksGet, r#"{"id":"w"}"#);
    let now = Now { elapsed_ms: 5, unix_ms: 5 };
    assert!(call.feed(Answer::Waited, now, 0).is_err());
    assert!(matches!(call.next(), Ask::Request(_)) && call.next_page().is_none() && call.last_attempt().is_none());
    call.feed(Answer::Failed(Fault::Lost), now, u32::MAX).unwrap();
    assert!(call.feed(answer(200, &[], "{}"), now, 0).is_err() && call.feed(Answer::Failed(Fault::Lost), now, 0).is_err());
    assert!(matches!(call.next(), Ask::Wait(pause) if pause == Duration::from_millis(500)));
    call.feed(Answer::Failed(Fault::Cancelled), now, 0).unwrap();
    for answer in [Answer::Waited, Answer::Failed(Fault::Cancelled), answer(200, &[], "{}")] {
        assert!(call.feed(answer, now, 0).is_err());
    }
    assert_eq!(call.into_outcome().unwrap().unwrap_err().code(), "cancelled");
}

#[test]
fn names_are_spelled_as_in_the_host_language() {
    let build = |names: Names| Client::builder("sk_test_x").names(names).options(br#"{"timeoutSeconds":0}"#)?.build();
    assert_eq!(build(Names::Camel).unwrap_err().to_string(), "`timeoutSeconds` must be a number of seconds from 0.001 to 3600");
    assert_eq!(build(Names::Snake).unwrap_err().to_string(), "unknown parameter `timeoutSeconds`");
    let snake = Client::builder("sk_test_x")
        .options(br#"{"timeout":0.5,"base_url":"http://127.0.0.1:1/x/"}"#)
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(snake.base_url(), "http://127.0.0.1:1/x");
    let parameters = br#"{"id":"w","event_type":"*"}"#;
    let refused =
        snake.call(Operation::WebhooksTest, parameters, &CallOptions::default(), [0; 16], Now::default()).unwrap_err();
    assert_eq!(refused.to_string(), "`event_type` must be an event type, such as payment.succeeded");
    for operation in Operation::ALL {
        assert_eq!(Operation::parse(operation.name()), Some(operation));
    }
    assert_eq!(Operation::parse("webhooks.rotate_secret"), Some(Operation::WebhooksRotateSecret));
    assert_eq!(Operation::parse("webhooks"), None);
}

#[test]
fn typed_objects_tolerate_changes_of_the_provider() {
    let parameters = WebhooksUpdateParams {
        events: Some(&["*", "a.b"]),
        description: Some(None),
        metadata: Some(Some(&[("a", "b")])),
        ..Default::default()
    };
    assert_eq!(parameters.to_json("w\""), r#"{"id":"w\"","events":["*","a.b"],"description":null,"metadata":{"a":"b"}}"#);
    let client = Client::builder(KEY).build().unwrap();
    let mut call = call(&client, Operation::WebhooksList, "");
    let body = r#"{"success":true,"data":[{"id":"w","url":5,"events":["a",null,"b"],"enabled":"yes","metadata":{"x":"y","z":1},"new":{}}],"total":3}"#;
    call.feed(answer(200, &[], body), Now::default(), 0).unwrap();
    assert_eq!(call.next_page().as_deref(), Some(r#"{"offset":1}"#));
    let page: Vec<Webhook> = call.into_outcome().unwrap().unwrap().read().object();
    let [webhook] = page.as_slice() else { panic!("{page:?}") };
    assert_eq!((&*webhook.id, &*webhook.url, webhook.enabled, &webhook.description), ("w", "", false, &None));
    assert_eq!((&*webhook.events.join(" "), webhook.metadata.as_ref().unwrap().len()), ("a b", 1));
}

/// The calls of a case, each as often as it must be made.
fn repeated(case: &Json) -> impl Iterator<Item = &Json> {
    let calls = case["calls"].as_array().unwrap().iter();
    calls.flat_map(|call| std::iter::repeat_n(call, usize::try_from(call["repeat"].as_u64().unwrap_or(1)).unwrap()))
}

fn observe(case: &Json) -> Vec<Json> {
    let client = client(&case["client"]);
    let mut clock = 0;
    let one = |call| match &client {
        Ok(client) => {
            Run { client, call, clock: &mut clock, script: call["script"].as_array().unwrap().iter().collect() }.observe()
        }
        Err(refusal) => refused(refusal),
    };
    repeated(case).map(one).collect()
}

fn client(given: &Json) -> Result<Client, Refusal> {
    let options = given.get("options").map(Json::to_string).unwrap_or_default();
    let builder = Client::builder(given["apiKey"].as_str().unwrap()).names(Names::Camel).host("rust/tests");
    builder.options(options.as_bytes())?.build()
}

fn refused(refusal: &Refusal) -> Json {
    json!({"refused": {"code": refusal.code(), "parameter": refusal.parameter()}})
}

/// A call on a transport with scripted responses, and with its own clock.
struct Run<'c> {
    client: &'c Client,
    call: &'c Json,
    clock: &'c mut u64,
    script: VecDeque<&'c Json>,
}

#[derive(Default)]
struct Seen {
    requests: Vec<Json>,
    waits: Vec<Json>,
    attempts: Vec<Json>,
}

impl Run<'_> {
    fn observe(mut self) -> Json {
        let mut seen = Seen::default();
        let ending = match self.pages(&mut seen) {
            Ok(ending) => ending,
            Err(refusal) => return refused(&refusal),
        };
        assert!(self.script.is_empty(), "{}: a part of the script was not used", self.call);
        let mut observed = Map::from_iter([
            ("requests".to_owned(), Json::Array(seen.requests)),
            ("waits".to_owned(), Json::Array(seen.waits)),
            ("attempts".to_owned(), Json::Array(seen.attempts)),
        ]);
        observed.extend([ending]);
        Json::Object(observed)
    }

    /// Runs the call and those for the further pages, and returns the outcome.
    fn pages(&mut self, seen: &mut Seen) -> Result<(String, Json), Refusal> {
        let iterate = self.call["iterate"].as_bool().unwrap_or_default();
        let (mut parameters, mut entries) = (self.call["parameters"].to_string(), Vec::new());
        loop {
            let call = self.single(&parameters, seen)?;
            match call.next() {
                Ask::Done(Err(error)) => return Ok(("error".into(), error_of(error))),
                Ask::Done(Ok(success)) if !iterate => {
                    let mut result = json!({"data": canonical(success.read().value()), "attempts": success.attempts()});
                    if let Some(total) = success.total() {
                        result["total"] = total.into();
                    }
                    return Ok(("result".into(), result));
                }
                Ask::Done(Ok(success)) => {
                    let data = success.read();
                    let payvost_webhooks::Kind::Array(page) = data.value().kind() else { panic!("a page is a list") };
                    entries.extend(page.into_iter().map(|entry| Json::from(canonical(entry))));
                }
                ask => panic!("{ask:?} after the end"),
            }
            match call.next_page() {
                Some(next) => parameters = next,
                None => return Ok(("entries".into(), entries.into())),
            }
        }
    }

    fn single(&mut self, parameters: &str, seen: &mut Seen) -> Result<Call, Refusal> {
        let operation = Operation::parse(self.call["operation"].as_str().unwrap()).unwrap();
        let options = self.call.get("options").map(Json::to_string).unwrap_or_default();
        let options = CallOptions::from_json(options.as_bytes(), Names::Camel)?;
        let random = u128::from_str_radix(self.call["random"].as_str().unwrap(), 16).unwrap().to_be_bytes();
        let mut call = self.client.call(operation, parameters.as_bytes(), &options, random, self.now())?;
        loop {
            match call.next() {
                Ask::Done(_) => return Ok(call),
                Ask::Wait(pause) => {
                    seen.waits.push(milliseconds(pause));
                    let is_scripted = self.script.front().is_some_and(|step| step.get("wait").is_some());
                    let step = is_scripted.then(|| self.script.pop_front()).flatten();
                    let scripted = step.map_or(&Json::Null, |step| &step["wait"]);
                    *self.clock += scripted["lasts"].as_u64().unwrap_or(u64::try_from(pause.as_millis()).unwrap());
                    let cancelled = scripted["cancelled"].as_bool().unwrap_or_default();
                    call.feed(if cancelled { Answer::Failed(Fault::Cancelled) } else { Answer::Waited }, self.now(), 0)
                        .unwrap();
                }
                Ask::Request(request) => {
                    seen.requests.push(sent(request));
                    self.answer(&mut call);
                    let attempt = call.last_attempt().unwrap();
                    seen.attempts.push(json!({
                        "attempt": attempt.number(),
                        "status": attempt.status(),
                        "fault": attempt.fault(),
                        "duration_ms": milliseconds(attempt.duration()),
                        "request_id": attempt.request_id(),
                    }));
                }
            }
        }
    }

    fn answer(&mut self, call: &mut Call) {
        let step = self.script.pop_front().unwrap_or_else(|| panic!("{}: the script has no more steps", self.call));
        *self.clock += step["takes"].as_u64().unwrap_or(0);
        let random = u32::try_from(step["random"].as_u64().unwrap_or(0)).unwrap();
        let now = self.now();
        if let Some(fault) = step["fault"].as_str() {
            return call.feed(Answer::Failed(Fault::parse(fault).unwrap()), now, random).unwrap();
        }
        let no_headers = Vec::new();
        let headers: Vec<_> = step["headers"].as_array().unwrap_or(&no_headers).iter().collect();
        let headers: Vec<_> = headers.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect();
        let response =
            Response { status: u16::try_from(step["status"].as_u64().unwrap()).unwrap(), headers: &headers, body: &body(step) };
        call.feed(Answer::Response(response), now, random).unwrap();
    }

    fn now(&self) -> Now {
        Now { elapsed_ms: *self.clock, unix_ms: START_UNIX_MS + *self.clock }
    }
}

fn body(step: &Json) -> Vec<u8> {
    if let Some(hex) = step["body_hex"].as_str() {
        return (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    }
    if let Some(parts) = step["body_repeat"].as_array() {
        let text = |part: &Json| part[0].as_str().unwrap().repeat(usize::try_from(part[1].as_u64().unwrap()).unwrap());
        return parts.iter().map(text).collect::<String>().into_bytes();
    }
    step["body"].as_str().unwrap().as_bytes().to_vec()
}

fn sent(request: &Request) -> Json {
    let mut headers = Map::new();
    for (name, value) in request.headers() {
        if name == "User-Agent" {
            assert!(value.starts_with("payvost-webhooks/") && value.ends_with(" rust/tests"), "{value}");
        } else {
            headers.insert(name.to_ascii_lowercase(), value.into());
        }
    }
    json!({
        "method": request.method(),
        "url": request.url(),
        "headers": headers,
        "body": request.body().map(|body| str::from_utf8(body).unwrap()),
        "time_limit_ms": request.time_limit().map(milliseconds),
    })
}

fn error_of(error: &ApiError) -> Json {
    let all = json!({
        "code": error.code(),
        "cause": error.cause(),
        "message": error.message(),
        "status": error.status(),
        "field": error.field(),
        "request_id": error.request_id(),
        "retry_after": error.retry_after(),
        "attempts": error.attempts(),
    });
    assert!(!error.message().is_empty() && !error.hint().is_empty());
    without_null(all)
}

fn without_null(object: Json) -> Json {
    let Json::Object(object) = object else { panic!("{object} is not an object") };
    object.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn milliseconds(duration: Duration) -> Json {
    u64::try_from(duration.as_millis()).unwrap().into()
}

/// The first difference. Messages are not part of the contract, except those of the provider.
fn difference(expected: &Json, seen: &Json) -> Option<String> {
    let mut seen = seen.clone();
    if let (Some(error), None) = (seen.get_mut("error"), expected["error"].get("message")) {
        error.as_object_mut().unwrap().remove("message");
    }
    let names = expected.as_object().unwrap().keys().chain(seen.as_object().unwrap().keys());
    let name = names.into_iter().find(|name| expected.get(*name) != seen.get(*name))?;
    Some(format!("{name}: expected {}", expected[name]))
}
