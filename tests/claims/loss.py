"""The loss of a primary of a Redis Cluster, while workers in several languages handle events.

See tests/claims/cluster. The workers are the processes of ``tests/claims``: real receivers, whose handler adds a line
to a file. A delivery whose answer is not 200 is repeated, as the provider does. Afterwards, each event must have been
handled, and what was handled more often must be explained by docs/idempotency.md:

- ``store_unavailable``: a worker handled it and could not note the completion, so its answer was 503.
- ``not replicated``: its record was on the primary that was lost, and was written shortly before that.
- ``lease over``: its worker waited for the cluster until its lease was over.
"""

from __future__ import annotations

import collections
import hashlib
import hmac
import json
import os
import queue
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import redis

from tests.kit import services
from tests.kit.environment import built_environment
from tests.kit.paths import ROOT

SECRET = "whsec_across_languages"
WORKERS = ROOT / "tests" / "claims"
EXTENSION = ROOT / "target" / "release" / "libpayvost_webhooks_php.so"
COMMANDS: dict[str, list[object]] = {
    "python": [sys.executable, WORKERS / "worker.py"],
    "node-redis": ["node", WORKERS / "worker.mjs"],
    "ioredis": ["node", WORKERS / "worker.mjs"],
    "php": ["php", "-d", f"extension={EXTENSION}", WORKERS / "worker.php"],
}
LEASE_SECONDS = 3
PAUSE_SECONDS = 0.5
"""The provider waits longer; this only spares the machine."""

BEHIND_SECONDS = 0.3
"""How long the replica is cut off before its primary dies."""

DOUBT_SECONDS = 1.0
"""A busy machine may take that long between a step and the time that is noted for it."""


class Delivery(NamedTuple):
    worker: str
    event: str
    began: float
    ended: float
    status: int


