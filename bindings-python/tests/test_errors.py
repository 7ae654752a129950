"""The errors that the package raises, and only those."""

from __future__ import annotations

import copy
import datetime
import decimal
import importlib.util
import pickle
import subprocess
import sys
import traceback
from array import array
from fractions import Fraction
from typing import Any

import pytest
from samples import PAYLOAD, SECRET, SIGNATURE, signed

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

CLASSES = {
    "invalid_secret": ConfigurationError,
    "invalid_option": ConfigurationError,
    "payload_not_raw": ConfigurationError,
    "missing_signature": SignatureVerificationError,
    "malformed_signature": SignatureVerificationError,
    "signature_mismatch": SignatureVerificationError,
    "payload_too_large": InvalidPayloadError,
    "invalid_json": InvalidPayloadError,
    "invalid_event": InvalidPayloadError,
    "live_mode_mismatch": EventRejectedError,
    "event_too_old": EventRejectedError,
    "event_in_future": EventRejectedError,
}


class Hostile:
    """Raises an exception for all operations."""

    def _raise(self, *_: Any) -> Any:
        raise RuntimeError("must not be asked")

    __bool__ = __bytes__ = __buffer__ = __float__ = __hash__ = __index__ = __int__ = _raise
    __eq__ = __iter__ = __len__ = __repr__ = __str__ = _raise


NEITHER_TEXT_NOR_BYTES: list[Any] = [
    0,
    1,
    -1,
    10**400,
    1.5,
    float("nan"),
    1j,
    True,
    False,
    object(),
    Hostile(),
    {},
    {"id": "evt_1"},
    {1, 2},
    range(3),
    iter([b"{}"]),
    array("B", b"{}"),
    array("d", [1.0]),
    memoryview(array("I", [1, 2])),
    memoryview(b"{}{}")[::2],
    bytes,
    Ellipsis,
    "\ud800",
    datetime.timedelta(1),
]
EMPTY: list[Any] = [b"", "", bytearray(), memoryview(b"")]
ODD_TEXT: list[Any] = ["é", "ключ", "\0", "a\0b", b"\0", b"\xff\xfe", bytearray(b"\xff"), "x" * 100]


def kind(value: Any) -> str:
    return type(value).__name__


def raised_by(function: Any, *arguments: Any, **options: Any) -> WebhookError:
    with pytest.raises(WebhookError) as caught:
        function(*arguments, **options)
    assert type(caught.value) is CLASSES[caught.value.code]
    return caught.value


def every_way_to_verify(payload: Any, signature: Any) -> list[str]:
    verifier = WebhookVerifier(SECRET)
    return [
        raised_by(verify_webhook, payload, signature, SECRET).code,
        raised_by(verifier.verify, payload, signature).code,
        raised_by(verifier.verify_signature, payload, signature).code,
    ]


@pytest.mark.parametrize("payload", [None, [], [PAYLOAD], (), *NEITHER_TEXT_NOR_BYTES], ids=kind)
def test_a_payload_that_is_not_raw(payload: Any) -> None:
    assert set(every_way_to_verify(payload, SIGNATURE)) == {"payload_not_raw"}
    assert raised_by(sign, payload, SECRET).code == "payload_not_raw"


@pytest.mark.parametrize("payload", [*EMPTY, *ODD_TEXT], ids=kind)
def test_a_payload_of_another_type(payload: Any) -> None:
    assert set(every_way_to_verify(payload, SIGNATURE)) == {"signature_mismatch"}
    raw = payload.encode() if isinstance(payload, str) else bytes(payload)
    error = raised_by(verify_webhook, payload, signed(raw), SECRET)
    assert (error.code, error.pointer) == ("invalid_json", None)
    assert isinstance(error.offset, int)


@pytest.mark.parametrize("signature", [None, "", b""], ids=repr)
def test_a_missing_signature(signature: Any) -> None:
    assert set(every_way_to_verify(PAYLOAD, signature)) == {"missing_signature"}


@pytest.mark.parametrize(
    "signature",
    [
        *NEITHER_TEXT_NOR_BYTES,
        [],
        [SIGNATURE],
        (SIGNATURE,),
        bytearray(SIGNATURE.encode()),
        *ODD_TEXT,
        SIGNATURE.upper(),
        f" {SIGNATURE}",
        f"{SIGNATURE}\n",
        f"{SIGNATURE}\0",
        f"sha256={SIGNATURE}",
        f"{SIGNATURE}, {SIGNATURE}",
        SIGNATURE[:-1],
        SIGNATURE[:-1] + "é",
        SIGNATURE[:-1] + "０",  # a digit, but not an ASCII one
    ],
    ids=kind,
)
def test_a_malformed_signature(signature: Any) -> None:
    assert set(every_way_to_verify(PAYLOAD, signature)) == {"malformed_signature"}


