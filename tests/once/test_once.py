"""Events from the sandbox, with duplicates, to receivers in five languages. The sandbox and the workers are killed.

Each event is handled: exactly once by an inbox, and again after a lease only if its worker was killed.
``tests/once/run`` does this with 10,000 events.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import random
import time
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from tests.kit import services
from tests.kit.delivery import PATH
from tests.kit.sandbox import SCHEDULE_SECONDS, Sandbox
from tests.kit.servers import free_ports
from tests.once.receivers import LANGUAGES, LEASE_SECONDS, Receiver, build, make

EVENTS = int(os.environ.get("PAYVOST_ONCE_EVENTS", "200"))
SEED = int(os.environ.get("PAYVOST_ONCE_SEED", "1"))

PUBLISHERS = 4

# Between two kills.
PAUSE_SECONDS = (0.1, 0.5)
MOST_KILLS = 100

PATIENCE_SECONDS = 600

Result = TypeVar("Result")


def test_no_event_is_lost_or_doubled(built: dict[str, str], tmp_path: Path) -> None:
    build(built, tmp_path)
    with services.running("redis") as redis, services.running("postgres") as postgres:
        receivers = [
            make(language, built, store, postgres, tmp_path)
            for store in (redis, None)
            for language in LANGUAGES
        ]
        with psycopg.connect(postgres.url, autocommit=True) as database:
            database.execute("CREATE TABLE effects (receiver text, event text)")
        with provider(built, tmp_path) as sandbox, running(sandbox, receivers):
            deliver(sandbox, receivers)
            totals = patiently(sandbox.totals)
        check(receivers, postgres.url, totals)


@contextlib.contextmanager
def provider(built: dict[str, str], folder: Path) -> Iterator[Sandbox]:
    """With a database file, and duplicates of each delivery."""
    arguments = ["--database", str(folder / "sandbox.db"), "--scenario", "duplicates"]
    sandbox = Sandbox(built, *arguments, port=free_ports(1)[0], log=folder / "sandbox.log")
    try:
        sandbox.start()
        sandbox.wait_until_ready()
        yield sandbox
    finally:
        sandbox.stop()


@contextlib.contextmanager
def running(sandbox: Sandbox, receivers: list[Receiver]) -> Iterator[None]:
    """Half of the receivers get the events of one kind, and half of the other, so that each event goes to five."""
    try:
        for receiver in receivers:
            url = f"http://127.0.0.1:{receiver.port}{PATH}"
            body = {"url": url, "events": [f"{kind(receiver)}.*"]}
            webhook = sandbox.call("POST", "webhooks", body)
            receiver.start(WEBHOOK_SECRET=webhook["secret"])
        for receiver in receivers:
            receiver.wait_until_ready()
        yield
    finally:
        for receiver in receivers:
            receiver.stop()


def kind(receiver: Receiver) -> str:
    return "transfer" if receiver.is_inbox else "payment"


def events(which: str) -> list[str]:
    return [f"evt_{which}_{number}" for number in range(EVENTS // 2)]


def deliver(sandbox: Sandbox, receivers: list[Receiver]) -> None:
    """Publishes all events and turns the clock until every one is delivered. In the meantime something is killed again
    and again, but not at the end: an event has six attempts."""
    with ThreadPoolExecutor(1) as pool:
        published = pool.submit(publish_all, sandbox)
        kill(sandbox, receivers, published)
        published.result()
    for before, after in itertools.pairwise(SCHEDULE_SECONDS[1:]):
        if patiently(sandbox.totals)["pending"] == 0:
            break
        # The claims of killed workers end in real time.
        time.sleep(LEASE_SECONDS + 0.5)
        turn(sandbox, after - before)


def publish_all(sandbox: Sandbox) -> None:
    published = [*events("payment"), *events("transfer")]
    random.Random(SEED).shuffle(published)
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        list(pool.map(lambda event: publish(sandbox, event), published))
    turn(sandbox, 0)
    turn(sandbox, SCHEDULE_SECONDS[1])


def publish(sandbox: Sandbox, event: str) -> None:
    body = {"eventType": f"{event.split('_')[1]}.created", "id": event}
    patiently(lambda: sandbox.call("POST", "testing/events", body, **{"Idempotency-Key": event}))


def turn(sandbox: Sandbox, seconds: int) -> None:
    """To a given time, however often the sandbox is killed on the way."""
    until = now(sandbox) + seconds
    patiently(lambda: sandbox.advance(max(0, until - now(sandbox))))


def now(sandbox: Sandbox) -> int:
    text = patiently(lambda: sandbox.call("GET", "testing/time"))["now"]
    return int(time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))


def patiently(call: Callable[[], Result]) -> Result:
    """Again while the sandbox is down."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except (urllib.error.HTTPError, TimeoutError):
            raise
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def kill(sandbox: Sandbox, receivers: list[Receiver], published: Future[None]) -> None:
    """One after the other, until everything is published or there were enough: the sandbox, and a worker of each
    receiver. In this thread: what a thread has started is ended with it."""
    chance = random.Random(SEED)
    for number in range(MOST_KILLS):
        with contextlib.suppress(TimeoutError):
            published.exception(chance.uniform(*PAUSE_SECONDS))
        if published.done():
            break
        victim = number % (len(receivers) + 1)
        if victim == 0:
            sandbox.kill()
            sandbox.start()
            sandbox.wait_until_ready()
        else:
            receivers[victim - 1].kill_a_worker()


def check(receivers: list[Receiver], url: str, totals: dict[str, Any]) -> None:
    pairs = len(LANGUAGES) * 2 * (EVENTS // 2)
    print(f"\n{EVENTS} events, {pairs} pairs of event and receiver: {totals}")
    assert totals == {"accepted": pairs, "delivered": pairs, "pending": 0, "failed": 0}
    with psycopg.connect(url) as database:
        for receiver in receivers:
            rows = database.execute(
                "SELECT event, count(*) FROM effects WHERE receiver = %s GROUP BY 1",
                (receiver.name,),
            )
            found = dict(rows.fetchall())
            again = sum(count - 1 for count in found.values())
            print(f"{receiver.name}: {len(found)} handled, {again} again, {receiver.kills} kills")
            assert set(found) == set(events(kind(receiver)))
            assert again <= (0 if receiver.is_inbox else receiver.kills * receiver.at_once)
