//! Reading a response.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::error::code_of_status;
use super::facts::request_id;
use super::key::Key;
use super::operation::Shape;
use super::read::Read;
use super::response::Response;
use crate::json::{Document, Kind, Token, Value};
use crate::limits::MAX_ANSWER_BYTES;

/// A call that succeeded.
#[derive(Clone, PartialEq, Eq)]
pub struct Success {
    pub(super) data: String,
    pub(super) total: Option<u64>,
    pub(super) count: u64,
    pub(super) attempts: u32,
}

/// The parsed data of a response: see [`Success::read`].
pub struct Data {
    text: String,
    tape: Vec<Token>,
}

/// A failure that a response describes.
pub(super) struct Failure {
    pub(super) code: Cow<'static, str>,
    pub(super) message: Cow<'static, str>,
    pub(super) field: Option<String>,
    pub(super) request_id: Option<String>,
}

impl Success {
    /// Success without data.
    pub(super) fn nothing() -> Self {
        Self { data: "null".into(), total: None, count: 0, attempts: 0 }
    }

    /// The `data` of the response as JSON: an object, or for a page the list of its entries. `null` if there is none. It can contain a
    /// webhook's secret.
    #[must_use]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The parsed data.
    #[must_use]
    pub fn read(&self) -> Data {
        // It is part of a response that was parsed before.
        let tape =
            Document::parse(self.data.as_bytes(), &[0; 16]).map_or_else(|_| Vec::new(), |document| document.into_parts().1);
        Data { text: self.data.clone(), tape }
    }

    /// For a page: the number of entries on all pages, if the server reports it.
    #[must_use]
    pub const fn total(&self) -> Option<u64> {
        self.total
    }

    /// For a page: the number of its entries.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The number of requests, including those that could not be sent.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl Data {
    /// The data as one of the documented objects, or as a list of them.
    #[must_use]
    pub fn object<T: Read>(&self) -> T {
        T::read(self.value()).unwrap_or_default()
    }

    /// The value, including undocumented fields.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        Value::new(&self.text, &self.tape, 0)
    }
}

/// Reads a response. Its body can make a failure of a 2xx status.
pub(super) fn read(response: &Response<'_>, shape: Shape, key: &Key, hash_key: &[u8; 16]) -> Result<Success, Failure> {
    let status = response.status;
    let is_success = (200..300).contains(&status);
    if is_success && response.body.is_empty() && matches!(shape, Shape::Anything) {
        return Ok(Success::nothing());
    }
    if response.body.len() > MAX_ANSWER_BYTES {
        return Err(unreadable("the response is too long"));
    }
    let Ok(document) = Document::parse(response.body, hash_key) else {
        return Err(unreadable(if is_redirect(status) { REDIRECT } else { "the response is not JSON" }));
    };
    let (text, tape) = document.into_parts();
    let value = Value::new(text, &tape, 0);
    let Kind::Object(_) = value.kind() else { return Err(unreadable("the response is not a JSON object")) };
    let error = value.get("error").filter(|error| !error.is_null());
    match value.get("success").map(Value::as_bool) {
        _ if !is_success => Err(failure(error, value, status, key)),
        Some(Some(false)) => Err(failure(error, value, status, key)),
        Some(None) => Err(unreadable("`success` in the response is neither true nor false")),
        None if error.is_some() => Err(failure(error, value, status, key)),
        Some(Some(true)) | None => success(value, shape).ok_or_else(|| unreadable("the response lacks the expected data")),
    }
}

/// The data of a response, if it has the expected shape. Other fields are not checked: the provider may add and change them.
fn success(answer: Value<'_>, shape: Shape) -> Option<Success> {
    let data = answer.get("data");
    let found = |data: Value<'_>, total, count| Success { data: data.raw().to_owned(), total, count, attempts: 0 };
    match shape {
        Shape::Anything => Some(data.map_or_else(Success::nothing, |data| found(data, None, 0))),
        Shape::Object(checked) => {
            let data = data?;
            let Kind::Object(_) = data.kind() else { return None };
            let is_text = |name: &&str| data.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            checked.iter().all(is_text).then(|| found(data, None, 0))
        }
        Shape::Page => {
            // Either a list, or an object with the list and its total.
            let data = data?;
            let (list, holder) = match data.get("data") {
                Some(list) => (list, data),
                None => (data, answer),
            };
            let Kind::Array(entries) = list.kind() else { return None };
            let are_objects = entries.into_iter().all(|entry| matches!(entry.kind(), Kind::Object(_)));
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            are_objects.then(|| found(list, total(holder), count))
        }
    }
}

/// The number of entries on all pages.
fn total(holder: Value<'_>) -> Option<u64> {
    let total = |value: Value<'_>| match value.get("total")?.kind() {
        Kind::Number(number) => number.as_u64(),
        _ => None,
    };
    total(holder).or_else(|| total(holder.get("pagination")?)).or_else(|| total(holder.get("meta")?))
}

/// The error in a response. The provider documents two forms: with `code`, and with `type` instead.
fn failure(error: Option<Value<'_>>, answer: Value<'_>, status: u16, key: &Key) -> Failure {
    let in_error = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let code = ["code", "type"].into_iter().find_map(|name| in_error(name).filter(|code| is_code(&key.redact(code))));
    let message = in_error("message")
        .or_else(|| error.and_then(Value::as_str))
        .or_else(|| answer.get("message").and_then(Value::as_str))
        .map(|message| printable(&message, key))
        .filter(|message| !message.is_empty());
    Failure {
        code: code.map_or(Cow::Borrowed(code_of_status(status)), |code| Cow::Owned(code.into_owned())),
        message: message.map_or(Cow::Borrowed(if is_redirect(status) { REDIRECT } else { SILENT }), Cow::Owned),
        field: in_error("field").map(|field| printable(&field, key)).filter(|field| !field.is_empty()),
        request_id: in_error("requestId").and_then(|id| request_id(&id, key)),
    }
}

const REDIRECT: &str = "the response is a redirect, and redirects are not followed";
const SILENT: &str = "the server refused the request without giving a reason";

const fn is_redirect(status: u16) -> bool {
    matches!(status, 300..400)
}

const fn unreadable(message: &'static str) -> Failure {
    Failure { code: Cow::Borrowed("unreadable_answer"), message: Cow::Borrowed(message), field: None, request_id: None }
}

fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A text from the provider, made safe for a log: one line, of limited length, and without the key.
fn printable(text: &str, key: &Key) -> String {
    const MOST: usize = 500;
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    key.redact(text).chars().take(MOST).map(|c| if breaks(c) { '?' } else { c }).collect()
}

impl fmt::Debug for Success {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Success").field("bytes", &self.data.len()).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}
