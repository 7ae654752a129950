"""Claims in PostgreSQL, MySQL, MariaDB and SQLite, through your own driver: psycopg 3, PyMySQL, sqlite3.

This package imports no driver; it is given connections. ``python -m payvost_webhooks.stores.sql --help`` creates,
prints and cleans the table.
"""

from payvost_webhooks import _native
from payvost_webhooks._limits import DEFAULT_TABLE
from payvost_webhooks.stores.sql.inbox import AsyncSqlInbox, SqlInbox
from payvost_webhooks.stores.sql.store import AsyncSqlStore, SqlStore

__all__ = ["AsyncSqlInbox", "AsyncSqlStore", "SqlInbox", "SqlStore", "definition"]


def definition(dialect: str, table: str = DEFAULT_TABLE) -> str:
    """The definition of the table and its indexes as SQL, for a migration.

    Args:
        dialect: ``"postgres"``, ``"mysql"`` or ``"sqlite"``.
        table: The name of the table, perhaps with its schema.

    Raises:
        ConfigurationError: ``invalid_option``.

    >>> definition("sqlite").splitlines()[0]
    'CREATE TABLE IF NOT EXISTS payvost_webhook_claims ('
    """
    return _native.sql_definition(dialect, table)
