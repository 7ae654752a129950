"""The sandbox as the provider: it delivers to receivers, on a clock that stands still until it is advanced."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.kit.paths import ROOT
from tests.kit.servers import Server

API_KEY = "sk_test_sandbox"

# Attempts come this many seconds after the first one.
SCHEDULE_SECONDS = (0, 5, 65, 365, 2165, 5765)

# An advance of the clock returns after everything that became due was answered.
ADVANCE_SECONDS = 600


class Sandbox(Server):
    """``arguments`` are further ones of ``payvost-webhooks sandbox``."""

    def __init__(self, env: Mapping[str, str], *arguments: str, port: int, log: Path) -> None:
        tool = str(ROOT / "target" / "bin" / "payvost-webhooks")
        listen = f"127.0.0.1:{port}"
        command = [tool, "sandbox", "--json", "--clock", "virtual", "--listen", listen, *arguments]
        super().__init__("the sandbox", command, ROOT, env, log=log, port=port)

    @property
    def ready(self) -> dict[str, Any]:
        """What it said when it was ready."""
        return json.loads(self.log.read_text("utf-8").splitlines()[0])

    def call(
        self, method: str, path: str, body: Any = None, *, seconds: float = 30, **headers: str
    ) -> Any:
        """Returns the ``data`` of the answer."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/v1/{path}"
        headers = {"Authorization": f"Bearer {API_KEY}", **headers}
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=seconds) as response:
            return json.load(response)["data"]

    def add(self, url: str) -> dict[str, Any]:
        """A webhook that subscribes to everything, with its secret."""
        return self.call("POST", "webhooks", {"url": url, "events": ["*"]})

    def publish(self, event_type: str, **details: Any) -> str:
        """Publishes an event to every webhook, and returns the event's id."""
        return self.call("POST", "testing/events", {"eventType": event_type, **details})["id"]

    def advance(self, seconds: int = 0) -> None:
        """Returns after everything that is due by then was delivered and answered."""
        body = {"seconds": seconds}
        self.call("POST", "testing/time/advance", body, seconds=ADVANCE_SECONDS)

    def totals(self) -> dict[str, int]:
        return self.call("GET", "testing/totals")

    def attempts(self, webhook: str) -> Iterator[dict[str, Any]]:
        """The log of a webhook, the latest attempt first."""
        offset = 0
        while page := self.call("GET", f"webhooks/{webhook}/logs?limit=100&offset={offset}"):
            yield from page
            offset += len(page)
