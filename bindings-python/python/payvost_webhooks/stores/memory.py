"""Claims in the memory of one process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from payvost_webhooks import _limits
from payvost_webhooks._native import ClaimRequest, MemoryClaims
from payvost_webhooks.stores._driving import now
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

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["MemoryStore"]


class MemoryStore(Settings):
    """Claims in the memory of one process, for its threads and its event loop.

    **For one process only.** What another worker process has handled is not known here, so that behind more than one
    worker an event is handled once in each of them; and all is gone with the process. For a receiver that is served by
    one process, and for tests.

    Memory is bounded: when ``capacity`` events are remembered, the one that would be forgotten first makes room.
    Of the deliveries of events that are not handled yet up to 64 MiB are kept.

    Args:
        capacity: How many events are remembered at most, up to 100,000,000. When as many are being handled at once, the
            next one is answered 503.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``: see :class:`Settings`.

    Raises:
        ConfigurationError: ``invalid_option``.

    >>> from payvost_webhooks.receiver import WebhookReceiver
    >>> receiver = WebhookReceiver("whsec_example", print, store=MemoryStore())
    """

    blocks = False
    """No step takes longer than a few microseconds: an event loop runs it itself."""

    def __init__(
        self, capacity: int = _limits.DEFAULT_CAPACITY, **settings: Unpack[Options]
    ) -> None:
        super().__init__(**settings)
        self._claims = MemoryClaims(capacity)

    def __len__(self) -> int:
        """How many events are remembered."""
        return len(self._claims)

    def __bool__(self) -> bool:
        return True

    def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        reply = self._claims.claim(self._now(), self.policy, request, token, delivery)
        if reply is None:
            raise StoreFullError("as many events are being handled as the store has capacity for")
        return reply

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return self._claims.extend(self._now(), key, token, lease_ms)

    def complete(self, key: str, token: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return self._claims.complete(self._now(), self.policy, key, token)

    def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        return self._claims.release(self._now(), self.policy, key, token, error)

    def take(self, ticket: Mapping[str, str], lease: Seconds | None = None) -> Taken:
        """As :meth:`payvost_webhooks.stores.redis.RedisStore.take`."""
        values: Any = take_values(self.policy, ticket, lease)
        names = (values[name] for name in ("key", "ticket", "token", "lease"))
        return Taken.of(self, values, self._claims.take(self._now(), self.policy, *names))

    def discard(self, key: str) -> bool:
        """As :meth:`payvost_webhooks.stores.redis.RedisStore.discard`."""
        return self._claims.discard(self._now(), self.policy, key)

    def dead_letters(self, limit: int = _limits.DEFAULT_DEAD_LETTERS) -> list[DeadLetter]:
        """The events that were claimed and not handled, those that have waited longest first."""
        return letters(self._claims.dead_letters(self._now(), limit))

    def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""
        kept = self._claims.delivery(self._now(), key)
        return kept and KeptDelivery(*kept)

    def _now(self) -> int:
        return now()
