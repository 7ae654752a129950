"""Servers for the management client: a small Payvost, and servers that misbehave."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

KEY = "sk_test_canary_4f1d9a"


class Provider(ThreadingHTTPServer):
    """Webhooks in memory, as the documented API has them."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.connections = 0
        self.statuses: list[int] = []
        self.count = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """The status and the answer of a request."""
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return status, failure("service_error", "out of order")
        route, _, query = path.partition("?")
        parts = route.split("/")[3:]
        found = self.webhooks.get(parts[0]) if parts else None
        if parts and found is None and route.startswith("/v1/webhooks"):
            return 404, failure("not_found", "no such webhook")
        if route == "/v1/webhooks" and method == "POST":
            self.count += 1
            made = {**body, "id": f"webhook_{self.count}", "enabled": True}
            self.webhooks[made["id"]] = made
            return 200, success({**made, "secret": "whsec_example"})
        if route == "/v1/webhooks":
            return 200, page(list(self.webhooks.values()), query)
        if parts[-1] == "logs":
            entry = {"event": {"type": "payment.failed"}, "status": "failed", "responseCode": 500}
            return 200, page([entry] * 5, query)
        if parts[-1] == "rotate-secret":
            return 200, success({"secret": "whsec_rotated"})
        if parts[-1] == "test":
            return 200, success({"event": {"type": body["eventType"]}, "status": "pending"})
        if method == "PATCH":
            assert found is not None
            found.update(body)
        if method == "DELETE":
            del self.webhooks[parts[0]]
        return 200, success(found if found is not None else {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        status, answer = self.server.answer(self.command, self.path, body)
        encoded = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.send_header("X-Request-Id", f"req_{len(self.server.requests)}")
        self.send_header("X-RateLimit-Limit", "100")
        self.send_header("X-RateLimit-Remaining", "99")
        self.end_headers()
        self.wfile.write(encoded)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def log_message(self, format: str, *args: object) -> None:
        pass


def success(data: Any) -> dict[str, Any]:
    return {"success": True, "data": data}


def failure(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": {"code": code, "message": message}}


def page(entries: list[Any], query: str) -> dict[str, Any]:
    given = dict(pair.split("=") for pair in query.split("&")) if query else {}
    offset, limit = int(given.get("offset", 0)), int(given.get("limit", 20))
    return {**success(entries[offset : offset + limit]), "total": len(entries)}


@contextmanager
def running_provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Peer:
    """A server that does with each connection as a function says, once it has read the request."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received: list[bytes] = []
        self._threads: list[threading.Thread] = []
        self.connections: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(10)
            self.received.append(connection.recv(65536))
            self._behave(connection)
        except OSError:
            pass  # the client has closed it
        finally:
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()


@contextmanager
def running_peer(behave: Callable[[socket.socket], None]) -> Iterator[Peer]:
    peer = Peer(behave)
    try:
        yield peer
    finally:
        peer.close()
