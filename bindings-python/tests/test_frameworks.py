"""The receivers in the documentation, on real servers, with deliveries over HTTP."""

from __future__ import annotations

import contextlib
import json
import textwrap
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from samples import signed
from servers import LIMIT, PATH, SECRET, Server, code_of, serving

from payvost_webhooks.testing import sample_event

TYPES = sorted(
    {
        json.loads(case["payload"])["type"]
        for case in json.loads(
            (
                Path(__file__).resolve().parents[2] / "tests" / "vectors" / "verify" / "events.json"
            ).read_text("utf-8")
        )["cases"]
        if "Documented" in case["flags"]
    }
)
HEADER = "Payvost-Signature"


@dataclass
class Framework:
    """How to serve the program of a page, alone and together with code that also reads bodies.

    A delivery with the header ``X-Body`` meets that somebody, who consumes or keeps the body.
    """

    page: str
    server: str
    number: int = 0
    module: str = "app"
    crowded_module: str = "crowded"
    files: dict[str, str] = field(default_factory=dict)
    crowded: dict[str, str] = field(default_factory=dict)
    keeps: bool = True

    def command(self, module: str) -> list[str]:
        if self.server == "aiohttp":
            worker = "aiohttp.GunicornWebWorker"
            command = [
                "gunicorn",
                "--worker-class",
                worker,
                "--workers",
                "2",
                "--bind",
                "fd://{fd}",
            ]
            return [*command, f"{module}:app"]
        if self.server == "uvicorn":
            return ["uvicorn", "--fd", "{fd}", "--no-access-log", f"{module}:app"]
        return ["gunicorn", "--workers", "2", "--bind", "fd://{fd}", module]

    def write(self, folder: Path, files: dict[str, str]) -> None:
        program = {"app.py": code_of(self.page, self.number)}
        for name, text in {**program, **self.files, **files}.items():
            (folder / name).write_text(textwrap.dedent(text), "utf-8")


CROWDED_ASGI = {
    "crowded.py": """
        import payvost_webhooks.starlette
        from starlette.middleware.base import BaseHTTPMiddleware
        from app import app as page

        payvost_webhooks.starlette.READ_TIMEOUT = 0.1  # for a body that never arrives

        class ReadsTheBody(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                if request.headers.get("X-Body") == "keep":
                    await request.body()
                if request.headers.get("X-Body") == "consume":
                    async for _ in request.stream():
                        pass
                return await call_next(request)

        inner = ReadsTheBody(page)

        async def app(scope, receive, send):
            if (b"x-body", b"take") in scope.get("headers", ()):
                while (await receive()).get("more_body"):
                    pass
            await inner(scope, receive, send)
        """
}

