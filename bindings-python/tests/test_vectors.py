"""The vectors that all languages run, in Python."""

from __future__ import annotations

import json
import os
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from canonical import canonical

from payvost_webhooks import WebhookError, WebhookVerifier, verify_webhook

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = Path(os.environ.get("VECTORS", REPOSITORY / "tests" / "vectors" / "verify"))
OBSERVED = Path(os.environ.get("OBSERVED", REPOSITORY / "target" / "observed"))
CASES = {
    case["id"]: case
    for path in sorted(VECTORS.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
}


def payload_of(case: dict[str, Any]) -> bytes:
    if "payload_repeat" in case:
        return b"".join(text.encode() * count for text, count in case["payload_repeat"])
    return text_or_hex(case, "payload")


def text_or_hex(case: dict[str, Any], name: str) -> bytes:
    if f"{name}_hex" in case:
        return bytes.fromhex(case[f"{name}_hex"])
    return str(case[name]).encode()


def signature_of(case: dict[str, Any]) -> str | bytes | None:
    return text_or_hex(case, "signature") if "signature_hex" in case else case.get("signature")


def secrets_of(case: dict[str, Any]) -> list[str | bytes]:
    return [s if isinstance(s, str) else bytes.fromhex(s["hex"]) for s in case["secrets"]]


@cache
def verify(name: str) -> Any:
    """The event, or the error, of a case."""
    case = CASES[name]
    try:
        verifier = WebhookVerifier(secrets_of(case), **case.get("options", {}))
        return verifier.verify(payload_of(case), signature_of(case))
    except WebhookError as error:
        return error


def observed(name: str) -> dict[str, Any]:
    got = verify(name)
    refused = isinstance(got, WebhookError)
    return {
        "id": name,
        "verdict": got.code if refused else "valid",
        "offset": got.offset if refused else None,
        "pointer": got.pointer if refused else None,
        "value": None if refused else canonical(got),
    }


def same_to_the_type(left: Any, right: Any) -> bool:
    """Whether values are equal, including the order of keys, with 1, 1.0 and True distinguished."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same_to_the_type(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same_to_the_type, left, right))
    if isinstance(left, float):
        return struct.pack(">d", left) == struct.pack(">d", right)
    return bool(left == right)


def test_vectors_exist() -> None:
    assert len(CASES) >= 400


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_matches_the_vector(name: str) -> None:
    case = CASES[name]
    error = case.get("error", {})
    assert observed(name) == {
        "id": name,
        "verdict": error.get("code", "valid"),
        "offset": error.get("offset"),
        "pointer": error.get("pointer"),
        "value": case.get("value"),
    }


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["result"] == "valid"])
def test_the_event_equals_that_of_json_loads(name: str) -> None:
    assert same_to_the_type(verify(name), json.loads(payload_of(CASES[name])))


@pytest.mark.parametrize("name", [name for name in CASES if "payload" in CASES[name]])
def test_text_bytearray_and_memoryview_get_the_same_verdict_as_bytes(name: str) -> None:
    case = CASES[name]
    payload = payload_of(case)
    for same in (payload.decode(), bytearray(payload), memoryview(payload)):
        try:
            verifier = WebhookVerifier(tuple(secrets_of(case)), **case.get("options", {}))
            got: Any = verifier.verify(same, signature_of(case))
        except WebhookError as error:
            expected = verify(name)
            assert (type(error), error.code, error.offset, error.pointer) == (
                type(expected),
                expected.code,
                expected.offset,
                expected.pointer,
            )
        else:
            assert got == verify(name)


@pytest.mark.parametrize(
    "name",
    [name for name in CASES if len(CASES[name]["secrets"]) == 1 and "options" not in CASES[name]],
)
def test_the_function_and_the_class_agree(name: str) -> None:
    case = CASES[name]
    try:
        got: Any = verify_webhook(payload_of(case), signature_of(case), secrets_of(case)[0])
    except WebhookError as error:
        assert error.code == verify(name).code
    else:
        assert got == verify(name)


def test_observations_are_written() -> None:
    """For the comparison across languages."""
    path = OBSERVED / "python.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(observed(name), ensure_ascii=True) for name in CASES]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    assert len(lines) == len(CASES)
