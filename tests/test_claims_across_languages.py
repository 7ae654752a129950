"""Workers in several languages on one store: what one has claimed, the others leave alone."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.servers import ROOT, Server, accepts, free_ports, running

SECRET = "whsec_across_languages"
WORKERS = Path(__file__).with_name("claims")
COMMANDS = {
    "python": ["python", WORKERS / "worker.py"],
    "node": ["node", WORKERS / "worker.mjs"],
    "php": [
        "php",
        "-d",
        f"extension={ROOT / 'target' / 'release' / 'libpayvost_webhooks_php.so'}",
        WORKERS / "worker.php",
    ],
}
LANGUAGES = [name for name, command in COMMANDS.items() if Path(command[-1]).exists()]
STORES = {
    "redis": "redis://127.0.0.1:{port}",
    "postgres": "postgres://postgres@127.0.0.1:{port}/postgres",
    "mariadb": "mysql://root@127.0.0.1:{port}/test",
}


class Worker:
    """A process that does a step when it is told."""

    def __init__(self, language: str, url: str, env: dict[str, str]) -> None:
        if language == "php":
            # Here the extension is named on the command line.
            env = {name: value for name, value in env.items() if name != "PHP_INI_SCAN_DIR"}
        self._process = subprocess.Popen(
            [*COMMANDS[language], url, SECRET],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, step: str, **fields: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": step, **fields}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def claim(self, body: str) -> tuple[str, int]:
        signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
        answer = self.do("claim", body=body, signature=signature)
        return answer["reply"], answer["number"]

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def an_event(amount: str = "99.99") -> str:
    event = {
        "id": f"evt_{uuid.uuid4().hex}",
        "type": "payment.succeeded",
        "createdAt": "2025-11-01T10:00:00Z",
        "liveMode": True,
        "data": {"amount": amount, "name": "Zoë 🦊"},
    }
    return json.dumps(event, ensure_ascii=False)


@pytest.fixture(scope="module", params=STORES)
def workers(request: pytest.FixtureRequest, built: dict[str, str]) -> Iterator[dict[str, Worker]]:
    """A worker in each language, all on one store."""
    name, port = request.param, free_ports(1)[0]
    url = STORES[name].format(port=port)
    folder = Path(tempfile.mkdtemp(prefix=f"payvost-{name}-"))
    command = [str(ROOT / "tests" / "services" / name), str(folder), str(port)]
    server = Server(name, command, ROOT, built, log=folder / "log", port=port, is_ready=accepts)
    try:
        with running([server]), contextlib.ExitStack() as stack:
            # What listens may still be getting ready.
            probe = _ready(url, built)
            stack.callback(probe.end)
            made = {"python": probe, "another python": Worker("python", url, built)}
            stack.callback(made["another python"].end)
            for language in LANGUAGES:
                if language not in made:
                    made[language] = Worker(language, url, built)
                    stack.callback(made[language].end)
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ready(url: str, env: dict[str, str]) -> Worker:
    deadline = time.monotonic() + 60
    while True:
        worker = Worker("python", url, env)
        try:
            assert worker.claim(an_event())[0] == "claimed"
        except (ValueError, OSError):
            worker.end()
            assert time.monotonic() < deadline
            time.sleep(0.5)
        else:
            return worker


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_has_claimed_the_others_leave_alone(
    workers: dict[str, Worker], language: str
) -> None:
    body = an_event()
    first, others = (
        workers[language],
        [worker for name, worker in workers.items() if name != language],
    )
    assert first.claim(body) == ("claimed", 1)
    for other in others:
        word, wait = other.claim(body)
        assert word == "in_progress"
        assert 30_000 < wait <= 60_000
        assert other.do("complete") == {"reply": False}, "it is not its own"
    assert first.do("release", error="TimeoutError") == {"reply": True}
    for attempt, worker in enumerate([*others, first], 2):
        assert worker.claim(body) == ("claimed", attempt)
        if worker is not first:
            assert worker.do("release", error="TimeoutError") == {"reply": True}
    assert first.do("complete") == {"reply": True}
    changed = body.replace("99.99", "0.01")
    for other in others:
        assert other.claim(body)[0] == "done"
        assert other.claim(changed)[0] == "conflict"
