//! The parameters of a call: checking them, and placing them in path, query and body.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::api::Operation;
use super::operation::{Kind, Parameter, Place};
use super::refusal::{Names, Problem, Refusal, snake};
use super::url::Url;
use super::write;
use crate::json::{Document, Kind as JsonKind, Value};
use crate::limits::{MAX_ID_BYTES, MAX_PAGE_LIMIT, MAX_PAYLOAD_BYTES_LIMIT};
use crate::pattern::Pattern;

/// Valid parameters, each as JSON.
pub(super) struct Parameters {
    operation: Operation,
    given: Vec<(&'static Parameter, String)>,
}

impl Parameters {
    /// Reads an object. Null counts as absent, except where null clears a field. An empty list counts as an empty object, since PHP has
    /// one type for both.
    pub(super) fn read(
        operation: Operation,
        json: &[u8],
        live: bool,
        names: Names,
        hash_key: &[u8; 16],
    ) -> Result<Self, Refusal> {
        let spec = operation.spec();
        if spec.sandbox && live {
            return Err(Refusal::new("", Problem::SandboxOnly, names));
        }
        let mut values: Vec<Option<String>> = alloc::vec![None; spec.parameters.len()];
        read_object(json, "parameters", names, hash_key, |name, value| {
            let is_it = |parameter: &Parameter| match names {
                Names::Camel => parameter.name == name,
                Names::Snake => snake(parameter.name) == name,
            };
            let place = spec.parameters.iter().position(is_it).ok_or_else(|| Refusal::unknown(name, names))?;
            if let (Some(slot), Some(parameter)) = (values.get_mut(place), spec.parameters.get(place)) {
                *slot = check(parameter, value, live)
                    .map_err(|(problem, index)| Refusal::new(parameter.name, problem, names).at(index))?;
            }
            Ok(())
        })?;
        let mut given = Vec::new();
        for (parameter, value) in spec.parameters.iter().zip(values) {
            match value {
                Some(value) => given.push((parameter, value)),
                None if parameter.required => return Err(Refusal::new(parameter.name, Problem::Missing, names)),
                None => {}
            }
        }
        if spec.needs_one && given.iter().all(|(parameter, _)| parameter.required) {
            return Err(Refusal::new("", Problem::NothingGiven, names));
        }
        Ok(Self { operation, given })
    }

    /// The path with its query.
    pub(super) fn target(&self) -> String {
        let mut target = self.path();
        for (parameter, json) in self.placed(Place::Query) {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(parameter.name);
            target.push('=');
            percent_encode(plain(json), &mut target);
        }
        target
    }

    /// The path without the query.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        let mut rest = self.operation.route();
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            path.push_str(before);
            if let Some((_, json)) = self.given.iter().find(|(parameter, _)| parameter.name == name) {
                percent_encode(plain(json), &mut path);
            }
            rest = after;
        }
        path.push_str(rest);
        path
    }

    /// The body, if the operation has one.
    pub(super) fn body(&self) -> Option<String> {
        self.operation.spec().parameters.iter().find(|parameter| parameter.place == Place::Body)?;
        let mut body = String::from("{");
        for (parameter, json) in self.placed(Place::Body) {
            write::member(parameter.name, json, &mut body);
        }
        body.push('}');
        Some(body)
    }

    /// The offset of the page.
    pub(super) fn offset(&self) -> u64 {
        self.given.iter().find(|(parameter, _)| parameter.name == "offset").and_then(|(_, json)| json.parse().ok()).unwrap_or(0)
    }

    /// The same parameters with another offset, as JSON.
    pub(super) fn with_offset(&self, offset: u64, names: Names) -> String {
        let mut json = String::from("{");
        for parameter in self.operation.spec().parameters {
            let name = match names {
                Names::Camel => parameter.name.into(),
                Names::Snake => snake(parameter.name),
            };
            if parameter.name == "offset" {
                write::member(&name, &offset.to_string(), &mut json);
            } else if let Some((_, value)) = self.given.iter().find(|(given, _)| given.name == parameter.name) {
                write::member(&name, value, &mut json);
            }
        }
        json.push('}');
        json
    }

    fn placed(&self, place: Place) -> impl Iterator<Item = (&'static Parameter, &str)> {
        self.given
            .iter()
            .filter(move |(parameter, _)| parameter.place == place)
            .map(|(parameter, json)| (*parameter, json.as_str()))
    }
}

