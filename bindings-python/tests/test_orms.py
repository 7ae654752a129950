"""The programs of the guide to SQLAlchemy, on real servers: an event has its effect once, whatever its worker does."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kinds import connect
from samples import signed
from servers import GATEWAY, SECRET, Server, code_of, serving

from payvost_webhooks.testing import sample_event

# Handlers that fail after they wrote, and that are killed after they wrote.
TROUBLE = """
import os
import pathlib
import signal
from decimal import Decimal

from app import Payment, app, router


def write(event, claim):
    claim.session.add(Payment(id=event["data"]["id"], amount=Decimal(1)))


def die(event):
    marker = pathlib.Path(event["id"])
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
"""
BLOCKING = """
@router.on("payment.failed")
def fails(event, claim):
    write(event, claim)
    claim.session.flush()
    raise LookupError


@router.on("payment.refunded")
def is_killed(event, claim):
    write(event, claim)
    claim.session.flush()
    die(event)


@router.on("*")
def other(event):
    pass
"""
ASYNC = BLOCKING.replace("\ndef ", "\nasync def ").replace(
    "claim.session.f", "await claim.session.f"
)

PROGRAMS = {
    "psycopg": ("postgres", "postgresql+psycopg", 0),
    "pymysql": ("mysql", "mysql+pymysql", 0),
    "asyncpg": ("postgres", "postgresql+asyncpg", 1),
    "aiohttp": ("postgres", "postgresql+asyncpg", 1),
    "litestar": ("postgres", "postgresql+asyncpg", 1),
    "lambda": ("postgres", "postgresql+psycopg", 0),
    "lambda, async": ("postgres", "postgresql+asyncpg", 1),
}
# How the program is another framework's.
CHANGES = {
    "aiohttp": [
        ("from fastapi import FastAPI", "from aiohttp import web"),
        (
            "payvost_webhooks.fastapi import webhook_router",
            "payvost_webhooks.aiohttp import webhook_route",
        ),
        ("app = FastAPI()", "app = web.Application()"),
        ("app.include_router(webhook_router(receiver", "app.add_routes([webhook_route(receiver"),
        ('payvost"))', 'payvost")])'),
    ],
    "litestar": [
        ("from fastapi import FastAPI", "from litestar import Litestar"),
        (
            "payvost_webhooks.fastapi import webhook_router",
            "payvost_webhooks.litestar import webhook_handler",
        ),
        ("app = FastAPI()\n", ""),
        ("app.include_router(webhook_router(receiver", "app = Litestar([webhook_handler(receiver"),
        ('payvost"))', 'payvost")])'),
    ],
    "lambda": [
        ("from flask import Flask", "from gateway import served"),
        (
            "payvost_webhooks.flask import webhook_blueprint",
            "payvost_webhooks.aws_lambda import webhook_handler",
        ),
        ("app = Flask(__name__)\n", ""),
        (
            "app.register_blueprint(webhook_blueprint(receiver",
            "app = served(webhook_handler(receiver)",
        ),
        ('payvost"))', 'payvost")'),
        ('@app.cli.command("init-db")\n', ""),
    ],
    "lambda, async": [
        ("from fastapi import FastAPI", "from gateway import served"),
        (
            "payvost_webhooks.fastapi import webhook_router",
            "payvost_webhooks.aws_lambda import webhook_handler",
        ),
        ("app = FastAPI()\n", ""),
        ("app.include_router(webhook_router(receiver", "app = served(webhook_handler(receiver)"),
        ('payvost"))', 'payvost")'),
    ],
}


class Shop:
    def __init__(self, server: Server, url: str) -> None:
        self.server, self.url = server, url

    def deliver(self, event: Any, secret: str = SECRET) -> int:
        """The status, or 0 without a response."""
        body = json.dumps(event).encode()
        try:
            return self.server.deliver(body, ("Payvost-Signature", signed(body, secret)))[0]
        except (OSError, http.client.HTTPException):
            return 0

    def rows(self, reference: str) -> int:
        with contextlib.closing(connect(self.url)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id FROM payments")
            return [row[0] for row in cursor.fetchall()].count(reference)


@pytest.fixture(scope="module", params=PROGRAMS)
def shop(
    request: pytest.FixtureRequest,
    url_of: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    kind, scheme, number = PROGRAMS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    url = f"sqlite:///{folder}/shop.db" if kind == "sqlite" else url_of(kind)
    with contextlib.closing(connect(url)) as connection:
        connection.cursor().execute("DROP TABLE IF EXISTS payments")
        connection.commit()
    program = code_of("sqlalchemy.md", number)
    if kind == "mysql":
        program = program.replace(
            "mapped_column(primary_key=True)", "mapped_column(String(60), primary_key=True)"
        )
        program = program.replace("import create_engine", "import String, create_engine")
    for theirs, ours in CHANGES.get(request.param, ()):
        assert theirs in program
        program = program.replace(theirs, ours)
    (folder / "app.py").write_text(program, "utf-8")
    (folder / "gateway.py").write_text(GATEWAY, "utf-8")
    (folder / "trouble.py").write_text(TROUBLE + (ASYNC if number else BLOCKING), "utf-8")
    command = (
        "uvicorn --workers 2 --fd {fd} trouble:app"
        if number
        else "gunicorn --workers 2 --threads 8 --bind fd://{fd} trouble:app"
    )
    if request.param == "aiohttp":
        command = "gunicorn --worker-class aiohttp.GunicornWebWorker --workers 2 --bind fd://{fd} trouble:app"
    if request.param.startswith("lambda"):
        command = "gunicorn --workers 4 --bind fd://{fd} trouble:app"
    create = ["-m", "flask", "init-db"]
    if request.param == "lambda":
        create = ["-c", "import app; app.init_db()"]
    if number:
        create = ["-c", "import app, asyncio; asyncio.run(app.init_db())"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url.replace(f"{kind}:", f"{scheme}:"))
        patch.setenv("WEBHOOK_SECRET", SECRET)
        subprocess.run([sys.executable, *create], cwd=folder, check=True, timeout=60)
        with serving(command.split(), folder) as server:
            yield Shop(server, url)


def an_event(event_type: str) -> tuple[str, Any]:
    event = sample_event(event_type, fresh=True)
    event["data"]["id"] = event["id"]
    return event["id"], event


def wait_until_handled(shop: Shop, event: Any) -> None:
    deadline = time.monotonic() + 60
    while shop.deliver(event) != 200:
        assert time.monotonic() < deadline, shop.server.log
        time.sleep(0.1)


def test_an_event_is_booked_once(shop: Shop) -> None:
    reference, event = an_event("payment.succeeded")
    assert shop.deliver(event, "whsec_of_another") == 400
    with ThreadPoolExecutor(64) as pool:
        statuses = set(pool.map(lambda _: shop.deliver(event), range(64)))
    assert statuses <= {200, 409, 503}
    # A crowd can be too much for the pool; Payvost delivers again.
    wait_until_handled(shop, event)
    assert shop.rows(reference) == 1
    for event_type in ("user.created", "wallet.frozen", "rate.changed"):
        event = sample_event("user.created", fresh=True, type=event_type)
        assert shop.deliver(event) == 200


def test_a_handler_that_raises_after_it_wrote(shop: Shop) -> None:
    reference, event = an_event("payment.failed")
    assert [shop.deliver(event) for _ in range(2)] == [500, 500]
    assert shop.rows(reference) == 0


def test_a_worker_that_is_killed_after_it_wrote(shop: Shop) -> None:
    reference, event = an_event("payment.refunded")
    assert shop.deliver(event) == 0
    wait_until_handled(shop, event)
    assert shop.rows(reference) == 1
    assert shop.deliver(event) == 200
