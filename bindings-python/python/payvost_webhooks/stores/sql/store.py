"""Leases in SQL: each step is a short transaction."""

from __future__ import annotations

from payvost_webhooks.stores._lease import AsyncLease, Lease
from payvost_webhooks.stores.sql._table import AsyncSqlTable, SqlTable

__all__ = ["AsyncSqlStore", "SqlStore"]


class SqlStore(SqlTable, Lease):
    """Claims in PostgreSQL 12, MySQL 8, MariaDB 10.3, SQLite 3.35 or later, through your driver.

    Each step opens a connection, or takes one from your pool, and runs one transaction. Call :meth:`create_table` once,
    and :meth:`forget` periodically.

    Args:
        connect: A function that returns a connection (which is closed after the step) or a context manager for one; or
            a pool with such a method ``connection``.
        table: The name of the table, optionally with its schema.
        dialect: ``"postgres"``, ``"mysql"`` or ``"sqlite"``, for a driver other than psycopg, PyMySQL and
            sqlite3.
        settings: ``lease``, ``remember``, ``prefix``, ``keep_deliveries``, ``timeout``: see
            :class:`payvost_webhooks.stores.Settings`.

    Raises:
        ConfigurationError: ``invalid_option``; also a ``TypeError`` if ``connect`` is of another kind.

    >>> import os, sqlite3, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "claims.db")
    >>> store = SqlStore(lambda: sqlite3.connect(path))
    >>> store.create_table()
    >>> store.dead_letters()
    []
    """


class AsyncSqlStore(AsyncSqlTable, AsyncLease):
    """Like :class:`SqlStore`, with async connections of psycopg, asyncpg or aiosqlite.

    Args:
        connect: A function that returns ``psycopg.AsyncConnection.connect(…)``, ``asyncpg.connect(…)`` or
            ``aiosqlite.connect(…)``; a ``psycopg_pool.AsyncConnectionPool``; or the method ``acquire`` of an asyncpg
            pool.
        settings: As for :class:`SqlStore`. Each step is limited to ``timeout``, including the connection.
    """
