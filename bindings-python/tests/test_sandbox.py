"""The fixture ``payvost_sandbox``, with receivers that are down, and in test runs that are killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from servers import code_of

from payvost_webhooks import ApiError, ConfigurationError, WebhookRouter
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.sandbox import Sandbox
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.wsgi import webhook_app

SCHEDULE = [0, 5, 65, 365, 2165, 5765]
TOOL = Path(__file__).resolve().parents[2] / "target" / "bin" / "payvost-webhooks"
"""Built by ``scripts/build cli``."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs the program of this checkout")


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYVOST_WEBHOOKS_BIN", os.environ.get("PAYVOST_WEBHOOKS_BIN", str(TOOL)))


class Shop:
    """A receiver over HTTP whose handler fails while the shop is down."""

    def __init__(self, secret: str, port: int = 0) -> None:
        self.is_down, self.paid = False, [""][:0]
        router = WebhookRouter()
        router.on("*", self.book)
        receiver = WebhookReceiver(secret, router, store=MemoryStore())
        self.server = make_server("127.0.0.1", port, webhook_app(receiver), _Server, _QuietHandler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/webhooks/payvost"

    def book(self, event: object) -> None:
        if self.is_down:
            raise ConnectionError
        self.paid.append(event["id"])  # type: ignore[index]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128  # All events come at the same time.


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(shop: Shop) -> Iterator[Shop]:
    thread = threading.Thread(target=shop.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.server.shutdown()
        thread.join()
        shop.server.server_close()


def seconds_of(sandbox: Sandbox, event_id: str) -> list[float]:
    """When the attempts were made, in seconds after the first."""
    log = [attempt for attempt in sandbox.logs() if attempt["event"].get("id") == event_id]
    times = [
        datetime.fromisoformat(attempt["attemptedAt"].replace("Z", "+00:00")) for attempt in log
    ]
    return [(at - times[0]).total_seconds() for at in times]


@pytest.mark.parametrize("_", range(int(os.environ.get("ROUNDS", "1"))))
def test_a_receiver_that_is_down_for_40_minutes_gets_every_event(
    payvost_sandbox: Sandbox, payvost_webhook_secret: str, _: int
) -> None:
    shop = Shop(payvost_webhook_secret)
    shop.server.server_close()  # nobody listens
    payvost_sandbox.add_endpoint(shop.url)
    ids = [payvost_sandbox.publish("payment.succeeded") for _ in range(20)]
    started = time.monotonic()
    payvost_sandbox.advance(minutes=40)
    assert time.monotonic() - started < 60  # 20 ms on a quiet machine
    assert payvost_sandbox.totals()["pending"] == len(ids)
    with serving(Shop(payvost_webhook_secret, shop.port)) as shop:
        payvost_sandbox.advance(hours=1)
    assert sorted(shop.paid) == sorted(ids)
    assert payvost_sandbox.totals() == {
        "accepted": len(ids),
        "delivered": len(ids),
        "pending": 0,
        "failed": 0,
    }
    for event_id in ids:
        assert seconds_of(payvost_sandbox, event_id) == SCHEDULE


def test_a_handler_that_fails_is_tried_six_times(
    payvost_sandbox: Sandbox, payvost_webhook_secret: str
) -> None:
    with serving(Shop(payvost_webhook_secret)) as shop:
        endpoint = payvost_sandbox.add_endpoint(shop.url, ["payment.*"])
        assert endpoint["secret"] == payvost_webhook_secret == payvost_sandbox.secret
        shop.is_down, before = True, payvost_sandbox.now
        for _ in ("in no", "second"):
            payvost_sandbox.publish("user.created")
        event = payvost_sandbox.publish("payment.failed", data={"amount": Decimal("12.50")})
        after = payvost_sandbox.advance(hours=2, minutes=1, seconds=2)
        assert (after - before).total_seconds() == 7262
    assert seconds_of(payvost_sandbox, event) == SCHEDULE
    assert [attempt.get("responseCode") for attempt in payvost_sandbox.logs(status="failed")] == [
        500
    ] * 6
    assert payvost_sandbox.totals()["failed"] == 1
    payvost_sandbox.reset()
    assert payvost_sandbox.totals()["accepted"] == 0
    assert payvost_sandbox.logs() == []


def test_an_invalid_event_is_an_error_of_the_api(payvost_sandbox: Sandbox) -> None:
    with pytest.raises(ApiError) as raised:
        payvost_sandbox.publish("not a type")
    assert (raised.value.code, raised.value.status) == ("validation_error", 400)


def test_a_scenario_delivers_twice(payvost_webhook_secret: str) -> None:
    with Sandbox(secret=payvost_webhook_secret, scenarios=["duplicates"]) as sandbox:
        with serving(Shop(sandbox.secret)) as shop:
            sandbox.add_endpoint(shop.url)
            event = sandbox.publish("payment.succeeded")
            sandbox.settle()
        assert shop.paid == [event]


def test_a_missing_program_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for value, message in (
        (str(tmp_path / "none"), "was not found"),
        (str(tmp_path), "could not be started"),
    ):
        monkeypatch.setenv("PAYVOST_WEBHOOKS_BIN", value)
        with pytest.raises(ConfigurationError, match=message) as raised:
            Sandbox()
        assert "PAYVOST_WEBHOOKS_BIN" in str(raised.value)
    monkeypatch.setenv("PAYVOST_WEBHOOKS_BIN", "true")
    with pytest.raises(ConfigurationError, match="did not start"):
        Sandbox()
    monkeypatch.delenv("PAYVOST_WEBHOOKS_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="payvost-webhooks was not found"):
        Sandbox()


def test_wrong_options_are_explained() -> None:
    with pytest.raises(ConfigurationError, match="no_such_scenario"):
        Sandbox(scenarios=["no_such_scenario"])


KILLED = """
import os, time

def test_it_is_killed(payvost_sandbox):
    with open("address", "w") as file:
        file.write(payvost_sandbox.base_url)
    os.replace("address", "ready")
    time.sleep(60)
"""


def test_the_sandbox_of_a_killed_run_ends(tmp_path: Path) -> None:
    (tmp_path / "test_killed.py").write_text(KILLED, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        wait_until((tmp_path / "ready").exists)
        address = (tmp_path / "ready").read_text()
        assert is_open(address)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    wait_until(lambda: not is_open(address))


def is_open(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_programs_of_the_guide_for_managing_webhooks(
    payvost_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYVOST_API_KEY", payvost_sandbox.api_key)
    monkeypatch.setenv("PAYVOST_BASE_URL", payvost_sandbox.base_url)
    for number in range(2):
        exec(compile(code_of("manage.md", number), "manage.py", "exec"), {"__name__": "__main__"})
    url = "https://yourapp.com/webhooks/payvost"
    created, listed, tested, *failures, rotated = capsys.readouterr().out.splitlines()
    assert (created.split()[0], listed) == (
        "created",
        f"{url} payment.*, transfer.*, user.kyc_verified",
    )
    # Deliveries of a sandbox stay on this machine.
    assert tested in ("test event: pending", "test event: failed")
    assert failures in ([], ["payment.succeeded: failed - None", "Response: None"])
    assert rotated.startswith("new secret: ")
    assert list(payvost_sandbox.client.webhooks.list()) == []


def test_the_test_of_the_guide_runs_in_several_processes(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    (tmp_path / "test_retries.py").write_text(code_of("testing.md", 1), "utf-8")
    (tmp_path / "test_again.py").write_text(code_of("testing.md", 1), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert "2 passed" in run.stdout, run.stdout + run.stderr
