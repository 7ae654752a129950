//! Invalid options and parameters, which are refused before anything is sent.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use crate::limits::{MAX_PAGE_LIMIT, MAX_RETRIES_LIMIT, MAX_TIMEOUT};

/// An invalid option of a client, or an invalid parameter of a call. Nothing was sent. Its code is `invalid_option`.
///
/// [`Display`](fmt::Display) is the message. It names the parameter as the host language spells it, and contains no part of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    parameter: Cow<'static, str>,
    index: Option<usize>,
    problem: Problem,
    names: Names,
}

/// The naming style of the host language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Names {
    /// `event_type`, as in Python, Rust and C.
    #[default]
    Snake,
    /// `eventType`, as in JavaScript and PHP.
    Camel,
}

/// What is wrong with an option or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The API key is empty or blank.
    BlankKey,
    /// The API key starts or ends with whitespace.
    KeyWithWhitespace,
    /// It is a publishable key.
    PublishableKey,
    /// It is the secret of a webhook.
    WebhookSecret,
    /// It does not begin with `sk_test_` or `sk_live_`.
    UnknownKey,
    /// It has characters that a header cannot hold.
    KeyNotAscii,
    /// The environment does not exist.
    UnknownEnvironment,
    /// The environment contradicts the key.
    OtherEnvironment,
    /// Only a sandbox offers the operation, and the key is live.
    SandboxOnly,
    /// A required parameter is missing.
    Missing,
    /// Not text.
    NotText,
    /// Not true or false.
    NotFlag,
    /// Not an object.
    NotObject,
    /// Not a list of at least one pattern.
    NotPatterns,
    /// A pattern that does not match any event type.
    MatchesNothing,
    /// Not a single event type.
    NotEventType,
    /// Not an id.
    NotId,
    /// Not one of the allowed values.
    NotChoice(&'static [&'static str]),
    /// Not a whole number in the range of a page's limit.
    NotLimit,
    /// Not a whole number.
    NotWhole,
    /// Not a number of seconds in range.
    NotSeconds,
    /// Not a number of retries in range.
    NotRetries,
    /// Not an HTTP or HTTPS URL.
    NotUrl,
    /// A URL with a user name or a password.
    UrlWithCredentials,
    /// A URL that is not HTTPS, with a live key.
    UrlNotHttps,
    /// A base URL with a query or a fragment.
    UrlWithQuery,
    /// Not a valid idempotency key.
    NotIdempotencyKey,
    /// No such option or parameter.
    Unknown,
    /// None of the optional parameters was given, and at least one is needed.
    NothingGiven,
    /// The binding passed invalid JSON.
    NotJson,
}

impl Refusal {
    pub(super) const fn new(parameter: &'static str, problem: Problem, names: Names) -> Self {
        Self { parameter: Cow::Borrowed(parameter), index: None, problem, names }
    }

    /// A parameter that does not exist. Its name is kept only if it looks like an identifier.
    pub(super) fn unknown(name: &str, names: Names) -> Self {
        let is_name = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let parameter = if is_name { Cow::Owned(String::from(name)) } else { Cow::Borrowed("") };
        Self { parameter, index: None, problem: Problem::Unknown, names }
    }

    pub(super) fn at(self, index: Option<usize>) -> Self {
        Self { index, ..self }
    }

