"""Faults from which a store recovers, clients in all settings, and late claims."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import psycopg.rows
import psycopg2
import psycopg2.extras
import psycopg_pool
import pymysql
import pymysql.cursors
import pytest
import redis
import redis.asyncio
import sqlalchemy
from kinds import LOOP
from samples import EVENT, SECRET, signed

from payvost_webhooks import ConfigurationError
from payvost_webhooks.receiver import Answer, Result, WebhookReceiver
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.stores._faults import fault
from payvost_webhooks.stores.redis import AsyncRedisStore, RedisStore
from payvost_webhooks.stores.sql import AsyncSqlInbox, AsyncSqlStore, SqlInbox, SqlStore


def an_event(event_id: str = "evt_") -> bytes:
    return json.dumps({**EVENT, "id": f"{event_id}{uuid.uuid4().hex}"}).encode()


# Retries.


class Flaky(sqlite3.Connection):
    """A connection that fails on some statements."""

    faults: list[tuple[str, Exception]]
    """The start of a statement, and the exception for the next statement that starts so."""

    def cursor(self, *arguments: Any) -> Any:
        faults = self.faults

        class Cursor(sqlite3.Cursor):
            def execute(self, words: str, *values: Any) -> Any:
                for expected, error in faults:
                    if words.startswith(expected):
                        faults.remove((expected, error))
                        raise error
                return super().execute(words, *values)

        return super().cursor(Cursor)


def locked() -> Exception:
    return sqlite3.OperationalError("database is locked")


class Shop:
    def __init__(self, folder: Path, kind: Any, faults: list[tuple[str, Exception]]) -> None:
        self.results: list[Result] = []
        self.handled = 0
        self.opened = 0
        flaky = type("Flaky", (Flaky,), {"faults": faults})

        def connect() -> sqlite3.Connection:
            self.opened += 1
            return sqlite3.connect(folder / "shop.db", factory=flaky)

        self.store = kind(connect)
        armed, faults[:] = list(faults), []
        self.store.create_table()
        faults[:] = armed
        self.faults = faults

    def deliver(self, body: bytes) -> Answer:
        def handle(event: Any) -> None:
            self.handled += 1

        receiver = WebhookReceiver(SECRET, handle, store=self.store, on_result=self.results.append)
        return receiver.receive(body, signed(body))


@pytest.mark.parametrize("kind", [SqlStore, SqlInbox])
@pytest.mark.parametrize("statement", ["BEGIN", "INSERT", "COMMIT"])
def test_a_conflict_is_retried_within_the_time_limit(
    kind: Any, statement: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path, kind, [(statement, locked()) for _ in range(3)])
    assert shop.deliver(an_event()).status == 200
    assert (shop.handled, shop.faults) == (1, [])


def test_a_handler_is_not_retried(tmp_path: Path) -> None:
    completion = "UPDATE payvost_webhook_claims\nSET\n  state = 'done'"
    shop = Shop(tmp_path, SqlInbox, [(completion, locked())])
    body = an_event()
    assert shop.deliver(body).status == 503
    assert shop.handled == 1
    assert shop.deliver(body).status == 200
    assert shop.handled == 2


def test_other_faults_are_not_retried(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(tmp_path, SqlStore, [("INSERT", sqlite3.OperationalError("no such table: shop"))])
    assert shop.deliver(an_event()).status == 503
    record = caplog.records[-1]
    assert record.error_class == "OperationalError"  # type: ignore[attr-defined]
    assert record.error_code == "missing_table"  # type: ignore[attr-defined]
    assert "no such table" not in caplog.text, "a driver's message quotes values"


@pytest.mark.parametrize("kind", [SqlStore, SqlInbox])
def test_a_lost_connection_is_reopened(kind: Any, postgres_service: Any) -> None:
    kept: list[Any] = []

    @contextlib.contextmanager
    def pool() -> Any:
        connection = kept.pop() if kept else psycopg.connect(postgres_service.url)
        try:
            yield connection
        except Exception:
            connection.close()
            raise
        kept.append(connection)

    store = kind(pool)
    store.create_table()
    (idle,) = kept
    with psycopg.connect(postgres_service.url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [idle.info.backend_pid])
    body = an_event()
    receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
    assert receiver.receive(body, signed(body)).status == 200


# Clients in all settings.


class OfDictionaries:
    """A connection whose cursors always return dictionaries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.isolation_level = "DEFERRED"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        cursor = self._connection.cursor()
        cursor.row_factory = lambda cursor, row: dict(
            zip((column[0] for column in cursor.description), row)
        )
        return cursor


