"""Adapters for database drivers: how each one begins and ends transactions, runs statements and binds values."""

from __future__ import annotations

import inspect
import sys
from typing import Any, Optional

from payvost_webhooks import _native
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores.base import StoreError, Values
from payvost_webhooks.stores.sql._direct import Direct

__all__ = ["Driver", "driver_of", "factory_of", "inner", "is_of_sqlalchemy", "wrong_kind"]


class Driver:
    """A driver that follows the Python Database API (PEP 249). Subclasses implement the differences."""

    is_ended_by_statement = False
    """Whether a statement ends the transaction, instead of a method of the connection."""

    def __init__(self, dialect: str, placeholders: str, table: str) -> None:
        self.dialect = dialect
        self._statements = {
            name: (text, parameters)
            for name, text, parameters in _native.sql_statements(dialect, placeholders, table)
        }

    def commits_by_itself(self, connection: Any) -> bool:
        """Whether a statement outside a transaction is committed immediately."""
        return False

    def direct(self, connection: Any) -> Optional[Direct]:
        """What runs statements faster than a cursor, on a connection without an open transaction."""
        return None

    def check(self, connection: Any) -> None:
        """Reject a connection whose settings cannot work.

        Raises:
            WrongKindError: The settings cannot work.
        """

    def begins(self, connection: Any) -> bool:
        """Whether a statement has to begin the transaction, because the driver does not."""
        return True

    def cursor(self, connection: Any) -> Any:
        """A cursor, whose rows are tuples or mappings."""
        return connection.cursor()

    def transaction(self, connection: Any) -> Any:
        """The driver's own object for a transaction, if it has one."""
        return None

    def prepare(self, cursor: Any) -> None:
        """Set up an async cursor."""

    def value(self, parameter: str, value: Any) -> Any:
        """The value to bind."""
        return value

    def statement(self, name: str, values: Values) -> tuple[Any, ...]:
        """The arguments of ``execute``: the text, and the bound values if there are any."""
        text, parameters = self._statements[name]
        bound = [self.value(parameter, values[parameter]) for parameter in parameters]
        return (text, bound) if bound else (text,)


class Psycopg(Driver):
    """psycopg 3, blocking and async."""

    def __init__(self, dialect: str, placeholders: str, table: str) -> None:
        super().__init__(dialect, placeholders, table)
        self._direct = Direct(table)

    def check(self, connection: Any) -> None:
        _require_utf8(connection.info.encoding)

    def direct(self, connection: Any) -> Optional[Direct]:
        return self._direct if self._direct.suits(connection) else None

    def commits_by_itself(self, connection: Any) -> bool:
        # Without `autocommit`, it is a cursor that begins the transaction.
        return bool(connection.autocommit) or self._direct.suits(connection)

    def begins(self, connection: Any) -> bool:
        return bool(connection.autocommit)

    def cursor(self, connection: Any) -> Any:
        # Not the factories of the connection: their rows may be dictionaries, and their placeholders may differ.
        psycopg = sys.modules["psycopg"]
        is_async = isinstance(connection, psycopg.AsyncConnection)
        kind = psycopg.AsyncCursor if is_async else psycopg.Cursor
        return kind(connection, row_factory=sys.modules["psycopg.rows"].tuple_row)


class Psycopg2(Driver):
    """psycopg2."""

    def check(self, connection: Any) -> None:
        _require_utf8(connection.encoding)

    def commits_by_itself(self, connection: Any) -> bool:
        return bool(connection.autocommit)

    def begins(self, connection: Any) -> bool:
        return bool(connection.autocommit)

    def cursor(self, connection: Any) -> Any:
        return connection.cursor(cursor_factory=sys.modules["psycopg2.extensions"].cursor)


class PyMySQL(Driver):
    """PyMySQL."""

    def commits_by_itself(self, connection: Any) -> bool:
        return bool(connection.get_autocommit())

    def value(self, parameter: str, value: Any) -> Any:
        # As bytes, so that keys do not depend on the charset of the connection.
        in_utf8 = parameter in ("key", "event_type", "error") and isinstance(value, str)
        return value.encode() if in_utf8 else value


class Sqlite3(Driver):
    """sqlite3, in the standard library."""

    is_ended_by_statement = True  # In some of its modes, the methods do nothing.

    def check(self, connection: Any) -> None:
        if getattr(connection, "autocommit", None) is False:
            raise WrongKindError(
                "connect must not return a sqlite3 connection with autocommit=False, which begins transactions"
                " implicitly",
                "Omit autocommit: sqlite3.connect(path, timeout=2).",
            )

    def commits_by_itself(self, connection: Any) -> bool:
        return connection.isolation_level is None

    def cursor(self, connection: Any) -> Any:
        cursor = connection.cursor()
        cursor.row_factory = None
        return cursor


class Aiosqlite(Sqlite3):
    """aiosqlite."""

    def cursor(self, connection: Any) -> Any:
        return connection.cursor()

    def prepare(self, cursor: Any) -> None:
        cursor.row_factory = None


