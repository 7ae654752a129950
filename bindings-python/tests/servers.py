"""Real servers for the tests: they run code from the documentation and receive deliveries over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATH = "/webhooks/payvost"
SECRET = "whsec_of_the_page"
LIMIT = 1024 * 1024


@dataclass
class Server:
    port: int
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8")

    def deliver(
        self,
        body: bytes,
        *headers: tuple[str, str],
        method: str = "POST",
        path: str = PATH,
        content_length: int | None = None,
        chunked: bool = False,
        ended: bool = True,
    ) -> tuple[int, bytes]:
        """Send a request with exactly the given headers, and return the status and body of the response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(method, path)
            connection.putheader("Content-Type", "application/json")
            for header in headers:
                connection.putheader(*header)
            if chunked:
                connection.putheader("Transfer-Encoding", "chunked")
                body = b"%x\r\n%b\r\n" % (len(body), body) + b"0\r\n\r\n" * ended
            else:
                length = len(body) if content_length is None else content_length
                connection.putheader("Content-Length", str(length))
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.read()

    def allowed(self, method: str) -> str | None:
        """The ``Allow`` header of the response to a method."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, PATH)
            return connection.getresponse().getheader("Allow")

    def break_off(self, body: bytes, header: tuple[str, str], *, chunked: bool = False) -> None:
        """Announce a body, and disconnect in the middle."""
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
        lines = [f"POST {PATH} HTTP/1.1", "Host: here", length, ": ".join(header)]
        half = body[: len(body) // 2]
        if chunked:
            half = b"%x\r\n%b\r\n" % (len(half), half)
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode() + half)


# What is in front of a function of AWS Lambda: each process of the server is an instance, with one request at a time.
GATEWAY = """
import base64
import json
from http import HTTPStatus


def served(handler, url="/webhooks/payvost"):
    def app(environ, start_response):
        headers = {
            name[5:].lower().replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        event = {
            "version": "2.0",
            "requestContext": {"http": {"method": environ["REQUEST_METHOD"], "path": url}},
            "headers": headers,
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        answer = json.loads(json.dumps(handler(event, None)))
        status = HTTPStatus(answer["statusCode"])
        start_response(f"{status} {status.phrase}", list(answer["headers"].items()))
        return [answer["body"].encode()]

    return app
"""


def code_of(page: str, number: int = 0) -> str:
    """A complete program from a page of the documentation."""
    return re.findall(r"```python\n(.*?)```", text_of(page), re.DOTALL)[number]


def application_of(page: str) -> dict[str, str]:
    """The files of the whole application of a page."""
    section = text_of(page).split("\n## A whole application\n")[1].split("\n## ")[0]
    return dict(re.findall(r"`([\w/]+\.py)`[^`\n]*:\n\n```python\n(.*?)```", section, re.DOTALL))


def text_of(page: str) -> str:
    return (Path(__file__).resolve().parents[2] / "docs/guides/python" / page).read_text("utf-8")


@contextlib.contextmanager
def serving(command: list[str], folder: Path) -> Iterator[Server]:
    """Start a server in a folder; ``{fd}`` in its command is the socket to listen on."""
    log = folder / "log"
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(folder), *filter(None, [os.getenv("PYTHONPATH")])]
    )
    # Several workers write to one file: each line has to be written in one piece.
    environment.pop("PYTHONUNBUFFERED", None)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, log.open("ab") as output:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", *(part.format(fd=listener.fileno()) for part in command)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
        )
    try:
        yield Server(port, log)
    finally:
        process.terminate()
        process.wait(timeout=60)