/// Calls `each` for every member of an object. Empty input, null and an empty list count as an empty object.
pub(super) fn read_object(
    json: &[u8],
    what: &'static str,
    names: Names,
    hash_key: &[u8; 16],
    mut each: impl FnMut(&str, Value<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if json.is_empty() {
        return Ok(());
    }
    let refused = |problem| Refusal::new(what, problem, names);
    if json.len() > MAX_PAYLOAD_BYTES_LIMIT {
        return Err(refused(Problem::NotJson));
    }
    let (text, tape) = Document::parse(json, hash_key).map_err(|_| refused(Problem::NotJson))?.into_parts();
    match Value::new(text, &tape, 0).kind() {
        JsonKind::Object(members) => members.into_iter().try_for_each(|(name, value)| each(&name.decode(), value)),
        JsonKind::Array(elements) if elements.is_empty() => Ok(()),
        JsonKind::Null => Ok(()),
        _ => Err(refused(Problem::NotObject)),
    }
}

/// The value of a whole number, which a host may have written as `50.0`.
pub(super) fn whole(value: Value<'_>) -> Option<u64> {
    let JsonKind::Number(number) = value.kind() else { return None };
    let text = match number.as_str().split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        _ => number.as_str(),
    };
    let value = if text == "-0" { 0 } else { text.parse().ok()? };
    // Beyond it, doubles skip numbers, and a server that uses them would read a different one.
    (value <= 1 << 53).then_some(value)
}

type Checked = Result<Option<String>, (Problem, Option<usize>)>;

/// The JSON to send for a value; `None` if it counts as absent.
fn check(parameter: &Parameter, value: Value<'_>, live: bool) -> Checked {
    if value.is_null() {
        return Ok(parameter.nullable.then(|| "null".into()));
    }
    let text = |problem| value.as_str().ok_or((problem, None));
    let refused = |problem| Err((problem, None));
    match parameter.kind {
        Kind::Id => {
            let id = text(Problem::NotId)?;
            // A segment of one or two dots would change the path (RFC 3986 §5.2.4).
            if id.is_empty() || id.len() > MAX_ID_BYTES || id.chars().any(char::is_control) || matches!(&*id, "." | "..") {
                return refused(Problem::NotId);
            }
        }
        Kind::Text => drop(text(Problem::NotText)?),
        Kind::Url => Url::check(&text(Problem::NotUrl)?, live).map_err(|problem| (problem, None))?,
        Kind::Patterns => {
            let JsonKind::Array(patterns) = value.kind() else { return refused(Problem::NotPatterns) };
            if patterns.is_empty() {
                return refused(Problem::NotPatterns);
            }
            for (index, pattern) in patterns.into_iter().enumerate() {
                if pattern.as_str().is_none_or(|pattern| Pattern::parse(&pattern).is_none()) {
                    return Err((Problem::MatchesNothing, Some(index)));
                }
            }
        }
        Kind::EventType => {
            if !matches!(Pattern::parse(&text(Problem::NotEventType)?), Some(Pattern::Type(_))) {
                return refused(Problem::NotEventType);
            }
        }
        Kind::Flag => drop(value.as_bool().ok_or((Problem::NotFlag, None))?),
        Kind::Limit => {
            let most = u64::try_from(MAX_PAGE_LIMIT).unwrap_or(u64::MAX);
            return match whole(value) {
                Some(limit) if (1..=most).contains(&limit) => Ok(Some(limit.to_string())),
                _ => refused(Problem::NotLimit),
            };
        }
        Kind::Whole => return whole(value).map_or_else(|| refused(Problem::NotWhole), |number| Ok(Some(number.to_string()))),
        Kind::Choice(values) => {
            if value.as_str().is_none_or(|text| !values.contains(&&*text)) {
                return refused(Problem::NotChoice(values));
            }
        }
        Kind::Object => match value.kind() {
            JsonKind::Object(_) => {}
            JsonKind::Array(elements) if elements.is_empty() => return Ok(Some("{}".into())),
            _ => return refused(Problem::NotObject),
        },
    }
    let mut json = String::new();
    write::value(value, &mut json);
    Ok(Some(json))
}

/// The text of a JSON string that [`write::string`] wrote, or the number itself.
fn plain(json: &str) -> String {
    let Ok(document) = Document::parse(json.as_bytes(), &[0; 16]) else { return String::new() };
    let (text, tape) = document.into_parts();
    let value = Value::new(text, &tape, 0);
    value.as_str().map_or_else(|| json.into(), |text| text.into_owned())
}

/// Encodes everything except the unreserved characters of RFC 3986 §2.3.
fn percent_encode(text: String, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 0xf] {
                out.extend(HEX.get(usize::from(digit)).copied().map(char::from));
            }
        }
    }
}
