"""What all stores have in common, and what a receiver expects of one."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, NamedTuple, Protocol, TypedDict, Union

from payvost_webhooks import _limits
from payvost_webhooks._native import ClaimPolicy, ClaimRequest, require_seconds

__all__ = [
    "AsyncClaimStore",
    "AsyncInbox",
    "AsyncTransaction",
    "ClaimStore",
    "DeadLetter",
    "Inbox",
    "KeptDelivery",
    "Options",
    "Settings",
    "Store",
    "StoreError",
    "StoreFullError",
    "StoreTimeoutError",
    "Ticket",
    "Transaction",
]

Values = dict[str, Union[str, int, bytes, None]]
"""What is bound to the places of statements and scripts, by name."""

Seconds = Union[int, float, timedelta]

Ticket = dict[str, str]
"""A claim on its way through a queue: JSON can hold it. Whoever has it can complete the claim: treat it as internal."""


class Options(TypedDict, total=False):
    """The arguments of :class:`Settings`."""

    lease: Seconds
    remember: Seconds
    prefix: str
    keep_deliveries: bool
    timeout: float


class StoreError(Exception):
    """A store was used in a way that cannot work, or gave no reply that makes sense. Its text holds nothing private."""


class StoreTimeoutError(StoreError):
    """A store did not answer in time."""


class StoreFullError(StoreError):
    """A store has no room for another claim."""


class KeptDelivery(NamedTuple):
    """A delivery as it came."""

    payload: bytes
    signature: str


class DeadLetter(NamedTuple):
    """An event that was claimed and not handled. The provider may still be trying."""

    key: str
    """The key of the claim, for ``receiver.retry(key)``."""

    event_type: str

    reason: str
    """``"failed"``: its handler raised. ``"abandoned"``: its worker did not say what came of it. ``"parked"``: its
    handler committed the transaction of an inbox itself, so that only ``receiver.retry(key)`` runs it again."""

    attempts: int
    """How often it has been tried."""

    error: str | None
    """The class of the exception that the handler raised, the last time that it did."""

    age: float
    """For how long it has been so, in seconds."""


class ClaimStore(Protocol):
    """What a receiver expects of a store. A store of your own has these, and each step is atomic.

    What a step does is described, in a few lines each, by :class:`payvost_webhooks.stores.MemoryStore` and the page
    ``docs/idempotency.md``. Whatever a step raises makes the receiver answer 503.
    """

    policy: ClaimPolicy
    """Lease, memory and prefix; made by ``ClaimPolicy(lease, remember, prefix)``."""

    keep_deliveries: bool
    """Whether :meth:`claim` is to get the delivery."""

    def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """Claim an event: ``("claimed", attempt)``, ``("in_progress", milliseconds)``, ``("done", 0)``,
        ``("conflict", 0)`` or ``("parked", 0)``; with ``request.retry`` also one that is parked."""

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Make a claim hold for so long from now. ``False``: it is another worker's."""

    def complete(self, key: str, token: str) -> bool:
        """Note that the event is handled. ``False``: the claim is another worker's."""

    def release(self, key: str, token: str, error: str) -> bool:
        """Give the event back after its handler failed. ``False``: the claim is another worker's."""

    def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""


class AsyncClaimStore(Protocol):
    """As :class:`ClaimStore`, for receivers in an event loop."""

    policy: ClaimPolicy
    """As :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """As :attr:`ClaimStore.keep_deliveries`."""

    async def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`ClaimStore.claim`."""

    async def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`ClaimStore.extend`."""

    async def complete(self, key: str, token: str) -> bool:
        """As :meth:`ClaimStore.complete`."""

    async def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`ClaimStore.release`."""

    async def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""


class Transaction(Protocol):
    """A transaction of an inbox, which the claim and the handler's own writes share."""

    connection: Any
    """What the handler writes through."""

    reply: tuple[str, int]
    """What became of the claim. Unless it is claimed, the transaction has ended."""

    def commit(self) -> bool | str:
        """Complete the claim, and commit. Gives whether that is done, or a word for it.

        The words are ``"completed"``; ``"lost"`` (the claim is another worker's); ``"committed"`` and ``"rolled_back"``
        (the handler has done so itself); ``"aborted"`` (the handler left a transaction that takes no more statements).
        Unless it is done, nothing of the transaction is left.
        """

    def fail(self, error: str) -> bool:
        """Roll back, and note in a transaction of its own that the handler failed."""


class Inbox(Protocol):
    """A store whose claims share a transaction with the handler's own writes."""

    policy: ClaimPolicy
    """As :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """As :attr:`ClaimStore.keep_deliveries`."""

    def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> Transaction:
        """Begin a transaction with a claim."""

    def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""


class AsyncTransaction(Protocol):
    """As :class:`Transaction`."""

    connection: Any
    """As :attr:`Transaction.connection`."""

    reply: tuple[str, int]
    """As :attr:`Transaction.reply`."""

    async def commit(self) -> bool | str:
        """As :meth:`Transaction.commit`."""

    async def fail(self, error: str) -> bool:
        """As :meth:`Transaction.fail`."""


class AsyncInbox(Protocol):
    """As :class:`Inbox`, for receivers in an event loop."""

    policy: ClaimPolicy
    """As :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """As :attr:`ClaimStore.keep_deliveries`."""

    async def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> AsyncTransaction:
        """Begin a transaction with a claim."""

    async def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""


Store = Union[ClaimStore, AsyncClaimStore, Inbox, AsyncInbox]
"""What a receiver takes."""


class Settings:
    """What every store of this package can be told.

    Args:
        lease: How long a claim holds before another delivery may take it over: seconds or a ``timedelta``, from 1 s to
            24 h. Longer than the handler takes; one that takes longer calls ``claim.extend()``.
        remember: For how long an event is remembered, from 96 min 5 s (as long as the provider tries) to ten years.
        prefix: What the keys begin with: up to 64 ASCII letters, digits and ``_ . : -``. If two endpoints share a
            store, give each its own prefix.
        keep_deliveries: Keep payload and signature with the claim until the event is handled, so that it can be handled
            again by ``receiver.retry(key)``. That is your customers' data at rest.
        timeout: How long a step may take, in seconds. So long it is tried again after a deadlock or a broken
            connection, and so long an asynchronous store is waited for. A blocking call of a client ends by the
            client's own limits alone.

    Raises:
        ConfigurationError: ``invalid_option``.
    """

    def __init__(
        self,
        *,
        lease: Seconds = _limits.DEFAULT_LEASE_SECONDS,
        remember: Seconds = _limits.DEFAULT_REMEMBER_SECONDS,
        prefix: str = _limits.DEFAULT_PREFIX,
        keep_deliveries: bool = True,
        timeout: float = _limits.DEFAULT_STORE_TIME_LIMIT_SECONDS,
    ) -> None:
        self.policy = ClaimPolicy(lease, remember, prefix)
        self.keep_deliveries = keep_deliveries
        require_seconds("timeout", timeout, "Leave it out for 2 seconds. The provider waits for 5.")
        self.timeout = timeout


def new_token() -> str:
    """What a claim is known by, and nobody can guess."""
    return secrets.token_hex(_limits.CLAIM_TOKEN_LENGTH // 2)
