"""The testing tools for users of the package."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from samples import EVENT, signed

import payvost_webhooks.testing
from payvost_webhooks import (
    ConfigurationError,
    EventRejectedError,
    WebhookVerifier,
    verify_webhook,
)
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.testing import sample_event, signed_request


def test_a_sample_event_has_the_overrides() -> None:
    plain = sample_event("payment.succeeded")
    event = sample_event(
        "payment.succeeded",
        id="evt_mine",
        liveMode=True,
        data={"amount": "1.00", "customer": {"name": "Zoë"}, "extra": [1]},
        previousData={"amount": "2.00"},
    )
    assert event["data"]["customer"] == {**plain["data"]["customer"], "name": "Zoë"}
    assert event == {
        **plain,
        "id": "evt_mine",
        "liveMode": True,
        "previousData": {"amount": "2.00"},
        "data": {
            **plain["data"],
            "amount": "1.00",
            "customer": event["data"]["customer"],
            "extra": [1],
        },
    }
    assert plain == sample_event("payment.succeeded")


def test_a_sample_of_an_undocumented_type() -> None:
    assert sample_event("payment.created", type="payment.disputed")["type"] == "payment.disputed"
    with pytest.raises(ValueError, match=r"payment\.disputed"):
        sample_event("payment.disputed")


def test_fresh_samples_are_independent_events() -> None:
    events = [sample_event("payment.succeeded", fresh=True) for _ in range(3)]
    assert len({event["id"] for event in events}) == 3
    receiver = WebhookReceiver(
        WebhookVerifier("whsec_example", tolerance=60), lambda event: None, store=MemoryStore()
    )
    results = []
    receiver.on_result = results.append
    for event in [*events, sample_event("payment.succeeded"), events[0]]:
        body, headers = signed_request(event, "whsec_example")
        receiver.receive(body, headers["Payvost-Signature"])
    codes = [result.code for result in results]
    assert codes == ["handled"] * 3 + ["event_too_old", "already_handled"]
    assert sample_event("payment.succeeded", fresh=True, id="evt_mine")["id"] == "evt_mine"


def test_overrides_of_other_python_types() -> None:
    noon = datetime(2026, 1, 2, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    data = {
        "amount": Decimal("1E+2"),
        "paidAt": noon,
        "parts": [Decimal("0.10"), (date(2026, 1, 2),)],
    }
    event = sample_event("payment.succeeded", createdAt=noon, data=data)
    assert event["createdAt"] == event["data"]["paidAt"] == "2026-01-02T10:30:00Z"
    assert event["data"]["amount"] == "100"
    assert event["data"]["parts"] == ["0.10", ["2026-01-02"]]
    body, headers = signed_request({**event, "createdAt": noon}, "whsec_example")
    assert verify_webhook(body, headers["Payvost-Signature"], "whsec_example") == event
    with pytest.raises(ValueError, match="time zone"):
        sample_event("payment.succeeded", createdAt=datetime(2026, 1, 2))


def test_the_clock_of_a_verifier_can_be_set() -> None:
    now = datetime(2025, 11, 1, 10, 0, 30, tzinfo=timezone.utc)
    verifier = WebhookVerifier("whsec_example", tolerance=60, clock=lambda: now.timestamp())
    body, headers = signed_request(sample_event("payment.succeeded"), "whsec_example")
    assert (
        verifier.verify(body, headers["Payvost-Signature"])["createdAt"] == "2025-11-01T10:00:00Z"
    )
    for minutes, code in ((2, "event_too_old"), (-4, "event_in_future")):
        now += timedelta(minutes=minutes)
        with pytest.raises(EventRejectedError) as raised:
            verifier.verify(body, headers["Payvost-Signature"])
        assert raised.value.code == code


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("told", [None, "now", float("nan"), -1.0, 1e300])
def test_with_a_failing_clock_no_event_is_accepted(told: Any) -> None:
    verifier = WebhookVerifier("whsec_example", tolerance=60, clock=lambda: told)
    body, headers = signed_request(sample_event("payment.succeeded", fresh=True), "whsec_example")
    with pytest.raises(EventRejectedError) as raised:
        verifier.verify(body, headers["Payvost-Signature"])
    assert raised.value.code == "event_too_old"
    with pytest.raises(ConfigurationError, match="clock") as refused:
        WebhookVerifier("whsec_example", clock=7)  # type: ignore[arg-type]
    assert refused.value.code == "invalid_option"


def test_the_clock_of_a_memory_store_can_be_set() -> None:
    now, handled = [0.0], []
    store = MemoryStore(clock=lambda: now[0], remember=7200)
    receiver = WebhookReceiver("whsec_example", handled.append, store=store)
    body, headers = signed_request(sample_event("payment.succeeded"), "whsec_example")
    for hours, times in ((0, 1), (1.9, 1), (0.2, 2)):
        now[0] += hours * 3600
        assert receiver.receive(body, headers["Payvost-Signature"]).status == 200
        assert len(handled) == times


@pytest.mark.parametrize(
    "event", [EVENT, '{"type": "ż"}', b'{"broken', bytearray(b"{}"), memoryview(b"{}")]
)
def test_a_signed_request(event: Any) -> None:
    body, headers = signed_request(event, "whsec_example")
    assert headers == {
        "Content-Type": "application/json",
        "Payvost-Signature": signed(body, "whsec_example"),
    }
    if event is EVENT:
        assert verify_webhook(body, headers["Payvost-Signature"], "whsec_example") == EVENT
    else:
        assert body == (event.encode() if isinstance(event, str) else event)
        assert type(body) is bytes


def test_the_examples_in_their_documentation() -> None:
    assert doctest.testmod(payvost_webhooks.testing).failed == 0
    assert doctest.testmod(payvost_webhooks.testing).attempted > 2


SUITE = """
import pytest
from flask import Flask
from payvost_webhooks.flask import webhook
from payvost_webhooks.testing import SECRET

