"""What the host can run: detects asyncio, trio and greenlets, and rejects configurations that cannot work there."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING

from payvost_webhooks.errors import WrongKindError

if TYPE_CHECKING:
    from payvost_webhooks.receiver import WebhookReceiver

__all__ = [
    "in_asyncio",
    "refuse_greenlets",
    "require_asyncio",
    "require_blocking",
    "require_event_loop",
]


def in_asyncio() -> bool:
    """Whether an asyncio event loop is running in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def require_event_loop() -> None:
    """Require a running asyncio event loop.

    Raises:
        TypeError: There is none; trio may be running instead.
    """
    if not in_asyncio():
        raise TypeError(
            "receive_async() with a store requires asyncio. Under trio, use a blocking store and call receive(...,"
            " run_in_loop=trio.from_thread.run) through trio.to_thread.run_sync"
        )


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
    if _greenlets() is not None:
        receiver._router._require(
            lambda registered: refuse_greenlets("handler", registered.is_async)
        )
        refuse_greenlets("on_result", inspect.iscoroutinefunction(receiver.on_result))


def refuse_greenlets(name: str, is_async: bool = True) -> None:
    """Reject an async function if gevent or eventlet has patched threading.

    Raises:
        WrongKindError: Greenlets share one thread, which cannot run two event loops at the same time.
    """
    library = _greenlets() if is_async else None
    if library is not None:
        raise WrongKindError(
            f"{name} must not be async under {library}: all requests share one thread",
            "Make it a regular function: its blocking calls yield to other requests. Or use another worker class,"
            " such as gthread.",
        )


def _greenlets() -> str | None:
    """The library that has patched threading in this process."""
    gevent, eventlet = (sys.modules.get(name) for name in ("gevent.monkey", "eventlet.patcher"))
    if gevent is not None and gevent.is_module_patched("threading"):
        return "gevent"
    if eventlet is not None and eventlet.is_monkey_patched("thread"):
        return "eventlet"
    return None
