"""What calls take and return besides the documented objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Optional, TypedDict, Union

__all__ = ["CallOptions", "RateLimit", "RequestInfo", "ResponseInfo", "response_of"]


class CallOptions(TypedDict, total=False):
    """Options of one call. They take precedence over those of the client."""

    timeout: Union[float, timedelta]
    """The time limit of one attempt, in seconds."""
    deadline: Union[float, timedelta]
    """The time limit of the call, with its retries and pauses, in seconds."""
    max_retries: int
    """How many further attempts there can be."""
    idempotent: bool
    """Whether a ``POST`` can be repeated even if it may have been carried out."""
    idempotency_key: str
    """The ``Idempotency-Key`` of a ``POST``. Default: 128 random bits."""


class RateLimit(NamedTuple):
    """The provider's rate limit, as far as the response reported it."""

    limit: Optional[int]
    """How many requests a window allows."""
    remaining: Optional[int]
    """How many are left."""
    reset: Optional[int]
    """``X-RateLimit-Reset``, as it was sent."""


class RequestInfo(NamedTuple):
    """What ``on_request`` is called with, before each attempt."""

    operation: str
    """The call, such as ``webhooks.create``."""
    method: str
    path: str
    attempt: int
    """Which attempt this is, from 1."""


class ResponseInfo(NamedTuple):
    """What ``on_response`` is called with, after each attempt."""

    operation: str
    """The call, such as ``webhooks.create``."""
    method: str
    path: str
    attempt: int
    """Which attempt this was, from 1."""
    status: Optional[int]
    """The status, or ``None`` if there was no response."""
    fault: Optional[str]
    """Why there was no response, such as ``timed_out``."""
    duration: float
    """How long the attempt took, in seconds."""
    request_id: Optional[str]
    """The provider's id of the request."""
    rate_limit: RateLimit


class Reply(dict):  # type: ignore[type-arg]
    """The object of a response: a ``dict`` that knows its response."""

    response: ResponseInfo

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (dict(self),)


def response_of(result: object) -> ResponseInfo:
    """The response that a result, a page or an ``ApiError`` comes from: its request id and rate limit, for example.

    Raises:
        TypeError: It comes from no response.
    """
    response = getattr(result, "response", None)
    if not isinstance(response, ResponseInfo):
        raise TypeError("result must be a result, a page or an ApiError of a call")
    return response


def encode(values: object) -> bytes:
    """Values as JSON. Values that JSON cannot hold become invalid JSON, which the core refuses."""
    try:
        return json.dumps(values, allow_nan=False, default=_plain).encode()
    except (TypeError, ValueError, RecursionError):
        return b"!"


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError("not a value of JSON")
