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
import sys
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from typing import TypedDict
else:
    try:  # Before Python 3.12, pydantic accepts no other TypedDict.
        from typing_extensions import TypedDict
    except ImportError:
        from typing import TypedDict

if TYPE_CHECKING:
    # Checkers distinguish the members of a union by literals only. This one equals no documented type.
    _AnyOtherType = Literal["<any other type>"]
else:
    _AnyOtherType = str

__all__ = [
{names}
]

KnownEventType = Union[
{literals}
]
"""A documented type."""


class _Envelope(TypedDict):
    """The fields of every event."""

    id: str
    """The event's id, the same in every delivery: remember it to act once."""
    createdAt: str
    """When it happened, as an RFC 3339 date-time. Retries keep it."""
    liveMode: bool
    """Whether real money is meant."""
{"".join(map(object_types, catalogue.objects))}{"".join(map(event_types, catalogue.events))}

class _UnknownPrevious(TypedDict, total=False):
    previousData: Optional[dict[str, Any]]


class UnknownEvent(_Envelope, _UnknownPrevious):
    """An event whose type is not documented here: the list is open.

    Its ``type`` is any other string. Type checkers distinguish the members of a union by literals
    only, so to them it is a literal that equals no documented type. To compare it, convert it first:
    ``str(event["type"])``.
    """

    type: _AnyOtherType
    data: dict[str, Any]


WebhookEvent = Union[
{union}
    UnknownEvent,
]
"""A verified event: exactly what ``json.loads`` makes of the payload."""

if not TYPE_CHECKING:
    for _type in tuple(globals().values()):
        if hasattr(_type, "__total__"):
            _type.__pydantic_config__ = {{"extra": "allow"}}  # pydantic keeps unknown fields, too
'''


def router(catalogue):
    """The overloads of ``WebhookRouter.on``: which events a handler must accept, by its pattern."""
    families = {}
    for event in catalogue.events:
        families.setdefault(event.type.partition(".")[0], []).append(event)
    groups = [(event.type, event.name, [event]) for event in catalogue.events]
    groups += [
        (f"{family}.*", f"Any{pascal(family)}", members) for family, members in families.items()
    ]
    unions = "".join(
        f"    _{name}Event = Union[\n"
        + "".join(f"        events.{event.name}Event,\n" for event in members)
        + "        events.UnknownEvent,\n    ]\n"
        for pattern, name, members in groups
        if pattern.endswith("*")
    )
    kinds = "".join(
        f'    _{name} = TypeVar("_{name}", bound="_HandlerOf[{_event_type(pattern, name)}]")\n'
        for pattern, name, _ in groups
    )
    direct = "".join(
        f"""
    @overload
    def on({"" if pattern.endswith("*") else "  # type: ignore[overload-overlap]"}
        self, pattern: Literal["{pattern}"], handler: _{name}
    ) -> _{name}: ...
"""
        for pattern, name, _ in groups
    )
    decorators = "".join(
        f"""
    @overload
    def on(
        self, pattern: Literal["{pattern}"], handler: None = None
    ) -> Callable[[_{name}], _{name}]: ...
"""
        for pattern, name, _ in groups
    )
    return f'''"""The types of ``WebhookRouter.on``: which events a handler must accept for a pattern."""

{NOTICE}# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Literal, TypedDict, TypeVar, Union, overload

__all__ = ["Handler", "TypedRouter"]

Handler = Union[Callable[[Any], object], Callable[[Any, Any], object]]
"""A function that takes an event. If it requires a second argument, it also gets the claim. It may be ``async``."""

_Handler = TypeVar("_Handler", bound=Handler)

if TYPE_CHECKING:
    from payvost_webhooks import events

    _Event = TypeVar("_Event")
    _HandlerOf = Union[
        Callable[[_Event], object],
        Callable[[_Event, Any], object],
        # A handler may also call the event a dict, without naming its fields.
        Callable[[dict[str, Any]], object],
        Callable[[dict[str, Any], Any], object],
    ]
{unions}{kinds}    _Any = TypeVar("_Any", bound="_HandlerOf[events.WebhookEvent]")
    _Other = TypeVar("_Other", bound="_HandlerOf[events.UnknownEvent]")
    _Result = TypeVar("_Result")

    class _Own(TypedDict):
        """An event with fields of your own. A documented event is not one: its ``type`` is a literal."""

        type: str

    _OwnEvent = TypeVar("_OwnEvent", bound=_Own)


class TypedRouter:
    """What type checkers know about a router."""
{direct}
    @overload
    def on(self, pattern: Literal["*"], handler: _Any) -> _Any: ...

    @overload
    def on(self, pattern: str, handler: _Other) -> _Other: ...

    @overload
    def on(
        self, pattern: str, handler: Callable[[_OwnEvent], _Result]
    ) -> Callable[[_OwnEvent], _Result]: ...

    @overload
    def on(
        self, pattern: str, handler: Callable[[_OwnEvent, Any], _Result]
    ) -> Callable[[_OwnEvent, Any], _Result]: ...
{decorators}
    @overload
    def on(self, pattern: Literal["*"], handler: None = None) -> Callable[[_Any], _Any]: ...

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[_Handler], _Handler]: ...

    def on(self, pattern: str, handler: Any = None) -> Any:
        """Register a handler and return it. Without a handler, return a decorator.

        Raises:
            ConfigurationError: ``invalid_option``: the pattern already has a handler, or cannot match any event type.
            TypeError: ``handler`` is not callable, or is a generator function (also a ``ConfigurationError``).
        """
        if handler is None:
            return lambda handler: self._register(pattern, handler)
        return self._register(pattern, handler)

    def _register(self, pattern: str, handler: Any) -> Any:
        raise NotImplementedError
'''


def _event_type(pattern, name):
    return f"_{name}Event" if pattern.endswith("*") else f"events.{name}Event"


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
