"""The whole applications of the guides to frameworks: over HTTP, with the queue's worker and the merchant's test."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from samples import signed
from servers import GATEWAY, SECRET, application_of, serving

from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.testing import sample_event
from tests.kit.services import Service

RECEIVED = (200, b'{"received":true}')


@dataclass
class Application:
    """How to serve and test the application of a guide, and where to see what its worker did."""

    server: list[str]
    queue: str = "shop:queue"
    test: list[str] = field(default_factory=lambda: ["pytest", "-q", "test_shop.py"])
    files: dict[str, str] = field(default_factory=dict)
    before: list[list[str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


UVICORN = ["uvicorn", "--fd", "{fd}", "--no-access-log", "shop:app"]
AIOHTTP = ["--worker-class", "aiohttp.GunicornWebWorker", "--bind", "fd://{fd}", "shop:app"]
DJANGO = {
    "project/__init__.py": "",
    "project/settings.py": """
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}}
        SECRET_KEY = "of the project"
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "shop.webhooks"
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        INSTALLED_APPS = ["shop"]
        """,
    "project/wsgi.py": """
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        """,
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        from django.db.models.signals import post_save


        class Payment(models.Model):
            reference = models.CharField(max_length=100)
            amount = models.DecimalField(max_digits=20, decimal_places=2)


        def booked(instance, **kwargs):
            print(f"booked: {instance.reference} {instance.amount}", flush=True)


        post_save.connect(booked, Payment)
        """,
}
APPLICATIONS = {
    "fastapi.md": Application(UVICORN),
    "litestar.md": Application(UVICORN),
    "aiohttp.md": Application(["gunicorn", *AIOHTTP]),
    "aws-lambda.md": Application(
        ["gunicorn", "--bind", "fd://{fd}", "front:app"],
        files={
            "gateway.py": GATEWAY,
            "front.py": """
                from gateway import served
                from shop import handler

                app = served(handler)
                """,
        },
    ),
    "django.md": Application(
        ["gunicorn", "--bind", "fd://{fd}", "project.wsgi"],
        queue="project.celery:queue",
        test=["django", "test"],
        files=DJANGO,
        before=[["django", "migrate", "--run-syncdb"]],
        environment={"DJANGO_SETTINGS_MODULE": "project.settings"},
    ),
}


@contextlib.contextmanager
def started(folder: Path, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program, whose output goes to a file of that name."""
    with (folder / name).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("page", APPLICATIONS)
def test_the_worker_handles_an_event_once(
    page: str, redis_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = APPLICATIONS[page]
    for name, text in {**application_of(page), **application.files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text), "utf-8")
    variables = {
        **application.environment,
        "REDIS_URL": redis_service.url,
        "WEBHOOK_SECRET": SECRET,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path), os.getenv("PYTHONPATH")])),
    }
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    for command in application.before:
        subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, check=True)
    client = redis.Redis.from_url(redis_service.url, socket_timeout=2, decode_responses=True)
    store = RedisStore(client)
    event_id = f"evt_{uuid.uuid4().hex}"
    event = sample_event("payment.succeeded", id=event_id, data={"id": f"of {event_id}"})
    body = json.dumps(event).encode()
    header = ("Payvost-Signature", signed(body, SECRET))

    client.delete("celery")
    with (
        started(tmp_path, "test.log", *application.test) as test,
        serving(application.server, tmp_path) as server,
    ):
        assert server.deliver(body, header) == RECEIVED
        assert server.deliver(body, header)[0] == 409, "no worker has done it yet"
        (job,) = client.lrange("celery", 0, -1)
        client.lpush("celery", job)  # the queue delivers it twice as well
        (key,) = client.scan_iter(f"webhook*:{event_id}")
        options = ["--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        command = ["celery", "-A", application.queue, "worker", *options]
        with started(tmp_path, "celery.log", *command):
            log = tmp_path / "celery.log"
            deadline = time.monotonic() + 60
            while log.read_text("utf-8").count("succeeded in") < 2:
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.05)
        assert store.delivery(key) is None, "it is done"
        assert server.deliver(body, header) == RECEIVED
        done = re.findall(rf"(?:shipped|booked): .*{event_id}", log.read_text("utf-8"))
        assert len(done) == 1, log.read_text("utf-8")
        assert client.lrange("celery", 0, -1) == []
        assert test.wait(60) == 0, (tmp_path / "test.log").read_text("utf-8")
