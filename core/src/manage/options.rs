//! Options of one call.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::parameters::{read_object, whole};
use super::refusal::{Names, Problem, Refusal, snake};
use crate::json::{Kind, Value};
use crate::limits::{MAX_RETRIES_LIMIT, MAX_TIMEOUT};

/// Options of one call, which override the client's.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// The time limit of one attempt.
    pub timeout: Option<Duration>,
    /// The time limit of the call, including its retries and pauses.
    pub deadline: Option<Duration>,
    /// The maximum number of retries.
    pub max_retries: Option<u32>,
    /// Whether the operation is safe to repeat. If so, a POST is retried like any other method.
    pub idempotent: bool,
    /// The `Idempotency-Key` of a POST, instead of a random one.
    pub idempotency_key: Option<String>,
}

impl CallOptions {
    /// Reads an object: `timeoutSeconds`, `deadlineSeconds`, `maxRetries`, `idempotent`, `idempotencyKey`; in snake case `timeout`,
    /// `deadline`, `max_retries`, `idempotent`, `idempotency_key`. Empty input counts as an empty object.
    ///
    /// # Errors
    ///
    /// If an option does not exist, or its value is invalid.
    pub fn from_json(json: &[u8], names: Names) -> Result<Self, Refusal> {
        let mut options = Self::default();
        read_object(json, "options", names, &[0; 16], |name, value| {
            match option(name, names, &NAMES) {
                Some("timeoutSeconds") => options.timeout = duration("timeoutSeconds", value, names)?,
                Some("deadlineSeconds") => options.deadline = duration("deadlineSeconds", value, names)?,
                Some("maxRetries") => options.max_retries = retries(value, names)?,
                Some("idempotent") => options.idempotent = flag("idempotent", value, names)?.unwrap_or_default(),
                Some("idempotencyKey") => options.idempotency_key = text("idempotencyKey", value, names)?,
                _ => return Err(Refusal::unknown(name, names)),
            }
            Ok(())
        })?;
        options.check(names)?;
        Ok(options)
    }

    pub(super) fn check(&self, names: Names) -> Result<(), Refusal> {
        check_duration("timeoutSeconds", self.timeout, names)?;
        check_duration("deadlineSeconds", self.deadline, names)?;
        check_retries(self.max_retries, names)?;
        let is_sendable = |key: &String| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if self.idempotency_key.as_ref().is_some_and(|key| !is_sendable(key)) {
            return Err(Refusal::new("idempotencyKey", Problem::NotIdempotencyKey, names));
        }
        Ok(())
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}

const NAMES: [&str; 5] = ["timeoutSeconds", "deadlineSeconds", "maxRetries", "idempotent", "idempotencyKey"];

/// The option with this name in the host language.
pub(super) fn option(name: &str, names: Names, all: &[&'static str]) -> Option<&'static str> {
    all.iter().copied().find(|option| match names {
        Names::Camel => *option == name,
        Names::Snake => snake(option) == name,
    })
}

pub(super) fn text(name: &'static str, value: Value<'_>, names: Names) -> Result<Option<String>, Refusal> {
    match value.kind() {
        Kind::Null => Ok(None),
        Kind::String(text) => Ok(Some((*text.decode()).to_owned())),
        _ => Err(Refusal::new(name, Problem::NotText, names)),
    }
}

fn flag(name: &'static str, value: Value<'_>, names: Names) -> Result<Option<bool>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    value.as_bool().map(Some).ok_or_else(|| Refusal::new(name, Problem::NotFlag, names))
}

pub(super) fn duration(name: &'static str, value: Value<'_>, names: Names) -> Result<Option<Duration>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    let duration = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.map(Some).ok_or_else(|| Refusal::new(name, Problem::NotSeconds, names))
}

pub(super) fn retries(value: Value<'_>, names: Names) -> Result<Option<u32>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    let retries = whole(value).and_then(|number| u32::try_from(number).ok());
    retries.map(Some).ok_or_else(|| Refusal::new("maxRetries", Problem::NotRetries, names))
}

pub(super) fn check_duration(name: &'static str, duration: Option<Duration>, names: Names) -> Result<(), Refusal> {
    match duration {
        Some(duration) if duration < Duration::from_millis(1) || duration > MAX_TIMEOUT => {
            Err(Refusal::new(name, Problem::NotSeconds, names))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_retries(retries: Option<u32>, names: Names) -> Result<(), Refusal> {
    let most = u32::try_from(MAX_RETRIES_LIMIT).unwrap_or(u32::MAX);
    if retries.is_some_and(|retries| retries > most) {
        return Err(Refusal::new("maxRetries", Problem::NotRetries, names));
    }
    Ok(())
}
