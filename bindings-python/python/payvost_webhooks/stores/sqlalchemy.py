"""Inboxes for SQLAlchemy 2: the claim is part of the transaction of a session."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Callable, Union

from sqlalchemy import Connection, exc
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker

from payvost_webhooks._typing import Unpack
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores import _driving
from payvost_webhooks.stores.base import AsyncInbox, Inbox, Values
from payvost_webhooks.stores.sql._drivers import Driver, PyMySQL
from payvost_webhooks.stores.sql._table import Ran, as_ran
from payvost_webhooks.stores.sql.inbox import (
    AsyncJoined,
    AsyncSqlInbox,
    InboxOptions,
    Joined,
    SqlInbox,
)

__all__ = ["AsyncSessionInbox", "SessionInbox"]


class SessionInbox(SqlInbox):
    """Claims in the transaction of a session. What a handler writes through ``claim.session`` happens exactly once.

    The inbox opens the session, claims the event, runs the handler, flushes, completes the claim and commits. In the
    handler, ``session.commit()`` only flushes, and ``session.begin_nested()`` works as usual.

    Args:
        sessions: Your ``sessionmaker``, bound to an engine.
        settings: As for :class:`payvost_webhooks.stores.sql.SqlInbox`.

    Raises:
        ConfigurationError: ``invalid_option``.
    """

    def __init__(
        self,
        sessions: Union[sessionmaker[Any], Callable[..., Session]],
        **settings: Unpack[InboxOptions],
    ) -> None:
        self._engine: Any = _engine(sessions, Session)
        super().__init__(sessions, **settings)
        self._sessions: Callable[..., Any] = sessions
        self._port = _port(self._engine.dialect, self._table)

    def join(self, session: Session) -> Inbox:
        """The inbox for one delivery in a transaction that you have opened: a ``store`` for a receiver.

        The event is claimed first. When the handler has returned and the claim is completed, the receiver calls
        ``session.commit()``, and then answers. It calls ``session.rollback()`` if the handler fails.
        """
        return Joined(self, session)

    def _opens(self, values: Values, joined: Any = None) -> Any:
        return _Steps(self, values, joined)


class AsyncSessionInbox(AsyncSqlInbox):
    """Like :class:`SessionInbox`, with an ``async_sessionmaker``, for ``receive_async``."""

    def __init__(
        self,
        sessions: Union[async_sessionmaker[Any], Callable[..., AsyncSession]],
        **settings: Unpack[InboxOptions],
    ) -> None:
        self._engine: Any = _engine(sessions, AsyncSession)
        super().__init__(sessions, **settings)
        self._sessions: Callable[..., Any] = sessions
        self._port = _port(self._engine.dialect, self._table)

    def join(self, session: AsyncSession) -> AsyncInbox:
        """Like :meth:`SessionInbox.join`."""
        return AsyncJoined(self, session)

    def _opens(self, values: Values, joined: Any = None) -> Any:
        return _AsyncSteps(self, values, joined)


class _Work(_driving.Session):
    """A session for the duration of a program."""

    def __init__(self, table: Any, values: Values, joined: Any) -> None:
        super().__init__(values)
        self._table, self._joined = table, joined
        self._is_whole = joined is not None
        self._sql: Any = None
        self._session = joined

    @property
    def connection(self) -> Any:
        """The session for the handler."""
        if self._session is None and self._sql is not None:
            # Its `commit` leaves the transaction to the inbox. A `rollback` ends it, which the inbox notices.
            self._session = self._table._sessions(
                bind=self._sql, join_transaction_mode="rollback_only"
            )
        return self._session

    def failed(self, program: Any, error: Exception) -> None:
        super().failed(program, getattr(error, "orig", None) or error)

    def _opened(self, connection: Any) -> tuple[str, bool]:
        self._sql = connection
        return self._table._port.dialect, False

    def _statement(self, name: str) -> tuple[Any, ...]:
        text, *bound = self._table._port.statement(name, self.values)
        return (text, *map(tuple, bound))  # A list would be several sets of values.

    def _ran(self, result: Any) -> Ran:
        return as_ran(self, result.fetchall() if result.returns_rows else (), result.rowcount)


class _Steps(_Work):
    """Runs steps through a blocking engine."""

    def open(self, _: None) -> tuple[str, bool]:
        opened: Connection = self._table._engine.connect()
        if self._is_whole:
            opened.begin()
        return self._opened(opened)

    def begin(self, _: None) -> None:
        self._sql.begin()

    def run(self, name: str) -> Ran:
        statement = self._statement(name)
        connection = self._joined.connection() if self._sql is None else self._sql
        return self._ran(connection.exec_driver_sql(*statement))

    def flush(self) -> None:
        """Write what the handler has changed, as a part of the handler."""
        self.connection.flush()

    def commit(self, _: None) -> None:
        self._end("commit")

    def rollback(self, _: None) -> None:
        self._end("rollback")

    def close(self, broken: bool) -> None:
        if self._session is not self._joined:
            self._session.close()
        if self._sql is not None:
            if broken:
                self._sql.invalidate()
            self._sql.close()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def _end(self, how: str) -> None:
        if self._sql is None:
            getattr(self._joined, how)()
        else:
            getattr(self._sql, how)()
            if self._is_whole:
                self._sql.close()


class _AsyncSteps(_Work):
    """Runs steps through an async engine."""

    async def open(self, _: None) -> tuple[str, bool]:
        opened: AsyncConnection = await self._table._engine.connect()
        if self._is_whole:
            await opened.begin()
        return self._opened(opened)

    async def begin(self, _: None) -> None:
        await self._sql.begin()

    async def run(self, name: str) -> Ran:
        statement = self._statement(name)
        connection = await self._joined.connection() if self._sql is None else self._sql
        return self._ran(await connection.exec_driver_sql(*statement))

    async def flush(self) -> None:
        """Write what the handler has changed, as a part of the handler."""
        await self.connection.flush()

    async def commit(self, _: None) -> None:
        await self._end("commit")

    async def rollback(self, _: None) -> None:
        await self._end("rollback")

    async def close(self, broken: bool) -> None:
        if self._session is not self._joined:
            await self._session.close()
        if self._sql is not None:
            if broken:
                await self._sql.invalidate()
            await self._sql.close()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _end(self, how: str) -> None:
        if self._sql is None:
            await getattr(self._joined, how)()
        else:
            await getattr(self._sql, how)()
            if self._is_whole:
                await self._sql.close()


def _engine(sessions: Any, kind: Any) -> Any:
    """The engine that the sessions of a factory are bound to."""
    session = sessions() if callable(sessions) else None
    if not isinstance(session, kind):
        name = "sessionmaker" if kind is Session else "async_sessionmaker"
        raise WrongKindError(
            f"sessions must be a {name}", f"Pass {name}(engine), not an engine or a session."
        )
    try:
        engine = session.get_bind() if kind is Session else session.bind
    except exc.UnboundExecutionError:
        engine = None
    if engine is None:
        raise WrongKindError("sessions must be bound to an engine", "Pass sessionmaker(engine).")
    return engine


def _port(dialect: Dialect, table: str) -> Driver:
    names = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}
    styles = {"qmark": "question", "numeric_dollar": "numbered"}
    name = names.get(dialect.name)
    if name is None:
        raise WrongKindError(
            f"sessions must be bound to PostgreSQL, MySQL, MariaDB or SQLite, not to {dialect.name}",
            "Use a store with one of these, or with Redis.",
        )
    placeholders = styles.get(dialect.paramstyle, "format")
    return (PyMySQL if name == "mysql" else Driver)(name, placeholders, table)
