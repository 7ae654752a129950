"""Times a claim and the bare step that it replaces, on a real Redis, PostgreSQL and MariaDB.

Also a delivery to an inbox beside the same inserts by hand. Prints one table for each store, with the targets.

    target/venv/bin/python -m bench.claims.python [ROUNDS]

What is compared takes turns in one process, so that a busy machine slows all of it; the median of the rounds is shown.
The servers are started by tests/kit/services, and write nothing to the disk that is waited for.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from types import MappingProxyType
from typing import Any

import psycopg
import pymysql
import redis

from payvost_webhooks import sign
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import KeptDelivery, MemoryStore
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlInbox, SqlStore
from tests.kit.services import running

SECRET = "whsec_example"
BODY = (
    '{"id":"evt_ID","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"id":"pay_1",'
    '"amount":"99.99","currency":"EUR","customer":{"id":"cus_1","email":"a@example.com"},"metadata":{}}}'
)
PER_ROUND = 50

REDIS = {"a claim": 1.3, "a claim, and complete": 2.4, "a claim of an event that is done": 1.1}
POSTGRES = {"a claim": 1.4, "a claim, and complete": 2.4, "a claim of an event that is done": 1.4}
MARIADB = {"a claim": 1.6, "a claim, and complete": 2.8, "a claim of an event that is done": 1.6}
INBOX = {"a whole delivery to an inbox": 1.3}
"""The targets, in multiples of the first row."""

BY_HAND = """INSERT INTO by_hand
(claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type)
VALUES (%s, %s, 'done', %s, 1, 0, %s, %s, %s)"""


def main(rounds: int = 60) -> None:
    with running("redis") as service, redis.Redis(port=service.port) as client:
        store = RedisStore(client)
        table(
            "Redis",
            {
                "`SET NX`, the bare round trip": lambda: client.set(
                    f"bare:{secrets.token_hex(8)}", "1", nx=True, px=86_400_000
                ),
                "`SET NX`, and `SET` when done": lambda: marked(client),
                **steps(store),
            },
            rounds,
            REDIS,
        )
    with running("postgres") as service, ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(service.url, autocommit=True))
        # What is timed are the steps, not the opening.
        kept = SqlStore(lambda: nullcontext(connection))
        kept.create_table()
        connection.execute("CREATE TABLE bare (id text PRIMARY KEY, at timestamptz DEFAULT now())")
        insert = "INSERT INTO bare (id) VALUES (%s) ON CONFLICT DO NOTHING"
        table(
            "PostgreSQL",
            {
                "`INSERT … ON CONFLICT`, the bare statement": lambda: connection.execute(
                    insert, [secrets.token_hex(8)]
                ),
                **steps(kept),
            },
            rounds,
            POSTGRES,
        )
        table("PostgreSQL, an inbox", inbox(connection, connection.transaction), rounds, INBOX)
    with running("mariadb") as service, ExitStack() as stack:
        own = stack.enter_context(
            pymysql.connect(
                host="127.0.0.1",
                port=service.port,
                user="root",
                database="test",
                autocommit=True,
                read_timeout=10,
            )
        )
        kept = SqlStore(lambda: nullcontext(own))
        kept.create_table()
        execute(own, "CREATE TABLE bare (id varchar(255) PRIMARY KEY, at bigint)")
        table(
            "MariaDB",
            {
                "`INSERT IGNORE`, the bare statement": lambda: execute(
                    own, "INSERT IGNORE INTO bare VALUES (%s, 1)", [secrets.token_hex(8)]
                ),
                **steps(kept),
            },
            rounds,
            MARIADB,
        )
        table("MariaDB, an inbox", inbox(own, lambda: begun(own)), rounds, INBOX)
    table("in memory", steps(MemoryStore()), rounds)


def execute(connection: Any, sql: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def begun(connection: pymysql.Connection[Any]) -> Iterator[None]:
    connection.begin()
    yield
    connection.commit()


def inbox(connection: Any, transaction: Callable[[], Any]) -> dict[str, Callable[[], object]]:
    """The inserts of an event and its effect in one transaction, by hand, and a whole delivery that does the same."""
    store = SqlInbox(lambda: nullcontext(connection), table="inbox", note_attempts=False)
    store.create_table()
    hand = SqlStore(lambda: nullcontext(connection), table="by_hand")
    hand.create_table()
    execute(connection, "CREATE TABLE effects (event varchar(255), amount varchar(20))")
    effect = "INSERT INTO effects VALUES (%s, %s)"
    made = deliveries(hand)

    def by_hand() -> None:
        request, _ = next(made)
        with transaction():
            row = [
                request.key,
                request.fingerprint,
                secrets.token_hex(16),
                1,
                1,
                request.event_type,
            ]
            execute(connection, BY_HAND, row)
            execute(connection, effect, [request.key, "99.99"])

    def handle(event: Any, claim: Any) -> None:
        execute(claim.connection, effect, [event["id"], event["data"]["amount"]])

    receiver = WebhookReceiver(SECRET, handle, store=store)

    def delivery() -> None:
        _, kept = next(made)
        assert receiver.receive(kept.payload, kept.signature).status == 200

    return {
        "the same inserts in one transaction, by hand": by_hand,
        "a whole delivery to an inbox": delivery,
    }


def marked(client: redis.Redis) -> None:
    key = f"bare:{secrets.token_hex(8)}"
    client.set(key, "1", nx=True, px=60_000)
    client.set(key, "done", px=86_400_000)


def steps(store: Any) -> dict[str, Callable[[], object]]:
    requests = ((request, kept) for request, kept in deliveries(store))
    done = next(requests)
    store.claim(done[0], "a", done[1])
    store.complete(done[0].key, "a")

    def claim() -> None:
        request, kept = next(requests)
        store.claim(request, "a", kept)

    def both() -> None:
        request, kept = next(requests)
        store.claim(request, "a", kept)
        store.complete(request.key, "a")

    return {
        "a claim": claim,
        "a claim, and complete": both,
        "a claim of an event that is done": lambda: store.claim(done[0], "b", done[1]),
    }


def deliveries(store: Any) -> Iterator[tuple[Any, KeptDelivery]]:
    """Made beforehand in bulk, so that verifying them is not timed."""
    receiver = WebhookReceiver(SECRET, print, store=store)._native
    while True:
        made = []
        for _ in range(20_000):
            body = BODY.replace("ID", secrets.token_hex(12)).encode()
            signature = sign(body, SECRET)
            request = receiver.arrived(body, signature).request
            made.append((request, KeptDelivery(body, signature)))
        yield from made


def table(
    title: str,
    subjects: dict[str, Callable[[], object]],
    rounds: int,
    targets: Mapping[str, float] = MappingProxyType({}),
) -> None:
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            began = time.perf_counter()
            for _ in range(PER_ROUND):
                run()
            times[name].append((time.perf_counter() - began) / PER_ROUND * 1e6)
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    first = next(iter(medians.values()))
    print(f"\n| {title} | µs | | to reach |\n| --- | ---: | ---: | --- |")
    for name, median in medians.items():
        ratio, target = median / first, targets.get(name)
        mark = "" if target is None else f"{target} × {'✓' if ratio <= target else '✗'}"
        print(f"| {name} | {median:.1f} | {ratio:.2f} × | {mark} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
