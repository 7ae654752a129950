"""Statements on psycopg that bypass its cursors: prepared ones that go away, and connections without autocommit."""

from __future__ import annotations

import json
import uuid
from contextlib import nullcontext

import psycopg
import pytest
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.sql import SqlStore
from tests.kit.services import Service


@pytest.mark.parametrize("autocommit", [True, False])
def test_prepared_statements_may_go_away(autocommit: bool, postgres_service: Service) -> None:
    table = f"direct_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(
        postgres_service.url, autocommit=autocommit, prepare_threshold=0
    ) as connection:
        store = SqlStore(lambda: nullcontext(connection), table=table)
        store.create_table()
        receiver = WebhookReceiver(SECRET, lambda event: None, store=store)
        for round_ in range(6):
            body = json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode()
            assert [receiver.receive(body, signed(body)).status for _ in range(2)] == [200, 200]
            # Nothing stays open: each step is committed by itself.
            assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            names = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'payvost%'"
            assert connection.execute(names).fetchall() != []
            connection.rollback()
            if round_ % 2:
                connection.execute("DEALLOCATE ALL")
            else:
                connection.execute(
                    f"ALTER TABLE {table} ALTER COLUMN state TYPE varchar({round_ + 9})"
                )
            connection.commit()
