"""Floods of duplicates while the database refuses, or its connections break: each event is handled once."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import psycopg_pool
import pytest
from kinds import create_table
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.sql import SqlStore

DUPLICATES = 4


class Flood:
    """Deliveries of events, each several times at once, and again until it has been answered 200."""

    def __init__(self, pool: psycopg_pool.ConnectionPool[Any], events: int) -> None:
        self.handled: Counter[str] = Counter()
        self.handling: Callable[[int], None] = lambda number: None
        self._lock = threading.Lock()
        store = SqlStore(pool, timeout=10)
        self._receiver = WebhookReceiver(SECRET, self._handle, store=store)
        names = [f"evt_{uuid.uuid4().hex}" for _ in range(events)]
        self.bodies = [json.dumps({**EVENT, "id": name}).encode() for name in names]

    def _handle(self, event: Any) -> None:
        with self._lock:
            self.handled[event["id"]] += 1
            self.handling(sum(self.handled.values()))

    def run(self) -> list[list[int]]:
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(self._deliver, self.bodies * DUPLICATES))

    def _deliver(self, body: bytes) -> list[int]:
        answers: list[int] = []
        while not answers or (answers[-1] != 200 and len(answers) < 50):
            answers.append(self._receiver.receive(body, signed(body)).status)
        return answers

    def of_each_event(self) -> set[int]:
        return {self.handled[json.loads(body)["id"]] for body in self.bodies}


def pool_of(url: str, **options: Any) -> psycopg_pool.ConnectionPool[Any]:
    return psycopg_pool.ConnectionPool(
        url, min_size=1, max_size=8, open=True, timeout=10, kwargs={"autocommit": True, **options}
    )


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_in_a_strict_isolation(isolation: str, url_of: Callable[[str], str]) -> None:
    create_table(url_of("postgres"))
    options = f"-c default_transaction_isolation={isolation.replace(' ', chr(92) + ' ')}"
    with pool_of(url_of("postgres"), options=options) as pool:
        flood = Flood(pool, events=60)
        answers = flood.run()
    assert {answer for delivery in answers for answer in delivery} <= {200, 409}
    assert flood.of_each_event() == {1}


def test_while_connections_are_cut(url_of: Callable[[str], str]) -> None:
    """All of them, after every fifth event has been handled, so that its completion meets a broken one."""
    url = url_of("postgres")
    create_table(url)
    admin = psycopg.connect(url, autocommit=True)
    with admin, pool_of(url, application_name="flood") as pool:
        flood = Flood(pool, events=40)

        def cut(number: int) -> None:
            if number % 5 == 0:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'flood'"
                )

        flood.handling = cut
        flood.run()
    assert flood.of_each_event() == {1}
