//! Facts about requests and responses, for hooks, traces and metrics. None of them is secret.

use alloc::string::String;
use core::time::Duration;

use super::key::Key;
use super::response::Response;

/// What is known about the last response of a call, besides its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub(super) status: Option<u16>,
    pub(super) request_id: Option<String>,
    pub(super) rate_limit: RateLimit,
}

/// The provider's rate limit, as far as a response reports it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// `X-RateLimit-Limit`: how many requests a window allows.
    pub limit: Option<u64>,
    /// `X-RateLimit-Remaining`: how many are left.
    pub remaining: Option<u64>,
    /// `X-RateLimit-Reset`, as it was sent.
    pub reset: Option<u64>,
}

/// An attempt of a call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub(super) number: u32,
    pub(super) status: Option<u16>,
    pub(super) fault: Option<&'static str>,
    pub(super) duration: Duration,
    pub(super) request_id: Option<String>,
}

impl Facts {
    pub(super) fn read(response: &Response<'_>, key: &Key) -> Self {
        let number = |name| single(response, name).and_then(whole);
        Self {
            status: Some(response.status),
            request_id: ["x-request-id", "request-id"].into_iter().find_map(|name| request_id(single(response, name)?, key)),
            rate_limit: RateLimit {
                limit: number("x-ratelimit-limit"),
                remaining: number("x-ratelimit-remaining"),
                reset: number("x-ratelimit-reset"),
            },
        }
    }

    /// The status of the response; `None` if there was none.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The provider's id of the request, from the header `X-Request-Id` or from the body of an error.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The rate limit.
    #[must_use]
    pub const fn rate_limit(&self) -> RateLimit {
        self.rate_limit
    }
}

impl Attempt {
    /// Its number, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The status of its response; `None` if there was none.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Why there was no response: the name of the fault, such as `timed_out`.
    #[must_use]
    pub const fn fault(&self) -> Option<&'static str> {
        self.fault
    }

    /// Its duration.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// The provider's id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// The value of a header that was sent once. If it was sent several times, it is unclear which value is meant.
pub(super) fn single<'r>(response: &Response<'r>, name: &str) -> Option<&'r str> {
    let mut values = response.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// A request id that is safe to show: visible ASCII without a comma, which would join the values of several headers.
pub(super) fn request_id(value: &str, key: &Key) -> Option<String> {
    let is_sound = (1..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    is_sound.then(|| key.redact(value))
}

fn whole(value: &str) -> Option<u64> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { value.parse().ok() } else { None }
}
