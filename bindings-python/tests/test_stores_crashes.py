"""Workers that are killed at five points of a delivery: nothing is lost, and duplicates are as documented."""

from __future__ import annotations

import collections
import contextlib
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from claims_crash import POINTS
from kinds import DRIVERS_OF_INBOXES, SHARED, connect, create_table
from samples import EVENT

DEADLINE = 60


def start(kind: str, url: str, effects: Path, point: str, body: bytes) -> subprocess.Popen[bytes]:
    delivery = effects.with_name(json.loads(body)["id"])
    delivery.write_bytes(body)
    with delivery.open("rb") as file:
        return subprocess.Popen(
            [
                sys.executable,
                Path(__file__).with_name("claims_crash.py"),
                kind,
                url,
                effects,
                point,
            ],
            stdin=file,
            stdout=subprocess.PIPE,
        )


@pytest.mark.parametrize("kind", [*SHARED, *DRIVERS_OF_INBOXES])
def test_a_killed_worker(kind: str, url_of: Callable[[str], str], tmp_path: Path) -> None:
    url, effects = url_of(kind), tmp_path / "effects"
    effects.touch()
    bodies = {
        point: json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode() for point in POINTS
    }
    if "redis" not in kind:
        create_table(url)
        with contextlib.closing(connect(url)) as connection:
            connection.cursor().execute("CREATE TABLE IF NOT EXISTS crash_effects (id varchar(40))")
            connection.commit()

    workers = {point: start(kind, url, effects, point, body) for point, body in bodies.items()}
    for point, worker in workers.items():
        worker.communicate(timeout=DEADLINE)
        assert worker.returncode == -signal.SIGKILL, f"it did not die {point}"

    # As the provider does, but sooner.
    retries = {point: start(kind, url, effects, "", body) for point, body in bodies.items()}
    for point, retry in retries.items():
        statuses = retry.communicate(timeout=DEADLINE)[0].split()
        assert statuses[-1] == b"200", f"lost: {point}"
        assert set(statuses[:-1]) <= {b"409", b"503"}, point

    made = collections.Counter(effects.read_text("utf-8").split())
    if kind.startswith("inbox"):
        with contextlib.closing(connect(url)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id FROM crash_effects")
            made.update(row[0] for row in cursor.fetchall())
    counts = {point: made[json.loads(body)["id"]] for point, body in bodies.items()}
    doubled = set() if kind.startswith("inbox") else {"after the effect"}
    assert counts == {point: 2 if point in doubled else 1 for point in POINTS}
