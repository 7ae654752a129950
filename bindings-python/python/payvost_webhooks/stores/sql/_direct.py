"""Runs a statement on a connection of psycopg 3 without a cursor, which takes longer than the statement.

Only outside of transactions: a statement that the server no longer has as prepared fails, and would abort one.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Generator
from typing import Any, Optional
from weakref import WeakKeyDictionary

from payvost_webhooks import _native
from payvost_webhooks.stores.base import Values

__all__ = ["Direct"]

_BYTEA, _BIGINT, _TEXT = 17, 20, 25
_TYPES = {"payload": _BYTEA, "lease": _BIGINT, "remember": _BIGINT, "limit": _BIGINT}
_INTEGERS = (_BIGINT, 21, 23)

_IDLE, _OFF = 0, 0  # of the transaction, and of the pipeline
_COMMAND_OK, _TUPLES_OK = 1, 2

_GONE, _CHANGED = "26000", "0A000"
"""Somebody has deallocated the prepared statement, or the table is no longer the one that it was prepared for."""

_numbers = itertools.count()

Result = tuple[Any, int]
"""The rows, and how many rows were changed."""


class Direct:
    """The statements of a table."""

    def __init__(self, table: str) -> None:
        prefix = f"payvost_{next(_numbers)}"
        self._statements = {
            name: (
                text.encode(),
                parameters,
                [_TYPES.get(parameter, _TEXT) for parameter in parameters],
                [parameter == "payload" for parameter in parameters],
                f"{prefix}_{name}".encode(),
            )
            for name, text, parameters in _native.sql_statements("postgres", "numbered", table)
        }
        self._uses: WeakKeyDictionary[Any, dict[str, Optional[int]]] = WeakKeyDictionary()
        """How often each connection has run each statement; -1 after it was prepared; ``None`` if it must not be."""

    @staticmethod
    def suits(connection: Any) -> bool:
        """Whether the next statement would be a transaction of its own."""
        server = connection.pgconn
        return bool(server.transaction_status == _IDLE and server.pipeline_status == _OFF)

    def run(self, connection: Any, name: str, values: Values) -> Result:
        with connection.lock:
            result: Result = connection.wait(self._steps(connection, name, values))
        return result

    async def run_async(self, connection: Any, name: str, values: Values) -> Result:
        async with connection.lock:
            result: Result = await connection.wait(self._steps(connection, name, values))
        return result

    def _steps(self, connection: Any, name: str, values: Values) -> Generator[Any, Any, Result]:
        server = connection.pgconn
        text, parameters, types, formats, own = self._statements[name]
        bound = [_bytes(values[parameter]) for parameter in parameters]
        uses = self._uses.get(connection)
        if uses is None:
            uses = self._uses[connection] = {}
        count, threshold = uses.get(name, 0), connection.prepare_threshold
        # As psycopg does. None: never, for PgBouncer.
        if count is not None and threshold is not None and 0 <= count >= threshold:
            server.send_prepare(own, text, types)
            _checked((yield from _sent(server)))
            count = uses[name] = -1
        if count == -1:
            server.send_query_prepared(own, bound, formats)
            result = yield from _sent(server)
            if result.status in (_COMMAND_OK, _TUPLES_OK):
                return _read(result)
            if (state := _state(result)) not in (_GONE, _CHANGED):
                _checked(result)
            # One that is still there cannot be prepared under its name.
            uses[name] = 0 if state == _GONE else None
        elif count is not None:
            uses[name] = count + 1
        server.send_query_params(text, bound, types, formats)
        return _read(_checked((yield from _sent(server))))


def _bytes(value: Any) -> Optional[bytes]:
    if isinstance(value, str):
        return value.encode()
    return b"%d" % value if isinstance(value, int) else value


def _sent(server: Any) -> Generator[Any, Any, Any]:
    results = yield from sys.modules["psycopg.generators"].execute(server)
    return results[-1]


def _state(result: Any) -> Optional[str]:
    if result.status in (_COMMAND_OK, _TUPLES_OK):
        return None
    return (result.error_field(ord("C")) or b"").decode()


def _checked(result: Any) -> Any:
    state = _state(result)
    if state is None:
        return result
    errors = sys.modules["psycopg.errors"]
    try:
        kind = errors.lookup(state)
    except KeyError:
        kind = errors.OperationalError
    error = kind((result.error_message or b"").decode(errors="replace").strip())
    error.sqlstate = error.sqlstate or state or None
    raise error


def _read(result: Any) -> Result:
    if result.status == _COMMAND_OK:
        return (), result.command_tuples or 0
    columns = [(column, _reader(result.ftype(column))) for column in range(result.nfields)]
    rows = [
        tuple(
            None if (value := result.get_value(row, column)) is None else read(value)
            for column, read in columns
        )
        for row in range(result.ntuples)
    ]
    return rows, result.command_tuples or 0


def _reader(kind: int) -> Any:
    if kind in _INTEGERS:
        return int
    return _unescaped if kind == _BYTEA else bytes.decode


def _unescaped(value: bytes) -> bytes:
    return bytes.fromhex(value[2:].decode())
