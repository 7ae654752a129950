"""When the old secret of a rotated webhook can go."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Callable, Optional

from payvost_webhooks._native import SecretAge
from payvost_webhooks.receiver import Result

__all__ = ["Rotation"]


class Rotation:
    """Tells when the old secret of a webhook is no longer needed after a rotation.

    Give the verifier both secrets, ``[new, old]``, and this object the results of the receiver::

        rotation = Rotation()
        receiver = WebhookReceiver([new, old], router, on_result=rotation.on_result)

    The old secret can go when no delivery was signed with it for as long as Payvost retries a delivery.
    """

    def __init__(
        self,
        started: Optional[float] = None,
        *,
        old_secret: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Begin a rotation.

        Args:
            started: When the secret was rotated, in seconds since the Unix epoch. Default: now. After a restart, pass
                when the old secret was last seen.
            old_secret: The position of the old secret in the list of secrets.
            clock: The current time, in seconds since the Unix epoch.
        """
        self._clock = clock
        self._old_secret = old_secret
        self._age = SecretAge(clock() if started is None else started)

    def saw(self, matching_secret: Optional[int]) -> None:
        """Record which secret a delivery was signed with: the position that ``matching_secret`` returns."""
        if matching_secret == self._old_secret:
            self._age.seen(self._clock())

    def on_result(self, result: Result) -> None:
        """The ``on_result`` of a receiver."""
        self.saw(result.matching_secret)

    @property
    def is_over(self) -> bool:
        """Whether the old secret can be removed."""
        return self._age.is_over(self._clock())

    @property
    def over_at(self) -> datetime:
        """When the old secret can be removed, unless it is seen again."""
        return datetime.fromtimestamp(self._age.over_at, timezone.utc)
