"""A table in PostgreSQL that is partitioned as docs/scale.md says: stores and inboxes work on it unchanged."""

from __future__ import annotations

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from kinds import create_table, make_store
from samples import EVENT, SECRET, signed
from test_claims_vectors import CASES, replies

from payvost_webhooks.receiver import WebhookReceiver
from tests.kit.services import Service

PARTITIONS = 16
DAY = 86_400_000


@pytest.fixture(scope="module")
def partitioned(postgres_service: Service, repository: Path) -> str:
    """The address of a database with such a table."""
    with psycopg.connect(postgres_service.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE partitioned")
    url = postgres_service.url.removesuffix("postgres") + "partitioned"
    create_table(url)
    page = (repository / "docs" / "scale.md").read_text("utf-8")
    (documented,) = re.findall(r"^```sql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(documented)
    create_table(url)
    return url


@pytest.mark.parametrize("name", CASES)
def test_a_sequence(name: str, partitioned: str) -> None:
    expected = [step.get("expect") for step in CASES[name]["steps"]]
    assert replies("postgres-partitioned", name, partitioned) == expected


def test_every_partition_has_the_indexes_and_its_share_of_the_events(partitioned: str) -> None:
    store = make_store("postgres", partitioned, prefix="spread")
    receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
    for number in range(20 * PARTITIONS):
        body = json.dumps({**EVENT, "id": f"evt_{number}"}).encode()
        assert receiver.receive(body, signed(body)).status == 200
    with psycopg.connect(partitioned) as connection:
        shares = connection.execute(
            "SELECT tableoid::regclass::text, count(*) FROM payvost_webhook_claims GROUP BY 1"
        ).fetchall()
        indexes = connection.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'payvost_webhook_claims\\_%'"
            " GROUP BY tablename"
        ).fetchall()
        (whole,) = connection.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'payvost_webhook_claims'"
        ).fetchall()
    assert (len(shares), len(indexes)) == (PARTITIONS, PARTITIONS)
    assert set(indexes) == {whole}
    assert whole == (2,)
    # As many keys would be in one partition if the table were not spread.
    assert max(count for _, count in shares) < 5 * 20


def test_what_is_over_is_deleted_in_every_partition(partitioned: str) -> None:
    with psycopg.connect(partitioned, autocommit=True) as connection:
        connection.execute(f"UPDATE payvost_webhook_claims SET forget_at = forget_at - {365 * DAY}")
        (rows,) = connection.execute("SELECT count(*) FROM payvost_webhook_claims").fetchone() or ()
        assert rows > PARTITIONS
        store = make_store("postgres", partitioned)
        with ThreadPoolExecutor(2) as threads:
            deleted = sum(threads.map(lambda _: store.forget(batch=10), range(2)))
        assert deleted == rows
        assert connection.execute("SELECT count(*) FROM payvost_webhook_claims").fetchone() == (0,)


def test_an_inbox_handles_each_event_once(partitioned: str) -> None:
    def write(event, claim):  # type: ignore[no-untyped-def]
        claim.connection.execute("INSERT INTO written VALUES (%s)", [event["id"]])

    with psycopg.connect(partitioned, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (id text)")
    receiver = WebhookReceiver(SECRET, write, store=make_store("inbox-postgres", partitioned))
    bodies = [json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode() for _ in range(12)]
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda body: receiver.receive(body, signed(body)), bodies * 4)
        assert {answer.status for answer in answers} <= {200, 409}
    assert [receiver.receive(body, signed(body)).status for body in bodies] == [200] * 12
    with psycopg.connect(partitioned) as connection:
        assert connection.execute("SELECT count(*) FROM written").fetchone() == (12,)
