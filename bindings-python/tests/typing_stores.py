"""Only type checkers read this file. They must reject the marked lines."""

from __future__ import annotations

import datetime
import sqlite3
from typing import Any

import psycopg
import psycopg_pool
import redis
import redis.asyncio

from payvost_webhooks import WebhookRouter
from payvost_webhooks.events import PaymentSucceededEvent, WebhookEvent
from payvost_webhooks.flask import webhook
from payvost_webhooks.receiver import Answer, WebhookReceiver
from payvost_webhooks.stores import (
    AsyncClaim,
    AsyncTaken,
    Claim,
    ClaimPolicy,
    ClaimRequest,
    ClaimStore,
    DeadLetter,
    KeptDelivery,
    MemoryStore,
    Taken,
    Ticket,
)
from payvost_webhooks.stores.redis import AsyncRedisStore, RedisStore
from payvost_webhooks.stores.sql import AsyncSqlInbox, AsyncSqlStore, SqlInbox, SqlStore

router = WebhookRouter()


@router.on("payment.succeeded")
def paid(event: PaymentSucceededEvent, claim: Claim) -> None:
    ticket: Ticket = claim.hand_over(lease=datetime.timedelta(hours=1))
    held: bool = claim.extend(120)
    print(event["data"]["amount"], ticket["key"], held, claim.attempt)


@router.on("*")
async def anything(event: WebhookEvent, claim: AsyncClaim) -> None:
    print(event["id"], await claim.extend())


class Own:
    """A custom store."""

    policy = ClaimPolicy(60, 86_400, "webhook")
    keep_deliveries = False

    def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        return "done", len(request.key)

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        return False

    def complete(self, key: str, token: str) -> bool:
        return False

    def release(self, key: str, token: str, error: str) -> bool:
        return False

    def delivery(self, key: str) -> KeptDelivery | None:
        return None


class Lacking:
    policy = ClaimPolicy(60, 86_400, "webhook")


def right(secret: str, client: redis.Redis, pool: psycopg_pool.ConnectionPool[Any]) -> ClaimStore:
    WebhookReceiver(secret, router, store=MemoryStore(1000, lease=120))
    WebhookReceiver(secret, router, store=SqlInbox(pool, table="shop.claims"))
    WebhookReceiver(
        secret, router, store=AsyncSqlInbox(lambda: psycopg.AsyncConnection.connect(""))
    )
    WebhookReceiver(secret, router, store=AsyncSqlStore(pool, timeout=1, prefix="shop"))
    WebhookReceiver(secret, router, store=AsyncRedisStore(redis.asyncio.Redis(), remember=7200))
    WebhookReceiver(secret, router, store=Own())
    webhook(secret, store=Own())(anything)
    store = RedisStore(client, keep_deliveries=False)
    letters: list[DeadLetter] = store.dead_letters(limit=10)
    answer: Answer | None = WebhookReceiver(secret, paid, store=store).retry(letters[0].key)
    taken: Taken = store.take({"key": "webhook:evt_1", "token": "a"}, lease=60)
    if taken.claim is None:
        left: float = taken.wait
        print(left, taken.state == "done")
        return store
    claim: Claim = taken.claim
    held: bool = claim.complete() or claim.release(TimeoutError()) or claim.release("Timeout")
    held = store.discard("webhook:evt_1")
    deleted: int = SqlStore(lambda: sqlite3.connect(""), dialect="sqlite").forget(batch=10)
    print(answer, held, deleted)
    return store


async def right_in_an_event_loop(store: AsyncRedisStore, receiver: WebhookReceiver) -> bool:
    letters: list[DeadLetter] = await store.dead_letters()
    answer: Answer | None = await receiver.retry_async(letters[0].key)
    print(answer)
    taken: AsyncTaken = await store.take({"key": "a", "token": "b"})
    if taken.claim is None:
        return await store.discard("a")
    return await taken.claim.complete()


def wrong(secret: str, claim: Claim) -> None:
    WebhookReceiver(secret, router, store="redis://localhost")  # type: ignore[arg-type]
    WebhookReceiver(secret, router, store=Lacking())  # type: ignore[arg-type]
    MemoryStore(leases=60)  # type: ignore[call-arg]
    MemoryStore(lease="60")  # type: ignore[arg-type]
    claim.extend("60")  # type: ignore[arg-type]
    claim.release(7)  # type: ignore[arg-type]
    MemoryStore().take({"key": "a", "token": "b"}).claim.complete()  # type: ignore[union-attr]
