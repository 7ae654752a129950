"""Why a delivery was refused, for development.

Keep the body and the header of one refused delivery, and call :func:`explain` on your own machine. It undoes what
usually goes wrong, signs the result again, and names a cause only if the signature then matches. It never decides
whether to accept a delivery: a receiver does not call it.

>>> from payvost_webhooks import sign
>>> body = b'{"id":"evt_1"}'
>>> explanation = explain(body, sign(body, "whsec_example"), "whsec_example\\n")
>>> explanation.verdict, explanation.causes[0].code
('invalid_secret', 'secret_newline')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from payvost_webhooks import _native

__all__ = ["Cause", "Explanation", "explain"]


class Cause(NamedTuple):
    """A proven cause."""

    code: str
    """The stable code, such as ``body_reserialized``. The page on troubleshooting lists all of them."""
    evidence: str
    """How the cause shows. It holds no part of a body, a secret or a signature."""
    fix: str
    """What to do about it."""


class Explanation(NamedTuple):
    """What :func:`explain` has found."""

    verdict: str
    """``ok``, or the code of the error that ``verify`` raises."""
    causes: tuple[Cause, ...]
    """The causes, the most telling first: empty if the verdict is ``ok``, only ``unknown`` if nothing is proven."""


def explain(
    body: str | bytes | bytearray | memoryview,
    signature: str | bytes | Sequence[str | bytes] | None,
    secret: str | bytes,
    *,
    other_secrets: Sequence[str | bytes] = (),
    other_bodies: Sequence[str | bytes | bytearray | memoryview] = (),
) -> Explanation:
    """Explain why a delivery was refused.

    Args:
        body: The body as it was verified.
        signature: The value of the ``Payvost-Signature`` header, a list of values if it was sent more than once, or
            ``None`` if it was absent.
        secret: The secret as it is configured.
        other_secrets: Secrets that may have signed instead: of other endpoints, of the other mode, from before a
            rotation.
        other_bodies: Bodies to compare with: other deliveries, or what a proxy has recorded.

    Raises:
        ConfigurationError: ``payload_not_raw`` or ``invalid_secret``: an argument is neither text nor bytes.
    """
    if signature is None:
        headers: list[str | bytes] = []
    elif isinstance(signature, (str, bytes)):
        headers = [signature]
    else:
        headers = list(signature)
    verdict, causes = _native.explain(
        body, headers, secret, list(other_secrets), list(other_bodies)
    )
    return Explanation(verdict, tuple(Cause(*cause) for cause in causes))
