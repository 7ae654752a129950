"""All kinds of stores, by name and server address, for tests and the processes that they start."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import sqlite3
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, Callable
from urllib.parse import urlsplit

import aiosqlite
import asyncpg
import psycopg
import psycopg_pool
import pymysql
import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

from payvost_webhooks.receiver import Answer, WebhookReceiver
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.stores.redis import AsyncRedisStore, RedisStore
from payvost_webhooks.stores.sql import AsyncSqlInbox, AsyncSqlStore, SqlInbox, SqlStore

LEASES = [
    "memory",
    "redis",
    "redis-async",
    "postgres",
    "postgres-async",
    "mysql",
    "sqlite",
]
INBOXES = ["inbox-postgres", "inbox-postgres-async", "inbox-mysql", "inbox-sqlite"]
KINDS = [*LEASES, *INBOXES]
SHARED = [kind for kind in KINDS if kind != "memory"]

# Other drivers of the same databases, for tests of what depends on the driver.
DRIVERS = ["postgres-asyncpg-async", "sqlite-aiosqlite-async"]
DRIVERS_OF_INBOXES = [f"inbox-{kind}" for kind in DRIVERS]

CLUSTERS = ["redis-cluster", "redis-cluster-async"]


def make_store(kind: str, url: str, **settings: Any) -> Any:
    """Create a store of the given kind, with a client of its own."""
    return store_on(kind, client_of(kind, url), **settings)


def store_on(kind: str, client: Any, **settings: Any) -> Any:
    """Create a store on a client of that kind."""
    if kind == "memory":
        return MemoryStore(**settings)
    if kind.startswith("redis"):
        if kind.endswith("-async"):
            return AsyncRedisStore(client, **{"timeout": 5, **settings})
        return RedisStore(client, **settings)
    if kind.endswith("-async"):
        store = AsyncSqlInbox if kind.startswith("inbox") else AsyncSqlStore
        return store(client, **{"timeout": 10, **settings})
    return (SqlInbox if kind.startswith("inbox") else SqlStore)(client, **settings)


def client_of(kind: str, url: str) -> Any:
    """A new client of the server at the address, as a store of that kind takes it."""
    if kind == "memory":
        return None
    if kind == "redis":
        return redis.Redis.from_url(url, socket_timeout=5, retry=None)
    if kind == "redis-cluster":
        return cluster_at(url)
    if kind == "redis-cluster-async":
        host, port = urlsplit(url).hostname, urlsplit(url).port
        return redis.asyncio.RedisCluster(host=host, port=port, socket_timeout=5)
    if kind == "redis-async":
        return redis.asyncio.Redis.from_url(url)
    if kind.endswith("-async"):
        if "asyncpg" in kind:
            return lambda: asyncpg.connect(url)
        if "aiosqlite" in kind:
            return lambda: aiosqlite.connect(urlsplit(url).path, timeout=30)
        return AsyncPool(url, not kind.startswith("inbox"))
    return connector(kind, url)


def cluster_at(url: str) -> Any:
    """A client of the cluster, with one retry after a node was lost."""
    parts = urlsplit(url)
    retry = Retry(NoBackoff(), 1)
    return redis.RedisCluster(host=parts.hostname, port=parts.port, socket_timeout=5, retry=retry)


def create_table(url: str) -> None:
    SqlStore(lambda: connect(url)).create_table()


def connector(kind: str, url: str) -> Any:
    if "postgres" in kind:
        options = {"autocommit": not kind.startswith("inbox")}
        pool = psycopg_pool.ConnectionPool(
            url, kwargs=options, min_size=1, max_size=16, open=True, timeout=10
        )
        atexit.register(pool.close)
        return pool
    return per_thread(lambda: connect(url))


def connect(url: str) -> Any:
    """Connect with the driver for an address."""
    parts = urlsplit(url)
    if parts.scheme == "postgres":
        return psycopg.connect(url, connect_timeout=2)
    if parts.scheme == "mysql":
        return pymysql.connect(
            host=parts.hostname,
            port=parts.port or 0,
            user=parts.username,
            database=parts.path[1:],
            connect_timeout=2,
            read_timeout=5,
            write_timeout=5,
        )
    # In an event loop, different threads run the steps of a transaction, one after the other.
    connection = sqlite3.connect(parts.path, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def per_thread(make: Callable[[], Any]) -> Callable[[], Any]:
    """A factory that gives each thread its own connection, and a new one after a failure."""
    own = threading.local()

    @contextlib.contextmanager
    def connection() -> Iterator[Any]:
        made = getattr(own, "connection", None) or make()
        own.connection = None
        try:
            yield made
        except Exception:
            with contextlib.suppress(Exception):
                made.close()
            raise
        own.connection = made

    return connection


class AsyncPool:
    """A pool that opens in the event loop where it is first used."""

    def __init__(self, url: str, autocommit: bool) -> None:
        self._url = url
        self._options = {"autocommit": autocommit}
        self._pool: psycopg_pool.AsyncConnectionPool | None = None

    @contextlib.asynccontextmanager
    async def connection(self) -> Any:
        if self._pool is None:
            self._pool = psycopg_pool.AsyncConnectionPool(
                self._url, kwargs=self._options, min_size=1, max_size=16, open=False, timeout=10
            )
            await self._pool.open()
            atexit.register(lambda pool: LOOP.run(pool.close()), self._pool)
        async with self._pool.connection() as connection:
            yield connection


class Loop:
    """An event loop in its own thread: an async client is bound to one loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, step: Coroutine[Any, Any, Any], timeout: float = 60) -> Any:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(timeout)


LOOP = Loop()


def settled(result: Any) -> Any:
    """The result of a step, awaited if necessary."""
    return LOOP.run(result) if asyncio.iscoroutine(result) else result


def deliver(receiver: WebhookReceiver, body: bytes, signature: str) -> Answer:
    if asyncio.iscoroutinefunction(
        getattr(receiver.store, "begin", None) or getattr(receiver.store, "claim", None)
    ):
        answer: Answer = LOOP.run(receiver.receive_async(body, signature))
        return answer
    return receiver.receive(body, signature)


def retry(receiver: WebhookReceiver, key: str) -> Answer | None:
    if asyncio.iscoroutinefunction(
        getattr(receiver.store, "begin", None) or getattr(receiver.store, "claim", None)
    ):
        answer: Answer | None = LOOP.run(receiver.retry_async(key))
        return answer
    return receiver.retry(key)
