"""The request that a handler belongs to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

__all__ = ["current_request", "handling"]

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
