"""The management client against servers that misbehave: each call ends in an error, within its limits."""

from __future__ import annotations

import asyncio
import gzip
import socket
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

import httpx
import pytest
from provider import KEY, Peer, running_peer

from payvost_webhooks import ApiError, AsyncPayvost, Payvost
from payvost_webhooks.manage import _httpx as httpx_transport

KINDS = ["sockets", "httpx", "threads", "async-httpx"]
LIMIT = 0.4
MEMORY = 32 * 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DATA = b'{"success":true,"data":[]}'
Behaviour = Callable[[socket.socket], None]


def sends(*parts: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def repeats(part: bytes, first: bytes = b"", pause: float = 0) -> Behaviour:
    """Sends until the client closes the connection."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(100_000_000):
            connection.sendall(part)
            if pause:
                time.sleep(pause)

    return behave


def waits(first: bytes = b"") -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        connection.recv(1)  # until the client closes it

    return behave


def sized(body: bytes, headers: bytes = b"") -> bytes:
    return OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


BOMB = gzip.compress(b"0" * 60_000_000, 6)
HOSTILE: dict[str, Behaviour] = {
    "closes at once": sends(),
    "half a status line": sends(b"HTTP/1.1 2"),
    "half the headers": sends(OK),
    "half the body": sends(OK + b"Content-Length: 500\r\n\r\n" + DATA),
    "half a chunk": sends(OK + b"Transfer-Encoding: chunked\r\n\r\n50\r\n" + DATA),
    "HTML": sends(sized(b"<html><body>Bad gateway</body></html>")),
    "a page of an error": sends(b"HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>"),
    "a length too short": sends(OK + b"Content-Length: 5\r\n\r\n" + DATA),
    "a negative length": sends(OK + b"Content-Length: -5\r\n\r\n", b"x"),
    "a length that is not a number": sends(OK + b"Content-Length: many\r\n\r\n", b"x"),
    "not HTTP": sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "a chunk that is not a number": sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
    "a body of 10 MB": sends(sized(b" " * 10_000_000 + DATA)),
    "an endless body": repeats(b"0" * 65536, OK + b"\r\n"),
    "endless chunks": repeats(
        b"1000\r\n" + b"0" * 4096 + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"
    ),
    "endless headers": repeats(b"X-More: " + b"0" * 4000 + b"\r\n", OK),
    "an endless header": repeats(b"0" * 65536, OK + b"X-More: "),
    "endless continuation": repeats(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "no answer": waits(),
    "no body": waits(OK + b"Content-Length: 500\r\n\r\n"),
    "a slow body": repeats(b"0", OK + b"Content-Length: 5000\r\n\r\n", 0.02),
    "a slow header": repeats(b"0", OK + b"X-More: ", 0.02),
    "a bomb": sends(sized(BOMB, b"Content-Encoding: gzip\r\n")),
    "an unknown compression": sends(sized(DATA, b"Content-Encoding: br\r\n")),
    "truncated compression": sends(sized(gzip.compress(DATA)[:-9], b"Content-Encoding: gzip\r\n")),
    "broken compression": sends(sized(DATA, b"Content-Encoding: gzip\r\n")),
    "invalid UTF-8": sends(sized(b'{"success":true,"data":"\xff\xfe"}')),
    "invalid UTF-8 in a header": sends(sized(b"\xff", b"X-Request-Id: \xff\xfe\r\n")),
    "wait for years": sends(
        b"HTTP/1.1 429 No\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n"
    ),
    "nested too deeply": sends(sized(b'{"success":true,"data":' + b"[" * 100_000)),
}
LARGE = {
    "a body of 10 MB",
    "an endless body",
    "endless chunks",
    "endless headers",
    "an endless header",
    "a bomb",
}


@contextmanager
def calling(kind: str, url: str, **options: Any) -> Iterator[Callable[[], Any]]:
    """A call of a client, to be made several times."""
    if kind in ("sockets", "httpx"):
        http = httpx.Client() if kind == "httpx" else None
        with Payvost(KEY, base_url=url, http_client=http, **options) as client:
            yield client.webhooks.list
        if http is not None:
            http.close()
        return
    with asyncio.Runner() if sys.version_info >= (3, 11) else _Runner() as runner:
        client = AsyncPayvost(KEY, base_url=url, **options)

        async def call() -> Any:
            page = await client.webhooks.list()
            assert len(asyncio.all_tasks()) == 1
            return page

        async def warm_up() -> None:
            make = getattr(client._transport, "_client", None)  # It reads the certificates.
            if make is not None:
                make()

        runner.run(warm_up())
        yield lambda: runner.run(call())
        runner.run(client.aclose())


class _Runner:
    """``asyncio.Runner`` for Python 3.10 and earlier."""

    def __enter__(self) -> _Runner:
        self._loop = asyncio.new_event_loop()
        return self

    def run(self, coroutine: Any) -> Any:
        return self._loop.run_until_complete(coroutine)

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@pytest.fixture
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "threads":
        monkeypatch.setitem(sys.modules, httpx_transport.__name__, None)
    return str(request.param)


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_every_misbehaviour_ends_in_an_error(kind: str) -> None:
    failures = []
    for name, behave in HOSTILE.items():
        with running_peer(behave) as peer, calling(kind, peer.url, **limits()) as call:
            if name in LARGE:  # It slows everything down.
                tracemalloc.start()
            started = time.monotonic()
            try:
                call()
                failures.append(f"{name}: no error")
            except ApiError as error:
                assert error.hint
                assert "canary" not in str(error)
            except Exception as error:
                failures.append(f"{name}: {error!r}")
            took = time.monotonic() - started
            peak = tracemalloc.get_traced_memory()[1] if name in LARGE else 0
            tracemalloc.stop()
            # Time for a busy machine; without a limit, these peers would hold it for ever.
            if took > LIMIT + 5:
                failures.append(f"{name}: took {took:.2f} s")
            if peak > MEMORY:
                failures.append(f"{name}: {peak} bytes")
    assert failures == []


def limits() -> dict[str, Any]:
    return {"timeout": LIMIT, "deadline": 2 * LIMIT, "max_retries": 0}


@pytest.mark.parametrize("kind", KINDS, indirect=True)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(kind: str, status: int) -> None:
    with running_peer(sends(sized(DATA))) as other:
        location = b"Location: %s/v1/webhooks\r\n" % other.url.encode()
        answer = b"HTTP/1.1 %d Moved\r\n%sContent-Length: 0\r\n\r\n" % (status, location)
        with running_peer(sends(answer)) as peer, calling(kind, peer.url, **limits()) as call:
            with pytest.raises(ApiError, match="redirect"):
                call()
            assert KEY.encode() in peer.received[0]
        assert other.received == []


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_compression_that_nobody_asked_for_is_read(kind: str) -> None:
    body = gzip.compress(DATA)
    with running_peer(sends(sized(body, b"Content-Encoding: gzip\r\n"))) as peer:
        with calling(kind, peer.url, **limits()) as call:
            assert call().data == []
        assert b"accept-encoding: identity" in peer.received[0].lower()


@pytest.mark.parametrize("kind", KINDS, indirect=True)
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1", "connection_failed"),
        ("http://no-such-host.invalid", "connection_failed"),
    ],
)
def test_no_connection_is_an_error(kind: str, url: str, code: str) -> None:
    with calling(kind, url, timeout=5, max_retries=1) as call, pytest.raises(ApiError) as caught:
        call()
    assert (caught.value.code, caught.value.attempts, caught.value.status) == (code, 2, None)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_a_server_without_tls_is_not_tried_again(kind: str) -> None:
    with running_peer(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as peer:
        url = peer.url.replace("http:", "https:")
        with calling(kind, url, timeout=5) as call, pytest.raises(ApiError) as caught:
            call()
        assert KEY.encode() not in b"".join(peer.received)
    assert caught.value.attempts == 1
    assert "SSLError" in str(caught.value.__cause__)


def eventually(holds: Callable[[], bool]) -> None:
    """Waits for what may take a moment: a thread ends after its last statement."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_a_time_out_leaves_nothing_behind(kind: str) -> None:
    threads = threading.active_count()
    closed = threading.Event()

    def behave(connection: socket.socket) -> None:
        if connection.recv(1) == b"":
            closed.set()

    with running_peer(behave) as peer, calling(kind, peer.url, timeout=0.2, max_retries=1) as call:
        with pytest.raises(ApiError) as caught:
            call()
        assert (caught.value.code, caught.value.attempts) == ("timed_out", 2)
        assert closed.wait(20)
    eventually(lambda: threading.active_count() <= threads)


@pytest.mark.parametrize("kind", ["threads", "async-httpx"], indirect=True)
@pytest.mark.parametrize("moment", ["the answer", "the pause"])
def test_a_cancelled_call_leaves_nothing_behind(kind: str, moment: str) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"
    is_pause = moment == "the pause"
    closed = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.sendall(busy if is_pause else OK)
        if not is_pause and connection.recv(1) == b"":
            closed.set()

    async def main(peer: Peer) -> None:
        faults: list[Any] = []
        options: dict[str, Any] = {"on_response": lambda info: faults.append(info.fault)}
        async with AsyncPayvost(KEY, base_url=peer.url, **options) as client:
            task = asyncio.ensure_future(
                client.webhooks.rotate_secret("w") if not is_pause else _get(client)
            )
            while not peer.received or (is_pause and not faults):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            task.cancel()
            started = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - started < 5
            assert len(asyncio.all_tasks()) == 1
            assert faults == ([None] if is_pause else ["cancelled"])
            if not is_pause:
                assert await asyncio.get_running_loop().run_in_executor(None, closed.wait, 2)

    threads = threading.active_count()
    with running_peer(behave) as peer:
        asyncio.run(main(peer))
    eventually(lambda: threading.active_count() <= threads)


async def _get(client: AsyncPayvost) -> Any:
    return await client.webhooks.get("w")


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_nothing_is_left_of_many_failures(kind: str) -> None:
    with running_peer(sends(OK)) as peer:
        with calling(kind, peer.url, max_retries=0, timeout=2) as call:
            for _ in range(20):
                with pytest.raises(ApiError):
                    call()
        assert len(peer.received) == 20
