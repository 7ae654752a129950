"""HTTP over the standard library, for programs without httpx. Connections stay open between calls.

A time limit counts from the first byte of a connection to the last of the response, however slowly they come.
"""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Optional, Union
from urllib.parse import unquote, urlsplit

from payvost_webhooks._limits import MAX_ANSWER_HEADER_BYTES
from payvost_webhooks._native import ApiCall
from payvost_webhooks.manage._body import decoded
from payvost_webhooks.manage._course import Answer, Fault, names_of

if TYPE_CHECKING:
    import ssl

__all__ = ["Attempt", "SocketTransport"]

# Servers and middleboxes drop idle connections, some of them silently.
MAX_IDLE_SECONDS = 30.0
MAX_IDLE_CONNECTIONS = 16
_CHUNK = 65536
_Late = (socket.timeout, TimeoutError)


class EndlessHeadersError(Exception):
    """The headers of a response are longer than a client reads."""


class Attempt:
    """The time limit of an attempt, and the way to abort it from another thread."""

    def __init__(self, limit: Optional[float]) -> None:
        self._ends = None if limit is None else time.monotonic() + limit
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        self._aborted = False

    def left(self) -> Optional[float]:
        """The seconds that are left.

        Raises:
            socket.timeout: None are left.
        """
        if self._ends is None:
            return None
        left = self._ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        return left

    def uses(self, used: socket.socket) -> None:
        with self._lock:
            self._socket = used
            if self._aborted:
                raise ConnectionAbortedError

    def abort(self) -> None:
        with self._lock:
            self._aborted = True
            if self._socket is not None:
                with suppress(OSError):  # not connected
                    self._socket.shutdown(socket.SHUT_RDWR)


class SocketTransport:
    """Sends requests to one host, over connections that it keeps."""

    def __init__(self, base_url: str) -> None:
        url = urlsplit(base_url)
        self._is_tls = url.scheme == "https"
        self._host = url.hostname or ""
        self._port = url.port or (443 if self._is_tls else 80)
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._context: Optional[ssl.SSLContext] = None

    def send(self, call: ApiCall, attempt: Optional[Attempt] = None) -> Union[Answer, Fault]:
        if attempt is None:
            attempt = Attempt(call.time_limit)
        connection = self._take()
        try:
            if connection is None:
                connection = self._connect(attempt)
        except Exception as error:
            return Fault(_before_sending(error), names_of(error))
        try:
            answer = connection.exchange(call, attempt)
        except Exception as error:
            connection.abandon()
            return Fault(_after_sending(error), names_of(error))
        except BaseException:
            connection.abandon()
            raise
        if connection.is_reusable:
            self._keep(connection)
        else:
            connection.abandon()
        return answer

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.abandon()

    def _take(self) -> Optional[_Connection]:
        while True:
            with self._lock:
                if self._process != os.getpid():
                    # The connections belong to the process that this one was forked from.
                    self._process, self._idle = os.getpid(), []
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.is_alive():
                return connection
            connection.abandon()

    def _keep(self, connection: _Connection) -> None:
        connection.idle_since = time.monotonic()
        with self._lock:
            if self._process == os.getpid() and len(self._idle) < MAX_IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.abandon()

    def _connect(self, attempt: Attempt) -> _Connection:
        connection = _Connection(self._host, self._port)
        proxy = self._proxy() if self._is_tls else None
        if proxy is None:
            raw = _open(self._host, self._port, attempt)
        else:
            at = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            raw = _open(at.hostname or "", at.port or 80, attempt)
            connection.set_tunnel(self._host, self._port, _proxy_headers(at.username, at.password))
        try:
            raw.settimeout(attempt.left())
            connection.sock = raw
            if proxy is not None:
                connection._tunnel()  # type: ignore[attr-defined]
            if self._is_tls:
                raw.settimeout(attempt.left())
                raw = self._tls().wrap_socket(raw, server_hostname=self._host)
                attempt.uses(raw)
        except BaseException:
            raw.close()
            raise
        connection.sock = connection.wrapped = _Socket(raw)
        return connection

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            import ssl

            self._context = ssl.create_default_context()
        return self._context

    def _proxy(self) -> Optional[str]:
        """The proxy from the environment, as ``urllib`` reads it."""
        if not any(name.lower() in ("https_proxy", "all_proxy") for name in os.environ):
            return None
        from urllib.request import getproxies_environment, proxy_bypass

        proxies = getproxies_environment()
        if proxy_bypass(self._host):
            return None
        return proxies.get("https") or proxies.get("all")


