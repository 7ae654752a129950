"""Receives webhooks, whatever the framework: raw body and signature in, an answer out.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from functools import partial
from typing import TYPE_CHECKING, Callable, NamedTuple, cast

from payvost_webhooks import _course
from payvost_webhooks._course import Cause, RunInLoop, RunInThread
from payvost_webhooks._hosts import require_event_loop
from payvost_webhooks._http import BodyEnd, read_body, read_up_to, signature_of
from payvost_webhooks._native import Delivery, Receiver, WebhookVerifier, require_seconds
from payvost_webhooks.router import Handler, Registered, WebhookRouter

if TYPE_CHECKING:
    from payvost_webhooks.stores.base import Store

__all__ = ["Answer", "Result", "WebhookReceiver", "read_body", "read_up_to", "signature_of"]


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
        self._router = WebhookRouter.of(handler)
        self.verifier, self.handler, self.store = verifier, handler, store
        self.logger = logger or logging.getLogger("payvost_webhooks")
        self.on_result, self.handler_timeout = on_result, handler_timeout
        limit = None
        if handler_timeout is not None:
            require_seconds("handler_timeout", handler_timeout, "Leave it out for no limit.")
            self._router._require(Registered.require_async)
            limit = partial(_course.limited, handler_timeout)
        self._native = Receiver(verifier, self._router, store, limit)

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
        run_in_loop: RunInLoop = _course.run_in_new_loop,
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
        arrived = body, signature, content_length, transfer_encoding, end, started
        return cast("Answer", self._driven(self._native.arrived(*arrived), run_in_loop))

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
        arrived = body, signature, content_length, transfer_encoding, end, started
        delivery = self._native.arrived(*arrived)
        return cast("Answer", await self._driven_async(delivery, run_in_thread))

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
        return self._driven(self._native.retry(key), _course.run_in_new_loop)

    async def retry_async(
        self, key: str, *, run_in_thread: RunInThread = asyncio.to_thread
    ) -> Answer | None:
        """As :meth:`retry`, in an event loop."""
        return await self._driven_async(self._native.retry(key), run_in_thread)

    def method_not_allowed(self, started: float | None = None) -> Answer:
        """What to answer a request with another method than ``POST``, at an address that takes webhooks alone."""
        delivery = self._native.method_not_allowed(started)
        return cast("Answer", self._ended(delivery, None, _course.run_in_background))

    def _driven(self, delivery: Delivery, run_in_loop: RunInLoop) -> Answer | None:
        if self._native.is_async:
            raise TypeError("store is asynchronous: call receive_async() and retry_async()")
        return self._ended(delivery, _course.drive(delivery, run_in_loop), run_in_loop)

    async def _driven_async(self, delivery: Delivery, run_in_thread: RunInThread) -> Answer | None:
        if self.store is not None:
            require_event_loop()
        running = _course.drive_async(delivery, run_in_thread)
        if self.store is not None and delivery.has_blocking_handler:
            # A thread goes on with what it has begun, though nobody waits for the answer: its claim is completed.
            cause = await asyncio.shield(_course.keep(running))
        else:
            cause = await running
        return self._ended(delivery, cause, _course.run_in_background)

    def _ended(self, delivery: Delivery, cause: Cause, run_in_loop: RunInLoop) -> Answer | None:
        """Log how a delivery ended, tell the metrics, and return the answer: ``None`` if there was no delivery."""
        if cause is not None and not isinstance(cause, Exception):
            raise cause  # It ends the task or the process.
        delivery.log(self.logger, cause)
        answer = delivery.answer()
        if answer is not None and self.on_result is not None:
            self._report(Result(*delivery.result()), run_in_loop)
        return answer and Answer(*answer)

    def _report(self, result: Result, run_in_loop: RunInLoop) -> None:
        try:
            done = self.on_result(result) if self.on_result is not None else None
            if inspect.isawaitable(done):
                run_in_loop(_course.finish, done, self._hook_failed)
        except Exception:
            self._hook_failed()

    def _hook_failed(self) -> None:
        with contextlib.suppress(Exception):
            self.logger.exception("on_result failed")
