//! What responses give away.

use super::event::MARKER;
use super::http::Answer;
use super::request::{Request, SIGNATURE};

/// The first response that gave something away, for each kind. Each holds a short quotation that is safe to print.
#[derive(Debug, Default)]
pub(crate) struct Leaks {
    pub(crate) secret: Option<String>,
    pub(crate) signature: Option<String>,
    pub(crate) trace: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) payload: Option<String>,
    pub(crate) version: Option<String>,
}

/// Typical lines of stack traces: Python, Node.js, PHP, Java, Ruby, Go, Rust, .NET.
const TRACES: &[&str] = &[
    "Traceback (most recent call last)",
    "\n    at ",
    "\\n    at ",
    "&nbsp; &nbsp;at ",
    "Stack trace:",
    "\n#0 ",
    "PHP Fatal error",
    "<b>Fatal error</b>:",
    "<b>Warning</b>:",
    "Werkzeug Debugger",
    "\tat ",
    ".rb:",
    "goroutine ",
    "panicked at",
    "stack backtrace:",
    "   at System.",
];

/// Where files of a server usually are.
const PATHS: &[&str] = &[
    "/home/",
    "/root/",
    "/usr/",
    "/var/www",
    "/var/task",
    "/srv/",
    "/opt/",
    "/app/",
    "/tmp/",
    "/Users/",
    "node_modules/",
    "site-packages/",
    "C:\\",
];

/// Headers that name software.
const SOFTWARE_HEADERS: &[&str] = &["server", "x-powered-by", "x-aspnet-version", "x-generator", "x-runtime"];

impl Leaks {
    pub(crate) fn inspect(&mut self, answer: &Answer, secret: &[u8], expected: &str, request: &Request) {
        let mut text = String::from_utf8_lossy(&answer.body).into_owned();
        for (name, value) in &answer.headers {
            text.push('\n');
            text.push_str(name);
            text.push_str(": ");
            text.push_str(&String::from_utf8_lossy(value));
        }
        let at = format!("In a response with status {}", answer.status);
        if contains(text.as_bytes(), secret) && secret.len() >= MIN_SECRET_BYTES {
            self.secret.get_or_insert_with(|| format!("{at}, the secret appears."));
        }
        // A receiver may quote a signature that it was sent.
        let was_sent = request.headers.iter().any(|(name, value)| name == SIGNATURE && contains(value, expected.as_bytes()))
            || request.query.as_ref().is_some_and(|query| query.contains(expected));
        if !was_sent && !expected.is_empty() && text.to_ascii_lowercase().contains(expected) {
            self.signature.get_or_insert_with(|| format!("{at}, the expected signature appears."));
        }
        let body = String::from_utf8_lossy(&answer.body);
        if let Some(found) = TRACES.iter().find(|trace| body.contains(**trace)) {
            self.trace.get_or_insert_with(|| format!("{at}, the body contains {:?}.", found.trim()));
        }
        if let Some(found) = PATHS.iter().find(|path| body.contains(**path)) {
            self.path.get_or_insert_with(|| format!("{at}, the body contains {found:?}."));
        }
        if body.contains(MARKER) {
            self.payload.get_or_insert_with(|| format!("{at}, the body quotes the payload."));
        }
        for name in SOFTWARE_HEADERS {
            let Some(value) = answer.header(name) else { continue };
            let value = String::from_utf8_lossy(value);
            if value.contains(|character: char| character.is_ascii_digit()) {
                let shown: String = value.chars().filter(|character| !character.is_control()).take(60).collect();
                self.version.get_or_insert_with(|| format!("The header {name} says {shown:?}."));
            }
        }
    }
}

/// A shorter one could be part of any text.
const MIN_SECRET_BYTES: usize = 6;

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaks(body: &str, header: (&str, &str), request: &Request) -> Leaks {
        let mut leaks = Leaks::default();
        let headers = vec![(header.0.to_owned(), header.1.as_bytes().to_vec())];
        let answer = Answer { status: 400, headers, body: body.into(), ..Answer::default() };
        leaks.inspect(&answer, b"whsec_secret", &"ab".repeat(32), request);
        leaks
    }

    #[test]
    fn each_kind_is_found() {
        let request = Request::signed("{}", "00");
        let none = ("Server", "nginx");
        assert!(leaks("key is whsec_secret", none, &request).secret.is_some());
        assert!(leaks("", ("X-Debug", "whsec_secret"), &request).secret.is_some());
        assert!(leaks(&format!("expected {}", "AB".repeat(32)), none, &request).signature.is_some());
        assert!(leaks("Error: no\n    at Object.<anonymous> (/srv/a.js)", none, &request).trace.is_some());
        assert!(leaks("in /var/www/index.php on line 3", none, &request).path.is_some());
        assert!(leaks(MARKER, none, &request).payload.is_some());
        assert!(leaks("", ("Server", "nginx/1.22.1"), &request).version.is_some());
    }

    #[test]
    fn an_ordinary_refusal_gives_nothing_away() {
        let request = Request::signed("{}", "ab".repeat(32));
        let quoted = format!(r#"{{"error":"malformed","got":"{}"}}"#, "ab".repeat(32));
        let found = leaks(&quoted, ("Server", "gunicorn"), &request);
        let all = [found.secret, found.signature, found.trace, found.path, found.payload, found.version];
        assert_eq!(all, [const { None }; 6]);
    }
}
