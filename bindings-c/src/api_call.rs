//! `payvost_call`: one call of the management API, step by step.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::ptr;
use std::ffi::CString;
use std::time::Duration;

use payvost_webhooks::manage::{Answer, Ask, Call, CallOptions, Data, Fault, Names, Now, Response};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::call_operation::payvost_call_operation;
use crate::client::{self, json, payvost_client};
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;
use crate::text::{c_string, c_text, payvost_str};
use crate::unescaped::payvost_unescaped;
use crate::values::payvost_value;

/// One call of the management API: it asks for an HTTP request or a pause, is fed the result, and
/// ends in data or an error. It decides what to send, how to read a response, and what to retry and
/// when; the caller sends the requests with its own HTTP client.
///
/// Ask `payvost_call_next()`, take that step and feed the result, until the call is done.
///
/// Use it in one thread at a time. Texts and values from the functions below live until the
/// call is fed or freed, unless a function says otherwise.
///
/// Times are in milliseconds: `elapsed_ms` of a monotonic clock (`CLOCK_MONOTONIC`), `unix_ms` since
/// 1970-01-01T00:00:00Z.
pub struct payvost_call {
    machine: Call,
    url: CString,
    headers: Vec<(String, String)>,
    /// The random bits for the next pause, if a test sets them.
    random: Option<u32>,
    data: Option<Data>,
    unescaped: payvost_unescaped,
    error: Option<Texts>,
    request_id: Option<CString>,
    shown: Option<CString>,
    next_page: Option<CString>,
}

/// The texts of an error that are not constant.
struct Texts {
    code: CString,
    message: CString,
    cause: Option<CString>,
    field: Option<CString>,
}

/// A step for the caller to take.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_call_ask {
    /// Nothing: the call is done. See `payvost_call_succeeded()`.
    PAYVOST_CALL_DONE = 0,
    /// Send a request: `payvost_call_method()`, `payvost_call_url()`, `payvost_call_header()`,
    /// `payvost_call_body()`, within `payvost_call_time_limit_ms()`. Then feed the response with
    /// `payvost_call_feed_header()` and `payvost_call_feed_response()`, or a fault with
    /// `payvost_call_feed_fault()`.
    ///
    /// Send it unchanged and only to this URL: no redirects, no `.netrc`.
    PAYVOST_CALL_REQUEST = 1,
    /// Wait for `payvost_call_wait_ms()`, then call `payvost_call_feed_waited()`.
    PAYVOST_CALL_WAIT = 2,
}

/// Why there was no response. If an HTTP client cannot distinguish them, use `PAYVOST_CALL_LOST`.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // functions take its numbers
pub enum payvost_call_fault {
    /// Nothing was sent: the host is unknown, or it or the proxy refused the connection.
    PAYVOST_CALL_NOT_SENT = 1,
    /// Nothing was sent: no connection was established within the time limit.
    PAYVOST_CALL_CONNECT_TIMED_OUT = 2,
    /// No complete response arrived within the time limit.
    PAYVOST_CALL_TIMED_OUT = 3,
    /// The connection was lost after something may have been sent, or in the middle of the response.
    PAYVOST_CALL_LOST = 4,
    /// The certificate is not trusted, or there is no common version of TLS.
    PAYVOST_CALL_TLS_FAILED = 5,
    /// The response is not HTTP, cannot be decompressed, or its headers do not end.
    PAYVOST_CALL_MALFORMED = 6,
    /// The body is longer than `PAYVOST_MAX_ANSWER_BYTES`.
    PAYVOST_CALL_TOO_LARGE = 7,
    /// The caller cancelled the call.
    PAYVOST_CALL_CANCELLED = 8,
}

use payvost_call_ask::*;

/// Starts a call. `operation` is one of `payvost_call_operation`.
///
/// `parameters` is `NULL` or a JSON object, with the path's parameters in it: `{"id":
/// "webhook_abc123", "event_type": "payment.succeeded"}`. `options` is `NULL` or a JSON object with
/// some of `timeout` and `deadline` (seconds), `max_retries`, `idempotent`, `idempotency_key`.
/// `random` is `NULL`, or 16 unpredictable bytes instead of the system's. `*call` is
/// written on success only, and must be freed with `payvost_call_free()`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` if a parameter or an option is invalid. Nothing is sent then.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_call_new(
    client: Option<&payvost_client>,
    operation: u32,
    parameters: *const c_char,
    parameters_len: usize,
    options: *const c_char,
    options_len: usize,
    random: *const c_void,
    elapsed_ms: u64,
    unix_ms: u64,
    call: Option<&mut MaybeUninit<Box<payvost_call>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    client::run(error, || {
        let (client, call, operation) = (given(client)?, given(call)?, given(payvost_call_operation::of(operation))?);
        // SAFETY: they point to as many readable bytes as their lengths say, or are null.
        let (parameters, options) = unsafe { (json(parameters, parameters_len)?, json(options, options_len)?) };
        let mut bits = [0; 16];
        // SAFETY: it points to 16 readable bytes, or is null.
        match unsafe { boundary::bytes(random, bits.len()) } {
            Some(given) => bits.copy_from_slice(given),
            None => getrandom::fill(&mut bits).map_err(|_| Failure::NoRandomBytes)?,
        }
        let options = CallOptions::from_json(options, Names::Snake)?;
        let machine = client.get().call(operation, parameters, &options, bits, Now { elapsed_ms, unix_ms })?;
        call.write(boxed(payvost_call::new(machine))?);
        Ok(())
    })
}

