"""What an adapter reads of a request. Public as part of :mod:`payvost_webhooks.receiver`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol, Union

BodyEnd = Literal["reached", "broken", "timed_out", "consumed"]
"""How reading a body ended: at its end or the limit; the sender broke off; the sender was too slow; somebody else has
read or parsed it before."""

Headers = Union[Mapping[str, Any], Iterable[tuple[Any, Any]]]


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_body(stream: _Stream, limit: int) -> tuple[bytes, BodyEnd]:
    """Read a stream to its end, or up to a number of bytes, and tell how that ended."""
    body = bytearray()
    try:
        _fill(body, stream, limit)
    except OSError as error:
        # Before Python 3.10, `socket.timeout` is not a TimeoutError.
        is_slow = isinstance(error, TimeoutError) or type(error).__name__ == "timeout"
        return bytes(body), "timed_out" if is_slow else "broken"
    return bytes(body), "reached"


def read_up_to(stream: _Stream, limit: int) -> bytes:
    """As :func:`read_body`, but what the stream raises is raised."""
    body = bytearray()
    _fill(body, stream, limit)
    return bytes(body)


def signature_of(headers: Headers) -> str | None:
    """The value of the ``Payvost-Signature`` header, in any letter case; ``None`` when it is absent.

    Values of a header that was sent more than once are joined with a comma, as WSGI does: no
    verifier accepts that.

    Args:
        headers: A mapping, or pairs of names and values, as ``str`` or ``bytes``.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    values: list[str] = []
    for name, value in pairs:
        if _text(name).lower() == "payvost-signature":
            values += map(_text, value) if isinstance(value, (list, tuple)) else [_text(value)]
    return ",".join(values) if values else None


def _fill(body: bytearray, stream: _Stream, limit: int) -> None:
    while chunk := stream.read(limit - len(body)) if len(body) < limit else b"":
        body += chunk


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
