//! The parameters of a request, checked by the core as it checks a client's.

use core::ops::RangeInclusive;
use std::collections::BTreeMap;

use axum::body::Bytes;
use payvost_webhooks::Timestamp;
use payvost_webhooks::limits::{DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT};
use payvost_webhooks::manage::{CallOptions, Client, Names, Now, Operation, Refusal};
use payvost_webhooks::provide::Standing;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::ApiError;
use crate::store::{Filter, StatusFilter};

/// Parameters from path, query and body, in one JSON object.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Parameters that are there already.
    pub(crate) const fn of(object: Map<String, Value>) -> Self {
        Self(object)
    }

    /// The JSON object in a body, whatever its `Content-Type`. An empty body is an empty object.
    pub(super) fn of_body(body: &Bytes) -> Result<Self, ApiError> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(ApiError::invalid("", "The body must be a JSON object.")),
            Err(_) => Err(ApiError::invalid("", "The body is not valid JSON.")),
        }
    }

    /// The members of a query. What looks like a whole number is one.
    pub(super) fn of_query(query: BTreeMap<String, String>) -> Self {
        let value = |text: String| text.parse::<u64>().map_or(Value::String(text), Value::from);
        Self(query.into_iter().map(|(name, text)| (name, value(text))).collect())
    }

    /// Refuses every parameter.
    pub(super) fn none(self) -> Result<(), ApiError> {
        self.only(&[]).map(drop)
    }

    /// Refuses parameters of other names.
    pub(super) fn only(self, names: &[&str]) -> Result<Self, ApiError> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(unknown) => Err(ApiError::invalid(unknown, format!("There is no parameter {unknown} here."))),
            None => Ok(self),
        }
    }

    /// A whole number, or the given one where there is none.
    pub(super) fn number(&self, name: &str, otherwise: u64, range: RangeInclusive<u64>) -> Result<u64, ApiError> {
        let number = match self.0.get(name) {
            None | Some(Value::Null) => Some(otherwise),
            Some(value) => value.as_u64(),
        };
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            ApiError::invalid(name, format!("{name} must be a whole number from {} to {}.", range.start(), range.end()))
        })
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be text."))),
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Checks them against the operation's description, and reads them.
    pub(super) fn read<T: DeserializeOwned>(self, operation: Operation) -> Result<T, ApiError> {
        let value = Value::Object(self.0);
        check(operation, &value)?;
        serde_json::from_value(value).map_err(|_| ApiError::invalid("", "The parameters have the wrong types."))
    }
}

fn check(operation: Operation, parameters: &Value) -> Result<(), ApiError> {
    refusal(operation, parameters).map_or(Ok(()), |refusal| Err(ApiError::invalid(refusal.parameter(), refusal.to_string())))
}

/// Why a client would not send these parameters. The sandbox refuses them for the same reason.
pub(crate) fn refusal(operation: Operation, parameters: &Value) -> Option<Refusal> {
    let now = Now { elapsed_ms: 0, unix_ms: 0 };
    Client::builder("sk_test_sandbox")
        .names(Names::Camel)
        .build()
        .and_then(|client| {
            client.call(operation, parameters.to_string().as_bytes(), &CallOptions::default(), [0; 16], now).map(drop)
        })
        .err()
}

