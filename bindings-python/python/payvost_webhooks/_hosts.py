"""What a host can run: whether it has an event loop of asyncio, and what an adapter must refuse in its place."""

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
    """Whether an event loop of asyncio runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def require_event_loop() -> None:
    """Refuse to claim an event in another event loop than asyncio's.

    Raises:
        TypeError: This is trio, or no event loop.
    """
    if not in_asyncio():
        raise TypeError(
            "receive_async() needs an event loop of asyncio. Under trio, call receive(..., run_in_loop="
            "trio.from_thread.run) by trio.to_thread.run_sync, with a store that is not asynchronous"
        )


def require_asyncio(receiver: WebhookReceiver) -> None:
    """Refuse a store whose client needs asyncio where another event loop runs.

    Raises:
        WrongKindError: The store is asynchronous, and this is trio.
    """
    if receiver._native.is_async and not in_asyncio():
        error = WrongKindError(
            "store must not be asynchronous under trio: its client needs asyncio",
            "Use RedisStore, SqlStore or SqlInbox, or run the server with asyncio.",
        )
        # Not every server logs what an application raises.
        receiver.logger.error("%s. %s", error.message, error.hint)
        raise error


def require_blocking(receiver: WebhookReceiver) -> None:
    """Refuse what cannot work in a server that gives each request a thread, or a greenlet.

    Raises:
        WrongKindError: The store is asynchronous; or a handler or ``on_result`` is, and threads are greenlets.
    """
    if receiver._native.is_async:
        raise WrongKindError(
            "store must not be asynchronous under WSGI and in Django: its client belongs to one event loop",
            "Use RedisStore, SqlStore or SqlInbox, or serve the webhooks with FastAPI or Starlette.",
        )
    if _greenlets() is not None:
        receiver._router._require(
            lambda registered: refuse_greenlets("a handler", registered.is_async)
        )
        refuse_greenlets("on_result", inspect.iscoroutinefunction(receiver.on_result))


def refuse_greenlets(name: str, is_async: bool = True) -> None:
    """Refuse an async function where gevent or eventlet has replaced the threads.

    Raises:
        WrongKindError: A second event loop would fail while the first one waits: both are in one thread.
    """
    library = _greenlets() if is_async else None
    if library is not None:
        raise WrongKindError(
            f"{name} must not be async under {library}, which runs all requests in one thread",
            "Make it an ordinary function: its blocking calls let other requests go on. Or use another worker class,"
            " such as gthread.",
        )


def _greenlets() -> str | None:
    """The library that has replaced the threads of this process."""
    gevent, eventlet = (sys.modules.get(name) for name in ("gevent.monkey", "eventlet.patcher"))
    if gevent is not None and gevent.is_module_patched("threading"):
        return "gevent"
    if eventlet is not None and eventlet.is_monkey_patched("thread"):
        return "eventlet"
    return None