FRAMEWORKS = {
    "flask": Framework(
        "flask.md",
        "gunicorn",
        module="app:app",
        crowded={
            "crowded.py": """
                from flask import request
                from app import app as application

                @application.before_request
                def read_the_body():
                    if request.headers.get("X-Body") == "keep":
                        request.get_json()
                    if request.headers.get("X-Body") == "consume":
                        request.stream.read()
                """
        },
    ),
    "fastapi": Framework("fastapi.md", "uvicorn", crowded=CROWDED_ASGI),
    "starlette": Framework("fastapi.md", "uvicorn", number=1, crowded=CROWDED_ASGI),
    "aiohttp": Framework(
        "aiohttp.md",
        "aiohttp",
        crowded={
            "crowded.py": """
                import payvost_webhooks.aiohttp
                from aiohttp import web
                from app import app as page

                @web.middleware
                async def read_the_body(request, handler):
                    if request.headers.get("X-Body") == "keep":
                        await request.read()
                    if request.headers.get("X-Body") == "consume":
                        while await request.content.readany():
                            pass
                    return await handler(request)

                page.middlewares.append(read_the_body)
                app = page
                """
        },
    ),
    "litestar": Framework(
        "litestar.md",
        "uvicorn",
        crowded={
            "crowded.py": """
                import payvost_webhooks.litestar
                from app import receiver
                from litestar import Litestar, Request
                from payvost_webhooks.litestar import webhook_handler

                payvost_webhooks.litestar.READ_TIMEOUT = 0.1  # for a body that never arrives

                async def read_the_body(request: Request) -> None:
                    if request.headers.get("X-Body") == "keep":
                        await request.body()
                    if request.headers.get("X-Body") == "consume":
                        async for _ in request.stream():
                            pass

                inner = Litestar([webhook_handler(receiver)], before_request=read_the_body)

                async def app(scope, receive, send):
                    if (b"x-body", b"take") in scope.get("headers", ()):
                        while (await receive()).get("more_body"):
                            pass
                    await inner(scope, receive, send)
                """
        },
    ),
    "django": Framework(
        "django.md",
        "gunicorn",
        module="project",
        crowded_module="project",
        files={
            "project.py": """
                import os

                from django.conf import settings
                from django.core.wsgi import get_wsgi_application

                settings.configure(
                    SECRET_KEY="of the project",
                    ALLOWED_HOSTS=["*"],
                    ROOT_URLCONF="app",
                    MIDDLEWARE=["crowded.read_the_body"] * os.path.exists("crowded.py")
                    + ["django.middleware.csrf.CsrfViewMiddleware"],
                    DATA_UPLOAD_MAX_MEMORY_SIZE=16,
                    LOGGING={
                        "version": 1,
                        "handlers": {"console": {"class": "logging.StreamHandler"}},
                        "loggers": {
                            "payvost_webhooks": {"handlers": ["console"], "level": "INFO"}
                        },
                    },
                )
                application = get_wsgi_application()
                """
        },
        crowded={
            "crowded.py": """
                from django.conf import settings

                def read_the_body(get_response):
                    def middleware(request):
                        if request.headers.get("X-Body") == "keep":
                            settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
                            request.body
                        if request.headers.get("X-Body") == "consume":
                            request.read()
                        return get_response(request)

                    return middleware
                """
        },
    ),
    "wsgi": Framework(
        "wsgi.md",
        "gunicorn",
        crowded={
            "crowded.py": """
                from app import application as page

                def application(environ, start_response):
                    if environ.get("HTTP_X_BODY") == "consume":
                        environ["wsgi.input"].read()
                    return page(environ, start_response)
                """
        },
        keeps=False,
    ),
}


