"""Receives webhooks, whatever the framework: raw body and signature in, an answer out.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Callable, NamedTuple

from payvost_webhooks import _native
from payvost_webhooks._course import (
    Course,
    RunInLoop,
    RunInThread,
    drive,
    drive_async,
    finish,
    in_background,
    kept,
    run_in_new_loop,
)
from payvost_webhooks._hosts import in_asyncio
from payvost_webhooks._http import BodyEnd, read_body, read_up_to, signature_of
from payvost_webhooks._native import WebhookVerifier
from payvost_webhooks.errors import ConfigurationError
from payvost_webhooks.router import Handler, Registered, WebhookRouter

if TYPE_CHECKING:
    from payvost_webhooks.stores.base import Store

__all__ = [
    "Answer",
    "Result",
    "WebhookReceiver",
    "read_body",
    "read_up_to",
    "signature_of",
]


class Answer(NamedTuple):
    """What to answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Result(NamedTuple):
    """How a delivery ended, for metrics."""

    code: str
    """``"handled"``, ``"unhandled"`` (no handler for the type), ``"handler_failed"``, ``"body_incomplete"``,
    ``"method_not_allowed"``, or the code of the error that it was refused with. With a store also
    ``"already_handled"``, ``"handed_over"``, ``"claim_lost"``, ``"in_progress"``, ``"event_conflict"``,
    ``"other_endpoint"`` and ``"store_unavailable"``."""

    status: int
    """The HTTP status of the answer."""

    event_id: str | None
    """``None`` when the delivery was refused."""

    event_type: str | None
    """``None`` when the delivery was refused."""

    matching_secret: int | None
    """The position in the list of secrets of the one that matched. When it is never that of the old
    secret any more, the old one can be retired."""

    duration: float
    """How long it took, in seconds, from the adapter's entry on: reading the body and the handler included."""

    attempt: int = 0
    """How often the event has been claimed, this time included; 0 without a claim."""


