"""What adapters require of a receiver, depending on the server."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from payvost_webhooks._hosts import greenlet_library, in_asyncio, refuse_greenlets
from payvost_webhooks.errors import WrongKindError

if TYPE_CHECKING:
    from payvost_webhooks.receiver import WebhookReceiver

__all__ = ["require_asyncio", "require_blocking"]


def require_asyncio(receiver: WebhookReceiver) -> None:
    """Reject an async store if the event loop is not asyncio's.

    Raises:
        WrongKindError: The store is async, and trio is running.
    """
    if receiver._native.is_async and not in_asyncio():
        error = WrongKindError(
            "store must be blocking under trio: the client of an async store requires asyncio",
            "Use RedisStore, SqlStore or SqlInbox, or run the server with asyncio.",
        )
        # Not every server logs the exceptions of its application.
        receiver.logger.error("%s. %s", error.message, error.hint)
        raise error


def require_blocking(receiver: WebhookReceiver) -> None:
    """Reject a configuration that cannot work in a server with a thread or greenlet per request.

    Raises:
        WrongKindError: The store is async; or a handler or ``on_result`` is async, and threads are greenlets.
    """
    if receiver._native.is_async:
        raise WrongKindError(
            "store must be blocking under WSGI and in Django: the client of an async store is bound to one event loop",
            "Use RedisStore, SqlStore or SqlInbox, or serve the webhooks with FastAPI or Starlette.",
        )
    if greenlet_library() is not None:
        receiver._router._require(
            lambda registered: refuse_greenlets("handler", registered.is_async)
        )
        refuse_greenlets("on_result", inspect.iscoroutinefunction(receiver.on_result))