class Deliveries:
    """Hands deliveries to workers, and repeats those that are not answered with 200."""

    def __init__(self, events: list[str], times: int) -> None:
        bodies = [(event, body_of(event)) for event in events]
        self.total = len(events) * times
        self.made: list[Delivery] = []
        self._open = self.total
        self._queue: queue.PriorityQueue[tuple[float, int, str, str]] = queue.PriorityQueue()
        # New events keep coming, and their copies with them.
        chance = random.Random(17)
        for number, (event, body) in enumerate(bodies):
            for _ in range(times):
                self._put(0.0, number * times + chance.randrange(8 * times), event, body)

    def _put(self, due: float, order: int, event: str, body: str) -> None:
        self._queue.put((due, order, event, body))

    def work(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        while self._open:
            try:
                due, order, event, body = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            time.sleep(max(0.0, due - time.time()))
            command = {"do": "deliver", "body": body, "signature": signature_of(body)}
            began = time.time()
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()
            status = json.loads(process.stdout.readline())["status"]
            self.made.append(Delivery(name, event, began, time.time(), status))
            if status == 200:
                self._open -= 1
            else:
                self._put(time.time() + PAUSE_SECONDS, order, event, body)


class Effect(NamedTuple):
    event: str
    worker: str
    at: float


def main(events: int = 1000, times: int = 64) -> None:
    names = [f"evt_{number}" for number in range(events)]
    deliveries = Deliveries(names, times)
    with services.running("redis-cluster", "1") as service, tempfile.TemporaryDirectory() as folder:
        effects = Path(folder) / "effects"
        effects.touch()
        workers = {
            f"{name} {number}": start(name, service.url, effects, f"{name} {number}")
            for name in COMMANDS
            for number in (1, 2)
        }
        threads = [threading.Thread(target=deliveries.work, args=each) for each in workers.items()]
        try:
            for thread in threads:
                thread.start()
            lost_at, lost_slots = lose_a_primary(service, deliveries)
            for thread in threads:
                thread.join()
        finally:
            for process in workers.values():
                process.kill()
                process.wait()
        slots = {name: slot_of(service, name) for name in names}
        lines = [line.split("\t") for line in effects.read_text("utf-8").splitlines()]
    told = [Effect(event, worker, float(at)) for event, worker, at in lines]
    report(names, deliveries, told, lost_at, lambda event: slots[event] in lost_slots)


def start(name: str, url: str, effects: Path, worker: str) -> subprocess.Popen[str]:
    env = built_environment() | {
        "EFFECTS": str(effects),
        "WORKER": worker,
        "LEASE": str(LEASE_SECONDS),
        "CLIENT": name,
    }
    if name == "php":
        # Here the extension is named on the command line.
        env.pop("PHP_INI_SCAN_DIR", None)
    command = [*map(str, COMMANDS[name]), url, SECRET]
    return subprocess.Popen(
        command,
        env=env,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def lose_a_primary(service: services.Service, deliveries: Deliveries) -> tuple[float, range]:
    """Kills the second primary after a third of the deliveries. Returns when, and its slots.

    On one machine a replica has everything at once, and nothing would be lost. So it is cut off for a moment before.
    """
    with redis.Redis(port=service.port) as client:
        while True:
            slots = sorted(client.execute_command("CLUSTER SLOTS"))
            # A replica is listed a moment after the cluster has started.
            has_replicas = all(len(nodes) == 2 for _, _, *nodes in slots)
            if has_replicas and len(deliveries.made) >= deliveries.total // 3:
                break
            time.sleep(0.01)
    first, last, (_, primary, *_), (_, replica, *_) = slots[1]
    pids = {port: pid_of(service.folder, port) for port in (primary, replica)}
    os.kill(pids[replica], signal.SIGSTOP)
    with redis.Redis(port=primary) as client:
        client.execute_command("CLIENT KILL", "TYPE", "replica")
    time.sleep(BEHIND_SECONDS)
    os.kill(pids[primary], signal.SIGKILL)
    lost_at = time.time()
    os.kill(pids[replica], signal.SIGCONT)
    return lost_at, range(first, last + 1)


def pid_of(folder: Path, port: int) -> int:
    """The process of the node with this port, by its own line in its configuration."""
    for node in folder.glob("*/nodes.conf"):
        if re.search(rf":{port}@\S+ myself", node.read_text()):
            return int((node.parent / "pid").read_text())
    raise LookupError(port)


def slot_of(service: services.Service, event: str) -> int:
    with redis.Redis(port=service.port) as client:
        return int(client.execute_command("CLUSTER KEYSLOT", f"webhook:{event}"))


def report(
    names: list[str], deliveries: Deliveries, effects: list[Effect], lost_at: float, was_lost: Any
) -> None:
    by_event: dict[str, list[Effect]] = collections.defaultdict(list)
    for effect in effects:
        by_event[effect.event].append(effect)
    reasons: collections.Counter[str] = collections.Counter()
    unexplained = []
    for event, several in by_event.items():
        several.sort(key=lambda effect: effect.at)
        for effect in several[:-1]:
            reason = reason_of(effect, deliveries.made, lost_at, was_lost(event))
            reasons[reason] += 1
            if reason == "unexplained":
                unexplained.append(
                    (event, effect.at - lost_at, [each.at - lost_at for each in several])
                )
    statuses = collections.Counter(delivery.status for delivery in deliveries.made)
    missing = [event for event in names if event not in by_event]
    print(
        f"events: {len(names)}, deliveries: {deliveries.total}, requests: {len(deliveries.made)}"
        f", answers: {dict(statuses)}"
    )
    print(
        f"effects: {len(effects)}; lost: {len(missing)}; handled again: {sum(reasons.values())} {dict(reasons)}"
    )
    recovered = [
        each.began
        for each in deliveries.made
        if each.status == 200 and was_lost(each.event) and each.began > lost_at
    ]
    print(
        f"the slots of the lost primary were served again after {min(recovered, default=lost_at) - lost_at:.1f} s"
    )
    assert not missing, missing
    assert not unexplained, unexplained


def reason_of(effect: Effect, made: list[Delivery], lost_at: float, was_lost: bool) -> str:
    """Why an event was handled again after this effect."""
    delivery = next(
        each
        for each in made
        if (each.worker, each.event) == (effect.worker, effect.event)
        and each.began <= effect.at <= each.ended
    )
    if delivery.status == 503:
        return "store_unavailable"
    if delivery.ended - delivery.began >= LEASE_SECONDS:
        return "lease over"
    if (
        was_lost
        and lost_at - BEHIND_SECONDS - DOUBT_SECONDS <= delivery.ended <= lost_at + DOUBT_SECONDS
    ):
        return "not replicated"
    return "unexplained"


def body_of(event: str) -> str:
    return json.dumps(
        {
            "id": event,
            "type": "payment.succeeded",
            "createdAt": "2025-11-01T10:00:00Z",
            "liveMode": True,
            "data": {"amount": "99.99"},
        }
    )


def signature_of(body: str) -> str:
    return hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
