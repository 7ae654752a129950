"""The sandbox delivers to the receivers through an outage and a rotation of their secrets, on a clock of its own."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.kit.cases import DOCUMENTED_TYPES
from tests.kit.delivery import PATH
from tests.kit.sandbox import SCHEDULE_SECONDS, Sandbox
from tests.kit.servers import Server, running

OUTAGE_SECONDS = 40 * 60


@dataclass(frozen=True)
class Act:
    """``run`` publishes events and returns their ids. ``expected`` says how each of them must have ended."""

    name: str
    run: Callable[[], Sequence[str]]
    expected: str


class Provider:
    """Delivers to receivers that are not running yet: each needs the secret of its webhook."""

    def __init__(self, sandbox: Sandbox, receivers: Sequence[Server]) -> None:
        self._sandbox = sandbox
        self._receivers = receivers
        self._webhooks: dict[str, str] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with running([self._sandbox]), contextlib.ExitStack() as stack:
            for receiver in self._receivers:
                webhook = self._sandbox.add(f"http://127.0.0.1:{receiver.port}{PATH}")
                self._webhooks[receiver.name] = webhook["id"]
                stack.callback(receiver.stop)
                receiver.start(WEBHOOK_SECRET=webhook["secret"])
            self._wait()
            yield

    def acts(self) -> list[Act]:
        missed = sum(1 for seconds in SCHEDULE_SECONDS if seconds < OUTAGE_SECONDS)
        return [
            Act("nothing goes wrong", self._publish, "200"),
            Act("down for 40 minutes", self._outage, f"200 at attempt {missed + 1}"),
            Act("the secret is rotated", self._rotation, "200 at attempt 2"),
        ]

    def answers(self, events: Sequence[str]) -> dict[str, str]:
        """How the events ended at each receiver."""
        return {
            name: self._answers(webhook, frozenset(events))
            for name, webhook in self._webhooks.items()
        }

    def totals(self) -> dict[str, int]:
        return self._sandbox.totals()

    def _publish(self) -> list[str]:
        events = [self._sandbox.publish(event_type) for event_type in DOCUMENTED_TYPES]
        self._sandbox.advance(1)
        return events

    def _outage(self) -> list[str]:
        for receiver in self._receivers:
            receiver.stop()
        events = self._publish()
        self._sandbox.advance(OUTAGE_SECONDS)
        for receiver in self._receivers:
            receiver.start()
        self._wait()
        self._sandbox.advance(SCHEDULE_SECONDS[-1] - OUTAGE_SECONDS)
        return events

    def _rotation(self) -> list[str]:
        secrets = {
            name: self._sandbox.call("POST", f"webhooks/{webhook}/rotate-secret")["secret"]
            for name, webhook in self._webhooks.items()
        }
        events = self._publish()
        for receiver in self._receivers:
            receiver.stop()
            receiver.start(WEBHOOK_SECRET=secrets[receiver.name])
        self._wait()
        self._sandbox.advance(SCHEDULE_SECONDS[1])
        return events

    def _wait(self) -> None:
        for receiver in self._receivers:
            receiver.wait_until_ready()

    def _answers(self, webhook: str, events: frozenset[str]) -> str:
        attempts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for attempt in self._sandbox.attempts(webhook):
            attempts[attempt["event"]["id"]].append(attempt)
        return " or ".join(sorted({ending(attempts[event]) for event in events}))


def ending(attempts: Sequence[dict[str, Any]]) -> str:
    """``attempts`` at one event, the last one first."""
    if not attempts:
        return "not sent"
    last = attempts[0]
    answer = str(last["responseCode"] or last["error"] or last["status"])
    return answer if len(attempts) == 1 else f"{answer} at attempt {len(attempts)}"
