"""The event types of the C interface: an enum in ``bindings-c/src`` and macros for the header."""

from rust import NOTICE, clause


def enum(catalogue):
    events = sorted(catalogue.events, key=lambda event: event.number)
    variants = "\n".join(
        f"    /// `{event.type}`: {clause(event.description)}\n"
        f"    PAYVOST_TYPE_{event.constant} = {event.number},"
        for event in events
    )
    arms = "\n".join(
        f'            "{event.type}" => Self::PAYVOST_TYPE_{event.constant},' for event in events
    )
    return f"""//! `payvost_type`: the documented types of events, as numbers.
{NOTICE}
/// The type of an event as a number, for a `switch`. The numbers never change, and new ones may be
/// added: have a `default`.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_type {{
    /// Any other type: the list is open. `payvost_event_type()` has its text.
    PAYVOST_TYPE_UNKNOWN = 0,
{variants}
}}

impl payvost_type {{
    pub(crate) fn of(event_type: &str) -> Self {{
        match event_type {{
{arms}
            _ => Self::PAYVOST_TYPE_UNKNOWN,
        }}
    }}
}}
"""


def macros(catalogue):
    return "\n".join(
        f'/** {event.description} */\n#define PAYVOST_EVENT_{event.constant} "{event.type}"\n'
        for event in catalogue.events
    )
