"""``explain``: the shared vectors, and its arguments."""

import json
from pathlib import Path

import pytest

import payvost_webhooks
from payvost_webhooks.explain import explain

VECTORS = Path(__file__).parents[2] / "tests" / "vectors" / "explain"


def octets(value):
    """A string, or bytes in hex."""
    return value if isinstance(value, str) else bytes.fromhex(value["hex"])


@pytest.mark.parametrize("file", sorted(VECTORS.glob("*.json")), ids=lambda file: file.stem)
def test_vectors(file):
    for case in json.loads(file.read_text("utf-8"))["cases"]:
        explanation = explain(
            octets(case["body"]),
            [octets(header) for header in case["headers"]],
            octets(case["secret"]),
            other_secrets=[octets(secret) for secret in case["other_secrets"]],
            other_bodies=[octets(body) for body in case["other_bodies"]],
        )
        found = (explanation.verdict, [cause.code for cause in explanation.causes])
        assert found == (case["verdict"], case["causes"]), case["comment"]
        assert all(cause.evidence and cause.fix for cause in explanation.causes)


def test_the_header_can_come_once_or_more_or_not_at_all():
    body, secret = b'{"id":"evt_1"}', "whsec_example"
    signature = payvost_webhooks.sign(body, secret)
    assert explain(body, signature, secret).verdict == "invalid_event"
    assert explain(bytearray(body), signature.encode(), secret.encode()).verdict == "invalid_event"
    assert [cause.code for cause in explain(body, [signature] * 2, secret).causes] == [
        "signature_doubled"
    ]
    assert explain(body, None, secret).verdict == "missing_signature"


def test_what_is_neither_text_nor_bytes_is_refused():
    for arguments, code in [
        (({}, "00", "whsec_x"), "payload_not_raw"),
        ((b"", "00", None), "invalid_secret"),
    ]:
        with pytest.raises(payvost_webhooks.ConfigurationError) as raised:
            explain(*arguments)
        assert raised.value.code == code