@pytest.mark.parametrize(
    "secret",
    [
        None,
        [],
        (),
        *NEITHER_TEXT_NOR_BYTES,
        *EMPTY,
        " ",
        "\0",
        "whsec_a\n",
        "sk_live_a",
        {SECRET},
        iter([SECRET]),
        [None],
        [[SECRET]],
        [SECRET, None],
        [SECRET, ""],
        (b" ", SECRET),
        [SECRET, 7],
        [SECRET, "\ud800"],
    ],
    ids=kind,
)
def test_an_invalid_secret(secret: Any) -> None:
    assert raised_by(WebhookVerifier, secret).code == "invalid_secret"
    assert raised_by(verify_webhook, PAYLOAD, SIGNATURE, secret).code == "invalid_secret"
    assert raised_by(sign, PAYLOAD, secret).code == "invalid_secret"


def test_sign_takes_one_secret() -> None:
    assert raised_by(sign, PAYLOAD, [SECRET]).code == "invalid_secret"


NO_NUMBERS: list[Any] = [
    True,
    False,
    "60",
    b"60",
    "",
    [],
    [60],
    {},
    object(),
    Hostile(),
    1j,
    decimal.Decimal(60),
    Fraction(60),
    datetime.datetime(2025, 11, 1),
]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("tolerance", value) for value in NO_NUMBERS),
        *(
            ("tolerance", value)
            for value in (
                -1,
                -0.001,
                float("nan"),
                float("inf"),
                -float("inf"),
                1e300,
                2**63,
                2**64,
                10**400,
                3153600001,
                3153600000.001,
                datetime.timedelta(microseconds=-1),
                datetime.timedelta.min,
                datetime.timedelta.max,
            )
        ),
        *(("expect_live_mode", value) for value in (0, 1, "", "true", b"", [], {}, object(), 1.0)),
        ("expect_live_mode", Hostile()),
        *(("max_payload_bytes", value) for value in NO_NUMBERS),
        *(
            ("max_payload_bytes", value)
            for value in (None, 0, -1, 2**28, 2**32 + 1000, 2**64 + 1000)
        ),
        *(("max_payload_bytes", value) for value in (10**400, 4096.0, float("nan"))),
    ],
    ids=lambda value: value if isinstance(value, str) and value else kind(value),
)
def test_an_invalid_option(option: str, value: Any) -> None:
    assert raised_by(WebhookVerifier, SECRET, **{option: value}).code == "invalid_option"
    assert raised_by(WebhookVerifier, "", **{option: value}).code == "invalid_secret"


@pytest.mark.parametrize(
    "options",
    [
        {"tolerance": 0},
        {"tolerance": 0.0},
        {"tolerance": -0.0},
        {"tolerance": 3153600000},
        {"tolerance": datetime.timedelta(0)},
        {"tolerance": datetime.timedelta(days=36500)},
        {"expect_live_mode": False},
        {"max_payload_bytes": 1},
        {"max_payload_bytes": 2**28 - 1},
    ],
    ids=repr,
)
def test_boundary_values_of_options(options: dict[str, Any]) -> None:
    assert isinstance(WebhookVerifier(SECRET, **options), WebhookVerifier)


def test_the_first_failure_decides() -> None:
    small: Any = WebhookVerifier(SECRET, max_payload_bytes=1)
    assert raised_by(verify_webhook, None, None, None).code == "invalid_secret"
    assert raised_by(sign, None, "").code == "invalid_secret"
    assert raised_by(small.verify, "\ud800\ud800", None).code == "payload_not_raw"
    assert raised_by(small.verify, PAYLOAD, 7).code == "payload_too_large"
    assert raised_by(small.verify, bytearray(2), None).code == "payload_too_large"
    assert raised_by(small.verify, b"1", 7).code == "malformed_signature"


def test_a_wrong_number_of_arguments_is_a_type_error() -> None:
    function: Any
    for function in (verify_webhook, sign, WebhookVerifier, WebhookVerifier(SECRET).verify):
        with pytest.raises(TypeError):
            function()


