//! The HTTP request.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use zeroize::Zeroizing;

use super::client::Settings;
use super::key::Key;
use super::operation::Method;
use super::parameters::Parameters;
use super::write;
use crate::limits::MAX_ANSWER_BYTES;

/// The response headers that a [`Call`](super::Call) reads. A host need not pass on any others.
pub const ANSWER_HEADERS: [&str; 6] =
    ["retry-after", "x-request-id", "request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

/// An HTTP request, to be sent unchanged and only to this URL: turn redirects off, and add nothing from a `.netrc` file.
pub struct Request {
    method: Method,
    url: String,
    headers: Vec<(&'static str, Zeroizing<String>)>,
    body: Option<String>,
    pub(super) time_limit: Option<Duration>,
    live: bool,
}

impl Request {
    pub(super) fn new(method: Method, parameters: &Parameters, settings: &Settings, idempotency_key: Option<String>) -> Self {
        let body = parameters.body();
        let mut headers = alloc::vec![
            ("Authorization", settings.key.authorization()),
            ("Accept", Zeroizing::new("application/json".into())),
            ("User-Agent", Zeroizing::new(settings.agent.clone())),
        ];
        if body.is_some() {
            headers.push(("Content-Type", Zeroizing::new("application/json".into())));
        }
        if let Some(key) = idempotency_key {
            headers.push(("Idempotency-Key", Zeroizing::new(key)));
        }
        let url = settings.base_url.clone() + &parameters.target();
        Self { method, url, headers, body, time_limit: None, live: settings.key.is_live() }
    }

    /// `GET`, `POST`, `PATCH` or `DELETE`.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method.as_str()
    }

    /// The absolute URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers. `Authorization` contains the API key: never log them.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref().map(str::as_bytes)
    }

    /// The time limit of this attempt, from connecting to the last byte of the response. `None`: no limit.
    #[must_use]
    pub const fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    /// The longest response body to read, after decompression. If it is longer, stop and feed
    /// [`Fault::TooLarge`](super::Fault::TooLarge).
    #[must_use]
    pub const fn max_answer_bytes(&self) -> usize {
        MAX_ANSWER_BYTES
    }

    /// The request as JSON to show to a person, with the API key redacted: `method`, `url`, `headers` and `body`.
    #[must_use]
    pub fn to_redacted_json(&self) -> String {
        let mut headers = String::from("{");
        for (name, value) in self.headers() {
            let mut text = String::new();
            write::string(if name == "Authorization" { Key::redacted(self.live) } else { value }, &mut text);
            write::member(name, &text, &mut headers);
        }
        headers.push('}');
        let mut json = String::from("{");
        let mut text = String::new();
        write::string(&self.url, &mut text);
        write::member("method", &alloc::format!("\"{}\"", self.method()), &mut json);
        write::member("url", &text, &mut json);
        write::member("headers", &headers, &mut json);
        write::member("body", self.body.as_deref().unwrap_or("null"), &mut json);
        json.push('}');
        json
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method()).field("url", &self.url).finish_non_exhaustive()
    }
}
