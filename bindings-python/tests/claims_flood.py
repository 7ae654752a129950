"""A worker process of test_stores_once.py: delivers all events in several threads or tasks at once.

    python claims_flood.py KIND STORE-URL EFFECTS-URL EVENTS THREADS

Begins when it is sent a line, and prints how the deliveries ended, as JSON.
"""

from __future__ import annotations

import asyncio
import collections
import json
import logging
import sys
import threading
import time
from typing import Any

import redis
from kinds import LOOP, make_store
from samples import EVENT, SECRET, signed

from payvost_webhooks import verify_webhook
from payvost_webhooks.receiver import WebhookReceiver

EFFECT_SECONDS = 0.002
"""How long a handler takes. During this gap, duplicates slip through if nobody claims the event."""


def bodies(count: int) -> list[tuple[bytes, str]]:
    made = [json.dumps({**EVENT, "id": f"evt_{number}"}).encode() for number in range(count)]
    return [(body, signed(body)) for body in made]


def guide(effects: redis.Redis) -> Any:
    """As in the provider's guide: look up the event, handle it, mark it."""

    def deliver(body: bytes, signature: str) -> str:
        event = verify_webhook(body, signature, SECRET)
        key = f"webhook:{event['id']}"
        if effects.get(key):
            return "already_handled"
        effects.incr(f"effects:guide:{event['id']}")
        time.sleep(EFFECT_SECONDS)
        effects.set(key, "processed", ex=86_400)
        return "handled"

    return deliver


def receiver_of(kind: str, url: str, effects: redis.Redis, results: list[str]) -> WebhookReceiver:
    def handle(event: Any, claim: Any) -> None:
        if claim.connection is None:
            effects.incr(f"effects:{kind}:{event['id']}")
        else:
            claim.connection.cursor().execute(f"INSERT INTO effects VALUES ('{event['id']}')")
        time.sleep(EFFECT_SECONDS)

    async def handle_async(event: Any, claim: Any) -> None:
        if claim.connection is None:
            effects.incr(f"effects:{kind}:{event['id']}")
        else:
            await claim.connection.execute(f"INSERT INTO effects VALUES ('{event['id']}')")
        await asyncio.sleep(EFFECT_SECONDS)

    return WebhookReceiver(
        SECRET,
        handle_async if kind.endswith("-async") else handle,
        store=make_store(kind, url, keep_deliveries=False),
        on_result=lambda result: results.append(result.code),
    )


def main(kind: str, url: str, effects_url: str, events: str, threads: str) -> None:
    logging.disable(logging.CRITICAL)
    effects = redis.Redis.from_url(effects_url)
    deliveries, results = bodies(int(events)), list[str]()
    receiver = None if kind == "guide" else receiver_of(kind, url, effects, results)
    look_up = guide(effects)
    sys.stdin.readline()

    def worker() -> None:
        for body, signature in deliveries:
            if receiver is None:
                results.append(look_up(body, signature))
            else:
                receiver.receive(body, signature)

    async def task() -> None:
        assert receiver is not None
        for body, signature in deliveries:
            await receiver.receive_async(body, signature)

    async def tasks() -> None:
        await asyncio.gather(*(task() for _ in range(int(threads))))

    if kind.endswith("-async"):
        LOOP.run(tasks(), 300)
    else:
        workers = [threading.Thread(target=worker) for _ in range(int(threads))]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    print(json.dumps(collections.Counter(results)))


if __name__ == "__main__":
    main(*sys.argv[1:])
