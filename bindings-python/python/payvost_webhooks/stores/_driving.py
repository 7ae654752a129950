"""Drives a program on a store: runs the steps it asks for on the user's client.

The core decides which step comes next, what a reply means and when to try again (``core/src/claims``). There is one
loop for threads and one for event loops, for both SQL and Redis.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Callable, Optional, TypeVar, Union

from payvost_webhooks import _native
from payvost_webhooks._course import finish, keep
from payvost_webhooks.stores._faults import fault
from payvost_webhooks.stores.base import StoreError, StoreTimeoutError, Values

__all__ = ["Program", "Session", "drive", "drive_async", "milliseconds", "now", "within"]

Program = Union[_native.SqlProgram, _native.RedisProgram]

_T = TypeVar("_T")


class Session:
    """Runs the steps of a program. A subclass has a method for each step; those of an async subclass are coroutines."""

    def __init__(self, values: Values) -> None:
        self.values = values
        """The values of the parameters of statements and scripts, by name."""
        self.rows: list[Any] = []
        """The rows that the last statement or script returned."""
        self._errors: dict[tuple[str, str], Exception] = {}

    def failed(self, program: Program, error: Exception) -> None:
        self._errors[program.failed(*fault(error), now())] = error

    def result(self, program: Program) -> Any:
        """The result of the program.

        Raises:
            Exception: The exception of the client that ended the program.
        """
        if program.fault is None:
            return program.reply
        raise self._errors.get(program.fault) or StoreError("the store returned an invalid reply")


def drive(program: Program, session: Any) -> Any:
    """Run all steps of a program in this thread."""
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
    """Run all steps of a program in this event loop."""
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
    late: Optional[Callable[[_T], Awaitable[object]]] = None,
    patience: float = 0,
) -> _T:
    """Run a step of a store under a time limit, which holds even if the client does not stop when it is cancelled.

    Args:
        late: Called with a result that arrives after the time limit, but within another ``patience`` seconds.
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
    task: asyncio.Task[_T], late: Optional[Callable[[_T], Awaitable[object]]], patience: float
) -> None:
    """Cancel a task, and ignore its result."""
    if late is not None:
        await asyncio.wait({task}, timeout=patience)
        if task.done():
            await late(task.result())
            return
    task.cancel()
    await task


def now() -> int:
    """Milliseconds of a monotonic clock."""
    return time.monotonic_ns() // 1_000_000


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
