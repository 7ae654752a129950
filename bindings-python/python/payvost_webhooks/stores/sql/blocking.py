"""Statements on connections of the Python Database API (PEP 249)."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable

from payvost_webhooks.stores.base import DeadLetter, KeptDelivery, Options, Settings
from payvost_webhooks.stores.sql.statements import (
    DEFAULT_TABLE,
    Done,
    Statements,
    Steps,
    Values,
    create_table,
    kept,
    letters,
    only,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack


class SqlTable(Settings):
    """A table of claims: what the lease and the inbox have in common."""

    def __init__(
        self,
        connect: Any,
        *,
        table: str = DEFAULT_TABLE,
        dialect: str | None = None,
        **settings: Unpack[Options],
    ) -> None:
        super().__init__(**settings)
        self._connect = factory_of(connect)
        self._table = table
        self._dialect = dialect
        self._statements: Statements | None = None
        # A bad name is found before the first delivery.
        Statements(dialect or "sqlite", "question", table)

    def create_table(self) -> None:
        """Create the table and its indexes, where they are missing. Once, with your migrations."""
        with self._opened() as (connection, statements), ending(connection):
            run(connection, statements, create_table(statements), {})

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The events that were claimed and not handled, those that have waited longest first."""
        return letters(self._run(only("dead_letters"), {"limit": limit}))

    def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""
        return kept(self._run(only("delivery"), {"key": key}))

    def forget(self, batch: int = 1000) -> int:
        """Delete what need not be remembered any more, so many rows in a transaction. Now and then, by a timer.

        Returns:
            How many rows were deleted.
        """
        deleted = 0
        while True:
            changed = self.forget_batch(batch)
            deleted += changed
            if changed < batch:
                return deleted

    def forget_batch(self, batch: int = 1000) -> int:
        """One batch of :meth:`forget`."""
        if batch < 1:
            raise ValueError("a batch has at least one row")
        done: Done = self._run(only("forget"), {"limit": batch})
        return max(0, done.changed)

    def _run(self, steps: Steps, values: Values) -> Any:
        """Run the statements of a step in a transaction of their own."""
        with self._opened() as (connection, statements), ending(connection):
            return run(connection, statements, steps, values)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[Any, Statements]]:
        with opened(self._connect) as connection:
            yield connection, self._statements or self._detected(connection)

    def _detected(self, connection: Any) -> Statements:
        self._statements = Statements.of(connection, self._dialect, self._table)
        if getattr(connection, "_read_timeout", 0) is None:  # of PyMySQL
            logging.getLogger("payvost_webhooks").warning(
                "the connection has no read_timeout: a database that does not answer would hold deliveries for ever"
            )
        return self._statements


def factory_of(connect: Any) -> Callable[[], Any]:
    """What makes connections: a function, or a pool with a method ``connection``."""
    if callable(connect):
        made: Callable[[], Any] = connect
        return made
    if callable(getattr(connect, "connection", None)):
        made = connect.connection
        return made
    raise TypeError(
        "give a function that returns a connection, or a pool with a method connection()"
    )


@contextlib.contextmanager
def opened(connect: Callable[[], Any]) -> Iterator[Any]:
    """A connection for the time of the block: one that is closed at its end, or what a context manager gives."""
    made = connect()
    if not hasattr(made, "cursor"):
        with made as connection:
            yield connection
        return
    try:
        yield made
    finally:
        with contextlib.suppress(Exception):
            made.close()


@contextlib.contextmanager
def ending(connection: Any) -> Iterator[None]:
    """A transaction that the driver begins by itself: committed at the end of the block, or rolled back."""
    try:
        yield
        connection.commit()
    except BaseException:
        with contextlib.suppress(Exception):
            connection.rollback()
        raise


def run(connection: Any, statements: Statements, steps: Steps, values: Values) -> Any:
    """Run statements one after the other, and return what they come to."""
    try:
        name = next(steps)
        while True:
            name = steps.send(execute(connection, *statements.bound(name, values)))
    except StopIteration as end:
        return end.value


def execute(connection: Any, words: str, values: list[Any]) -> Done:
    """Run one statement."""
    cursor = connection.cursor()
    try:
        cursor.execute(words, values)
        rows = cursor.fetchall() if cursor.description else []
        return Done(list(rows), cursor.rowcount)
    finally:
        cursor.close()