def clients(kind: str, redis_url: str, postgres_url: str, mariadb_port: int, folder: Path) -> Any:
    mysql: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": mariadb_port,
        "user": "root",
        "database": "test",
        "read_timeout": 5,
    }

    def postgres(**settings: Any) -> Any:
        return lambda: psycopg.connect(postgres_url, **settings)

    def sqlite_rows() -> Any:
        connection = sqlite3.connect(folder / "shop.db")
        connection.row_factory = lambda cursor, row: {"row": row}
        return connection

    def sqlite_bytes() -> Any:
        connection = sqlite3.connect(folder / "shop.db")
        connection.text_factory = bytes
        return connection

    def psycopg2_that_commits() -> Any:
        connection = psycopg2.connect(postgres_url)
        connection.autocommit = True
        return connection

    makers: dict[str, Callable[[], Any]] = {
        "redis": lambda: RedisStore(redis.Redis.from_url(redis_url)),
        "psycopg": lambda: SqlStore(postgres()),
        "pymysql": lambda: SqlStore(lambda: pymysql.connect(**mysql)),
        "sqlite3": lambda: SqlStore(lambda: sqlite3.connect(folder / "shop.db")),
        "redis decoded": lambda: RedisStore(redis.Redis.from_url(redis_url, decode_responses=True)),
        "redis in Latin-1": lambda: RedisStore(
            redis.Redis.from_url(redis_url, decode_responses=True, encoding="latin-1")
        ),
        "redis RESP3": lambda: RedisStore(redis.Redis.from_url(redis_url, protocol=3)),
        "psycopg dictionaries": lambda: SqlStore(postgres(row_factory=psycopg.rows.dict_row)),
        "psycopg scalars": lambda: SqlStore(
            postgres(row_factory=psycopg.rows.scalar_row, autocommit=True)
        ),
        "psycopg raw cursors": lambda: SqlInbox(postgres(cursor_factory=psycopg.RawCursor)),
        "psycopg scalars, an inbox": lambda: SqlInbox(
            postgres(row_factory=psycopg.rows.scalar_row)
        ),
        "psycopg client cursors": lambda: SqlInbox(postgres(cursor_factory=psycopg.ClientCursor)),
        "pymysql dictionaries": lambda: SqlStore(
            lambda: pymysql.connect(**mysql, cursorclass=pymysql.cursors.DictCursor)
        ),
        "pymysql unbuffered": lambda: SqlInbox(
            lambda: pymysql.connect(**mysql, cursorclass=pymysql.cursors.SSDictCursor)
        ),
        "pymysql in Latin-1": lambda: SqlStore(lambda: pymysql.connect(**mysql, charset="latin1")),
        "psycopg2 dictionaries": lambda: SqlInbox(
            lambda: psycopg2.connect(postgres_url, cursor_factory=psycopg2.extras.RealDictCursor)
        ),
        "psycopg2 that commits by itself": lambda: SqlStore(psycopg2_that_commits),
        "SQLAlchemy and sqlite3": lambda: SqlStore(
            sqlalchemy.create_engine(f"sqlite:///{folder / 'shop.db'}").raw_connection
        ),
        "SQLAlchemy and sqlite3, an inbox": lambda: SqlInbox(
            sqlalchemy.create_engine(f"sqlite:///{folder / 'shop.db'}").raw_connection
        ),
        "SQLAlchemy and psycopg": lambda: SqlInbox(
            sqlalchemy.create_engine(postgres_url.replace("s://", "sql+psycopg://")).raw_connection
        ),
        "a driver of dictionaries": lambda: SqlStore(
            lambda: OfDictionaries(sqlite3.connect(folder / "shop.db")), dialect="sqlite"
        ),
        "sqlite3 bytes": lambda: SqlStore(sqlite_bytes),
        "pymysql that commits by itself": lambda: SqlStore(
            lambda: pymysql.connect(**mysql, autocommit=True)
        ),
        "sqlite3 dictionaries": lambda: SqlStore(sqlite_rows),
        "sqlite3 that commits by itself": lambda: SqlInbox(
            lambda: sqlite3.connect(folder / "shop.db", isolation_level=None)
        ),
        "sqlite3 exclusive": lambda: SqlInbox(
            lambda: sqlite3.connect(folder / "shop.db", isolation_level="EXCLUSIVE")
        ),
    }
    return makers[kind]() if kind else list(makers)


def usual(kind: str) -> str:
    """The kind of store on the same server."""
    names = ("redis", "psycopg", "pymysql", "sqlite3")
    return next((name for name in names if name in kind), "sqlite3")


