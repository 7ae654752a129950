"""An inbox in Django's own transactions: the claim and what a handler writes through the ORM are committed together."""

from __future__ import annotations

import logging
import time
from typing import Any, Optional

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.utils.connection import ConnectionDoesNotExist

from payvost_webhooks._typing import Unpack
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores import _driving
from payvost_webhooks.stores.base import Values
from payvost_webhooks.stores.sql._drivers import Driver, PyMySQL
from payvost_webhooks.stores.sql._table import Ran, as_ran
from payvost_webhooks.stores.sql.inbox import InboxOptions, SqlInbox

__all__ = ["DjangoInbox"]

DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite"}
"""The dialects, by the ``vendor`` of Django's connections."""


class DjangoInbox(SqlInbox):
    """Claims in a transaction of Django. What a handler writes through the ORM happens exactly once.

    The inbox opens ``transaction.atomic()``, claims the event, runs the handler, completes the claim and commits. In
    a transaction that is open already, such as that of a ``TestCase`` or of your own view, it joins that transaction.

    Args:
        using: The alias of the database, as in ``transaction.atomic(using)``.
        settings: As for :class:`payvost_webhooks.stores.sql.SqlInbox`. Without ``table``, it uses the table that the
            migrations of the application ``payvost_webhooks.django`` create.

    Raises:
        ConfigurationError: ``invalid_option``.
    """

    _transactions = "host"

    def __init__(self, using: str = DEFAULT_DB_ALIAS, **settings: Unpack[InboxOptions]) -> None:
        try:
            vendor = connections[using].vendor
        except ConnectionDoesNotExist:
            raise WrongKindError(
                f"using must be an alias in DATABASES, not {using!r}", "Omit it for the default."
            ) from None
        if vendor not in DIALECTS:
            raise WrongKindError(
                f"using must name a database of PostgreSQL, MySQL, MariaDB or SQLite, not of {vendor}",
                "Use a store with one of these, or with Redis.",
            )
        super().__init__(lambda: connections[using], **settings)
        self.using = using
        self.owns_transactions_of = {using}
        """The databases whose ``ATOMIC_REQUESTS`` a view with this inbox turns off."""
        driver = PyMySQL if vendor == "mysql" else Driver
        self._port = driver(DIALECTS[vendor], "format", self._table)

    def _opens(self, values: Values, joined: Any = None) -> Any:
        return _Steps(self, values)


class _Steps(_driving.Session):
    """Runs steps in transactions of Django."""

    _atomic: Any = None

    def __init__(self, inbox: DjangoInbox, values: Values) -> None:
        super().__init__(values)
        self._inbox = inbox

    @property
    def connection(self) -> Any:
        return connections[self._inbox.using]

    def failed(self, program: Any, error: Exception) -> None:
        cause = error.__cause__ if isinstance(error, Error) else None
        super().failed(program, cause if isinstance(cause, Exception) else error)

    def open(self, _: None) -> tuple[str, bool]:
        atomic = transaction.atomic(self._inbox.using)
        atomic.__enter__()
        self._atomic = atomic
        return self._inbox._port.dialect, False

    def run(self, name: str) -> Ran:
        if self.connection.needs_rollback:
            raise _AbortedError
        with self.connection.cursor() as cursor:
            cursor.execute(*self._inbox._port.statement(name, self.values))
            return as_ran(self, cursor.fetchall() if cursor.description else (), cursor.rowcount)

    def commit(self, _: None) -> None:
        try:
            self._end()
        except Error:
            raise
        except Exception:
            # The transaction is committed, and the event is handled.
            logging.getLogger("payvost_webhooks").exception("a callback of on_commit failed")

    def rollback(self, _: None) -> None:
        self._end(_RolledBackError())

    def close(self, broken: bool) -> None:
        try:
            self.rollback(None)
        finally:
            if broken and not self.connection.in_atomic_block:
                self.connection.close()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def _end(self, error: Optional[Exception] = None) -> None:
        atomic, self._atomic = self._atomic, None
        if atomic is not None:
            atomic.__exit__(error and type(error), error, None)


class _RolledBackError(Exception):
    """Makes Django roll back."""


class _AbortedError(Exception):
    """The handler left the transaction in a state in which Django accepts only a rollback."""

    sqlstate = "25P02"
