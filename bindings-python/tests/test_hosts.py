"""Servers without threads or asyncio: trio under hypercorn, greenlets under gunicorn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
import trio
from samples import PAYLOAD, SIGNATURE, signed
from samples import SECRET as SAMPLES_SECRET
from servers import SECRET, Server, serving

from payvost_webhooks import ConfigurationError
from payvost_webhooks.django import webhook_view as django_view
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.stores.redis import AsyncRedisStore
from payvost_webhooks.testing import sample_event
from payvost_webhooks.wsgi import webhook_app

HYPERCORN = ["hypercorn", "--worker-class", "trio", "--bind", "fd://{fd}", "app:app"]
GEVENT = ["gunicorn", "--worker-class", "gevent", "--bind", "fd://{fd}", "app:app"]


def write(folder: Path, text: str) -> None:
    (folder / "app.py").write_text(textwrap.dedent(text), "utf-8")


def delivered(
    server: Server, event_type: str, event_id: str, path: str = "/webhooks/payvost"
) -> int:
    body = json.dumps(sample_event(event_type, id=event_id)).encode()
    return server.deliver(body, ("Payvost-Signature", signed(body, SECRET)), path=path)[0]


def new_id() -> str:
    return f"evt_{uuid.uuid4().hex}"


# trio.

IN_TRIO = """
    import os, sqlite3, threading

    import redis.asyncio
    import trio
    from fastapi import FastAPI
    from payvost_webhooks import WebhookRouter
    from payvost_webhooks.fastapi import webhook_router
    from payvost_webhooks.receiver import WebhookReceiver
    from payvost_webhooks.starlette import webhook_route
    from payvost_webhooks.stores.redis import AsyncRedisStore
    from payvost_webhooks.stores.sql import SqlStore

    router, slow = WebhookRouter(), WebhookRouter()

    @router.on("payment.*")
    async def paid(event, claim):
        await trio.sleep(0.01)
        print("in trio:", event["id"], claim.attempt, claim.extend(), flush=True)
        if event["type"] == "payment.failed":
            raise ValueError("not booked")

    @router.on("*")
    def other(event):
        assert threading.current_thread() is not threading.main_thread()
        print("in a thread:", event["id"], flush=True)

    @slow.on("*")
    async def never(event):
        await trio.sleep(30)

    async def count(result):
        await trio.sleep(0)
        print("counted:", result.event_id, result.code, flush=True)

    store = SqlStore(lambda: sqlite3.connect("claims.db", timeout=5))
    store.create_table()
    secret = os.environ["WEBHOOK_SECRET"]
    app = FastAPI()
    app.include_router(webhook_router(WebhookReceiver(secret, router, store=store, on_result=count)))
    limited = WebhookReceiver(secret, slow, store=store, handler_timeout=0.2)
    app.include_router(webhook_router(limited, "/slow"))
    """
ASYNC_STORE = """
    asynchronous = WebhookReceiver(secret, router, store=AsyncRedisStore(redis.asyncio.Redis()))
    """


@pytest.fixture(scope="module")
def in_trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("trio")
    route = ASYNC_STORE + "app.router.routes.append(webhook_route(asynchronous, '/async'))"
    write(folder, IN_TRIO + route)
    with serving(HYPERCORN, folder) as server:
        yield server


@pytest.mark.parametrize(
    ("event_type", "place"), [("payment.succeeded", "in trio"), ("user.created", "in a thread")]
)
def test_in_trio_a_store_works(in_trio: Server, event_type: str, place: str) -> None:
    event_id = new_id()
    assert [delivered(in_trio, event_type, event_id) for _ in range(2)] == [200, 200]
    lines = in_trio.log.splitlines()
    (line,) = (line for line in lines if line.startswith(f"{place}: {event_id}"))
    assert place == "in a thread" or line.endswith(" 1 True")
    outcomes = [line.split()[-1] for line in lines if line.startswith(f"counted: {event_id}")]
    assert outcomes == ["handled", "already_handled"]


def test_in_trio_a_failed_delivery_can_be_retried(in_trio: Server) -> None:
    event_id = new_id()
    assert [delivered(in_trio, "payment.failed", event_id) for _ in range(2)] == [500, 500]
    assert in_trio.log.count(f"in trio: {event_id}") == 2


def test_in_trio_a_handler_is_cancelled_at_its_time_limit(in_trio: Server) -> None:
    event_id = new_id()
    assert [delivered(in_trio, "user.created", event_id, "/slow") for _ in range(2)] == [500, 500]
    line = f"webhook handler exceeded its time limit: user.created {event_id}"
    assert in_trio.log.count(line) == 2


def test_in_trio_an_async_store_is_rejected_before_handling(
    in_trio: Server,
) -> None:
    event_id = new_id()
    assert delivered(in_trio, "user.created", event_id, "/async") == 500
    assert event_id not in in_trio.log
    assert (
        "store must be blocking under trio: the client of an async store requires asyncio"
        in in_trio.log
    )


def test_in_trio_fastapi_does_not_start_with_an_async_store(tmp_path: Path) -> None:
    write(tmp_path, IN_TRIO + ASYNC_STORE + "app.include_router(webhook_router(asynchronous))")
    log = output_of_a_server_that_does_not_start(HYPERCORN, tmp_path)
    assert "store must be blocking under trio: the client of an async store requires asyncio" in log


def test_in_trio_without_an_adapter() -> None:
    handled: list[str] = []
    receiver = WebhookReceiver(
        SAMPLES_SECRET, lambda event: handled.append(event["id"]), store=MemoryStore()
    )
    with pytest.raises(TypeError, match="requires asyncio"):
        trio.run(receiver.receive_async, PAYLOAD, SIGNATURE)
    assert handled == []


# Greenlets.

GREENLETS = """
    import os, sqlite3, sys, time

    from flask import Flask
    from payvost_webhooks import WebhookRouter
    from payvost_webhooks.flask import webhook_blueprint
    from payvost_webhooks.receiver import WebhookReceiver
    from payvost_webhooks.stores.sql import SqlStore

    router = WebhookRouter()

    @router.on("payment.*")
    def paid(event):
        time.sleep(0.05)
        print("paid:", event["id"], flush=True)

    store = SqlStore(lambda: sqlite3.connect("claims.db", timeout=5))
    store.create_table()
    app = Flask(__name__)
    receiver = WebhookReceiver(os.environ["WEBHOOK_SECRET"], router, store=store)
    app.register_blueprint(webhook_blueprint(receiver))
    """
ASYNC_HANDLER = """
    import asyncio

    @router.on("user.*")
    async def created(event):
        await asyncio.sleep(0.05)
    """
REASON = "handler must not be async under gevent: all requests share one thread"


def test_under_gevent_blocking_handlers_work(tmp_path: Path) -> None:
    write(tmp_path, GREENLETS)
    ids = [new_id() for _ in range(20)]
    with serving(GEVENT, tmp_path) as server, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda name: delivered(server, "payment.created", name), ids))
        assert answers == [200] * 20
        assert [server.log.count(f"paid: {name}") for name in ids] == [1] * 20


@pytest.mark.parametrize("when", ["before the view is made", "after the view is made"])
def test_under_gevent_async_handlers_are_rejected_at_startup(tmp_path: Path, when: str) -> None:
    text = GREENLETS + ASYNC_HANDLER
    if when.startswith("before"):
        text = GREENLETS.replace("store =", ASYNC_HANDLER.lstrip() + "store =", 1)
    write(tmp_path, text)
    log = output_of_a_server_that_does_not_start(GEVENT, tmp_path)
    assert REASON in log


def test_under_gevent_a_preloaded_app_reports_the_problem(tmp_path: Path) -> None:
    write(tmp_path, GREENLETS + ASYNC_HANDLER)
    with serving([*GEVENT[:-1], "--preload", GEVENT[-1]], tmp_path) as server:
        assert delivered(server, "user.created", new_id()) == 500
        assert REASON in server.log


@pytest.mark.parametrize(
    "adapt", [django_view, webhook_blueprint, webhook_app], ids=["django", "flask", "wsgi"]
)
def test_an_async_store_is_rejected_when_the_view_is_created(
    adapt: Callable[[WebhookReceiver], Any],
) -> None:
    receiver = WebhookReceiver(SECRET, print, store=AsyncRedisStore(redis.asyncio.Redis()))
    with pytest.raises(TypeError, match="store must be blocking") as raised:
        adapt(receiver)
    assert isinstance(raised.value, ConfigurationError)
    assert raised.value.code == "invalid_option"


def output_of_a_server_that_does_not_start(command: list[str], folder: Path) -> str:
    arguments = [part.replace("fd://{fd}", "127.0.0.1:0") for part in command]
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "WEBHOOK_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout + done.stderr
