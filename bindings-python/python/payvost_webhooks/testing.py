"""Events and signed requests for the tests of your own handlers.

With pytest the fixture :func:`payvost_webhook <payvost_webhooks.pytest_plugin.payvost_webhook>`
does both in one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from payvost_webhooks import _native

__all__ = ["SECRET", "SignedRequest", "sample_event", "signed_request"]

SECRET = "whsec_for_tests_only"
"""What the pytest fixture signs with unless ``WEBHOOK_SECRET`` is set."""


class SignedRequest(NamedTuple):
    """What the provider would send."""

    body: bytes
    headers: dict[str, str]


def sample_event(event_type: str, /, **overrides: Any) -> dict[str, Any]:
    """An event of a documented type, with every documented field.

    Args:
        event_type: Such as ``payment.succeeded``.
        **overrides: Fields to set in the envelope. Dictionaries are merged, at any depth; with
            ``type`` the event gets a type that is not documented.

    Raises:
        ValueError: The type is not documented.

    >>> event = sample_event("payment.succeeded", id="evt_1", data={"amount": "1.00"})
    >>> event["id"], event["type"], event["data"]["amount"], event["data"]["currency"]
    ('evt_1', 'payment.succeeded', '1.00', 'USD')
    """
    text = _native.sample_event(event_type)
    if text is None:
        raise ValueError(
            f"no sample of {event_type!r}: take a documented type, and give another as `type=…`"
        )
    event: dict[str, Any] = _merged(json.loads(text), overrides)
    return event


def signed_request(
    event: Mapping[str, Any] | str | bytes, secret: str | bytes = SECRET
) -> SignedRequest:
    """The body and the headers of a delivery of an event, signed as the provider signs.

    Args:
        event: An event, or a payload as it is.
        secret: The webhook secret of the receiver.

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
