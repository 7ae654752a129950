"""Common complaints about webhook libraries, with one test each."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from samples import EVENT, PAYLOAD, SECRET, SIGNATURE, signed

import payvost_webhooks
from payvost_webhooks import (
    ConfigurationError,
    SignatureVerificationError,
    WebhookRouter,
    WebhookVerifier,
    sign,
    verify_webhook,
)
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver, signature_of
from payvost_webhooks.testing import sample_event, signed_request


def test_the_framework_parsed_the_body_first(caplog: pytest.LogCaptureFixture) -> None:
    """Flask's ``request.json`` and DRF's ``request.data`` left nothing to verify, or caused an endless wait."""
    app = Flask(__name__)
    app.register_blueprint(webhook_blueprint(WebhookReceiver(SECRET, lambda event: None)))

    @app.before_request
    def read_first() -> None:
        (request.get_json if request.args.get("way") == "json" else request.stream.read)()

    def deliver(way: str) -> Any:
        return app.test_client().post(
            f"/webhooks/payvost?way={way}",
            data=PAYLOAD,
            headers={"Payvost-Signature": SIGNATURE, "Content-Type": "application/json"},
        )

    assert deliver("json").status_code == 200
    answer = deliver("stream")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (500, "payload_not_raw")
    assert "raw bytes of the body" in caplog.text


def test_a_parsed_body_instead_of_the_raw_one() -> None:
    """Other libraries report an invalid signature, or a TypeError from ``hmac``."""
    with pytest.raises(ConfigurationError) as raised:
        verify_webhook(EVENT, SIGNATURE, SECRET)  # type: ignore[arg-type]
    assert raised.value.code == "payload_not_raw"
    assert "Flask: request.get_data()" in raised.value.hint


def test_a_serverless_function_gets_the_body_in_base64() -> None:
    """The receiver accepts the arguments of the function, as docs/guides/python/wsgi.md shows."""
    event = {
        "headers": {"payvost-signature": SIGNATURE},
        "isBase64Encoded": True,
        "body": base64.b64encode(PAYLOAD).decode(),
    }
    receiver = WebhookReceiver(SECRET, lambda event: None)
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"]
    assert receiver.receive(body, signature_of(event["headers"])).status == 200


def test_bytes_or_text() -> None:
    """``'str' object has no attribute 'decode'``: both are valid, and stand for the same bytes."""
    assert verify_webhook(PAYLOAD, SIGNATURE, SECRET) == EVENT
    assert verify_webhook(PAYLOAD.decode(), SIGNATURE.encode(), SECRET.encode()) == EVENT


@pytest.mark.parametrize(
    "secret", ["whsec_1\n", "whsec_1\r\n", " whsec_1", "sk_live_1", "pk_test_1"]
)
def test_a_newline_in_the_secret_or_an_api_key_instead(secret: str) -> None:
    """All deliveries failed for no apparent reason. Here, creating the receiver fails."""
    for make in (WebhookVerifier, lambda secret: WebhookReceiver(secret, print)):
        with pytest.raises(ConfigurationError) as raised:
            make(secret)
        assert raised.value.code == "invalid_secret"
        assert secret.strip() not in str(raised.value) + raised.value.hint


def test_the_wrong_secret() -> None:
    """The hint names the most likely cause."""
    with pytest.raises(SignatureVerificationError) as raised:
        verify_webhook(PAYLOAD, signed(PAYLOAD, "whsec_of_another_endpoint"), SECRET)
    assert "the secret belongs to another endpoint" in raised.value.hint


def test_rotating_the_secret() -> None:
    """With a single secret, deliveries during the rotation are lost. And when can the old one be removed?"""
    verifier = WebhookVerifier(["whsec_new", "whsec_old"])
    for position, secret in enumerate(["whsec_new", "whsec_old"]):
        signature = signed(PAYLOAD, secret)
        assert verifier.verify(PAYLOAD, signature) == EVENT
        assert verifier.matching_secret(PAYLOAD, signature) == position


def test_events_out_of_order() -> None:
    """A handler gets what it needs to order them: the time, and the previous data."""
    seen: list[Any] = []
    body, headers = signed_request(
        sample_event(
            "wallet.balance_updated",
            createdAt="2025-11-01T10:00:00.25Z",
            previousData={"balance": "950.00"},
        ),
        SECRET,
    )
    WebhookReceiver(SECRET, seen.append).receive(body, signature_of(headers))
    (event,) = seen
    assert event["createdAt"] == "2025-11-01T10:00:00.25Z"
    assert event["previousData"] == {"balance": "950.00"}


def test_a_duplicate_event_can_be_recognized() -> None:
    """It has the same ``id`` in the event, the log and the metrics."""
    ids: list[Any] = []
    receiver = WebhookReceiver(
        SECRET,
        lambda event: ids.append(event["id"]),
        on_result=lambda result: ids.append(result.event_id),
    )
    for _ in range(2):
        receiver.receive(PAYLOAD, SIGNATURE)
    assert ids == ["evt_1"] * 4


def test_a_new_event_type_breaks_nothing() -> None:
    """A closed list of types turned a new event type into an outage."""
    router = WebhookRouter()
    router.on("payment.succeeded", pytest.fail)
    body, headers = signed_request(sample_event("payment.created", type="payment.to_come"), SECRET)
    assert WebhookReceiver(SECRET, router).receive(body, signature_of(headers)).status == 200
    router.on("*", lambda event: event["type"])
    assert router.dispatch(json.loads(body)) == "payment.to_come"


def test_signing_in_tests() -> None:
    """Testing a handler does not require reimplementing the provider."""
    body, headers = signed_request(sample_event("payment.succeeded", id="evt_mine"), SECRET)
    assert headers["Payvost-Signature"] == sign(body, SECRET) == signed(body)
    assert verify_webhook(body, headers["Payvost-Signature"], SECRET)["id"] == "evt_mine"


def test_an_invalid_signature_is_not_a_server_error(caplog: pytest.LogCaptureFixture) -> None:
    """The status shows who is at fault, and the log shows why. The cause is never masked."""
    receiver = WebhookReceiver(SECRET, lambda event: event["data"]["missing"])
    assert receiver.receive(PAYLOAD, "0" * 64).status == 400
    assert receiver.receive(PAYLOAD, SIGNATURE).status == 500
    assert receiver.receive(EVENT, SIGNATURE).status == 500
    refused, failed, misused = caplog.records
    assert refused.levelno == logging.WARNING
    assert "signature_mismatch" in refused.getMessage()
    assert failed.exc_info
    assert isinstance(failed.exc_info[1], KeyError)
    assert "payload_not_raw" in misused.getMessage()


def test_a_package_without_its_extension_module_reports_it(tmp_path: Path) -> None:
    """It was installed for another Python, or copied into an image for another platform."""
    installed = Path(payvost_webhooks.__file__).parent
    shutil.copytree(
        installed, tmp_path / "payvost_webhooks", ignore=shutil.ignore_patterns("_native.*")
    )
    done = subprocess.run(
        [sys.executable, "-c", "import payvost_webhooks"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(
        "ImportError: payvost_webhooks has no extension module for this Python ("
    )
    assert last.endswith("pip install --force-reinstall payvost-webhooks")


@pytest.mark.parametrize("secret", [None, "", "   ", b"", [], [None]])
def test_a_missing_secret_never_disables_verification(secret: Any) -> None:
    """An unset variable became an empty key, or disabled verification."""
    with pytest.raises(ConfigurationError):
        verify_webhook(PAYLOAD, signed(PAYLOAD, b""), secret)
    with pytest.raises(ConfigurationError):
        WebhookReceiver(secret, print)
    for nothing in (None, ""):
        assert WebhookReceiver(SECRET, pytest.fail).receive(PAYLOAD, nothing).status == 400
