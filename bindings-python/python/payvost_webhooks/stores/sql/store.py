"""The lease in SQL: every step is a short transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores.base import KeptDelivery
from payvost_webhooks.stores.claim import Claim
from payvost_webhooks.stores.sql import statements as steps
from payvost_webhooks.stores.sql.blocking import SqlTable

__all__ = ["SqlStore"]


class SqlStore(SqlTable):
    """Claims in PostgreSQL 12, MySQL 8, MariaDB 10.3, SQLite 3.35 or later, through your own driver.

    Each step opens a connection, or takes one from your pool, and is a transaction of its own. :meth:`create_table`
    makes the table; :meth:`forget` is to be called now and then.

    Args:
        connect: A function that returns a connection (which is closed after the step) or a context manager that gives
            one; or a pool with such a method ``connection``.
        table: The name of the table, perhaps with its schema.
        dialect: ``"postgres"``, ``"mysql"`` or ``"sqlite"``, for a driver that is not recognised. psycopg, PyMySQL and
            sqlite3 are.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``.

    >>> import os, sqlite3, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "claims.db")
    >>> store = SqlStore(lambda: sqlite3.connect(path))
    >>> store.create_table()
    >>> store.dead_letters()
    []
    """

    def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        values = steps.claim_values(self.policy, request, token, delivery)
        return cast("tuple[str, int]", self._run(steps.claim(), values))

    def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        return bool(
            self._run(steps.change("extend"), {"key": key, "token": token, "lease": lease_ms})
        )

    def complete(self, key: str, token: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        values: steps.Values = {"key": key, "token": token, "remember": self.policy.remember_ms}
        return bool(self._run(steps.change("complete"), values))

    def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        values: steps.Values = {"key": key, "token": token, "remember": self.policy.remember_ms}
        return bool(self._run(steps.change("release"), {**values, "error": error}))

    def claim_of(self, ticket: Mapping[str, str]) -> Claim:
        """The claim that was handed over."""
        return cast(Claim, Claim._resumed(self, ticket))
