"""Drives one delivery: runs what its machine asks for on the user's own store and handler.

The core decides what comes next (``core/src/receive/delivery.rs``). There is one loop for a thread, and one for an
event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from payvost_webhooks import _native

if TYPE_CHECKING:
    from payvost_webhooks.router import Registered

__all__ = ["Course", "RunInThread", "drive", "drive_async", "finish"]

RunInThread = Callable[..., Awaitable[Any]]

LOG = "log"
"""What is left to the receiver."""


class Step(NamedTuple):
    """A call to make."""

    run: Callable[..., Any]
    arguments: tuple[Any, ...]
    blocks: bool
    """Whether it may take its time, so that it must not run in an event loop."""
    to_its_end: bool = False
    """Whether it goes on although the task that waits for it is cancelled."""


class Course:
    """One delivery on its course."""

    def __init__(
        self,
        delivery: _native.Delivery,
        store: Any,
        handlers: Sequence[Registered],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.delivery = delivery
        self.cause: BaseException | None = None
        """What the handler raised."""
        self.stop: BaseException | None = None
        """What ends the task or the process, and is raised again in the end."""
        self._store = store
        self._handlers = handlers
        self._loop = loop
        """In which an asynchronous store is at home."""
        self._claim: Any = None
        self._transaction: Any = None

    @property
    def is_in_thread(self) -> bool:
        """Whether the handler runs in a thread when it is called in an event loop."""
        number = self.delivery.handler
        return number is not None and not self._handlers[number].is_async

    def step(self, ask: str) -> Step:
        """The call that an ask stands for."""
        step: Step = getattr(self, f"_{ask}_step")()
        return step

    def done(self, ask: str, result: Any) -> None:
        """The call has returned."""
        delivery = self.delivery
        if ask == "handle":
            delivery.handled(self._claim is not None and self._claim._handed_over)
        elif ask == "claim":
            if hasattr(self._store, "begin"):
                self._transaction, result = result, result.reply
            delivery.claimed(result)
        elif ask == "complete":
            delivery.completed(result)
        elif ask == "release":
            delivery.released(result)
        else:
            delivery.loaded(result)

    def failed(self, ask: str, error: BaseException) -> None:
        """The call has raised."""
        is_stopped = not isinstance(error, Exception)
        if ask != "handle":
            if is_stopped:
                raise error
            from payvost_webhooks.stores.faults import fault

            self.delivery.store_failed(*fault(error))
            return
        self.cause = error
        if is_stopped:
            self.stop = error
        if isinstance(error, asyncio.CancelledError) and self.is_in_thread:
            self.delivery.handler_abandoned()
        else:
            self.delivery.handler_failed(type(error).__name__)

    def _load_step(self) -> Step:
        return Step(self._store.delivery, (self.delivery.retried_key,), self._blocks)

    def _claim_step(self) -> Step:
        from payvost_webhooks.stores.base import KeptDelivery, new_token

        store, delivery = self._store, self.delivery
        self._token = new_token()
        kept = KeptDelivery(*delivery.kept) if store.keep_deliveries and delivery.kept else None
        claim = store.begin if hasattr(store, "begin") else store.claim
        return Step(claim, (delivery.request, self._token, kept), self._blocks, True)

    def _handle_step(self) -> Step:
        if self.stop is not None:
            return Step(_raise, (self.stop,), False)
        number, event = self.delivery.handler, self.delivery.event
        assert number is not None
        assert event is not None
        registered = self._handlers[number]
        if self._store is not None:
            self._claim = self._made_claim()
        arguments = registered.arguments(event, self._claim)
        return Step(registered.handler, arguments, not registered.is_async)

    def _complete_step(self) -> Step:
        if self._transaction is not None:
            return Step(self._transaction.commit, (), self._blocks, True)
        return Step(self._store.complete, (self._key, self._token), self._blocks, True)

    def _release_step(self) -> Step:
        error = self.delivery.handler_error
        if self._transaction is not None:
            return Step(self._transaction.fail, (error,), self._blocks, True)
        return Step(self._store.release, (self._key, self._token, error), self._blocks, True)

    def _made_claim(self) -> Any:
        from payvost_webhooks.stores.claim import AsyncClaim, Claim, FromThread

        kind: Any = Claim if self._loop is None else AsyncClaim
        store = self._store
        if self._loop is not None and self._transaction is None and self.is_in_thread:
            kind, store = Claim, FromThread(store, self._loop)
        return kind(store, self._key, self._token, self.delivery.attempt, self._transaction)

    @property
    def _key(self) -> str:
        assert self.delivery.request is not None
        return self.delivery.request.key

    @property
    def _blocks(self) -> bool:
        return self._loop is None and getattr(self._store, "blocks", True)


def drive(course: Course) -> None:
    """Take every step of a delivery in this thread, up to its record."""
    while (ask := course.delivery.ask) is not None and ask != LOG:
        try:
            step = course.step(ask)
            result = step.run(*step.arguments)
            if result is not None and isinstance(result, Awaitable):
                result = asyncio.run(_awaited(result))
            course.done(ask, result)
        except BaseException as error:
            course.failed(ask, error)
    if course.stop is not None:
        raise course.stop


async def drive_async(
    course: Course, run_in_thread: RunInThread, running: asyncio.Task[Any] | None = None
) -> None:
    """Take every step of a delivery in this event loop, up to its record.

    Args:
        running: The first step, where it has begun already.
    """
    while (ask := course.delivery.ask) is not None and ask != LOG:
        try:
            if running is None:
                step = course.step(ask)
                call = _call(step, run_in_thread)
                running = kept(call) if step.to_its_end else None
            result = await (call if running is None else asyncio.shield(running))
            course.done(ask, result)
        except BaseException as error:
            if ask == "claim" and running is not None and isinstance(error, asyncio.CancelledError):
                # Nobody waits any longer: if the claim is granted, it is given back.
                course.stop = error
                kept(finish(drive_async(course, run_in_thread, running)))
                raise
            course.failed(ask, error)
        running = None
    if course.stop is not None:
        raise course.stop


async def finish(running: Awaitable[object]) -> None:
    """Await the end of something that nobody waits for."""
    try:
        await running
    except BaseException:
        return


_running: set[asyncio.Task[Any]] = set()


def kept(running: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A task that is not forgotten before its end, as the event loop itself may."""
    task = asyncio.ensure_future(running)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


async def _call(step: Step, run_in_thread: RunInThread) -> Any:
    if step.blocks:
        result = await run_in_thread(_without_stop_iteration, step.run, *step.arguments)
    else:
        result = step.run(*step.arguments)
    return await result if isinstance(result, Awaitable) else result


def _without_stop_iteration(run: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return run(*arguments)
    except StopIteration as error:
        # No future can hold it: whoever awaits it would wait for ever.
        raise RuntimeError("a handler or store raised StopIteration") from error


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


def _raise(error: BaseException) -> None:
    raise error
