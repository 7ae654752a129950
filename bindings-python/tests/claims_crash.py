"""A worker process of test_stores_crashes.py, which kills itself at a point of one delivery.

python claims_crash.py KIND STORE-URL EFFECTS-FILE POINT     the body on standard input

Without a point it delivers until it is received.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import Any

from kinds import deliver, make_store
from samples import SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver

POINTS = [
    "before the claim",
    "after the claim",
    "in the handler",
    "after the effect",
    "after complete",
]


class Worker:
    def __init__(self, kind: str, url: str, effects: str, point: str) -> None:
        self.point = point
        self.effects = effects
        self.store = make_store(kind, url, lease=1)
        is_async = kind.endswith("-async")
        if kind.startswith("inbox"):
            self.store.begin = self.dying(self.store.begin, "after the claim")
        else:
            self.store.claim = self.dying(self.store.claim, "after the claim")
            self.store.complete = self.dying(self.store.complete, "after complete")
        handler = self.handle_async if is_async else self.handle
        self.receiver = WebhookReceiver(SECRET, handler, store=self.store)

    def die(self, point: str) -> None:
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(self, step: Any, point: str) -> Any:
        """A step of the store, after which the process kills itself."""

        def last(result: Any) -> Any:
            if hasattr(result, "commit"):
                result.commit = self.dying(result.commit, "after complete")
            self.die(point)
            return result

        async def asynchronous(*arguments: Any) -> Any:
            return last(await step(*arguments))

        def blocking(*arguments: Any) -> Any:
            return last(step(*arguments))

        return asynchronous if asyncio.iscoroutinefunction(step) else blocking

    def handle(self, event: Any, claim: Any) -> None:
        self.die("in the handler")
        if claim.connection is None:
            self.write(event["id"])
        else:
            claim.connection.cursor().execute(f"INSERT INTO crash_effects VALUES ('{event['id']}')")
        self.die("after the effect")

    async def handle_async(self, event: Any, claim: Any) -> None:
        self.die("in the handler")
        if claim.connection is None:
            self.write(event["id"])
        else:
            await claim.connection.execute(f"INSERT INTO crash_effects VALUES ('{event['id']}')")
        self.die("after the effect")

    def write(self, event_id: str) -> None:
        with open(self.effects, "a", encoding="utf-8") as file:
            file.write(f"{event_id}\n")


def main(kind: str, url: str, effects: str, point: str) -> None:
    worker = Worker(kind, url, effects, point)
    body = sys.stdin.buffer.read()
    worker.die("before the claim")
    deadline = time.monotonic() + 30
    status = 0
    while status != 200 and time.monotonic() < deadline:
        status = deliver(worker.receiver, body, signed(body)).status
        print(status, flush=True)
        time.sleep(0.2)
    # Skip closing the pools.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