@pytest.mark.parametrize("kind", clients("", "", "", 0, Path()))
def test_a_store_works_with_all_client_settings(
    kind: str, redis_service: Any, postgres_service: Any, mariadb_service: Any, tmp_path: Path
) -> None:
    store = clients(kind, redis_service.url, postgres_service.url, mariadb_service.port, tmp_path)
    if hasattr(store, "create_table"):
        store.create_table()
    seen: list[str] = []

    def handle(event: Any) -> None:
        seen.append(event["id"])
        if len(seen) == 1:
            raise LookupError

    receiver = WebhookReceiver(SECRET, handle, store=store)
    body = an_event("évt 😀 ")
    key = f"webhook:{json.loads(body)['id']}"
    assert receiver.receive(body, signed(body)).status == 500
    (letter,) = (letter for letter in store.dead_letters(1000) if letter.key == key)
    assert letter[1:5] == ("payment.succeeded", "failed", 1, "LookupError")
    assert store.delivery(key) == (body, signed(body))
    answer = receiver.retry(key)
    assert answer is not None
    assert answer.status == 200
    assert receiver.receive(body, signed(body)).status == 200
    assert len(seen) == 2
    # A worker whose client has default settings recognizes the event.
    another = clients(
        usual(kind), redis_service.url, postgres_service.url, mariadb_service.port, tmp_path
    )
    receiver = WebhookReceiver(SECRET, handle, store=another)
    assert receiver.receive(body, signed(body)).status == 200
    assert len(seen) == 2


@pytest.mark.parametrize("store", [SqlStore, SqlInbox])
@pytest.mark.parametrize("kind", ["sqlite3", "psycopg", "pymysql", "a URL"])
def test_a_connection_or_url_is_refused(
    store: Any, kind: str, postgres_service: Any, mariadb_service: Any
) -> None:
    """One that was opened at the start would be cut while idle, and threads would share it."""
    opened: dict[str, Callable[[], Any]] = {
        "sqlite3": lambda: contextlib.closing(sqlite3.connect(":memory:")),
        "psycopg": lambda: psycopg.connect(postgres_service.url),
        "pymysql": lambda: pymysql.connect(
            host="127.0.0.1", port=mariadb_service.port, user="root"
        ),
        "a URL": lambda: contextlib.nullcontext(postgres_service.url),
    }
    with opened[kind]() as connection, pytest.raises(ConfigurationError) as raised:
        store(connection)
    assert raised.value.code == "invalid_option"
    assert "Pass a function" in raised.value.hint


def refused_connections(kind: str, url: str, folder: Path) -> Any:
    """A store, and its message when it rejects its connection."""
    pool = psycopg_pool.AsyncConnectionPool
    makers: dict[str, tuple[Callable[[], Any], str]] = {
        "async in a blocking store": (
            lambda: SqlStore(lambda: psycopg.AsyncConnection.connect(url)),
            "blocking connections",
        ),
        "async context in a blocking store": (
            lambda: SqlInbox(lambda: pool(url, open=False).connection()),
            "blocking connections",
        ),
        "blocking in an async store": (
            lambda: AsyncSqlStore(lambda: psycopg.connect(url)),
            "async connections",
        ),
        "blocking context in an async store": (
            lambda: AsyncSqlInbox(lambda: contextlib.closing(sqlite3.connect(folder / "shop.db"))),
            "async connections",
        ),
        "sqlite3 in an async store": (
            lambda: AsyncSqlStore(lambda: sqlite3.connect(folder / "shop.db")),
            "async connections",
        ),
        "psycopg in Latin-1": (
            lambda: SqlStore(lambda: psycopg.connect(url, client_encoding="latin1")),
            "UTF-8",
        ),
        "psycopg2 in Latin-1": (
            lambda: SqlStore(lambda: psycopg2.connect(url, client_encoding="latin1")),
            "UTF-8",
        ),
    }
    made, words = makers[kind] if kind else (None, "")
    return (made(), words) if made else list(makers)


