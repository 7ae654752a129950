"""Detects what the host can run: asyncio, trio or greenlets."""

from __future__ import annotations

import asyncio
import sys
from typing import Optional

from payvost_webhooks.errors import WrongKindError

__all__ = ["greenlet_library", "in_asyncio", "refuse_greenlets", "require_event_loop"]


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


def refuse_greenlets(name: str, is_async: bool = True) -> None:
    """Reject an async function if gevent or eventlet has patched threading.

    Raises:
        WrongKindError: Greenlets share one thread, which cannot run two event loops at the same time.
    """
    library = greenlet_library() if is_async else None
    if library is not None:
        raise WrongKindError(
            f"{name} must not be async under {library}: all requests share one thread",
            "Make it a regular function: its blocking calls yield to other requests. Or use another worker class,"
            " such as gthread.",
        )


def greenlet_library() -> Optional[str]:
    """The library that has patched threading in this process."""
    gevent, eventlet = (sys.modules.get(name) for name in ("gevent.monkey", "eventlet.patcher"))
    if gevent is not None and gevent.is_module_patched("threading"):
        return "gevent"
    if eventlet is not None and eventlet.is_monkey_patched("thread"):
        return "eventlet"
    return None
