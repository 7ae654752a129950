"""The steps that all stores with leases share, blocking and async."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional, cast

from payvost_webhooks import _limits, _native
from payvost_webhooks._native import ClaimPolicy, ClaimRequest
from payvost_webhooks.stores._driving import within
from payvost_webhooks.stores.base import (
    DeadLetter,
    KeptDelivery,
    Seconds,
    Settings,
    Values,
    new_token,
)
from payvost_webhooks.stores.claim import AsyncTaken, Taken

__all__ = ["AsyncLease", "AsyncReader", "Lease", "Reader", "claim_values", "take_values"]


class Reader(Settings):
    """Reads dead letters and stored deliveries."""

    def dead_letters(self, limit: int = _limits.DEFAULT_DEAD_LETTERS) -> list[DeadLetter]:
        """The events that were claimed but not handled, the oldest first."""
        values: Values = {
            "key": self.policy.open_key,
            "limit": limit,
            "open_key": self.policy.open_key,
        }
        return letters(self._run("dead_letters", values)[1])

    def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""
        return kept_in(self._run("delivery", {"key": key})[1])

    def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        """Run a piece of work. Returns its result, and the rows it read."""
        raise NotImplementedError


class Lease(Reader):
    """The steps of :class:`payvost_webhooks.stores.ClaimStore`."""

    def claim(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> tuple[str, int]:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        values = claim_values(self.policy, request, token, delivery)
        return cast("tuple[str, int]", self._run("claim", values, request.retry)[0])

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return bool(self._run("extend", {"key": key, "token": token, "lease": lease_ms})[0])

    def complete(self, key: str, token: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return bool(self._run("complete", change_values(self.policy, key, token))[0])

    def release(self, key: str, token: str, error: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        return bool(self._run("release", change_values(self.policy, key, token, error))[0])

    def take(self, ticket: Mapping[str, str], lease: Optional[Seconds] = None) -> Taken:
        """Take over a claim that was handed over. Queue workers call this before they start.

        Only one worker with the same ticket gets the claim at a time.

        Args:
            ticket: The return value of ``claim.hand_over()``.
            lease: How long the claim holds from now. ``None``: the lease of the store.
        """
        values = take_values(self.policy, ticket, lease)
        return Taken.of(self, values, self._run("take", values)[0])

    def discard(self, key: str) -> bool:
        """Discard a dead letter: mark its event as handled, and delete the stored delivery.

        Returns:
            ``False`` if the event has been handled, is being handled, or is unknown.
        """
        return bool(self._run("discard", change_values(self.policy, key))[0])


class AsyncReader(Settings):
    """Like :class:`Reader`, in an event loop."""

    async def dead_letters(self, limit: int = _limits.DEFAULT_DEAD_LETTERS) -> list[DeadLetter]:
        """The events that were claimed but not handled, the oldest first."""
        values: Values = {
            "key": self.policy.open_key,
            "limit": limit,
            "open_key": self.policy.open_key,
        }
        return letters((await self._within("dead_letters", values))[1])

    async def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""
        return kept_in((await self._within("delivery", {"key": key}))[1])

    async def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        """Like :meth:`Reader._run`."""
        raise NotImplementedError

    async def _within(self, work: str, values: Values) -> tuple[Any, list[Any]]:
        return await within(self.timeout, lambda: self._run(work, values))


class AsyncLease(AsyncReader):
    """Like :class:`Lease`, in an event loop."""

    async def claim(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> tuple[str, int]:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        values = claim_values(self.policy, request, token, delivery)
        return await self._granted("claim", values, request.retry)

    async def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        values: Values = {"key": key, "token": token, "lease": lease_ms}
        return bool((await self._within("extend", values))[0])

    async def complete(self, key: str, token: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        return bool((await self._within("complete", change_values(self.policy, key, token)))[0])

    async def release(self, key: str, token: str, error: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        values = change_values(self.policy, key, token, error)
        return bool((await self._within("release", values))[0])

    async def take(self, ticket: Mapping[str, str], lease: Optional[Seconds] = None) -> AsyncTaken:
        """Like :meth:`payvost_webhooks.stores.redis.RedisStore.take`."""
        values = take_values(self.policy, ticket, lease)
        return AsyncTaken.of(self, values, await self._granted("take", values))

    async def discard(self, key: str) -> bool:
        """Like :meth:`payvost_webhooks.stores.redis.RedisStore.discard`."""
        return bool((await self._within("discard", change_values(self.policy, key)))[0])

    async def _granted(self, work: str, values: Values, retry: bool = False) -> tuple[str, int]:
        """Run a step that claims. If the claim is granted after the time limit, release it."""

        async def late(result: tuple[Any, list[Any]]) -> None:
            if _native.releases_late(*result[0]):
                await self.release(str(values["key"]), str(values["token"]), "StoreUnavailable")

        # After its lease, a claim expires without being released.
        patience = self.policy.lease_ms() / 1000
        step = within(self.timeout, lambda: self._run(work, values, retry), late, patience)
        return cast("tuple[str, int]", (await step)[0])


def claim_values(
    policy: ClaimPolicy, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
) -> Values:
    """The values that a claim binds."""
    payload, signature = delivery or (None, None)
    return {
        "fingerprint": request.fingerprint,
        "event_type": request.event_type,
        "lease": policy.lease_ms(),
        "payload": payload,
        "signature": signature,
        **change_values(policy, request.key, token),
    }


def take_values(policy: ClaimPolicy, ticket: Mapping[str, str], lease: Optional[Seconds]) -> Values:
    """The values that taking a ticket binds. The new token starts with that of the ticket."""
    token = ticket["token"] + new_token()
    lease_ms = policy.lease_ms(lease)
    return {
        **change_values(policy, ticket["key"], token),
        "ticket": ticket["token"],
        "lease": lease_ms,
    }


def change_values(policy: ClaimPolicy, key: str, token: str = "", error: str = "") -> Values:
    return {"key": key, "token": token, "remember": policy.remember_ms, "error": error}


def letters(rows: list[Any]) -> list[DeadLetter]:
    """Dead letters from rows, whose texts may be bytes."""
    return [
        DeadLetter(
            text(key),
            text(event_type),
            text(reason),
            int(attempts),
            text(error) if error else None,
            max(0, int(age_ms)) / 1000,
        )
        for key, event_type, reason, attempts, error, age_ms in rows
    ]


def kept_in(rows: list[Any]) -> Optional[KeptDelivery]:
    if not rows:
        return None
    payload, signature = rows[0]
    return KeptDelivery(bytes(payload), text(signature))


def text(value: Any) -> str:
    """Text that a client may return as bytes."""
    return bytes(value).decode() if isinstance(value, BYTES) else str(value)


def first(values: Any) -> tuple[Optional[str], Optional[int]]:
    """The text at the start of a row or reply, and its first number."""
    word = text(values[0]) if values and isinstance(values[0], (str, *BYTES)) else None
    return word, next((int(value) for value in values if hasattr(value, "__int__")), None)


BYTES = (bytes, bytearray, memoryview)
