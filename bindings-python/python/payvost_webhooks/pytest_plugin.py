"""Fixtures for pytest, which finds them when the package is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from payvost_webhooks.sandbox import Sandbox
    from payvost_webhooks.testing import SignedRequest

__all__ = ["PayvostWebhook", "payvost_sandbox", "payvost_webhook", "payvost_webhook_secret"]


class PayvostWebhook(Protocol):
    """The type of the fixture :func:`payvost_webhook`."""

    def __call__(self, event_type: str, /, **overrides: Any) -> SignedRequest:
        """Make a signed delivery of a sample event. Takes the same arguments as ``sample_event``."""


@pytest.fixture(scope="session")
def payvost_webhook_secret() -> str:
    """The secret to sign with: ``WEBHOOK_SECRET`` of the environment if set. Override it to use another secret."""
    from payvost_webhooks.testing import SECRET

    return os.environ.get("WEBHOOK_SECRET") or SECRET


@pytest.fixture(scope="session")
def payvost_webhook(payvost_webhook_secret: str) -> PayvostWebhook:
    """A function that makes signed deliveries of sample events.

    .. code-block:: python

        def test_a_payment_is_booked(client, payvost_webhook):
            body, headers = payvost_webhook("payment.succeeded", data={"amount": "12.00"})
            assert client.post("/webhooks/payvost", data=body, headers=headers).status_code == 200

    Django's test client also needs the type of the content:
    ``client.post(url, body, content_type="application/json", headers=headers)``.
    """
    from payvost_webhooks.testing import sample_event, signed_request

    def delivery(event_type: str, /, **overrides: Any) -> SignedRequest:
        return signed_request(sample_event(event_type, **overrides), payvost_webhook_secret)

    return delivery


@pytest.fixture
def payvost_sandbox(payvost_webhook_secret: str) -> Iterator[Sandbox]:
    """A local Payvost for one test, with a clock that the test advances. Its endpoints have ``payvost_webhook_secret``.

    It is the program ``payvost-webhooks``, on the ``PATH`` or at the location in ``PAYVOST_WEBHOOKS_BIN``.
    """
    from payvost_webhooks.sandbox import Sandbox

    with Sandbox(secret=payvost_webhook_secret) as sandbox:
        yield sandbox
