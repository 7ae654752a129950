"""``bindings-python/python/payvost_webhooks/events.py``."""

from catalogue import STRING_TYPES, pascal

NOTICE = "# Made by `make generate` from core/contract/events.toml: edit that file, not this one.\n"


def module(catalogue):
    exported = [
        *(f"{event.name}{kind}" for event in catalogue.events for kind in ("Data", "Event")),
        *(pascal(entry.name) for entry in catalogue.objects),
        "KnownEventType",
        "UnknownEvent",
        "WebhookEvent",
    ]
    names = "\n".join(f'    "{name}",' for name in sorted(exported))
    # A literal each: mypy's stubtest takes one of several texts for a union, and misses it at run time.
    literals = "\n".join(f'    Literal["{event.type}"],' for event in catalogue.events)
    union = "\n".join(f"    {event.name}Event," for event in catalogue.events)
    return f'''"""The types of the events, for type checkers: at run time an event is a plain ``dict``.

A checker knows what ``event["data"]`` is once ``event["type"]`` was compared with a text:

    def handle(event: WebhookEvent) -> None:
        if event["type"] == "payment.succeeded":
            print(event["data"]["amount"])  # a PaymentSucceededData

Compare ``event["type"]`` itself, in an ``if`` or as the subject of a ``match``: from a copy of it in
a variable a checker learns nothing about ``event``.
"""

{NOTICE}
from typing import Any, Literal, Optional, TypedDict, Union

__all__ = [
{names}
]

KnownEventType = Union[
{literals}
]
"""A documented type."""


class _Envelope(TypedDict):
    """What every event has."""

    id: str
    """The event's identity, the same in every attempt to deliver it: remember it to act once."""
    createdAt: str
    """When it happened, as an RFC 3339 date-time. Retries keep it."""
    liveMode: bool
    """Whether real money is meant."""
{"".join(map(object_types, catalogue.objects))}{"".join(map(event_types, catalogue.events))}

class _UnknownPrevious(TypedDict, total=False):
    previousData: Optional[dict[str, Any]]


class UnknownEvent(_Envelope, _UnknownPrevious):
    """An event of a type that is not documented here: the list is open.

    Its ``type`` is any other text. Checkers tell the members of a union apart by literals only, so
    here stands one that equals no documented type. To compare it, make it a text first:
    ``str(event["type"])``.
    """

    type: Literal["<any other type>"]
    data: dict[str, Any]


WebhookEvent = Union[
{union}
    UnknownEvent,
]
"""A verified event: exactly what ``json.loads`` makes of the payload."""
'''


def event_types(event):
    previous = f"_{event.name}DataBefore"
    return f"""{data_types(f"{event.name}Data", f"The data of a ``{event.type}`` event.", event.fields)}

class {previous}(TypedDict, total=False):
{members(event.fields)}


class _{event.name}Previous(TypedDict, total=False):
    previousData: Optional[{previous}]


class {event.name}Event(_Envelope, _{event.name}Previous):
    \"\"\"``{event.type}``: {event.description}\"\"\"

    type: Literal["{event.type}"]
    data: {event.name}Data
"""


def object_types(entry):
    return data_types(pascal(entry.name), entry.description, entry.fields)


def data_types(name, description, fields):
    optional = [field for field in fields if field.optional]
    required = [field for field in fields if not field.optional]
    base, before = "TypedDict", ""
    if optional:
        base = f"_{name}Optional"
        before = (
            f"\n\nclass {base}(TypedDict, total=False):\n{members(optional, documented=True)}\n"
        )
    return f"""{before}

class {name}({base}):
    \"\"\"{description}\"\"\"

{members(required, documented=True)}
"""


def members(fields, documented=False):
    lines = []
    for field in fields:
        lines.append(f"    {field.name}: {type_of(field)}")
        if documented:
            lines.append(f'    """{field.summary.replace("`", "``")}"""')
    return "\n".join(lines)


def type_of(field):
    special = {"texts": "list[str]", "metadata": "dict[str, str]"}
    return "str" if field.type in STRING_TYPES else special.get(field.type) or pascal(field.type)
