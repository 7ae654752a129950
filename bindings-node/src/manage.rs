//! `Payvost`, the client of the management API: the core decides what is sent and what follows, JavaScript sends it.
//!
//! A client makes handles, and a handle makes one call at a time: JavaScript reuses it when its call has ended. Each function of a handle
//! that takes the result of a step returns the next step: see [`Handle::next`]. The API key stays here: JavaScript sees it only in the headers of a request that it is about to send.

use std::cell::{Ref, RefCell};
use std::ffi::CStr;
use std::rc::Rc;
use std::time::Duration;

use payvost_webhooks::manage::{
    ANSWER_HEADERS, Answer, ApiError, Ask, Call, CallOptions, Client, Fault as TransportFault, Names, Now, Operation, Refusal,
    Request, Response, Rotation, Success,
};
use zeroize::Zeroizing;

use crate::arguments;
use crate::boundary::{Arguments, Env, Failure, Fault, Function, Functions, Kind, Value};

/// Why no client or no call was made.
pub(crate) enum Refused {
    Refusal(Refusal),
    Fault,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Fault> for Refused {
    fn from(_: Fault) -> Self {
        Self::Fault
    }
}

impl Failure for Refused {
    /// Described like an error of a delivery: see `errors.rs`.
    fn value(self, env: Env<'_>) -> Result<Value<'_>, Fault> {
        match self {
            Self::Refusal(refusal) => {
                let (class, code) = (env.ascii("ConfigurationError")?, env.ascii(refusal.code())?);
                env.array([class, code, env.string(&refusal.to_string())?, env.string(refusal.hint())?])
            }
            Self::Fault => Err(Fault),
        }
    }
}

/// `createClient(apiKey, options, host)`: a function, [`CreateHandle`]. The options are JSON. A key that is not a string is blank.
pub(crate) struct CreateClient;

impl Function for CreateClient {
    const NAME: &'static CStr = c"createClient";
    type Data = ();
    type Failure = Refused;

