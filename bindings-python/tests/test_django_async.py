"""Async handlers in Django, on real servers: their ORM writes belong to the request, like those of other handlers."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from samples import signed
from servers import SECRET, Server, serving

from payvost_webhooks.testing import sample_event

PROJECT = """
    import os

    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application
    from django.db import connection, models
    from django.urls import path

    settings.configure(
        DATABASES={"default": DATABASE},
        SECRET_KEY="of the project",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
    )
    django.setup()

    from payvost_webhooks.django import async_webhook_view, webhook_view
    from payvost_webhooks.receiver import WebhookReceiver

    class Booked(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "shop"

    class Counted(models.Model):
        code = models.TextField()

        class Meta:
            app_label = "shop"

    def create_tables():
        with connection.schema_editor() as editor:
            editor.create_model(Booked)
            editor.create_model(Counted)

    def handle(event):
        Booked.objects.create(name=event["id"])
        if event["type"] == "payment.failed":
            raise ValueError("not booked")

    async def handle_async(event):
        await Booked.objects.acreate(name=event["id"])
        if event["type"] == "payment.failed":
            raise ValueError("not booked")

    async def count(result):
        await Counted.objects.acreate(code=result.code)

    SECRET = os.environ.get("WEBHOOK_SECRET", "whsec_for_tests_only")
    urlpatterns = [
        path("sync", webhook_view(WebhookReceiver(SECRET, handle))),
        path("async", webhook_view(WebhookReceiver(SECRET, handle_async))),
        path("async-view", async_webhook_view(WebhookReceiver(SECRET, handle))),
        path("counted", webhook_view(WebhookReceiver(SECRET, handle_async, on_result=count))),
    ]
    """

SERVERS = {
    "uvicorn": ["uvicorn", "--fd", "{fd}", "--no-access-log", "project:asgi"],
    "gunicorn": ["gunicorn", "--threads", "2", "--bind", "fd://{fd}", "project:wsgi"],
}


def write_project(folder: Path, database: dict[str, Any], end: str) -> None:
    text = f"DATABASE = {database!r}\n" + textwrap.dedent(PROJECT) + textwrap.dedent(end)
    (folder / "project.py").write_text(text, "utf-8")


class Shop:
    """A Django project behind a server, with a PostgreSQL transaction per request."""

    def __init__(self, server: Server, admin: psycopg.Connection[Any], schema: str) -> None:
        self.server, self.schema, self._admin = server, schema, admin

    def deliver(self, path: str, event_type: str, event_id: str) -> int:
        body = json.dumps(sample_event(event_type, id=event_id)).encode()
        header = ("Payvost-Signature", signed(body, SECRET))
        return self.server.deliver(body, header, path=f"/{path}")[0]

    def rows(self, table: str = "booked") -> list[str]:
        words = f"SELECT * FROM {self.schema}.shop_{table} ORDER BY id"
        return [row[1] for row in self._admin.execute(words)]

    def cut(self) -> None:
        """Close the connections of the project, as a restart of the database would."""
        words = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
        self._admin.execute(words, [self.schema])


@pytest.fixture(scope="module", params=SERVERS)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_service: Any
) -> Iterator[Shop]:
    folder, schema = tmp_path_factory.mktemp(request.param), f"django_{request.param}"
    with psycopg.connect(postgres_service.url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {schema}")
        info = admin.info
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": info.host,
            "PORT": info.port,
            "USER": info.user,
            "NAME": info.dbname,
            "OPTIONS": {"application_name": schema, "options": f"-c search_path={schema}"},
            "ATOMIC_REQUESTS": True,
            "CONN_MAX_AGE": None,
        }
        end = """
            wsgi, asgi = get_wsgi_application(), get_asgi_application()
            if not connection.introspection.table_names():
                create_tables()
                connection.close()
            """
        write_project(folder, database, end)
        with serving(SERVERS[request.param], folder) as server:
            yield Shop(server, admin, schema)


@pytest.mark.parametrize("path", ["sync", "async"])
def test_a_handler_shares_the_transaction_of_its_request(shop: Shop, path: str) -> None:
    event_id = f"evt_{uuid.uuid4().hex}"
    assert shop.deliver(path, "payment.succeeded", event_id) == 200
    assert shop.rows().count(event_id) == 1
    failing = f"evt_{uuid.uuid4().hex}"
    assert [shop.deliver(path, "payment.failed", failing) for _ in range(2)] == [500, 500]
    assert failing not in shop.rows()


@pytest.mark.parametrize("path", ["sync", "async"])
def test_a_closed_database_connection_is_reopened(shop: Shop, path: str) -> None:
    assert shop.deliver(path, "payment.succeeded", "evt_before") == 200
    shop.cut()
    # The first request on a closed connection may fail. Each of the two threads has a connection.
    answers = [shop.deliver(path, "payment.succeeded", f"evt_{path}") for _ in range(6)]
    assert answers[-2:] == [200, 200]
    assert shop.rows().count(f"evt_{path}") == answers.count(200)


def test_on_result_can_use_the_orm(shop: Shop) -> None:
    assert shop.deliver("counted", "payment.succeeded", "evt_counted") == 200
    assert "handled" in shop.rows("counted")


TESTS = """
    import unittest

    from django.test import AsyncClient, Client, TestCase
    from payvost_webhooks.testing import sample_event, signed_request

    def deliveries():
        for event_type in ("payment.succeeded", "payment.failed"):
            yield signed_request(sample_event(event_type, id=event_type))

    # The three views have the rows of a test, which keeps those of a failed handler too.
    EXPECTED = ["payment.succeeded", "payment.failed"] * 3

    class Tests(TestCase):
        def test_a_client(self):
            for path in ("/sync", "/async", "/async-view"):
                for body, headers in deliveries():
                    Client().post(path, body, "application/json", headers=headers)
            names = [booked.name for booked in Booked.objects.all()]
            assert names == EXPECTED, names

        async def test_an_async_client(self):
            for path in ("/sync", "/async", "/async-view"):
                for body, headers in deliveries():
                    await AsyncClient().post(path, body, "application/json", headers=headers)
            names = [booked.name async for booked in Booked.objects.all()]
            assert names == EXPECTED, names

    create_tables()
    unittest.main(exit=False)
    print("rows left:", Booked.objects.count())
    """


def test_a_test_case_rolls_back_its_rows(tmp_path: Path) -> None:
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "shop.sqlite3"),
        "TEST": {"NAME": str(tmp_path / "shop.sqlite3")},
    }
    write_project(tmp_path, database, TESTS)
    done = subprocess.run(
        [sys.executable, "project.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Ran 2 tests" in done.stderr
    assert "\nOK" in done.stderr, done.stderr
    assert done.stdout == "rows left: 0\n"
