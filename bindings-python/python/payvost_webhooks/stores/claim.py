"""What a handler, or the worker of a queue, has of its claim."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from payvost_webhooks import _limits, _native
from payvost_webhooks.stores.base import AsyncClaimStore, ClaimStore, Seconds, StoreError, Ticket

if TYPE_CHECKING:
    from payvost_webhooks.stores.base import Values

__all__ = ["AsyncClaim", "AsyncTaken", "Claim", "Taken"]


TakenState = Literal["claimed", "done", "in_progress", "lost"]


class _Claim:
    def __init__(
        self, store: Any, key: str, token: str, attempt: int = 0, transaction: Any = None
    ) -> None:
        self._store = store
        self._transaction = transaction
        self.key = key
        """The key of the claim: ``webhook:evt_…``."""
        self.token = token
        """What the claim is known by in the store."""
        self.attempt = attempt
        """How often the event has been claimed, this time included."""
        self.connection = None if transaction is None else transaction.connection
        """The connection whose transaction the claim is part of. With an inbox alone."""
        self._handed_over = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key!r}, attempt {self.attempt}>"

    def _lease_ms(self, seconds: Seconds | None) -> int:
        milliseconds: int = self._store.policy.lease_ms(seconds)
        return milliseconds

    @property
    def _leases(self) -> Any:
        """The store, if it gives leases."""
        if self._transaction is not None:
            raise StoreError(
                "the claim of an inbox is part of its transaction: it cannot be handed over, and the receiver"
                " completes it"
            )
        return self._store

    @property
    def _handing_over(self) -> Any:
        """The store, if this claim can be handed over."""
        if len(self.token) > _limits.CLAIM_TOKEN_LENGTH:
            raise StoreError(
                "this claim was taken with a ticket and cannot be handed over again: release it, and put the job back"
                " on the queue with its ticket"
            )
        return self._leases

    def _ticket(self, held: bool) -> Ticket:
        if not held:
            raise StoreError("the claim is another worker's by now")
        self._handed_over = True
        return {"key": self.key, "token": self.token}

    def _renewal(self) -> Any:
        """What asks whether the transaction still holds the claim of an inbox."""
        return getattr(self._transaction, "renew", None)


class Claim(_Claim):
    """A claim, as the second argument of a handler, or from a ticket by ``store.take(ticket)``.

    Whatever the store's client raises, the methods raise.
    """

    def extend(self, seconds: Seconds | None = None) -> bool:
        """Make the claim hold for another lease from now, or for so long.

        That of an inbox holds for as long as its transaction does.

        Returns:
            ``False``: it is another worker's by now. Stop, if the effect can still be avoided.
        """
        lease_ms = self._lease_ms(seconds)
        if self._transaction is None:
            store: ClaimStore = self._store
            return store.extend(self.key, self.token, lease_ms)
        renew = self._renewal()
        return renew is None or bool(renew())

    def hand_over(self, lease: Seconds | None = None) -> Ticket:
        """Leave the event to a worker behind a queue: the receiver answers 200 without completing the claim.

        Put the ticket on the queue together with the event. The worker takes it with ``store.take(ticket)``, and
        completes or releases it. If the handler raises after this, the claim is released as ever.

        Args:
            lease: For how long from now the claim is to hold: as long as the event may wait in the queue and be worked
                on. ``None``: as it is.

        Raises:
            StoreError: The claim belongs to an inbox or, by now, to another worker, or it was taken with a ticket.
        """
        store: ClaimStore = self._handing_over
        return self._ticket(
            lease is None or store.extend(self.key, self.token, self._lease_ms(lease))
        )

    def complete(self) -> bool:
        """Note that the event is handled. For workers behind a queue: the receiver does this by itself.

        Returns:
            ``False``: the claim is another worker's by now, which may have handled the event as well.
        """
        store: ClaimStore = self._leases
        return store.complete(self.key, self.token)

    def release(self, error: BaseException | str = "Released") -> bool:
        """Give the event back. For workers behind a queue that cannot handle it.

        Nobody delivers it again once the provider has been answered 200: it is a dead letter, for ``receiver.retry``.

        Args:
            error: What kind of error it was. Of an exception only the name of its class is kept.

        Returns:
            ``False``: the claim is another worker's by now.
        """
        store: ClaimStore = self._leases
        return store.release(self.key, self.token, kind_of(error))


class AsyncClaim(_Claim):
    """As :class:`Claim`, of a store in an event loop."""

    async def extend(self, seconds: Seconds | None = None) -> bool:
        """As :meth:`Claim.extend`."""
        lease_ms = self._lease_ms(seconds)
        if self._transaction is None:
            store: AsyncClaimStore = self._store
            return await store.extend(self.key, self.token, lease_ms)
        renew = self._renewal()
        return renew is None or bool(await renew())

    async def hand_over(self, lease: Seconds | None = None) -> Ticket:
        """As :meth:`Claim.hand_over`."""
        store: AsyncClaimStore = self._handing_over
        held = lease is None or await store.extend(self.key, self.token, self._lease_ms(lease))
        return self._ticket(held)

    async def complete(self) -> bool:
        """As :meth:`Claim.complete`."""
        store: AsyncClaimStore = self._leases
        return await store.complete(self.key, self.token)

    async def release(self, error: BaseException | str = "Released") -> bool:
        """As :meth:`Claim.release`."""
        store: AsyncClaimStore = self._leases
        return await store.release(self.key, self.token, kind_of(error))


class Taken(NamedTuple):
    """What became of the attempt to take a ticket."""

    state: TakenState
    """``"claimed"``: do the work, and complete the claim. ``"done"``: the event is handled, acknowledge the job.
    ``"in_progress"``: another worker has taken the ticket, put the job back. ``"lost"``: a later delivery has claimed
    the event, or it is forgotten; acknowledge the job."""

    claim: Claim | None = None
    """With ``"claimed"``."""

    wait: float = 0.0
    """With ``"in_progress"``: in how many seconds the other worker's lease is over."""

    @classmethod
    def of(cls, store: Any, values: Values, reply: tuple[str, int]) -> Taken:
        """From the reply of a store."""
        return cls(*_taken(Claim, store, values, reply))