/// The next step for the caller. It stays the same until its result is fed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_next(call: Option<&payvost_call>) -> payvost_call_ask {
    read(call, PAYVOST_CALL_DONE, |call| match call.machine.next() {
        Ask::Request(_) => PAYVOST_CALL_REQUEST,
        Ask::Wait(_) => PAYVOST_CALL_WAIT,
        Ask::Done(_) => PAYVOST_CALL_DONE,
    })
}

/// The method of the request: `"GET"`, `"POST"`, `"PATCH"` or `"DELETE"`. Lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_method(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"".as_ptr(), |call| c_string(call.machine.operation().method().as_str()).as_ptr())
}

/// The URL of the request. Ends in NUL, lives as long as the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_url(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"".as_ptr(), |call| call.url.as_ptr())
}

/// The path of the URL with placeholders, such as `/v1/webhooks/{id}`, for metrics. Ends in NUL, lives
/// as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_route(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"".as_ptr(), |call| c_string(call.machine.operation().route()).as_ptr())
}

/// A header of the request by its index, from 0 on. Returns whether there is one; `*name` and `*value` are
/// written only then.
///
/// One of them, `Authorization`, contains the API key: never log them.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_header(
    call: Option<&payvost_call>,
    index: usize,
    name: Option<&mut MaybeUninit<payvost_str>>,
    value: Option<&mut MaybeUninit<payvost_str>>,
) -> bool {
    let header = boundary::guarded(None, || match call?.machine.next() {
        Ask::Request(request) => {
            request.headers().nth(index).map(|(name, value)| (payvost_str::new(name), payvost_str::new(value)))
        }
        _ => None,
    });
    boundary::write(name, header.map(|header| header.0));
    boundary::write(value, header.map(|header| header.1))
}

/// The body of the request. Returns whether there is one; `*body` is written only then.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_body(call: Option<&payvost_call>, body: Option<&mut MaybeUninit<payvost_str>>) -> bool {
    let found = boundary::guarded(None, || match call?.machine.next() {
        Ask::Request(request) => request.body().map(payvost_str::of_bytes),
        _ => None,
    });
    boundary::write(body, found)
}

/// The time limit of the request, from connecting to the last byte of the response; 0 if there is no
/// limit.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_time_limit_ms(call: Option<&payvost_call>) -> u64 {
    read(call, 0, |call| match call.machine.next() {
        Ask::Request(request) => request.time_limit().map_or(0, |limit| milliseconds(limit).max(1)),
        _ => 0,
    })
}

/// How long to wait; 0 if no pause was asked for.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_wait_ms(call: Option<&payvost_call>) -> u64 {
    read(call, 0, |call| match call.machine.next() {
        Ask::Wait(pause) => milliseconds(pause),
        _ => 0,
    })
}

/// The number of the current or last attempt, from 1.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_attempts(call: Option<&payvost_call>) -> u32 {
    read(call, 0, |call| call.machine.attempts())
}

/// The request as JSON with the API key redacted, to be shown instead of sent. Ends in NUL, lives as long
/// as the call, is never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_dry_run(call: Option<&mut payvost_call>) -> *const c_char {
    boundary::guarded(c"".as_ptr(), || {
        call.map_or(c"".as_ptr(), |call| {
            let machine = &call.machine;
            call.shown.get_or_insert_with(|| c_text(&machine.dry_run())).as_ptr()
        })
    })
}

/// Feeds a header of the response, before the response itself. Names can be in any letter case. Headers that
/// the call does not need are ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_call_feed_header(
    call: Option<&mut payvost_call>,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
) {
    boundary::guarded((), || {
        // SAFETY: they point to as many readable bytes as their lengths say, or are null.
        let (name, value) = unsafe { (boundary::text(name, name_len), boundary::text(value, value_len)) };
        if let (Some(call), Some(name), Some(value)) = (call, name, value)
            && payvost_webhooks::manage::ANSWER_HEADERS.iter().any(|other| other.eq_ignore_ascii_case(name))
        {
            call.headers.push((name.into(), value.into()));
        }
    });
}

