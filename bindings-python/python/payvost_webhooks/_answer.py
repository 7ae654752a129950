"""What comes of a delivery. Public as part of :mod:`payvost_webhooks.receiver`."""

from __future__ import annotations

from typing import NamedTuple


class Answer(NamedTuple):
    """What to answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Result(NamedTuple):
    """How a delivery ended, for metrics."""

    code: str
    """``"handled"``, ``"handler_failed"``, or the code of the error that it was refused with. With a store also
    ``"already_handled"``, ``"handed_over"``, ``"claim_lost"``, ``"in_progress"``, ``"event_conflict"`` and
    ``"store_unavailable"``."""

    status: int
    """The HTTP status of the answer."""

    event_id: str | None
    """``None`` when the delivery was refused."""

    event_type: str | None
    """``None`` when the delivery was refused."""

    matching_secret: int | None
    """The position in the list of secrets of the one that matched. When it is never that of the old
    secret any more, the old one can be retired."""

    duration: float
    """How long it took, in seconds, the handler included."""
