"""Receivers as in the provider's guide for Flask, with the function imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, get_args

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from samples import EVENT, PAYLOAD, SECRET, SIGNATURE, signed

from payvost_webhooks import WebhookRouter, verify_webhook
from payvost_webhooks.events import KnownEventType
from payvost_webhooks.testing import sample_event

ROUTE = "/webhooks/payvost"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)


def receiver_that_catches_value_error(handle: Callable[[Any], None]) -> Flask:
    """Looks up the secret for each delivery, and returns the error message."""
    app = Flask(__name__)

    @app.route(ROUTE, methods=["POST"])
    def webhook() -> Any:
        signature = request.headers.get("Payvost-Signature")
        secret = os.environ["WEBHOOK_SECRET"]
        payload = request.get_data()

        try:
            event = verify_webhook(payload, signature, secret)
            handle(event)
            return jsonify({"received": True})
        except ValueError as e:
            return str(e), 400

    return app


def receiver_that_catches_everything(handle: Callable[[Any], None]) -> Flask:
    """Calls a function of two arguments, which knows the secret, and does not return the error message."""
    app = Flask(__name__)

    def verify(payload: bytes, signature: str | None) -> Any:
        return verify_webhook(payload, signature, os.environ["WEBHOOK_SECRET"])

    @app.route(ROUTE, methods=["POST"])
    def webhook() -> Any:
        signature = request.headers.get("Payvost-Signature")
        payload = request.get_data()

        try:
            event = verify(payload, signature)
            handle(event)
            return jsonify({"received": True})
        except Exception as e:
            print(f"Webhook verification failed: {e}")
            return "Webhook verification failed", 400

    return app


class Receiver:
    def __init__(self, make: Callable[[Callable[[Any], None]], Flask]) -> None:
        self.handled: list[tuple[str, str, str]] = []
        self.explains = make is receiver_that_catches_value_error
        self.client: FlaskClient = make(self.handle).test_client()

    def handle(self, event: Any) -> None:
        self.handled.append((event["type"], event["id"], event["data"]["amount"]))

    def deliver(self, payload: bytes, signature: str | None) -> Any:
        headers = {} if signature is None else {"payvost-signature": signature}
        return self.client.post(
            ROUTE, data=payload, headers=headers, content_type="application/json"
        )


@pytest.fixture(params=[receiver_that_catches_value_error, receiver_that_catches_everything])
def receiver(request: pytest.FixtureRequest) -> Receiver:
    return Receiver(request.param)


def test_a_genuine_event_is_handled(receiver: Receiver) -> None:
    answer = receiver.deliver(PAYLOAD, SIGNATURE)
    assert (answer.status_code, answer.get_json()) == (200, {"received": True})
    assert receiver.handled == [("payment.succeeded", "evt_1", "99.99")]


@pytest.mark.parametrize(
    ("payload", "signature", "message"),
    [
        (PAYLOAD, signed(PAYLOAD, "whsec_another"), "the signature does not match the payload"),
        (PAYLOAD + b"\n", SIGNATURE, "the signature does not match the payload"),
        (PAYLOAD, None, "the signature header is missing"),
        (PAYLOAD, SIGNATURE.upper(), "the signature header is malformed"),
        (PAYLOAD, "", "the signature header is missing"),
        (b"{", signed(b"{"), "the payload is not valid JSON: unexpected end at byte 1"),
        (b"{}", signed(b"{}"), "the payload is not a webhook event: /id is missing or invalid"),
    ],
)
def test_a_rejected_delivery_gets_status_400(
    receiver: Receiver,
    payload: bytes,
    signature: str | None,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = receiver.deliver(payload, signature)
    assert answer.status_code == 400
    assert receiver.handled == []
    if receiver.explains:
        assert answer.get_data(as_text=True) == message
    else:
        assert answer.get_data(as_text=True) == "Webhook verification failed"
        assert capsys.readouterr().out == f"Webhook verification failed: {message}\n"


def test_an_empty_secret_is_rejected(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", "")
    assert receiver.deliver(PAYLOAD, signed(PAYLOAD, b"")).status_code == 400
    assert receiver.handled == []


def test_the_quick_start_of_the_readme(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (repository / "bindings-python" / "README.md").read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(code, "README.md", "exec"), names)
    client: FlaskClient = names["app"].test_client()
    good = client.post(ROUTE, data=PAYLOAD, headers={"Payvost-Signature": SIGNATURE})
    assert (good.status_code, good.get_json()) == (200, {"received": True})
    assert capsys.readouterr().out == "payment.succeeded evt_1\n"
    assert client.post(ROUTE, data=PAYLOAD).status_code == 400


def test_the_event_matches_the_guide() -> None:
    event = verify_webhook(PAYLOAD, SIGNATURE, SECRET)
    assert event == EVENT
    assert event["data"]["customer"]["name"] == "Zoë 🦊"


def test_the_handler_of_the_guide_is_shorter_with_a_router(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``handle_webhook_event`` as docs/handlers.md has it: the same calls, in at most ten lines."""
    text = (repository / "docs" / "handlers.md").read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    assert len(code.splitlines()) <= 10

    branches = {
        "payment.succeeded": "handle_payment_succeeded",
        "payment.failed": "handle_payment_failed",
        "transfer.completed": "handle_transfer_completed",
        "user.kyc_verified": "handle_kyc_verified",
    }
    called: list[tuple[str, Any]] = []
    names: dict[str, Any] = {"WebhookRouter": WebhookRouter}
    for name in branches.values():
        names[name] = lambda data, name=name: called.append((name, data))
    exec(compile(code, "handlers.md", "exec"), names)

    unhandled = []
    documented = [get_args(known)[0] for known in get_args(KnownEventType)]
    for event in [
        *map(sample_event, documented),
        sample_event("user.created", type="comet.sighted"),
    ]:
        event_type = event["type"]
        called.clear()
        names["router"].dispatch(event)
        if event_type in branches:
            assert called == [(branches[event_type], event["data"])]
        else:
            assert called == []
            unhandled.append(f"Unhandled event type: {event_type}\n")
    assert len(unhandled) == 13
    assert capsys.readouterr().out == "".join(unhandled)
