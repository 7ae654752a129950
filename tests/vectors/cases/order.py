"""The order of the verdict: several steps fail together, and the first of them decides."""

from itertools import combinations

from .common import SECRET, envelope, refused, sign, valid

ABOUT = "When several checks fail, the first in this order decides, in every language."

FLAGS = {
    "Pair": "Two steps fail at once; the earlier one decides.",
    "OnwardFrom": "A step and all that can fail after it, at once; the first of them decides.",
    "None": "Nothing fails: the control for the other cases.",
    "WithinStep": "Two faults that the same step would report; its own order decides.",
}

#: The steps, first to last. What makes each fail is in `inputs` below.
STEPS = [
    "invalid_secret",
    "invalid_option",
    "payload_too_large",
    "missing_signature",
    "malformed_signature",
    "signature_mismatch",
    "invalid_json",
    "invalid_event",
    "live_mode_mismatch",
    "event_too_old",
    "event_in_future",
]

#: Steps that look at the same thing, so that no delivery fails both.
EXCLUSIVE = [
    {"missing_signature", "malformed_signature"},
    {"missing_signature", "signature_mismatch"},
    {"malformed_signature", "signature_mismatch"},
    {"event_too_old", "event_in_future"},
]

#: The length of each body that is not JSON: it ends, in spaces, without its last brace.
BROKEN_LENGTH = 240


def inputs(failing):
    """The inputs of a case in which exactly these steps fail."""
    body = envelope(
        createdAt='"2000-01-01T00:00:00Z"'
        if "event_too_old" in failing
        else '"9990-01-01T00:00:00Z"'
        if "event_in_future" in failing
        else '"2025-11-01T10:00:00Z"',
        liveMode="false" if "live_mode_mismatch" in failing else "true",
        data="[]" if "invalid_event" in failing else "{}",
    )
    if "invalid_json" in failing:
        body = body[:-1].ljust(BROKEN_LENGTH)

    options = {}
    if failing & {"event_too_old", "event_in_future"}:
        options["tolerance"] = 3600
    if "live_mode_mismatch" in failing:
        options["expect_live_mode"] = True
    if "payload_too_large" in failing:
        options["max_payload_bytes"] = 10
    if "invalid_option" in failing:
        out_of_range = "tolerance" if "payload_too_large" in failing else "max_payload_bytes"
        options[out_of_range] = 9007199254740991

    secrets = [SECRET, "whsec_a\n"] if "invalid_secret" in failing else [SECRET]
    signature = sign(body)
    if "missing_signature" in failing:
        signature = None
    elif "malformed_signature" in failing:
        signature = signature.upper()
    elif "signature_mismatch" in failing:
        signature = sign(body, "whsec_other")
    return {
        "payload": body,
        "secrets": secrets,
        "signature": signature,
        "options": options or None,
    }


def first_decides(comment, flag, failing):
    """A case of steps, given in their order, that all fail."""
    code = failing[0]
    offset = BROKEN_LENGTH if code == "invalid_json" else None
    pointer = "/data" if code == "invalid_event" else None
    made = inputs(set(failing))
    return refused(comment, flag, code=code, offset=offset, pointer=pointer, **made)


def possible(failing):
    return not any(pair <= set(failing) for pair in EXCLUSIVE)


def onward(first, *without):
    return [step for step in STEPS[STEPS.index(first) :] if step not in without]


def both(comment, code, offset=None, pointer=None, **made):
    return refused(comment, "WithinStep", code=code, offset=offset, pointer=pointer, **made)


PAIRS = [
    first_decides(f"{first} before {second}", "Pair", [first, second])
    for first, second in combinations(STEPS, 2)
    if possible([first, second])
]

LATE = ("event_in_future", "malformed_signature", "signature_mismatch")

ONWARD = [
    first_decides(f"{first} and everything after it", "OnwardFrom", onward(first, *without))
    for first, without in [
        ("invalid_secret", LATE),
        ("invalid_option", LATE),
        ("payload_too_large", LATE),
        ("missing_signature", LATE),
        ("malformed_signature", ("signature_mismatch", "event_in_future")),
        ("signature_mismatch", ("event_too_old",)),
        ("invalid_json", ("event_in_future",)),
        ("invalid_event", ("event_too_old",)),
    ]
]

WITHIN = [
    both(
        "an empty header and an empty body",
        "missing_signature",
        payload="",
        signature="",
    ),
    both(
        "a body that is not JSON and has no signature is not read",
        "missing_signature",
        payload=b"\xff{",
        signature=None,
    ),
    both(
        "an event without an id breaks off: JSON is read to its end before the fields",
        "invalid_json",
        offset=6,
        payload='{"a":1',
    ),
    both(
        "the earliest problem of the text decides: a duplicate key, then bad UTF-8",
        "invalid_json",
        offset=7,
        payload=b'{"a":1,"a":"\xff"}',
    ),
    both(
        "the earliest problem of the text decides: bad UTF-8, then a duplicate key",
        "invalid_json",
        offset=6,
        payload=b'{"a":"\xff","a":1}',
    ),
    both(
        "the earliest problem of the text decides: a number out of range, then a missing comma",
        "invalid_json",
        offset=1,
        payload="[1e400 2]",
    ),
    both(
        "the earliest problem of the text decides: a missing comma, then a number out of range",
        "invalid_json",
        offset=3,
        payload="[2 1e400]",
    ),
    both(
        "the earliest problem of the text decides: a lone surrogate, then the end",
        "invalid_json",
        offset=1,
        payload='"\\udc00',
    ),
    both(
        "an array is not an event, and its content is not read",
        "invalid_event",
        pointer="",
        payload='[{"id":""}]',
        options={"expect_live_mode": True},
    ),
    both(
        "too old, and in the wrong mode: the mode comes first, whatever it is",
        "live_mode_mismatch",
        payload=envelope(createdAt='"1970-01-01T00:00:00Z"'),
        options={"expect_live_mode": False, "tolerance": 0},
    ),
]

CASES = [valid("nothing fails", "None", **inputs(set())), *PAIRS, *ONWARD, *WITHIN]
