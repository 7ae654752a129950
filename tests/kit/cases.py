"""The deliveries, and the responses that a receiver must send.

The sender signs with Python's own ``hmac``. Nothing here comes from the library under test.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.kit.paths import VECTORS

SECRET = "whsec_of_the_demo"
OTHER_SECRET = "whsec_of_another_endpoint"

PAYLOAD_LIMIT = 1024 * 1024

DOCUMENTED_TYPES = (
    "payment.created",
    "payment.succeeded",
    "payment.failed",
    "payment.refunded",
    "transfer.created",
    "transfer.completed",
    "transfer.failed",
    "wallet.created",
    "wallet.balance_updated",
    "wallet.frozen",
    "user.created",
    "user.kyc_submitted",
    "user.kyc_verified",
    "user.kyc_rejected",
    "fraud.alert_created",
    "fraud.transaction_blocked",
)


@dataclass(frozen=True)
class Case:
    """One request. ``signatures`` has one value per signature header to send."""

    name: str
    expected: str
    body: bytes
    signatures: tuple[str, ...]
    header: str = "Payvost-Signature"
    chunked: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    cases: tuple[Case, ...]


def groups() -> tuple[Group, ...]:
    return (
        Group("The documented events", documented_events()),
        Group("Unusual, but genuine", unusual()),
        Group("Forged or damaged", forged()),
        Group("Signed correctly, but not an event", no_events()),
    )


def sign(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def documented_events() -> tuple[Case, ...]:
    bodies: dict[str, bytes] = {}
    for vector in json.loads((VECTORS / "events.json").read_text("utf-8"))["cases"]:
        if {"Documented", "LiveMode"} <= set(vector["flags"]):
            bodies.setdefault(json.loads(vector["payload"])["type"], vector["payload"].encode())
    return tuple(genuine(name, bodies[name]) for name in DOCUMENTED_TYPES)


def unusual() -> tuple[Case, ...]:
    full = compact({**EVENT, "id": "evt_full", "data": {"filler": ""}})
    return (
        genuine(
            "an undocumented type", an_event("undocumented_type", type="loyalty.points_earned")
        ),
        genuine("undocumented fields", an_event("undocumented_fields", apiVersion=7, tags=[None])),
        genuine("a test event", an_event("in_test_mode", liveMode=False)),
        genuine(
            "previousData is missing", compact({**without("previousData"), "id": "evt_no_previous"})
        ),
        genuine(
            "indented, with CR LF",
            json.dumps({**EVENT, "id": "evt_indented"}, indent=2).replace("\n", "\r\n").encode(),
        ),
        genuine("names in Hanzi and emoji", an_event("unicode", data={"name": "王小明 🎉"})),
        genuine(
            "exactly 1 MiB", full.replace(b'""', b'"%s"' % (b"x" * (PAYLOAD_LIMIT - len(full))))
        ),
        genuine("the header in capitals", an_event("capitals"), header="PAYVOST-SIGNATURE"),
        genuine("sent in chunks", an_event("chunked"), chunked=True),
    )


def forged() -> tuple[Case, ...]:
    event = compact(EVENT)
    signature = sign(event)
    encoded_again = json.dumps(json.loads(event)).encode()
    assert encoded_again != event

    def refused(name: str, code: str, body: bytes, *signatures: str) -> Case:
        return Case(name, f"400 {code}", body, signatures)

    def mismatch(name: str, body: bytes, signature: str) -> Case:
        return refused(name, "signature_mismatch", body, signature)

    def malformed(name: str, *signatures: str) -> Case:
        return refused(name, "malformed_signature", event, *signatures)

    return (
        mismatch("signed with another secret", event, sign(event, OTHER_SECRET)),
        mismatch("one byte changed", event.replace(b"99.99", b"99.98"), signature),
        mismatch("the body encoded again", encoded_again, signature),
        mismatch("a line end added", event + b"\n", signature),
        mismatch("another event's signature", event, sign(compact({**EVENT, "id": "evt_other"}))),
        mismatch("no body", b"", signature),
        refused("no signature", "missing_signature", event),
        refused("an empty signature", "missing_signature", event, ""),
        malformed("the signature cut short", signature[:-1]),
        malformed("the signature in capitals", signature.upper()),
        malformed("the signature with a prefix", f"sha256={signature}"),
        malformed("the signature doubled", f"{signature}, {signature}"),
        malformed("the header sent twice", signature, signature),
        malformed("the signature not in hex", "g" * 64),
        malformed("the signature not in ASCII", "\xe9" * 64),
        Case(
            "1 MiB and one byte",
            "413 payload_too_large",
            b" " * (PAYLOAD_LIMIT + 1),
            (signature,),
        ),
    )


def no_events() -> tuple[Case, ...]:
    event = compact(EVENT)
    deep = b"[" * 128 + b"]" * 128

    def refused(code: str, name: str, body: bytes) -> Case:
        return Case(name, f"400 {code}", body, (sign(body),))

    def not_json(name: str, body: bytes) -> Case:
        return refused("invalid_json", name, body)

    def not_an_event(name: str, value: Any) -> Case:
        return refused("invalid_event", name, compact(value))

    return (
        not_json("an empty body", b""),
        not_json("a form instead of JSON", b"id=evt_1&type=payment.succeeded"),
        not_json("cut off in the middle", event[: len(event) // 2]),
        not_json("a byte order mark", b"\xef\xbb\xbf" + event),
        not_json("not UTF-8", event.replace(b"USD", b"\xff")),
        not_json("half of a surrogate pair", event.replace(b"USD", b"\\ud83d")),
        not_json("a key twice in the envelope", event.replace(b"{", b'{"id":"evt_forged",', 1)),
        not_json(
            "a key twice in the data", event.replace(b'"data":{', b'"data":{"\\u0061mount":"0.01",')
        ),
        not_json("not a number", event.replace(b'"99.99"', b"NaN")),
        not_json("nested 129 levels deep", b'{"data":' + deep + b"}"),
        not_an_event("a list of events", [EVENT]),
        not_an_event("no id", without("id")),
        not_an_event("an empty type", {**EVENT, "type": ""}),
        not_an_event("a day that does not exist", {**EVENT, "createdAt": "2025-02-30T10:00:00Z"}),
        not_an_event("liveMode as text", {**EVENT, "liveMode": "true"}),
        not_an_event("data as a list", {**EVENT, "data": []}),
        not_an_event("previousData as text", {**EVENT, "previousData": "none"}),
        not_an_event("keys in another case", {key.lower(): value for key, value in EVENT.items()}),
    )


EVENT = {
    "id": "evt_of_the_demo",
    "type": "payment.succeeded",
    "createdAt": "2025-11-01T10:00:00Z",
    "liveMode": True,
    "data": {"id": "pay_def456uvw", "amount": "99.99", "currency": "USD", "status": "succeeded"},
    "previousData": None,
}


def genuine(name: str, body: bytes, **details: Any) -> Case:
    return Case(name, "200", body, (sign(body),), **details)


def an_event(name: str, **fields: Any) -> bytes:
    """An event with an id of its own: a store takes two bodies under one id for a conflict."""
    return compact({**EVENT, "id": f"evt_{name}", **fields})


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in EVENT.items() if key != field}
