"""The inbox: the claim and the handler's own writes share one transaction."""

from __future__ import annotations

import contextlib
from typing import Any

from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores.base import KeptDelivery
from payvost_webhooks.stores.sql import statements as steps
from payvost_webhooks.stores.sql.blocking import SqlTable, execute, run

__all__ = ["SqlInbox"]


class SqlInbox(SqlTable):
    """Claims that share a transaction with what the handler writes: its effect is once, whatever crashes.

    The handler gets the connection as ``claim.connection``, writes through it, and neither commits nor rolls back. Its
    writes and the claim are committed together after it has returned; when it raises, all of it is rolled back, and the
    failure is noted.

    The arguments are those of :class:`SqlStore`. ``lease`` plays no part: the claim holds as long as the transaction.
    """

    def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> SqlTransaction:
        """Begin a transaction with a claim."""
        values = steps.claim_values(self.policy, request, token, delivery)
        with contextlib.ExitStack() as stack:
            connection, statements = stack.enter_context(self._opened())
            transaction = SqlTransaction(connection, statements, values)
            stack.callback(transaction._end)
            transaction._begin()
            if transaction.reply[0] == "claimed":
                transaction._closing = stack.pop_all()
        return transaction


class SqlTransaction:
    """A transaction of an inbox."""

    def __init__(self, connection: Any, statements: steps.Statements, values: steps.Values) -> None:
        self.connection = connection
        self.reply = ("in_progress", 0)
        self._statements = statements
        self._values = values
        self._locked = False
        self._closing = contextlib.ExitStack()

    def commit(self) -> bool:
        with self._closing:
            held = bool(self._run(steps.change("complete")))
            if held:
                self._commit()
            return held

    def fail(self, error: str) -> bool:
        with self._closing:
            self._roll_back()
            # The claim was rolled back as well: it is made again, so that the failure is counted.
            self._begin()
            if self.reply[0] != "claimed":
                return False
            self._values["error"] = error
            held = bool(self._run(steps.change("release")))
            self._commit()
            return held

    def _begin(self) -> None:
        self.reply = ("in_progress", 0)
        begin_text = begin_of(self._statements.dialect, self.connection)
        if begin_text:
            execute(self.connection, begin_text, [])
        if "lock" in self._statements:
            # MySQL's belongs to the session, and is counted.
            held = self._locked or bool(self._run(steps.lock()))
            self._locked = held and "unlock" in self._statements
            if not held:
                return
        self.reply = self._run(steps.claim())

    def _end(self) -> None:
        """Roll back what has not been committed, and let go of what a session keeps."""
        with contextlib.suppress(Exception):
            self._roll_back()
        if self._locked:
            self._locked = False
            with contextlib.suppress(Exception):
                self._run(steps.only("unlock"))

    def _commit(self) -> None:
        # In some of its modes, sqlite3's own method does nothing.
        if self._statements.dialect == "sqlite":
            execute(self.connection, "COMMIT", [])
        else:
            self.connection.commit()

    def _roll_back(self) -> None:
        if self._statements.dialect == "sqlite" and self.connection.in_transaction:
            execute(self.connection, "ROLLBACK", [])
        else:
            self.connection.rollback()

    def _run(self, program: steps.Steps) -> Any:
        return run(self.connection, self._statements, program, self._values)


def begin_of(dialect: str, connection: Any) -> str | None:
    """What begins a transaction, where the driver does not by itself.

    A driver of MySQL does so at the first statement unless it commits by itself, and can be told in any case. SQLite
    has to be told, for it would otherwise let two transactions read before either writes.
    """
    if dialect == "sqlite":
        return "BEGIN IMMEDIATE"
    if dialect == "mysql":
        return "START TRANSACTION"
    return "BEGIN" if getattr(connection, "autocommit", False) is True else None
