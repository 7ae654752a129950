"""Drives one delivery: makes the calls that its machine asks for, on the user's own store and handler.

The core decides what comes next (``core/src/receive/delivery.rs``). There is one loop for a thread, and one for an
event loop.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Coroutine, Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, TypeVar

from payvost_webhooks import _native
from payvost_webhooks._hosts import in_asyncio, refuse_greenlets

if TYPE_CHECKING:
    from payvost_webhooks.router import Registered

RunInThread = Callable[..., Awaitable[Any]]
RunInLoop = Callable[..., Any]
_T = TypeVar("_T")


class HandlerTimeoutError(Exception):
    """A handler was cancelled at its time limit, and has ended."""


class Call(NamedTuple):
    run: Callable[..., Any]
    arguments: tuple[Any, ...]
    blocks: bool
    """Whether it may take its time, so that it must not run in an event loop."""


class Course:
    """One delivery on its course."""

    def __init__(
        self,
        delivery: _native.Delivery,
        store: Any,
        handlers: Sequence[Registered],
        loop: asyncio.AbstractEventLoop | None = None,
        handler_timeout: float | None = None,
    ) -> None:
        self.delivery = delivery
        self._handler_timeout = handler_timeout
        self.cause: BaseException | None = None
        """What the handler raised."""
        self._store, self._handlers = store, handlers
        self._loop = loop  # in which an asynchronous store is at home
        self._claim: Any = None
        self._transaction: Any = None

    @property
    def is_in_thread(self) -> bool:
        """Whether the handler runs in a thread when it is called in an event loop."""
        number = self.delivery.handler
        return number is not None and not self._handlers[number].is_async

    def call(self, ask: str) -> Call:
        """The call that is asked for."""
        delivery, store = self.delivery, self._store
        if ask == "handle":
            assert delivery.handler is not None
            assert delivery.event is not None
            if store is not None:
                self._claim = self._made_claim()
            handler = self._handlers[delivery.handler]
            arguments = handler.arguments(delivery.event, self._claim)
            run: Callable[..., Any] = handler.handler
            if self._handler_timeout is not None:
                run = partial(_limited, self._handler_timeout, run)
            return Call(run, arguments, not handler.is_async)
        blocks = self._loop is None and getattr(store, "blocks", True)
        if ask == "load":
            return Call(store.delivery, (delivery.retried_key,), blocks)
        assert delivery.request is not None
        if ask == "claim":
            from payvost_webhooks.stores.base import KeptDelivery, new_token

            self._key, self._token = delivery.request.key, new_token()
            kept = KeptDelivery(*delivery.kept) if store.keep_deliveries and delivery.kept else None
            claim = getattr(store, "begin", None) or store.claim
            return Call(claim, (delivery.request, self._token, kept), blocks)
        error = (delivery.handler_error,) if ask == "release" else ()
        if self._transaction is not None:
            end = self._transaction.fail if error else self._transaction.commit
            return Call(end, error, blocks)
        return Call(getattr(store, ask), (self._key, self._token, *error), blocks)

    def done(self, ask: str, result: Any) -> None:
        """The call has returned."""
        if ask == "handle":
            if isinstance(result, (Generator, AsyncGenerator)):
                raise TypeError("the handler returned a generator, of which nothing has run")
            result = self._claim is not None and self._claim._handed_over
        elif ask == "claim" and hasattr(self._store, "begin"):
            self._transaction, result = result, result.reply
        self.delivery.done(result)

    def failed(self, ask: str, error: BaseException) -> None:
        """The call has raised. What ends the task or the process waits for the release alone."""
        if ask == "handle":
            self.cause = error
            if isinstance(error, HandlerTimeoutError):
                self.delivery.timed_out()
            elif isinstance(error, asyncio.CancelledError) and self.is_in_thread:
                self.delivery.abandoned()
            else:
                self.delivery.failed(type(error).__name__, [], "")
        elif isinstance(error, Exception):
            from payvost_webhooks.stores._faults import fault

            self.delivery.failed(*fault(error))
        else:
            raise error

    def end(self) -> None:
        """Raise what ends the task or the process."""
        if self.cause is not None and not isinstance(self.cause, Exception):
            raise self.cause

    def _made_claim(self) -> Any:
        from payvost_webhooks.stores.claim import AsyncClaim, Claim, FromThread

        kind, store = (Claim if self._loop is None else AsyncClaim), self._store
        if self._loop is not None and self._transaction is None and self.is_in_thread:
            kind, store = Claim, FromThread(store, self._loop)
        return kind(store, self._key, self._token, self.delivery.attempt, self._transaction)


def run_in_new_loop(function: Callable[..., Coroutine[Any, Any, _T]], *arguments: Any) -> _T:
    """Run an async function to its end, in an event loop of its own."""
    return asyncio.run(function(*arguments))


def drive(course: Course, run_in_loop: RunInLoop = run_in_new_loop) -> Course:
    """Take every step of a delivery in this thread, up to its record."""
    while (ask := course.delivery.ask) is not None and ask != "log":
        try:
            call = course.call(ask)
            result = call.run(*call.arguments)
            if result is not None and inspect.isawaitable(result):
                refuse_greenlets("a handler")
                result = run_in_loop(_awaited, result)
            course.done(ask, result)
        except BaseException as error:
            course.failed(ask, error)
    course.end()
    return course


async def drive_async(
    course: Course, run_in_thread: RunInThread, claiming: asyncio.Task[Any] | None = None
) -> Course:
    """Take every step of a delivery in this event loop, up to its record.

    Args:
        claiming: A claim that is under way although nobody waits for its event any more: if it is granted, it is given
            back.
    """
    is_given_up, task = claiming is not None, claiming
    while (ask := course.delivery.ask) is not None and ask != "log":
        try:
            if ask == "handle" and is_given_up:
                course.delivery.failed("Cancelled", [], "")
                continue
            if ask == "handle":
                result = await _run(course.call(ask), run_in_thread)
            else:
                # It goes on when this task is cancelled.
                task = task or kept(_run(course.call(ask), run_in_thread))
                result = await asyncio.shield(task)
            course.done(ask, result)
        except BaseException as error:
            if ask == "claim" and isinstance(error, asyncio.CancelledError) and task is not None:
                kept(finish(drive_async(course, run_in_thread, task)))
                raise
            course.failed(ask, error)
        task = None
    course.end()
    return course


async def _limited(seconds: float, handler: Callable[..., Any], *arguments: Any) -> Any:
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
    is_late = False
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            is_late = task.cancel()
            await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
    try:
        return task.result()
    except asyncio.CancelledError as error:
        if not is_late:
            raise
        raise late from error


async def finish(running: Awaitable[object], failed: Callable[[], None] = lambda: None) -> None:
    """Await the end of something that nobody waits for."""
    try:
        await running
    except Exception:
        failed()
    except asyncio.CancelledError:
        return


def in_background(running: Coroutine[Any, Any, None]) -> None:
    """Run something in the event loop of this thread while that goes on, or else to its end."""
    if in_asyncio():
        kept(running)
    else:
        asyncio.run(running)


_tasks: set[asyncio.Task[Any]] = set()


def kept(running: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
    """A task that is not forgotten before its end, as the event loop itself may."""
    task = asyncio.ensure_future(running)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def _run(call: Call, run_in_thread: RunInThread) -> Any:
    if call.blocks:
        result = await run_in_thread(_without_stop_iteration, call)
    else:
        result = call.run(*call.arguments)
    return await result if inspect.isawaitable(result) else result


def _without_stop_iteration(call: Call) -> Any:
    try:
        return call.run(*call.arguments)
    except StopIteration as error:
        # No future can hold it: whoever awaits it would wait for ever.
        raise RuntimeError("a handler or store raised StopIteration") from error


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result
