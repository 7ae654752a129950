"""Sequences that all languages run on each store: the requests of two workers, and the replies."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from kinds import CLUSTERS, DRIVERS, LEASES, client_of, cluster_at, connect, settled, store_on
from samples import EVENT, SECRET, signed

from payvost_webhooks import ConfigurationError
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import ClaimRequest, KeptDelivery, _lease

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = Path(os.environ.get("CLAIMS_VECTORS", REPOSITORY / "tests" / "vectors" / "claims"))
OBSERVED = Path(os.environ.get("OBSERVED", REPOSITORY / "target" / "observed")) / "claims"
CASES = {
    case["id"]: case
    for path in sorted(VECTORS.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
}
TOKENS = {"A": "a" * 32, "B": "b" * 32}


def payload(event_id: str, body: str) -> bytes:
    """An event that can be claimed. Its data distinguishes variants."""
    event = {**EVENT, "id": event_id, "data": {"body": body}}
    return json.dumps(event, ensure_ascii=False).encode()


class Sequence:
    def __init__(self, store: Any, prefix: str, make: Callable[[str], Any]) -> None:
        self.store, self.own_prefix, self.make = store, prefix, make
        self.receiver = WebhookReceiver(SECRET, print, store=store)._native

    def request(self, event_id: str, body: str) -> ClaimRequest:
        raw = payload(event_id, body)
        request = self.receiver.arrived(raw, signed(raw)).request
        assert request is not None
        return request

    def claim(self, event: str, body: str, worker: str, **_: Any) -> Any:
        raw = payload(event, body)
        kept = KeptDelivery(raw, signed(raw))
        reply = self.store.claim(self.request(event, body), TOKENS[worker], kept)
        word, number = settled(reply)
        return {word: number} if word == "claimed" else word

    def take(self, event: str, worker: str, ticket_of: str, **_: Any) -> Any:
        ticket = {"key": self.key(event), "token": TOKENS[ticket_of]}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_lease, "new_token", lambda: TOKENS[worker])
            taken = settled(self.store.take(ticket))
        if taken.state != "claimed":
            assert taken.claim is None
            assert (taken.wait > 0) == (taken.state == "in_progress")
            return taken.state
        assert taken.claim.token == TOKENS[ticket_of] + TOKENS[worker]
        return {taken.state: taken.claim.attempt}

    def discard(self, event: str, **_: Any) -> Any:
        return settled(self.store.discard(self.key(event)))

    def complete(self, event: str, **worker: Any) -> Any:
        return settled(self.store.complete(self.key(event), token_of(**worker)))

    def release(self, event: str, error: str, **worker: Any) -> Any:
        return settled(self.store.release(self.key(event), token_of(**worker), error))

    def extend(self, event: str, milliseconds: int, **worker: Any) -> Any:
        return settled(self.store.extend(self.key(event), token_of(**worker), milliseconds))

    def delivery(self, event: str, **_: Any) -> Any:
        kept = settled(self.store.delivery(self.key(event)))
        if kept is None:
            return None
        assert kept.signature == signed(kept.payload)
        return json.loads(kept.payload)["data"]["body"]

    def dead_letters(self, **_: Any) -> Any:
        return [
            [letter.key.removeprefix(f"{self.own_prefix}:"), *letter[2:5]]
            for letter in settled(self.store.dead_letters(1000))
        ]

    def prefix(self, prefix: str, **_: Any) -> bool:
        try:
            self.make(prefix)
        except ConfigurationError as error:
            assert error.code == "invalid_option"
            return False
        return True

    def key(self, event_id: str) -> str:
        return self.request(event_id, "").key


def token_of(worker: str, ticket_of: str | None = None, **_: Any) -> str:
    """The token of a worker, prefixed with that of the ticket it has taken."""
    return ("" if ticket_of is None else TOKENS[ticket_of]) + TOKENS[worker]


REPLIES: dict[tuple[str, str], list[Any]] = {}
"""The result of each step, by store and case."""


def replies(kind: str, name: str, url: str) -> list[Any]:
    """The results of the steps of a case. The cases that wait run at the first request for one of them."""
    if (kind, name) not in REPLIES:
        if kind not in CLIENTS:
            CLIENTS[kind] = client_of(kind, url)
        REPLIES.update(run(kind, url, CLIENTS[kind], WAITING if name in WAITING else [name]))
    return REPLIES[kind, name]


CLIENTS: dict[str, Any] = {}
"""The client that all cases on a store share."""

WAITING = [
    name for name, case in CASES.items() if any(step["do"] == "wait" for step in case["steps"])
]


def run(kind: str, url: str, client: Any, names: list[str]) -> dict[tuple[str, str], list[Any]]:
    """Run these cases. While one waits, the next one runs; a wait may take longer than it says."""
    results: dict[tuple[str, str], list[Any]] = {}
    pending = []
    for name in names:
        case, settings = CASES[name], dict[str, Any](prefix=name)
        if "lease_seconds" in case["policy"]:
            settings["lease"] = case["policy"]["lease_seconds"]
        store = store_on(kind, client, **settings)
        if kind != "memory" and "redis" not in kind:
            settled(store.create_table())
        if kind != "memory":
            forget(kind, url, name)
        sequence = Sequence(store, name, lambda prefix: store_on(kind, client, prefix=prefix))
        results[kind, name] = observed = list[Any]()
        pending.append((0.0, observed, sequence, iter(case["steps"])))
    while pending:
        moment, observed, sequence, steps = pending.pop(0)
        time.sleep(max(0.0, moment - time.monotonic()))
        for step in steps:
            if step["do"] == "wait":
                observed.append(None)
                moment = time.monotonic() + step["milliseconds"] / 1000
                pending.append((moment, observed, sequence, steps))
                break
            observed.append(getattr(sequence, step["do"])(**step))
    return results


@pytest.mark.parametrize("kind", [*LEASES, *CLUSTERS, *DRIVERS])
@pytest.mark.parametrize("name", CASES)
def test_a_sequence(name: str, kind: str, url_of: Callable[[str], str]) -> None:
    expected = [step.get("expect") for step in CASES[name]["steps"]]
    assert replies(kind, name, url_of(kind)) == expected


def test_observations_are_written_for_comparison(url_of: Callable[[str], str]) -> None:
    lines = [
        {"id": f"{named(kind)}/{name}", "replies": replies(kind, name, url_of(kind))}
        for kind in (*LEASES, *CLUSTERS)
        for name in CASES
    ]
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    OBSERVED.mkdir(parents=True, exist_ok=True)
    (OBSERVED / "python.jsonl").write_text(text, "utf-8")


def named(kind: str) -> str:
    return kind.replace("mysql", "mariadb").replace("-", " ")


def forget(kind: str, url: str, prefix: str) -> None:
    """The record that another client of the same store has left."""
    if kind.startswith("redis"):
        with cluster_at(url) if "cluster" in kind else redis.Redis.from_url(url) as client:
            for key in client.scan_iter(f"{prefix}*"):
                client.delete(key)
        return
    with contextlib.closing(connect(url)) as connection:
        words = f"DELETE FROM payvost_webhook_claims WHERE claim_key LIKE '{prefix}:%'"
        connection.cursor().execute(words)
        connection.commit()
