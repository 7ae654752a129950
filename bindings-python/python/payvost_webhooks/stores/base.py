"""The settings of all stores, and the protocols that a receiver expects."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, NamedTuple, Optional, Protocol, TypedDict, Union

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
"""The values of the parameters of statements and scripts, by name."""

Seconds = Union[int, float, timedelta]

Ticket = dict[str, str]
"""A claim in transit through a queue, serializable as JSON. Its holder can complete the claim: keep it internal."""


class Options(TypedDict, total=False):
    """The arguments of :class:`Settings`."""

    lease: Seconds
    remember: Seconds
    prefix: str
    keep_deliveries: bool
    timeout: float


class StoreError(Exception):
    """A store was used incorrectly, or returned an invalid reply. The text contains nothing private."""


class StoreTimeoutError(StoreError):
    """A store did not respond in time."""


class StoreFullError(StoreError):
    """A store has no room for another claim."""


class KeptDelivery(NamedTuple):
    """A delivery as it was received."""

    payload: bytes
    signature: str


class DeadLetter(NamedTuple):
    """An event that was claimed but not handled. Payvost may still be retrying."""

    key: str
    """The key of the claim, for ``receiver.retry(key)``."""

    event_type: str

    reason: str
    """``"failed"``: the handler raised an exception. ``"abandoned"``: the worker stopped without reporting a result.
    ``"parked"``: the handler itself committed the transaction of an inbox, so that only ``receiver.retry(key)`` runs it
    again."""

    attempts: int
    """How often the event has been claimed."""

    error: Optional[str]
    """The class of the last exception that the handler raised."""

    age: float
    """How long the event has been in this state, in seconds."""


class ClaimStore(Protocol):
    """The protocol of a store. Implement it for your own store; each step must be atomic.

    ``docs/idempotency.md`` describes each step, and :class:`payvost_webhooks.stores.MemoryStore` is an example. If a
    step raises an exception, the receiver responds with status 503.
    """

    policy: ClaimPolicy
    """Lease, retention and prefix: ``ClaimPolicy(lease, remember, prefix)``."""

    keep_deliveries: bool
    """Whether to pass the delivery to :meth:`claim`."""

    def claim(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> tuple[str, int]:
        """Claim an event: ``("claimed", attempt)``, ``("in_progress", milliseconds)``, ``("done", 0)``,
        ``("conflict", 0)`` or ``("parked", 0)``; with ``request.retry``, also claim a parked event."""

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Extend a claim from now. ``False`` if the claim belongs to another worker."""

    def complete(self, key: str, token: str) -> bool:
        """Mark the event as handled. ``False`` if the claim belongs to another worker."""

    def release(self, key: str, token: str, error: str) -> bool:
        """Release the event after its handler failed. ``False`` if the claim belongs to another worker."""

    def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""


class AsyncClaimStore(Protocol):
    """Like :class:`ClaimStore`, for receivers in an event loop."""

    policy: ClaimPolicy
    """Like :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """Like :attr:`ClaimStore.keep_deliveries`."""

    async def claim(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> tuple[str, int]:
        """Like :meth:`ClaimStore.claim`."""

    async def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """Like :meth:`ClaimStore.extend`."""

    async def complete(self, key: str, token: str) -> bool:
        """Like :meth:`ClaimStore.complete`."""

    async def release(self, key: str, token: str, error: str) -> bool:
        """Like :meth:`ClaimStore.release`."""

    async def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""


class Transaction(Protocol):
    """A transaction of an inbox, shared by the claim and the handler's writes."""

    connection: Any
    """The connection that the handler writes through."""

    reply: tuple[str, int]
    """The reply to the claim. Unless the event is claimed, the transaction has ended."""

    def commit(self) -> Union[bool, str]:
        """Complete the claim, and commit. Returns whether that succeeded, or a word for the result.

        The words are ``"completed"``; ``"lost"`` (the claim belongs to another worker); ``"committed"`` and
        ``"rolled_back"`` (the handler has already done so); ``"aborted"`` (the handler left the transaction in a failed
        state). If completion fails, the transaction is rolled back.
        """

    def fail(self, error: str) -> bool:
        """Roll back, and record in a separate transaction that the handler failed."""


class Inbox(Protocol):
    """A store whose claims share a transaction with the handler's writes."""

    policy: ClaimPolicy
    """Like :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """Like :attr:`ClaimStore.keep_deliveries`."""

    def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> Transaction:
        """Begin a transaction with a claim."""

    def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""


class AsyncTransaction(Protocol):
    """Like :class:`Transaction`."""

    connection: Any
    """Like :attr:`Transaction.connection`."""

    reply: tuple[str, int]
    """Like :attr:`Transaction.reply`."""

    async def commit(self) -> Union[bool, str]:
        """Like :meth:`Transaction.commit`."""

    async def fail(self, error: str) -> bool:
        """Like :meth:`Transaction.fail`."""


class AsyncInbox(Protocol):
    """Like :class:`Inbox`, for receivers in an event loop."""

    policy: ClaimPolicy
    """Like :attr:`ClaimStore.policy`."""

    keep_deliveries: bool
    """Like :attr:`ClaimStore.keep_deliveries`."""

    async def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> AsyncTransaction:
        """Begin a transaction with a claim."""

    async def delivery(self, key: str) -> Optional[KeptDelivery]:
        """The delivery that is stored with a claim."""


Store = Union[ClaimStore, AsyncClaimStore, Inbox, AsyncInbox]
"""Any kind of store that a receiver accepts."""


class Settings:
    """The settings that all stores of this package share.

    Args:
        lease: How long a claim holds before another delivery can take it over, from 1 s to 24 h: seconds or a
            ``timedelta``. It should exceed the run time of your handlers; a slow handler calls ``claim.extend()``.
        remember: How long an event is remembered, from 96 min 5 s (while Payvost retries) to ten years.
        prefix: The prefix of the keys: up to 64 ASCII letters, digits and ``_ . -``. If two endpoints share a store,
            give each its own prefix.
        keep_deliveries: Store payload and signature with the claim until the event is handled, so that
            ``receiver.retry(key)`` can handle it again. They are customer data at rest.
        timeout: How long a step may take, in seconds. Within this time, a step is retried after a deadlock or a broken
            connection. An async store is abandoned after it. A blocking call ends only at the limits of its client.

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
        require_seconds(
            "timeout", timeout, "Omit it for 2 seconds. Payvost waits 5 seconds for a response."
        )
        self.timeout = timeout


def new_token() -> str:
    """A random token that identifies a claim."""
    return secrets.token_hex(_limits.CLAIM_TOKEN_LENGTH // 2)
