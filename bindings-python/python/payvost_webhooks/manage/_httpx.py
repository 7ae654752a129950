"""HTTP over httpx. Redirects, cookies and credentials of a client are off for each request."""

from __future__ import annotations

import socket
import threading
import time
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Optional, Union

import httpx

from payvost_webhooks._hosts import in_asyncio
from payvost_webhooks._native import ApiCall
from payvost_webhooks.manage._body import decoded
from payvost_webhooks.manage._course import Answer, Fault, names_of

__all__ = ["AsyncHttpxTransport", "HttpxTransport"]


class HttpxTransport:
    """Sends requests with a client of the caller."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        # The connections that calls have used.
        self._streams: weakref.WeakSet[Any] = weakref.WeakSet()

    def send(self, call: ApiCall) -> Union[Answer, Fault]:
        limits = _WatchedLimits(call.time_limit, self._streams)
        try:
            response = self._client.send(
                _request(call, limits, limits.trace),
                auth=httpx.Auth(),  # and thus no credentials from the client, the URL or a .netrc file
                follow_redirects=False,
                stream=True,
            )
            try:
                if (stream := response.extensions.get("network_stream")) is not None:
                    self._streams.add(stream)
                limits.refresh()
                if response.is_stream_consumed:
                    return _read(response)
                body, most = bytearray(), call.max_answer_bytes
                for part in response.iter_raw():
                    limits.refresh()
                    body += part
                    if len(body) > most:
                        return Fault("too_large", "")
            finally:
                response.close()
        except Exception as error:
            return Fault("timed_out", names_of(error)) if limits.is_over else _fault(error)
        finally:
            limits.stop()
        return decoded(response.status_code, response.headers.multi_items(), bytes(body), most)

    def close(self) -> None:
        """Leave the client to the caller."""


class AsyncHttpxTransport:
    """Sends requests with a client of the caller, or with one of its own."""

    def __init__(self, client: Optional[httpx.AsyncClient]) -> None:
        self._given = client
        self._own: Optional[httpx.AsyncClient] = None
        self._loop: object = None

    async def send(self, call: ApiCall) -> Union[Answer, Fault]:
        import anyio

        limits = _Limits(call.time_limit)
        try:
            with anyio.move_on_after(call.time_limit):
                return await self._exchange(call, limits)
        except Exception as error:
            return _fault(error)
        return Fault("timed_out" if limits.may_be_sent else "connect_timed_out", "")

    async def _exchange(self, call: ApiCall, limits: _Limits) -> Union[Answer, Fault]:
        response = await self._client().send(
            _request(call, limits, limits.trace_async),
            auth=httpx.Auth(),
            follow_redirects=False,
            stream=True,
        )
        try:
            if response.is_stream_consumed:
                return _read(response)
            body, most = bytearray(), call.max_answer_bytes
            async for part in response.aiter_raw():
                body += part
                if len(body) > most:
                    return Fault("too_large", "")
        finally:
            await response.aclose()
        return decoded(response.status_code, response.headers.multi_items(), bytes(body), most)

    def _client(self) -> httpx.AsyncClient:
        if self._given is not None:
            return self._given
        loop: object = None
        if in_asyncio():
            import asyncio

            loop = asyncio.get_running_loop()
        # Connections belong to one event loop. A program can call asyncio.run() several times.
        if self._own is None or loop is not self._loop:
            self._own, self._loop = httpx.AsyncClient(), loop
        return self._own

    async def close(self) -> None:
        """Close the transport's own client. Leave another one to the caller."""
        own, self._own = self._own, None
        if own is not None:
            await own.aclose()


