"""The shared calls of the management API, through both clients on scripted transports.

What is observed is written to ``target/observed/manage``, and compared with what the other languages observed.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Callable

import httpx
import pytest
from canonical import canonical

from payvost_webhooks import ApiError, AsyncPayvost, ConfigurationError, Payvost
from payvost_webhooks.manage import ResponseInfo, _host

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = Path(os.environ.get("VECTORS", REPOSITORY / "tests" / "vectors" / "manage"))
OBSERVED = Path(os.environ.get("OBSERVED", REPOSITORY / "target" / "observed" / "manage"))
START_UNIX_MS = 1_761_991_200_000


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is not read to its end."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield bytes(65536)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield bytes(65536)


def raise_tls(request: httpx.Request) -> None:
    try:
        raise ssl.SSLCertVerificationError("not trusted")
    except ssl.SSLError as error:
        raise httpx.ConnectError("tls", request=request) from error


class CancelledByTheCallerError(BaseException):
    """As KeyboardInterrupt, but not the test runner's."""


class Script:
    """The transport, the clock and the random bytes of a case. Each is what a user of the client could replace."""

    def __init__(self, is_async: bool) -> None:
        self.clock = 0
        self.cancelled: type[BaseException] = (
            asyncio.CancelledError if is_async else CancelledByTheCallerError
        )
        self.begin({})

    def begin(self, call: dict[str, Any]) -> None:
        self.steps = list(call.get("script", []))
        self.random = bytes.fromhex(call.get("random", ""))
        self.bits = 0
        self.requests: list[Any] = []
        self.waits: list[int] = []
        self.attempts: list[Any] = []

    def now(self) -> tuple[int, int]:
        return self.clock, START_UNIX_MS + self.clock

    def random_bytes(self, count: int) -> bytes:
        return self.random if count == 16 else self.bits.to_bytes(count, "little")

    def sleep(self, seconds: float) -> None:
        pause = round(seconds * 1000)
        self.waits.append(pause)
        scripted = self.steps.pop(0)["wait"] if self.steps and "wait" in self.steps[0] else {}
        self.clock += scripted.get("lasts", pause)
        if scripted.get("cancelled"):
            raise self.cancelled

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(sent(request))
        step = self.steps.pop(0)
        self.clock += step.get("takes", 0)
        self.bits = step.get("random", 0)
        if "fault" in step:
            return self.fail(step["fault"], request)
        headers = [(name.encode(), value.encode()) for name, value in step.get("headers", [])]
        return httpx.Response(step["status"], headers=headers, content=body(step))

    async def respond_async(self, request: httpx.Request) -> httpx.Response:
        return self.respond(request)

    def fail(self, fault: str, request: httpx.Request) -> httpx.Response:
        kinds = {
            "not_sent": httpx.ConnectError,
            "connect_timed_out": httpx.ConnectTimeout,
            "timed_out": httpx.ReadTimeout,
            "lost": httpx.ReadError,
            "malformed": httpx.RemoteProtocolError,
        }
        if fault in kinds:
            raise kinds[fault]("scripted", request=request)
        if fault == "cancelled":
            raise self.cancelled
        if fault == "tls_failed":
            raise_tls(request)
        assert fault == "too_large"
        return httpx.Response(200, stream=Endless())

    def on_response(self, info: ResponseInfo) -> None:
        self.attempts.append(
            {
                "attempt": info.attempt,
                "status": info.status,
                "fault": info.fault,
                "duration_ms": round(info.duration * 1000),
                "request_id": info.request_id,
            }
        )


def sent(request: httpx.Request) -> dict[str, Any]:
    headers = dict(request.headers)
    assert re.fullmatch(r"payvost-webhooks/\S+ python/\S+", headers.pop("user-agent"))
    for name in ("host", "content-length", "accept-encoding"):  # of the transport
        headers.pop(name, None)
    limit = request.extensions["timeout"]["read"]
    return {
        "method": request.method,
        "url": str(request.url),
        "headers": headers,
        "body": request.content.decode() if request.content else None,
        "time_limit_ms": None if limit is None else round(limit * 1000),
    }


def body(step: dict[str, Any]) -> bytes:
    if "body_hex" in step:
        return bytes.fromhex(step["body_hex"])
    if "body_repeat" in step:
        return b"".join(text.encode() * count for text, count in step["body_repeat"])
    return str(step["body"]).encode()


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def options_of(given: dict[str, Any] | None) -> dict[str, Any]:
    return {
        snake(name).replace("_seconds", ""): value
        for name, value in (given or {}).items()
        # For Python, None is an option that was not given.
    }


def arguments_of(call: dict[str, Any]) -> dict[str, Any]:
    arguments = {snake(name): value for name, value in (call.get("parameters") or {}).items()}
    if "options" in call:
        arguments["options"] = options_of(call["options"])
    return arguments


def make(client: Any, call: dict[str, Any]) -> Any:
    resource, name = call["operation"].split(".")
    method: Callable[..., Any] = getattr(getattr(client, resource), snake(name))
    arguments = arguments_of(call)
    if "id" in inspect.signature(method).parameters:
        arguments.setdefault("id", None)  # Python itself reports a missing argument
    require(method, arguments)
    return method(**arguments)


