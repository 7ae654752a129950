"""Drives one call: sends the requests and pauses as the core asks.

The core decides which step comes next (``core/src/manage/call.rs``). One generator makes the steps of both clients. The
clients perform them, each in its own way.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Generator
from typing import Any, Callable, NamedTuple, Optional, Union

from payvost_webhooks._native import ApiCall
from payvost_webhooks.manage import _host
from payvost_webhooks.manage._values import RateLimit, RequestInfo, ResponseInfo

OnRequest = Callable[[RequestInfo], object]
OnResponse = Callable[[ResponseInfo], object]


class Answer(NamedTuple):
    """A response, to its end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Fault(NamedTuple):
    """Why there is no response."""

    name: str
    cause: str
    """The names of the exceptions. Their messages can contain anything."""


CANCELLED = Fault("cancelled", "")


class TransportError(Exception):
    """The exceptions of the transport, by their names. The exceptions themselves could lead to the API key."""


class Pause(NamedTuple):
    seconds: float


class Send(NamedTuple):
    call: ApiCall


class Notify(NamedTuple):
    hook: Callable[[Any], object]
    info: object


class Hooks(NamedTuple):
    on_request: Optional[OnRequest]
    on_response: Optional[OnResponse]


Step = Union[Pause, Send, Notify]
Course = Generator[Step, Any, None]


def course(call: ApiCall, hooks: Hooks, faults: list[Fault]) -> Course:
    """The steps of a call. ``faults`` receives the fault of each attempt without a response."""
    while (ask := call.ask) is not None:
        if ask is not True:
            if (yield Pause(ask)) is CANCELLED:
                call.failed("cancelled", *_host.now(), 0)
            else:
                call.waited(*_host.now())
            continue
        method, path = call.method, call.path
        if hooks.on_request is not None:
            info = RequestInfo(call.operation, method, path, call.attempts)
            if (yield Notify(hooks.on_request, info)) is CANCELLED:
                call.failed("cancelled", *_host.now(), 0)
                continue
        answer = yield Send(call)
        random = int.from_bytes(_host.random_bytes(4), "little")
        if isinstance(answer, Answer):
            call.answered(*answer, *_host.now(), random)
        else:
            faults.append(answer)
            call.failed(answer.name, *_host.now(), random)
        if hooks.on_response is not None:
            result = yield Notify(hooks.on_response, response_info(call, method, path))
            if result is CANCELLED and call.ask is not None:
                call.failed("cancelled", *_host.now(), 0)


def drive(steps: Course, send: Callable[[ApiCall], Union[Answer, Fault]]) -> None:
    """Perform all steps in this thread."""
    interruption: Optional[BaseException] = None
    result: Optional[Union[Answer, Fault]] = None
    try:
        while True:
            step, result = steps.send(result), None
            try:
                if isinstance(step, Send):
                    result = send(step.call)
                elif isinstance(step, Pause):
                    _host.sleep(step.seconds)
                else:
                    _notify(step)
            except GeneratorExit:
                raise
            except BaseException as error:
                interruption, result = error, CANCELLED
    except StopIteration:
        pass
    if interruption is not None:
        try:
            raise bare(interruption)
        finally:
            interruption = None  # Its traceback refers to this frame.


async def drive_async(
    steps: Course, send: Callable[[ApiCall], Awaitable[Union[Answer, Fault]]]
) -> None:
    """Perform all steps in this event loop."""
    interruption: Optional[BaseException] = None
    result: Optional[Union[Answer, Fault]] = None
    try:
        while True:
            step, result = steps.send(result), None
            try:
                if isinstance(step, Send):
                    result = await send(step.call)
                elif isinstance(step, Pause):
                    await _host.sleep_async(step.seconds)
                else:
                    await _notify_async(step)
            except GeneratorExit:
                raise
            except BaseException as error:
                interruption, result = error, CANCELLED
    except StopIteration:
        pass
    if interruption is not None:
        try:
            raise bare(interruption)
        finally:
            interruption = None  # Its traceback refers to this frame.


def response_info(call: ApiCall, method: str, path: str) -> ResponseInfo:
    """What the last attempt of a call came to."""
    status, fault, duration = call.last_attempt() or (None, None, 0.0)
    _, request_id, *rate_limit = call.facts()
    limit = RateLimit(*rate_limit)
    attempt = call.attempts
    return ResponseInfo(
        call.operation, method, path, attempt, status, fault, duration, request_id, limit
    )


def bare(error: BaseException) -> BaseException:
    """An exception without the frames it passed and the exceptions that led to it, which can hold the API key."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


def names_of(error: BaseException) -> str:
    """The names of an exception and of those that led to it."""
    names: list[str] = []
    current: Optional[BaseException] = error
    while current is not None and len(names) < 8:
        name = type(current).__name__
        if name not in names:
            names.append(name)
        current = current.__cause__ or current.__context__
    return ": ".join(names)


def _notify(step: Notify) -> None:
    try:
        step.hook(step.info)
    except Exception:
        _log_failure()


async def _notify_async(step: Notify) -> None:
    try:
        result = step.hook(step.info)
        if isinstance(result, Awaitable):
            await result
    except Exception:
        _log_failure()


def _log_failure() -> None:
    logging.getLogger("payvost_webhooks").exception("a hook of the management client failed")
