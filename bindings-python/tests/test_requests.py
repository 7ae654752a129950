"""A receiver per request, handlers that see the request, AWS Lambda, and FastAPI's dependency and OpenAPI document."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from samples import signed
from servers import code_of

from payvost_webhooks import WebhookRouter
from payvost_webhooks.aws_lambda import webhook_handler
from payvost_webhooks.receiver import WebhookReceiver, current_request
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.stores.base import Settings
from payvost_webhooks.testing import sample_event

RECEIVED = '{"received":true}'


def an_event(event_type: str = "payment.succeeded") -> bytes:
    return json.dumps(sample_event(event_type, fresh=True)).encode()


class Tenants:
    """Receivers of two tenants, with a handler that looks at the request, async or not."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        router = WebhookRouter()

        @router.on("payment.*")
        def payment(event: Any) -> None:
            self.seen.append((threading.current_thread(), current_request()))

        @router.on("user.*")
        async def user(event: Any) -> None:
            await asyncio.sleep(0)
            self.seen.append((threading.current_thread(), current_request()))

        self.receiver = WebhookReceiver("whsec_unused", router, store=MemoryStore())

    def of(self, tenant: str) -> WebhookReceiver:
        return self.receiver.with_verifier(f"whsec_{tenant}")


@pytest.fixture
def tenants() -> Iterator[Tenants]:
    yield Tenants()
    with pytest.raises(LookupError):
        current_request()


@pytest.mark.parametrize("event_type", ["payment.succeeded", "user.created"])
def test_wsgi(tenants: Tenants, event_type: str) -> None:
    from io import BytesIO

    from payvost_webhooks.wsgi import webhook_app

    app = webhook_app(lambda environ: tenants.of(environ["HTTP_HOST"]), url="/")
    body = an_event(event_type)
    for host, status in (("acme", "200 OK"), ("other", "400 Bad Request")):
        environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(body)}
        environ.update(HTTP_HOST=host, CONTENT_LENGTH=str(len(body)))
        environ["HTTP_PAYVOST_SIGNATURE"] = signed(body, "whsec_acme")
        setup_testing_defaults(environ)
        statuses: list[str] = []
        list(app(environ, lambda status, headers, *_, to=statuses: to.append(status)))  # type: ignore[arg-type, misc]
        assert statuses == [status]
    ((_, request),) = tenants.seen
    assert request["HTTP_HOST"] == "acme"


@pytest.mark.parametrize("event_type", ["payment.succeeded", "user.created"])
def test_flask(tenants: Tenants, event_type: str) -> None:
    import flask

    from payvost_webhooks.flask import webhook_blueprint

    def of(request: flask.Request) -> WebhookReceiver:
        assert request.view_args is not None
        return tenants.of(request.view_args["tenant"])

    app = flask.Flask(__name__)
    app.register_blueprint(webhook_blueprint(of, "/<tenant>"))
    body = an_event(event_type)
    headers = {"Payvost-Signature": signed(body, "whsec_acme")}
    client = app.test_client()
    answers = [
        client.post(path, data=body, headers=headers).status_code for path in ("/acme", "/x")
    ]
    assert answers == [200, 400]
    ((_, request),) = tenants.seen
    assert request.path == "/acme"


