"""Events that are delivered 64 times at once to four processes: with each store, one effect per event.

In the same run: what the code of the provider's guide makes of them.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from kinds import KINDS, connect, create_table

from tests.kit.services import Service

EVENTS_IN_MEMORY = 1000
# With processes, 1,000 take minutes. Set PAYVOST_WHOLE_FLOOD=1 to run all with each kind of store.
EVENTS = 1000 if os.environ.get("PAYVOST_WHOLE_FLOOD") else 100
PROCESSES = 4
DELIVERIES = 64


def events_of(kind: str) -> int:
    return EVENTS_IN_MEMORY if kind == "memory" else EVENTS


def flood(kind: str, url: str, effects_url: str) -> collections.Counter[str]:
    """Deliver all events, and return the outcomes."""
    processes = 1 if kind == "memory" else PROCESSES
    arguments = (kind, url, effects_url, str(events_of(kind)), str(DELIVERIES // processes))
    started = time.monotonic()
    workers = [
        subprocess.Popen(
            [sys.executable, Path(__file__).with_name("claims_flood.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    try:
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        outputs = [worker.communicate(timeout=280)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    results = collections.Counter[str]()
    for output in outputs:
        results.update(json.loads(output))
    print(f"{kind}: {dict(results)} in {time.monotonic() - started:.1f} s")
    return results


def effects_of(kind: str, client: redis.Redis) -> collections.Counter[str]:
    return collections.Counter(
        {key: int(client.get(key) or 0) for key in client.keys(f"effects:{kind}:*")}
    )


@pytest.fixture(scope="module")
def effects(redis_service: Service) -> redis.Redis:
    return redis.Redis.from_url(redis_service.url)


@pytest.mark.parametrize("kind", KINDS)
def test_each_event_takes_effect_once(
    kind: str, url_of: Callable[[str], str], effects: redis.Redis, redis_service: Service
) -> None:
    url = url_of(kind)
    if kind != "memory" and "redis" not in kind:
        create_table(url)
        with contextlib.closing(connect(url)) as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM payvost_webhook_claims")
            cursor.execute("CREATE TABLE IF NOT EXISTS effects (id varchar(40))")
            connection.commit()
    else:
        effects.flushdb()

    results = flood(kind, url, redis_service.url)

    if kind.startswith("inbox"):
        with contextlib.closing(connect(url)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id FROM effects")
            made = collections.Counter(row[0] for row in cursor.fetchall())
            cursor.execute("DROP TABLE effects")
            connection.commit()
    else:
        made = effects_of(kind, effects)
    events = events_of(kind)
    assert (len(made), sum(made.values())) == (events, events)
    # If a busy server does not confirm in time, the status is 503 although the effect happened.
    assert events - results["store_unavailable"] <= results["handled"] <= events
    assert sum(results.values()) == events * DELIVERIES
    assert set(results) <= {"handled", "already_handled", "in_progress", "store_unavailable"}
    assert results["store_unavailable"] < events * DELIVERIES / 100


def test_looking_up_and_marking_afterwards_is_not_enough(
    effects: redis.Redis, redis_service: Service
) -> None:
    """The code of the guide. Each gap that a duplicate slips through causes another effect."""
    effects.flushdb()
    flood("guide", redis_service.url, redis_service.url)
    made = effects_of("guide", effects)
    events = events_of("guide")
    print(f"the guide's own code: {events} events took effect {sum(made.values())} times")
    assert len(made) == events
    assert sum(made.values()) > 1.5 * events