def an_error() -> WebhookError:
    payload = b'{"id":"evt_1","type":7}'
    return raised_by(verify_webhook, payload, signed(payload), SECRET)


def test_an_error_has_a_message_and_a_hint() -> None:
    error = an_error()
    assert isinstance(error, ValueError)
    assert (error.code, error.offset, error.pointer) == ("invalid_event", None, "/type")
    assert (
        str(error)
        == error.message
        == "the payload is not a webhook event: /type is missing or invalid"
    )
    assert error.args == (error.message,)
    assert error.hint
    assert error.hint != error.message
    assert repr(error) == f"InvalidPayloadError({error.message!r})"

    payload = b'{"id": nul}'
    error = raised_by(verify_webhook, payload, signed(payload), SECRET)
    assert (error.code, error.offset, error.pointer) == ("invalid_json", 10, None)

    payload = b"[]"
    assert raised_by(verify_webhook, payload, signed(payload), SECRET).pointer == ""


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_can_be_pickled(protocol: int) -> None:
    error = an_error()
    error.add_context = "by the caller"  # type: ignore[attr-defined]
    same_again(error, pickle.loads(pickle.dumps(error, protocol)))


def test_an_error_can_be_copied() -> None:
    error = an_error()
    same_again(error, copy.copy(error))
    same_again(error, copy.deepcopy(error))


def same_again(error: WebhookError, other: WebhookError) -> None:
    assert type(other) is type(error)
    assert other is not error
    assert other.args == error.args
    assert vars(other) == vars(error)
    assert str(other) == str(error)


def test_an_error_class_can_be_subclassed() -> None:
    class Refused(SignatureVerificationError):
        def __init__(self, endpoint: str) -> None:
            super().__init__(f"refused at {endpoint}", code="signature_mismatch")
            self.endpoint = endpoint

    error = Refused("/webhooks")
    assert str(error) == "refused at /webhooks"
    assert (error.code, error.offset, error.endpoint) == ("signature_mismatch", None, "/webhooks")


def test_no_secret_in_an_error_or_its_traceback() -> None:
    secret, body = "whsec_hidden_0123456789", b'{"attacker":"was here"}'
    good = signed(body, secret)
    for arguments in (
        (body, SIGNATURE, secret),
        (body, good, secret),
        (body, good + "zz", secret),
        (body, good, secret + "\n"),
        (body, good, [secret, "sk_live_hidden_0123456789"]),
    ):
        error = raised_by(verify_webhook, *arguments)
        report = "".join(
            traceback.TracebackException.from_exception(
                error, capture_locals=True
            ).format_exception_only()
        )
        for text in (report, repr(error), str(vars(error)), repr(pickle.dumps(error))):
            assert not any(
                part in text for part in ("hidden", "attacker", "was here", good, SIGNATURE)
            )
        # The last frame belongs to this module: the package has no frames whose locals could be shown.
        assert traceback.extract_tb(error.__traceback__)[-1].filename == __file__
        assert error.__context__ is None
        assert error.__cause__ is None


# Several copies of the package in one process.

OWN_CLASSES = """
import payvost_webhooks
for step in (
    lambda: payvost_webhooks.verify_webhook(b"{}", "y", "whsec_example"),
    lambda: payvost_webhooks.WebhookVerifier(""),
):
    try:
        step()
    except payvost_webhooks.WebhookError as error:
        assert type(error) is getattr(payvost_webhooks, type(error).__name__)
    else:
        raise AssertionError
"""


def test_a_reloaded_package_raises_its_own_classes() -> None:
    program = f"""
import sys
{OWN_CLASSES}
for name in [name for name in sys.modules if name.startswith("payvost_webhooks")]:
    del sys.modules[name]
{OWN_CLASSES}
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.skipif(
    importlib.util.find_spec("_xxsubinterpreters") is None,
    reason="another name from Python 3.13 on",
)
@pytest.mark.parametrize("first", ["", OWN_CLASSES], ids=["not loaded before", "loaded before"])
def test_each_interpreter_raises_its_own_classes(first: str) -> None:
    """As in mod_wsgi. Interpreters start and end while others continue."""
    program = f"""
import sys
import _xxsubinterpreters as interpreters
{first}
for _ in range(3):
    number = interpreters.create()
    interpreters.run_string(number, {OWN_CLASSES!r})
    interpreters.destroy(number)
{first}
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
