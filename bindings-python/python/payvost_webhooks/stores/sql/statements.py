"""The steps of the protocol as SQL: which statements, in which order, with which values, whoever runs them."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any, NamedTuple, Union

from payvost_webhooks import _native
from payvost_webhooks._native import ClaimPolicy, ClaimRequest
from payvost_webhooks.stores.base import DeadLetter, KeptDelivery, StoreError, letter, raw, text

DEFAULT_TABLE = "payvost_webhook_claims"

DIALECTS = {
    "psycopg": "postgres",
    "psycopg2": "postgres",
    "pymysql": "mysql",
    "MySQLdb": "mysql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite3": "sqlite",
}
"""What a driver speaks, by its package."""

PLACEHOLDERS = {"qmark": "question", "format": "format", "pyformat": "format"}
"""How it marks the places of values (PEP 249, ``paramstyle``)."""

Values = dict[str, Union[str, int, bytes, None]]


class Done(NamedTuple):
    """What became of a statement."""

    rows: list[Any]
    changed: int


class Statements:
    """The statements for one table, as one driver takes them."""

    def __init__(self, dialect: str, placeholders: str, table: str) -> None:
        self.dialect = dialect
        self._texts = {
            name: (words, parameters)
            for name, words, parameters in _native.sql_statements(dialect, placeholders, table)
        }

    @staticmethod
    def of(connection: Any, dialect: str | None, table: str) -> Statements:
        """Those that a connection takes, by the package of its class.

        Raises:
            StoreError: It is none that is known, and no dialect is given.
            ConfigurationError: ``invalid_option``: there is no such dialect, or a table cannot have that name.
        """
        packages = [kind.__module__.partition(".")[0] for kind in type(connection).__mro__]
        package = next((name for name in packages if name in DIALECTS), packages[0])
        dialect = dialect or DIALECTS.get(package)
        style = getattr(sys.modules.get(package), "paramstyle", "format")
        placeholders = PLACEHOLDERS.get(style)
        if dialect is None or placeholders is None:
            raise StoreError(f"{package} is no driver that is known: give the dialect")
        return Statements(dialect, placeholders, table)

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def bound(self, name: str, values: Values) -> tuple[str, list[Any]]:
        """A statement, and what is bound to its places."""
        words, parameters = self._texts[name]
        return words, [values[parameter] for parameter in parameters]


Steps = Generator[str, Done, Any]
"""Yields the name of a statement that is to be run, and is sent what became of it."""


def claim() -> Steps:
    done = yield "claim"
    if not done.rows:
        done = yield "claim_reply"
    if not done.rows:
        return "in_progress", 0  # another worker is at it this moment
    return text(done.rows[0][0]), int(done.rows[0][1])


def change(name: str) -> Steps:
    done = yield name
    if done.changed > 0:
        return True
    done = yield f"{name}_reply"
    return bool(done.rows)


def lock() -> Steps:
    done = yield "lock"
    return bool(done.rows) and done.rows[0][0] == 1


def only(name: str) -> Steps:
    done = yield name
    return done


def create_table(statements: Statements) -> Steps:
    for name in ("create_table", "create_index_forget", "create_index_open"):
        if name in statements:
            yield name


def claim_values(
    policy: ClaimPolicy, request: ClaimRequest, token: str, delivery: KeptDelivery | None
) -> Values:
    payload, signature = delivery or (None, None)
    return {
        "key": request.key,
        "fingerprint": request.fingerprint,
        "event_type": request.event_type,
        "token": token,
        "lease": policy.lease_ms(),
        "remember": policy.remember_ms,
        "payload": payload,
        "signature": signature,
    }


def letters(done: Done) -> list[DeadLetter]:
    return [letter(*row) for row in done.rows]


def kept(done: Done) -> KeptDelivery | None:
    if not done.rows:
        return None
    payload, signature = done.rows[0]
    return KeptDelivery(raw(payload), text(signature))
