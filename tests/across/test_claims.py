"""Workers in several languages on one store: an event that one has claimed, the others leave alone."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import services
from tests.kit.paths import ROOT

SECRET = "whsec_across_languages"
WORKERS = ROOT / "tests" / "claims"
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


class Worker:
    """A process that takes a step on request."""

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


@pytest.fixture(scope="module", params=[name for name in services.URLS if name != "pgbouncer"])
def workers(request: pytest.FixtureRequest, built: dict[str, str]) -> Iterator[dict[str, Worker]]:
    """A worker in each language, all on one store."""
    with services.running(request.param) as service, contextlib.ExitStack() as stack:
        made = {}
        for name in (*LANGUAGES, "another python"):
            made[name] = Worker(name.removeprefix("another "), service.url, built)
            stack.callback(made[name].end)
            # It has made the table, or found it, before the next one looks.
            assert made[name].claim(an_event())[0] == "claimed"
        yield made


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