    /// `invalid_option`: the same in every language.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_option"
    }

    /// The problem.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// The invalid option or parameter, as the host language spells it. Empty if the refusal is not about a single one.
    #[must_use]
    pub fn parameter(&self) -> Cow<'_, str> {
        match self.names {
            // The caller spelled it.
            _ if self.problem == Problem::Unknown => Cow::Borrowed(&self.parameter),
            Names::Camel => Cow::Borrowed(&self.parameter),
            Names::Snake => snake(&self.parameter),
        }
    }

    /// The usual cause and the remedy. For the log.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self.problem {
            Problem::BlankKey => {
                "An unset environment variable often arrives as an empty string. Set it where the process runs."
            }
            Problem::KeyWithWhitespace => {
                "It is usually a newline from a file or from a copied value. Strip it where the key is loaded."
            }
            Problem::PublishableKey => {
                "A publishable key (pk_) is for browsers. Managing webhooks needs the secret key (sk_) of the same account."
            }
            Problem::WebhookSecret => "A webhook's secret verifies signatures. Managing webhooks needs an API key (sk_).",
            Problem::UnknownKey | Problem::KeyNotAscii => "Copy the whole secret API key from the dashboard, and nothing else.",
            Problem::UnknownEnvironment | Problem::OtherEnvironment => {
                "The environment follows from the key: leave the option out. sk_test_ is the sandbox, sk_live_ is production."
            }
            Problem::SandboxOnly => "Use a test key (sk_test_): production has no such operation.",
            Problem::NotPatterns | Problem::MatchesNothing => {
                "A pattern is one type (payment.succeeded), a family of types (payment.*) or everything (*), without whitespace."
            }
            Problem::NotUrl | Problem::UrlWithQuery => "Give an absolute URL, such as https://yourapp.com/webhooks/payvost.",
            Problem::UrlWithCredentials => {
                "Credentials in a URL end up in logs. Put a token in the path or query, and verify the signature."
            }
            Problem::UrlNotHttps => "Production requires HTTPS. For local tests, use a test key (sk_test_).",
            Problem::NothingGiven => "Pass at least one of the optional parameters.",
            Problem::Unknown => "Check the spelling. A misspelled option must not be ignored, so it is refused.",
            _ => "Check the parameter's type and range in the documentation.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.parameter();
        match self.problem {
            Problem::Unknown if name.is_empty() => return f.write_str("unknown parameter"),
            Problem::Unknown => return write!(f, "unknown parameter `{name}`"),
            Problem::NothingGiven => return f.write_str("at least one optional parameter is required"),
            Problem::SandboxOnly => return f.write_str("this operation needs a test key: it exists in the sandbox only"),
            _ => write!(f, "`{name}`")?,
        }
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        f.write_str(match self.problem {
            Problem::BlankKey => " must not be empty or blank: is it set in this environment?",
            Problem::KeyWithWhitespace => " must not start or end with whitespace",
            Problem::PublishableKey => " must be a secret key (sk_), not a publishable one (pk_)",
            Problem::WebhookSecret => " must be an API key (sk_), not a webhook's secret",
            Problem::UnknownKey => " must start with sk_test_ or sk_live_",
            Problem::KeyNotAscii => " must consist of visible ASCII characters",
            Problem::UnknownEnvironment => " must be \"sandbox\" or \"production\"",
            Problem::OtherEnvironment => " contradicts the API key",
            Problem::Missing => " is required",
            Problem::NotText => " must be text",
            Problem::NotFlag => " must be true or false",
            Problem::NotObject => " must be an object",
            Problem::NotPatterns => " must be a list of at least one pattern",
            Problem::MatchesNothing => {
                " does not match any event type: use a type (payment.succeeded), a family (payment.*) or *"
            }
            Problem::NotEventType => " must be an event type, such as payment.succeeded",
            Problem::NotId => " must be an id of 1 to 255 bytes",
            Problem::NotChoice(values) => {
                f.write_str(" must be one of")?;
                for (index, value) in values.iter().enumerate() {
                    write!(f, "{} \"{value}\"", if index == 0 { "" } else { "," })?;
                }
                return Ok(());
            }
            Problem::NotLimit => return write!(f, " must be a whole number from 1 to {MAX_PAGE_LIMIT}"),
            Problem::NotWhole => " must be a whole number, 0 or more",
            Problem::NotSeconds => return write!(f, " must be a number of seconds from 0.001 to {}", MAX_TIMEOUT.as_secs()),
            Problem::NotRetries => return write!(f, " must be a whole number from 0 to {MAX_RETRIES_LIMIT}"),
            Problem::NotUrl => " must be an absolute http or https URL",
            Problem::UrlWithCredentials => " must not contain a user name or a password",
            Problem::UrlNotHttps => " must be an https URL when the key is live",
            Problem::UrlWithQuery => " must not contain a query or a fragment",
            Problem::NotIdempotencyKey => " must be 1 to 255 visible ASCII characters",
            Problem::NotJson => " must contain only values that JSON can represent",
            Problem::Unknown | Problem::NothingGiven | Problem::SandboxOnly => "",
        })
    }
}

impl core::error::Error for Refusal {}

/// A name as Python, Rust and C spell it. Durations are plain seconds there or have a type, so the unit is left out.
pub(super) fn snake(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix("Seconds").unwrap_or(name);
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut written = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            written.push('_');
        }
        written.push(character.to_ascii_lowercase());
    }
    Cow::Owned(written)
}