class AsyncTaken(NamedTuple):
    """As :class:`Taken`, of a store in an event loop."""

    state: TakenState
    """As :attr:`Taken.state`."""

    claim: AsyncClaim | None = None
    """As :attr:`Taken.claim`."""

    wait: float = 0.0
    """As :attr:`Taken.wait`."""

    @classmethod
    def of(cls, store: Any, values: Values, reply: tuple[str, int]) -> AsyncTaken:
        """As :meth:`Taken.of`."""
        return cls(*_taken(AsyncClaim, store, values, reply))


def _taken(kind: Any, store: Any, values: Values, reply: tuple[str, int]) -> Any:
    state, number = reply
    if state == "claimed":
        return state, kind(store, values["key"], values["token"], number), 0.0
    return state, None, number / 1000 if state == "in_progress" else 0.0


def claim_for(
    store: Any,
    key: str,
    token: str,
    attempt: int,
    transaction: Any,
    is_async: bool,
    in_thread: bool,
) -> Claim | AsyncClaim:
    """The claim that a handler gets.

    Args:
        is_async: Whether the steps of the store are coroutines.
        in_thread: Whether they are, and the handler is not: it runs in a thread.
    """
    if in_thread and transaction is None:
        return Claim(FromThread(store, asyncio.get_running_loop()), key, token, attempt)
    kind = AsyncClaim if is_async else Claim
    return kind(store, key, token, attempt, transaction)


class FromThread:
    """An asynchronous store, for a handler that is not ``async`` and runs in a thread."""

    def __init__(self, store: AsyncClaimStore, loop: asyncio.AbstractEventLoop) -> None:
        self.policy = store.policy
        self._store = store
        self._loop = loop

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        return self._wait_for(self._store.extend(key, token, lease_ms))

    def complete(self, key: str, token: str) -> bool:
        return self._wait_for(self._store.complete(key, token))

    def release(self, key: str, token: str, error: str) -> bool:
        return self._wait_for(self._store.release(key, token, error))

    def _wait_for(self, step: Any) -> bool:
        try:
            here: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            step.close()
            raise StoreError(
                "a handler that is not async itself cannot use its claim in the event loop"
            )
        held: bool = asyncio.run_coroutine_threadsafe(step, self._loop).result()
        return held


def kind_of(error: BaseException | str) -> str:
    """What a store keeps of an error."""
    return _native.handler_error(error if isinstance(error, str) else type(error).__name__)
