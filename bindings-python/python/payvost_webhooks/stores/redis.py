"""Claims in Redis, through a client of redis-py: its connections, its timeouts, its retries.

This module does not import redis-py; it is given a client.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, Callable, cast

from payvost_webhooks import _native
from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores.base import (
    DeadLetter,
    KeptDelivery,
    Options,
    Settings,
    letter,
    raw,
    text,
    within,
)
from payvost_webhooks.stores.claim import AsyncClaim, Claim

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AsyncRedisStore", "RedisStore"]


class _RedisStore(Settings):
    """The arguments of the scripts, and what their replies mean."""

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(**settings)
        self._client = client

    def _claim(self, request: ClaimRequest, token: str, delivery: KeptDelivery | None) -> _Step:
        payload, signature = delivery or (b"", "")
        times = (self.policy.lease_ms(), self.policy.remember_ms)
        return self._step(
            "claim",
            request.key,
            request.fingerprint,
            token,
            *times,
            request.event_type,
            payload,
            signature,
        )

    def _complete(self, key: str, token: str) -> _Step:
        return self._step("complete", key, token, self.policy.remember_ms)

    def _release(self, key: str, token: str, error: str) -> _Step:
        return self._step("release", key, token, self.policy.remember_ms, error)

    def _step(self, name: str, key: str, *arguments: Any) -> _Step:
        script, digest = _SCRIPTS[name]
        return script, digest, (2, key, self.policy.open_key, *arguments)

    @staticmethod
    def _reply(reply: Any) -> tuple[str, int]:
        word, number = reply
        return text(word), int(number)

    @staticmethod
    def _letters(reply: Any) -> list[DeadLetter]:
        return [letter(*fields) for fields in reply]

    @staticmethod
    def _delivery(reply: Any) -> KeptDelivery | None:
        return KeptDelivery(raw(reply[0]), text(reply[1])) if reply else None


class RedisStore(_RedisStore):
    """Claims in Redis 5 or later, through a ``redis.Redis``.

    Give the client a ``socket_timeout``: it is what makes a Redis that does not answer known. Each step is one script
    and one round trip.

    Args:
        client: A ``redis.Redis``. ``decode_responses`` may be either.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``.
    """

    def __init__(self, client: Any, **settings: Unpack[Options]) -> None:
        super().__init__(client, **settings)
        options = getattr(getattr(client, "connection_pool", None), "connection_kwargs", None)
        if isinstance(options, dict) and options.get("socket_timeout", 0) is None:
            logging.getLogger("payvost_webhooks").warning(
                "the Redis client has no socket_timeout: a Redis that does not answer would hold deliveries for ever"
            )

    def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        return self._reply(self._run(self._claim(request, token, delivery)))

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return _is_one(self._run(self._step("extend", key, token, lease_ms)))

    def complete(self, key: str, token: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return _is_one(self._run(self._complete(key, token)))

    def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        return _is_one(self._run(self._release(key, token, error)))

    def claim_of(self, ticket: Mapping[str, str]) -> Claim:
        """The claim that was handed over."""
        return cast(Claim, Claim._resumed(self, ticket))

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The events that were claimed and not handled, those that have waited longest first."""
        return self._letters(self._run(self._step("dead_letters", "", limit)))

    def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""
        return self._delivery(self._run(self._step("delivery", key)))

    def _run(self, step: _Step) -> Any:
        script, digest, arguments = step
        try:
            return self._client.evalsha(digest, *arguments)
        except Exception as error:
            if not _is_unknown_script(error):
                raise
        return self._client.eval(script, *arguments)


class AsyncRedisStore(_RedisStore):
    """As :class:`RedisStore`, through a ``redis.asyncio.Redis``.

    Args:
        client: A ``redis.asyncio.Redis``.
        timeout: How long a step may take, in seconds, whatever the client's own timeouts.
        settings: As for :class:`RedisStore`.
    """

    def __init__(self, client: Any, *, timeout: float = 2.0, **settings: Unpack[Options]) -> None:
        super().__init__(client, **settings)
        self._timeout = timeout

    async def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        return self._reply(await self._run(self._claim(request, token, delivery)))

    async def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return _is_one(await self._run(self._step("extend", key, token, lease_ms)))

    async def complete(self, key: str, token: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return _is_one(await self._run(self._complete(key, token)))

    async def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        return _is_one(await self._run(self._release(key, token, error)))

    def claim_of(self, ticket: Mapping[str, str]) -> AsyncClaim:
        """The claim that was handed over."""
        return cast(AsyncClaim, AsyncClaim._resumed(self, ticket))

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The events that were claimed and not handled, those that have waited longest first."""
        return self._letters(await self._run(self._step("dead_letters", "", limit)))

    async def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""
        return self._delivery(await self._run(self._step("delivery", key)))

    async def _run(self, step: _Step) -> Any:
        return await within(self._timeout, lambda: self._evaluate(*step))

    async def _evaluate(self, script: str, digest: str, arguments: tuple[Any, ...]) -> Any:
        run: Callable[..., Awaitable[Any]] = self._client.evalsha
        try:
            return await run(digest, *arguments)
        except Exception as error:
            if not _is_unknown_script(error):
                raise
        return await self._client.eval(script, *arguments)


_Step = tuple[str, str, tuple[Any, ...]]


def _digested(script: str) -> tuple[str, str]:
    # Redis names a script by its SHA-1; nothing secret depends on it.
    return script, hashlib.new("sha1", script.encode(), usedforsecurity=False).hexdigest()


_SCRIPTS = {name: _digested(script) for name, script in _native.redis_scripts()}


def _is_unknown_script(error: Exception) -> bool:
    """Whether the server answered ``NOSCRIPT``."""
    return any(kind.__name__ == "NoScriptError" for kind in type(error).__mro__)


def _is_one(reply: Any) -> bool:
    return int(reply) == 1
