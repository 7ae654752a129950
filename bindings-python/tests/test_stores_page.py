"""The programs in the guides to stores and queues, with real servers, stores and a real queue, over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from samples import signed
from servers import PATH, SECRET, Server, code_of, serving

from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.testing import sample_event
from tests.kit.services import Service

RECEIVED = (200, b'{"received":true}', None)
SLOW = """
import time
from app import app, router

@router.on("user.created")
def slow(event):
    time.sleep(1.5)
    print("created:", event["id"], flush=True)
"""


def an_event(event_type: str = "payment.succeeded") -> tuple[str, bytes]:
    event = sample_event(event_type, id=f"evt_{uuid.uuid4().hex}")
    return event["id"], json.dumps(event).encode()


def deliver(server: Server, body: bytes) -> tuple[int, bytes, str | None]:
    """Status, body and ``Retry-After``."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", PATH, body, {"Payvost-Signature": signed(body, SECRET)})
        response = connection.getresponse()
        return response.status, response.read(), response.headers.get("Retry-After")


@contextlib.contextmanager
def program(
    folder: Path, number: int, name: str, served: str = "", page: str = "stores.md"
) -> Iterator[Server]:
    (folder / f"{name}.py").write_text(code_of(page, number), "utf-8")
    (folder / "slow.py").write_text(SLOW, "utf-8")
    command = ["gunicorn", "--workers", "2", "--threads", "4", "--bind", "fd://{fd}"]
    with serving([*command, f"{served or name}:app"], folder) as server:
        yield server


def test_redis(redis_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_service.url)
    with program(tmp_path, 0, "app", "slow") as server:
        event_id, body = an_event()
        with ThreadPoolExecutor(8) as pool:
            answers = set(pool.map(lambda _: deliver(server, body), range(16)))
        assert RECEIVED in answers
        assert {answer[0] for answer in answers} <= {200, 409}
        assert deliver(server, body) == RECEIVED
        assert server.log.count(f"paid: {event_id}") == 1
        assert f"webhook event already handled: payment.succeeded {event_id}" in server.log

        event_id, body = an_event("user.created")
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(deliver, server, body)
            while (answer := deliver(server, body))[0] == 200 and not first.done():
                time.sleep(0.05)
            if answer[0] == 200:
                # The second letter was the first.
                assert first.result()[0] == 409
                answer = first.result()
            else:
                assert first.result() == RECEIVED
        assert json.loads(answer[1])["error"]["code"] == "in_progress"
        assert 1 <= int(answer[2] or 0) <= 60
        assert server.log.count(f"created: {event_id}") == 1

        event_id, body = an_event()
        with redis_service.stopped():
            status, text, _ = deliver(server, body)
            assert (status, json.loads(text)["error"]["code"]) == (503, "store_unavailable")
        assert event_id not in [
            line.split()[1] for line in server.log.splitlines() if line.startswith("paid:")
        ]
        assert deliver(server, body) == RECEIVED
        assert server.log.count(f"paid: {event_id}") == 1
        for private in (SECRET, signed(body, SECRET), "redis://"):
            assert private not in server.log


def test_the_inbox(
    postgres_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_service.url)
    create = [sys.executable, "-m", "payvost_webhooks.stores.sql", "create"]
    subprocess.run(create, check=True, cwd=tmp_path)
    with psycopg.connect(postgres_service.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS payments")  # of another test
        connection.execute("CREATE TABLE payments (id text, amount text)")
        with program(tmp_path, 1, "inbox") as server:
            _, body = an_event()
            with ThreadPoolExecutor(8) as pool:
                statuses = {
                    answer[0] for answer in pool.map(lambda _: deliver(server, body), range(16))
                }
            assert statuses <= {200, 409}
            assert deliver(server, body) == RECEIVED
        data = json.loads(body)["data"]
        rows = connection.execute("SELECT id, amount FROM payments").fetchall()
        assert rows == [(data["id"], data["amount"])]


@contextlib.contextmanager
def celery(folder: Path) -> Iterator[Any]:
    log = folder / "celery.log"
    command = ["celery", "-A", "shop:queue", "worker", "--pool", "solo", "--without-gossip"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--without-mingle", "--loglevel", "INFO"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield log
    finally:
        process.kill()
        process.wait()


def test_a_queue(redis_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_service.url)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    client = redis.Redis.from_url(redis_service.url, socket_timeout=2, decode_responses=True)
    store = RedisStore(client)
    event_id, body = an_event()
    with program(tmp_path, 0, "shop", page="queue.md") as server:
        assert deliver(server, body) == RECEIVED
        assert deliver(server, body)[0] == 409, "no worker has done it yet"
        # The queue delivers twice, and the other worker crashes.
        (key,) = client.scan_iter(f"webhook*:{event_id}")  # an event in test mode
        ticket = {"key": key, "token": client.hget(key, "token")}
        assert store.take(ticket, lease=5).claim is not None
        with celery(tmp_path) as log:
            deadline = time.monotonic() + 60
            # No delivery meanwhile: once the lease is over, it would take the event from the queue.
            while store.delivery(key) is not None:
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.1)
            assert deliver(server, body) == RECEIVED
            assert log.read_text("utf-8").count(f"shipped: {event_id}") == 1
            assert "Retry in" in log.read_text("utf-8"), "it was put back while the other had it"
    assert store.delivery(key) is None, "it is done"
    (tmp_path / "test_shop.py").write_text(code_of("queue.md", 1), "utf-8")
    subprocess.run([sys.executable, "-m", "pytest", "-q"], check=True, cwd=tmp_path)