/// A member that can be absent, null, or given.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize)]
pub(super) struct Create {
    pub(super) url: String,
    pub(super) events: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Update {
    pub(super) url: Option<String>,
    pub(super) events: Option<Vec<String>>,
    pub(super) enabled: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    pub(super) description: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) metadata: Option<Option<Map<String, Value>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct List {
    limit: Option<usize>,
    pub(super) offset: Option<u64>,
    status: Option<String>,
}

impl List {
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_PAGE_LIMIT)
    }

    pub(super) fn status(&self) -> Option<StatusFilter> {
        self.status.as_deref().map(|status| match status {
            "pending" => StatusFilter::Pending,
            "succeeded" => StatusFilter::Succeeded,
            _ => StatusFilter::Failed,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Advance {
    #[serde(default)]
    hours: u64,
    #[serde(default)]
    minutes: u64,
    #[serde(default)]
    seconds: u64,
}

/// The longest advance: a year.
const MAX_ADVANCE_MS: u64 = 366 * 86_400_000;

impl Advance {
    pub(super) fn ms(&self) -> Result<u64, ApiError> {
        let seconds =
            self.hours.saturating_mul(3_600).saturating_add(self.minutes.saturating_mul(60)).saturating_add(self.seconds);
        let ms = seconds.saturating_mul(1_000);
        if ms > MAX_ADVANCE_MS {
            Err(ApiError::invalid("hours", "The clock can be advanced by a year at most."))
        } else {
            Ok(ms)
        }
    }
}

/// Which deliveries a list has.
#[derive(Debug)]
pub(super) struct DeliveryList {
    pub(super) webhook_id: Option<String>,
    /// Without the webhook.
    pub(super) filter: Filter,
}

impl DeliveryList {
    pub(super) fn read(mut query: BTreeMap<String, String>) -> Result<Self, ApiError> {
        let webhook_id = query.remove("webhookId");
        let standing = match query.remove("status").as_deref() {
            None => None,
            Some("pending") => Some(Standing::Pending),
            Some("delivered") => Some(Standing::Delivered),
            Some("failed") => Some(Standing::Failed),
            Some(_) => return Err(ApiError::invalid("status", "status must be pending, delivered or failed.")),
        };
        let since = match query.remove("since") {
            None => 0,
            Some(since) => unix_ms(&since).ok_or_else(not_a_time)?,
        };
        let before = match query.remove("cursor") {
            None => None,
            Some(cursor) => match super::json::delivery_of(&cursor) {
                None => return Err(ApiError::invalid("cursor", "cursor must be the nextCursor of another page.")),
                number => number,
            },
        };
        let limit = match query.remove("limit").map(|limit| limit.parse()) {
            None => DEFAULT_PAGE_LIMIT,
            Some(Ok(limit @ 1..=MAX_PAGE_LIMIT)) => limit,
            Some(_) => return Err(ApiError::invalid("limit", format!("limit must be from 1 to {MAX_PAGE_LIMIT}."))),
        };
        let event_type = query.remove("eventType");
        Parameters::of_query(query).none()?;
        Ok(Self { webhook_id, filter: Filter { webhook: None, standing, event_type, since, before, limit } })
    }
}

/// Which deliveries are sent again.
#[derive(Debug)]
pub(crate) struct ResendFailed;

impl ResendFailed {
    /// Since when, in milliseconds since the Unix epoch.
    pub(crate) fn read(body: &Bytes) -> Result<u64, ApiError> {
        let parameters = Parameters::of_body(body)?.only(&["since"])?;
        match parameters.0.get("since") {
            None | Some(Value::Null) => Ok(0),
            Some(since) => since.as_str().and_then(unix_ms).ok_or_else(not_a_time),
        }
    }
}

fn not_a_time() -> ApiError {
    ApiError::invalid("since", "since must be a time in RFC 3339, such as 2025-11-01T10:00:00Z.")
}

/// A time in RFC 3339, in milliseconds since the Unix epoch.
fn unix_ms(text: &str) -> Option<u64> {
    let time = Timestamp::parse_rfc3339(text)?;
    let seconds = u64::try_from(time.unix_seconds()).ok()?;
    seconds.checked_mul(1_000)?.checked_add(u64::from(time.subsec_nanoseconds() / 1_000_000))
}

/// An event that somebody asks for. Its data keeps the bytes in which it was written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    pub(crate) event_type: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Option<Box<RawValue>>,
}

impl Event {
    /// Reads the body of a request that publishes an event. `operation` says which members there can be.
    pub(crate) fn read(body: &Bytes, operation: Operation, id: &str) -> Result<Self, ApiError> {
        Parameters::of_body(body)?.with("id", id).read::<Value>(operation)?;
        serde_json::from_slice(body).map_err(|_| ApiError::invalid("", "The parameters have the wrong types."))
    }

    /// The same with an event's id of one's own.
    pub(crate) fn read_with_id(body: &Bytes) -> Result<Self, ApiError> {
        let mut parameters = Parameters::of_body(body)?;
        let id = parameters.0.shift_remove("id");
        check(Operation::TestingTriggerWebhook, &Value::Object(parameters.with("id", "any").0))?;
        if id.is_some_and(|id| !id.is_string()) {
            return Err(ApiError::invalid("id", "id must be text."));
        }
        serde_json::from_slice(body).map_err(|_| ApiError::invalid("", "The parameters have the wrong types."))
    }
}