def require(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Report an argument that Python itself refuses as the core would report it."""
    try:
        inspect.signature(function).bind_partial(**arguments)
    except TypeError as error:
        name = str(error).rpartition(" ")[2].strip("'")
        raise ConfigurationError(f"unknown parameter `{name}`", "invalid_option") from error


def error_of(error: ApiError) -> dict[str, Any]:
    assert error.hint
    assert str(error) == error.message
    names = ("code", "cause", "message", "status", "field", "request_id", "retry_after", "attempts")
    return {name: getattr(error, name) for name in names}


def refused(error: ConfigurationError) -> dict[str, Any]:
    parameter = re.search("`(.*?)`", str(error))
    return {"refused": {"code": error.code, "parameter": parameter[1] if parameter else ""}}


def ended(script: Script, ending: dict[str, Any]) -> dict[str, Any]:
    assert not script.steps
    seen = {
        "requests": script.requests,
        "waits": script.waits,
        "attempts": script.attempts,
    }
    return {**seen, **ending}


def result_of(script: Script, result: Any) -> dict[str, Any]:
    data, found = result, {}
    if hasattr(result, "next_page"):
        data = result.data
        if result.total is not None:
            found["total"] = result.total
    return {"result": {"data": canonical(data), "attempts": len(script.requests), **found}}


def cancelled(script: Script) -> dict[str, Any]:
    last = script.attempts[-1]
    # Python's own exception is raised, which has none of this.
    error = {"code": "cancelled", "message": "the call was cancelled", "status": last["status"]}
    more = {"attempts": len(script.requests), "request_id": last["request_id"]}
    return {"error": {**error, **more}}


def observe(client: Payvost, script: Script, call: dict[str, Any]) -> dict[str, Any]:
    script.begin(call)
    try:
        given = {} if call.get("iterate") is None else {"entries": []}
        result = make(client, call)
        if call.get("iterate"):
            given["entries"] = [canonical(entry) for entry in result]
            return ended(script, given)
        return ended(script, result_of(script, result))
    except ConfigurationError as error:
        return refused(error)
    except ApiError as error:
        return ended(script, {"error": error_of(error)})
    except CancelledByTheCallerError:
        return ended(script, cancelled(script))


async def observe_async(
    client: AsyncPayvost, script: Script, call: dict[str, Any]
) -> dict[str, Any]:
    script.begin(call)
    try:
        result = make(client, call)
        if call.get("iterate"):
            return ended(script, {"entries": [canonical(entry) async for entry in result]})
        return ended(script, result_of(script, await result))
    except ConfigurationError as error:
        return refused(error)
    except ApiError as error:
        return ended(script, {"error": error_of(error)})
    except asyncio.CancelledError:
        return ended(script, cancelled(script))


def calls_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for call in case["calls"] for _ in range(call.get("repeat", 1))]


def run_blocking(case: dict[str, Any], script: Script) -> list[Any]:
    with httpx.Client(transport=httpx.MockTransport(script.respond)) as http_client:
        try:
            options = options_of(case["client"].get("options"))
            require(Payvost, options)
            key, told = case["client"]["apiKey"], script.on_response
            client = Payvost(key, http_client=http_client, on_response=told, **options)
        except ConfigurationError as error:
            return [refused(error) for _ in calls_of(case)]
        return [observe(client, script, call) for call in calls_of(case)]


async def run_async(case: dict[str, Any], script: Script) -> list[Any]:
    transport = httpx.MockTransport(script.respond_async)
    async with httpx.AsyncClient(transport=transport) as http_client:
        try:
            options = options_of(case["client"].get("options"))
            require(AsyncPayvost, options)
            key, told = case["client"]["apiKey"], script.on_response
            client = AsyncPayvost(key, http_client=http_client, on_response=told, **options)
        except ConfigurationError as error:
            return [refused(error) for _ in calls_of(case)]
        return [await observe_async(client, script, call) for call in calls_of(case)]


@pytest.mark.parametrize("client", ["python", "python-async"])
@pytest.mark.timeout(600)
def test_every_call_takes_its_course(client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    is_async = client == "python-async"
    failures, count = [], 0
    OBSERVED.mkdir(parents=True, exist_ok=True)
    # Making the TLS context of a client takes longer than a case.
    context = ssl.create_default_context()
    monkeypatch.setattr(httpx._config, "create_ssl_context", lambda *_, **__: context)
    loop = asyncio.new_event_loop()

    def run(case: dict[str, Any], script: Script) -> list[Any]:
        if is_async:
            return loop.run_until_complete(run_async(case, script))
        return run_blocking(case, script)

    with (OBSERVED / f"{client}.jsonl").open("w", encoding="utf-8") as lines:
        for path in sorted(VECTORS.glob("*.json")):
            for case in json.loads(path.read_text("utf-8"))["cases"]:
                script = Script(is_async)
                for name in ("now", "random_bytes", "sleep", "sleep_async"):
                    monkeypatch.setattr(_host, name, getattr(script, name))
                calls = run(case, script)
                lines.write(json.dumps({"id": case["id"], "calls": calls}) + "\n")
                count += 1
                for call, seen in zip(calls_of(case), calls):
                    if difference := differing(call["expect"], seen):
                        failures.append(f"{case['id']} {case['comment']}: {difference}")
    loop.close()
    assert count >= 500
    assert not failures, f"{len(failures)} calls differ:\n" + "\n".join(failures[:20])


def differing(expected: dict[str, Any], seen: dict[str, Any]) -> str | None:
    seen = plain(seen)
    expected = plain(expected)
    if "error" in seen and "message" not in expected.get("error", {}):
        seen["error"].pop("message", None)
    for name in sorted(expected.keys() | seen.keys()):
        if expected.get(name) != seen.get(name):
            return f"{name}: {seen.get(name)}, expected {expected.get(name)}"
    return None


def plain(value: Any) -> Any:
    """A value in which null and absent are the same, and parameters are in snake case."""
    if isinstance(value, dict):
        made = {name: plain(member) for name, member in value.items() if member is not None}
        if "parameter" in made:
            made["parameter"] = snake(made["parameter"]).replace("_seconds", "")
        return made
    return [plain(element) for element in value] if isinstance(value, list) else value
