//! The envelope of every event.

use alloc::borrow::Cow;
use alloc::collections::TryReserveError;
use alloc::string::String;
use core::num::NonZeroUsize;

use super::timestamp::Timestamp;
use crate::bytes::ascii;
use crate::error::{Error, EventField};
use crate::json::{Document, TokenKind};
use crate::limits::MAX_ID_BYTES;

/// The fields of every event. The values of `data` and `previousData` are given as places on the tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope<'p> {
    pub(crate) id: Cow<'p, str>,
    pub(crate) event_type: Cow<'p, str>,
    pub(crate) created_at: Timestamp,
    pub(crate) live_mode: bool,
    pub(crate) data: usize,
    pub(crate) previous_data: Option<NonZeroUsize>,
}

/// The fields, in the order of the documentation.
const FIELDS: [&str; 6] = ["id", "type", "createdAt", "liveMode", "data", "previousData"];

/// The place of a missing field: that of the envelope itself.
const MISSING: usize = 0;

impl<'p> Envelope<'p> {
    /// Checks the fields one after another, in the order of the documentation.
    #[inline(always)]
    pub(crate) fn read(document: &Document<'p>) -> Result<Self, Error> {
        let [id, event_type, created_at, live_mode, data, previous_data] = find_fields(document).ok_or(EventField::Envelope)?;
        let id = document.text_at(id)?.filter(|id| is_id(id)).ok_or(EventField::Id)?;
        let event_type = document.text_at(event_type)?.filter(|name| !name.is_empty()).ok_or(EventField::Type)?;
        let created_at = document.text_at(created_at)?.and_then(|text| Timestamp::parse_rfc3339(&text));
        let created_at = created_at.ok_or(EventField::CreatedAt)?;
        let is_live = document.is(live_mode, TokenKind::True);
        if !is_live && !document.is(live_mode, TokenKind::False) {
            return Err(EventField::LiveMode.into());
        }
        if data == MISSING || !document.is(data, TokenKind::Object) {
            return Err(EventField::Data.into());
        }
        let previous_data = NonZeroUsize::new(previous_data).filter(|place| !document.is(place.get(), TokenKind::Null));
        if previous_data.is_some_and(|place| !document.is(place.get(), TokenKind::Object)) {
            return Err(EventField::PreviousData.into());
        }
        Ok(Self { id, event_type, created_at, live_mode: is_live, data, previous_data })
    }

    pub(super) fn into_owned(self) -> Envelope<'static> {
        let Self { id, event_type, created_at, live_mode, data, previous_data } = self;
        let (id, event_type) = (Cow::Owned(id.into_owned()), Cow::Owned(event_type.into_owned()));
        Envelope { id, event_type, created_at, live_mode, data, previous_data }
    }

    pub(super) fn try_into_owned(self) -> Result<Envelope<'static>, TryReserveError> {
        let (id, event_type) = (Cow::Owned(owned(self.id)?), Cow::Owned(owned(self.event_type)?));
        let Self { created_at, live_mode, data, previous_data, .. } = self;
        Ok(Envelope { id, event_type, created_at, live_mode, data, previous_data })
    }
}

/// The places of the fields' values on the tape. `None` if the envelope is not an object.
#[inline(always)]
fn find_fields(document: &Document<'_>) -> Option<[usize; 6]> {
    find_fields_in_order(document).or_else(|| find_fields_in_any_order(document))
}

/// The usual case: the documented fields in the documented order, and no others. Written out, so that each name is compared with
/// a constant.
#[inline(always)]
fn find_fields_in_order(document: &Document<'_>) -> Option<[usize; 6]> {
    let mut members = document.members()?;
    let [id, event_type, created_at, live_mode, data, previous_data] = FIELDS;
    let places = [
        members.next_if(id)?,
        members.next_if(event_type)?,
        members.next_if(created_at)?,
        members.next_if(live_mode)?,
        members.next_if(data)?,
        members.next_if(previous_data).unwrap_or(MISSING),
    ];
    members.is_done().then_some(places)
}

#[inline(never)]
fn find_fields_in_any_order(document: &Document<'_>) -> Option<[usize; 6]> {
    let mut places = [MISSING; 6];
    for (name, place) in document.members()? {
        for (field, found) in FIELDS.iter().zip(&mut places) {
            if name == **field {
                *found = place;
            }
        }
    }
    Some(places)
}

/// The text, copied unless it is owned already.
pub(super) fn owned(text: Cow<'_, str>) -> Result<String, TryReserveError> {
    match text {
        Cow::Owned(text) => Ok(text),
        Cow::Borrowed(text) => {
            let mut copy = String::new();
            copy.try_reserve_exact(text.len())?;
            copy.push_str(text);
            Ok(copy)
        }
    }
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len()) && (ascii::is_printable(id.as_bytes()) || !id.chars().any(char::is_control))
}
