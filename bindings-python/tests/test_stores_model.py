"""Random steps get the same replies from all stores as from the memory store, which is the reference.

Time is not waited for: the records of the real stores are aged, and the clock of the one in memory is set forward.
"""

from __future__ import annotations

import contextlib
import json
import random
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from kinds import LEASES, connect, make_store, settled
from samples import EVENT, SECRET, signed

from payvost_webhooks import sign
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import ClaimRequest, KeptDelivery, MemoryStore

SEEDS = range(4)
STEPS = 250
LEASE, REMEMBER = 60, 6_000


class Clock(MemoryStore):
    """The memory store, with its own clock."""

    now = 1_000_000

    def _now(self) -> int:
        return self.now


def request_of(prefix: str, number: int, variant: int) -> tuple[ClaimRequest, KeptDelivery]:
    body = json.dumps({**EVENT, "id": f"evt_{number}", "data": {"variant": variant}}).encode()
    store = MemoryStore(lease=LEASE, remember=REMEMBER, prefix=prefix)
    request = (
        WebhookReceiver(SECRET, print, store=store)._native.arrived(body, signed(body)).request
    )
    assert request is not None
    return request, KeptDelivery(body, signed(body))


def age(url: str, prefix: str, milliseconds: int) -> None:
    """Make all records of a store older."""
    if url.startswith("redis"):
        with redis.Redis.from_url(url, decode_responses=True) as client:
            for key in client.scan_iter(f"{prefix}:*"):
                for field in ("lease_until", "changed_at"):
                    if client.hget(key, field):
                        client.hincrby(key, field, -milliseconds)
                left = client.pttl(key) - milliseconds
                client.pexpire(key, left) if left > 0 else client.delete(key)
            for member, _ in client.zrange(f"{prefix}-open", 0, -1, withscores=True):
                client.zincrby(f"{prefix}-open", -milliseconds, member)
        return
    with contextlib.closing(connect(url)) as connection:
        connection.cursor().execute(
            f"UPDATE payvost_webhook_claims SET lease_until = lease_until - {milliseconds},"
            f" forget_at = forget_at - {milliseconds}, changed_at = changed_at - {milliseconds}"
        )
        connection.commit()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [kind for kind in LEASES if kind != "memory"])
def test_the_same_replies(kind: str, seed: int, url_of: Callable[[str], str]) -> None:
    url, chance, prefix = url_of(kind), random.Random(seed), f"model-{kind}-{seed}"
    settings: dict[str, Any] = {"lease": LEASE, "remember": REMEMBER, "prefix": prefix}
    real, model = make_store(kind, url, **settings), Clock(**settings)
    if "redis" not in kind:
        settled(real.create_table())
    tokens = [f"{number:032x}" for number in range(3)]
    seen: set[str] = set()
    for _ in range(STEPS):
        request, delivery = request_of(prefix, chance.randrange(3), chance.randrange(5) // 4)
        key, token = request.key, chance.choice(tokens)
        kept = chance.choice([None, delivery])
        steps: list[tuple[str, tuple[Any, ...]]] = [
            ("claim", (request, token, kept)),
            ("claim", (request, token, kept)),
            ("extend", (key, token, chance.choice([1_000, 60_000, 7_000_000]))),
            ("complete", (key, token)),
            ("release", (key, token, "TimeoutError")),
            ("delivery", (key,)),
            ("dead_letters", (1000,)),
        ]
        name, arguments = chance.choice(steps)
        expected = getattr(model, name)(*arguments)
        got = settled(getattr(real, name)(*arguments))
        told = f"{name} {arguments[1:]}: {got}, and not {expected}"
        if name == "claim":
            assert got[0] == expected[0], told
            # The wait is the rest of a lease; the real clock continues during the test.
            tolerance = {"claimed": 0, "in_progress": 20_000}.get(got[0])
            assert tolerance is None or abs(got[1] - expected[1]) <= tolerance, told
            seen.add(got[0])
        elif name == "dead_letters":
            mine = [letter for letter in got if letter.key.startswith(prefix)]
            assert {letter[:5] for letter in mine} == {letter[:5] for letter in expected}, told
            ages = {letter.key: letter.age for letter in expected}
            assert all(abs(letter.age - ages[letter.key]) < 20 for letter in mine), told
            seen.update(letter.reason for letter in mine)
        else:
            assert got == expected, told
            seen.add(f"{name} {bool(got)}")
        if chance.randrange(5) == 0:
            # Far from any limit, so that the duration of the test does not matter.
            milliseconds = chance.choice([30_000, 95_000, 95_000, 3_000_000, 20_000_000])
            age(url, prefix, milliseconds)
            model.now += milliseconds
    assert {"claimed", "in_progress", "done", "conflict"} <= seen
    assert {"extend True", "extend False", "complete True", "release True"} <= seen


def test_a_million_events_do_not_fill_the_memory() -> None:
    store = MemoryStore(capacity=10_000)
    receiver = WebhookReceiver(SECRET, print, store=store)._native
    body = json.dumps({**EVENT, "id": "evt_%d"}).encode()
    before = 0
    for number in range(1_000_000):
        payload = body.replace(b"%d", b"%d" % number)
        request = receiver.arrived(payload, sign(payload, SECRET)).request
        assert request is not None
        store.claim(request, "a", KeptDelivery(payload, "0" * 64))
        if number % 10:
            store.complete(request.key, "a")
        else:
            store.release(request.key, "a", "TimeoutError")
        if number == 50_000:
            before = resident()
    assert len(store) == 10_000
    assert resident() - before < 16 << 20


def resident() -> int:
    """The memory of the process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()
