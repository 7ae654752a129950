"""The clocks, the random bytes and the pauses of calls."""

from __future__ import annotations

import os
import time

__all__ = ["now", "random_bytes", "sleep", "sleep_async"]


def now() -> tuple[int, int]:
    """Milliseconds by a clock that is never set back, and since the Unix epoch."""
    return time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000


def random_bytes(count: int) -> bytes:
    """Random bytes that nobody can predict."""
    return os.urandom(count)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


async def sleep_async(seconds: float) -> None:
    from payvost_webhooks._hosts import in_asyncio

    if in_asyncio():
        import asyncio

        await asyncio.sleep(seconds)
    else:  # trio, which httpx supports through anyio
        import anyio

        await anyio.sleep(seconds)