class _Connection(http.client.HTTPConnection):
    auto_open = 0
    idle_since = 0.0
    is_reusable = False
    wrapped: _Socket

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        # A program that debugs its own HTTP does so for the whole class, and would print the API key.
        self.set_debuglevel(0)

    def exchange(self, call: ApiCall, attempt: Attempt) -> Union[Answer, Fault]:
        self.wrapped.begin(attempt)
        limit, url = call.max_answer_bytes, urlsplit(call.url)
        target = f"{url.path}?{url.query}" if url.query else url.path
        self.request(call.method, target, call.body, dict(call.headers()))
        response = self.getresponse()
        self.wrapped.header_bytes = None
        headers = response.getheaders()
        body = bytearray()
        while len(body) <= limit:
            part = response.read(min(_CHUNK, limit + 1 - len(body)))
            if not part:
                break
            body += part
        if len(body) > limit:
            return Fault("too_large", "")
        if response.length:
            return Fault("lost", "IncompleteRead")
        self.is_reusable = not response.will_close
        response.close()
        return decoded(response.status, headers, bytes(body), limit)

    def is_alive(self) -> bool:
        """Whether the server has neither closed the connection nor sent anything unasked."""
        if time.monotonic() - self.idle_since > MAX_IDLE_SECONDS:
            return False
        raw = self.wrapped.raw
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(raw, select.POLLIN)
            return not poll.poll(0)
        return not select.select([raw], [], [], 0)[0]

    def abandon(self) -> None:
        self.close()
        self.wrapped.raw.close()


class _Socket:
    """What ``http.client`` uses of a socket, with a time limit for all of it together."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw = raw
        self.header_bytes: Optional[int] = None
        self._attempt: Attempt
        self._reader: Optional[io.BufferedReader] = None
        self._is_closing = False

    def begin(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.header_bytes = MAX_ANSWER_HEADER_BYTES
        attempt.uses(self.raw)

    def sendall(self, data: bytes) -> None:
        self.raw.settimeout(self._attempt.left())
        self.raw.sendall(data)

    def receive(self, buffer: Any) -> int:
        self.raw.settimeout(self._attempt.left())
        count = self.raw.recv_into(buffer)
        if self.header_bytes is not None:
            # A part of the body may have come along.
            self.header_bytes -= count
            if self.header_bytes + io.DEFAULT_BUFFER_SIZE < 0:
                raise EndlessHeadersError
        return count

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        self._reader = io.BufferedReader(_Reader(self))
        return self._reader

    def close(self) -> None:
        # As with any socket, its file can still be read.
        self._is_closing = True
        if self._reader is None or self._reader.closed:
            self.raw.close()

    def reader_closed(self) -> None:
        if self._is_closing:
            self.raw.close()


class _Reader(io.RawIOBase):
    def __init__(self, owner: _Socket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._owner.receive(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner.reader_closed()


def _open(host: str, port: int, attempt: Attempt) -> socket.socket:
    """Connect to the first address that answers, within the time limit for all of them."""
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        raw = socket.socket(family, kind, protocol)
        try:
            attempt.uses(raw)
            raw.settimeout(attempt.left())
            raw.connect(address)
            # A request is one write. Nagle's algorithm would hold the next one back.
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raw.close()
            failure = error
            if isinstance(error, (*_Late, ConnectionAbortedError)):
                break
        except BaseException:
            raw.close()
            raise
        else:
            return raw
    raise failure


def _proxy_headers(user: Optional[str], password: Optional[str]) -> dict[str, str]:
    if user is None:
        return {}
    import base64

    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}


def _before_sending(error: Exception) -> str:
    if isinstance(error, _Late):
        return "connect_timed_out"
    # Only TLS raises errors of this class, and Python may be built without it.
    if "SSLError" in (cls.__name__ for cls in type(error).__mro__):
        return "tls_failed"
    return "not_sent"


def _after_sending(error: Exception) -> str:
    if isinstance(error, _Late):
        return "timed_out"
    if isinstance(error, (http.client.RemoteDisconnected, http.client.IncompleteRead)):
        return "lost"
    is_malformed = isinstance(error, (http.client.HTTPException, EndlessHeadersError))
    return "malformed" if is_malformed else "lost"
