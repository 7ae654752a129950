"""SQL only: transactions, drivers, the table and its command. Also: no client is imported."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
import redis
from kinds import INBOXES, connect, create_table, deliver, make_store, retry, settled
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import Result, WebhookReceiver
from payvost_webhooks.stores import StoreError
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlInbox, SqlStore, definition
from payvost_webhooks.stores.sql.__main__ import main


def an_event() -> tuple[str, bytes]:
    event_id = f"evt_{uuid.uuid4().hex}"
    return event_id, json.dumps({**EVENT, "id": event_id}).encode()


def query(url: str, words: str) -> list[Any]:
    with contextlib.closing(connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute(words)
        rows = list(cursor.fetchall()) if cursor.description else []
        connection.commit()
        return rows


class Inbox:
    """An inbox whose handler writes a row, and then runs a given function."""

    def __init__(self, kind: str, url: str) -> None:
        create_table(url)
        query(url, "CREATE TABLE IF NOT EXISTS written (id varchar(40))")
        self.url = url
        self.then: Callable[[Any], Any] = lambda claim: None
        self.results: list[Result] = []
        self.receiver = WebhookReceiver(
            SECRET,
            self.write_async if kind.endswith("-async") else self.write,
            store=make_store(kind, url),
            on_result=self.results.append,
        )

    def write(self, event: Any, claim: Any) -> None:
        claim.connection.cursor().execute(f"INSERT INTO written VALUES ('{event['id']}')")
        self.then(claim)

    async def write_async(self, event: Any, claim: Any) -> None:
        await claim.connection.execute(f"INSERT INTO written VALUES ('{event['id']}')")
        done = self.then(claim)
        if done is not None:
            await done

    def deliver(self, body: bytes) -> str:
        deliver(self.receiver, body, signed(body))
        return self.results[-1].code

    def written(self, event_id: str) -> int:
        return len(query(self.url, f"SELECT id FROM written WHERE id = '{event_id}'"))


@pytest.fixture(params=INBOXES)
def inbox(request: pytest.FixtureRequest, url_of: Callable[[str], str]) -> Inbox:
    return Inbox(request.param, url_of(request.param))


def test_writes_of_a_handler_are_committed_with_its_claim(inbox: Inbox) -> None:
    def fail(claim: Any) -> None:
        raise TimeoutError

    event_id, body = an_event()
    inbox.then = fail
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 0]
    inbox.then = lambda claim: None
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handled", 1]
    assert [inbox.deliver(body), inbox.written(event_id)] == ["already_handled", 1]


def test_a_handler_that_ends_the_transaction_is_detected(inbox: Inbox) -> None:
    event_id, body = an_event()
    inbox.then = lambda claim: claim.connection.rollback()
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 0]
    inbox.then = lambda claim: None
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handled", 1]


@pytest.mark.parametrize("fails", [False, True])
def test_the_event_is_parked_if_its_handler_commits(
    inbox: Inbox, fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The effect has already happened: only an explicit retry repeats it."""
    event_id, body = an_event()
    key = f"webhook:{event_id}"
    inbox.then = committing(inbox, fails)
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 1]
    inbox.then = lambda claim: None
    for _ in range(2):
        assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 1]
    reasons = [getattr(record, "reason", None) for record in caplog.records]
    assert reasons == ["raised" if fails else "committed", "parked", "parked"]
    store: Any = inbox.receiver.store
    letters = {letter.key: letter for letter in settled(store.dead_letters(1000))}
    assert letters[key][2:5] == ("parked", 1, "TransactionCommitted")
    assert retry(inbox.receiver, key) is not None
    assert [inbox.results[-1].code, inbox.written(event_id)] == ["handled", 2]
    assert [inbox.deliver(body), inbox.written(event_id)] == ["already_handled", 2]


def committing(inbox: Inbox, fails: bool) -> Callable[[Any], Any]:
    """The end of a handler that commits, and then raises or returns."""

    def commit(claim: Any) -> Any:
        if inbox.receiver.store.__class__.__name__.startswith("Async"):
            return commit_async(claim)
        claim.connection.commit()
        if fails:
            raise TimeoutError
        return None

    async def commit_async(claim: Any) -> None:
        await claim.connection.commit()
        if fails:
            raise TimeoutError

    return commit


