"""The lease in SQL: every step is a short transaction of its own."""

from __future__ import annotations

from payvost_webhooks.stores._lease import AsyncLease, Lease
from payvost_webhooks.stores.sql._table import AsyncSqlTable, SqlTable

__all__ = ["AsyncSqlStore", "SqlStore"]


class SqlStore(SqlTable, Lease):
    """Claims in PostgreSQL 12, MySQL 8, MariaDB 10.3, SQLite 3.35 or later, through your own driver.

    Each step opens a connection, or takes one from your pool, and is a transaction of its own. :meth:`create_table`
    makes the table; :meth:`forget` is to be called now and then.

    Args:
        connect: A function that returns a connection (which is closed after the step) or a context manager that gives
            one; or a pool with such a method ``connection``.
        table: The name of the table, perhaps with its schema.
        dialect: ``"postgres"``, ``"mysql"`` or ``"sqlite"``, for a driver that is not recognised. psycopg, PyMySQL and
            sqlite3 are.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``, ``timeout``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``; also a ``TypeError`` where ``connect`` is not of these kinds.

    >>> import os, sqlite3, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "claims.db")
    >>> store = SqlStore(lambda: sqlite3.connect(path))
    >>> store.create_table()
    >>> store.dead_letters()
    []
    """


class AsyncSqlStore(AsyncSqlTable, AsyncLease):
    """As :class:`SqlStore`, on asynchronous connections of psycopg.

    Args:
        connect: A function that returns ``psycopg.AsyncConnection.connect(…)``, or an
            ``psycopg_pool.AsyncConnectionPool``.
        settings: As for :class:`SqlStore`. A step takes no longer than ``timeout``, the connection included.
    """
