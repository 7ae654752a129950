"""The Rust sources below ``core/src/events``."""

import json
import re

from catalogue import STRING_TYPES, pascal

NOTICE = (
    "// Made by `make generate` from core/contract/events.toml: edit that file, not this one.\n"
)
KEYWORDS = {"as", "for", "in", "loop", "match", "move", "ref", "type", "use", "where"}


def samples(catalogue):
    arms = "\n".join(
        f'        "{event.type}" => r#"{event.sample}"#,' for event in catalogue.events
    )
    types = "\n".join(f'    "{event.type}",' for event in catalogue.events)
    values = [json.loads(event.sample) for event in catalogue.events]
    names = "\n".join(f'    "{name}",' for name in dict.fromkeys(keys(values)))
    return f"""{NOTICE}
pub(super) const EVENT_TYPES: &[&str] = &[
{types}
];

pub(super) const DOCUMENTED_KEYS: &[&str] = &[
{names}
];

pub(super) fn sample_event(event_type: &str) -> Option<&'static str> {{
    Some(match event_type {{
{arms}
        _ => return None,
    }})
}}
"""


def keys(value):
    """The keys of all objects in a value, including duplicates."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            yield from keys(element)


def views(catalogue):
    variants = "\n".join(
        f"    /// `{event.type}`: {clause(event.description)}\n    {event.name}({event.name}<'e>),"
        for event in catalogue.events
    )
    arms = "\n".join(
        f'            "{event.type}" => TypedEvent::{event.name}({event.name}(Content::of(self))),'
        for event in catalogue.events
    )
    return f"""{NOTICE}
use alloc::borrow::Cow;

use super::content::{{Content, Metadata, object, text, texts}};
use crate::json::Value;
use crate::verify::Event;

/// An event by its type, from [`Event::typed`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TypedEvent<'e> {{
{variants}
    /// Any other type: the list is open.
    Unknown(&'e Event<'e>),
}}

impl Event<'_> {{
    /// The event by its type: a typed view for each of the documented ones.
    #[must_use]
    pub fn typed(&self) -> TypedEvent<'_> {{
        match self.event_type() {{
{arms}
            _ => TypedEvent::Unknown(self),
        }}
    }}
}}
{"".join(map(event_view, catalogue.events))}{"".join(map(object_view, catalogue.objects))}"""


def event_view(event):
    return f"""
/// The data of a `{event.type}` event. {event.description}
#[derive(Debug, Clone, Copy)]
pub struct {event.name}<'e>(Content<'e>);

impl<'e> {event.name}<'e> {{
{accessors(event.fields, "self.0.data")}    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {{
        self.0.previous().map(Self)
    }}

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {{
        self.0.data
    }}
}}
"""


def object_view(entry):
    name = pascal(entry.name)
    return f"""
/// {entry.description}
#[derive(Debug, Clone, Copy)]
pub struct {name}<'e>(Value<'e>);

impl<'e> {name}<'e> {{
{accessors(entry.fields, "self.0")}    /// The whole object, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {{
        self.0
    }}
}}
"""


def accessors(fields, source):
    return "".join(accessor(field, source) for field in fields)


def accessor(field, source):
    if field.type in STRING_TYPES:
        result, body = "Cow<'e, str>", f'text({source}, "{field.name}")'
    elif field.type == "texts":
        result = "impl Iterator<Item = Cow<'e, str>> + use<'e>"
        body = f'texts({source}, "{field.name}")'
    else:
        name = pascal(field.type)
        result, body = f"{name}<'e>", f'object({source}, "{field.name}").map({name})'
    return f"""    /// `{field.name}`: {field.summary}
    #[must_use]
    pub fn {snake(field.name)}(self) -> Option<{result}> {{
        {body}
    }}

"""


def clause(sentence):
    """A sentence as it goes on after a colon."""
    return sentence[0].lower() + sentence[1:]


def snake(name):
    """``paidAt`` → ``paid_at``; a keyword becomes a raw identifier."""
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    return f"r#{name}" if name in KEYWORDS else name
