//! The envelope that every event comes in.

use alloc::borrow::Cow;

use crate::error::{Error, EventField};
use crate::json::{Document, Kind, TokenKind, Value};
use crate::timestamp::Timestamp;

/// A verified event: a typed view of the payload, which it borrows.
///
/// ```
/// use payvost_webhooks::{sign, verify_webhook};
///
/// let payload = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",
///                    "liveMode":true,"data":{"id":"pay_1","amount":"99.99"},"previousData":null}"#;
/// let event = verify_webhook(payload, &sign(payload, "whsec_example")?, "whsec_example")?;
///
/// assert_eq!((event.id(), event.event_type(), event.live_mode()), ("evt_1", "payment.succeeded", true));
/// assert_eq!(event.pointer("/data/amount").and_then(|amount| amount.as_str()).as_deref(), Some("99.99"));
/// assert!(event.previous_data().is_none());
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'p> {
    document: Document<'p>,
    id: Cow<'p, str>,
    event_type: Cow<'p, str>,
    created_at: Timestamp,
    live_mode: bool,
    data: usize,
    previous_data: Option<usize>,
    matching_secret: usize,
}

/// The longest `id`, in bytes of UTF-8.
const MAX_ID_BYTES: usize = 255;

impl<'p> Event<'p> {
    /// The event's identity (`id`): the same in every attempt to deliver it, so remember it to act once.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What happened (`type`), such as `payment.succeeded`. The list is open: expect types that you do not know.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// When it happened (`createdAt`). Retries keep it.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Whether real money is meant (`liveMode`).
    #[must_use]
    pub fn live_mode(&self) -> bool {
        self.live_mode
    }

    /// What it happened to (`data`), always an object. Its content is the provider's and is not checked.
    #[must_use]
    pub fn data(&self) -> Value<'_> {
        self.document.value(self.data)
    }

    /// What `data` was before (`previousData`); `None` when the payload has `null` there or nothing.
    #[must_use]
    pub fn previous_data(&self) -> Option<Value<'_>> {
        self.previous_data.map(|index| self.document.value(index))
    }

    /// The whole payload as a value, unknown fields included.
    #[must_use]
    pub fn as_value(&self) -> Value<'_> {
        self.document.root()
    }

    /// The value that a JSON Pointer (RFC 6901) names, such as `/data/customer/email`.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value<'_>> {
        self.as_value().pointer(pointer)
    }

    /// Which secret made the signature: its position among the verifier's, the first of them when one was given twice.
    ///
    /// While a secret is rotated, this shows when the old one has gone out of use and can be retired.
    #[must_use]
    pub fn matching_secret(&self) -> usize {
        self.matching_secret
    }

    /// The payload as text.
    #[must_use]
    pub fn payload(&self) -> &'p str {
        self.document.text()
    }

    /// Checks the envelope, field by field in the order of the documentation.
    pub(crate) fn from_document(document: Document<'p>, matching_secret: usize) -> Result<Self, Error> {
        let fields = Fields::find(&document)?;
        let kind = |index| document.token_kind(index);
        let id = fields.string(&document, fields.id).filter(|id| is_id(id)).ok_or(EventField::Id)?;
        let event_type = fields.string(&document, fields.event_type).filter(|name| !name.is_empty()).ok_or(EventField::Type)?;
        let created_at = fields
            .string(&document, fields.created_at)
            .and_then(|text| Timestamp::parse_rfc3339(&text))
            .ok_or(EventField::CreatedAt)?;
        let live_mode = match fields.live_mode.and_then(kind) {
            Some(TokenKind::True) => true,
            Some(TokenKind::False) => false,
            _ => return Err(EventField::LiveMode.into()),
        };
        let data = fields.data.filter(|index| kind(*index) == Some(TokenKind::Object)).ok_or(EventField::Data)?;
        let previous_data = match fields.previous_data.and_then(kind) {
            Some(TokenKind::Object) => fields.previous_data,
            Some(TokenKind::Null) | None => None,
            Some(_) => return Err(EventField::PreviousData.into()),
        };
        Ok(Self { id, event_type, created_at, live_mode, data, previous_data, matching_secret, document })
    }
}

/// Where the fields of the envelope lie.
#[derive(Default)]
struct Fields {
    id: Option<usize>,
    event_type: Option<usize>,
    created_at: Option<usize>,
    live_mode: Option<usize>,
    data: Option<usize>,
    previous_data: Option<usize>,
}

impl Fields {
    fn find(document: &Document<'_>) -> Result<Self, Error> {
        let Kind::Object(members) = document.root().kind() else { return Err(EventField::Envelope.into()) };
        let mut fields = Self::default();
        for (key, value) in members {
            let decoded;
            let name = if key.is_escaped() {
                decoded = key.decode();
                &decoded
            } else {
                key.raw()
            };
            let field = match name {
                "id" => &mut fields.id,
                "type" => &mut fields.event_type,
                "createdAt" => &mut fields.created_at,
                "liveMode" => &mut fields.live_mode,
                "data" => &mut fields.data,
                "previousData" => &mut fields.previous_data,
                _ => continue,
            };
            *field = Some(value.index());
        }
        Ok(fields)
    }

    #[inline]
    fn string<'p>(&self, document: &Document<'p>, index: Option<usize>) -> Option<Cow<'p, str>> {
        document.string(index?).map(|string| string.decode())
    }
}

impl From<EventField> for Error {
    fn from(field: EventField) -> Self {
        Self::InvalidEvent(field)
    }
}

fn is_id(id: &str) -> bool {
    // Looks at all of them, since that is quicker than to stop at the first that is not plain.
    let plain = |id: &str| id.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    (1..=MAX_ID_BYTES).contains(&id.len()) && (plain(id) || !id.chars().any(char::is_control))
}
