"""Stores behind a real PgBouncer in transaction mode, where the next statement can meet another server connection."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg_pool
import pytest
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.sql import SqlInbox, SqlStore
from tests.kit.services import Service, running


@pytest.fixture(scope="module")
def bouncer(postgres_service: Service) -> Iterator[str]:
    """The address of a PgBouncer in front of the PostgreSQL of the tests."""
    with running("pgbouncer", str(postgres_service.port)) as service:
        yield service.url


@contextlib.contextmanager
def pool(url: str, **options: Any) -> Iterator[psycopg_pool.ConnectionPool]:
    made = psycopg_pool.ConnectionPool(
        url, kwargs=options, min_size=4, max_size=8, open=True, timeout=10
    )
    try:
        yield made
    finally:
        made.close()


def flood(receiver: WebhookReceiver) -> list[int]:
    """The statuses of events that are delivered several times at once, enough for psycopg to prepare."""
    events = [json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode() for _ in range(12)]
    with ThreadPoolExecutor(8) as threads:
        first = list(
            threads.map(lambda body: receiver.receive(body, signed(body)).status, events * 4)
        )
    return first + [receiver.receive(body, signed(body)).status for body in events]


@pytest.mark.parametrize("kind", [SqlStore, SqlInbox])
def test_the_documented_settings_work(kind: Any, bouncer: str) -> None:
    handled: list[str] = []
    with pool(bouncer, autocommit=kind is SqlStore, prepare_threshold=None) as connections:
        store = kind(connections, table=f"bounced_{uuid.uuid4().hex[:8]}")
        store.create_table()
        receiver = WebhookReceiver(
            SECRET, lambda event, claim: handled.append(event["id"]), store=store
        )
        statuses = flood(receiver)
    assert set(statuses) <= {200, 409}
    assert statuses[-12:] == [200] * 12
    assert len(handled) == len(set(handled)) == 12


def test_without_it_prepared_statements_are_missing(bouncer: str) -> None:
    """The reason for the setting: psycopg prepares frequent statements on a server connection that it loses."""
    with pool(bouncer, autocommit=True, prepare_threshold=0) as connections:
        store = SqlStore(connections, table=f"bounced_{uuid.uuid4().hex[:8]}")
        with contextlib.suppress(Exception):
            store.create_table()
        receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
        assert 503 in flood(receiver)
