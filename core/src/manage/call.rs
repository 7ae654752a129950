//! One call, step by step.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::answer::{self, Failure, Success};
use super::api::Operation;
use super::client::Client;
use super::error::ApiError;
use super::facts::{Attempt, Facts, single};
use super::fault::Fault;
use super::operation::Method;
use super::options::CallOptions;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::request::Request;
use super::response::Response;
use super::retry::{jitter, retry_after};
use crate::limits::MAX_RETRY_AFTER;

/// One call: it asks for a request or a pause, is fed the result, and ends in a [`Success`] or an [`ApiError`].
///
/// [`Client::call`] starts one; [the module](super) has an example.
pub struct Call {
    client: Client,
    operation: Operation,
    parameters: Parameters,
    request: Request,
    timeout: Duration,
    deadline: Duration,
    max_retries: u32,
    /// Whether it is safe to repeat even if the server has already carried it out.
    repeatable: bool,
    /// The key of the hash that finds duplicate keys in a response. An attacker must not be able to predict it.
    hash_key: [u8; 16],
    started: u64,
    attempt_started: u64,
    attempts: u32,
    facts: Facts,
    last_attempt: Option<Attempt>,
    outcome: Option<Result<Success, ApiError>>,
    stage: Stage,
}

/// The next step for the host.
#[derive(Debug, Clone, Copy)]
pub enum Ask<'c> {
    /// Send a request, then feed [`Answer::Response`] or [`Answer::Failed`].
    Request(&'c Request),
    /// Wait without blocking other calls, then feed [`Answer::Waited`] or [`Fault::Cancelled`].
    Wait(Duration),
    /// Nothing: the call is done.
    Done(Result<&'c Success, &'c ApiError>),
}

/// The result of a step.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// A response arrived, with any status.
    Response(Response<'a>),
    /// No response arrived.
    Failed(Fault),
    /// The pause is over.
    Waited,
}

/// The current time, by two clocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds of a monotonic clock.
    pub elapsed_ms: u64,
    /// Milliseconds since the Unix epoch: a `Retry-After` can be a date.
    pub unix_ms: u64,
}

/// The answer does not match the step that the call asked for, a mistake of the host. The call has not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnexpectedAnswer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Request,
    Wait(Duration),
    Done,
}

/// A failed attempt, and whether another one makes sense.
struct Failed {
    failure: Failure,
    /// Whether another attempt could succeed.
    transient: bool,
    /// Whether the server has certainly not carried out the request.
    harmless: bool,
    timed_out: bool,
    /// The pause that the server asked for, in milliseconds.
    retry_after: Option<u64>,
}

impl Client {
    /// Starts a call.
    ///
    /// `parameters` is a JSON object, or empty. `random` must be unpredictable: it becomes the idempotency key.
    ///
    /// # Errors
    ///
    /// If a parameter or an option is invalid.
    pub fn call(
        &self,
        operation: Operation,
        parameters: &[u8],
        options: &CallOptions,
        random: [u8; 16],
        now: Now,
    ) -> Result<Call, Refusal> {
        Call::new(self.clone(), operation, parameters, options, random, now)
    }
}

impl Call {
    fn new(
        client: Client,
        operation: Operation,
        parameters: &[u8],
        options: &CallOptions,
        random: [u8; 16],
        now: Now,
    ) -> Result<Self, Refusal> {
        let settings = client.settings();
        options.check(settings.names)?;
        let parameters = Parameters::read(operation, parameters, settings.key.is_live(), settings.names, &random)?;
        let once = operation.method() == Method::Post;
        let key = once.then(|| options.idempotency_key.clone().unwrap_or_else(|| hexadecimal(random)));
        let request = Request::new(operation.method(), &parameters, settings, key);
        let (timeout, deadline) = (options.timeout.unwrap_or(settings.timeout), options.deadline.unwrap_or(settings.deadline));
        let max_retries = if operation.spec().unlimited { 0 } else { options.max_retries.unwrap_or(settings.max_retries) };
        let mut call = Self {
            operation,
            parameters,
            request,
            timeout,
            deadline,
            max_retries,
            repeatable: !once || options.idempotent,
            hash_key: random,
            started: now.elapsed_ms,
            attempt_started: now.elapsed_ms,
            attempts: 0,
            facts: Facts::default(),
            last_attempt: None,
            outcome: None,
            stage: Stage::Request,
            client,
        };
        call.attempt(now);
        Ok(call)
    }

