"""The ports to drivers: how each begins and ends a transaction, runs a statement, and takes values."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from payvost_webhooks import _native
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.stores.base import StoreError, Values

__all__ = ["Driver", "driver_of", "factory_of", "inner", "is_of_sqlalchemy", "wrong_kind"]


class Driver:
    """A driver that follows the Python Database API (PEP 249). What differs is in the subclasses."""

    is_ended_by_statement = False
    """Whether a transaction is ended by a statement, and not by the connection's own methods."""

    def __init__(self, dialect: str, placeholders: str, table: str) -> None:
        self.dialect = dialect
        self._statements = {
            name: (text, parameters)
            for name, text, parameters in _native.sql_statements(dialect, placeholders, table)
        }

    def commits_by_itself(self, connection: Any) -> bool:
        """Whether a statement outside of a transaction is committed at once."""
        return False

    def check(self, connection: Any) -> None:
        """Refuse a connection that cannot work as it is set.

        Raises:
            WrongKindError: It cannot.
        """

    def begins(self, connection: Any) -> bool:
        """Whether the statement that begins a transaction is needed, since the driver does not by itself."""
        return True

    def cursor(self, connection: Any) -> Any:
        """A cursor, whose rows are tuples or mappings."""
        return connection.cursor()

    def value(self, parameter: str, value: Any) -> Any:
        """A value as it is bound."""
        return value

    def statement(self, name: str, values: Values) -> tuple[Any, ...]:
        """What to execute: a text and what is bound to its places, if there are any."""
        text, parameters = self._statements[name]
        bound = [self.value(parameter, values[parameter]) for parameter in parameters]
        return (text, bound) if bound else (text,)


class Psycopg(Driver):
    """psycopg 3, blocking and asynchronous."""

    def check(self, connection: Any) -> None:
        _require_utf8(connection.info.encoding)

    def commits_by_itself(self, connection: Any) -> bool:
        return bool(connection.autocommit)

    def begins(self, connection: Any) -> bool:
        return bool(connection.autocommit)

    def cursor(self, connection: Any) -> Any:
        # Not the connection's own factories: its rows may be dictionaries, its places may look otherwise.
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

    def cursor(self, connection: Any) -> Any:
        return connection.cursor(sys.modules["pymysql.cursors"].Cursor)

    def value(self, parameter: str, value: Any) -> Any:
        # As bytes, so that a key is the same whatever the charset of the connection.
        in_utf8 = parameter in ("key", "event_type", "error") and isinstance(value, str)
        return value.encode() if in_utf8 else value


class Sqlite3(Driver):
    """sqlite3 of the standard library."""

    is_ended_by_statement = True  # In some of its modes, the methods do nothing.

    def check(self, connection: Any) -> None:
        if getattr(connection, "autocommit", None) is False:
            raise WrongKindError(
                "connect must not return a sqlite3 connection with autocommit=False, which begins transactions by"
                " itself",
                "Leave autocommit out: sqlite3.connect(path, timeout=2).",
            )

    def commits_by_itself(self, connection: Any) -> bool:
        return connection.isolation_level is None

    def cursor(self, connection: Any) -> Any:
        cursor = connection.cursor()
        cursor.row_factory = None
        return cursor


DRIVERS: dict[str, tuple[str, type[Driver]]] = {
    "psycopg": ("postgres", Psycopg),
    "psycopg2": ("postgres", Psycopg2),
    "pymysql": ("mysql", PyMySQL),
    "MySQLdb": ("mysql", Driver),
    "mysql": ("mysql", Driver),
    "mariadb": ("mysql", Driver),
    "sqlite3": ("sqlite", Sqlite3),
}
"""What a driver speaks, and its port, by its package."""

PLACEHOLDERS = {"qmark": "question", "format": "format", "pyformat": "format"}
"""How it marks the places of values (PEP 249, ``paramstyle``)."""


def _require_utf8(encoding: str) -> None:
    if encoding.lower().replace("-", "") not in ("utf8", "utf_8"):
        raise WrongKindError(
            f"connect must return a connection in UTF-8, not in {encoding}: ids may have any character",
            'Pass client_encoding="utf8" to connect(...).',
        )


def inner(connection: Any) -> Any:
    """The driver's own connection, of one of SQLAlchemy's."""
    if not is_of_sqlalchemy(connection):
        return connection
    connection = getattr(connection, "sync_connection", None) or connection
    pooled = connection if hasattr(connection, "driver_connection") else connection.connection
    return pooled.driver_connection


def is_of_sqlalchemy(connection: Any) -> bool:
    """Whether it came from ``engine.connect()`` or ``engine.raw_connection()``."""
    return type(connection).__module__.startswith("sqlalchemy.")


def driver_of(connection: Any, dialect: str | None, table: str) -> Driver:
    """The port to a connection, by the package of its class.

    Raises:
        StoreError: It is none that is known, and no dialect is given.
    """
    packages = [kind.__module__.partition(".")[0] for kind in type(connection).__mro__]
    package = next((name for name in packages if name in DRIVERS), packages[0])
    spoken, port = DRIVERS.get(package, (None, Driver))
    dialect = dialect or spoken
    usual = "qmark" if dialect == "sqlite" else "format"
    placeholders = PLACEHOLDERS.get(getattr(sys.modules.get(package), "paramstyle", usual))
    if dialect is None or placeholders is None:
        raise StoreError(
            f"connect returned a connection of {package}, which is no driver that is known: pass"
            ' dialect="postgres", "mysql" or "sqlite"'
        )
    return port(dialect, placeholders, table)


def factory_of(connect: Any, *, is_async: bool) -> Any:
    """What makes connections: a function, or the method ``connection`` of a pool.

    Raises:
        WrongKindError: It is neither, or visibly of the other kind.
    """
    factory = connect if callable(connect) else getattr(connect, "connection", None)
    if not callable(factory):
        raise WrongKindError(
            "connect must be a function that returns a connection, or a pool with a method connection()",
            "Pass lambda: psycopg.connect(...), say, and not a connection or an address.",
        )
    function = inspect.unwrap(factory)
    blocks = inspect.isgeneratorfunction(function)
    waits = inspect.isasyncgenfunction(function) or inspect.iscoroutinefunction(function)
    if blocks if is_async else waits:
        raise wrong_kind(is_async=is_async)
    return factory


def wrong_kind(*, is_async: bool) -> WrongKindError:
    """What is raised when connections are for an event loop, and the store is not, or the other way round."""
    if is_async:
        return WrongKindError(
            "connect must give asynchronous connections of psycopg to an asynchronous store",
            "Pass lambda: psycopg.AsyncConnection.connect(...) or a psycopg_pool.AsyncConnectionPool, or use SqlStore"
            " or SqlInbox: receive_async() takes those too.",
        )
    return WrongKindError(
        "connect must give connections that block to a store that is not asynchronous",
        "Pass lambda: psycopg.connect(...) or a psycopg_pool.ConnectionPool, or use AsyncSqlStore or AsyncSqlInbox.",
    )