class Asyncpg(Driver):
    """asyncpg, which has no cursors as in PEP 249."""

    def commits_by_itself(self, connection: Any) -> bool:
        return True

    def transaction(self, connection: Any) -> Any:
        # So that `connection.transaction()` in a handler is a savepoint.
        return connection.transaction()

    async def run(self, connection: Any, name: str, values: Values) -> tuple[Any, int]:
        """Run a statement. Returns its rows, and how many it changed."""
        text, *bound = self.statement(name, values)
        arguments = bound[0] if bound else []
        if text.startswith("SELECT") or "RETURNING" in text:
            rows = [tuple(row) for row in await connection.fetch(text, *arguments)]
            return rows, len(rows)
        status: str = await connection.execute(text, *arguments)
        count = status.rpartition(" ")[2]  # UPDATE 1
        return (), int(count) if count.isdigit() else 0


DRIVERS: dict[str, tuple[str, type[Driver]]] = {
    "psycopg": ("postgres", Psycopg),
    "psycopg2": ("postgres", Psycopg2),
    "pymysql": ("mysql", PyMySQL),
    "MySQLdb": ("mysql", Driver),
    "mysql": ("mysql", Driver),
    "mariadb": ("mysql", Driver),
    "sqlite3": ("sqlite", Sqlite3),
    "aiosqlite": ("sqlite", Aiosqlite),
    "asyncpg": ("postgres", Asyncpg),
}
"""The dialect and adapter of each driver, by package."""

PLACEHOLDERS = {
    "qmark": "question",
    "format": "format",
    "pyformat": "format",
    "numeric_dollar": "numbered",
}
"""Placeholder styles, by ``paramstyle`` (PEP 249)."""


def _require_utf8(encoding: str) -> None:
    if encoding.lower().replace("-", "") not in ("utf8", "utf_8"):
        raise WrongKindError(
            f"connect must return a connection in UTF-8, not in {encoding}: event ids may contain any character",
            'Pass client_encoding="utf8" to connect(...).',
        )


def inner(connection: Any) -> Any:
    """The driver connection behind a connection of SQLAlchemy."""
    if not is_of_sqlalchemy(connection):
        return connection
    connection = getattr(connection, "sync_connection", None) or connection
    pooled = connection if hasattr(connection, "driver_connection") else connection.connection
    return pooled.driver_connection


def is_of_sqlalchemy(connection: Any) -> bool:
    """Whether the connection comes from ``engine.connect()`` or ``engine.raw_connection()``."""
    return type(connection).__module__.startswith("sqlalchemy.")


def driver_of(connection: Any, dialect: Optional[str], table: str) -> Driver:
    """The adapter for a connection, by the package of its class.

    Raises:
        StoreError: The driver is unknown, and no dialect was passed.
    """
    packages = [kind.__module__.partition(".")[0] for kind in type(connection).__mro__]
    package = next((name for name in packages if name in DRIVERS), packages[0])
    spoken, port = DRIVERS.get(package, (None, Driver))
    dialect = dialect or spoken
    usual = {"aiosqlite": "qmark", "asyncpg": "numeric_dollar"}.get(
        package, "qmark" if dialect == "sqlite" else "format"
    )
    placeholders = PLACEHOLDERS.get(getattr(sys.modules.get(package), "paramstyle", usual))
    if dialect is None or placeholders is None:
        raise StoreError(
            f"connect returned a connection of an unknown driver, {package}: pass"
            ' dialect="postgres", "mysql" or "sqlite"'
        )
    return port(dialect, placeholders, table)


def factory_of(connect: Any, *, is_async: bool) -> Any:
    """The function that returns connections: ``connect`` itself, or the method ``connection`` of a pool.

    Raises:
        WrongKindError: ``connect`` is neither, or its connections are of the wrong kind.
    """
    factory = connect if callable(connect) else getattr(connect, "connection", None)
    # A connection of sqlite3 can be called, too: that compiles a statement.
    if not callable(factory) or (factory is connect and hasattr(connect, "cursor")):
        raise WrongKindError(
            "connect must be a function that returns a connection, or a pool with a method connection()",
            "Pass a function, such as lambda: psycopg.connect(...), not a connection or a URL.",
        )
    function = inspect.unwrap(factory)
    blocks = inspect.isgeneratorfunction(function)
    waits = inspect.isasyncgenfunction(function) or inspect.iscoroutinefunction(function)
    if blocks if is_async else waits:
        raise wrong_kind(is_async=is_async)
    return factory


def wrong_kind(*, is_async: bool) -> WrongKindError:
    """The error if a blocking store gets async connections, or the other way round."""
    if is_async:
        return WrongKindError(
            "connect must return async connections of psycopg, asyncpg or aiosqlite for an async store",
            "Pass lambda: psycopg.AsyncConnection.connect(...), a psycopg_pool.AsyncConnectionPool, the acquire method"
            " of an asyncpg pool, or lambda: aiosqlite.connect(...). Or use SqlStore or SqlInbox: receive_async() takes"
            " those too.",
        )
    return WrongKindError(
        "connect must return blocking connections for a blocking store",
        "Pass lambda: psycopg.connect(...) or a psycopg_pool.ConnectionPool, or use AsyncSqlStore or AsyncSqlInbox.",
    )
