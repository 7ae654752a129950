"""Stores that are down or do not respond, late workers, and wrong clocks."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
import redis
import redis.asyncio
from kinds import LOOP, deliver, make_store, settled
from samples import EVENT, SECRET, signed
from services import service_of

from payvost_webhooks.receiver import Answer, Result, WebhookReceiver
from payvost_webhooks.stores.redis import AsyncRedisStore, RedisStore
from payvost_webhooks.stores.sql import AsyncSqlStore, SqlInbox, SqlStore
from tests.kit.services import Service

NAMES = ["redis", "redis-async", "postgres", "postgres-async", "mysql"]
SERVED = [*NAMES, "inbox-postgres", "inbox-postgres-async", "inbox-mysql"]


def an_event() -> bytes:
    return json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode()


def impatient(kind: str, service: Service, **settings: Any) -> Any:
    """A store whose client waits at most two seconds, and opens a connection per step."""
    settings = {"lease": 1, **settings}
    if kind == "redis":
        client = redis.Redis(port=service.port, socket_timeout=1, retry=None)
        return RedisStore(client, **settings)
    if kind == "redis-async":
        asynchronous = redis.asyncio.Redis(port=service.port, socket_timeout=60)
        return AsyncRedisStore(asynchronous, timeout=1, **settings)
    if kind.endswith("-async"):
        if kind.startswith("inbox"):
            from payvost_webhooks.stores.sql import AsyncSqlInbox as AsyncStore
        else:
            AsyncStore = AsyncSqlStore  # type: ignore[assignment,misc]
        return AsyncStore(
            lambda: psycopg.AsyncConnection.connect(service.url), timeout=1, **settings
        )
    store = SqlInbox if kind.startswith("inbox") else SqlStore
    if "postgres" in kind:
        return store(lambda: psycopg.connect(service.url, connect_timeout=2), **settings)
    return store(
        lambda: pymysql.connect(
            host="127.0.0.1",
            port=service.port,
            user="root",
            database="test",
            connect_timeout=1,
            read_timeout=1,
        ),
        **settings,
    )


class Handler:
    def __init__(self) -> None:
        self.events: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, event: Any) -> None:
        self.meanwhile()
        self.events.append(event["id"])


class Shop:
    def __init__(self, kind: str, service: Service) -> None:
        self.results: list[Result] = []
        self.handler = Handler()
        self.store = impatient(kind, service)
        if "redis" not in kind:
            settled(self.store.create_table())
        self.receiver = WebhookReceiver(
            SECRET, self.handler, store=self.store, on_result=self.results.append
        )

    def deliver(self, body: bytes) -> Answer:
        return deliver(self.receiver, body, signed(body))

    def deliver_until_received(self, body: bytes) -> None:
        deadline = time.monotonic() + 30
        while self.deliver(body).status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def unavailable(answer: Answer) -> bool:
    return (answer.status, json.loads(answer.body)["error"]["code"]) == (503, "store_unavailable")


@pytest.mark.parametrize("kind", SERVED)
def test_a_store_that_is_down_or_does_not_respond(
    kind: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    service: Service = service_of(request, kind)
    shop = Shop(kind, service)
    gone, frozen, middle, frozen_middle = (an_event() for _ in range(4))

    with service.frozen():
        began = time.monotonic()
        assert unavailable(shop.deliver(frozen))
        assert time.monotonic() - began < 15
    with service.stopped():
        assert unavailable(shop.deliver(gone))
    assert shop.handler.events == [], "nothing is handled without its claim"
    for body in (frozen, gone):
        shop.deliver_until_received(body)
    assert shop.handler.events == [json.loads(body)["id"] for body in (frozen, gone)]

    # It goes down while the event is being handled, so completion cannot be recorded.
    outages = {middle: service.stopped, frozen_middle: service.frozen}
    if kind == "inbox-postgres":
        del outages[frozen_middle]  # its client has no time limit for statements
    for body, make_outage in outages.items():
        outage = make_outage()
        shop.handler.meanwhile = outage.__enter__
        try:
            assert unavailable(shop.deliver(body))
        finally:
            outage.__exit__(None, None, None)
        shop.handler.meanwhile = lambda: None
        shop.deliver_until_received(body)
        assert json.loads(body)["id"] in shop.handler.events
        # A frozen store runs pending requests when it continues.
        allowed = {"handled"} if body == middle else {"handled", "already_handled"}
        assert shop.results[-1].code in allowed
    assert "127.0.0.1" not in caplog.text, "the address of a store is not for the log"


@pytest.mark.parametrize("kind", ["memory", *NAMES, "sqlite"])
def test_a_late_worker_can_neither_complete_nor_release(
    kind: str, url_of: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    store = make_store(kind, url_of(kind), lease=1)
    if kind not in ("memory", "redis", "redis-async"):
        settled(store.create_table())
    results: list[Result] = []
    taken: list[int] = []

    def another(event: Any) -> None:
        """Takes over as soon as possible."""
        again = WebhookReceiver(SECRET, lambda event: None, store=store)
        body = json.dumps(event).encode()
        while (status := deliver(again, body, signed(body)).status) != 200:
            time.sleep(0.1)
        taken.append(status)

    def late(event: Any) -> None:
        another(event)

    def late_and_failing(event: Any) -> None:
        another(event)
        raise TimeoutError

    for handler, code, status in (
        (late, "claim_lost", 200),
        (late_and_failing, "handler_failed", 500),
    ):
        body = json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode()
        receiver = WebhookReceiver(SECRET, handler, store=store, on_result=results.append)
        if kind.endswith("-async"):
            # In a thread, because the other worker needs the loop.
            answer = LOOP.run(receiver.receive_async(body, signed(body)))
        else:
            answer = receiver.receive(body, signed(body))
        assert (answer.status, results[-1].code) == (status, code)
        # The late worker changed nothing.
        done = deliver(receiver, body, signed(body))
        assert (done.status, results[-1].code) == (200, "already_handled")
    assert taken == [200, 200]
    event_id = results[0].event_id
    assert (
        "webhook event handled, but its claim was lost: another worker may have handled it too: "
        f"payment.succeeded {event_id}"
    ) in caplog.messages
    assert "reason raised, error_class TimeoutError, release claim_lost" in caplog.text


CLOCK = """
import sys, time
sys.path.insert(0, sys.argv[1])
real = time.time
for name in ("time", "monotonic", "perf_counter"):
    setattr(time, name, lambda before=getattr(time, name): before() + float(sys.argv[2]))