    fn call<'c>(env: Env<'c>, [key, options, host, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Refused> {
        let key = arguments::secret(key).unwrap_or_else(|_| Zeroizing::new(Vec::new()));
        let builder = Client::builder(&*key).names(Names::Camel).host(&arguments::lossy(host));
        let client = builder.options(arguments::lossy(options).as_bytes())?.build()?;
        Ok(env.function::<CreateHandle>(client)?)
    }
}

/// `createHandle()`: an object with the functions of a handle.
pub(crate) struct CreateHandle;

impl Function for CreateHandle {
    const NAME: &'static CStr = c"createHandle";
    type Data = Client;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, client: &'c Client) -> Result<Value<'c>, Fault> {
        functions(env, &Rc::new(Handle { client: client.clone(), call: RefCell::new(None) }))
    }
}

struct Handle {
    client: Client,
    call: RefCell<Option<Call>>,
}

/// Makes functions of methods of [`Handle`].
macro_rules! functions {
    ($($function:ident $name:literal $method:ident)*) => {
        $(
            struct $function;

            impl Function for $function {
                const NAME: &'static CStr = $name;
                type Data = Rc<Handle>;
                type Failure = Refused;

                #[allow(clippy::needless_question_mark)] // most methods return another kind of error
                fn call<'c>(env: Env<'c>, arguments: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Refused> {
                    Ok(handle.$method(env, arguments)?)
                }
            }
        )*

        fn functions<'c>(env: Env<'c>, handle: &Rc<Handle>) -> Result<Value<'c>, Fault> {
            Ok(Functions::new(env)?$(.add::<$function>(handle.clone())?)*.object())
        }
    };
}

functions! {
    Begin c"begin" begin
    Responded c"responded" responded
    Failed c"failed" failed
    Waited c"waited" waited
    Target c"target" target
    LastAttempt c"lastAttempt" last_attempt
    Facts c"facts" facts
    DryRun c"dryRun" dry_run
    End c"end" end
}

impl Handle {
    /// `begin(operation, parameters, options, random, now)`: begins a call. Parameters and options are JSON, `random` is 16 random bytes, `now`
    /// the two clocks: see [`now`]. Returns the same as [`next`](Self::next), or why the call was refused.
    fn begin<'c>(
        &self,
        env: Env<'c>,
        [operation, parameters, options, random, clocks]: Arguments<'c>,
    ) -> Result<Value<'c>, Refused> {
        let operation = Operation::parse(&arguments::lossy(operation)).ok_or(Fault)?;
        let random = random.uint8_array().and_then(|memory| <[u8; 16]>::try_from(memory.copy()).ok()).ok_or(Fault)?;
        let options = CallOptions::from_json(arguments::lossy(options).as_bytes(), Names::Camel)?;
        let call = self.client.call(operation, arguments::lossy(parameters).as_bytes(), &options, random, now(clocks)?)?;
        *self.call.try_borrow_mut().map_err(|_| Fault)? = Some(call);
        Ok(self.next(env)?)
    }

    /// The step to take, and what it needs.
    ///
    /// - `["request", method, url, [name, value, …], body, milliseconds, most bytes of the answer, attempt]`; the body is `null` if there is
    ///   none, and so is the time limit
    /// - `["wait", milliseconds]`
    /// - `["done", data, total, parameters of the next page]`: the data is JSON
    /// - `["failed", code, message, hint, [cause, status, field, requestId, retryAfter, attempts]]`
    fn next<'c>(&self, env: Env<'c>) -> Result<Value<'c>, Fault> {
        let call = self.call()?;
        match call.next() {
            Ask::Request(request) => requested(env, request, call.attempts()),
            Ask::Wait(pause) => env.array([env.ascii("wait")?, milliseconds(env, pause)?]),
            Ask::Done(Ok(success)) => succeeded(env, success, call.next_page().as_deref()),
            Ask::Done(Err(error)) => described(env, error),
        }
    }

    /// `responded(status, [name, value, …], body, now, random)`: an answer came. Returns the same as [`next`](Self::next).
    fn responded<'c>(&self, env: Env<'c>, [status, headers, body, clocks, random]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let status = arguments::whole(status).and_then(|status| u16::try_from(status).ok()).ok_or(Fault)?;
        let headers: Vec<_> = headers.elements().ok_or(Fault)?.into_iter().map(arguments::lossy).collect();
        let headers: Vec<_> = headers
            .chunks_exact(2)
            .filter_map(|pair| if let [name, value] = pair { Some((name.as_str(), value.as_str())) } else { None })
            .collect();
        let body = body.uint8_array().ok_or(Fault)?.copy();
        self.feed(env, Answer::Response(Response { status, headers: &headers, body: &body }), clocks, random)
    }

    /// `failed(fault, now, random)`: no answer came, for the reason with that name.
    fn failed<'c>(&self, env: Env<'c>, [fault, clocks, random, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let fault = TransportFault::parse(&arguments::lossy(fault)).ok_or(Fault)?;
        self.feed(env, Answer::Failed(fault), clocks, random)
    }

    /// `waited(now)`: the pause is over.
    fn waited<'c>(&self, env: Env<'c>, [clocks, random, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        self.feed(env, Answer::Waited, clocks, random)
    }

    /// `target()`: `[method, path, path with the names of its parameters]`.
    fn target<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let call = self.call()?;
        let operation = call.operation();
        env.array([env.ascii(operation.method().as_str())?, env.string(&call.path())?, env.ascii(operation.route())?])
    }

    /// `lastAttempt()`: `[attempt, status, fault, milliseconds, requestId]` of the attempt that ended last.
    fn last_attempt<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let call = self.call()?;
        let attempt = call.last_attempt().ok_or(Fault)?;
        env.array([
            whole(env, Some(attempt.number()))?,
            whole(env, attempt.status())?,
            text(env, attempt.fault())?,
            milliseconds(env, attempt.duration())?,
            text(env, attempt.request_id())?,
        ])
    }

    /// `facts()`: `[status, requestId, limit, remaining, reset, attempts]` of the last answer.
    fn facts<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let call = self.call()?;
        let (facts, rate_limit) = (call.facts(), call.facts().rate_limit());
        env.array([
            whole(env, facts.status())?,
            text(env, facts.request_id())?,
            whole(env, rate_limit.limit)?,
            whole(env, rate_limit.remaining)?,
            whole(env, rate_limit.reset)?,
            whole(env, Some(call.attempts()))?,
        ])
    }

    /// `dryRun()`: the request as JSON, with the API key redacted.
    fn dry_run<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        env.string(&self.call()?.dry_run())
    }

    fn feed<'c>(&self, env: Env<'c>, answer: Answer<'_>, clocks: Value<'c>, random: Value<'c>) -> Result<Value<'c>, Fault> {
        let random = arguments::whole(random).and_then(|random| u32::try_from(random).ok()).unwrap_or_default();
        let mut call = self.call.try_borrow_mut().map_err(|_| Fault)?;
        call.as_mut().ok_or(Fault)?.feed(answer, now(clocks)?, random).map_err(|_| Fault)?;
        drop(call);
        self.next(env)
    }

    /// `end()`: forgets the call, whose result can hold a secret.
    fn end<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        *self.call.try_borrow_mut().map_err(|_| Fault)? = None;
        env.undefined()
    }

    fn call(&self) -> Result<Ref<'_, Call>, Fault> {
        Ref::filter_map(self.call.try_borrow().map_err(|_| Fault)?, Option::as_ref).map_err(|_| Fault)
    }
}

