"""The key cache: results do not depend on earlier events."""

from __future__ import annotations

import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from payvost_webhooks import InvalidPayloadError, sign, verify_webhook

SECRET = "whsec_example"


def event(data: object) -> bytes:
    envelope = {
        "id": "evt_1",
        "type": "t",
        "createdAt": "2025-11-01T10:00:00Z",
        "liveMode": True,
        "data": data,
    }
    return json.dumps(envelope).encode()


def verified(data: object) -> dict[str, object]:
    payload = event(data)
    return verify_webhook(payload, sign(payload, SECRET), SECRET)["data"]


def test_keys_of_all_lengths_that_differ_in_one_character() -> None:
    for length in range(1, 70):
        keys = ["x" * length]
        keys += ["x" * place + "y" + "x" * (length - place - 1) for place in range(length)]
        expected = {key: number for number, key in enumerate(keys)}
        for _ in range(2):
            assert list(verified(expected).items()) == list(expected.items())


def test_more_keys_than_the_cache_holds() -> None:
    for start in (0, 10_000, 0):
        expected = {
            f"key_{number}": {f"k{number}": number} for number in range(start, start + 10_000)
        }
        assert verified(expected) == expected


def test_documented_keys_are_interned() -> None:
    verified({f"{number}": 1 for number in range(50_000)})
    (key,) = verified({"amount": "1.00"})
    assert key is sys.intern("amount")


def test_an_event_in_a_finalizer_while_another_is_parsed() -> None:
    seen = []

    class Noisy:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            seen.append(verified({"inner": {"a": 1}}))

    expected = {"list": [{"outer": {"a": number}} for number in range(5_000)]}
    threshold = gc.get_threshold()
    gc.set_threshold(50)
    try:
        for _ in range(20):
            Noisy()
            assert verified(expected) == expected
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert seen == [{"inner": {"a": 1}}] * 20


MANY = "".join(f'"key_{number}":0,' for number in range(1_000))
LONG = "k" * 100


@pytest.mark.parametrize(
    ("before", "again"),
    [
        ('"a":0,', '"a":1'),
        ('"a":0,', r'"\u0061":1'),
        (r'"\u0061":{"a":0},', '"a":1'),
        ('"":0,"b":[],', '"":1'),
        (r'"\u0000":0,', r'"\u0000":1'),
        ('"é":0,', r'"\u00e9":1'),
        ('"😀":0,', r'"\ud83d\ude00":1'),
        (f'"{LONG}a":0,"{LONG}b":0,', f'"{LONG}a":1'),
        (MANY, '"key_500":1'),
        (f'"amount":{{{MANY}"a":0}},', r'"am\u006funt":1'),
    ],
)
@pytest.mark.parametrize(
    ("opening", "closing"), [("", ""), ('"x": [0, {', "}]"), ('"x": [[{"y": {', '}, "z": 1}]]')]
)
def test_duplicate_keys_are_found_everywhere(
    before: str, again: str, opening: str, closing: str
) -> None:
    start, end = event({"HERE": 0}).decode().split('"HERE": 0')
    start, end = start + opening + before, closing + end
    unique = f'{start}"another":0{end}'.encode()
    assert verify_webhook(unique, sign(unique, SECRET), SECRET) == json.loads(unique)
    for fault in (b"", b"]", b"\xff"):
        twice = f"{start}{again}{end}".encode() + fault
        with pytest.raises(InvalidPayloadError) as found:
            verify_webhook(twice, sign(twice, SECRET), SECRET)
        assert (found.value.code, found.value.offset) == ("invalid_json", len(start.encode()))


def test_a_duplicate_key_in_the_envelope() -> None:
    for field in ("id", "type", "createdAt", "liveMode", "data", "previousData", "other"):
        members = {**json.loads(event({})), "previousData": None, "other": 1}
        payload = json.dumps(members).encode()
        start = payload[:-1] + b", "
        # Once with a valid value, and once with one that the envelope check would reject.
        for value in (json.dumps(members[field]), "1.5"):
            twice = start + f'"{field}": {value}}}'.encode()
            with pytest.raises(InvalidPayloadError) as found:
                verify_webhook(twice, sign(twice, SECRET), SECRET)
            assert (found.value.code, found.value.offset) == ("invalid_json", len(start))


def test_many_threads() -> None:
    def check(start: int) -> None:
        for number in range(start, start + 200):
            expected = {"list": [{f"key_{number}_{member}": member for member in range(20)}] * 3}
            assert verified(expected) == expected

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(check, range(0, 1600, 200))) == [None] * 8