from kinds import deliver, make_store
from samples import SECRET, signed
from payvost_webhooks.receiver import WebhookReceiver
body = sys.stdin.buffer.read()
receiver = WebhookReceiver(SECRET, print, store=make_store(sys.argv[3], sys.argv[4], lease=3600))
assert time.time() - real() > 3600 * 9 or time.time() - real() < -3600 * 9
answer = deliver(receiver, body, signed(body))
sys.stderr.write(f"{answer.status} {answer.headers.get('Retry-After')}")
sys.stderr.flush()
import os; os._exit(0)
"""


@pytest.mark.parametrize("kind", ["redis", "postgres", "mysql", "sqlite"])
def test_a_wrong_clock_changes_nothing(kind: str, url_of: Callable[[str], str]) -> None:
    store = make_store(kind, url_of(kind), lease=3600)
    if kind != "redis":
        store.create_table()
    body = an_event()
    here = str(Path(__file__).parent)

    def elsewhere(offset: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", CLOCK, here, str(offset), kind, url_of(kind)],
            input=body,
            capture_output=True,
            check=True,
        )
        return done.stderr.decode().splitlines()[-1].split()

    seen: list[list[str]] = []
    receiver = WebhookReceiver(
        SECRET,
        lambda event: seen.extend([elsewhere(36_000), elsewhere(-36_000)]),
        store=store,
    )
    assert receiver.receive(body, signed(body)).status == 200
    for status, wait in seen:
        assert status == "409"
        assert 3000 < int(wait) <= 3600
    assert len(seen) == 2
    assert elsewhere(36_000)[0] == "200"


def test_a_handler_in_a_thread_is_completed_after_its_request_is_cancelled() -> None:
    """A server that cancels a request does not stop the thread. Its effect must not be repeated."""
    store = make_store("memory", "")
    made: list[str] = []

    def slow(event: Any) -> None:
        time.sleep(0.3)
        made.append(event["id"])

    async def cancelled() -> Answer:
        receiver = WebhookReceiver(SECRET, slow, store=store)
        first = asyncio.ensure_future(receiver.receive_async(body, signed(body)))
        await asyncio.sleep(0.1)
        first.cancel()
        assert (await receiver.receive_async(body, signed(body))).status == 409
        deadline = time.monotonic() + 20
        while (answer := await receiver.receive_async(body, signed(body))).status == 409:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        return answer

    body = an_event()
    assert asyncio.run(cancelled()).status == 200
    assert made == [json.loads(body)["id"]]


@pytest.mark.parametrize("kind", ["memory", "redis-async", "inbox-postgres-async"])
def test_a_cancelled_async_handler_releases_the_event(
    kind: str, url_of: Callable[[str], str]
) -> None:
    store = make_store(kind, url_of(kind))
    if kind.startswith("inbox"):
        settled(store.create_table())
    made: list[str] = []
    patience = [60.0, 0.0]

    async def handler(event: Any) -> None:
        await asyncio.sleep(patience.pop(0))
        made.append(event["id"])

    async def cancelled() -> int:
        receiver = WebhookReceiver(SECRET, handler, store=store)
        first = asyncio.ensure_future(receiver.receive_async(body, signed(body)))
        while len(patience) == 2:
            await asyncio.sleep(0.01)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return (await receiver.receive_async(body, signed(body))).status

    body = an_event()
    assert LOOP.run(cancelled()) == 200
    assert made == [json.loads(body)["id"]]


@pytest.mark.parametrize("kind", ["redis-async", "postgres-async", "inbox-postgres-async"])
def test_a_handled_event_is_completed_after_its_request_is_cancelled(
    kind: str, url_of: Callable[[str], str]
) -> None:
    store = make_store(kind, url_of(kind), lease=3600)
    if kind != "redis-async":
        settled(store.create_table())
    made: list[str] = []

    async def handler(event: Any) -> None:
        made.append(event["id"])
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # takes effect at the next step, the completion

    async def cancelled() -> int:
        receiver = WebhookReceiver(SECRET, handler, store=store)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.ensure_future(receiver.receive_async(body, signed(body)))
        deadline = time.monotonic() + 20
        while (await receiver.receive_async(body, signed(body))).status == 409:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        return (await receiver.receive_async(body, signed(body))).status

    body = an_event()
    assert LOOP.run(cancelled()) == 200
    assert made == [json.loads(body)["id"]]
