"""Times the Python package and the code that a user would write instead. Prints one JSON line per measurement.

driver.py FOLDER-OF-BODIES
"""

from __future__ import annotations

import base64
import hmac
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import guide
import orjson
import standardwebhooks
import stripe

from payvost_webhooks import SignatureVerificationError, WebhookVerifier, sign, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = SECRET.encode()
ROUNDS = 31
LOOP_SECONDS = 0.01

Subjects = dict[str, Callable[[], object]]


def main(folder: Path) -> None:
    def body(name: str) -> bytes:
        return (folder / f"{name}.json").read_bytes()

    measure("event", {**ours(body("event")), **alternatives(body("event")), **peers(body("event"))})
    for name in sys.argv[2:]:
        measure(name, {**ours(body(name)), **alternatives(body(name))})
    for name in ("event", "32-kib"):
        measure(f"refusal-{name}", refusals(body(name)))


def ours(payload: bytes) -> Subjects:
    signature = sign(payload, SECRET)
    verify = WebhookVerifier(SECRET).verify
    assert verify(payload, signature) == json.loads(payload)
    return {
        "ours": lambda: verify(payload, signature),
        "ours-once": lambda: verify_webhook(payload, signature, SECRET),
    }


def alternatives(payload: bytes) -> Subjects:
    signature = sign(payload, SECRET)

    def tuned() -> object:
        expected = hmac.digest(KEY, payload, "sha256").hex()
        if not hmac.compare_digest(expected, signature):
            raise ValueError("Invalid webhook signature")
        return orjson.loads(payload)

    assert tuned() == guide.verify_webhook(payload, signature, SECRET)
    return {"tuned": tuned, "guide": lambda: guide.verify_webhook(payload, signature, SECRET)}


def peers(payload: bytes) -> Subjects:
    """The libraries of others, each with the header of its own provider over the same body."""
    now = int(time.time())

    stripe_mac = hmac.new(KEY, f"{now}.".encode() + payload, "sha256").hexdigest()
    stripe_header = f"t={now},v1={stripe_mac}"

    webhook = standardwebhooks.Webhook(SECRET)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.digest(key, f"msg_1.{now}.".encode() + payload, "sha256")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
    return {
        "stripe": lambda: stripe.Webhook.construct_event(payload, stripe_header, SECRET),
        "standardwebhooks": lambda: webhook.verify(payload, headers),
    }


def refusals(payload: bytes) -> Subjects:
    verify = WebhookVerifier(SECRET).verify
    forged = sign(payload, "whsec_another")

    def refused() -> None:
        try:
            verify(payload, forged)
        except SignatureVerificationError:
            return
        raise AssertionError

    def refused_by_guide() -> None:
        try:
            guide.verify_webhook(payload, forged, SECRET)
        except ValueError:
            return
        raise AssertionError

    return {
        "ours": refused,
        "guide": refused_by_guide,
        "hash": lambda: hmac.digest(KEY, payload, "sha256"),
    }


def measure(case: str, subjects: Subjects) -> None:
    """The best of several loops. The subjects take turns, so that noise meets all of them."""
    loops = {name: loop_length(subject) for name, subject in subjects.items()}
    best = dict.fromkeys(subjects, float("inf"))
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            best[name] = min(best[name], loop(subject, loops[name]) / loops[name])
    for name, seconds in best.items():
        line = {"language": "python", "case": case, "subject": name, "nanoseconds": seconds * 1e9}
        print(json.dumps(line), flush=True)


def loop_length(subject: Callable[[], object]) -> int:
    length = 1
    while loop(subject, length) < LOOP_SECONDS / 2:
        length *= 2
    return length


def loop(subject: Callable[[], object], length: int) -> float:
    counter = range(length)
    started = time.perf_counter()
    for _ in counter:
        subject()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]))