fn requested<'c>(env: Env<'c>, request: &Request, attempt: u32) -> Result<Value<'c>, Fault> {
    let headers = request.headers().flat_map(|(name, value)| [name, value]).map(|text| env.string(text));
    let headers = env.list(&headers.collect::<Result<Vec<_>, _>>()?)?;
    let body = request.body().and_then(|body| str::from_utf8(body).ok());
    env.array([
        env.ascii("request")?,
        env.ascii(request.method())?,
        env.string(request.url())?,
        headers,
        text(env, body)?,
        request.time_limit().map_or_else(|| env.null(), |limit| milliseconds(env, limit))?,
        whole(env, u64::try_from(request.max_answer_bytes()).ok())?,
        whole(env, Some(attempt))?,
    ])
}

fn succeeded<'c>(env: Env<'c>, success: &Success, next_page: Option<&str>) -> Result<Value<'c>, Fault> {
    env.array([env.ascii("done")?, env.string(success.data())?, whole(env, success.total())?, text(env, next_page)?])
}

fn described<'c>(env: Env<'c>, error: &ApiError) -> Result<Value<'c>, Fault> {
    let details = env.array([
        text(env, error.cause())?,
        whole(env, error.status())?,
        text(env, error.field())?,
        text(env, error.request_id())?,
        whole(env, error.retry_after())?,
        whole(env, Some(error.attempts()))?,
    ])?;
    let (code, message) = (env.string(error.code())?, env.string(error.message())?);
    env.array([env.ascii("failed")?, code, message, env.string(error.hint())?, details])
}

/// `answerHeaders()`: the names of the headers of an answer that a call reads.
pub(crate) struct AnswerHeaders;

impl Function for AnswerHeaders {
    const NAME: &'static CStr = c"answerHeaders";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let names = ANSWER_HEADERS.iter().map(|name| env.ascii(name)).collect::<Result<Vec<_>, _>>()?;
        env.list(&names)
    }
}

/// `createRotation(now)`: a function, [`Rotate`]. Times are milliseconds since 1970.
pub(crate) struct CreateRotation;

impl Function for CreateRotation {
    const NAME: &'static CStr = c"createRotation";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [began, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        env.function::<Rotate>(RefCell::new(Rotation::new(time(began).ok_or(Fault)?)))
    }
}

/// `rotate(seen)`: when the old secret can be removed. With a time it was seen then.
pub(crate) struct Rotate;

impl Function for Rotate {
    const NAME: &'static CStr = c"rotate";
    type Data = RefCell<Rotation>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [seen, ..]: Arguments<'c>, rotation: &'c RefCell<Rotation>) -> Result<Value<'c>, Fault> {
        let mut rotation = rotation.try_borrow_mut().map_err(|_| Fault)?;
        if seen.kind() != Kind::Absent {
            rotation.old_secret_seen(time(seen).ok_or(Fault)?);
        }
        milliseconds(env, rotation.over_at())
    }
}

/// `[milliseconds by a clock that is never set back, milliseconds since 1970]`
fn now(clocks: Value<'_>) -> Result<Now, Fault> {
    let clocks: Option<Vec<u64>> = clocks.elements().ok_or(Fault)?.into_iter().map(arguments::whole).collect();
    match clocks.as_deref() {
        Some([elapsed_ms, unix_ms]) => Ok(Now { elapsed_ms: *elapsed_ms, unix_ms: *unix_ms }),
        _ => Err(Fault),
    }
}

fn time(milliseconds: Value<'_>) -> Option<Duration> {
    arguments::whole(milliseconds).map(Duration::from_millis)
}

fn milliseconds<'c>(env: Env<'c>, duration: Duration) -> Result<Value<'c>, Fault> {
    whole(env, u64::try_from(duration.as_millis()).ok())
}

/// A number, or `null`.
#[allow(clippy::as_conversions, clippy::cast_precision_loss)] // JavaScript has no integers beyond 2^53
fn whole<'c>(env: Env<'c>, number: Option<impl Into<u64>>) -> Result<Value<'c>, Fault> {
    number.map_or_else(|| env.null(), |number| env.number(number.into() as f64))
}

/// A string, or `null`.
fn text<'c>(env: Env<'c>, text: Option<&str>) -> Result<Value<'c>, Fault> {
    text.map_or_else(|| env.null(), |text| env.string(text))
}
