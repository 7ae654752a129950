"""Claims in PostgreSQL, MySQL, MariaDB and SQLite, through your own driver: psycopg 3, PyMySQL, sqlite3.

This package imports no driver; it is given connections. ``python -m payvost_webhooks.stores.sql --help`` creates and
cleans the table.
"""

from payvost_webhooks.stores.sql.asynchronous import AsyncSqlInbox, AsyncSqlStore
from payvost_webhooks.stores.sql.inbox import SqlInbox
from payvost_webhooks.stores.sql.store import SqlStore

__all__ = ["AsyncSqlInbox", "AsyncSqlStore", "SqlInbox", "SqlStore"]
