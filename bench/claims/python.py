"""Times a claim and the bare step that it replaces, on a real Redis and PostgreSQL. Prints a table.

    target/venv/bin/python -m bench.claims.python [ROUNDS]

What is compared takes turns in one process, so that a busy machine slows all of it; the median of the rounds is shown.
The servers are started by tests/kit/services, and write nothing to the disk that is waited for.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from typing import Any

import psycopg
import redis

from payvost_webhooks import sign
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import KeptDelivery, MemoryStore
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlStore
from tests.kit.services import running

SECRET = "whsec_example"
BODY = (
    '{"id":"evt_ID","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"id":"pay_1",'
    '"amount":"99.99","currency":"EUR","customer":{"id":"cus_1","email":"a@example.com"},"metadata":{}}}'
)
PER_ROUND = 50


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
        )
    table("in memory", steps(MemoryStore()), rounds)


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


def table(title: str, subjects: dict[str, Callable[[], object]], rounds: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            began = time.perf_counter()
            for _ in range(PER_ROUND):
                run()
            times[name].append((time.perf_counter() - began) / PER_ROUND * 1e6)
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    first = next(iter(medians.values()))
    print(f"\n| {title} | µs | |\n| --- | ---: | ---: |")
    for name, median in medians.items():
        print(f"| {name} | {median:.1f} | {median / first:.2f} × |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