booked = []

@pytest.fixture
def client(payvost_webhook_secret):
    app = Flask(__name__)
    app.post("/webhooks/payvost")(webhook(payvost_webhook_secret)(book))
    return app.test_client()

def book(event):
    booked.append((event["type"], event["data"]["amount"]))

def test_a_payment_is_booked(client, payvost_webhook):
    body, headers = payvost_webhook("payment.succeeded", data={"amount": "12.00"})
    assert client.post("/webhooks/payvost", data=body, headers=headers).status_code == 200
    assert booked == [("payment.succeeded", "12.00")]
"""
OVERRIDE = """
@pytest.fixture(scope="session")
def payvost_webhook_secret():
    return "whsec_of_the_suite"

def test_it_is_mine(payvost_webhook):
    from payvost_webhooks import verify_webhook
    body, headers = payvost_webhook("user.created")
    assert verify_webhook(body, headers["Payvost-Signature"], "whsec_of_the_suite")
"""


@pytest.mark.parametrize(
    ("suite", "secret", "passed"),
    [(SUITE, None, 1), (SUITE, "whsec_of_the_environment", 1), (SUITE + OVERRIDE, None, 2)],
    ids=["by default", "secret of the environment", "own secret"],
)
def test_installing_the_package_provides_the_fixtures(
    tmp_path: Path, suite: str, secret: str | None, passed: int
) -> None:
    (tmp_path / "test_shop.py").write_text(suite, "utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "WEBHOOK_SECRET"}
    if secret:
        environment["WEBHOOK_SECRET"] = secret
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert f"{passed} passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_is_light() -> None:
    """pytest loads the plugin in every run, even if no test uses it."""
    code = "import sys, pytest, payvost_webhooks.pytest_plugin as p; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"flask", "django", "starlette", "payvost_webhooks.testing"}
