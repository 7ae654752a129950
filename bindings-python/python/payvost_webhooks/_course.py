"""Drives one delivery: makes the calls that its machine asks for, on the user's own store and handler.

The core decides what comes next (``core/src/receive/delivery.rs``). There is one loop for a thread, and one for an
event loop. Both return what the handler raised. What ends the task or the process is raised
at once by a store's call, and after the release by a handler.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Coroutine
from typing import Any, Callable, Optional, TypeVar

from payvost_webhooks._hosts import in_asyncio, refuse_greenlets
from payvost_webhooks._native import Delivery

RunInLoop = Callable[..., Any]
RunInThread = Callable[..., Awaitable[Any]]
Cause = Optional[BaseException]
_T = TypeVar("_T")
_tasks: set[asyncio.Task[Any]] = set()


class HandlerTimeoutError(Exception):
    """A handler was cancelled at its time limit, and has ended."""


def drive(delivery: Delivery, run_in_loop: RunInLoop) -> Cause:
    """Make every call of a delivery in this thread."""
    cause = None
    while delivery.ask is not None:
        try:
            result = delivery.make()
            if result is not None and inspect.isawaitable(result):
                refuse_greenlets("a handler")
                result = run_in_loop(_awaited, result)
            delivery.done(result)
        except BaseException as error:
            cause = delivery.failed(error) or cause
    return cause


async def drive_async(
    delivery: Delivery, run_in_thread: RunInThread, claiming: asyncio.Task[Any] | None = None
) -> Cause:
    """Make every call of a delivery in this event loop. Those of a store go on when this task is cancelled.

    Args:
        claiming: A claim that is under way although nobody waits for its event any more. If it is granted, it is
            released.
    """
    cause, task = None, claiming
    while (ask := delivery.ask) is not None:
        try:
            if ask == "handle":
                if claiming is not None:
                    raise asyncio.CancelledError
                result = await _made(delivery, run_in_thread)
            else:
                task = task or keep(_made(delivery, run_in_thread))
                result = await asyncio.shield(task)
            delivery.done(result)
        except BaseException as error:
            is_cancelled = isinstance(error, asyncio.CancelledError)
            if ask == "claim" and is_cancelled and task is not None and not task.cancelled():
                keep(finish(drive_async(delivery, run_in_thread, task)))
            cause = delivery.failed(error) or cause
        task = None
    return cause


async def limited(seconds: float, handler: Callable[..., Any], *arguments: Any) -> Any:
    """Run an asynchronous handler, and cancel it at its time limit.

    Its end is awaited also when it takes its time after that: while it runs, its claim must stay.
    """
    late = HandlerTimeoutError(f"the handler took longer than {seconds:g} s")
    if not in_asyncio():  # but in trio, which is only met behind an adapter that brings anyio
        from anyio import move_on_after

        with move_on_after(seconds):
            return await handler(*arguments)
        raise late
    task = asyncio.ensure_future(handler(*arguments))
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        is_late = task.cancel()
        await asyncio.wait({task})
    try:
        return task.result()
    except asyncio.CancelledError as error:
        raise late if is_late else error from error


async def _made(delivery: Delivery, run_in_thread: RunInThread) -> Any:
    result = await run_in_thread(delivery.make) if delivery.blocks else delivery.make()
    return await result if inspect.isawaitable(result) else result


def run_in_new_loop(function: Callable[..., Coroutine[Any, Any, _T]], *arguments: Any) -> _T:
    """Run an async function to its end, in an event loop of its own."""
    return asyncio.run(function(*arguments))


def run_in_background(function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> None:
    """Run an async function in the event loop of this thread while that goes on, or else to its end."""
    if in_asyncio():
        keep(function(*arguments))
    else:
        asyncio.run(function(*arguments))


async def finish(running: Awaitable[object], failed: Callable[[], None] = lambda: None) -> None:
    """Await the end of something that nobody waits for."""
    try:
        await running
    except Exception:
        failed()
    except asyncio.CancelledError:
        return


def keep(running: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
    """A task that is not forgotten before its end, as the event loop itself may."""
    task = asyncio.ensure_future(running)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result