@pytest.mark.parametrize("framework", ["fastapi", "starlette", "litestar"])
@pytest.mark.parametrize("event_type", ["payment.succeeded", "user.created"])
def test_asgi(tenants: Tenants, framework: str, event_type: str) -> None:
    httpx: Any = pytest.importorskip("httpx")

    async def of(request: Any) -> WebhookReceiver:
        await asyncio.sleep(0)
        return tenants.of(request.path_params["tenant"])

    app: Any
    if framework == "fastapi":
        import fastapi

        from payvost_webhooks.fastapi import webhook_router

        app = fastapi.FastAPI()
        app.include_router(webhook_router(of, "/{tenant}"))
    elif framework == "starlette":
        from starlette.applications import Starlette

        from payvost_webhooks.starlette import webhook_route

        app = Starlette(routes=[webhook_route(of, "/{tenant}")])
    else:
        litestar: Any = pytest.importorskip("litestar")
        from payvost_webhooks.litestar import webhook_handler as litestar_handler

        app = litestar.Litestar([litestar_handler(of, "/{tenant:str}")], csrf_config=csrf())

    async def deliver() -> list[int]:
        body = an_event(event_type)
        headers = {"Payvost-Signature": signed(body, "whsec_acme")}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            answers = [
                await client.post(path, content=body, headers=headers) for path in ("/acme", "/x")
            ]
        return [answer.status_code for answer in answers]

    assert asyncio.run(deliver()) == [200, 400]
    ((thread, request),) = tenants.seen
    assert request.url.path == "/acme"
    assert (thread is threading.main_thread()) == (event_type == "user.created")


def csrf() -> Any:
    from litestar.config.csrf import CSRFConfig

    return CSRFConfig("whsec_of_the_csrf")


@pytest.mark.parametrize("event_type", ["payment.succeeded", "user.created"])
def test_aiohttp(tenants: Tenants, event_type: str) -> None:
    pytest.importorskip("aiohttp")
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    from payvost_webhooks.aiohttp import webhook_route

    async def of(request: web.Request) -> WebhookReceiver:
        return tenants.of(request.match_info["tenant"])

    async def deliver() -> list[int]:
        app = web.Application()
        app.add_routes([webhook_route(of, "/{tenant}")])
        body = an_event(event_type)
        headers = {"Payvost-Signature": signed(body, "whsec_acme")}
        async with TestClient(TestServer(app)) as client:
            return [
                (await client.post(path, data=body, headers=headers)).status
                for path in ("/acme", "/x")
            ]

    assert asyncio.run(deliver()) == [200, 400]
    ((_, request),) = tenants.seen
    assert request.path == "/acme"


# Events of Lambda, as AWS documents them. The rest of their fields does not matter.
KINDS: dict[str, Any] = {
    "HTTP API": lambda method, headers: {
        "version": "2.0",
        "headers": headers,
        "requestContext": {"http": {"method": method, "path": "/webhooks/payvost"}},
    },
    "REST API": lambda method, headers: {
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": headers and {name: [value] for name, value in headers.items()},
        "requestContext": {"httpMethod": method, "requestId": "1"},
    },
    "load balancer": lambda method, headers: {
        "httpMethod": method,
        "headers": headers,
        "requestContext": {"elb": {"targetGroupArn": "arn:aws"}},
    },
    "load balancer with multi-value headers": lambda method, headers: {
        "httpMethod": method,
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "requestContext": {"elb": {"targetGroupArn": "arn:aws"}},
    },
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["payvost-signature", "Payvost-Signature"])
def test_lambda(kind: str, name: str, tenants: Tenants) -> None:
    handler = webhook_handler(tenants.of("acme"))

    def call(method: str, headers: Any, body: Any, encoded: bool = False) -> dict[str, Any]:
        event = {**KINDS[kind](method, headers), "body": body, "isBase64Encoded": encoded}
        answer = json.loads(json.dumps(handler(event, None)))  # as Lambda does
        if "elb" in event["requestContext"]:
            assert answer["statusDescription"].startswith(str(answer["statusCode"]))
        key = "multiValueHeaders" if kind.endswith("multi-value headers") else "headers"
        assert ("headers" in answer) != ("multiValueHeaders" in answer)
        values = answer[key]["Content-Type"]
        assert values in ("application/json", ["application/json"])
        return answer  # type: ignore[no-any-return]

    for event_type in ("payment.succeeded", "user.created", "user.created"):
        body = an_event(event_type)
        headers = {name: signed(body, "whsec_acme"), "content-length": str(len(body))}
        for text, encoded in ((body.decode(), False), (base64.b64encode(body).decode(), True)):
            answer = call("POST", headers, text, encoded)
            assert (answer["statusCode"], answer["body"]) == (200, RECEIVED)
    assert len(tenants.seen) == 3
    assert "requestContext" in tenants.seen[0][1]
    refused = [
        (("POST", {name: "0" * 64}, "{}"), (400, "signature_mismatch")),
        (("POST", None, "{}"), (400, "missing_signature")),
        (("POST", {}, "{}"), (400, "missing_signature")),
        (("POST", {name: "0" * 64, "Content-Length": "12"}, None), (500, "payload_not_raw")),
        (("POST", {name: "0" * 64}, "%%%", True), (500, "payload_not_raw")),
        (("GET", None, None), (405, "method_not_allowed")),
    ]
    for arguments, expected in refused:
        answer = call(*arguments)
        code = json.loads(answer["body"])["error"]["code"]
        assert (answer["statusCode"], code) == expected, arguments


