//! The classes `Internal\ManageClient`, the management API with a key and its options, and `Internal\ManageCall`, a single call.
//!
//! The core decides which requests are sent and what follows from the responses. The PHP library sends them, waits, and reads the
//! clocks.
#![allow(unsafe_code)] // reads clients and calls in PHP's objects

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use payvost_webhooks::manage::{Answer, Ask, Call, CallOptions, Client, Fault, Names, Now, Operation, Response, Rotation};

use crate::arguments::Argument;
use crate::boundary::{Failure, catch_bailout, constructor, held, method};
use crate::engine::hide_parameters;
use crate::item::{Item, build};
use crate::object::{class, held, make, registered};
use crate::{api_error, namespaced, values};

held!(Client);
held!(Call);

static CALL: AtomicPtr<ClassEntry> = AtomicPtr::new(ptr::null_mut());

pub(crate) fn register() -> Result<()> {
    register_client()?;
    let class = class::<Call>(namespaced!("Internal\\ManageCall")).registration(|class, tables| {
        CALL.store(class, Ordering::Release);
        hide_parameters(class, &[("responded", &[1, 2])]);
        registered::<Call>(class, tables);
    });
    let methods = course().into_iter().chain(telling());
    methods.fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

/// The function `Internal\rotation`: the time at which the old secret was last seen, when it can be removed, and whether that time has
/// come. Times are in whole seconds.
pub(crate) fn rotation() -> FunctionBuilder<'static> {
    method!(namespaced!("Internal\\rotation"), (last_seen: "lastSeen", seen: "seen", now: "now") -> Array, |_call, result| {
        let [last_seen, now] = [last_seen, now].map(|time| Duration::from_secs(time.natural_number().unwrap_or(0)));
        let mut rotation = Rotation::new(last_seen);
        if let Some(seen) = seen.natural_number() {
            rotation.old_secret_seen(Duration::from_secs(seen));
        }
        let last_seen = seen.natural_number().map_or(last_seen, |seen| last_seen.max(Duration::from_secs(seen)));
        let [last_seen, over_at] = [last_seen, rotation.over_at()].map(|time| Item::Int(time.as_secs()));
        build(&Item::List(&[last_seen, over_at, Item::Bool(rotation.is_over(now))]), result)
    })
}

const UNKNOWN_OPERATION: Failure =
    Failure::Option("operation must be one of the management API", "Write it as in PHP, such as webhooks.rotateSecret.");

fn register_client() -> Result<()> {
    let construct = constructor!((key: "apiKey", options: "options", host: "host"), {
        // A key that is not a string is refused as an empty one is.
        let builder = Client::builder(key.payload().unwrap_or_default()).names(Names::Camel);
        builder.host(host.text().unwrap_or_default()).options(json(options))?.build()?
    });
    let call = method!(
        "call",
        (operation: "operation", parameters: "parameters", options: "options", random: "random", elapsed: "elapsedMs", unix: "unixMs")
            -> Mixed,
        |call, result| {
            // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
            let client = unsafe { &*held::<Client>(call) }.as_ref().ok_or(Failure::Panic)?;
            let operation = operation.text().and_then(Operation::parse).ok_or(UNKNOWN_OPERATION)?;
            let options = CallOptions::from_json(json(options), Names::Camel)?;
            let random = random.payload()?.try_into().map_err(|_| Failure::Panic)?;
            let call = client.call(operation, json(parameters), &options, random, now(elapsed, unix)?)?;
            make(CALL.load(Ordering::Acquire), call, result)
        }
    );
    class::<Client>(namespaced!("Internal\\ManageClient"))
        .method(construct, MethodFlags::Public)
        .method(call, MethodFlags::Public)
        .registration(|class, tables| {
            hide_parameters(class, &[("__construct", &[0]), ("call", &[1, 2, 3])]);
            registered::<Client>(class, tables);
        })
        .register()
}

/// The next step, and the results of steps.
fn course() -> [FunctionBuilder<'static>; 5] {
    [
        // `["request", method, url, headers, body, time limit in ms, longest body of the response]`, `["wait", ms]`, or null at the end.
        method!("ask", () -> Array | null, |call, result| match self::call(call)?.next() {
            Ask::Request(request) => {
                let headers: Vec<_> = request.headers().map(|(name, value)| (name, Item::from(value))).collect();
                let body = request.body().map_or(Item::Null, Item::Bytes);
                let time_limit = request.time_limit().map_or(Item::Null, milliseconds);
                let longest = Item::Int(u64::try_from(request.max_answer_bytes()).unwrap_or(u64::MAX));
                let [method, url] = [request.method(), request.url()].map(Item::from);
                build(&Item::List(&["request".into(), method, url, Item::Map(&headers), body, time_limit, longest]), result)
            }
            Ask::Wait(pause) => build(&Item::List(&["wait".into(), milliseconds(pause)]), result),
            Ask::Done(_) => Ok(()),
        }),
        // The headers are a list in which values follow their names.
        method!(
            "responded",
            (status: "status", headers: "headers", body: "body", elapsed: "elapsedMs", unix: "unixMs", random: "random") -> Void,
            |call, _result| {
                let status = status.natural_number().and_then(|status| u16::try_from(status).ok()).ok_or(Failure::Panic)?;
                let texts: Vec<_> = headers.0.and_then(Zval::array).map(texts).unwrap_or_default();
                let headers: Vec<_> = texts
                    .chunks_exact(2)
                    .filter_map(|pair| match pair {
                        [Some(name), Some(value)] => Some((*name, *value)),
                        _ => None,
                    })
                    .collect();
                let response = Response { status, headers: &headers, body: body.payload()? };
                feed(call, Answer::Response(response), now(elapsed, unix)?, random)
            }
        ),
        method!("failed", (fault: "fault", elapsed: "elapsedMs", unix: "unixMs", random: "random") -> Void, |call, _result| {
            let fault = fault.text().and_then(Fault::parse).unwrap_or(Fault::Lost);
            feed(call, Answer::Failed(fault), now(elapsed, unix)?, random)
        }),
        method!("waited", (elapsed: "elapsedMs", unix: "unixMs") -> Void, |call, _result| {
            feed(call, Answer::Waited, now(elapsed, unix)?, Argument(None))
        }),
        // The data of the response. Throws if the call has failed.
        method!("result", () -> Mixed, |call, result| match self::call(call)?.next() {
            Ask::Done(Ok(success)) => values::build(success.read().value(), result),
            Ask::Done(Err(error)) => {
                // The error belongs to the object, so this frame owns nothing.
                catch_bailout(|| api_error::throw(error))?;
                Err(Failure::Thrown)
            }
            _ => Err(Failure::Panic),
        }),
    ]
}