@pytest.fixture(scope="module", params=FRAMEWORKS)
def name(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def server(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    framework, folder = FRAMEWORKS[name], tmp_path_factory.mktemp(name)
    framework.write(folder, {})
    with serving(framework.command(framework.module), folder) as running:
        yield running


@pytest.fixture(scope="module")
def crowded(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    framework, folder = FRAMEWORKS[name], tmp_path_factory.mktemp(name)
    framework.write(folder, framework.crowded)
    with serving(framework.command(framework.crowded_module), folder) as running:
        yield running


def encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def an_event(event_type: str = "user.created") -> tuple[str, bytes]:
    """The id and the body of a new event."""
    event = sample_event(event_type, id=f"evt_{uuid.uuid4().hex}")
    return event["id"], encoded(event)


def vouched(body: bytes) -> tuple[str, str]:
    return HEADER, signed(body, SECRET)


def handled(server: Server, event_id: str) -> list[str]:
    """The output of the page's handlers for an event."""
    printed = ("paid:", "transfer:", "not needed:", "event:")
    return [
        line for line in server.log.splitlines() if line.startswith(printed) and event_id in line
    ]


def wait_for(server: Server, text: str, times: int = 1) -> None:
    """Some log in the background, after the response."""
    deadline = time.monotonic() + 30
    while server.log.count(text) < times:
        assert time.monotonic() < deadline, text
        time.sleep(0.02)


def error_of(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], json.loads(answer[1])["error"]["code"]


RECEIVED = (200, b'{"received":true}')
BROKEN_OFF = "webhook body incomplete: the sender broke off or was too slow"


def test_there_are_sixteen_documented_types() -> None:
    assert len(TYPES) == 16


@pytest.mark.parametrize("event_type", [*TYPES, "rate.changed"])
def test_an_event_is_handled_once(server: Server, name: str, event_type: str) -> None:
    event_id = f"evt_{uuid.uuid4().hex}"
    event = (
        {**sample_event("user.created"), "type": event_type, "id": event_id}
        if event_type == "rate.changed"
        else sample_event(event_type, id=event_id)
    )
    body = encoded(event)
    assert server.deliver(body, vouched(body)) == RECEIVED
    if name == "starlette":
        line = f"event: {event_id} {event_type}"
    elif event_type == "payment.succeeded":
        line = f"paid: {event_id} {event['data']['amount']}"
    elif event_type.startswith("transfer."):
        line = f"transfer: {event_id} {event['data']['id']}"
    else:
        line = f"not needed: {event_id} {event_type}"
    assert handled(server, event_id) == [line]
    if name != "starlette":  # whose page does not configure logging
        wait_for(server, f"webhook event handled: {event_type} {event_id}")


@pytest.mark.parametrize("header", ["payvost-signature", "PAYVOST-SIGNATURE", "pAYVOST-sIGNATURE"])
def test_the_header_is_found_in_any_letter_case(server: Server, header: str) -> None:
    event_id, body = an_event()
    assert server.deliver(body, (header, signed(body, SECRET))) == RECEIVED
    assert len(handled(server, event_id)) == 1


def test_a_chunked_body(server: Server) -> None:
    event_id, body = an_event()
    assert server.deliver(body, vouched(body), chunked=True) == RECEIVED
    assert len(handled(server, event_id)) == 1


def test_concurrent_deliveries(server: Server) -> None:
    events = [an_event() for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda event: server.deliver(event[1], vouched(event[1])), events))
    assert answers == [RECEIVED] * 40
    assert [len(handled(server, event_id)) for event_id, _ in events] == [1] * 40


EVENT_ID, BODY = an_event()
RIGHT = signed(BODY, SECRET)
REFUSALS: dict[str, tuple[int, str, bytes, list[tuple[str, str]]]] = {
    "no header": (400, "missing_signature", BODY, []),
    "an empty header": (400, "missing_signature", BODY, [(HEADER, "")]),
    "upper case": (400, "malformed_signature", BODY, [(HEADER, RIGHT.upper())]),
    "a prefix": (400, "malformed_signature", BODY, [(HEADER, f"sha256={RIGHT}")]),
    "not ASCII": (400, "malformed_signature", BODY, [(HEADER, "é" * 64)]),
    "the right header twice": (400, "malformed_signature", BODY, [(HEADER, RIGHT)] * 2),
    "a right and a wrong one": (
        400,
        "malformed_signature",
        BODY,
        [(HEADER, RIGHT), (HEADER.lower(), "0" * 64)],
    ),
    "forged": (400, "signature_mismatch", BODY, [(HEADER, "0" * 64)]),
    "another secret": (400, "signature_mismatch", BODY, [(HEADER, signed(BODY, "whsec_another"))]),
    "changed": (400, "signature_mismatch", BODY + b"\n", [(HEADER, RIGHT)]),
    "empty": (400, "invalid_json", b"", [vouched(b"")]),
    "not JSON": (400, "invalid_json", b"{", [vouched(b"{")]),
    "not an event": (400, "invalid_event", b"{}", [vouched(b"{}")]),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_rejected_deliveries(server: Server, case: str) -> None:
    status, code, body, headers = REFUSALS[case]
    assert error_of(server.deliver(body, *headers)) == (status, code)
    assert handled(server, EVENT_ID) == []
    wait_for(server, f"{code}: ")
    for secret in (SECRET, RIGHT, signed(BODY + b"\n", SECRET)):
        assert secret not in server.log


def test_a_length_above_the_limit_is_rejected_before_the_body_arrives(server: Server) -> None:
    answer = server.deliver(b"{", (HEADER, "0" * 64), content_length=LIMIT + 1)
    assert error_of(answer) == (413, "payload_too_large")


def test_a_chunked_body_is_rejected_when_it_exceeds_the_limit(server: Server) -> None:
    """The end is never sent: a receiver that continues to read waits in vain. gunicorn reads up to 1 KiB ahead."""
    body = b" " * (LIMIT + 2048)
    answer = server.deliver(body, (HEADER, "0" * 64), chunked=True, ended=False)
    assert error_of(answer) == (413, "payload_too_large")


def test_a_body_of_exactly_the_limit(server: Server) -> None:
    event_id, body = an_event()
    body = body.ljust(LIMIT)
    assert server.deliver(body, vouched(body)) == RECEIVED
    assert len(handled(server, event_id)) == 1


def test_a_handler_that_raises(server: Server, name: str) -> None:
    if name == "starlette":
        pytest.skip("the handler of its page cannot fail")
    event = sample_event("payment.succeeded", id=f"evt_{uuid.uuid4().hex}")
    event["data"] = {"customer": "not for the log"}
    body = encoded(event)
    assert error_of(server.deliver(body, vouched(body))) == (500, "handler_failed")
    line = f"webhook handler failed: payment.succeeded {event['id']} (reason raised, error_class KeyError)"
    wait_for(server, f"{line}\nTraceback")
    assert "KeyError: 'amount'" in server.log
    assert "not for the log" not in server.log
    assert SECRET not in server.log
    assert signed(body, SECRET) not in server.log


@pytest.mark.parametrize("chunked", [False, True])
def test_a_disconnected_sender_is_not_a_signature_failure(server: Server, chunked: bool) -> None:
    event_id, body = an_event()
    seen = server.log.count(BROKEN_OFF)
    server.break_off(body, vouched(body), chunked=chunked)
    wait_for(server, BROKEN_OFF, seen + 1)
    assert handled(server, event_id) == []


def test_other_methods_and_paths(server: Server) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert error_of(server.deliver(b"", method=method)) == (405, "method_not_allowed")
    assert server.allowed("HEAD") == server.allowed("GET") == "POST"
    assert server.deliver(b"", path=PATH + "s")[0] == 404


def test_a_consumed_body(crowded: Server, name: str) -> None:
    ways = {"consume": (500, "payload_not_raw")}
    if FRAMEWORKS[name].server == "uvicorn":
        # A body that was taken from the server looks like one that has not arrived.
        ways["take"] = (408, "body_incomplete")
    for way, error in ways.items():
        event_id, body = an_event()
        answer = crowded.deliver(body, vouched(body), ("X-Body", way))
        assert error_of(answer) == error, way
        assert handled(crowded, event_id) == []
    if name != "starlette":
        assert "a parsed body cannot be turned back" in crowded.log


def test_a_body_that_other_code_has_cached(crowded: Server, name: str) -> None:
    if not FRAMEWORKS[name].keeps:
        pytest.skip("WSGI itself keeps nothing")
    event_id, body = an_event()
    assert crowded.deliver(body, vouched(body), ("X-Body", "keep")) == RECEIVED
    assert len(handled(crowded, event_id)) == 1


@pytest.mark.parametrize("secret", ["", "whsec_with_a_line_end\n", "sk_live_1234567890"])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_receiver_without_a_usable_secret(
    framework: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    code = compile(code_of(FRAMEWORKS[framework].page, FRAMEWORKS[framework].number), "app", "exec")
    with pytest.raises(ValueError, match="secret") as raised, contextlib.redirect_stdout(None):
        exec(code, {"__name__": "app"})
    assert raised.value.code == "invalid_secret"  # type: ignore[attr-defined]
