"""Create, print and clean the claims table: ``python -m payvost_webhooks.stores.sql clean shop.db:connect``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Callable, Optional
from urllib.parse import unquote, urlsplit

from payvost_webhooks import ConfigurationError
from payvost_webhooks._limits import DEFAULT_TABLE, FORGET_BATCH
from payvost_webhooks.stores.sql import SqlStore, definition

DATABASE = """\
the database: MODULE:FUNCTION, where FUNCTION returns a connection; or postgres://USER:PASSWORD@HOST/NAME
(psycopg), mysql://USER:PASSWORD@HOST/NAME (PyMySQL), sqlite:///FILE. Default: the environment variable DATABASE_URL,
which, unlike arguments, other users of the machine cannot see."""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.command == "schema":
            print(definition(options.dialect, options.table), end="")
            return 0
        if not options.database:
            print(
                "database is missing: pass it as an argument, or set DATABASE_URL", file=sys.stderr
            )
            return 2
        store = SqlStore(connector(options.database), table=options.table)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "create":
        store.create_table()
    else:
        print(f"{store.forget(options.batch, options.pause)} rows deleted")
    return 0


def connector(database: str) -> Callable[[], Any]:
    """A function that connects to the database named on the command line."""
    url = urlsplit(database)
    if url.scheme in ("postgres", "postgresql"):
        psycopg: Any = importlib.import_module("psycopg")
        return lambda: psycopg.connect(database, connect_timeout=10)
    if url.scheme == "mysql":
        pymysql: Any = importlib.import_module("pymysql")
        return lambda: pymysql.connect(
            host=url.hostname or "localhost",
            port=url.port or 3306,
            user=unquote(url.username or "root"),
            password=unquote(url.password or ""),
            database=unquote(url.path[1:]),
            connect_timeout=10,
            read_timeout=60,
            write_timeout=60,
        )
    if url.scheme == "sqlite":
        import sqlite3

        return lambda: sqlite3.connect(unquote(url.path), timeout=30)
    module, _, function = database.partition(":")
    sys.path.insert(0, os.getcwd())
    connect: Callable[[], Any] = getattr(importlib.import_module(module), function)
    return connect


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m payvost_webhooks.stores.sql", description="Manages the claims table."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser(
        "create", help="create the table and its indexes if they do not exist"
    )
    clean = commands.add_parser("clean", help="delete expired rows")
    schema = commands.add_parser("schema", help="print the table definition, for a migration")
    schema.add_argument("--dialect", choices=["postgres", "mysql", "sqlite"], required=True)
    for command in (create, clean):
        command.add_argument(
            "database", nargs="?", default=os.environ.get("DATABASE_URL"), help=DATABASE
        )
    for command in (create, clean, schema):
        command.add_argument("--table", default=DEFAULT_TABLE, help="default: %(default)s")
    clean.add_argument(
        "--batch", type=_positive, default=FORGET_BATCH, help="rows per transaction (%(default)s)"
    )
    clean.add_argument(
        "--pause", type=float, default=0.05, help="seconds between transactions (%(default)s)"
    )
    return parser


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


if __name__ == "__main__":
    sys.exit(main())
