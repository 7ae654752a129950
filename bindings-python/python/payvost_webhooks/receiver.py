"""Receive webhooks in any framework: takes the raw body and the signature, and returns the response to send.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from functools import partial
from typing import Callable, NamedTuple, Optional, Union, cast

from payvost_webhooks import _course
from payvost_webhooks._course import Cause, RunInLoop, RunInThread
from payvost_webhooks._hosts import require_event_loop
from payvost_webhooks._http import BodyEnd, read_body, read_up_to, signature_of
from payvost_webhooks._native import Delivery, Receiver, WebhookVerifier, require_seconds
from payvost_webhooks._requests import current_request
from payvost_webhooks.router import Handler, Registered, WebhookRouter
from payvost_webhooks.stores.base import Store

__all__ = [
    "Answer",
    "Result",
    "WebhookReceiver",
    "current_request",
    "read_body",
    "read_up_to",
    "signature_of",
]


class Answer(NamedTuple):
    """The HTTP response to send."""

    status: int
    headers: dict[str, str]
    body: bytes


class Result(NamedTuple):
    """How a delivery ended, for metrics."""

    code: str
    """``"handled"``, ``"unhandled"`` (no handler for the type), ``"handler_failed"``, ``"body_incomplete"``,
    ``"method_not_allowed"``, or the code of the error for which it was rejected. With a store also
    ``"already_handled"``, ``"handed_over"``, ``"claim_lost"``, ``"in_progress"``, ``"event_conflict"``,
    ``"other_endpoint"`` and ``"store_unavailable"``."""

    status: int
    """The HTTP status of the response."""

    event_id: Optional[str]
    """``None`` if the delivery was rejected."""

    event_type: Optional[str]
    """``None`` if the delivery was rejected."""

    matching_secret: Optional[int]
    """The position of the matching secret in the list of secrets. Once the position of the old secret no longer
    appears, you can retire that secret."""

    duration: float
    """How long the delivery took, in seconds, from the moment the adapter was called. Includes reading the body and
    running the handler."""

    attempt: int = 0
    """How often the event has been claimed, including this time; 0 without a claim."""


class WebhookReceiver:
    """Verifies deliveries, calls handlers, and returns the response to send.

    Args:
        verifier: A :class:`WebhookVerifier`, or the secret (or list of secrets) to make one from.
        handler: A :class:`WebhookRouter`, or a function that is called with every event. A function that requires a
            second argument also gets the claim on the event, or ``None`` without a store.
        store: Remembers which events have been handled, so that each one is handled once: see
            :mod:`payvost_webhooks.stores`. Without a store, an event that is delivered twice is handled twice.
        logger: The logger to use; ``logging.getLogger("payvost_webhooks")`` by default. Each delivery is logged once.
            The record has the attributes ``code``, ``event_id``, ``event_type``, and others where they apply. Payloads,
            secrets and signatures are never logged.
        handler_timeout: How many seconds a handler may take. After that it is cancelled, and the event is released for
            the next delivery once the handler has stopped. Requires ``async`` handlers, because a function that runs in
            a thread cannot be cancelled.
        on_result: Called with the :class:`Result` of each delivery. Exceptions it raises are logged and do not change
            the response.

    Raises:
        ConfigurationError: The secret is invalid; or ``handler_timeout`` is not a positive number, or is set and a
            handler is not ``async``.
        TypeError: ``handler`` is not callable, or is a generator function (also a ``ConfigurationError``); or
            ``store`` is neither a ``ClaimStore`` nor an ``Inbox``.
    """

    def __init__(
        self,
        verifier: Union[
            WebhookVerifier, str, bytes, list[str], list[bytes], tuple[Union[str, bytes], ...]
        ],
        handler: Union[WebhookRouter, Handler],
        *,
        store: Optional[Store] = None,
        logger: Optional[logging.Logger] = None,
        on_result: Optional[Callable[[Result], object]] = None,
        handler_timeout: Optional[float] = None,
    ) -> None:
        if not isinstance(verifier, WebhookVerifier):
            verifier = WebhookVerifier(verifier)
        self._router = WebhookRouter.of(handler)
        self.verifier, self.handler, self.store = verifier, handler, store
        self.logger = logger or logging.getLogger("payvost_webhooks")
        self.on_result, self.handler_timeout = on_result, handler_timeout
        limit = None
        if handler_timeout is not None:
            require_seconds("handler_timeout", handler_timeout, "Omit it for no limit.")
            self._router._require(Registered.require_async)
            limit = partial(_course.limited, handler_timeout)
        self._native = Receiver(verifier, self._router, store, limit)

    def with_verifier(
        self,
        verifier: Union[
            WebhookVerifier, str, bytes, list[str], list[bytes], tuple[Union[str, bytes], ...]
        ],
    ) -> WebhookReceiver:
        """A receiver like this one, with another verifier or secret: that of a tenant, for example."""
        return WebhookReceiver(
            verifier,
            self._router,
            store=self.store,
            logger=self.logger,
            on_result=self.on_result,
            handler_timeout=self.handler_timeout,
        )

    def body_limit(self, content_length: Optional[str] = None, *, endless: bool = False) -> int:
        """How many bytes of the body to read. Returns 0 if ``Content-Length`` already exceeds the limit.

        Args:
            content_length: The ``Content-Length`` header.
            endless: The stream does not signal its end, so that only the announced length can be read (PEP 3333).
        """
        return self._native.body_limit(content_length, endless)

    def receive(
        self,
        body: object,
        signature: Optional[Union[str, bytes]],
        content_length: Optional[str] = None,
        *,
        transfer_encoding: Optional[str] = None,
        end: BodyEnd = "reached",
        started: Optional[float] = None,
        run_in_loop: RunInLoop = _course.run_in_new_loop,
    ) -> Answer:
        """Receive a delivery. An ``async`` handler has finished when this returns.

        Args:
            body: The raw body, up to :meth:`body_limit`. ``None`` if other code has already read it.
            signature: The value that :func:`signature_of` returned.
            content_length: The ``Content-Length`` header. It distinguishes an empty body from one that other code has
                already read.
            transfer_encoding: The ``Transfer-Encoding`` header. It does the same for a chunked body.
            end: How reading the body ended: ``"reached"`` (at its end or the limit), ``"broken"`` (the sender
                disconnected), ``"timed_out"`` (the sender was too slow), ``"consumed"`` (other code has already read or
                parsed it).
            started: When the request arrived, by ``time.perf_counter()``, for the duration in the :class:`Result`.
                Defaults to now.
            run_in_loop: Runs an ``async`` handler: it is called with an async function and its arguments, and returns
                the result. By default each handler runs in a new event loop.
        """
        arrived = body, signature, content_length, transfer_encoding, end, started
        return cast("Answer", self._driven(self._native.arrived(*arrived), run_in_loop))

    async def receive_async(
        self,
        body: object,
        signature: Optional[Union[str, bytes]],
        content_length: Optional[str] = None,
        *,
        transfer_encoding: Optional[str] = None,
        end: BodyEnd = "reached",
        started: Optional[float] = None,
        run_in_thread: RunInThread = asyncio.to_thread,
    ) -> Answer:
        """Like :meth:`receive`, in an event loop. Handlers and stores that are not ``async`` run in a thread."""
        arrived = body, signature, content_length, transfer_encoding, end, started
        delivery = self._native.arrived(*arrived)
        return cast("Answer", await self._driven_async(delivery, run_in_thread))

    def retry(self, key: str) -> Optional[Answer]:
        """Handle a dead letter again: an event whose delivery was stored with its claim.

        The stored delivery is verified with the current secrets, regardless of its age, then claimed, handled and
        completed like a new delivery.

        Args:
            key: The key of the claim: :attr:`payvost_webhooks.stores.DeadLetter.key`. If the key belongs to another
                endpoint, nothing is handled and the response has status 404.

        Returns:
            The response that a delivery would get; ``None`` if no delivery is stored under this key.
        """
        return self._driven(self._native.retry(key), _course.run_in_new_loop)

    async def retry_async(
        self, key: str, *, run_in_thread: RunInThread = asyncio.to_thread
    ) -> Optional[Answer]:
        """Like :meth:`retry`, in an event loop."""
        return await self._driven_async(self._native.retry(key), run_in_thread)

    def method_not_allowed(self, started: Optional[float] = None) -> Answer:
        """The response to a request whose method is not ``POST``, for routes that accept webhooks only."""
        delivery = self._native.method_not_allowed(started)
        return cast("Answer", self._ended(delivery, None, _course.run_in_background))

    def _driven(self, delivery: Delivery, run_in_loop: RunInLoop) -> Optional[Answer]:
        if self._native.is_async:
            raise TypeError("store is async: call receive_async() or retry_async() instead")
        return self._ended(delivery, _course.drive(delivery, run_in_loop), run_in_loop)

    async def _driven_async(
        self, delivery: Delivery, run_in_thread: RunInThread
    ) -> Optional[Answer]:
        if self.store is not None:
            require_event_loop()
        running = _course.drive_async(delivery, run_in_thread)
        if self.store is not None and delivery.has_blocking_handler:
            # A thread cannot be cancelled. Let the delivery finish, so that its claim is completed.
            cause = await asyncio.shield(_course.keep(running))
        else:
            cause = await running
        return self._ended(delivery, cause, _course.run_in_background)

    def _ended(self, delivery: Delivery, cause: Cause, run_in_loop: RunInLoop) -> Optional[Answer]:
        """Log and report the outcome, and return the response: ``None`` if no delivery is stored for a retry."""
        if cause is not None and not isinstance(cause, Exception):
            raise cause  # such as CancelledError or KeyboardInterrupt
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
