"""Read the body and signature of a request. Public as part of :mod:`payvost_webhooks.receiver`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Optional, Protocol, Union

BodyEnd = Literal["reached", "broken", "timed_out", "consumed"]
"""How reading a body ended: at its end or the limit; the sender disconnected; the sender was too slow; other code has
already read or parsed it."""

Headers = Union[Mapping[str, Any], Iterable[tuple[Any, Any]]]


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_body(stream: _Stream, limit: int) -> tuple[bytes, BodyEnd]:
    """Read at most ``limit`` bytes of a stream. Returns them, and how reading ended."""
    body = bytearray()
    try:
        _fill(body, stream, limit)
    except OSError as error:
        # Before Python 3.10, `socket.timeout` is not a TimeoutError.
        is_slow = isinstance(error, TimeoutError) or type(error).__name__ == "timeout"
        return bytes(body), "timed_out" if is_slow else "broken"
    return bytes(body), "reached"


def read_up_to(stream: _Stream, limit: int) -> bytes:
    """Like :func:`read_body`, but raises the exceptions of the stream."""
    body = bytearray()
    _fill(body, stream, limit)
    return bytes(body)


def signature_of(headers: Headers) -> Optional[str]:
    """The value of the ``Payvost-Signature`` header, in any letter case; ``None`` if it is missing.

    If the header was sent more than once, its values are joined with commas, as in WSGI. Verifiers reject such a value.

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


def _text(value: Union[str, bytes]) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