@pytest.mark.parametrize("kind", refused_connections("", "", Path()))
def test_an_unsupported_connection_is_rejected_with_a_remedy(
    kind: str, postgres_service: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def in_event_loop(step: Callable[[], Any]) -> Any:
        result = step()
        return await result if asyncio.iscoroutine(result) else result

    store, words = refused_connections(kind, postgres_service.url, tmp_path)
    with pytest.raises(TypeError, match=words) as raised:
        asyncio.run(in_event_loop(store.create_table))
    assert isinstance(raised.value, ConfigurationError)
    assert raised.value.code == "invalid_option"
    assert raised.value.hint.startswith("Pass ")
    body = an_event()
    receiver = WebhookReceiver(SECRET, print, store=store)
    answer = asyncio.run(receiver.receive_async(body, signed(body)))
    assert answer.status == 503
    told, record = caplog.records[0], caplog.records[-1]
    assert told.getMessage() == f"{raised.value.message}. {raised.value.hint}"
    assert record.error_code == "invalid_option"  # type: ignore[attr-defined]


async def connect_in_event_loop() -> Any:
    raise AssertionError


@contextlib.asynccontextmanager
async def borrow_in_event_loop() -> Any:
    raise AssertionError
    yield


@contextlib.contextmanager
def borrow() -> Any:
    raise AssertionError
    yield


@pytest.mark.parametrize(
    ("store", "connect"),
    [
        (SqlStore, connect_in_event_loop),
        (SqlInbox, borrow_in_event_loop),
        (SqlStore, psycopg.AsyncConnection.connect),
        (SqlStore, psycopg_pool.AsyncConnectionPool("", open=False)),
        (AsyncSqlStore, psycopg_pool.ConnectionPool("", open=False)),
        (AsyncSqlInbox, borrow),
    ],
)
def test_connections_of_the_wrong_kind_are_rejected_when_the_store_is_created(
    store: Any, connect: Any
) -> None:
    with pytest.raises(TypeError, match="connect must return") as raised:
        store(connect)
    assert isinstance(raised.value, ConfigurationError)


def test_a_fault_is_classified_by_its_network_error() -> None:
    client = redis.Redis(port=1, retry=None)
    with pytest.raises(redis.ConnectionError) as raised:
        client.ping()
    kind, codes, _ = fault(raised.value)
    assert (kind, codes[0]) == ("ConnectionError", "ECONNREFUSED")


# How a fault is logged.

PASSWORD = 'FATAL:  password authentication failed for user "shop"'


def faulty(kind: str, urls: dict[str, str], ports: dict[str, int]) -> Any:
    """A failure, and the logged class and code, from real servers except for PostgreSQL passwords."""
    mysql = {"host": "127.0.0.1", "port": ports.get("mysql"), "user": "root", "database": "test"}

    def raising(error: Exception) -> Any:
        def connect() -> Any:
            raise error

        return SqlStore(connect)

    def pymysql_store(**settings: Any) -> Any:
        return SqlStore(lambda: pymysql.connect(**{**mysql, **settings}), table="nowhere")

    def redis_store(**settings: Any) -> Any:
        settings = {"port": ports.get("redis"), "socket_timeout": 2, "retry": None, **settings}
        return RedisStore(redis.Redis(**settings))

    def postgres(driver: Any, words: str = "", **settings: Any) -> Any:
        words = words or urls.get("postgres", "")
        return SqlStore(lambda: driver.connect(words, **settings), table="nowhere")

    cases: dict[str, tuple[Callable[[], Any], str]] = {}
    for driver in (psycopg, psycopg2):
        some: dict[str, tuple[Callable[[], Any], str]] = {
            "table": (lambda driver=driver: postgres(driver), "UndefinedTable 42P01"),  # type: ignore[misc]
            "password": (
                lambda driver=driver: raising(driver.OperationalError(PASSWORD)),  # type: ignore[misc]
                "OperationalError authentication_failed",
            ),
            "role": (
                lambda driver=driver: postgres(driver, user="nobody"),  # type: ignore[misc]
                "OperationalError authentication_failed",
            ),
            "database": (
                lambda driver=driver: postgres(driver, dbname="nope"),  # type: ignore[misc]
                "OperationalError missing_database",
            ),
            "refused": (
                lambda driver=driver: postgres(driver, "host=127.0.0.1 port=1"),  # type: ignore[misc]
                "OperationalError connection_refused",
            ),
            "host": (
                lambda driver=driver: postgres(driver, "host=nope.invalid"),  # type: ignore[misc]
                "OperationalError host_unknown",
            ),
        }
        cases.update({f"{driver.__name__} {name}": case for name, case in some.items()})
    cases |= {
        "pymysql table": (pymysql_store, "ProgrammingError 42S02"),
        "pymysql password": (
            lambda: pymysql_store(user="nobody", password="wrong"),
            "OperationalError 28000",
        ),
        "pymysql database": (lambda: pymysql_store(database="nope"), "OperationalError 1049"),
        "pymysql refused": (lambda: pymysql_store(port=1), "OperationalError ECONNREFUSED"),
        "pymysql host": (
            lambda: pymysql_store(host="nope.invalid"),
            "OperationalError host_unknown",
        ),
        "sqlite3 table": (
            lambda: SqlStore(lambda: sqlite3.connect(":memory:")),
            "OperationalError missing_table",
        ),
        "sqlite3 folder": (
            lambda: SqlStore(lambda: sqlite3.connect("/nowhere/shop.db")),
            "OperationalError SQLITE_CANTOPEN",
        ),
        "redis password": (
            lambda: redis_store(username="nobody", password="wrong"),
            "AuthenticationError WRONGPASS",
        ),
        "redis permission": (
            lambda: redis_store(username="weak", password="weak"),
            "NoPermissionError NOPERM",
        ),
        "redis refused": (lambda: redis_store(port=1), "ConnectionError ECONNREFUSED"),
        "redis host": (lambda: redis_store(host="nope.invalid"), "ConnectionError host_unknown"),
    }
    made, words = cases[kind] if kind else (None, "")
    return (made(), words) if made else list(cases)


@pytest.mark.parametrize("kind", faulty("", {}, {}))
def test_a_fault_is_logged_with_class_and_code(
    kind: str,
    redis_service: Any,
    postgres_service: Any,
    mariadb_service: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if kind == "redis permission":
        with redis.Redis(port=redis_service.port) as client:
            client.acl_setuser("weak", enabled=True, passwords=["+weak"], commands=["+ping"])
    urls = {"postgres": postgres_service.url}
    ports = {"redis": redis_service.port, "mysql": mariadb_service.port}
    store, words = faulty(kind, urls, ports)
    body = an_event()
    receiver = WebhookReceiver(SECRET, print, store=store)
    assert receiver.receive(body, signed(body)).status == 503
    record = caplog.records[-1]
    assert f"{record.error_class} {record.error_code}" == words  # type: ignore[attr-defined]
    assert "error_class {}, error_code {})".format(*words.split()) in record.getMessage()
    for private in ("nobody", "wrong", "nope", "shop", "nowhere", "127.0.0.1"):
        assert private not in record.getMessage()


# Late claims.


class Slow(redis.asyncio.Redis):
    """A client whose first step is slow, whether or not the server knows the script."""

    pause = 0.6

    async def evalsha(self, *arguments: Any) -> Any:  # type: ignore[override]
        return await self._late(await super().evalsha(*arguments))

    async def eval(self, *arguments: Any) -> Any:  # type: ignore[override]
        return await self._late(await super().eval(*arguments))

    async def _late(self, reply: Any) -> Any:
        pause, self.pause = self.pause, 0
        await asyncio.sleep(pause)
        return reply


def test_a_claim_that_is_granted_after_the_time_limit_is_released(redis_service: Any) -> None:
    async def deliver() -> list[int]:
        store = AsyncRedisStore(Slow(port=redis_service.port), timeout=0.2)
        receiver = WebhookReceiver(SECRET, handle, store=store)
        statuses = [(await receiver.receive_async(body, signed(body))).status]
        await asyncio.sleep(1)
        statuses.append((await receiver.receive_async(body, signed(body))).status)
        return statuses

    handled: list[str] = []

    async def handle(event: Any) -> None:
        handled.append(event["id"])

    body = an_event()
    assert LOOP.run(deliver()) == [503, 200]
    assert len(handled) == 1


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_claim_of_a_cancelled_request_is_released(in_thread: bool) -> None:
    """The task is cancelled during the claim, as by a server whose client has disconnected."""
    gate = asyncio.Event
    handled: list[str] = []
    store = MemoryStore()

    class SlowStore:
        policy, keep_deliveries = store.policy, False
        opened: asyncio.Event

        async def claim(self, *arguments: Any) -> Any:
            await self.opened.wait()
            return store.claim(*arguments)

        async def extend(self, *arguments: Any) -> Any:
            return store.extend(*arguments)

        async def complete(self, *arguments: Any) -> Any:
            return store.complete(*arguments)

        async def release(self, *arguments: Any) -> Any:
            return store.release(*arguments)

        async def delivery(self, key: str) -> Any:
            return None

    async def handle_async(event: Any) -> None:
        handled.append(event["id"])

    async def cancelled() -> tuple[int, int]:
        slow = SlowStore()
        slow.opened = gate()
        handler: Any = handled.append if in_thread else handle_async
        receiver = WebhookReceiver(SECRET, handler, store=slow)
        first = asyncio.ensure_future(receiver.receive_async(body, signed(body)))
        await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        before = len(handled)
        slow.opened.set()
        await asyncio.sleep(0.3)
        return before, (await receiver.receive_async(body, signed(body))).status

    body = an_event()
    assert asyncio.run(cancelled()) == (0, 200)
    # A handler in a thread still runs, as it would if it had already started.
    assert len(handled) == 1
    if not in_thread:
        assert store.dead_letters() == []
