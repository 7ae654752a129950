"""Collects what an exception of a store's client says. The core classifies it (``core/src/claims/fault.rs``)."""

from __future__ import annotations

import errno
from collections.abc import Iterator

__all__ = ["fault"]

ATTRIBUTES = ("sqlstate", "pgcode", "sqlite_errorname", "status_code", "code")
"""The attributes in which psycopg, psycopg2, sqlite3 and redis-py have their codes."""


def fault(error: BaseException) -> tuple[str, list[str], str]:
    """The class of an exception, its codes (the most specific first), and its message, which is not stored."""
    codes = list(_codes(error))
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError):  # the network error behind the exception
        codes += [*_codes(cause), type(cause).__name__]
    names = [kind.__name__ for kind in type(error).__mro__]
    return names[0], codes + names, str(error)


def _codes(error: BaseException) -> Iterator[str]:
    for attribute in ATTRIBUTES:
        code = getattr(error, attribute, None)
        if isinstance(code, str):
            yield code
    if isinstance(error, OSError):
        yield errno.errorcode.get(error.errno or 0, "")
    elif error.args and isinstance(error.args[0], int):  # MySQL
        yield str(error.args[0])
    if "ResponseError" in (kind.__name__ for kind in type(error).__mro__):  # Redis
        yield str(error).partition(" ")[0]