def test_lambda_refuses_a_header_that_was_sent_twice() -> None:
    handler = webhook_handler(WebhookReceiver("whsec_acme", lambda event: None))
    body = an_event()
    event = KINDS["load balancer with multi-value headers"]("POST", {})
    event["multiValueHeaders"]["Payvost-Signature"] = [signed(body, "whsec_acme")] * 2
    answer = handler({**event, "body": body.decode()}, None)
    assert json.loads(answer["body"])["error"]["code"] == "malformed_signature"


def test_lambda_keeps_one_event_loop_for_an_async_store() -> None:
    loops: list[Any] = []

    class Store(Settings):
        async def claim(self, *_: Any) -> tuple[str, int]:
            loops.append(asyncio.get_running_loop())
            return "claimed", 1

        async def complete(self, *_: Any) -> bool:
            return True

        extend = release = complete

        async def delivery(self, key: str) -> None:
            return None

    receiver = WebhookReceiver("whsec_acme", lambda event: None, store=Store())
    handler = webhook_handler(lambda event: receiver)
    for _ in range(2):
        body = an_event()
        event = KINDS["HTTP API"]("POST", {"payvost-signature": signed(body, "whsec_acme")})
        assert handler({**event, "body": body.decode()}, None)["statusCode"] == 200
    assert len(loops) == 2
    assert loops[0] is loops[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_dependency_of_fastapi(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fastapi.testclient import TestClient

    monkeypatch.setenv("WEBHOOK_SECRET", "whsec_acme")
    names: dict[str, Any] = {}
    exec(compile(code_of("fastapi.md", 2), "app.py", "exec"), names)
    client = TestClient(names["app"])
    body = an_event()
    good = client.post("/webhooks/payvost", content=body, headers=header(body))
    assert (good.status_code, good.json()) == (200, {"received": True})
    assert capsys.readouterr().out == f"paid: {json.loads(body)['id']} 99.99\n"
    for changed, status, code in (
        (body + b" ", 400, "signature_mismatch"),
        (b"{", 400, "signature_mismatch"),
    ):
        answer = client.post("/webhooks/payvost", content=changed, headers=header(body))
        assert (answer.status_code, answer.json()["detail"]["code"]) == (status, code)
    answer = client.post("/webhooks/payvost", content=b"{", headers=header(b"{"))
    assert answer.json()["detail"]["code"] == "invalid_json"
    assert client.post("/webhooks/payvost", content=body).status_code == 400


def header(body: bytes) -> dict[str, str]:
    return {"Payvost-Signature": signed(body, "whsec_acme")}


def test_the_openapi_document_of_fastapi(tenants: Tenants) -> None:
    import fastapi

    from payvost_webhooks.fastapi import document_webhooks

    app = fastapi.FastAPI()
    document_webhooks(app, tenants.receiver)
    document = app.openapi()
    assert {name.partition(".")[0] for name in document["webhooks"]} == {"payment", "user"}
    described = document["webhooks"]["payment.succeeded"]["post"]
    assert described["summary"] == "A payment succeeded"
    schema = described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    event = document["components"]["schemas"][schema.rpartition("/")[2]]
    assert {"id", "type", "createdAt", "liveMode", "data"} <= set(event["required"])
