"""Bodies that a server drops, that come too slowly, or whose length is nonsense: what each adapter says of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import wsgiref.simple_server
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from samples import PAYLOAD, SECRET, SIGNATURE
from servers import PATH, Server

import payvost_webhooks.starlette
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.starlette import WebhookApp
from payvost_webhooks.wsgi import webhook_app

HEADER = ("Payvost-Signature", SIGNATURE)
DJANGO = """
import sys
import wsgiref.simple_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(SECRET_KEY="of the project", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
from payvost_webhooks.django import webhook_view
from payvost_webhooks.receiver import WebhookReceiver

urlpatterns = [path("webhooks/payvost", webhook_view(WebhookReceiver("whsec_example", print)))]
server = wsgiref.simple_server.make_server("127.0.0.1", 0, get_wsgi_application())
print(server.server_port, flush=True)
server.serve_forever()
"""


def receiver() -> WebhookReceiver:
    return WebhookReceiver(SECRET, lambda event: None)


@contextlib.contextmanager
def by_wsgiref(application: Any) -> Iterator[Server]:
    """The server of the standard library, which passes no chunked body on."""
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Server(server.server_port, Path())
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextlib.contextmanager
def django() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, "-c", DJANGO], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Server(int(process.stdout.readline()), Path())
        finally:
            process.kill()


@contextlib.contextmanager
def flask() -> Iterator[Server]:
    app = Flask(__name__)
    app.register_blueprint(webhook_blueprint(receiver()))
    with by_wsgiref(app) as server:
        yield server


@contextlib.contextmanager
def wsgi() -> Iterator[Server]:
    with by_wsgiref(webhook_app(receiver())) as server:
        yield server


@pytest.fixture(scope="module", params=[django, flask, wsgi], ids=lambda made: str(made.__name__))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with request.param() as running:
        yield running


def code_of(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], json.loads(answer[1])["error"]["code"]


def test_a_chunked_body_that_the_server_drops(server: Server) -> None:
    assert code_of(server.deliver(PAYLOAD, HEADER, chunked=True)) == (500, "payload_not_raw")
    assert server.deliver(PAYLOAD, HEADER)[0] == 200


def test_a_length_of_five_thousand_digits(server: Server) -> None:
    answer = server.deliver(PAYLOAD, HEADER, content_length=int("9" * 4000 + "0" * 300))
    assert code_of(answer) == (413, "payload_too_large")
    huge: Any = "9" * 5000
    assert code_of(server.deliver(PAYLOAD, HEADER, content_length=huge)) == (
        413,
        "payload_too_large",
    )


@pytest.mark.parametrize("length", ["1_000", "+5", "-5", "0x10", "1e3", "٣", "two"])
def test_a_length_that_is_not_digits_is_as_if_absent(length: str) -> None:
    assert receiver().receive(PAYLOAD, SIGNATURE, length).status == 200


def by_asgi(
    app: Any, receive: Callable[[], Any], *headers: tuple[bytes, bytes]
) -> tuple[int, bytes]:
    """What an ASGI application answers."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": [(b"payvost-signature", SIGNATURE.encode()), *headers],
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_in_asgi_a_length_of_five_thousand_digits() -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is read of a body that is too large")

    answer = by_asgi(WebhookApp(receiver()), receive, (b"content-length", b"9" * 5000))
    assert code_of(answer) == (413, "payload_too_large")


@pytest.mark.parametrize("arrived", [0, 40])
def test_in_asgi_a_body_that_comes_too_slowly(
    arrived: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(payvost_webhooks.starlette, "READ_TIMEOUT", 0.05)
    parts = [{"type": "http.request", "body": PAYLOAD[:arrived], "more_body": True}] * bool(arrived)

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await asyncio.sleep(60)
        raise AssertionError

    length = (b"content-length", str(len(PAYLOAD)).encode())
    answer = by_asgi(WebhookApp(receiver()), receive, length)
    assert code_of(answer) == (408, "body_incomplete")
    assert "xpress" not in caplog.text