/// What is known about the call.
fn telling() -> [FunctionBuilder<'static>; 6] {
    [
        // The path with placeholders, such as `/v1/webhooks/{id}`.
        method!("route", () -> String, |call, result| build(&Item::from(self::call(call)?.operation().route()), result)),
        // The method, the path and the number of the attempt: for a hook before a request.
        method!("attempt", () -> Array, |call, result| {
            let call = self::call(call)?;
            let path = call.path();
            let (method, attempt) = (call.operation().method().as_str().into(), Item::Int(call.attempts().into()));
            build(&Item::List(&[call.operation().name().into(), method, Item::from(&*path), attempt]), result)
        }),
        // The status, the fault, the duration and the request id of the last attempt: for a hook after it.
        method!("ended", () -> Array, |call, result| {
            let attempt = self::call(call)?.last_attempt().ok_or(Failure::Panic)?;
            let status = whole(attempt.status().map(u64::from));
            let duration = milliseconds(attempt.duration());
            build(&Item::List(&[status, text(attempt.fault()), duration, text(attempt.request_id())]), result)
        }),
        // The arguments of a `LastResponse`.
        method!("facts", () -> Array, |call, result| {
            let call = self::call(call)?;
            let (facts, limit) = (call.facts(), call.facts().rate_limit());
            let [limit, remaining, reset] = [limit.limit, limit.remaining, limit.reset].map(whole);
            let status = whole(facts.status().map(u64::from));
            let attempts = Item::Int(call.attempts().into());
            build(&Item::List(&[status, text(facts.request_id()), limit, remaining, reset, attempts]), result)
        }),
        // The total of all pages, and the parameters of the next one as JSON. Each can be null.
        method!("page", () -> Array, |call, result| {
            let call = self::call(call)?;
            let next = call.next_page();
            let total = match call.next() {
                Ask::Done(Ok(success)) => success.total(),
                _ => None,
            };
            build(&Item::List(&[whole(total), text(next.as_deref())]), result)
        }),
        method!("dryRun", () -> String, |call, result| {
            let request = self::call(call)?.dry_run();
            build(&Item::from(&*request), result)
        }),
    ]
}

/// The call of the object whose method is called.
#[allow(clippy::mut_from_ref)] // the object is PHP's
fn call(call: &ExecuteData) -> std::result::Result<&mut Call, Failure> {
    // SAFETY: a method of this class, which cannot be entered again before it returns: none runs PHP code while it uses the value.
    unsafe { &mut *held::<Call>(call) }.as_mut().ok_or(Failure::Panic)
}

fn feed(call: &ExecuteData, answer: Answer<'_>, now: Now, random: Argument<'_>) -> std::result::Result<(), Failure> {
    let random = random.natural_number().and_then(|random| u32::try_from(random).ok()).unwrap_or(0);
    self::call(call)?.feed(answer, now, random).map_err(|_| Failure::Panic)
}

/// JSON from PHP. What PHP cannot encode is false, and invalid JSON here: the core refuses it.
fn json(argument: Argument<'_>) -> &[u8] {
    argument.payload().unwrap_or(b"!")
}

fn now(elapsed: Argument<'_>, unix: Argument<'_>) -> std::result::Result<Now, Failure> {
    let [elapsed_ms, unix_ms] = [elapsed, unix].map(Argument::natural_number);
    Ok(Now { elapsed_ms: elapsed_ms.ok_or(Failure::Panic)?, unix_ms: unix_ms.ok_or(Failure::Panic)? })
}

/// Values that are not UTF-8 are `None`.
fn texts(list: &ZendHashTable) -> Vec<Option<&str>> {
    list.values().map(|value| Argument(Some(value)).text()).collect()
}

fn whole(number: Option<u64>) -> Item<'static> {
    number.map_or(Item::Null, Item::Int)
}

fn text(text: Option<&str>) -> Item<'_> {
    text.map_or(Item::Null, Item::from)
}

fn milliseconds(duration: Duration) -> Item<'static> {
    Item::Int(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
