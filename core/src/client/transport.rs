//! Sending requests, waiting, and calling hooks.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::io::ErrorKind;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use std::{panic, thread};

use super::error::CallError;
use crate::manage::{
    ANSWER_HEADERS, Answer, Ask, Attempt, Call, CallOptions, Client, Fault, Now, Operation, Request, Response,
};

/// A hook that runs before each request and after each response.
#[derive(Clone)]
pub struct Hook(Arc<dyn Fn(&Attempting<'_>) + Send + Sync>);

/// The argument of a hook. Nothing in it is secret.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempting<'a> {
    /// The operation.
    pub operation: Operation,
    /// The path of the request.
    pub path: &'a str,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The attempt once it has ended; `None` before the request.
    pub ended: Option<&'a Attempt>,
}

/// The HTTP client, the hook and the clock.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) agent: ureq::Agent,
    pub(super) hook: Option<Hook>,
    /// The zero of a monotonic clock.
    pub(super) epoch: Instant,
}

impl Hook {
    pub(super) fn new(hook: impl Fn(&Attempting<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }
}

impl Transport {
    /// Runs a call to its end.
    pub(super) fn run(
        &self,
        client: &Client,
        operation: Operation,
        parameters: &str,
        options: &CallOptions,
    ) -> Result<Call, CallError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| CallError::NoRandomBytes)?;
        let mut call = client.call(operation, parameters.as_bytes(), options, random, self.now())?;
        let path = call.path();
        let notify = |attempt, ended: Option<&Attempt>| self.notify(&Attempting { operation, path: &path, attempt, ended });
        loop {
            // Feeding fails only if the answer does not match the step.
            let fed = match call.next() {
                Ask::Request(request) => {
                    notify(call.attempts(), None);
                    let fed = match self.send(request) {
                        Ok(received) => {
                            let headers: Vec<_> =
                                received.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                            let response = Response { status: received.status, headers: &headers, body: &received.body };
                            call.feed(Answer::Response(response), self.now(), bits())
                        }
                        Err(fault) => call.feed(Answer::Failed(fault), self.now(), bits()),
                    };
                    notify(call.attempts(), call.last_attempt());
                    fed
                }
                Ask::Wait(pause) => {
                    thread::sleep(pause);
                    call.feed(Answer::Waited, self.now(), 0)
                }
                Ask::Done(_) => return Ok(call),
            };
            debug_assert!(fed.is_ok(), "{fed:?}");
        }
    }

    fn now(&self) -> Now {
        let milliseconds = |duration: core::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { elapsed_ms: milliseconds(self.epoch.elapsed()), unix_ms: milliseconds(unix) }
    }

    /// Calls the hook. If it panics, the call continues.
    fn notify(&self, attempting: &Attempting<'_>) {
        if let Some(Hook(hook)) = &self.hook {
            let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| hook(attempting)));
        }
    }

    fn send(&self, request: &Request) -> Result<Received, Fault> {
        let mut builder = ureq::http::Request::builder().method(request.method()).uri(request.url());
        for (name, value) in request.headers() {
            let mut value = ureq::http::HeaderValue::from_str(value).map_err(|_| Fault::NotSent)?;
            value.set_sensitive(name == "Authorization");
            builder = builder.header(name, value);
        }
        let response = match (request.method(), request.body()) {
            ("GET" | "DELETE", None) => self.exchange(builder.body(()), request),
            // For a missing body, ureq would send an empty chunked one, which not every server accepts.
            (_, body) => self.exchange(builder.body(body.unwrap_or_default()), request),
        };
        let mut response = response?;
        let headers = ANSWER_HEADERS.into_iter().flat_map(|name| {
            let values = response.headers().get_all(name).iter();
            values.filter_map(move |value| Some((name, String::from(value.to_str().ok()?)))).collect::<Vec<_>>()
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let most = u64::try_from(request.max_answer_bytes()).unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(most + 1).read_to_vec().map_err(|error| fault(&error))?;
        Ok(Received { status, headers, body })
    }

    fn exchange<B: ureq::AsSendBody>(
        &self,
        sent: Result<ureq::http::Request<B>, ureq::http::Error>,
        request: &Request,
    ) -> Result<ureq::http::Response<ureq::Body>, Fault> {
        let sent = sent.map_err(|_| Fault::NotSent)?;
        // These override the caller's agent: a response with any status is read, and redirects are not followed.
        let configured = self.agent.configure_request(sent).http_status_as_error(false).max_redirects(0);
        let sent = configured.max_redirects_will_error(false).timeout_global(request.time_limit()).build();
        self.agent.run(sent).map_err(|error| fault(&error))
    }
}

struct Received {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// The fault behind an error of ureq. `NotSent` and `ConnectTimedOut` are only for errors that certainly occurred before anything was sent,
/// since every request can then be retried.
fn fault(error: &ureq::Error) -> Fault {
    use ureq::{Error, Timeout};
    match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => Fault::ConnectTimedOut,
        Error::Timeout(_) => Fault::TimedOut,
        Error::HostNotFound | Error::ConnectionFailed | Error::ConnectProxyFailed(_) | Error::BadUri(_) => Fault::NotSent,
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => Fault::NotSent,
        Error::Io(error) if is_unknown_host(error) => Fault::NotSent,
        Error::Io(error) if is_untrusted(error) => Fault::TlsFailed,
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => Fault::Malformed,
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired => Fault::TlsFailed,
        Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::Http(_) => Fault::Malformed,
        Error::BodyExceedsLimit(_) => Fault::TooLarge,
        _ => Fault::Lost,
    }
}

/// The standard library has no error kind for this. An error that is not recognized here counts as `Lost`, which is safe.
fn is_unknown_host(error: &std::io::Error) -> bool {
    const WINDOWS: core::ops::RangeInclusive<i32> = 11_001..=11_004;
    error.raw_os_error().is_some_and(|code| cfg!(windows) && WINDOWS.contains(&code))
        || error.get_ref().is_some_and(|inner| inner.to_string().starts_with("failed to lookup address information"))
}

fn is_untrusted(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.to_string().contains("certificate"))
}

/// Random bits that spread out retries. They need not be unpredictable.
fn bits() -> u32 {
    let mut bits = [0; 4];
    getrandom::fill(&mut bits).map_or(1 << 31, |()| u32::from_ne_bytes(bits))
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook(…)")
    }
}
