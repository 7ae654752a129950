"""Sample events and signed requests for testing your handlers.

With pytest, the fixture :func:`payvost_webhook <payvost_webhooks.pytest_plugin.payvost_webhook>`
combines both. A local Payvost, which delivers events itself, is in :mod:`payvost_webhooks.sandbox`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, NamedTuple, Union

from payvost_webhooks import _native

__all__ = ["SECRET", "SignedRequest", "sample_event", "signed_request"]

SECRET = "whsec_for_tests_only"
"""The secret that the pytest fixture uses unless ``WEBHOOK_SECRET`` is set."""


class SignedRequest(NamedTuple):
    """A request as Payvost sends it."""

    body: bytes
    headers: dict[str, str]


def sample_event(event_type: str, /, *, fresh: bool = False, **overrides: Any) -> dict[str, Any]:
    """A sample event of a documented type, with all documented fields.

    Args:
        event_type: An event type such as ``payment.succeeded``.
        fresh: Give the event a new ``id``, and the current time as ``createdAt``.
        **overrides: Fields of the envelope to replace. Dictionaries are merged recursively. Pass ``type`` to
            give the event an undocumented type. A ``Decimal`` becomes a decimal string, and a ``datetime`` (with a time
            zone) or ``date`` becomes text as Payvost sends it.

    Raises:
        ValueError: There is no sample of this event type.

    >>> event = sample_event("payment.succeeded", id="evt_1", data={"amount": "1.00"})
    >>> event["id"], event["type"], event["data"]["amount"], event["data"]["currency"]
    ('evt_1', 'payment.succeeded', '1.00', 'USD')
    """
    text = _native.sample_event(event_type)
    if text is None:
        raise ValueError(
            f"event_type must be a documented event type, not {event_type!r}. For another type, pass type=..."
        )
    event: dict[str, Any] = json.loads(text)
    if fresh:
        event.update(id=f"evt_{uuid.uuid4().hex}", createdAt=datetime.now(timezone.utc))
    return as_json(_merged(event, overrides))  # type: ignore[no-any-return]


def signed_request(
    event: Union[Mapping[str, Any], str, bytes, bytearray, memoryview],
    secret: Union[str, bytes] = SECRET,
) -> SignedRequest:
    """The body and headers of a delivery, signed as Payvost signs it.

    Args:
        event: An event, or a raw payload. In an event, a ``Decimal``, ``datetime`` or ``date`` becomes text as in
            :func:`sample_event`.
        secret: The webhook secret that the receiver is configured with.

    >>> request = signed_request(sample_event("user.created"), "whsec_example")
    >>> sorted(request.headers)
    ['Content-Type', 'Payvost-Signature']
    """
    if isinstance(event, Mapping):
        event = json.dumps(as_json(event), ensure_ascii=False, separators=(",", ":"))
    body = event.encode() if isinstance(event, str) else bytes(event)
    signature = _native.sign(body, secret)
    return SignedRequest(body, {"Content-Type": "application/json", "Payvost-Signature": signature})


def as_json(value: Any) -> Any:
    """A value of JSON: money, dates and times become text."""
    if isinstance(value, Mapping):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(part) for part in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(
                f"a datetime must have a time zone, unlike {value!r}: pass tzinfo=timezone.utc"
            )
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _merged(value: Any, override: Any) -> Any:
    if not (isinstance(value, dict) and isinstance(override, Mapping)):
        return override
    return {**value, **{key: _merged(value.get(key), part) for key, part in override.items()}}
