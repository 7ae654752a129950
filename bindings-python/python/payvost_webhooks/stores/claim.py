"""Claims, as handlers and queue workers see them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Optional, Union

from payvost_webhooks import _limits, _native
from payvost_webhooks.stores.base import (
    AsyncClaimStore,
    ClaimStore,
    Seconds,
    StoreError,
    Ticket,
    Values,
)

__all__ = ["AsyncClaim", "AsyncTaken", "Claim", "Taken"]


TakenState = Literal["claimed", "done", "in_progress", "lost"]


if TYPE_CHECKING:
    from typing_extensions import TypeVar

    C = TypeVar("C", default=Any)
else:
    from typing import TypeVar

    C = TypeVar("C")


class _Claim(Generic[C]):
    def __init__(
        self, store: Any, key: str, token: str, attempt: int = 0, transaction: Any = None
    ) -> None:
        self._store = store
        self._transaction = transaction
        self.key = key
        """The key of the claim: ``webhook:evt_…``."""
        self.token = token
        """The token that identifies the claim in the store."""
        self.attempt = attempt
        """How often the event has been claimed, including this time."""
        self.connection: C = getattr(transaction, "connection", None)  # type: ignore[assignment]
        """Only with an inbox: the connection whose transaction includes the claim."""
        self._handed_over = False

    @property
    def session(self) -> C:
        """Only with the inbox of an ORM: its session. The same as :attr:`connection`."""
        return self.connection

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key!r}, attempt {self.attempt}>"

    def _lease_ms(self, seconds: Optional[Seconds]) -> int:
        milliseconds: int = self._store.policy.lease_ms(seconds)
        return milliseconds

    @property
    def _leases(self) -> Any:
        """The store, if it grants leases."""
        if self._transaction is not None:
            raise StoreError(
                "the claim of an inbox is part of its transaction: the receiver completes it, and it cannot be handed"
                " over"
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
            raise StoreError("the claim now belongs to another worker")
        self._handed_over = True
        return {"key": self.key, "token": self.token}

    def _renewal(self) -> Any:
        """The method that checks whether the transaction of an inbox still holds the claim."""
        return getattr(self._transaction, "renew", None)


class Claim(_Claim[C]):
    """A claim: the second argument of a handler, or the result of ``store.take(ticket)``.

    The methods raise the exceptions of the store's client. For type checkers, ``Claim[Session]`` says what
    ``claim.session`` or ``claim.connection`` is.
    """

    def extend(self, seconds: Optional[Seconds] = None) -> bool:
        """Extend the claim from now, by the lease of the store or by the given time.

        The claim of an inbox holds as long as its transaction.

        Returns:
            ``False`` if the claim now belongs to another worker. Stop if you can still avoid the effect.
        """
        lease_ms = self._lease_ms(seconds)
        if self._transaction is None:
            store: ClaimStore = self._store
            return store.extend(self.key, self.token, lease_ms)
        renew = self._renewal()
        return renew is None or bool(renew())

    def hand_over(self, lease: Optional[Seconds] = None) -> Ticket:
        """Leave the event to a queue worker: the receiver responds with status 200 without completing the claim.

        Put the ticket on the queue together with the event. The worker calls ``store.take(ticket)``, and completes or
        releases the claim. If the handler raises after handing over, the claim is released as usual.

        Args:
            lease: How long the claim holds from now: allow for the wait in the queue and the work. ``None``: leave it
                unchanged.

        Raises:
            StoreError: The claim belongs to an inbox or to another worker, or was taken with a ticket.
        """
        store: ClaimStore = self._handing_over
        return self._ticket(
            lease is None or store.extend(self.key, self.token, self._lease_ms(lease))
        )

    def complete(self) -> bool:
        """Mark the event as handled. For queue workers only: the receiver does this for handlers.

        Returns:
            ``False`` if the claim now belongs to another worker, which may have handled the event too.
        """
        store: ClaimStore = self._leases
        return store.complete(self.key, self.token)

    def release(self, error: Union[BaseException, str] = "Released") -> bool:
        """Release the event. For queue workers that cannot handle it.

        After a response with status 200, Payvost does not deliver the event again: it becomes a dead letter, which
        ``receiver.retry`` can handle.

        Args:
            error: The kind of error. Only the class name of an exception is stored.

        Returns:
            ``False`` if the claim now belongs to another worker.
        """
        store: ClaimStore = self._leases
        return store.release(self.key, self.token, kind_of(error))


class AsyncClaim(_Claim[C]):
    """Like :class:`Claim`, of a store in an event loop."""

    async def extend(self, seconds: Optional[Seconds] = None) -> bool:
        """Like :meth:`Claim.extend`."""
        lease_ms = self._lease_ms(seconds)
        if self._transaction is None:
            store: AsyncClaimStore = self._store
            return await store.extend(self.key, self.token, lease_ms)
        renew = self._renewal()
        return renew is None or bool(await renew())

    async def hand_over(self, lease: Optional[Seconds] = None) -> Ticket:
        """Like :meth:`Claim.hand_over`."""
        store: AsyncClaimStore = self._handing_over
        held = lease is None or await store.extend(self.key, self.token, self._lease_ms(lease))
        return self._ticket(held)

    async def complete(self) -> bool:
        """Like :meth:`Claim.complete`."""
        store: AsyncClaimStore = self._leases
        return await store.complete(self.key, self.token)

    async def release(self, error: Union[BaseException, str] = "Released") -> bool:
        """Like :meth:`Claim.release`."""
        store: AsyncClaimStore = self._leases
        return await store.release(self.key, self.token, kind_of(error))


class Taken(NamedTuple):
    """The result of taking a ticket."""

    state: TakenState
    """``"claimed"``: do the work, then complete the claim. ``"done"``: the event has been handled; acknowledge the job.
    ``"in_progress"``: another worker has taken the ticket; put the job back. ``"lost"``: a later delivery has claimed
    the event, or it has been forgotten; acknowledge the job."""

    claim: Optional[Claim] = None
    """The claim if the state is ``"claimed"``."""

    wait: float = 0.0
    """If the state is ``"in_progress"``: the seconds until the lease of the other worker expires."""

    @classmethod
    def of(cls, store: Any, values: Values, reply: tuple[str, int]) -> Taken:
        """Convert the reply of a store."""
        return cls(*_taken(Claim, store, values, reply))


class AsyncTaken(NamedTuple):
    """Like :class:`Taken`, of a store in an event loop."""

    state: TakenState
    """Like :attr:`Taken.state`."""

    claim: Optional[AsyncClaim] = None
    """Like :attr:`Taken.claim`."""

    wait: float = 0.0
    """Like :attr:`Taken.wait`."""

    @classmethod
    def of(cls, store: Any, values: Values, reply: tuple[str, int]) -> AsyncTaken:
        """Like :meth:`Taken.of`."""
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
    loop: Optional[asyncio.AbstractEventLoop],
) -> Union[Claim, AsyncClaim]:
    """The claim to pass to a handler.

    Args:
        is_async: Whether the store is async.
        loop: The event loop of an async store, if the handler runs in a thread.
    """
    if loop is not None and transaction is None:
        return Claim(FromThread(store, loop), key, token, attempt)
    kind = AsyncClaim if is_async else Claim
    return kind(store, key, token, attempt, transaction)


class FromThread:
    """A blocking view of an async store, for a handler that runs in a thread."""

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
            here: Optional[asyncio.AbstractEventLoop] = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            step.close()
            raise StoreError(
                "a handler that is not async cannot use its claim in the event loop: make it async"
            )
        held: bool = asyncio.run_coroutine_threadsafe(step, self._loop).result()
        return held


def kind_of(error: Union[BaseException, str]) -> str:
    """The name of an error, as a store keeps it."""
    return _native.handler_error(error if isinstance(error, str) else type(error).__name__)
