"""A receiver with each kind of store, on real servers: handling and responses."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from kinds import (
    DRIVERS,
    DRIVERS_OF_INBOXES,
    INBOXES,
    LEASES,
    deliver,
    make_store,
    retry,
    settled,
)
from samples import EVENT, SECRET, signed

from payvost_webhooks import ConfigurationError, WebhookRouter
from payvost_webhooks.receiver import Answer, Result, WebhookReceiver
from payvost_webhooks.stores import Claim, MemoryStore, StoreError
from payvost_webhooks.stores.redis import AsyncRedisStore, RedisStore
from payvost_webhooks.stores.sql import SqlStore

RECEIVED = b'{"received":true}'


def an_event(**fields: Any) -> bytes:
    """The body of a new event."""
    return json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}", **fields}).encode()


def key_of(body: bytes, prefix: str = "webhook") -> str:
    return f"{prefix}:{json.loads(body)['id']}"


def code_of(answer: Answer) -> str:
    return str(json.loads(answer.body)["error"]["code"])


class Shop:
    """A receiver with its store and a configurable handler, and what the handler has seen."""

    def __init__(self, kind: str, url: str, **settings: Any) -> None:
        self.kind = kind
        self.url = url
        self.store = make_store(kind, url, **settings)
        self.is_async = kind.endswith("-async")
        if kind != "memory" and "redis" not in kind:
            settled(self.store.create_table())
        self.results: list[Result] = []
        self.claims: list[Any] = []
        self.handled: list[str] = []
        self.handler: Callable[[Any, Any], Any] = lambda event, claim: None
        self.receiver = self.another()

    def another(self) -> WebhookReceiver:
        """Another worker, with the same store."""
        handler = self.handle_async if self.is_async else self.handle
        return WebhookReceiver(SECRET, handler, store=self.store, on_result=self.results.append)

    def handle(self, event: Any, claim: Any) -> None:
        self.claims.append(claim)
        self.handler(event, claim)
        self.handled.append(event["id"])

    async def handle_async(self, event: Any, claim: Any) -> None:
        self.claims.append(claim)
        result = self.handler(event, claim)
        if asyncio.iscoroutine(result):
            await result
        self.handled.append(event["id"])

    def deliver(self, body: bytes) -> Answer:
        return deliver(self.receiver, body, signed(body))

    @property
    def last(self) -> str:
        return self.results[-1].code


@pytest.fixture(scope="session")
def shops(url_of: Callable[[str], str]) -> dict[str, Shop]:
    return {}


@pytest.fixture
def shop_of(shops: dict[str, Shop], url_of: Callable[[str], str]) -> Callable[[str], Shop]:
    def shop(kind: str) -> Shop:
        if kind not in shops:
            shops[kind] = Shop(kind, url_of(kind))
        shops[kind].handler = lambda event, claim: None
        shops[kind].handled.clear()
        return shops[kind]

    return shop


@pytest.fixture(params=[*LEASES, *DRIVERS, *INBOXES, *DRIVERS_OF_INBOXES])
def shop(request: pytest.FixtureRequest, shop_of: Callable[[str], Shop]) -> Shop:
    return shop_of(request.param)


@pytest.fixture(params=[*LEASES, *DRIVERS])
def lease(request: pytest.FixtureRequest, shop_of: Callable[[str], Shop]) -> Shop:
    return shop_of(request.param)


@pytest.fixture(params=[*INBOXES, *DRIVERS_OF_INBOXES])
def inbox(request: pytest.FixtureRequest, shop_of: Callable[[str], Shop]) -> Shop:
    return shop_of(request.param)


def test_a_duplicate_event_is_not_handled_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    body = an_event()
    answers = [shop.deliver(body) for _ in range(3)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, RECEIVED)] * 3
    codes = [result.code for result in shop.results[-3:]]
    assert codes == ["handled", "already_handled", "already_handled"]
    assert len(shop.handled) == 1
    event_id = json.loads(body)["id"]
    assert f"webhook event already handled: payment.succeeded {event_id}" in caplog.messages


def test_the_repr_of_a_claim(shop: Shop) -> None:
    body = an_event()
    shop.deliver(body)
    claim = shop.claims[-1]
    assert (claim.key, claim.attempt, len(claim.token)) == (key_of(body), 1, 32)
    assert (claim.connection is None) == (not shop.kind.startswith("inbox"))
    assert claim.token not in repr(claim)


def test_test_events_and_live_events_do_not_hide_each_other(shop: Shop) -> None:
    event = json.loads(an_event())
    for live_mode in (True, False, True, False):
        body = json.dumps({**event, "liveMode": live_mode}).encode()
        assert shop.deliver(body).status == 200
    assert len(shop.handled) == 2


def test_while_an_event_is_being_handled_duplicates_get_retry_after(shop: Shop) -> None:
    if "inbox-sqlite" in shop.kind:
        pytest.skip("its transaction keeps all others waiting: test_stores_sql.py")
    body = an_event()
    second: list[Answer] = []

    def meanwhile(event: Any, claim: Any) -> Any:
        if shop.is_async:
            return meanwhile_async()
        second.append(deliver(shop.another(), body, signed(body)))
        return None

    async def meanwhile_async() -> None:
        second.append(await shop.another().receive_async(body, signed(body)))

    shop.handler = meanwhile
    assert shop.deliver(body).status == 200
    (answer,) = second
    assert (answer.status, code_of(answer)) == (409, "in_progress")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert len(shop.handled) == 1


def test_another_body_with_the_same_id_is_a_conflict(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    body = an_event()
    other = json.dumps({**json.loads(body), "data": {"amount": "1000000.00"}}).encode()
    assert shop.deliver(body).status == 200
    answer = shop.deliver(other)
    assert (answer.status, code_of(answer), shop.last) == (
        409,
        "event_conflict",
        "event_conflict",
    )
    assert "Retry-After" not in answer.headers
    assert len(shop.handled) == 1
    assert caplog.records[-1].levelname == "ERROR"
    assert "1000000.00" not in caplog.text


def test_a_failed_event_is_handled_by_the_next_delivery(shop: Shop) -> None:
    def fail(event: Any, claim: Any) -> None:
        raise TimeoutError("the bank is at postgres://bank:secret@db")

    body = an_event()
    shop.handler = fail
    answer = shop.deliver(body)
    assert (answer.status, code_of(answer)) == (500, "handler_failed")
    (letter,) = [
        letter for letter in settled(shop.store.dead_letters(1000)) if letter.key == key_of(body)
    ]
    assert letter[1:5] == ("payment.succeeded", "failed", 1, "TimeoutError")
    assert 0 <= letter.age < 60
    shop.handler = lambda event, claim: None
    assert shop.deliver(body).status == 200
    assert (shop.claims[-1].attempt, shop.last) == (2, "handled")
    assert key_of(body) not in {letter.key for letter in settled(shop.store.dead_letters(1000))}


def test_a_dead_letter_is_handled_again(shop: Shop) -> None:
    def fail(event: Any, claim: Any) -> None:
        raise TimeoutError

    body = an_event()
    shop.handler = fail
    for _ in range(6):  # as many times as the provider tries
        shop.deliver(body)
    kept = settled(shop.store.delivery(key_of(body)))
    assert kept == (body, signed(body))
    shop.handler = lambda event, claim: None
    answer = retry(shop.receiver, key_of(body))
    assert answer is not None
    assert (answer.status, shop.last, shop.claims[-1].attempt) == (200, "handled", 7)
    assert shop.handled == [json.loads(body)["id"]]
    assert retry(shop.receiver, key_of(body)) is None, "what is done is not kept"
    assert retry(shop.receiver, "webhook:evt_unknown") is None


def test_an_event_without_a_handler_is_not_claimed(shop: Shop) -> None:
    receiver = WebhookReceiver(SECRET, WebhookRouter(), store=shop.store)
    body = an_event()
    assert deliver(receiver, body, signed(body)).status == 200
    assert shop.deliver(body).status == 200
    assert shop.last == "handled"


def test_a_delivery_is_retried_only_under_its_own_key(shop: Shop) -> None:
    """Two endpoints share a store: one does not handle the stored deliveries of the other."""

    def fail(event: Any, claim: Any) -> None:
        raise TimeoutError

    body = an_event()
    shop.handler = fail
    assert shop.deliver(body).status == 500
    other = Shop(shop.kind, shop.url, prefix="other")
    if shop.kind == "memory":
        other.store._claims = shop.store._claims
    answer = retry(other.receiver, key_of(body))
    assert answer is not None
    assert (answer.status, code_of(answer), other.last) == (404, "other_endpoint", "other_endpoint")
    assert other.handled == []


def test_stopping_the_process_releases_the_event_without_delay(shop: Shop) -> None:
    class Stop(BaseException):
        pass

    def stop(event: Any, claim: Any) -> None:
        raise Stop

    body = an_event()
    shop.handler = stop
    with pytest.raises(Stop):
        shop.deliver(body)
    shop.handler = lambda event, claim: None
    assert shop.deliver(body).status == 200
    assert len(shop.handled) == 1


# With a lease.


def test_a_claim_is_extended(lease: Shop) -> None:
    held: list[bool] = []
    waits: list[int] = []
    body = an_event()

    def handler(event: Any, claim: Any) -> Any:
        if lease.is_async:
            return handler_async(claim)
        held.append(claim.extend(3600))
        waits.append(_wait(deliver(lease.another(), body, signed(body))))
        held.append(claim.extend())
        return None

    async def handler_async(claim: Any) -> None:
        held.append(await claim.extend(3600))
        waits.append(_wait(await lease.another().receive_async(body, signed(body))))
        held.append(await claim.extend())

    lease.handler = handler
    assert lease.deliver(body).status == 200
    assert held == [True, True]
    assert 3500 < waits[0] <= 3600


def _wait(answer: Answer) -> int:
    return int(answer.headers["Retry-After"])


def test_an_event_is_handed_over_to_a_queue(lease: Shop) -> None:
    tickets: list[dict[str, str]] = []

    def hand_over(event: Any, claim: Any) -> Any:
        if lease.is_async:
            return hand_over_async(claim)
        tickets.append(claim.hand_over(lease=600))
        return None

    async def hand_over_async(claim: Any) -> None:
        tickets.append(await claim.hand_over(lease=600))

    body = an_event()
    lease.handler = hand_over
    answer = lease.deliver(body)
    assert (answer.status, answer.body, lease.last) == (200, RECEIVED, "handed_over")
    assert lease.deliver(body).status == 409, "it is not done before the worker says so"
    ticket = json.loads(json.dumps(tickets[0]))
    claim = settled(lease.store.take(ticket, lease=600)).claim
    assert claim.attempt == 1
    with pytest.raises(StoreError, match="put the job back"):
        settled(claim.hand_over())
    assert settled(claim.extend()) is True
    another = settled(lease.store.take(ticket))
    assert (another.state, another.claim) == ("in_progress", None), "a queue delivers twice"
    assert 0 < another.wait <= 60, "the lease that was extended last"
    assert settled(claim.complete()) is True
    assert lease.deliver(body).status == 200
    assert lease.last == "already_handled"
    assert settled(claim.release("TooLate")) is False
    assert settled(lease.store.take(ticket)) == ("done", None, 0.0)

    body = an_event()
    lease.deliver(body)
    claim = settled(lease.store.take(tickets[1])).claim
    assert settled(claim.release(LookupError("secret"))) is True
    (letter,) = [
        letter for letter in settled(lease.store.dead_letters(1000)) if letter.key == claim.key
    ]
    assert letter.error == "LookupError"
    again = settled(lease.store.take(tickets[1])).claim
    assert (again.attempt, settled(claim.complete()), settled(again.release())) == (2, False, True)
    assert [settled(lease.store.discard(claim.key)) for _ in range(2)] == [True, False]
    assert lease.deliver(body).status == 200
    assert lease.last == "already_handled"


def test_a_handler_that_fails_after_handing_over_releases_the_event(lease: Shop) -> None:
    def fail(event: Any, claim: Any) -> Any:
        if lease.is_async:
            return fail_async(claim)
        claim.hand_over()
        raise ConnectionError("the queue")

    async def fail_async(claim: Any) -> None:
        await claim.hand_over()
        raise ConnectionError("the queue")

    body = an_event()
    lease.handler = fail
    assert lease.deliver(body).status == 500
    lease.handler = lambda event, claim: None
    assert lease.deliver(body).status == 200
    assert lease.last == "handled"


@pytest.mark.parametrize("seconds", [0, 0.5, -1, 86_401, float("nan"), "60", True])
def test_an_extension_has_the_limits_of_a_lease(seconds: Any) -> None:
    claim = Claim(MemoryStore(), "webhook:evt_1", "a")
    for step in (claim.extend, claim.hand_over):
        with pytest.raises(ConfigurationError) as raised:
            step(seconds)
        assert raised.value.code == "invalid_option"


# With an inbox.


def test_the_claim_of_an_inbox_cannot_leave_its_transaction(inbox: Shop) -> None:
    body = an_event()
    assert inbox.deliver(body).status == 200
    claim = inbox.claims[-1]
    for step in (claim.hand_over, claim.complete, claim.release):
        with pytest.raises(StoreError, match="inbox"):
            settled(step())


def test_the_claim_of_an_inbox_holds_as_long_as_its_transaction(inbox: Shop) -> None:
    held: list[bool] = []

    def handler(event: Any, claim: Any) -> Any:
        return handler_async(claim) if inbox.is_async else held.append(claim.extend(3600))

    async def handler_async(claim: Any) -> None:
        held.append(await claim.extend(3600))
        if "asyncpg" in inbox.kind:
            await claim.connection.execute("ROLLBACK")
        else:
            await claim.connection.rollback()
        held.append(await claim.extend(3600))

    inbox.handler = handler
    status = inbox.deliver(an_event()).status
    assert (status, held) == ((500, [True, False]) if inbox.is_async else (200, [True]))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("end", ["exits", "raises", "returns"])
def test_a_forked_child_does_not_end_the_claim_of_its_parent(
    end: str, is_async: bool, tmp_path: Path
) -> None:
    test, body = os.getpid(), an_event()
    store = SqlStore(lambda: sqlite3.connect(tmp_path / "claims.db"))
    store.create_table()
    held: list[bool] = []

    def fork(event: Any, claim: Any) -> None:
        child = os.fork()
        if child == 0:
            if end == "exits":
                sys.exit()
            if end == "raises":
                raise LookupError
            return
        os.waitpid(child, 0)
        # Also a completion deletes the stored delivery, and a release leaves a dead letter.
        held.append(store.delivery(claim.key) is not None and store.dead_letters() == [])

    async def fork_async(event: Any, claim: Any) -> None:
        fork(event, claim)

    results: list[Result] = []
    handler = fork_async if is_async else fork
    receiver = WebhookReceiver(SECRET, handler, store=store, on_result=results.append)
    try:
        status = receiver.receive(body, signed(body)).status
    finally:
        if os.getpid() != test:
            os._exit(0)
    assert (status, results[0].code, held) == (200, "handled", [True])


# Arguments.


@pytest.mark.parametrize(
    "settings",
    [
        {"lease": 0.5},
        {"lease": "60"},
        {"lease": None},
        {"remember": 60},
        {"remember": float("inf")},
        {"prefix": ""},
        {"prefix": "webhook-test"},
        {"prefix": 7},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": "2"},
        {"timeout": True},
    ],
)
@pytest.mark.parametrize("make", [MemoryStore, lambda **s: RedisStore(redis.Redis(), **s)])
def test_invalid_settings(make: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        make(**settings)
    assert raised.value.code == "invalid_option"


def test_other_invalid_arguments() -> None:
    for capacity in (0, -1, True, "9", 1e3):
        with pytest.raises(ConfigurationError):
            MemoryStore(capacity)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        SqlStore(print, table="claims; DROP TABLE users")
    with pytest.raises(ConfigurationError):
        SqlStore(print, dialect="oracle")
    for client in ("postgres://localhost", None, 7):
        with pytest.raises(TypeError, match="connect must be") as raised:
            SqlStore(client)
        assert isinstance(raised.value, ConfigurationError)
        assert raised.value.code == "invalid_option"
    with pytest.raises(TypeError):
        MemoryStore(leases=60)  # type: ignore[call-arg]
    for store in ("redis://localhost", object(), RedisStore):
        with pytest.raises(TypeError):
            WebhookReceiver(SECRET, print, store=store)  # type: ignore[arg-type]


def test_an_async_store_needs_an_event_loop() -> None:
    receiver = WebhookReceiver(SECRET, print, store=AsyncRedisStore(redis.asyncio.Redis()))
    with pytest.raises(TypeError, match="receive_async"):
        receiver.receive(b"", None)


@pytest.mark.parametrize(
    ("store", "client"),
    [
        (RedisStore, None),
        (RedisStore, "redis://localhost"),
        (RedisStore, redis.Redis),
        (RedisStore, redis.asyncio.Redis()),
        (RedisStore, redis.Redis().pipeline()),
        (RedisStore, redis.asyncio.RedisCluster.__new__(redis.asyncio.RedisCluster)),
        (RedisStore, redis.cluster.ClusterPipeline.__new__(redis.cluster.ClusterPipeline)),
        (AsyncRedisStore, redis.RedisCluster.__new__(redis.RedisCluster)),
        (AsyncRedisStore, redis.Redis()),
        (AsyncRedisStore, redis.asyncio.Redis().pipeline()),
    ],
)
def test_an_unsupported_client_is_rejected_when_the_store_is_created(
    store: Any, client: Any
) -> None:
    with pytest.raises(TypeError, match="client must be a redis") as raised:
        store(client)
    assert isinstance(raised.value, ConfigurationError)
    assert (raised.value.code, bool(raised.value.hint)) == ("invalid_option", True)


def test_a_full_store_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    answers: list[Answer] = []
    store = MemoryStore(capacity=1)

    def handler(event: Any) -> None:
        body = an_event()
        answers.append(receiver.receive(body, signed(body)))

    receiver = WebhookReceiver(SECRET, handler, store=store)
    body = an_event()
    assert receiver.receive(body, signed(body)).status == 200
    assert [(answer.status, code_of(answer)) for answer in answers] == [(503, "store_unavailable")]
    (record,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert record.error_code == "store_full"  # type: ignore[attr-defined]


def test_which_handlers_get_a_claim() -> None:
    """Only handlers that require a second argument: others keep their default values."""
    seen: list[tuple[Any, ...]] = []

    class Handlers:
        def method(self, event: Any, claim: Any) -> None:
            seen.append((claim.key,))

    handlers: list[Any] = [
        lambda event, claim: seen.append((claim.key,)),
        lambda event, retries=3: seen.append((retries,)),
        lambda *arguments: seen.append(arguments[1:]),
        lambda event, *, dry=False: seen.append((dry,)),
        Handlers().method,
    ]
    for handler in handlers:
        router = WebhookRouter()
        router.on("*", handler)
        for receiving in (handler, router):
            WebhookReceiver(SECRET, receiving, store=MemoryStore()).receive(
                PAYLOAD, signed(PAYLOAD)
            )
    key = ("webhook:evt_1",)
    assert seen == [key, key, (3,), (3,), (), (), (False,), (False,), key, key]


def test_without_a_store_there_is_no_claim() -> None:
    seen: list[Any] = []
    router = WebhookRouter()
    router.on("*", lambda event, claim: seen.append(claim))
    WebhookReceiver(SECRET, router).receive(PAYLOAD, signed(PAYLOAD))
    router.dispatch(EVENT)
    assert seen == [None, None]


PAYLOAD = json.dumps(EVENT).encode()


def test_a_blocking_handler_uses_the_claim_of_an_async_store() -> None:
    store = MemoryStore()
    extended: list[bool] = []

    class AsyncStore:
        policy, keep_deliveries = store.policy, False

        async def claim(self, *arguments: Any) -> Any:
            return store.claim(*arguments)

        async def extend(self, *arguments: Any) -> Any:
            return store.extend(*arguments)

        async def complete(self, *arguments: Any) -> Any:
            return store.complete(*arguments)

        async def release(self, *arguments: Any) -> Any:
            return store.release(*arguments)

        async def delivery(self, key: str) -> Any:
            return None

    def handler(event: Any, claim: Any) -> None:
        extended.append(claim.extend())

    body = an_event()
    receiver = WebhookReceiver(SECRET, handler, store=AsyncStore())
    assert asyncio.run(receiver.receive_async(body, signed(body))).status == 200
    assert extended == [True]
