"""Drives one delivery: makes the calls to the user's store and handler that the core asks for.

The core decides which call comes next (``core/src/receive/delivery.rs``). There is one loop for threads and one for
event loops. Both return the exception that the handler raised, so that the claim is released before an exception such
as ``CancelledError`` is raised again. If a call to the store raises such an exception, it propagates immediately.
"""

from __future__ import annotations

import asyncio
import inspect
import os
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
    """A handler was cancelled at its time limit and has stopped."""


def drive(delivery: Delivery, run_in_loop: RunInLoop) -> Cause:
    """Make all calls of a delivery in this thread."""
    cause, process = None, os.getpid()
    while (ask := delivery.ask) is not None:
        try:
            result = delivery.make()
            if result is not None and inspect.isawaitable(result):
                refuse_greenlets("handler")
                result = run_in_loop(_awaited, result)
            _require_process(process)
            if ask == "handle" and (flush := getattr(delivery.transaction, "flush", None)):
                flush()
            delivery.done(result)
        except BaseException as error:
            if os.getpid() != process:
                raise  # A forked child neither completes nor releases the claim of its parent.
            cause = delivery.failed(error) or cause
    return cause


async def drive_async(
    delivery: Delivery, run_in_thread: RunInThread, claiming: Optional[asyncio.Task[Any]] = None
) -> Cause:
    """Make all calls of a delivery in this event loop. Calls to the store continue when this task is cancelled.

    Args:
        claiming: A pending claim whose delivery was cancelled. If the claim is granted, it is released.
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
    """Run an async handler, and cancel it at its time limit.

    Wait until the handler has stopped, even if that takes longer: its claim must hold while it runs.
    """
    late = HandlerTimeoutError(f"the handler took longer than {seconds:g} s")
    if not in_asyncio():  # This is trio, which only adapters that depend on anyio support.
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
    ask = delivery.ask
    result = await run_in_thread(delivery.make) if delivery.blocks else delivery.make()
    if inspect.isawaitable(result):
        result = await result
    if ask == "handle" and (flush := getattr(delivery.transaction, "flush", None)):
        flushed = flush() if inspect.iscoroutinefunction(flush) else await run_in_thread(flush)
        if inspect.isawaitable(flushed):
            await flushed
    return result


def run_in_new_loop(function: Callable[..., Coroutine[Any, Any, _T]], *arguments: Any) -> _T:
    """Run an async function in a new event loop, and return its result."""
    return asyncio.run(function(*arguments))


def run_in_background(function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> None:
    """Run an async function: as a task if this thread has an event loop, else in a new one."""
    if in_asyncio():
        keep(function(*arguments))
    else:
        asyncio.run(function(*arguments))


async def finish(running: Awaitable[object], failed: Callable[[], None] = lambda: None) -> None:
    """Await something whose result nobody needs."""
    try:
        await running
    except Exception:
        failed()
    except asyncio.CancelledError:
        return


def keep(running: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
    """Start a task, and hold a reference until it is done: the event loop holds only a weak one."""
    task = asyncio.ensure_future(running)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


def _require_process(process: int) -> None:
    """Refuse to go on in a child process that a handler has forked.

    Raises:
        RuntimeError: This is the child.
    """
    if os.getpid() != process:
        raise RuntimeError(
            "the handler returned in a forked process: end the child with os._exit()"
        )


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result
