"""The request that a handler belongs to, and the choice of a receiver for a request."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Awaitable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Callable, Union

if TYPE_CHECKING:
    from payvost_webhooks.receiver import WebhookReceiver

    Choice = Union[WebhookReceiver, Callable[[Any], WebhookReceiver]]
    """A receiver, or a function that returns one for a request."""

    AsyncChoice = Union[
        WebhookReceiver, Callable[[Any], Union[WebhookReceiver, Awaitable[WebhookReceiver]]]
    ]

__all__ = ["chosen", "chosen_async", "current_request", "handling"]

_request: ContextVar[Any] = ContextVar("payvost_webhooks_request")


def current_request() -> Any:
    """The request of the framework that the running handler belongs to, such as Django's ``HttpRequest``.

    Raises:
        LookupError: No handler is running; or it was called by ``receiver.retry``, or without an adapter.
    """
    return _request.get()


@contextlib.contextmanager
def handling(request: Any) -> Iterator[None]:
    """Make a request the current one."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def chosen(receiver: Choice, request: Any) -> WebhookReceiver:
    """The receiver for a request."""
    return receiver(request) if callable(receiver) else receiver


async def chosen_async(receiver: AsyncChoice, request: Any) -> WebhookReceiver:
    """Like :func:`chosen`. The function may be async."""
    if not callable(receiver):
        return receiver
    made = receiver(request)
    return await made if inspect.isawaitable(made) else made
