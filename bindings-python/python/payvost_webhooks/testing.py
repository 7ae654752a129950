"""Sample events and signed requests for testing your handlers.

With pytest, the fixture :func:`payvost_webhook <payvost_webhooks.pytest_plugin.payvost_webhook>`
combines both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from payvost_webhooks import _native

__all__ = ["SECRET", "SignedRequest", "sample_event", "signed_request"]

SECRET = "whsec_for_tests_only"
"""The secret that the pytest fixture uses unless ``WEBHOOK_SECRET`` is set."""


class SignedRequest(NamedTuple):
    """A request as Payvost sends it."""

    body: bytes
    headers: dict[str, str]


def sample_event(event_type: str, /, **overrides: Any) -> dict[str, Any]:
    """A sample event of a documented type, with all documented fields.

    Args:
        event_type: An event type such as ``payment.succeeded``.
        **overrides: Fields of the envelope to replace. Dictionaries are merged recursively. Pass ``type`` to
            give the event an undocumented type.

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
    event: dict[str, Any] = _merged(json.loads(text), overrides)
    return event


def signed_request(
    event: Mapping[str, Any] | str | bytes, secret: str | bytes = SECRET
) -> SignedRequest:
    """The body and headers of a delivery, signed as Payvost signs it.

    Args:
        event: An event, or a raw payload.
        secret: The webhook secret that the receiver is configured with.

    >>> request = signed_request(sample_event("user.created"), "whsec_example")
    >>> sorted(request.headers)
    ['Content-Type', 'Payvost-Signature']
    """
    if isinstance(event, Mapping):
        event = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    body = event.encode() if isinstance(event, str) else event
    signature = _native.sign(body, secret)
    return SignedRequest(body, {"Content-Type": "application/json", "Payvost-Signature": signature})


def _merged(value: Any, override: Any) -> Any:
    if not (isinstance(value, dict) and isinstance(override, Mapping)):
        return override
    return {**value, **{key: _merged(value.get(key), part) for key, part in override.items()}}
