"""Memory: what the garbage collector sees, what is not copied, and what happens out of memory."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import textwrap
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from samples import PAYLOAD, SECRET, SIGNATURE

from payvost_webhooks import ConfigurationError, InvalidPayloadError, WebhookVerifier
from payvost_webhooks.receiver import WebhookReceiver


def run(text: str) -> str:
    """Run code in a separate process, which may crash, and ignore its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_garbage_collector_sees_no_incomplete_list() -> None:
    output = run("""
        import gc, json
        from payvost_webhooks import WebhookVerifier
        from samples import SECRET, envelope, signed

        payload = envelope(b"[" + b",".join([b'[{"a":[1,{"b":[]}]}]'] * 300) + b"]")
        signature, verifier = signed(payload), WebhookVerifier(SECRET)
        lists = calls = 0

        def look(phase, info):
            global lists, calls
            calls += 1
            for found in gc.get_objects():
                if type(found) is list:
                    lists += sum(1 for _ in found) >= 0
                elif type(found) is dict:
                    len(list(found.items()))

        gc.callbacks.append(look)
        gc.set_threshold(40, 1, 1)
        event = verifier.verify(payload, signature)
        gc.callbacks.clear()
        assert event == json.loads(payload)
        assert all(map(gc.is_tracked, (event["data"]["it"], event["data"]["it"][0])))
        print(lists > 0)
        """)
    # Since Python 3.12, the collector runs only between Python instructions.
    assert output == "True\n" or sys.version_info >= (3, 12)


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("é" * 20_000_000, InvalidPayloadError, "payload_too_large"),
        ("€" * 10_000_000, InvalidPayloadError, "payload_too_large"),
        ("€" * 10_000_000 + "\ud800", ConfigurationError, "payload_not_raw"),
    ],
    ids=["é", "€", "a surrogate"],
)
def test_an_oversized_text_is_not_encoded(text: str, error: Any, code: str) -> None:
    verifier = WebhookVerifier(SECRET)
    calls = [
        partial(verifier.verify, text, SIGNATURE),
        partial(verifier.verify_signature, text, SIGNATURE),
        partial(verifier.matching_secret, text, SIGNATURE),
    ]
    tracemalloc.start()
    try:
        for call in calls:
            with pytest.raises(error) as raised:
                call()
            assert raised.value.code == code
        answer = WebhookReceiver(verifier, print).receive(text, SIGNATURE)
        assert json.loads(answer.body)["error"]["code"] == code
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_length_of_a_text_is_in_bytes() -> None:
    text = PAYLOAD.decode()
    assert len(text) < len(PAYLOAD)
    verifier = WebhookVerifier(SECRET, max_payload_bytes=len(PAYLOAD) - 1)
    with pytest.raises(InvalidPayloadError) as raised:
        verifier.verify(text, SIGNATURE)
    assert raised.value.code == "payload_too_large"
    # The announced length is in bytes too.
    receiver = WebhookReceiver(SECRET, lambda event: None)
    assert receiver.receive(text, SIGNATURE, str(len(PAYLOAD))).status == 200


@pytest.mark.skipif(
    importlib.util.find_spec("_testcapi") is None, reason="needs CPython's own test module"
)
def test_every_call_reports_out_of_memory_as_memory_error() -> None:
    """Each allocation fails in turn."""
    output = run("""
        import _testcapi
        from functools import partial
        from payvost_webhooks import WebhookError, WebhookVerifier, _native, sign
        from payvost_webhooks._native import ClaimPolicy
        from payvost_webhooks.receiver import WebhookReceiver
        from payvost_webhooks.stores import MemoryStore
        from samples import PAYLOAD, SECRET, SIGNATURE, envelope, signed

        class Store(MemoryStore):
            def claim(self, request, *arguments):
                (request.key, request.fingerprint, request.event_type)
                return super().claim(request, *arguments)

            def complete(self, *arguments):
                raise ValueError

            def release(self, key, token, error):
                return self._claims.release(1, policy, key, token, error)

        def fail(event):
            raise LookupError

        def deliver(receiver, payload, signature):
            delivery = receiver._native.arrived(payload, signature)
            while delivery.ask is not None:
                try:
                    delivery.done(delivery.make())
                except (LookupError, ValueError) as error:
                    delivery.failed(error)
            delivery.log(receiver.logger, None), delivery.answer(), delivery.result()
            (store._claims.dead_letters(1, 10), store.delivery("webhook:evt_1"))

        def program(make):
            running = make()
            (running.ask, running.failed("OperationalError", ["40001"], "", 1), running.ask)
            running.fault

        verifier, policy, store = WebhookVerifier(SECRET), ClaimPolicy(60, 86400, "webhook"), Store()
        returning, failing = (
            WebhookReceiver(verifier, handler, store=store) for handler in (lambda event: None, fail)
        )
        large = envelope(b'["\\u00e9", 1e3, 12345678901234567890, {"new": [null]}, "' + b"x" * 5000 + b'"]')
        calls = {
            "sign": partial(sign, PAYLOAD, SECRET),
            "verify": partial(verifier.verify, large, signed(large)),
            "verify text": partial(verifier.verify, PAYLOAD.decode() + "é", SIGNATURE),
            "mismatch": partial(verifier.verify, PAYLOAD, "0" * 64),
            "missing": partial(verifier.verify, PAYLOAD, None),
            "not JSON": partial(verifier.verify, b"{", signed(b"{")),
            "no event": partial(verifier.verify, b"{}", signed(b"{}")),
            "make": partial(WebhookVerifier, [SECRET, "whsec_old"], tolerance=60),
            "bad secret": partial(WebhookVerifier, ""),
            "repr": partial(repr, verifier),
            "sample": partial(_native.sample_event, "user.created"),
            "policy": partial(getattr, policy, "open_key"),
            "statements": partial(_native.sql_statements, "sqlite", "question", "claims"),
            "definition": partial(_native.sql_definition, "sqlite", "claims"),
            "delivery": partial(deliver, returning, PAYLOAD, SIGNATURE),
            "failure": partial(deliver, failing, PAYLOAD, SIGNATURE),
            "refusal": partial(deliver, returning, b"{}", signed(b"{}")),
            "SQL": partial(program, partial(_native.SqlProgram, "claim", 1, 2000)),
            "Redis": partial(program, partial(_native.RedisProgram, "claim", 1, 2000)),
        }
        for name, call in calls.items():
            failures = 0
            for allocation in range(300):
                _testcapi.set_nomemory(allocation, allocation + 1)
                try:
                    call()
                except MemoryError:
                    failures += 1
                except WebhookError:
                    pass
                finally:
                    _testcapi.remove_mem_hooks()
            print(name, "ok" if failures else "never failed")
        """)
    assert [line for line in output.splitlines() if not line.endswith(" ok")] == []
    assert output.count("ok") == 19


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_lack_of_memory_in_the_core_is_a_memory_error() -> None:
    output = run("""
        import hashlib, hmac, resource
        from payvost_webhooks import WebhookVerifier
        from samples import SECRET, envelope

        # Each value takes four times its length.
        payload = envelope(b"[" + b"1," * 8_000_000 + b"1]")
        signature = hmac.new(SECRET.encode(), payload, "sha256").hexdigest()
        verifier = WebhookVerifier(SECRET, max_payload_bytes=1 << 27)
        with open("/proc/self/statm") as status:
            used = int(status.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (16 << 20), resource.RLIM_INFINITY))
        try:
            verifier.verify(payload, signature)
        except MemoryError:
            print("MemoryError")
        """)
    assert output == "MemoryError\n"
