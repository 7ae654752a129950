"""The management client as programs use it, over real connections."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from provider import KEY, Provider, running_provider

import payvost_webhooks
from payvost_webhooks import ApiError, AsyncPayvost, ConfigurationError, Payvost, WebhookError
from payvost_webhooks.manage import RequestInfo, ResponseInfo, Rotation, _host, response_of
from payvost_webhooks.manage import _httpx as httpx_transport
from payvost_webhooks.receiver import Result

URL = "https://yourapp.com/webhooks/payvost"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def provider(server: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    server.webhooks.clear()
    server.requests.clear()
    server.statuses.clear()
    server.connections = server.count = 0
    monkeypatch.setattr(_host, "sleep", lambda _: None)
    return server


@contextmanager
def blocking(kind: str, url: str, **options: Any) -> Iterator[Payvost]:
    if kind == "sockets":
        with Payvost(KEY, base_url=url, **options) as client:
            yield client
    else:
        with httpx.Client() as http, Payvost(KEY, base_url=url, http_client=http, **options) as c:
            yield c


@pytest.mark.parametrize("kind", ["sockets", "httpx"])
def test_the_calls_of_the_guide(kind: str, provider: Provider) -> None:
    with blocking(kind, provider.url) as payvost:
        webhook = payvost.webhooks.create(
            url=URL,
            events=("payment.*", "transfer.*", "wallet.balance_updated", "user.kyc_verified"),
            description="Production webhook endpoint",
            metadata={"environment": "production"},
        )
        assert (webhook["id"], webhook["secret"]) == ("webhook_1", "whsec_example")
        webhooks = payvost.webhooks.list()
        assert [one["url"] for one in webhooks.data] == [URL]
        assert webhooks.total == 1
        logs = payvost.webhooks.get_logs(webhook["id"], limit=2, status="failed")
        assert [log["event"]["type"] for log in logs.data] == ["payment.failed"] * 2
        assert [log.get("responseCode") for log in logs] == [500] * 5
        events = ["payment.*", "transfer.*", "user.kyc_verified"]
        changed = payvost.webhooks.update("webhook_1", events=events, enabled=True)
        assert changed["events"] == events
        payvost.webhooks.update("webhook_1", description=None)
        assert payvost.webhooks.get("webhook_1")["description"] is None
        assert payvost.webhooks.rotate_secret("webhook_1")["secret"] == "whsec_rotated"
        attempt = payvost.webhooks.test("webhook_1", event_type="payment.succeeded")
        assert attempt["event"]["type"] == "payment.succeeded"
        payvost.webhooks.delete("webhook_1")
        with pytest.raises(ApiError, match="no such webhook") as caught:
            payvost.webhooks.get("webhook_1")
    assert isinstance(caught.value, WebhookError)
    assert (caught.value.code, caught.value.status) == ("not_found", 404)
    assert caught.value.request_id == f"req_{len(provider.requests)}"
    assert provider.connections == 1
    method, path, headers, body = provider.requests[0]
    assert (method, path, headers["Authorization"]) == ("POST", "/v1/webhooks", f"Bearer {KEY}")
    assert body["metadata"] == {"environment": "production"}
    assert len(headers["Idempotency-Key"]) == 32


@pytest.mark.parametrize("kind", ["threads", "httpx", "given"])
def test_the_calls_in_an_event_loop(
    kind: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "threads":
        monkeypatch.setitem(sys.modules, httpx_transport.__name__, None)

    async def main() -> None:
        http = httpx.AsyncClient() if kind == "given" else None
        async with AsyncPayvost(KEY, base_url=provider.url, http_client=http) as payvost:
            for _ in range(3):
                await payvost.webhooks.create(url=URL, events=["*"])
            pages = payvost.webhooks.list(limit=2)
            assert len(provider.requests) == 3
            first = await pages
            assert [one["id"] for one in first.data] == ["webhook_1", "webhook_2"]
            assert [one["id"] async for one in first] == [f"webhook_{n}" for n in (1, 2, 3)]
            listed = payvost.webhooks.list(limit=2)
            assert [one["id"] async for one in listed] == [f"webhook_{n}" for n in (1, 2, 3)]
            assert (await payvost.webhooks.rotate_secret("webhook_1"))["secret"]
            with pytest.raises(ApiError, match="no such webhook"):
                await payvost.webhooks.delete("webhook_9")
        if http is not None:
            assert not http.is_closed
            await http.aclose()

    asyncio.run(main())
    assert provider.connections == 1


def test_one_async_client_serves_several_event_loops(provider: Provider) -> None:
    payvost = AsyncPayvost(KEY, base_url=provider.url)

    async def main() -> int:
        return len((await payvost.webhooks.list()).data)

    assert [asyncio.run(main()) for _ in range(2)] == [0, 0]


def test_an_async_client_runs_under_trio(provider: Provider) -> None:
    import trio

    async def main() -> None:
        async with AsyncPayvost(KEY, base_url=provider.url) as payvost:
            provider.statuses.append(503)
            assert (await payvost.webhooks.list()).data == []

    trio.run(main)
    assert len(provider.requests) == 2


def test_a_result_knows_its_response(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        webhook = payvost.webhooks.create(url=URL, events=["*"])
        info = response_of(webhook)
        assert (info.operation, info.status, info.attempt) == ("webhooks.create", 200, 1)
        assert (info.request_id, info.rate_limit) == ("req_1", (100, 99, None))
        assert response_of(payvost.webhooks.list()).request_id == "req_2"
        with pytest.raises(ApiError) as caught:
            payvost.webhooks.get("webhook_9")
        assert response_of(caught.value).status == 404
        copied = pickle.loads(pickle.dumps(caught.value))
        assert (copied.code, str(copied)) == ("not_found", "no such webhook")
    assert pickle.loads(pickle.dumps(webhook)) == webhook
    with pytest.raises(TypeError, match="result must be"):
        response_of({})


def test_hooks_see_each_attempt_and_change_nothing(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Any] = []

    def on_response(info: ResponseInfo) -> None:
        seen.append(info)
        raise ValueError("of the hook")

    options: dict[str, Any] = {"on_request": seen.append, "on_response": on_response}
    provider.statuses += [503, 200]
    with Payvost(KEY, base_url=provider.url, **options) as payvost:
        assert payvost.webhooks.list().data == []
    expected = [(RequestInfo, 1), (ResponseInfo, 1), (RequestInfo, 2), (ResponseInfo, 2)]
    assert [(type(info), info.attempt) for info in seen] == expected
    assert {(info.operation, info.method, info.path) for info in seen} == {
        ("webhooks.list", "GET", "/v1/webhooks")
    }
    assert [info.status for info in seen[1::2]] == [503, 200]
    assert caplog.text.count("a hook of the management client failed") == 2


def test_an_async_hook_is_awaited(provider: Provider) -> None:
    seen: list[str] = []

    async def on_request(info: RequestInfo) -> None:
        await asyncio.sleep(0)
        seen.append(info.operation)

    async def main() -> None:
        async with AsyncPayvost(KEY, base_url=provider.url, on_request=on_request) as payvost:
            await payvost.webhooks.list()

    asyncio.run(main())
    assert seen == ["webhooks.list"]


def test_a_call_is_a_span(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    spans: list[Any] = []

    class Span(trace.NonRecordingSpan):
        def __init__(self, name: str, attributes: Any) -> None:
            super().__init__(trace.INVALID_SPAN_CONTEXT)
            self.name, self.attributes, self.status = name, dict(attributes), None
            spans.append(self)

        def set_attribute(self, key: str, value: Any) -> None:
            self.attributes[key] = value

        def set_status(self, status: Any, description: str | None = None) -> None:
            self.status = (status, description)

    class Tracer(trace.NoOpTracer):
        @contextmanager
        def start_as_current_span(self, name: str, *_: Any, **options: Any) -> Iterator[Span]:
            # Only what the real tracer takes.
            inspect.signature(trace.Tracer.start_as_current_span).bind(self, name, **options)
            assert options["record_exception"] is False
            yield Span(name, options["attributes"])

    monkeypatch.setattr(trace, "get_tracer", lambda *_: Tracer())
    provider.statuses += [503]
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.list()
        with pytest.raises(ApiError):
            payvost.webhooks.get("webhook_9")
    listed, got = spans
    assert (listed.name, listed.status) == ("payvost webhooks.list", None)
    assert listed.attributes["http.request.resend_count"] == 1
    assert got.attributes["url.template"] == "/v1/webhooks/{id}"
    assert got.attributes["http.response.status_code"] == 404
    assert got.attributes["error.type"] == "not_found"
    assert got.status == (trace.StatusCode.ERROR, "not_found")


def test_options_of_a_call(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.create(url=URL, events=["*"], options={"idempotency_key": "order-1"})
        assert provider.requests[0][2]["Idempotency-Key"] == "order-1"
        provider.statuses += [500]
        with pytest.raises(ApiError, match=r".") as caught:
            payvost.webhooks.list(options={"max_retries": 0})
        assert (caught.value.code, caught.value.attempts) == ("service_error", 1)
        provider.statuses += [500]
        payvost.webhooks.test("webhook_1", event_type="a.b", options={"idempotent": True})
        provider.statuses += [500]
        with pytest.raises(ApiError) as caught:
            payvost.webhooks.test("webhook_1", event_type="a.b")
        assert (caught.value.code, caught.value.cause) == ("outcome_unknown", "service_error")


def test_a_dry_run_sends_nothing(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        shown = payvost.dry_run("webhooks.create", url=URL, events=["*"])
        assert shown["method"] == "POST"
        assert shown["headers"]["Authorization"] == "Bearer sk_test_[redacted]"
        assert payvost.dry_run("webhooks.get", "w")["url"] == f"{provider.url}/v1/webhooks/w"
        with pytest.raises(ValueError, match="unknown operation"):
            payvost.dry_run("webhooks.paint")
    assert provider.requests == []


class Cycle(dict):  # type: ignore[type-arg]
    def __init__(self) -> None:
        self["self"] = self


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"url": URL, "events": []}, "`events` must be a list of at least one pattern"),
        ({"url": URL, "events": ["payment*"]}, "`events`[0] does not match any event type"),
        ({"url": "ftp://a", "events": ["*"]}, "`url` must be an absolute http or https URL"),
        ({"events": ["*"]}, "`url` is required"),
        ({"url": URL, "event": ["*"]}, "unknown parameter `event`"),
        ({"url": URL, "events": ["*"], "metadata": Cycle()}, "values that JSON can represent"),
        ({"url": URL, "events": ["*"], "metadata": {"a": float("nan")}}, "values that JSON"),
        ({"url": URL, "events": ["*"], "description": b"x"}, "values that JSON can represent"),
        ({"url": "\ud800", "events": ["*"]}, "values that JSON can represent"),
        ({"url": URL, "events": ["*"], "options": {"timeout": 0}}, "`timeout` must be a number"),
        ({"url": URL, "events": ["*"], "options": {"retries": 1}}, "unknown parameter `retries`"),
    ],
)
def test_what_is_refused_is_not_sent(
    arguments: dict[str, Any], message: str, provider: Provider
) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        with pytest.raises(ConfigurationError) as caught:
            payvost.webhooks.create(**arguments)
        assert message in str(caught.value)
        assert caught.value.code == "invalid_option"
        assert caught.value.hint
    assert provider.requests == []


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        (None, {}, "`api_key` must not be empty"),
        ("pk_test_canary", {}, "`api_key` must be a secret key"),
        (" sk_test_canary", {}, "`api_key` must not start or end with whitespace"),
        ("whsec_canary", {}, "`api_key` must be an API key"),
        (KEY, {"environment": "production"}, "`environment` contradicts"),
        (KEY, {"timeout": -1}, "`timeout` must be a number of seconds"),
        (KEY, {"base_url": "http://user:pass@localhost"}, "`base_url` must not contain"),
        (KEY, {"http_client": 5}, "http_client must be an httpx.Client"),
        (KEY, {"http_client": httpx.AsyncClient()}, "not an httpx.AsyncClient"),
        (KEY, {"on_request": 5}, "on_request must be a function"),
    ],
)
def test_options_of_a_client_are_checked(key: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Payvost(key, **options)
    assert message in str(caught.value)
    assert "canary" not in shown(caught.value)


def test_an_async_client_refuses_a_blocking_http_client() -> None:
    with httpx.Client() as http, pytest.raises(ConfigurationError) as caught:
        AsyncPayvost(KEY, http_client=http)  # type: ignore[arg-type]
    assert str(caught.value) == "http_client must be an httpx.AsyncClient, not an httpx.Client"


def test_a_closed_client_sends_nothing(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.list()
    with pytest.raises(RuntimeError, match="the client is closed"):
        payvost.webhooks.list()


def test_a_kept_connection_that_the_server_closed_is_replaced(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.list()
        (idle,) = payvost._transport._idle
        idle.sock.raw.shutdown(0)
        payvost.webhooks.create(url=URL, events=["*"])
    assert [request[0] for request in provider.requests] == ["GET", "POST"]
    assert provider.connections == 2


def test_threads_share_a_client(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        failures: list[BaseException] = []

        def work() -> None:
            try:
                for _ in range(10):
                    payvost.webhooks.create(url=URL, events=["*"])
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
    assert len({request[2]["Idempotency-Key"] for request in provider.requests}) == 80
    assert provider.connections <= 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_opens_its_own_connections(provider: Provider) -> None:
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.list()
        child = os.fork()
        if child == 0:
            try:
                payvost.webhooks.list()
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        payvost.webhooks.list()
    assert provider.connections == 2


def test_credentials_of_others_are_not_sent(
    provider: Provider, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    given = httpx.Client(
        auth=httpx.BasicAuth("a", "b"),
        cookies={"c": "d"},
        headers={"X-Other": "e"},
        params={"f": "g"},
    )
    with given, Payvost(KEY, base_url=provider.url, http_client=given) as payvost:
        payvost.webhooks.list()
    with Payvost(KEY, base_url=provider.url) as payvost:
        payvost.webhooks.list()
    for _, path, headers, _ in provider.requests:
        assert path == "/v1/webhooks"
        assert headers["Authorization"] == f"Bearer {KEY}"
        assert not {"Cookie", "X-Other"} & set(headers)


def test_a_rotation_is_over_when_the_old_secret_is_no_longer_seen() -> None:
    now = [1_000_000.0]
    rotation = Rotation(clock=lambda: now[0])
    now[0] += 5000
    rotation.saw(0)
    rotation.on_result(Result("handled", 200, "evt_1", "a.b", 1, 0.1, 1))
    now[0] += 5764
    rotation.saw(None)
    assert not rotation.is_over
    now[0] += 1
    assert rotation.is_over
    assert rotation.over_at.timestamp() == now[0]
    assert not Rotation(now[0], old_secret=0, clock=lambda: now[0]).is_over


def shown(error: BaseException) -> str:
    """What a traceback with local variables shows of the package and the libraries below it."""
    parts, current = [], error
    while current is not None:
        parts += [repr(current), str(current), repr(vars(current)), repr(current.args)]
        frame = current.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename != __file__:
                parts += [f"{k}={v!r}" for k, v in frame.tb_frame.f_locals.items()]
            frame = frame.tb_next
        current = current.__cause__ or current.__context__
    return "\n".join(parts)


class Interrupted(BaseException):
    pass


@pytest.mark.parametrize("kind", ["sockets", "httpx"])
def test_the_key_is_shown_nowhere(
    kind: str, provider: Provider, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    import http.client

    before, http.client.HTTPConnection.debuglevel = http.client.HTTPConnection.debuglevel, 1
    texts = []
    try:
        with blocking(kind, provider.url, max_retries=0) as payvost:
            payvost.webhooks.list()
            texts += [repr(payvost), repr(vars(payvost)), str(payvost.__dict__)]
            texts += [repr(payvost._core), repr(dir(payvost._core)), repr(vars(payvost._transport))]
            for copy in (pickle.dumps, __import__("copy").deepcopy):
                with pytest.raises(TypeError, match="API key") as unpicklable:
                    copy(payvost)
                texts.append(shown(unpicklable.value))
            provider.statuses += [500]
            with pytest.raises(ApiError) as failed:
                payvost.webhooks.list()
            texts += [shown(failed.value), repr(pickle.dumps(failed.value))]
        with blocking(kind, "http://127.0.0.1:1", max_retries=0) as payvost:
            with pytest.raises(ApiError) as failed:
                payvost.webhooks.list()
            texts += [shown(failed.value), repr(pickle.dumps(failed.value))]
            assert failed.value.code == "connection_failed"
            assert "Error" in str(failed.value.__cause__)
    finally:
        http.client.HTTPConnection.debuglevel = before
    captured = capsys.readouterr()
    texts += [caplog.text, captured.out, captured.err]
    assert "canary" not in "\n".join(texts)


@pytest.mark.parametrize("kind", ["sockets", "httpx"])
def test_an_interruption_shows_no_key(
    kind: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise Interrupted

    with blocking(kind, provider.url) as payvost:
        target = "socket.socket.sendall"
        if kind == "httpx":
            target = "httpcore._backends.sync.SyncStream.write"
        else:
            monkeypatch.setattr("payvost_webhooks.manage._sockets._Socket.sendall", interrupt)
        if kind == "httpx":
            monkeypatch.setattr(target, interrupt)
        with pytest.raises(Interrupted) as caught:
            payvost.webhooks.list()
    assert "canary" not in shown(caught.value)


def test_the_import_stays_fast() -> None:
    program = (
        "import sys, payvost_webhooks\n"
        "heavy = {'http.client', 'ssl', 'httpx', 'asyncio', 'json', 'payvost_webhooks.manage'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "from payvost_webhooks import AsyncPayvost, Payvost\n"
        "Payvost('sk_test_x')\n"
        "assert 'httpx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-I", "-c", program], check=True, timeout=60)
    assert {"ApiError", "AsyncPayvost", "Payvost"} <= set(payvost_webhooks.__all__)


def test_the_program_of_the_guide(provider: Provider, repository: Path) -> None:
    page = (repository / "docs" / "guides" / "python" / "manage.md").read_text("utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    env = {**os.environ, "PAYVOST_API_KEY": KEY, "PAYVOST_BASE_URL": provider.url}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "created webhook_1 with a secret of 13 characters",
        f"{URL} payment.*, transfer.*, user.kyc_verified",
    ], done.stderr