@pytest.mark.parametrize("fails", [False, True])
def test_an_event_that_cannot_be_parked_is_handled_again_after_its_lease(
    fails: bool, tmp_path: Path
) -> None:
    """The documentation says so: its effect is then there twice."""
    inbox = Inbox("inbox-sqlite", f"sqlite:///{tmp_path / 'claims.db'}")
    inbox.receiver = WebhookReceiver(
        SECRET,
        inbox.write,
        store=make_store("inbox-sqlite", inbox.url, lease=1, timeout=0.2),
        on_result=inbox.results.append,
    )
    event_id, body = an_event()
    query(
        inbox.url,
        "CREATE TRIGGER parking BEFORE UPDATE ON payvost_webhook_claims"
        " WHEN NEW.error = 'TransactionCommitted' BEGIN SELECT RAISE(ABORT, 'not now'); END",
    )
    inbox.then = committing(inbox, fails)
    outcome = "handler_failed" if fails else "store_unavailable"
    assert [inbox.deliver(body), inbox.written(event_id)] == [outcome, 1]
    inbox.then = lambda claim: None
    assert [inbox.deliver(body), inbox.written(event_id)] == ["in_progress", 1]
    time.sleep(1.1)
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handled", 2]


@pytest.mark.parametrize("inbox", [*INBOXES, "inbox-postgres-asyncpg-async"], indirect=True)
def test_a_handler_can_use_savepoints(inbox: Inbox) -> None:
    event_id, body = an_event()

    def nested(claim: Any) -> Any:
        if inbox.receiver.store.__class__.__name__.startswith("Async"):
            return nested_async(claim)
        cursor = claim.connection.cursor()
        for words in ("SAVEPOINT mine", "ROLLBACK TO SAVEPOINT mine", "RELEASE SAVEPOINT mine"):
            cursor.execute(words)
        return None

    async def nested_async(claim: Any) -> None:
        async with claim.connection.transaction():
            await claim.connection.execute("SELECT 1")

    inbox.then = nested
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handled", 1]


