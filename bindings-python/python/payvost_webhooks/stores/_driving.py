"""Drives a program on a store: runs what it asks for on the user's client.

The core decides which step comes next, what a reply means and when to try again (``core/src/claims``). There is one
loop for a thread, and one for an event loop, for SQL and Redis alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Callable, TypeVar, Union

from payvost_webhooks import _native
from payvost_webhooks._course import finish, keep
from payvost_webhooks.stores._faults import fault
from payvost_webhooks.stores.base import StoreError, StoreTimeoutError, Values

__all__ = ["Program", "Session", "drive", "drive_async", "milliseconds", "now", "within"]

Program = Union[_native.SqlProgram, _native.RedisProgram]

_T = TypeVar("_T")


class Session:
    """What the steps of a program are run with. A subclass has a method for each, an asynchronous one a coroutine."""

    def __init__(self, values: Values) -> None:
        self.values = values
        """What is bound to the places of statements and scripts, by name."""
        self.rows: list[Any] = []
        """What the last statement or script gave."""
        self._errors: dict[tuple[str, str], Exception] = {}

    def failed(self, program: Program, error: Exception) -> None:
        self._errors[program.failed(*fault(error), now())] = error

    def result(self, program: Program) -> Any:
        """What the program came to.

        Raises:
            Exception: That of the client which ended it.
        """
        if program.fault is None:
            return program.reply
        raise self._errors.get(program.fault) or StoreError(
            "the store gave a reply that makes no sense"
        )


def drive(program: Program, session: Any) -> Any:
    """Take every step of a program in this thread."""
    while (ask := program.ask) is not None:
        name, argument = ask
        try:
            result = getattr(session, name)(argument)
        except Exception as error:
            session.failed(program, error)
        except BaseException:
            session.close(True)
            raise
        else:
            program.done(result, now())
    return session.result(program)


async def drive_async(program: Program, session: Any) -> Any:
    """Take every step of a program in this event loop."""
    while (ask := program.ask) is not None:
        name, argument = ask
        try:
            result = await getattr(session, name)(argument)
        except Exception as error:
            session.failed(program, error)
        except BaseException:
            await session.close(True)
            raise
        else:
            program.done(result, now())
    return session.result(program)


async def within(
    seconds: float,
    step: Callable[[], Awaitable[_T]],
    late: Callable[[_T], Awaitable[object]] | None = None,
    patience: float = 0,
) -> _T:
    """Run a step of a store, and wait no longer than that: also when its client does not stop when it is told to.

    Args:
        late: What to do with a result that comes after that, if it comes within ``patience`` more seconds.
    """

    async def run() -> _T:
        return await step()

    task = asyncio.ensure_future(run())
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            keep(finish(_abandoned(task, late, patience)))
    if task.done():
        return task.result()
    raise StoreTimeoutError(f"the store did not answer within {seconds:g} s")


async def _abandoned(
    task: asyncio.Task[_T], late: Callable[[_T], Awaitable[object]] | None, patience: float
) -> None:
    """Stop a task without waiting for its end, and without a word about how it ends."""
    if late is not None:
        await asyncio.wait({task}, timeout=patience)
        if task.done():
            await late(task.result())
            return
    task.cancel()
    await task


def now() -> int:
    """Milliseconds, by a clock that is never set back."""
    return time.monotonic_ns() // 1_000_000


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
