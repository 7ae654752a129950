"""The claims table, which stores and inboxes share, blocking and async."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import sys
import time
from collections.abc import Mapping
from typing import Any, Callable, Optional

from payvost_webhooks import _limits, _native
from payvost_webhooks._typing import Unpack
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores._driving import (
    Session,
    drive,
    drive_async,
    milliseconds,
    now,
    within,
)
from payvost_webhooks.stores._lease import AsyncReader, Reader, first
from payvost_webhooks.stores.base import Options, Settings, Values
from payvost_webhooks.stores.sql._direct import Direct
from payvost_webhooks.stores.sql._drivers import (
    Asyncpg,
    Driver,
    driver_of,
    factory_of,
    inner,
    is_of_sqlalchemy,
    wrong_kind,
)

__all__ = [
    "AsyncSqlSession",
    "AsyncSqlTable",
    "Ran",
    "SqlSession",
    "SqlTable",
    "as_ran",
    "claimant",
]

Ran = tuple[int, Optional[str], Optional[int], int]
"""The result of a statement: how many rows, the first text and number in the first row, how many rows it changed."""


class _Table(Settings):
    _is_async = False
    _transactions = "own"
    """Who opens transactions: the program, or the ``host`` as a whole."""
    _port: Any
    """The adapter, if it is known before a connection is opened."""

    def __init__(
        self,
        connect: Any,
        *,
        table: str = _limits.DEFAULT_TABLE,
        dialect: Optional[str] = None,
        **settings: Unpack[Options],
    ) -> None:
        super().__init__(**settings)
        self._connect = factory_of(connect, is_async=self._is_async)
        self._table = table
        self._dialect = dialect
        self._driver: Optional[Driver] = None
        self._kind: Optional[type] = None
        """The class of the connections that were found to suit."""
        self._is_refused = False
        # Reject an invalid name before the first delivery.
        _native.sql_definition(dialect or "sqlite", table)

    def _driver_of(self, connection: Any) -> Driver:
        if self._driver is None:
            driver = driver_of(connection, self._dialect, self._table)
            driver.check(connection)
            self._driver = driver
            if getattr(connection, "_read_timeout", 0) is None:  # PyMySQL
                logging.getLogger("payvost_webhooks").warning(
                    "the connection has no read_timeout: a database that does not respond would block deliveries"
                    " forever. Pass read_timeout=2 to pymysql.connect(...)"
                )
        return self._driver

    def _opens(self, values: Values, joined: Any = None) -> Any:
        """What runs the steps of a program on a connection."""
        raise NotImplementedError

    def _program(
        self, work: str, seconds: Optional[float] = None, **arguments: Any
    ) -> _native.SqlProgram:
        limit = milliseconds(self.timeout if seconds is None else seconds)
        arguments.setdefault("transactions", self._transactions)
        return _native.SqlProgram(work, now(), limit, **arguments)

    def _tending(self, work: str, **arguments: Any) -> _native.SqlProgram:
        return self._program(work, _limits.TABLE_TIME_LIMIT_SECONDS, **arguments)

    def _forgetting(self, batch: int, pause: float) -> _native.SqlProgram:
        if batch < 1:
            raise ValueError("batch must be at least 1")
        return self._tending("forget", batch=batch, pause=milliseconds(pause))

    def _refused(self, error: WrongKindError) -> None:
        """Log the remedy once: the record of a delivery has only a code."""
        if not self._is_refused:
            self._is_refused = True
            logging.getLogger("payvost_webhooks").error("%s. %s", error.message, error.hint)


class SqlTable(_Table, Reader):
    """A claims table."""

    def create_table(self) -> None:
        """Create the table and its indexes if they do not exist. Call this with your migrations. Several processes can
        call it at the same time."""
        drive(self._tending("create_table"), self._opens({}))

    def forget(self, batch: int = _limits.FORGET_BATCH, pause: float = 0) -> int:
        """Delete expired rows. Call this periodically.

        Args:
            batch: The number of rows to delete per transaction.
            pause: Seconds to wait between transactions.

        Returns:
            The number of deleted rows.
        """
        return int(drive(self._forgetting(batch, pause), self._opens({"limit": batch})))

    def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = self._opens(values)
        return drive(self._program(work, retry=retry, **claimant(values)), session), session.rows

    def _opens(self, values: Values, joined: Any = None) -> Any:
        return SqlSession(self, values)


class AsyncSqlTable(_Table, AsyncReader):
    """Like :class:`SqlTable`, in an event loop."""

    _is_async = True

    async def create_table(self) -> None:
        """Like :meth:`payvost_webhooks.stores.sql.SqlStore.create_table`."""
        await drive_async(self._tending("create_table"), self._opens({}))

    async def forget(self, batch: int = _limits.FORGET_BATCH, pause: float = 0) -> int:
        """Like :meth:`payvost_webhooks.stores.sql.SqlStore.forget`."""
        session = Patient(self._opens({"limit": batch}), self.timeout)
        return int(await drive_async(self._forgetting(batch, pause), session))

    async def _run(self, work: str, values: Values, retry: bool = False) -> tuple[Any, list[Any]]:
        session = self._opens(values)
        program = self._program(work, retry=retry, **claimant(values))
        return await drive_async(program, session), session.rows

    def _opens(self, values: Values, joined: Any = None) -> Any:
        return AsyncSqlSession(self, values)


def claimant(values: Values) -> dict[str, Any]:
    """Who claims what, for a program."""
    if "fingerprint" not in values:
        return {}
    return {"token": values["token"], "fingerprint": values["fingerprint"]}


def as_ran(session: Session, rows: Any, changed: int) -> Ran:
    """The result of a statement, for a program."""
    # Some drivers return mappings, in the order of the columns.
    session.rows = [row.values() if isinstance(row, Mapping) else row for row in rows]
    word, number = first(list(session.rows[0]) if session.rows else ())
    return len(session.rows), word, number, max(0, changed)


class _SqlSession(Session):
    """A connection for the duration of a program."""

    connection: Any = None
    """The connection that the handler of an inbox gets."""
    _direct: Optional[Direct] = None
    """What runs statements until a transaction begins."""

    def __init__(self, table: _Table, values: Values) -> None:
        super().__init__(values)
        self._table = table

    def _opened(self, connection: Any) -> tuple[str, bool]:
        self.connection = connection
        self._own = inner(connection)
        kind = type(self._own)
        if kind is not self._table._kind:
            ends = getattr(self._own, "commit", None) or getattr(self._own, "execute", None)
            if inspect.iscoroutinefunction(ends) != self._table._is_async:
                raise wrong_kind(is_async=self._table._is_async)
            self._table._kind = kind
        self._driver = self._table._driver_of(self._own)
        self._direct = self._driver.direct(self._own)
        return self._driver.dialect, self._driver.commits_by_itself(self._own)


class SqlSession(_SqlSession):
    """Runs steps with a blocking driver."""

    def open(self, _: None) -> tuple[str, bool]:
        self._closing = contextlib.ExitStack()
        try:
            return self._open()
        except WrongKindError as error:
            self.close(True)
            self._table._refused(error)
            raise

    def _open(self) -> tuple[str, bool]:
        made = self._table._connect()
        # Close a driver's connection. Return one that belongs to a pool.
        if hasattr(made, "cursor"):
            self._closing.callback(lambda: self._close(made))
            return self._opened(made)
        if not hasattr(made, "__enter__"):
            if inspect.iscoroutine(made):
                made.close()
            raise wrong_kind(is_async=False)
        connection = self._closing.enter_context(made)
        if is_of_sqlalchemy(connection):
            connection.begin()  # so that a session of SQLAlchemy joins the transaction instead of committing it
        return self._opened(connection)

    def begin(self, _: None) -> None:
        self._direct = None
        if self._driver.begins(self._own):
            self._execute("begin")

    def run(self, name: str) -> Ran:
        return as_ran(self, *self._execute(name))

    def commit(self, _: None) -> None:
        if self._driver.is_ended_by_statement:
            self._execute("commit")
        else:
            self._own.commit()

    def rollback(self, _: None) -> None:
        if not self._driver.is_ended_by_statement:
            self._own.rollback()
        elif self._own.in_transaction:  # else the statement fails
            self._execute("rollback")

    def close(self, broken: bool) -> None:
        with contextlib.suppress(Exception):
            if broken and hasattr(
                self.connection, "invalidate"
            ):  # a pooled connection of SQLAlchemy
                self.connection.invalidate()
            self._closing.__exit__(*_ends(broken))

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def _close(self, connection: Any) -> None:
        closed = connection.close()
        if inspect.iscoroutine(closed):
            closed.close()

    def _execute(self, name: str) -> tuple[Any, int]:
        if self._direct is not None:
            return self._direct.run(self._own, name, self.values)
        cursor = self._driver.cursor(self._own)
        try:
            cursor.execute(*self._driver.statement(name, self.values))
            return cursor.fetchall() if cursor.description else (), cursor.rowcount
        finally:
            cursor.close()


class AsyncSqlSession(_SqlSession):
    """Runs steps with async connections."""

    _transaction: Any = None

    async def open(self, _: None) -> tuple[str, bool]:
        self._closing = contextlib.AsyncExitStack()
        try:
            return await self._open()
        except WrongKindError as error:
            await self.close(True)
            self._table._refused(error)
            raise

    async def _open(self) -> tuple[str, bool]:
        made = self._table._connect()
        # A connection of aiosqlite is opened when it is awaited.
        if inspect.isawaitable(made) and hasattr(made, "__aenter__") == hasattr(made, "cursor"):
            made = await made
        if hasattr(made, "cursor"):
            self._closing.push_async_callback(self._close, made)
            return self._opened(made)
        if not hasattr(made, "__aenter__"):
            raise wrong_kind(is_async=True)
        connection = await self._closing.enter_async_context(made)
        if is_of_sqlalchemy(connection):
            await connection.begin()  # as above
        return self._opened(connection)

    async def begin(self, _: None) -> None:
        self._direct = None
        self._transaction = self._driver.transaction(self._own)
        if self._transaction is not None:
            await self._transaction.start()
        elif self._driver.begins(self._own):
            await self._execute("begin")

    async def run(self, name: str) -> Ran:
        return as_ran(self, *await self._execute(name))

    async def commit(self, _: None) -> None:
        if self._driver.is_ended_by_statement:
            await self._execute("commit")
        else:
            await (self._transaction or self._own).commit()

    async def rollback(self, _: None) -> None:
        if not self._driver.is_ended_by_statement:
            await (self._transaction or self._own).rollback()
        elif self._own.in_transaction:  # as above
            await self._execute("rollback")

    async def close(self, broken: bool) -> None:
        with contextlib.suppress(Exception):
            if broken and is_of_sqlalchemy(self.connection):
                await _run_by_sqlalchemy(self.connection.invalidate)
        with contextlib.suppress(Exception):
            await self._closing.__aexit__(*_ends(broken))

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _close(self, connection: Any) -> None:
        if is_of_sqlalchemy(connection):
            await _run_by_sqlalchemy(connection.close)
            return
        closed = connection.close()
        if inspect.isawaitable(closed):
            await closed

    async def _execute(self, name: str) -> tuple[Any, int]:
        if isinstance(self._driver, Asyncpg):
            return await self._driver.run(self._own, name, self.values)
        if self._direct is not None:
            return await self._direct.run_async(self._own, name, self.values)
        async with self._driver.cursor(self._own) as cursor:
            self._driver.prepare(cursor)
            await cursor.execute(*self._driver.statement(name, self.values))
            return await cursor.fetchall() if cursor.description else (), cursor.rowcount


async def _run_by_sqlalchemy(step: Callable[[], Any]) -> None:
    """Call a method of a connection. After ``raw_connection()``, it is not async but switches greenlets."""
    if inspect.iscoroutinefunction(step):
        await step()
    else:
        await sys.modules["sqlalchemy.util"].greenlet_spawn(step)


class Patient:
    """Applies the time limit to each statement, not to all of them together."""

    def __init__(self, session: Any, timeout: float) -> None:
        self._session = session
        self._timeout = timeout

    async def run(self, name: str) -> Ran:
        ran: Ran = await within(self._timeout, lambda: self._session.run(name))
        return ran

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def _ends(broken: bool) -> tuple[Any, ...]:
    """The arguments of ``__exit__``: an exception if the connection is broken, so that a pool does not reuse it."""
    return (ConnectionError, ConnectionError(), None) if broken else (None, None, None)