/// Drops the headers that were fed, for when the headers of another response begin, as after `100
/// Continue`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_drop_headers(call: Option<&mut payvost_call>) {
    boundary::guarded((), || call.map_or((), |call| call.headers.clear()));
}

/// Feeds a response: its status and its whole body, decompressed. `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` if no request was asked for. The call does not change then.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_call_feed_response(
    call: Option<&mut payvost_call>,
    status: u32,
    body: *const c_void,
    body_len: usize,
    elapsed_ms: u64,
    unix_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (call, status) = (given(call)?, given(u16::try_from(status).ok())?);
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let body = unsafe { json(body.cast(), body_len)? };
        let headers = core::mem::take(&mut call.headers);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        call.feed(Answer::Response(Response { status, headers: &headers, body }), Now { elapsed_ms, unix_ms })
    })
}

/// Feeds why no response arrived: one of `payvost_call_fault`. A pause can be cancelled too. `error` may be `NULL`.
///
/// Fails like `payvost_call_feed_response()`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_call_feed_fault(
    call: Option<&mut payvost_call>,
    fault: u32,
    elapsed_ms: u64,
    unix_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (call, fault) = (given(call)?, given(self::fault(fault))?);
        call.headers.clear();
        call.feed(Answer::Failed(fault), Now { elapsed_ms, unix_ms })
    })
}

/// Feeds that the pause is over. `error` may be `NULL`.
///
/// Fails with `PAYVOST_UNEXPECTED_ANSWER` if no pause was asked for.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_call_feed_waited(
    call: Option<&mut payvost_call>,
    elapsed_ms: u64,
    unix_ms: u64,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || given(call)?.feed(Answer::Waited, Now { elapsed_ms, unix_ms }))
}

/// Sets the random bits for all further pauses, instead of the system's. For tests.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_set_random(call: Option<&mut payvost_call>, random: u32) {
    boundary::guarded((), || call.map_or((), |call| call.random = Some(random)));
}

/// Whether the call is done and succeeded.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_succeeded(call: Option<&payvost_call>) -> bool {
    read(call, false, |call| matches!(call.machine.next(), Ask::Done(Ok(_))))
}

/// The data of the response, once the call has succeeded: an object, or for a page the list of its entries;
/// null if there is none. Absent before that, and after an error. Lives as long as the call.
///
/// After creating a webhook or rotating its secret, `payvost_value_member(data, PAYVOST_LITERAL("secret"))`
/// is the secret.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_data(call: Option<&payvost_call>) -> payvost_value {
    boundary::read(call, payvost_value::ABSENT, |call| {
        payvost_value::or_absent(&call.unescaped, call.data.as_ref().map(Data::value))
    })
}

/// For a page: the number of entries on all pages. Returns whether the server reported it; `*total` is
/// written only then.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_total(call: Option<&payvost_call>, total: Option<&mut MaybeUninit<u64>>) -> bool {
    boundary::write(
        total,
        boundary::guarded(None, || match call?.machine.next() {
            Ask::Done(Ok(success)) => success.total(),
            _ => None,
        }),
    )
}

/// For a page: the parameters of the call for the next one, as JSON; `NULL` after the last one. Ends in NUL, lives
/// as long as the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_next_page(call: Option<&payvost_call>) -> *const c_char {
    read(call, ptr::null(), |call| call.next_page.as_ref().map_or(ptr::null(), |page| page.as_ptr()))
}

/// The code of the error, such as `"validation_error"` or `"timed_out"`; `"ok"` if there is none. Ends in NUL,
/// lives as long as the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_code(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"ok".as_ptr(), |call| call.error.as_ref().map_or(c"ok".as_ptr(), |error| error.code.as_ptr()))
}

/// The message of the error; empty if there is none. Ends in NUL, lives as long as the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_message(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"".as_ptr(), |call| call.error.as_ref().map_or(c"".as_ptr(), |error| error.message.as_ptr()))
}

/// The usual cause of the error and the remedy; empty if there is none. Ends in NUL, lives as long as the
/// library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_hint(call: Option<&payvost_call>) -> *const c_char {
    read(call, c"".as_ptr(), |call| match call.machine.next() {
        Ask::Done(Err(error)) => c_string(error.hint()).as_ptr(),
        _ => c"".as_ptr(),
    })
}

