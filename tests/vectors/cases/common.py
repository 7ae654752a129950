"""What the case modules are written with: ``valid``, ``refused`` and the pieces of bodies.

A payload is text, bytes, or a list of ``(text, count)`` pairs for bodies that would be long. What a
case expects is written by hand; only signatures and the positions of marks are computed.
"""

import hashlib
import hmac
import json

SECRET = "whsec_vectors"

#: The signature that the first secret makes of the payload: the one of a case that names none.
RIGHT = object()

#: Stands in a payload at the byte where the first problem lies, and is taken out.
MARK = "^"

_FIELDS = {
    "id": '"evt_1"',
    "type": '"payment.created"',
    "createdAt": '"2025-11-01T10:00:00Z"',
    "liveMode": "true",
    "data": "{}",
}


def valid(comment, flags, payload, **inputs):
    """A case that every language must accept."""
    return {**_case(comment, flags, payload, **inputs), "result": "valid"}


def refused(comment, flags, payload, code, *, offset=None, pointer=None, **inputs):
    """A case that every language must refuse with this code, and this offset or pointer."""
    error = {"code": code}
    if offset is not None:
        error["offset"] = offset
    if pointer is not None:
        error["pointer"] = pointer
    return {**_case(comment, flags, payload, **inputs), "result": "invalid", "error": error}


def bad_json(comment, flags, marked, **inputs):
    """A payload that is not JSON, with a mark at the first problem."""
    payload, offset = unmark(marked)
    return refused(comment, flags, payload, "invalid_json", offset=offset, **inputs)


def bad_event(comment, flags, payload, pointer, **inputs):
    """A payload that is JSON but no event, and the field that says so."""
    return refused(comment, flags, payload, "invalid_event", pointer=pointer, **inputs)


def unmark(marked):
    """The payload without its mark, and the byte position that the mark had."""
    if isinstance(marked, list):
        start = 0
        for index, (text, count) in enumerate(marked):
            if text == MARK:
                return [*marked[:index], *marked[index + 1 :]], start
            start += len(text.encode()) * count
        raise ValueError("no mark")
    before, after = marked.split(MARK if isinstance(marked, str) else MARK.encode())
    return before + after, len(before.encode() if isinstance(before, str) else before)


def envelope(**changes):
    """The text of an event. A change is the JSON text of a field; ``None`` leaves it out."""
    fields = {**_FIELDS, **changes}
    members = (f"{json.dumps(key)}:{text}" for key, text in fields.items() if text is not None)
    return "{" + ",".join(members) + "}"


def with_value(piece):
    """The text of an event whose data has the given JSON text as its only member, ``v``."""
    return envelope(data='{"v":' + piece + "}")


def sign(payload, secret=SECRET):
    """Lowercase hex HMAC-SHA256, by Python's own ``hmac``."""
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, payload_bytes(payload), hashlib.sha256).hexdigest()


def payload_bytes(payload):
    """The bytes of a payload in any of its forms."""
    if isinstance(payload, list):
        payload = "".join(text * count for text, count in payload)
    return payload.encode() if isinstance(payload, str) else payload


def _case(comment, flags, payload, *, secrets=(SECRET,), signature=RIGHT, options=None):
    if signature is RIGHT:
        signature = sign(payload, secrets[0])
    return {
        "comment": comment,
        "flags": flags.split(),
        "secrets": list(secrets),
        "payload": payload,
        "signature": signature,
        "options": options,
    }