    /// The next step. It stays the same until its result is fed.
    #[must_use]
    pub const fn next(&self) -> Ask<'_> {
        match (&self.stage, &self.outcome) {
            (Stage::Wait(pause), _) => Ask::Wait(*pause),
            (Stage::Done, Some(Ok(success))) => Ask::Done(Ok(success)),
            (Stage::Done, Some(Err(error))) => Ask::Done(Err(error)),
            (Stage::Request, _) | (Stage::Done, None) => Ask::Request(&self.request),
        }
    }

    /// Takes the result of the step that [`next`](Self::next) asked for. `random` holds bits that differ between clients, so that their
    /// retries do not coincide.
    ///
    /// # Errors
    ///
    /// If the answer does not match that step.
    pub fn feed(&mut self, answer: Answer<'_>, now: Now, random: u32) -> Result<(), UnexpectedAnswer> {
        match (self.stage, answer) {
            (Stage::Request, Answer::Response(response)) => self.responded(&response, now, random),
            (Stage::Request, Answer::Failed(fault)) => self.failed(fault, now, random),
            (Stage::Wait(_), Answer::Waited) => match self.time_left(now) {
                Some(Duration::ZERO) => self.stage = Stage::Done,
                _ => self.attempt(now),
            },
            (Stage::Wait(_), Answer::Failed(Fault::Cancelled)) => self.end(Err(self.error(fault_failure(Fault::Cancelled)))),
            _ => return Err(UnexpectedAnswer),
        }
        Ok(())
    }

    /// The operation.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The path of its requests, without the query.
    #[must_use]
    pub fn path(&self) -> String {
        self.parameters.path()
    }

    /// The number of the current or last attempt, from 1.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The attempt that ended last, for a hook that runs after each attempt.
    #[must_use]
    pub const fn last_attempt(&self) -> Option<&Attempt> {
        self.last_attempt.as_ref()
    }

    /// The status, request id and rate limit of the last response.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The request as JSON with the API key redacted, to be shown instead of sent.
    #[must_use]
    pub fn dry_run(&self) -> String {
        self.request.to_redacted_json()
    }

    /// The outcome, once the call is done.
    #[must_use]
    pub fn into_outcome(self) -> Option<Result<Success, ApiError>> {
        if self.stage == Stage::Done { self.outcome } else { None }
    }

    /// For a page: the parameters of the call for the next one, as JSON. `None` if this page was empty or, by the total that the server
    /// reports, the last one, and if this is not a page.
    #[must_use]
    pub fn next_page(&self) -> Option<String> {
        let (Stage::Done, Some(Ok(page))) = (self.stage, &self.outcome) else { return None };
        let next = self.parameters.offset().checked_add(page.count)?;
        if page.count == 0 || page.total.is_some_and(|total| next >= total) {
            return None;
        }
        Some(self.parameters.with_offset(next, self.client.names()))
    }

    fn attempt(&mut self, now: Now) {
        let limit = match self.time_left(now) {
            Some(left) => Some(left.min(self.timeout)),
            None => None,
        };
        self.request.time_limit = limit;
        self.attempts += 1;
        self.attempt_started = now.elapsed_ms;
        self.stage = Stage::Request;
    }

    /// The time left until the deadline; `None` if there is no deadline.
    fn time_left(&self, now: Now) -> Option<Duration> {
        if self.operation.spec().unlimited {
            return None;
        }
        Some(self.deadline.saturating_sub(Duration::from_millis(now.elapsed_ms.saturating_sub(self.started))))
    }

    fn responded(&mut self, response: &Response<'_>, now: Now, random: u32) {
        self.facts = Facts::read(response, &self.client.settings().key);
        let result = if response.status == 404 && self.operation.method() == Method::Delete && self.attempts > 1 {
            // An earlier attempt, whose response was lost, has deleted it.
            Ok(Success::nothing())
        } else {
            answer::read(response, self.operation.spec().shape, &self.client.settings().key, &self.hash_key)
        };
        if let Err(failure) = &result
            && failure.request_id.is_some()
        {
            self.facts.request_id.clone_from(&failure.request_id);
        }
        self.over(Some(response.status), None, now);
        match result {
            Ok(success) => {
                self.client.settings().budget.succeeded();
                self.end(Ok(Success { attempts: self.attempts, ..success }));
            }
            Err(failure) => self.again(
                Failed {
                    failure,
                    transient: matches!(response.status, 408 | 429 | 500..600),
                    harmless: response.status == 429,
                    timed_out: false,
                    retry_after: single(response, "retry-after").and_then(|value| retry_after(value, now.unix_ms)),
                },
                now,
                random,
            ),
        }
    }

    fn failed(&mut self, fault: Fault, now: Now, random: u32) {
        self.facts = Facts::default();
        self.over(None, Some(fault.as_str()), now);
        let failed = Failed {
            failure: fault_failure(fault),
            transient: matches!(fault, Fault::NotSent | Fault::ConnectTimedOut | Fault::TimedOut | Fault::Lost),
            harmless: matches!(fault, Fault::NotSent | Fault::ConnectTimedOut),
            timed_out: matches!(fault, Fault::ConnectTimedOut | Fault::TimedOut),
            retry_after: None,
        };
        self.again(failed, now, random);
    }

    /// Records an attempt that has ended.
    fn over(&mut self, status: Option<u16>, fault: Option<&'static str>, now: Now) {
        self.last_attempt = Some(Attempt {
            number: self.attempts,
            status,
            fault,
            duration: Duration::from_millis(now.elapsed_ms.saturating_sub(self.attempt_started)),
            request_id: self.facts.request_id.clone(),
        });
    }

    /// Ends with the error of an attempt, or pauses before the next one.
    fn again(&mut self, failed: Failed, now: Now, random: u32) {
        let Failed { failure, transient, harmless, timed_out, retry_after } = failed;
        let mut error = self.error(failure);
        error.retry_after = retry_after.map(|pause| pause.div_ceil(1_000));
        if transient && !harmless && !self.repeatable {
            error.cause = Some(error.code);
            error.code = Cow::Borrowed("outcome_unknown");
            error.message = Cow::Borrowed("no usable response arrived, and the operation may have been carried out");
            return self.end(Err(error));
        }
        let pause = retry_after.unwrap_or_else(|| jitter(self.attempts - 1, random));
        let (asked, pause) = (retry_after.is_some(), Duration::from_millis(pause));
        let is_in_time = self.time_left(now).is_none_or(|left| pause < left) && !(asked && pause > MAX_RETRY_AFTER);
        let may_retry = transient && self.attempts <= self.max_retries && is_in_time;
        self.end(Err(error));
        if may_retry && self.client.settings().budget.pay(timed_out) {
            self.stage = Stage::Wait(pause);
        }
    }

    fn error(&self, failure: Failure) -> ApiError {
        ApiError {
            code: failure.code,
            message: failure.message,
            cause: None,
            status: self.facts.status,
            field: failure.field,
            request_id: self.facts.request_id.clone(),
            retry_after: None,
            attempts: self.attempts,
        }
    }

    fn end(&mut self, outcome: Result<Success, ApiError>) {
        self.outcome = Some(outcome);
        self.stage = Stage::Done;
    }
}

fn fault_failure(fault: Fault) -> Failure {
    let (code, message) = match fault {
        Fault::NotSent => ("connection_failed", "the connection could not be established"),
        Fault::ConnectTimedOut => ("timed_out", "the connection could not be established within the time limit"),
        Fault::TimedOut => ("timed_out", "no response arrived within the time limit"),
        Fault::Lost => ("connection_failed", "the connection was lost before the response was complete"),
        Fault::TlsFailed => ("connection_failed", "no secure connection could be established"),
        Fault::Malformed => ("unreadable_answer", "the response is not valid HTTP"),
        Fault::TooLarge => ("unreadable_answer", "the response is too long"),
        Fault::Cancelled => ("cancelled", "the call was cancelled"),
    };
    Failure { code: Cow::Borrowed(code), message: Cow::Borrowed(message), field: None, request_id: None }
}

/// 32 hexadecimal digits.
fn hexadecimal(bytes: [u8; 16]) -> String {
    alloc::format!("{:032x}", u128::from_be_bytes(bytes)).to_owned()
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("attempts", &self.attempts)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for UnexpectedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer does not match the step that the call asked for")
    }
}

impl core::error::Error for UnexpectedAnswer {}
