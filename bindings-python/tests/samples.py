"""Events and signatures for the tests, signed with the standard library instead of the code under test."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

SECRET = "whsec_example"

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "payment.succeeded",
    "createdAt": "2025-11-01T10:00:00Z",
    "liveMode": True,
    "data": {"id": "pay_1", "amount": "99.99", "customer": {"name": "Zoë 🦊"}, "metadata": {}},
    "previousData": None,
}


def signed(payload: bytes, secret: str | bytes = SECRET) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, payload, hashlib.sha256).hexdigest()


def envelope(data: bytes) -> bytes:
    """An event with the given JSON text as a field of its ``data``."""
    return (
        b'{"id":"evt_1","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,'
        b'"data":{"it":' + data + b"}}"
    )


PAYLOAD = json.dumps(EVENT, ensure_ascii=False).encode()
SIGNATURE = signed(PAYLOAD)
