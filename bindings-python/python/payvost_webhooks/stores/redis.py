"""Claims in Redis, through your redis-py client with its connections, timeouts and retries.

This module does not import redis-py.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from typing import Any, Optional, cast

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
    """Claims in Redis 5 or later, through a ``redis.Redis`` or a ``redis.RedisCluster``.

    Set a ``socket_timeout`` on the client: without it, a Redis server that does not respond blocks deliveries. Each
    step is one script and one round trip.

    Args:
        client: A ``redis.Redis`` or ``redis.RedisCluster``, with any value of ``decode_responses``.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``, ``timeout``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``; also a ``TypeError`` if ``client`` is none of these.
    """

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(**settings)
        _check(client, "redis.Redis", is_async=False)
        self._client = client
        self._place = _Place(client, self.policy.open_key)
        self._limit = milliseconds(self.timeout)
        options = getattr(getattr(client, "connection_pool", None), "connection_kwargs", None)
        if isinstance(options, dict) and options.get("socket_timeout", 0) is None:
            logging.getLogger("payvost_webhooks").warning(
                "the Redis client has no socket_timeout: a server that does not respond would block deliveries"
                " forever. Pass socket_timeout=2 to redis.Redis(...)"
            )

    def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = _Blocking(self._client, work, values, self._place.key)
        program = _native.RedisProgram(work, now(), self._limit, self._place.keys(values))
        return drive(program, session), session.rows


class AsyncRedisStore(AsyncLease):
    """Like :class:`RedisStore`, through a ``redis.asyncio.Redis`` or a ``redis.asyncio.RedisCluster``.

    Args:
        client: A ``redis.asyncio.Redis`` or ``redis.asyncio.RedisCluster``.
        settings: As for :class:`RedisStore`. Each step is limited to ``timeout``, regardless of the client's limits.
    """

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(**settings)
        _check(client, "redis.asyncio.Redis", is_async=True)
        self._client = client
        self._place = _Place(client, self.policy.open_key)
        self._limit = milliseconds(self.timeout)

    async def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = _Async(self._client, work, values, self._place.key)
        program = _native.RedisProgram(work, now(), self._limit, self._place.keys(values))
        return await drive_async(program, session), session.rows


_Keys = Optional[tuple[str, str, str]]
"""On a cluster, the keys of a script, and the lists that it reads."""


class _Place:
    """Where the list of open claims is."""

    def __init__(self, client: Any, open_key: str) -> None:
        self._open_key = open_key
        self._is_cluster = any(kind.__name__ == "RedisCluster" for kind in type(client).__mro__)
        # As bytes, so that keys do not depend on the encoding of the client.
        self.key = open_key.encode()
        """The list on a single server."""

    def keys(self, values: Values) -> Optional[tuple[str, str]]:
        """What the core computes the keys on a cluster from."""
        return (str(values["key"]), self._open_key) if self._is_cluster else None


class _Session(Session):
    """A script with its arguments, and a client."""

    def __init__(self, client: Any, name: str, values: Values, open_key: bytes) -> None:
        super().__init__(values)
        self._client = client
        self._name = name
        self._open_key = open_key
        self._script, self._digest, self._parameters = _SCRIPTS[name]

    def _arguments(self, keys: _Keys) -> list[Any]:
        """The keys and arguments of the script."""
        values = self.values
        if keys is None:
            arguments: list[Any] = [b"2", str(values["key"]).encode(), self._open_key]
        else:
            *both, lists = keys
            arguments = [b"2", *(key.encode() for key in both)]
            values = {**values, "lists": lists}
        for parameter in self._parameters:
            value = values.get(parameter)
            if value is None:
                value = b""
            elif isinstance(value, str):
                value = value.encode()
            arguments.append(value)
        return arguments

    def _read(self, reply: Any) -> tuple[Optional[str], Optional[int]]:
        if type(reply) is int:
            return None, reply
        if self._name == "dead_letters":
            rows = [[*map(self._raw, row)] for row in reply if isinstance(row, (list, tuple))]
            # On a cluster, each reply has the rows of some lists.
            rows = sorted([*self.rows, *rows], key=_age, reverse=True)
            self.rows = rows[: cast("int", self.values["limit"])]
        elif self._name == "delivery":
            self.rows = [[self._raw(value) for value in reply]] if reply else []
            return None, None
        return first(reply if isinstance(reply, (list, tuple)) else [reply])

    def _raw(self, value: Any) -> Any:
        """Encode text that the client has decoded."""
        if not isinstance(value, str):
            return value
        encoder = self._client.get_encoder() if hasattr(self._client, "get_encoder") else None
        if encoder is None:
            return value.encode()
        return value.encode(encoder.encoding, encoder.encoding_errors)


class _Blocking(_Session):
    def evalsha(self, keys: _Keys) -> Any:
        return self._read(self._client.evalsha(self._digest, *self._arguments(keys)))

    def eval(self, keys: _Keys) -> Any:
        return self._read(self._client.eval(self._script, *self._arguments(keys)))

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self, _: bool) -> None:
        """The client owns its connections."""


class _Async(_Session):
    async def evalsha(self, keys: _Keys) -> Any:
        return self._read(await self._client.evalsha(self._digest, *self._arguments(keys)))

    async def eval(self, keys: _Keys) -> Any:
        return self._read(await self._client.eval(self._script, *self._arguments(keys)))

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def close(self, _: bool) -> None:
        """The client owns its connections."""


def _age(row: list[Any]) -> int:
    return int(row[-1])


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
    queues = names & {"Pipeline", "ClusterPipeline"}
    if isinstance(client, type) or not callable(getattr(client, "evalsha", None)):
        problem = f"client must be a {wanted}"
    elif not is_right:
        problem = f"client must be a {wanted}, not a {kinds[0].__module__}.{kinds[0].__qualname__}"
    elif queues:
        problem = f"client must be a {wanted}, not a {min(queues)}: each step needs the reply of its script"
    else:
        return
    other = "RedisStore" if is_async else "AsyncRedisStore"
    raise WrongKindError(
        problem, f"Pass {wanted}(...), or use {other} with the other kind of client."
    )
