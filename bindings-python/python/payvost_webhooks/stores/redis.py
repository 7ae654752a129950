"""Claims in Redis, through your redis-py client with its connections, timeouts and retries.

This module does not import redis-py.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from typing import Any, Optional, Union

from payvost_webhooks import _native
from payvost_webhooks._typing import Unpack
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores._driving import (
    Session,
    drive,
    drive_async,
    milliseconds,
    now,
)
from payvost_webhooks.stores._lease import AsyncLease, Lease, first
from payvost_webhooks.stores.base import Options, Values

__all__ = ["AsyncRedisStore", "RedisStore"]


class RedisStore(Lease):
    """Claims in Redis 5 or later, through a ``redis.Redis``.

    Set a ``socket_timeout`` on the client: without it, a Redis server that does not respond blocks deliveries. Each
    step is one script and one round trip.

    Args:
        client: A ``redis.Redis``, with any value of ``decode_responses``.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``, ``timeout``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``; also a ``TypeError`` if ``client`` is not a ``redis.Redis``.
    """

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(**settings)
        _check(client, "redis.Redis", is_async=False)
        self._client = client
        options = getattr(getattr(client, "connection_pool", None), "connection_kwargs", None)
        if isinstance(options, dict) and options.get("socket_timeout", 0) is None:
            logging.getLogger("payvost_webhooks").warning(
                "the Redis client has no socket_timeout: a server that does not respond would block deliveries"
                " forever. Pass socket_timeout=2 to redis.Redis(...)"
            )

    def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = _Blocking(self._client, work, values, self.policy.open_key)
        program = _native.RedisProgram(work, now(), milliseconds(self.timeout))
        return drive(program, session), session.rows


class AsyncRedisStore(AsyncLease):
    """Like :class:`RedisStore`, through a ``redis.asyncio.Redis``.

    Args:
        client: A ``redis.asyncio.Redis``.
        settings: As for :class:`RedisStore`. Each step is limited to ``timeout``, regardless of the client's limits.
    """

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(**settings)
        _check(client, "redis.asyncio.Redis", is_async=True)
        self._client = client

    async def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = _Async(self._client, work, values, self.policy.open_key)
        program = _native.RedisProgram(work, now(), milliseconds(self.timeout))
        return await drive_async(program, session), session.rows


class _Session(Session):
    """A script with its arguments, and a client."""

    def __init__(self, client: Any, name: str, values: Values, open_key: str) -> None:
        super().__init__(values)
        self._client = client
        self._name = name
        self._script, self._digest, parameters = _SCRIPTS[name]
        # As bytes, so that keys do not depend on the encoding of the client.
        keys = [str(values["key"]).encode(), open_key.encode()]
        self._arguments = [2, *keys, *(_argument(values[parameter]) for parameter in parameters)]

    def _read(self, reply: Any) -> tuple[Optional[str], Optional[int]]:
        rows = {"dead_letters": reply, "delivery": [reply] if reply else []}.get(self._name)
        if rows is None:
            return first(reply if isinstance(reply, (list, tuple)) else [reply])
        self.rows = [[self._raw(value) for value in row] for row in rows]
        return None, None

    def _raw(self, value: Any) -> Any:
        """Encode text that the client has decoded."""
        if not isinstance(value, str):
            return value
        encoder = self._client.get_encoder() if hasattr(self._client, "get_encoder") else None
        if encoder is None:
            return value.encode()
        return value.encode(encoder.encoding, encoder.encoding_errors)


class _Blocking(_Session):
    def evalsha(self, _: None) -> Any:
        return self._read(self._client.evalsha(self._digest, *self._arguments))

    def eval(self, _: None) -> Any:
        return self._read(self._client.eval(self._script, *self._arguments))

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self, _: bool) -> None:
        """The client owns its connections."""


class _Async(_Session):
    async def evalsha(self, _: None) -> Any:
        return self._read(await self._client.evalsha(self._digest, *self._arguments))

    async def eval(self, _: None) -> Any:
        return self._read(await self._client.eval(self._script, *self._arguments))

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def close(self, _: bool) -> None:
        """The client owns its connections."""


def _argument(value: Optional[Union[str, int, bytes]]) -> Union[int, bytes]:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else value


def _digested(script: str) -> str:
    # Redis identifies a script by its SHA-1. Security does not depend on it.
    return hashlib.new("sha1", script.encode(), usedforsecurity=False).hexdigest()


_SCRIPTS = {
    name: (script, _digested(script), parameters)
    for name, script, parameters in _native.redis_scripts()
}


def _check(client: Any, wanted: str, *, is_async: bool) -> None:
    """Reject a client that cannot work, before the first delivery."""
    kinds = type(client).__mro__
    names = {kind.__name__ for kind in kinds}
    own = [kind.__module__ for kind in kinds if kind.__module__.partition(".")[0] == "redis"]
    is_right = not own or is_async == any(".asyncio" in module for module in own)
    queues = names & {"Pipeline", "RedisCluster"}
    if isinstance(client, type) or not callable(getattr(client, "evalsha", None)):
        problem = f"client must be a {wanted}"
    elif not is_right:
        problem = f"client must be a {wanted}, not a {kinds[0].__module__}.{kinds[0].__qualname__}"
    elif queues:
        problem = (
            f"client must be a {wanted}, not a {min(queues)}: each step runs a script with two keys"
        )
    else:
        return
    other = "RedisStore" if is_async else "AsyncRedisStore"
    raise WrongKindError(
        problem, f"Pass {wanted}(...), or use {other} with the other kind of client."
    )