/// For `outcome_unknown`: the code that the error would have if the operation were safe to repeat. Otherwise
/// `NULL`. Ends in NUL, lives as long as the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_cause(call: Option<&payvost_call>) -> *const c_char {
    read(call, ptr::null(), |call| optional(call.error.as_ref().and_then(|error| error.cause.as_ref())))
}

/// The invalid parameter, as the provider names it; `NULL` if it names none. Ends in NUL, lives as long as
/// the call.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_field(call: Option<&payvost_call>) -> *const c_char {
    read(call, ptr::null(), |call| optional(call.error.as_ref().and_then(|error| error.field.as_ref())))
}

/// The number of seconds to wait before a retry, as the provider asked. Returns whether it did; `*seconds` is
/// written only then.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_error_retry_after(call: Option<&payvost_call>, seconds: Option<&mut MaybeUninit<u64>>) -> bool {
    boundary::write(
        seconds,
        boundary::guarded(None, || match call?.machine.next() {
            Ask::Done(Err(error)) => error.retry_after(),
            _ => None,
        }),
    )
}

/// The status of the last response; 0 if there was none.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_status(call: Option<&payvost_call>) -> u32 {
    read(call, 0, |call| call.machine.facts().status().map_or(0, u32::from))
}

/// The provider's id of the last request; `NULL` if there is none. Ends in NUL, lives until the call is
/// fed or freed.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_request_id(call: Option<&payvost_call>) -> *const c_char {
    read(call, ptr::null(), |call| optional(call.request_id.as_ref()))
}

/// The provider's rate limit in the last response: `X-RateLimit-Limit`, `-Remaining` and `-Reset`. Returns
/// whether all three were there; they are written only then.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_rate_limit(
    call: Option<&payvost_call>,
    limit: Option<&mut MaybeUninit<u64>>,
    remaining: Option<&mut MaybeUninit<u64>>,
    reset: Option<&mut MaybeUninit<u64>>,
) -> bool {
    let rate = boundary::guarded(None, || {
        let rate = call?.machine.facts().rate_limit();
        Some((rate.limit?, rate.remaining?, rate.reset?))
    });
    boundary::write(limit, rate.map(|rate| rate.0));
    boundary::write(remaining, rate.map(|rate| rate.1));
    boundary::write(reset, rate.map(|rate| rate.2))
}

/// The duration of the last attempt, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_duration_ms(call: Option<&payvost_call>) -> u64 {
    read(call, 0, |call| call.machine.last_attempt().map_or(0, |attempt| milliseconds(attempt.duration())))
}

/// Frees a call. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_call_free(call: Option<Box<payvost_call>>) {
    boundary::guarded((), || drop(call));
}

impl payvost_call {
    fn new(machine: Call) -> Self {
        let url = match machine.next() {
            Ask::Request(request) => c_text(request.url()),
            _ => CString::default(),
        };
        Self {
            machine,
            url,
            headers: Vec::new(),
            random: None,
            data: None,
            unescaped: payvost_unescaped::default(),
            error: None,
            request_id: None,
            shown: None,
            next_page: None,
        }
    }

    fn feed(&mut self, answer: Answer<'_>, now: Now) -> Result<(), Failure> {
        let random = self.random.unwrap_or_else(|| {
            let mut bits = [0; 4];
            // Without random bytes, the pause depends on the clock: it need not be unpredictable.
            getrandom::fill(&mut bits).map_or_else(|_| mixed(now), |()| u32::from_ne_bytes(bits))
        });
        self.machine.feed(answer, now, random).map_err(|_| Failure::UnexpectedAnswer)?;
        self.request_id = self.machine.facts().request_id().map(c_text);
        match self.machine.next() {
            Ask::Done(Ok(success)) => self.data = Some(success.read()),
            Ask::Done(Err(error)) => {
                self.error = Some(Texts {
                    code: c_text(error.code()),
                    message: c_text(error.message()),
                    cause: error.cause().map(c_text),
                    field: error.field().map(c_text),
                });
            }
            _ => {}
        }
        self.next_page = self.machine.next_page().map(|page| c_text(&page));
        Ok(())
    }
}

/// Bits that differ from moment to moment.
fn mixed(now: Now) -> u32 {
    let mixed = (now.elapsed_ms ^ now.unix_ms).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

fn optional(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

const fn fault(number: u32) -> Option<Fault> {
    Some(match number {
        1 => Fault::NotSent,
        2 => Fault::ConnectTimedOut,
        3 => Fault::TimedOut,
        4 => Fault::Lost,
        5 => Fault::TlsFailed,
        6 => Fault::Malformed,
        7 => Fault::TooLarge,
        8 => Fault::Cancelled,
        _ => return None,
    })
}
