"""The public interface of the package."""

from __future__ import annotations

import copy
import datetime
import gc
import inspect
import json
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from samples import EVENT, PAYLOAD, SECRET, SIGNATURE, envelope, signed

import payvost_webhooks
from payvost_webhooks import (
    ConfigurationError,
    EventRejectedError,
    InvalidPayloadError,
    SignatureVerificationError,
    WebhookError,
    WebhookVerifier,
    sign,
    verify_webhook,
)

try:
    import _testcapi  # type: ignore[import-not-found]
except ImportError:  # Not every distribution includes it.
    _testcapi = None


def test_returns_the_event_as_an_ordinary_dict() -> None:
    event = verify_webhook(PAYLOAD, SIGNATURE, SECRET)
    assert type(event) is dict
    assert event == EVENT
    assert list(event) == list(EVENT)
    assert (
        pickle.loads(pickle.dumps(event)) == copy.deepcopy(event) == json.loads(json.dumps(event))
    )


def test_accepts_keyword_arguments() -> None:
    assert verify_webhook(payload=PAYLOAD, signature=SIGNATURE, secret=SECRET) == EVENT
    verifier = WebhookVerifier(
        secret=SECRET, tolerance=None, expect_live_mode=None, max_payload_bytes=4096
    )
    assert verifier.verify(payload=PAYLOAD, signature=SIGNATURE) == EVENT
    verifier.verify_signature(payload=PAYLOAD, signature=SIGNATURE)
    assert sign(payload=PAYLOAD, secret=SECRET) == SIGNATURE


def test_options_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        WebhookVerifier(SECRET, 60)  # type: ignore[call-arg]


def test_a_misspelt_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="tolerence"):
        WebhookVerifier(SECRET, tolerence=60)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("function", "signature"),
    [
        (verify_webhook, "(payload, signature, secret)"),
        (sign, "(payload, secret)"),
        (
            WebhookVerifier,
            "(secret, *, tolerance=None, expect_live_mode=None, max_payload_bytes=1048576, clock=None)",
        ),
        (WebhookVerifier.verify, "(self, /, payload, signature)"),
        (WebhookVerifier.verify_signature, "(self, /, payload, signature)"),
        (WebhookVerifier.matching_secret, "(self, /, payload, signature)"),
    ],
)
def test_help_shows_the_arguments(function: Any, signature: str) -> None:
    assert str(inspect.signature(function)) == signature
    assert function.__doc__


def test_importing_the_package_loads_only_the_verifier() -> None:
    """Each adapter, with its framework, is a separate module. The router is loaded on first use."""
    code = "import sys, payvost_webhooks; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("payvost_webhooks")}
    assert loaded == {"payvost_webhooks", "payvost_webhooks._native", "payvost_webhooks.errors"}
    assert not {"asyncio", "logging", "flask", "django", "starlette"} & set(done.stdout.split())


def test_all_public_names_exist() -> None:
    assert all(hasattr(payvost_webhooks, name) for name in payvost_webhooks.__all__)
    assert payvost_webhooks.__version__.count(".") == 2


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: data.decode()])
def test_payload_and_secret_are_bytes_or_text(kind: Any) -> None:
    payload, secret = kind(PAYLOAD), kind(SECRET.encode())
    assert verify_webhook(payload, SIGNATURE, secret) == EVENT
    WebhookVerifier([secret]).verify_signature(payload, SIGNATURE)
    assert sign(payload, secret) == SIGNATURE


def test_a_signature_may_be_bytes_as_asgi_servers_have_it() -> None:
    assert verify_webhook(PAYLOAD, SIGNATURE.encode(), SECRET) == EVENT


def test_subclasses_of_bytes_and_str_are_accepted() -> None:
    class Body(bytes):
        def __bytes__(self) -> bytes:
            return b"something else"

    class Header(str):
        pass

    assert verify_webhook(Body(PAYLOAD), Header(SIGNATURE), Header(SECRET)) == EVENT


def test_a_view_of_part_of_the_bytes() -> None:
    padded = b"##" + PAYLOAD + b"##"
    assert verify_webhook(memoryview(padded)[2:-2], SIGNATURE, SECRET) == EVENT


def test_a_noncontiguous_view_is_rejected() -> None:
    with pytest.raises(ConfigurationError) as caught:
        verify_webhook(memoryview(PAYLOAD * 2)[::2], SIGNATURE, SECRET)
    assert caught.value.code == "payload_not_raw"


def test_a_released_view_is_rejected() -> None:
    view = memoryview(PAYLOAD)
    view.release()
    with pytest.raises(ConfigurationError) as caught:
        verify_webhook(view, SIGNATURE, SECRET)
    assert caught.value.code == "payload_not_raw"


def test_a_bytearray_is_released_afterwards() -> None:
    payload = bytearray(PAYLOAD)
    event = verify_webhook(payload, SIGNATURE, SECRET)
    payload.clear()
    assert event == EVENT


