"""The claims, as the admin page shows them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Optional

from django.db import models

from payvost_webhooks._limits import DEFAULT_TABLE


class DeadLetters(models.Manager[Any]):
    """Claims whose event has not been handled."""

    def get_queryset(self) -> models.QuerySet[Any]:
        now = int(datetime.now(timezone.utc).timestamp() * 1000)
        kept = super().get_queryset().filter(forget_at__gt=now)
        return kept.filter(
            models.Q(state="failed") | models.Q(state="claimed", lease_until__lte=now)
        )


class DeadLetter(models.Model):
    """An event that was claimed but not handled. Payvost may still be retrying."""

    key: models.CharField[str, str] = models.CharField(
        primary_key=True, max_length=400, db_column="claim_key"
    )
    event_type: models.CharField[str, str] = models.CharField(max_length=255)
    state: models.CharField[str, str] = models.CharField(max_length=8)
    attempt: models.IntegerField[int, int] = models.IntegerField("attempts")
    error: models.CharField[Optional[str], Optional[str]] = models.CharField(
        max_length=255, null=True
    )
    lease_until: models.BigIntegerField[int, int] = models.BigIntegerField()
    forget_at: models.BigIntegerField[int, int] = models.BigIntegerField()
    changed_at: models.BigIntegerField[int, int] = models.BigIntegerField()

    objects = DeadLetters()

    class Meta:
        """The table belongs to the store: the migration creates it with the store's own SQL."""

        managed = False
        db_table = DEFAULT_TABLE
        verbose_name = "dead letter"
        ordering = ("changed_at",)

    def __str__(self) -> str:
        return str(self.key)

    @property
    def reason(self) -> str:
        """As :attr:`payvost_webhooks.stores.DeadLetter.reason`."""
        now = datetime.now(timezone.utc).timestamp() * 1000
        if self.state == "failed" and self.lease_until > now:
            return "parked"
        return "failed" if self.state == "failed" and self.error else "abandoned"

    @property
    def since(self) -> datetime:
        """When it got into this state."""
        milliseconds = self.lease_until if self.state == "claimed" else self.changed_at
        return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
