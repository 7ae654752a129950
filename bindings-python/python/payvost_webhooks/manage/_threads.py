"""The transport of :class:`AsyncPayvost` without httpx: the blocking one, in threads."""

from __future__ import annotations

import asyncio
from typing import Union

from payvost_webhooks._hosts import in_asyncio
from payvost_webhooks._native import ApiCall
from payvost_webhooks.errors import ConfigurationError
from payvost_webhooks.manage._course import Answer, Fault
from payvost_webhooks.manage._sockets import Attempt, SocketTransport

__all__ = ["ThreadTransport"]

# The lookup of a host name cannot be aborted. Its thread ends later.
_ABORT_SECONDS = 1.0


class ThreadTransport:
    def __init__(self, base_url: str) -> None:
        self._blocking = SocketTransport(base_url)

    async def send(self, call: ApiCall) -> Union[Answer, Fault]:
        if not in_asyncio():
            raise ConfigurationError(
                "AsyncPayvost requires httpx under trio",
                "invalid_option",
                "Run: pip install payvost-webhooks[httpx]",
            )
        attempt = Attempt(call.time_limit)
        running = asyncio.get_running_loop().run_in_executor(
            None, self._blocking.send, call, attempt
        )
        try:
            return await asyncio.shield(running)
        except BaseException:
            attempt.abort()
            await asyncio.wait({running}, timeout=_ABORT_SECONDS)
            raise

    async def close(self) -> None:
        self._blocking.close()
