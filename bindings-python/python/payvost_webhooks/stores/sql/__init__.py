"""Claims in PostgreSQL, MySQL, MariaDB and SQLite, through your driver: psycopg 3, PyMySQL, sqlite3.

This package does not import a driver; you pass it connections. ``python -m payvost_webhooks.stores.sql --help`` shows
how to create, print and clean the table.
"""

from payvost_webhooks import _native
from payvost_webhooks._limits import DEFAULT_TABLE
from payvost_webhooks.stores.sql.inbox import AsyncSqlInbox, SqlInbox
from payvost_webhooks.stores.sql.store import AsyncSqlStore, SqlStore

__all__ = ["AsyncSqlInbox", "AsyncSqlStore", "SqlInbox", "SqlStore", "definition"]


def definition(dialect: str, table: str = DEFAULT_TABLE) -> str:
    """The table and its indexes as SQL, for a migration.

    Args:
        dialect: ``"postgres"``, ``"mysql"`` or ``"sqlite"``.
        table: The name of the table, optionally with its schema.

    Raises:
        ConfigurationError: ``invalid_option``.

    >>> definition("sqlite").splitlines()[0]
    'CREATE TABLE IF NOT EXISTS payvost_webhook_claims ('
    """
    return _native.sql_definition(dialect, table)