def test_either_secret_of_a_rotation_is_accepted() -> None:
    for secrets in (["whsec_new", SECRET], [SECRET, "whsec_new"], ("whsec_new", SECRET.encode())):
        assert WebhookVerifier(secrets).verify(PAYLOAD, SIGNATURE) == EVENT
        assert verify_webhook(PAYLOAD, SIGNATURE, secrets) == EVENT
    with pytest.raises(SignatureVerificationError):
        WebhookVerifier(["whsec_new", "whsec_newer"]).verify(PAYLOAD, SIGNATURE)


def test_sign_matches_the_provider() -> None:
    for secret in (SECRET, "ключ", b"\xff\x00\xff"):
        assert sign(b"{}", secret) == signed(b"{}", secret)
    assert sign("{}", SECRET) == sign(b"{}", SECRET)


def test_verify_signature_does_not_parse_the_payload() -> None:
    verifier = WebhookVerifier(SECRET)
    assert verifier.verify_signature(b"not JSON", signed(b"not JSON")) is None  # type: ignore[func-returns-value]
    with pytest.raises(InvalidPayloadError):
        verifier.verify(b"not JSON", signed(b"not JSON"))


def test_the_expected_live_mode() -> None:
    assert WebhookVerifier(SECRET, expect_live_mode=True).verify(PAYLOAD, SIGNATURE) == EVENT
    with pytest.raises(EventRejectedError) as caught:
        WebhookVerifier(SECRET, expect_live_mode=False).verify(PAYLOAD, SIGNATURE)
    assert caught.value.code == "live_mode_mismatch"


@pytest.mark.parametrize("tolerance", [3600, 3600.0, datetime.timedelta(hours=1)])
def test_the_tolerance(tolerance: Any) -> None:
    verifier = WebhookVerifier(SECRET, tolerance=tolerance)

    def verify(offset: datetime.timedelta) -> dict[str, Any]:
        now = datetime.datetime.now(datetime.timezone.utc)
        payload = json.dumps({**EVENT, "createdAt": (now + offset).isoformat()}).encode()
        return verifier.verify(payload, signed(payload))

    half, two = datetime.timedelta(minutes=30), datetime.timedelta(hours=2)
    assert verify(half)["id"] == verify(-half)["id"] == "evt_1"
    for offset, code in ((-two, "event_too_old"), (two, "event_in_future")):
        with pytest.raises(EventRejectedError) as caught:
            verify(offset)
        assert caught.value.code == code


def test_the_payload_limit() -> None:
    exact = WebhookVerifier(SECRET, max_payload_bytes=len(PAYLOAD))
    below = WebhookVerifier(SECRET, max_payload_bytes=len(PAYLOAD) - 1)
    for payload in (PAYLOAD, bytearray(PAYLOAD), PAYLOAD.decode()):
        assert exact.verify(payload, SIGNATURE) == EVENT
        with pytest.raises(InvalidPayloadError) as caught:
            below.verify(payload, SIGNATURE)
        assert caught.value.code == "payload_too_large"


@pytest.mark.parametrize(
    "text",
    [
        "0", "-0", "7", "-7", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "-9223372036854775809", "1" + "0" * 300, "-" + "9" * 300, "0.0", "-0.0", "1.0", "1e2", "1E-400",
        "0.1", "5e-324", "2.2250738585072011e-308", "9007199254740993.0", "1.7976931348623157e308",
    ],
)  # fmt: skip
def test_numbers_equal_those_of_json_loads(text: str) -> None:
    payload = envelope(text.encode())
    number = verify_webhook(payload, signed(payload), SECRET)["data"]["it"]
    expected = json.loads(text)
    assert (type(number), repr(number)) == (type(expected), repr(expected))


@pytest.mark.parametrize(
    "text",
    [
        '""', '"a"', '"\\u0000"', '"é"', '"\\u00e9"', '"€"', '"🦊"', '"\\ud83e\\udd8a"', '"\\ud83e\\udd8a🦊"',
        '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"plain \\n and é"', '"' + "x" * 5000 + '"', '"\u2028"', '"\x7f"',
    ],
)  # fmt: skip
def test_strings_equal_those_of_json_loads(text: str) -> None:
    for json_text in (text, "{" + text + ":" + text + "}"):
        payload = envelope(json_text.encode())
        value = verify_webhook(payload, signed(payload), SECRET)["data"]["it"]
        assert value == json.loads(json_text)
        if isinstance(value, str):
            assert sys.getsizeof(value) == size_of_a_new(json.loads(json_text))


def size_of_a_new(text: str) -> int:
    """The size of a string that is not shared. The one that Python keeps for a single character also holds its UTF-8,
    once somebody has asked for it."""
    largest = max(text, default="")
    unit = 1 if largest < "\u0100" else 2 if largest < "\U00010000" else 4
    return sys.getsizeof(text * 2) - unit * len(text)