@pytest.mark.parametrize("kind", ["inbox-postgres", "inbox-postgres-async"])
def test_a_handler_that_swallows_a_unique_violation_has_failed(
    kind: str, url_of: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL takes no more statements in such a transaction."""
    inbox = Inbox(kind, url_of(kind))
    query(inbox.url, "CREATE TABLE IF NOT EXISTS numbered (number integer PRIMARY KEY)")
    query(inbox.url, "INSERT INTO numbered VALUES (1) ON CONFLICT DO NOTHING")

    def swallow(claim: Any) -> Any:
        if kind.endswith("-async"):
            return swallow_async(claim)
        with contextlib.suppress(psycopg.errors.UniqueViolation):
            claim.connection.execute("INSERT INTO numbered VALUES (1)")
        return None

    async def swallow_async(claim: Any) -> None:
        with contextlib.suppress(psycopg.errors.UniqueViolation):
            await claim.connection.execute("INSERT INTO numbered VALUES (1)")

    event_id, body = an_event()
    inbox.then = swallow
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 0]
    assert caplog.records[-1].reason == "aborted"  # type: ignore[attr-defined]
    letters = settled(inbox.receiver.store.dead_letters(1000))  # type: ignore[union-attr]
    (letter,) = (letter for letter in letters if letter.key.endswith(event_id))
    assert (letter.reason, letter.attempts) == ("failed", 1)
    inbox.then = lambda claim: None
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handled", 1]


def test_a_rejected_write_is_a_handler_failure(inbox: Inbox) -> None:
    event_id, body = an_event()
    inbox.then = lambda claim: claim.connection.cursor().execute("INSERT INTO nowhere VALUES (1)")
    assert [inbox.deliver(body), inbox.written(event_id)] == ["handler_failed", 0]
    inbox.then = lambda claim: None
    assert inbox.deliver(body) == "handled"


def test_an_autocommit_connection_still_runs_a_transaction(
    postgres_service: Any, mariadb_service: Any, tmp_path: Path
) -> None:
    def of_mysql() -> Any:
        connection = pymysql.connect(
            host="127.0.0.1", port=mariadb_service.port, user="root", database="test"
        )
        connection.autocommit(True)
        return connection

    file = tmp_path / "shop.db"
    for make in (
        lambda: psycopg.connect(postgres_service.url, autocommit=True),
        of_mysql,
        lambda: sqlite3.connect(file, isolation_level=None),
    ):
        store = SqlInbox(make)
        store.create_table()
        with contextlib.closing(make()) as connection:
            connection.cursor().execute("DROP TABLE IF EXISTS alone")
            connection.cursor().execute("CREATE TABLE alone (id varchar(40))")

        def fail(event: Any, claim: Any) -> None:
            claim.connection.cursor().execute("INSERT INTO alone VALUES ('1')")
            raise TimeoutError

        _, body = an_event()
        answer = WebhookReceiver(SECRET, fail, store=store).receive(body, signed(body))
        assert answer.status == 500
        with contextlib.closing(make()) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id FROM alone")
            assert list(cursor.fetchall()) == []


@pytest.mark.parametrize("note", [True, False])
@pytest.mark.parametrize("kind", ["inbox-postgres", "inbox-postgres-async", "inbox-mysql"])
def test_an_inbox_records_the_attempt_before_its_transaction(
    kind: str, note: bool, url_of: Callable[[str], str]
) -> None:
    """The record survives a worker that crashes in its handler. Not for SQLite, which has a single writer."""
    url, (event_id, body) = url_of(kind), an_event()
    create_table(url)
    noted: list[tuple[str, int, Any]] = []

    def handle(event: Any, claim: Any) -> None:
        with contextlib.closing(connect(url)) as connection:
            cursor = connection.cursor()
            query = "SELECT state, attempt, error FROM payvost_webhook_claims WHERE claim_key = %s"
            cursor.execute(query, [claim.key])
            noted.extend(tuple(row) for row in cursor.fetchall())

    async def handle_async(event: Any, claim: Any) -> None:
        handle(event, claim)

    inbox = make_store(kind, url, **({} if note else {"note_attempts": False}))
    handler = handle_async if kind.endswith("-async") else handle
    answer = deliver(WebhookReceiver(SECRET, handler, store=inbox), body, signed(body))
    assert answer.status == 200
    assert noted == [("failed", 1, None)] * note
    assert all(
        event_id not in letter.key for letter in SqlStore(lambda: connect(url)).dead_letters(1000)
    )


def test_the_mysql_lock_is_released(url_of: Callable[[str], str]) -> None:
    """The lock belongs to the session, which a pool keeps. Other workers must not find it held."""
    inbox = Inbox("inbox-mysql", url_of("inbox-mysql"))
    statuses: list[int] = []

    def fail(claim: Any) -> None:
        raise TimeoutError

    for then in (lambda claim: None, fail):
        _, body = an_event()
        inbox.then = then
        inbox.deliver(body)
        inbox.then = lambda claim: None
        # In another thread, and therefore in another session.
        thread = threading.Thread(
            target=lambda: statuses.append(deliver(inbox.receiver, body, signed(body)).status)  # noqa: B023
        )
        thread.start()
        thread.join()
    assert statuses == [200, 200]


def test_sqlite_makes_other_inboxes_wait_and_then_fail(tmp_path: Path) -> None:
    """An inbox locks the whole database. Others that wait too long get an error."""
    file = tmp_path / "shop.db"
    store = SqlInbox(lambda: sqlite3.connect(file, timeout=0.2))
    store.create_table()
    (_, first), (_, second) = an_event(), an_event()
    statuses: list[int] = []

    def handler(event: Any) -> None:
        if not statuses:
            statuses.append(0)
            statuses.append(receiver.receive(second, signed(second)).status)

    receiver = WebhookReceiver(SECRET, handler, store=store)
    assert receiver.receive(first, signed(first)).status == 200
    assert statuses == [0, 503]
    assert receiver.receive(second, signed(second)).status == 200


@pytest.mark.parametrize("kind", ["postgres", "mysql", "sqlite"])
def test_the_command_cleans_in_batches(
    kind: str, url_of: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    url, table = url_of(kind), f"old_{uuid.uuid4().hex[:12]}"
    assert main(["create", url, "--table", table]) == 0
    assert main(["create", url, "--table", table]) == 0, "again changes nothing"
    store = SqlStore(lambda: connect(url), table=table)
    receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
    for _ in range(25):
        _, body = an_event()
        assert receiver.receive(body, signed(body)).status == 200
    query(url, f"UPDATE {table} SET forget_at = 1")
    _, body = an_event()
    receiver.receive(body, signed(body))
    assert main(["clean", url, "--table", table, "--batch", "5", "--pause", "0"]) == 0
    assert capsys.readouterr().out == "25 rows deleted\n"
    assert len(query(url, f"SELECT claim_key FROM {table}")) == 1
    assert store.forget() == 0
    query(url, f"DROP TABLE {table}")


@pytest.mark.parametrize("kind", ["postgres", "mysql", "sqlite"])
def test_the_command_prints_the_table_definition(
    kind: str, url_of: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    url, table = url_of(kind), f"made_{uuid.uuid4().hex[:12]}"
    assert main(["schema", "--dialect", kind, "--table", table]) == 0
    printed = capsys.readouterr().out
    assert printed == definition(kind, table)
    for words in printed.split(";\n"):
        if words:
            query(url, words)
    store = SqlStore(lambda: connect(url), table=table)
    _, body = an_event()
    receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
    assert receiver.receive(body, signed(body)).status == 200
    query(url, f"DROP TABLE {table}")
    assert main(["schema", "--dialect", kind, "--table", "a b"]) == 2


@pytest.mark.parametrize("kind", ["postgres", "mysql", "sqlite"])
def test_many_processes_create_the_table_at_once(kind: str, url_of: Callable[[str], str]) -> None:
    url, table = url_of(kind), f"raced_{uuid.uuid4().hex[:12]}"
    barrier = threading.Barrier(8)

    def create(_: int) -> None:
        store = SqlStore(lambda: connect(url), table=table)
        barrier.wait()
        store.create_table()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert SqlStore(lambda: connect(url), table=table).dead_letters() == []
    query(url, f"DROP TABLE {table}")


def test_the_command_accepts_a_function_and_an_environment_variable(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "import sqlite3\n\ndef connect():\n    return sqlite3.connect('claims.db')\n", "utf-8"
    )
    for arguments, environment, status in (
        (["create", "shop:connect"], {}, 0),
        (["clean"], {"DATABASE_URL": f"sqlite:///{tmp_path / 'claims.db'}"}, 0),
        (["clean"], {"DATABASE_URL": ""}, 2),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "payvost_webhooks.stores.sql", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        assert done.returncode == status, done.stderr


def test_an_unknown_driver_is_named(tmp_path: Path) -> None:
    class Wrapped:
        """A connection that a library has wrapped."""

        def __init__(self) -> None:
            self._connection = sqlite3.connect(tmp_path / "shop.db")

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    with pytest.raises(StoreError, match="pass dialect="):
        SqlStore(Wrapped).create_table()


def test_clients_without_a_timeout_cause_a_warning(
    caplog: pytest.LogCaptureFixture, mariadb_service: Any
) -> None:
    RedisStore(redis.Redis(socket_timeout=None))
    RedisStore(redis.Redis(socket_timeout=1))
    assert len(caplog.messages) == 1
    assert "socket_timeout" in caplog.text
    port = mariadb_service.port
    store = SqlStore(
        lambda: pymysql.connect(host="127.0.0.1", port=port, user="root", database="test")
    )
    store.create_table()
    store.dead_letters()
    assert len(caplog.messages) == 2
    assert "read_timeout" in caplog.text


def test_no_client_is_imported() -> None:
    code = """
import sys
import payvost_webhooks.receiver, payvost_webhooks.stores.redis, payvost_webhooks.stores.sql
names = {name.partition(".")[0] for name in sys.modules}
assert not names & {"redis", "psycopg", "psycopg_pool", "pymysql", "sqlite3", "celery"}, names
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_records_in_redis_expire(redis_service: Any) -> None:
    with redis.Redis.from_url(redis_service.url) as client:
        store = RedisStore(client, remember=6_000, prefix="expiring")

        def fail(event: Any) -> None:
            raise TimeoutError

        for handler in (lambda event: None, fail):
            event_id, body = an_event()
            WebhookReceiver(SECRET, handler, store=store).receive(body, signed(body))
            assert 5_000_000 < client.pttl(f"expiring:{event_id}") <= 6_000_000  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "mysql"])
def test_a_store_lists_only_the_dead_letters_of_its_prefix(
    kind: str, url_of: Callable[[str], str]
) -> None:
    """Similar prefixes share a table, with dead letters of live and test events."""
    url = url_of(kind)
    create_table(url)
    names = [f"shop{uuid.uuid4().hex[:8]}"]
    names += [f"{names[0]}{end}" for end in ("x", ".eu", "-testing", "-test.a")]
    for name in names:
        store = make_store(kind, url, prefix=name)
        for live_mode in (True, False):
            event = json.dumps({**EVENT, "id": "evt-test:1", "liveMode": live_mode}).encode()
            receiver = WebhookReceiver(SECRET, _failing, store=store)
            assert receiver.receive(event, signed(event)).status == 500
    for name in names:
        keys = {letter.key for letter in make_store(kind, url, prefix=name).dead_letters(1000)}
        assert keys == {f"{name}:evt-test:1", f"{name}-test:evt-test:1"}


def _failing(event: Any) -> None:
    raise LookupError
