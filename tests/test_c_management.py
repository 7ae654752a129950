"""The management program in ``examples/c``, built as its users build it, against a scripted server."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.kit.paths import EXAMPLES

KEY = "sk_test_canary_4f1d"
WEBHOOK = {"id": "webhook_1", "url": "https://yourapp.com/hooks", "events": ["payment.*"]}


class Server(ThreadingHTTPServer):
    """Answers with what is next in ``script``: status, headers, body, or bytes to write as they are."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, dict[str, str], object] | bytes] = []
        self.seen: list[tuple[str, str, dict[str, str], str]] = []
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers, body))
        step = self.server.script.pop(0)
        if isinstance(step, bytes):
            self.wfile.write(step)
            self.close_connection = True
            return
        status, answer_headers, content = step
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**answer_headers, "Content-Length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_PATCH = do_DELETE = do_GET

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def program(built: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manage")
    make = ["make", "--silent", "--directory", str(EXAMPLES / "c"), f"BUILD={folder}"]
    subprocess.run([*make, str(folder / "manage")], env=built, check=True)
    return folder / "manage"


@pytest.fixture
def manage(program: Path, built: dict[str, str], server: Server, tmp_path: Path):
    def run(*arguments: str, checked: bool = False, **environment: str) -> tuple[int, str, str]:
        # A .netrc for the server, which nobody asked for.
        (tmp_path / ".netrc").write_text("default login stranger password secret\n")
        env = {
            **built,
            "HOME": str(tmp_path),
            "PAYVOST_API_KEY": KEY,
            "PAYVOST_BASE_URL": server.url,
        }
        env = {name: value for name, value in env.items() if not name.lower().endswith("_proxy")}
        valgrind = ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full"]
        command = [*(valgrind if checked else []), str(program), *arguments]
        result = subprocess.run(
            command,
            env={**env, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "canary" not in result.stdout + result.stderr
        return result.returncode, result.stdout, result.stderr

    return run


def good(data: object) -> tuple[int, dict[str, str], object]:
    return 200, {"X-Request-Id": "req_1"}, {"success": True, "data": data}


def bad(status: int, code: str) -> tuple[int, dict[str, str], object]:
    error = {"code": code, "message": "No.", "requestId": "req_2"}
    return status, {"Retry-After": "0"}, {"success": False, "error": error}


def test_a_webhook_is_created_and_its_secret_shown(manage, server: Server) -> None:
    server.script = [good({**WEBHOOK, "secret": "whsec_new"})]
    assert manage("create", WEBHOOK["url"], "payment.*", "user.x") == (
        0,
        "webhook_1 whsec_new\n",
        "",
    )
    ((method, path, headers, body),) = server.seen
    assert (method, path) == ("POST", "/v1/webhooks")
    assert json.loads(body) == {"url": WEBHOOK["url"], "events": ["payment.*", "user.x"]}
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("payvost-webhooks/")
    assert len(headers["idempotency-key"]) == 32
    assert "expect" not in headers


def test_a_list_is_read_to_its_end_over_one_connection(manage, server: Server) -> None:
    pages = [good([{**WEBHOOK, "id": f"webhook_{number}"}]) for number in range(3)]
    server.script = [*pages[:2], bad(503, "service_error"), pages[2], good([])]
    status, out, err = manage("list", checked=True)
    assert (status, err) == (0, "")
    assert out == "".join(f"webhook_{number} {WEBHOOK['url']}\n" for number in range(3))
    paths = [path for _, path, _, _ in server.seen]
    assert paths == [
        "/v1/webhooks",
        "/v1/webhooks?offset=1",
        "/v1/webhooks?offset=2",
        "/v1/webhooks?offset=2",
        "/v1/webhooks?offset=3",
    ]
    assert server.connections == 1


def test_a_secret_is_rotated_and_a_webhook_deleted(manage, server: Server) -> None:
    server.script = [
        good({"secret": "whsec_newer"}),
        bad(500, "service_error"),
        bad(404, "not_found"),
    ]
    assert manage("rotate", 'a"/\\b') == (0, " whsec_newer\n", "")
    assert manage("delete", "webhook_1") == (0, "", "")
    assert [(method, path) for method, path, _, _ in server.seen] == [
        ("POST", "/v1/webhooks/a%22%2F%5Cb/rotate-secret"),
        ("DELETE", "/v1/webhooks/webhook_1"),
        ("DELETE", "/v1/webhooks/webhook_1"),
    ]
    assert server.seen[0][2]["content-length"] == "0"


def test_an_error_is_told_with_the_request(manage, server: Server) -> None:
    server.script = [bad(403, "authorization_error")]
    assert manage("list") == (1, "", "authorization_error: No. (status 403, request req_2)\n")
    status, out, err = manage("create", "https://user:pass@yourapp.com/", "payment.*")
    assert (status, out) == (1, "")
    assert err.startswith("`url` must not contain a user name or a password")
    status, out, err = manage("list", PAYVOST_API_KEY="pk_test_x")
    assert (status, out) == (2, "")
    assert err.startswith("`api_key` must be a secret key")
    assert len(server.seen) == 1


def test_a_hostile_server_ends_the_call(manage, server: Server) -> None:
    elsewhere = "http://127.0.0.1:9/"
    html = (200, {"Content-Type": "text/html"}, b"<html></html>")
    long = (200, {}, b"x" * 10_000_000)
    moved = (307, {"Location": elsewhere}, b"")
    for answer, code in [
        (html, "unreadable_answer"),
        (long, "unreadable_answer"),
        (moved, "unreadable_answer"),
    ]:
        server.script = [answer]
        status, out, err = manage("list")
        assert (status, out) == (1, "")
        assert err.startswith(f"{code}: ")
    half = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"success":tr'
    server.script = [half] * 4
    assert manage("list")[2].startswith("connection_failed: ")
    assert manage("create", WEBHOOK["url"], "*")[2].startswith("outcome_unknown: ")
    assert manage("list", PAYVOST_BASE_URL="http://127.0.0.1:9")[2].startswith(
        "connection_failed: "
    )