@pytest.mark.parametrize("text", ["", "a", "é", "€", "🦊", "plain \n and é"])
def test_the_size_of_a_string_does_not_depend_on_other_strings(text: str) -> None:
    before = size_of_a_new(text)
    WebhookVerifier(SECRET).verify_signature(text, signed(text.encode()))  # computes its UTF-8
    payload = envelope(json.dumps(text).encode())
    value = verify_webhook(payload, signed(payload), SECRET)["data"]["it"]
    assert sys.getsizeof(value) == size_of_a_new(text) == before


def test_events_are_independent_of_each_other() -> None:
    verifier = WebhookVerifier(SECRET)
    first, second = (verifier.verify(PAYLOAD, SIGNATURE) for _ in range(2))
    first["data"]["customer"]["name"] = "changed"
    first.clear()
    assert second == EVENT


def test_one_verifier_serves_many_threads() -> None:
    verifier = WebhookVerifier(SECRET)
    threads = 8
    together = threading.Barrier(threads)

    def work(number: int) -> int:
        payload = json.dumps({**EVENT, "id": f"evt_{number}"}).encode()
        signature = signed(payload)
        together.wait()
        good = 0
        for _ in range(500):
            good += verifier.verify(payload, signature)["id"] == f"evt_{number}"
        for _ in range(100):
            with pytest.raises(SignatureVerificationError):
                verifier.verify(payload, SIGNATURE)
        return good

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(work, range(threads))) == [500] * threads


def test_repr_shows_the_options_but_no_secret() -> None:
    verifier = WebhookVerifier([SECRET, "whsec_other"], tolerance=90, expect_live_mode=True)
    assert repr(verifier) == (
        "WebhookVerifier(<2 secrets>, tolerance=90, expect_live_mode=True, max_payload_bytes=1048576)"
    )
    assert "<1 secret>" in str(WebhookVerifier(SECRET))
    assert not hasattr(verifier, "__dict__")


def test_a_verifier_is_immutable_and_final() -> None:
    verifier: Any = WebhookVerifier(SECRET)
    with pytest.raises(AttributeError):
        verifier.tolerance = 1
    with pytest.raises(TypeError):
        type("Sub", (WebhookVerifier,), {})
    assert copy.copy(verifier) is copy.deepcopy(verifier) is verifier


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_verifier_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be pickled") as caught:
        pickle.dumps(WebhookVerifier(SECRET), protocol)
    assert SECRET not in str(caught.value)


def outcomes() -> None:
    """One call for each way that a call can end."""
    verifier = WebhookVerifier(SECRET, max_payload_bytes=4096)
    calls = [
        (PAYLOAD, SIGNATURE),
        (bytearray(PAYLOAD), SIGNATURE),
        (PAYLOAD.decode(), SIGNATURE),
        (PAYLOAD, SIGNATURE[::-1]),
        (PAYLOAD, None),
        (PAYLOAD, object()),
        ({"a": 1}, SIGNATURE),
        ("\ud800", SIGNATURE),
        (bytearray(5000), SIGNATURE),
        (memoryview(PAYLOAD)[::2], SIGNATURE),
    ]
    for text in (b'["\\u00e9", 1e3, 12345678901234567890, {"a": {"b": [null]}}]', b"[1,]", b"[1}"):
        payload = envelope(text)
        calls.append((payload, signed(payload)))
    payload = b'{"id":1}'
    calls.append((payload, signed(payload)))
    for arguments in calls:
        try:
            verifier.verify(*arguments)  # type: ignore[arg-type]
        except WebhookError as error:
            assert error.__traceback__ is not None


@pytest.mark.skipif(not hasattr(sys, "getallocatedblocks"), reason="CPython counts its blocks")
def test_nothing_leaks() -> None:
    def blocks_after(rounds: int) -> int:
        for _ in range(rounds):
            outcomes()
        gc.collect()
        blocks: int = sys.getallocatedblocks()
        return blocks

    blocks_after(20)
    before = blocks_after(1)
    # A leak of one object in one of the calls would show as 300 blocks.
    assert blocks_after(300) - before < 150


@pytest.mark.skipif(_testcapi is None, reason="needs CPython's own test module")
def test_running_out_of_memory_is_a_memory_error() -> None:
    payload = envelope(
        b'["\\u00e9", "ascii", 1e3, 12345678901234567890, {"new key": {"b": [null, 77777]}}]'
    )
    signature = signed(payload)
    verify = WebhookVerifier(SECRET).verify
    expected = verify(payload, signature)
    failures = 0
    for allocation in range(1, 200):
        _testcapi.set_nomemory(allocation, allocation + 1)
        try:
            got = verify(payload, signature)
        except MemoryError:
            failures += 1
            continue
        finally:
            _testcapi.remove_mem_hooks()
        assert got == expected
    assert failures > 10