class _Limits:
    """The time limit of an attempt. httpx limits each read and write, so each of them gets what is left."""

    def __init__(self, limit: Optional[float]) -> None:
        self._ends = None if limit is None else time.monotonic() + limit
        self.timeouts = dict.fromkeys(("connect", "read", "write", "pool"), limit)
        # A transport that is not httpx's own does not tell how far it is.
        self._is_traced = self._is_sending = False

    @property
    def may_be_sent(self) -> bool:
        return self._is_sending or not self._is_traced

    def refresh(self) -> None:
        if self._ends is None:
            return
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("timed out") if self.may_be_sent else httpx.ConnectTimeout("")
        self.timeouts.update(dict.fromkeys(self.timeouts, left))

    async def trace_async(self, name: str, _: object) -> None:
        self._is_traced = True
        if name.endswith(".send_request_headers.started"):
            self._is_sending = True


class _WatchedLimits(_Limits):
    """Limits also the headers of a response, of which httpx limits each read alone.

    A timer shuts the connection down. httpx names the connection only when it opens one. Where a call uses an open one,
    all connections that calls have used are shut down, and those that are idle are simply opened again.
    """

    is_over = False

    def __init__(self, limit: Optional[float], streams: weakref.WeakSet[Any]) -> None:
        super().__init__(limit)
        self._streams = streams
        self._opened: Any = None
        self._timer: Optional[threading.Timer] = None

    def trace(self, name: str, info: dict[str, Any]) -> None:
        self._is_traced = True
        _, event, moment = name.rsplit(".", 2)
        if event == "send_request_headers":
            self._is_sending = True
        if moment == "complete" and event in ("connect_tcp", "connect_unix_socket", "start_tls"):
            self._opened = info["return_value"]
            self._streams.add(self._opened)
        if moment == "started" and "close" not in event:
            self.refresh()
        if event == "receive_response_headers":
            self.stop()
            left = self.timeouts["read"]
            if moment == "started" and left is not None:
                self._timer = threading.Timer(left, self._shut_down)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _shut_down(self) -> None:
        self.is_over = True
        for stream in [self._opened] if self._opened is not None else list(self._streams):
            used = stream.get_extra_info("socket")
            if used is not None:
                with suppress(OSError):  # already closed
                    socket.socket.shutdown(used, socket.SHUT_RDWR)


def _request(call: ApiCall, limits: _Limits, trace: Any) -> httpx.Request:
    # Not the client's build_request, which adds the client's own headers, parameters and cookies.
    return httpx.Request(
        call.method,
        call.url,
        headers=[*call.headers(), ("Accept-Encoding", "identity")],
        content=call.body,
        extensions={"timeout": limits.timeouts, "trace": trace},
    )


def _read(response: httpx.Response) -> Answer:
    """A response that was read already, as those of mock transports are. httpx has decompressed it."""
    return Answer(response.status_code, response.headers.multi_items(), response.content)


def _fault(error: Exception) -> Fault:
    return Fault(_name(error), names_of(error))


def _name(error: Exception) -> str:
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
        return "tls_failed" if _is_of_tls(error) else "not_sent"
    for kind, name in _NAMES:
        if isinstance(error, kind):
            return name
    if isinstance(error, httpx.RemoteProtocolError):
        # h11 has one class for a closed connection and for bytes that are not HTTP.
        is_closed = any(word in str(error) for word in ("disconnected", "peer closed", "closed"))
        return "lost" if is_closed else "malformed"
    return "lost"


_NAMES: Iterable[tuple[type[Exception], str]] = (
    (httpx.ConnectTimeout, "connect_timed_out"),
    (httpx.PoolTimeout, "not_sent"),
    (httpx.UnsupportedProtocol, "not_sent"),
    (httpx.TimeoutException, "timed_out"),
    (httpx.DecodingError, "malformed"),
    (httpx.LocalProtocolError, "malformed"),
)


def _is_of_tls(error: BaseException) -> bool:
    current: Optional[BaseException] = error
    while current is not None:
        if "SSLError" in (cls.__name__ for cls in type(current).__mro__):
            return True
        current = current.__cause__ or current.__context__
    return False
