"""A megabyte of hostile input, with a valid signature, on a small stack."""

from __future__ import annotations

import json
import threading
from typing import Any, Callable

import pytest
from samples import SECRET, envelope, signed

from payvost_webhooks import WebhookError, WebhookVerifier, _native

LIMIT = 1 << 20
STACK = (128 if _native._is_optimized else 384) << 10
HANG_SECONDS = 5  # only to detect hangs; benchmarks detect slow code


def verify(payload: bytes) -> Any:
    """The event or the error, in a thread with a small stack."""
    assert len(payload) <= LIMIT
    signature, verifier = signed(payload), WebhookVerifier(SECRET)
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(verifier.verify(payload, signature))
        except BaseException as error:
            found.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join(HANG_SECONDS)
    assert found, "it hangs"
    return found[0]


def filled(unit: bytes, open_: bytes = b"[", close: bytes = b"]") -> bytes:
    """An event whose ``data`` repeats a piece of JSON up to the limit."""
    room = LIMIT - len(envelope(open_ + close))
    return envelope(open_ + (unit * (room // len(unit))).rstrip(b",") + close)


def keys(name: Callable[[int], str]) -> bytes:
    """An event with as many keys as fit into the limit."""
    parts, size, number = [], len(envelope(b"{}")), 0
    while size + len(part := f'"{name(number)}":0,') <= LIMIT:
        parts.append(part)
        size += len(part)
        number += 1
    return envelope(b"{" + "".join(parts).rstrip(",").encode() + b"}")


def as_large_as_allowed(build: Callable[[bytes], bytes], filler: bytes) -> bytes:
    room = LIMIT - len(build(b""))
    return build(filler * (room // len(filler)))


REFUSED: dict[str, tuple[bytes, str, int | None]] = {
    "arrays without end": (b"[" * LIMIT, "invalid_json", 128),
    "objects without end": ((b'{"a":' * LIMIT)[:LIMIT], "invalid_json", 128 * 5),
    "both without end": ((b'[{"a":' * LIMIT)[:LIMIT], "invalid_json", 64 * 6),
    "a level too many": (b"[" * 129 + b"]" * 129, "invalid_json", 128),
    "one value too deep in a long body": (
        b"[" + b"0," * 500_000 + b"[" * 200 + b"]" * 201,
        "invalid_json",
        1 + 1_000_000 + 127,
    ),
    "nothing but whitespace": (b" " * LIMIT, "invalid_json", LIMIT),
    "nothing but NULs": (b"\0" * LIMIT, "invalid_json", 0),
    "broken UTF-8 everywhere": (b"\xff" * LIMIT, "invalid_json", 0),
    "broken UTF-8 at the very end": (
        b'["' + b"\xc3\xa9" * 500_000 + b"\xc3",
        "invalid_json",
        2 + 1_000_000,
    ),
    "a string that does not end": (b'["' + b"x" * (LIMIT - 2), "invalid_json", LIMIT),
    "an escape that does not end": (
        b'["' + b"\\n" * 500_000 + b"\\",
        "invalid_json",
        2 + 1_000_001,
    ),
    "lone surrogates": (b'["' + b"\\ud800" * 170_000 + b'"]', "invalid_json", 2),
    "a number of a million digits": (b"[" + b"9" * (LIMIT - 2) + b"]", "invalid_json", 1),
    "an exponent of a million digits": (b"[1e" + b"9" * (LIMIT - 4) + b"]", "invalid_json", 1),
    "many numbers out of range": (b"[0" + b",1e999" * 170_000 + b"]", "invalid_json", 3),
    "the same key again and again": (b'{"a":0' + b',"a":0' * 170_000 + b"}", "invalid_json", 7),
    "a key twice, far apart": (
        keys(lambda number: f"k{number}")[:-3] + b',"k0":0}}}',
        "invalid_json",
        len(keys(lambda number: f"k{number}")) - 2,
    ),
    "an array of everything": (b"[" + b"0," * 520_000 + b"0]", "invalid_event", None),
    "a string of everything": (b'"' + b"x" * (LIMIT - 2) + b'"', "invalid_event", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_rejected_payloads(name: str) -> None:
    payload, code, offset = REFUSED[name]
    error = verify(payload[:LIMIT])
    assert isinstance(error, WebhookError), error
    assert (error.code, error.offset) == (code, offset)


ACCEPTED: dict[str, bytes] = {
    "127 levels of arrays below the envelope": envelope(b"[" * 126 + b"]" * 126),
    "127 levels of objects below the envelope": envelope(b'{"a":' * 126 + b"0" + b"}" * 126),
    "the deepest over and over": filled(b"[" * 125 + b"]" * 125 + b","),
    "as many short keys as fit": keys(lambda number: f"{number:x}"),
    "keys of one length": keys(lambda number: f"{number:08}"),
    "keys with escapes": keys(lambda number: f"\\u0061{number}"),
    "documented keys with something added": keys(lambda number: f"amount{number}"),
    "small objects": filled(b'{"a":0},'),
    "empty objects": filled(b"{},"),
    "empty arrays": filled(b"[],"),
    "empty strings": filled(b'"",'),
    "integers": filled(b"0,"),
    "large integers": filled(b"9" * 308 + b","),
    "long floats": filled(b"0." + b"123456789" * 30 + b"e-5,"),
    "tiny floats": filled(b"2.2250738585072011e-308,"),
    "null, true and false": filled(b"null,true,false,"),
    "a string of escapes": as_large_as_allowed(lambda s: envelope(b'"' + s + b'"'), b"\\n"),
    "a string of escaped pairs": as_large_as_allowed(
        lambda s: envelope(b'"' + s + b'"'), b"\\ud83e\\udd8a"
    ),
    "a string of four-byte characters": as_large_as_allowed(
        lambda s: envelope(b'"' + s + b'"'), "🦊".encode()
    ),
    "a plain string": as_large_as_allowed(lambda s: envelope(b'"' + s + b'"'), b"x"),
    "a long key": as_large_as_allowed(lambda s: envelope(b'{"' + s + b'":0}'), b"k"),
    "a number with many digits after its point": as_large_as_allowed(
        lambda s: envelope(b"0." + s), b"1"
    ),
    "whitespace": as_large_as_allowed(lambda s: s + envelope(b"0"), b" \t\r\n"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_payloads(name: str) -> None:
    payload = ACCEPTED[name]
    event = verify(payload)
    assert not isinstance(event, BaseException), event
    assert event == json.loads(payload)
