"""The receiver for a request: the same for all, or chosen by a function."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any, Callable, Union

from payvost_webhooks.receiver import WebhookReceiver

__all__ = ["AsyncChoice", "Choice", "chosen", "chosen_async"]

Choice = Union[WebhookReceiver, Callable[[Any], WebhookReceiver]]
"""A receiver, or a function that returns one for a request."""

AsyncChoice = Union[
    WebhookReceiver, Callable[[Any], Union[WebhookReceiver, Awaitable[WebhookReceiver]]]
]
"""Like :data:`Choice`. The function may be async."""


def chosen(receiver: Choice, request: Any) -> WebhookReceiver:
    """The receiver for a request."""
    return receiver(request) if callable(receiver) else receiver


async def chosen_async(receiver: AsyncChoice, request: Any) -> WebhookReceiver:
    """Like :func:`chosen`. The function may be async."""
    if not callable(receiver):
        return receiver
    made = receiver(request)
    return await made if inspect.isawaitable(made) else made
