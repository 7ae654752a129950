"""Claim stores, with which a receiver handles each event once. See ``docs/guides/python/stores.md``.

:class:`MemoryStore` is for one process. Redis is in :mod:`payvost_webhooks.stores.redis`, SQL in
:mod:`payvost_webhooks.stores.sql`.
"""

from payvost_webhooks._native import ClaimPolicy, ClaimRequest
from payvost_webhooks.stores.base import (
    AsyncClaimStore,
    AsyncInbox,
    AsyncTransaction,
    ClaimStore,
    DeadLetter,
    Inbox,
    KeptDelivery,
    Options,
    Settings,
    Store,
    StoreError,
    StoreFullError,
    StoreTimeoutError,
    Ticket,
    Transaction,
)
from payvost_webhooks.stores.claim import AsyncClaim, AsyncTaken, Claim, Taken
from payvost_webhooks.stores.memory import MemoryStore

__all__ = [
    "AsyncClaim",
    "AsyncClaimStore",
    "AsyncInbox",
    "AsyncTaken",
    "AsyncTransaction",
    "Claim",
    "ClaimPolicy",
    "ClaimRequest",
    "ClaimStore",
    "DeadLetter",
    "Inbox",
    "KeptDelivery",
    "MemoryStore",
    "Options",
    "Settings",
    "Store",
    "StoreError",
    "StoreFullError",
    "StoreTimeoutError",
    "Taken",
    "Ticket",
    "Transaction",
]
