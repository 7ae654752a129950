"""A local Payvost for tests. With pytest, use the fixture :func:`payvost_sandbox <.pytest_plugin.payvost_sandbox>`."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Optional, TypedDict

from payvost_webhooks.errors import ApiError, ConfigurationError
from payvost_webhooks.manage import CreatedWebhook, DeliveryAttempt, Payvost
from payvost_webhooks.testing import as_json

__all__ = ["Sandbox", "Totals"]


class Totals(TypedDict):
    """Pairs of an event and an endpoint. ``accepted`` is always the sum of the other three."""

    accepted: int
    delivered: int
    """The receiver responded with a status of 2xx."""
    pending: int
    """In flight, or waiting for the next attempt."""
    failed: int
    """No attempt succeeded, and no more will follow."""


class Sandbox:
    """The program ``payvost-webhooks sandbox``, on a free port, in memory, with a clock that you advance.

    It ends with this process, even if that is killed. It is a context manager.

    Args:
        secret: The secret of each endpoint until it is rotated. Default: a random one.
        scenarios: What goes wrong on the way, such as ``"duplicates"``. ``payvost-webhooks sandbox --list-scenarios``
            lists them.
        arguments: Other options of ``payvost-webhooks sandbox``.
        program: Where the program is. Default: the environment variable ``PAYVOST_WEBHOOKS_BIN``, or else
            ``payvost-webhooks`` on the ``PATH``.
        timeout: How long it may take to start, in seconds.

    Raises:
        ConfigurationError: ``invalid_option``: the program is missing, or does not start.
    """

    secret: str
    """The secret of each endpoint until it is rotated."""

    base_url: str
    """Where the API listens: ``http://127.0.0.1:…``."""

    api_key: str
    """The key for the API."""

    client: Payvost
    """A client of the API."""

    def __init__(
        self,
        *,
        secret: Optional[str] = None,
        scenarios: Iterable[str] = (),
        arguments: Iterable[str] = (),
        program: Optional[str] = None,
        timeout: float = 10,
    ) -> None:
        self.secret = secret or f"whsec_{secrets.token_hex(24)}"
        self._endpoints: list[str] = []
        program = program or os.environ.get("PAYVOST_WEBHOOKS_BIN") or "payvost-webhooks"
        command = [program, "sandbox", "--listen", "127.0.0.1:0", "--clock", "virtual", "--json"]
        for name in scenarios:
            command += ["--scenario", name]
        ready = self._start([*command, *arguments, "--", *WAIT_FOR_PARENT], timeout)
        self.base_url, self.api_key = ready["baseUrl"], ready["apiKey"]
        self.client = Payvost(self.api_key, base_url=self.base_url)

    def add_endpoint(self, url: str, events: Iterable[str] = ("*",)) -> CreatedWebhook:
        """Register a receiver. By default it gets all events."""
        webhook = self.client.webhooks.create(url=url, events=list(events))
        self._endpoints.append(webhook["id"])
        return webhook

    def publish(
        self, event_type: str, *, id: Optional[str] = None, data: Optional[Mapping[str, Any]] = None
    ) -> str:
        """Publish an event to each endpoint that subscribes to its type, and return its id.

        The delivery begins at once. :meth:`settle` waits for it.

        Args:
            event_type: An event type such as ``payment.succeeded``.
            id: The id of the event. Default: a new one.
            data: Fields of ``data`` that differ from the documented sample. They can be ``Decimal``, ``datetime`` and
                ``date``, as in :func:`payvost_webhooks.testing.sample_event`.
        """
        body = {"eventType": event_type, "id": id, "data": as_json(data)}
        given = {name: value for name, value in body.items() if value is not None}
        return str(self._call("events", given)["id"])

    def advance(self, *, hours: int = 0, minutes: int = 0, seconds: int = 0) -> datetime:
        """Advance the clock. Returns the new time, once each attempt that became due has been answered."""
        clock = self.client.testing.advance_time(hours=hours, minutes=minutes, seconds=seconds)
        return _time(clock["now"])

    def settle(self) -> None:
        """Wait until each attempt that is due at the present moment has been answered."""
        self.advance(seconds=0)

    @property
    def now(self) -> datetime:
        """The time of the sandbox."""
        return _time(self._call("time")["now"])

    def logs(self, endpoint: Optional[str] = None, **filters: Any) -> list[DeliveryAttempt]:
        """The attempts to deliver, the oldest first.

        Args:
            endpoint: The id of an endpoint. Default: all endpoints of :meth:`add_endpoint`.
            filters: ``status="failed"``, for example.
        """
        attempts: list[DeliveryAttempt] = []
        for id in self._endpoints if endpoint is None else [endpoint]:
            attempts += self.client.webhooks.get_logs(id, limit=100, **filters)
        return sorted(attempts, key=lambda attempt: (attempt["attemptedAt"], attempt["attempt"]))

    def totals(self) -> Totals:
        """How many deliveries there are, and how they stand."""
        totals: Totals = self._call("totals")
        return totals

    def reset(self) -> None:
        """Delete all endpoints, events and attempts, and set the clock to the present."""
        self.client.testing.reset_all_data()
        self.client.testing.reset_time()
        self._endpoints.clear()

    def close(self) -> None:
        """End the sandbox. Deliveries in flight are cut off."""
        self.client.close()
        self._end()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, command: list[str], timeout: float) -> Any:
        environment = {**os.environ, "PAYVOST_SANDBOX_SECRET": self.secret}
        with tempfile.TemporaryFile() as errors:
            try:
                pipe = subprocess.PIPE
                self._process = subprocess.Popen(
                    command, env=environment, stdin=pipe, stdout=pipe, stderr=errors
                )
            except OSError as error:
                raise _missing(command[0], error) from None
            assert self._process.stdout is not None
            timer = threading.Timer(timeout, self._process.kill)
            timer.start()
            line = self._process.stdout.readline()
            timer.cancel()
            if line:
                return json.loads(line)
            self._end()
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
        raise ConfigurationError(
            f"the sandbox did not start: {said or f'it printed nothing for {timeout:g} s'}",
            "invalid_option",
            "Check scenarios and arguments, or pass a longer timeout.",
        )

    def _end(self) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()

    def _call(self, path: str, body: Optional[Mapping[str, Any]] = None) -> Any:
        """Make a call of the sandbox's own, which the client does not have."""
        request = urllib.request.Request(
            f"{self.base_url}/v1/testing/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.api_key}"},
        )
        try:
            with _DIRECT.open(request, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as response:
            with response:
                error = json.load(response)["error"]
            hint = "See docs/guides/sandbox.md."
            raise ApiError(
                error["message"], error["code"], hint, response.code, error.get("field")
            ) from None


WAIT_FOR_PARENT = (
    [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
    if sys.platform == "win32"
    else ["cat"]
)
"""A command that ends with its standard input, at the latest with this process. The sandbox ends with its command."""

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Sends requests to this machine without a proxy."""


def _time(text: object) -> datetime:
    # Before Python 3.11, `fromisoformat` does not read the Z.
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def _missing(program: str, error: OSError) -> ConfigurationError:
    if isinstance(error, FileNotFoundError):
        message = f"the program {program} was not found"
    else:
        message = f"the program {program} could not be started: {error.strerror}"
    hint = "Put payvost-webhooks on the PATH, or set PAYVOST_WEBHOOKS_BIN to its location."
    return ConfigurationError(f"{message}. {hint}", "invalid_option", hint)
