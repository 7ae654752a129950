"""Claims in the memory of one process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from payvost_webhooks import _limits
from payvost_webhooks._native import ClaimRequest, MemoryClaims
from payvost_webhooks._typing import Unpack
from payvost_webhooks.stores._driving import milliseconds, now
from payvost_webhooks.stores._lease import letters, take_values
from payvost_webhooks.stores.base import (
    DeadLetter,
    KeptDelivery,
    Options,
    Seconds,
    Settings,
    StoreFullError,
)
from payvost_webhooks.stores.claim import Taken

__all__ = ["MemoryStore"]


class MemoryStore(Settings):
    """Claims in the memory of one process, for its threads and its event loop.

    **For one process only.** Processes do not share their claims: with more than one worker process, each of them can
    handle an event. When the process ends, its claims are lost. Use this store for single-process receivers and tests.

    Memory is bounded: at ``capacity``, the event that would expire first makes room for a new one. Up to 64 MiB of
    deliveries of unhandled events are stored.

    Args:
        capacity: The maximum number of events to remember, up to 100,000,000. If that many are being handled at once,
            the next delivery gets status 503.
        clock: For tests: returns the current time in seconds, from any starting point. By default a clock that is
            never set back.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``: see :class:`Settings`.

    Raises:
        ConfigurationError: ``invalid_option``.

    >>> from payvost_webhooks.receiver import WebhookReceiver
    >>> receiver = WebhookReceiver("whsec_example", print, store=MemoryStore())
    """

    blocks = False
    """Each step takes a few microseconds, and can run in an event loop."""

    def __init__(
        self,
        capacity: int = _limits.DEFAULT_CAPACITY,
        *,
        clock: Optional[Callable[[], float]] = None,
        **settings: Unpack[Options],
    ) -> None:
        super().__init__(**settings)
        self._clock = clock
        self._claims = MemoryClaims(capacity)

    def __len__(self) -> int:
        """The number of events that are remembered."""
        return len(self._claims)

    def __bool__(self) -> bool:
        return True

    def claim(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> tuple[str, int]:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        reply = self._claims.claim(self._now(), self.policy, request, token, delivery)
        if reply is None:
            raise StoreFullError("the store is full: `capacity` events are being handled")
        return reply

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return self._claims.extend(self._now(), key, token, lease_ms)

    def complete(self, key: str, token: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return self._claims.complete(self._now(), self.policy, key, token)

    def release(self, key: str, token: str, error: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        return self._claims.release(self._now(), self.policy, key, token, error)

    def take(self, ticket: Mapping[str, str], lease: Optional[Seconds] = None) -> Taken:
        """Like :meth:`payvost_webhooks.stores.redis.RedisStore.take`."""
        values: Any = take_values(self.policy, ticket, lease)
        names = (values[name] for name in ("key", "ticket", "token", "lease"))
        return Taken.of(self, values, self._claims.take(self._now(), self.policy, *names))

    def discard(self, key: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.redis.RedisStore.discard`."""
        return self._claims.discard(self._now(), self.policy, key)

    def dead_letters(self, limit: int = _limits.DEFAULT_DEAD_LETTERS) -> list[DeadLetter]:
        """The events that were claimed but not handled, the oldest first."""
        return letters(self._claims.dead_letters(self._now(), limit))

    def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""
        kept = self._claims.delivery(self._now(), key)
        return kept and KeptDelivery(*kept)

    def _now(self) -> int:
        return now() if self._clock is None else milliseconds(self._clock())