class WebhookReceiver:
    """Verifies deliveries, calls handlers, and tells what to answer.

    Args:
        verifier: A :class:`WebhookVerifier`, or what one is made of: a secret, or a list of them.
        handler: A :class:`WebhookRouter`, or a function that gets every event. A function that requires a second
            argument gets the claim on the event, ``None`` without a store.
        store: What makes sure that each event is handled once: see :mod:`payvost_webhooks.stores`. Without one, an
            event that is delivered twice is handled twice.
        logger: Where to log; ``logging.getLogger("payvost_webhooks")`` by default. There is one record for each
            delivery. Its fields are attributes of the record: ``code``, ``event_id``, ``event_type``, and others where
            they apply. No payload, secret or signature is logged.
        handler_timeout: How many seconds a handler may take. It is cancelled then, and the event released for the next
            delivery; its claim stays for as long as it goes on after that. Only for handlers that are ``async``:
            nothing can end a function that runs in a thread.
        on_result: Is called with the :class:`Result` of each delivery. What it raises is logged and
            changes no answer.

    Raises:
        ConfigurationError: The secret cannot be used; ``handler_timeout`` is not a positive number, or a handler is not
            ``async``.
        TypeError: ``handler`` cannot be called, or is a generator function (also a ``ConfigurationError``); ``store``
            is neither a ``ClaimStore`` nor an ``Inbox``.
    """

    def __init__(
        self,
        verifier: WebhookVerifier | str | bytes | list[str] | list[bytes] | tuple[str | bytes, ...],
        handler: WebhookRouter | Handler,
        *,
        store: Store | None = None,
        logger: logging.Logger | None = None,
        on_result: Callable[[Result], object] | None = None,
        handler_timeout: float | None = None,
    ) -> None:
        if not isinstance(verifier, WebhookVerifier):
            verifier = WebhookVerifier(verifier)
        if not isinstance(handler, WebhookRouter) and not callable(handler):
            raise TypeError("handler must be a WebhookRouter or a function that takes an event")
        self.verifier = verifier
        self.handler = handler
        self.store = store
        self.logger = logger or logging.getLogger("payvost_webhooks")
        self.on_result = on_result
        policy, is_inbox, self._store_is_async = _read_store(store)
        routes = handler._routes if isinstance(handler, WebhookRouter) else None
        single = [] if isinstance(handler, WebhookRouter) else [Registered.of(handler)]
        self._handlers = handler._handlers if isinstance(handler, WebhookRouter) else single
        self.handler_timeout = handler_timeout
        if handler_timeout is not None:
            _check_timeout(handler_timeout)
            self._require(Registered.require_async)
        self._native = _native.Receiver(verifier, routes, policy, is_inbox)

    def _require(self, require: Callable[[Registered], None]) -> None:
        """Check the handlers, and those that are registered later."""
        for registered in self._handlers:
            require(registered)
        if isinstance(self.handler, WebhookRouter):
            self.handler._requirements.append(require)

    def body_limit(self, content_length: str | None = None, *, endless: bool = False) -> int:
        """How many bytes of a body to read: none when its length already says that it is too large.

        Args:
            content_length: The header of that name.
            endless: The stream does not mark its end, so that no more than announced can be read (PEP 3333).
        """
        return self._native.body_limit(content_length, endless)

    def receive(
        self,
        body: object,
        signature: str | bytes | None,
        content_length: str | None = None,
        *,
        transfer_encoding: str | None = None,
        end: BodyEnd = "reached",
        started: float | None = None,
        run_in_loop: RunInLoop = run_in_new_loop,
    ) -> Answer:
        """Receive a delivery. An ``async`` handler runs to its end before this returns.

        Args:
            body: The raw body, up to :meth:`body_limit`. ``None``: somebody else has read it.
            signature: What :func:`signature_of` found in the headers.
            content_length: The header of that name. It tells a body that is empty from one that
                somebody else has read before.
            transfer_encoding: The header of that name. It tells the same of a body that came in chunks.
            end: How reading the body ended: ``"reached"`` (its end, or the limit), ``"broken"`` (the sender broke off),
                ``"timed_out"`` (the sender was too slow), ``"consumed"`` (somebody else has read or parsed it before).
            started: When the request arrived, by ``time.perf_counter()``, for the duration in the :class:`Result`.
                Now, by default.
            run_in_loop: How to run an ``async`` handler: called with an async function and its arguments, it waits for
                the result. By default each handler gets an event loop of its own.
        """
        started = time.perf_counter() if started is None else started
        delivery = self._native.arrived(body, signature, content_length, transfer_encoding, end)
        course = self._driven(delivery, run_in_loop)
        return _present(self._ended(course, started, run_in_loop))

    async def receive_async(
        self,
        body: object,
        signature: str | bytes | None,
        content_length: str | None = None,
        *,
        transfer_encoding: str | None = None,
        end: BodyEnd = "reached",
        started: float | None = None,
        run_in_thread: RunInThread = asyncio.to_thread,
    ) -> Answer:
        """As :meth:`receive`, in an event loop. A handler that is not ``async`` runs in a thread, and so do the steps
        of a store that is not."""
        started = time.perf_counter() if started is None else started
        delivery = self._native.arrived(body, signature, content_length, transfer_encoding, end)
        return _present(self._ended(await self._driven_async(delivery, run_in_thread), started))

    def retry(self, key: str) -> Answer | None:
        """Handle an event again whose delivery was kept with its claim: a dead letter.

        It is verified again (with the secrets of today, and whatever its age), claimed, handled and completed like a
        delivery.

        Args:
            key: The key of the claim, as :class:`payvost_webhooks.stores.DeadLetter` has it. If it is that of another
                endpoint, nothing is handled: the answer's status is 404.

        Returns:
            What a delivery would be answered; ``None`` when no delivery is kept under that key.
        """
        started = time.perf_counter()
        course = self._driven(self._kept(key), run_in_new_loop)
        return self._ended(course, started, run_in_new_loop)

    async def retry_async(
        self, key: str, *, run_in_thread: RunInThread = asyncio.to_thread
    ) -> Answer | None:
        """As :meth:`retry`, in an event loop."""
        started = time.perf_counter()
        return self._ended(await self._driven_async(self._kept(key), run_in_thread), started)

    def method_not_allowed(self, started: float | None = None) -> Answer:
        """What to answer a request with another method than ``POST``, at an address that takes webhooks alone."""
        started = time.perf_counter() if started is None else started
        course = Course(self._native.method_not_allowed(), None, ())
        return _present(self._ended(course, started))

    def _kept(self, key: str) -> _native.Delivery:
        if self.store is None:
            raise TypeError("the receiver has no store to take the delivery from: pass store=…")
        return self._native.retry(key)

    def _driven(self, delivery: _native.Delivery, run_in_loop: RunInLoop) -> Course:
        if self._store_is_async:
            raise TypeError("store is asynchronous: call receive_async() and retry_async()")
        course = Course(delivery, self.store, self._handlers, None, self.handler_timeout)
        return drive(course, run_in_loop)

    async def _driven_async(self, delivery: _native.Delivery, run_in_thread: RunInThread) -> Course:
        if self.store is not None and not in_asyncio():
            raise TypeError(
                "receive_async() needs an event loop of asyncio. Under trio, call receive(..., run_in_loop="
                "trio.from_thread.run) by trio.to_thread.run_sync, with a store that is not asynchronous"
            )
        loop = asyncio.get_running_loop() if self._store_is_async else None
        course = Course(delivery, self.store, self._handlers, loop, self.handler_timeout)
        running = drive_async(course, run_in_thread)
        if self.store is not None and course.is_in_thread:
            # A thread goes on with what it has begun, though nobody waits for the answer: its claim is completed.
            return await asyncio.shield(kept(running))
        return await running

    def _ended(
        self, course: Course, started: float, run_in_loop: RunInLoop | None = None
    ) -> Answer | None:
        """Log how a delivery ended, tell the metrics, and give the answer."""
        delivery = course.delivery
        self._log(delivery, course.cause)
        parts = delivery.logged()
        if parts is None:
            return None
        code, status, headers, body = parts
        if self.on_result is not None:
            event, duration = delivery.event or {}, time.perf_counter() - started
            names = event.get("id"), event.get("type"), delivery.matching_secret
            self._report(Result(code, status, *names, duration, delivery.attempt), run_in_loop)
        return Answer(status, headers, body)

    def _log(self, delivery: _native.Delivery, cause: BaseException | None) -> None:
        try:
            if delivery.ask is None or not self.logger.isEnabledFor(delivery.level):
                return
            text, rest, fields, with_exception = delivery.record()
            if "message" in fields:  # which `logging` keeps for itself
                fields["error_message"] = fields.pop("message")
            cause = cause if with_exception else None
            # The constant text alone is the template, by which tools group records.
            self.logger.log(delivery.level, f"{text}%s", rest, extra=fields, exc_info=cause)
        except Exception:
            return  # A logger that fails changes no answer.

    def _report(self, result: Result, run_in_loop: RunInLoop | None) -> None:
        try:
            done = self.on_result(result) if self.on_result is not None else None
            if isinstance(done, Awaitable):
                if run_in_loop is None:
                    in_background(finish(done, self._hook_failed))
                else:
                    run_in_loop(finish, done, self._hook_failed)
        except Exception:
            self._hook_failed()

    def _hook_failed(self) -> None:
        with contextlib.suppress(Exception):
            self.logger.exception("on_result failed")


def _check_timeout(seconds: float) -> None:
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds < float("inf"):
        raise ConfigurationError(
            "handler_timeout must be a positive number of seconds",
            "invalid_option",
            "Leave it out for no limit. The provider waits for 5 seconds.",
        )


def _read_store(store: Store | None) -> tuple[_native.ClaimPolicy | None, bool, bool]:
    """The policy of a store, whether it is an inbox, and whether it is asynchronous."""
    if store is None:
        return None, False, False
    begin, policy = getattr(store, "begin", None), getattr(store, "policy", None)
    step = begin or getattr(store, "claim", None)
    if isinstance(store, type) or not callable(step) or not isinstance(policy, _native.ClaimPolicy):
        raise TypeError("store must be a ClaimStore or an Inbox: see payvost_webhooks.stores")
    return policy, begin is not None, inspect.iscoroutinefunction(step)


def _present(answer: Answer | None) -> Answer:
    assert answer is not None
    return answer
