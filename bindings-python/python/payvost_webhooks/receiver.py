"""Receives webhooks, whatever the framework: raw body and signature in, an answer out.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Literal, NamedTuple, Protocol, Union

from payvost_webhooks import _native
from payvost_webhooks._course import Course, RunInThread, drive, drive_async, finish, kept
from payvost_webhooks._native import WebhookVerifier
from payvost_webhooks.router import Handler, Registered, WebhookRouter

if TYPE_CHECKING:
    from payvost_webhooks.stores.base import Store

__all__ = [
    "Answer",
    "BodyEnd",
    "Result",
    "WebhookReceiver",
    "read_body",
    "read_up_to",
    "signature_of",
]

Headers = Union[Mapping[str, Any], Iterable[tuple[Any, Any]]]

BodyEnd = Literal["reached", "broken", "timed_out", "consumed"]
"""How reading a body ended: at its end or the limit; the sender broke off; the sender was too slow; somebody else has
read or parsed it before."""


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
        on_result: Is called with the :class:`Result` of each delivery. What it raises is logged and
            changes no answer.

    Raises:
        ConfigurationError: The secret cannot be used.
        TypeError: ``handler`` cannot be called, or ``store`` is neither a ``ClaimStore`` nor an ``Inbox``.
    """

    def __init__(
        self,
        verifier: WebhookVerifier | str | bytes | list[str] | list[bytes] | tuple[str | bytes, ...],
        handler: WebhookRouter | Handler,
        *,
        store: Store | None = None,
        logger: logging.Logger | None = None,
        on_result: Callable[[Result], object] | None = None,
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
        self._handlers: Sequence[Registered]
        self._handlers, routes = [], None
        if isinstance(handler, WebhookRouter):
            self._handlers, routes = handler._handlers, handler._routes
        else:
            self._handlers = [Registered.of(handler)]
        policy, is_inbox, self._store_is_async = _read_store(store)
        self._native = _native.Receiver(verifier, routes, policy, is_inbox)

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
    ) -> Answer:
        """Receive a delivery. An ``async`` handler is run to its end, in an event loop of its own.

        Args:
            body: The raw body, up to :meth:`body_limit`. ``None``: somebody else has read it.
            signature: What :func:`signature_of` found in the headers.
            content_length: The header of that name. It tells a body that is empty from one that
                somebody else has read before.
            transfer_encoding: The header of that name. It tells the same of a body that came in chunks.
            end: How reading the body ended: see :data:`BodyEnd`.
            started: When the request arrived, by ``time.perf_counter()``, for the duration in the :class:`Result`.
                Now, by default.
        """
        self._check_is_blocking()
        started = time.perf_counter() if started is None else started
        delivery = self._native.arrived(body, signature, content_length, transfer_encoding, end)
        return self._answered(self._driven(delivery), started)

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
        return self._answered(await self._driven_async(delivery, run_in_thread, started), started)

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
        self._check_store()
        self._check_is_blocking()
        started = time.perf_counter()
        return self._ended(self._driven(self._native.retry(key)), started)

    async def retry_async(
        self, key: str, *, run_in_thread: RunInThread = asyncio.to_thread
    ) -> Answer | None:
        """As :meth:`retry`, in an event loop."""
        self._check_store()
        started = time.perf_counter()
        delivery = self._native.retry(key)
        return self._ended(await self._driven_async(delivery, run_in_thread, started), started)

    def method_not_allowed(self, started: float | None = None) -> Answer:
        """What to answer a request with another method than ``POST``, at an address that takes webhooks alone."""
        started = time.perf_counter() if started is None else started
        return self._answered(Course(self._native.method_not_allowed(), None, ()), started)

    def _driven(self, delivery: _native.Delivery) -> Course:
        course = Course(delivery, self.store, self._handlers)
        drive(course)
        return course

    async def _driven_async(
        self, delivery: _native.Delivery, run_in_thread: RunInThread, started: float
    ) -> Course:
        loop = asyncio.get_running_loop() if self._store_is_async else None
        course = Course(delivery, self.store, self._handlers, loop)
        running = drive_async(course, run_in_thread)
        if self.store is not None and course.is_in_thread:
            # A thread goes on with what it has begun, though nobody waits for the answer: its claim is completed.
            await asyncio.shield(kept(running))
        else:
            await running
        return course

    def _answered(self, course: Course, started: float) -> Answer:
        answer = self._ended(course, started)
        assert answer is not None
        return answer

    def _ended(self, course: Course, started: float) -> Answer | None:
        """Log how a delivery ended, and tell the metrics."""
        delivery = course.delivery
        if delivery.ask is not None:
            self._log(delivery, course.cause)
        parts = delivery.logged()
        if parts is None:
            return None
        code, status, headers, body = parts
        if self.on_result is not None:
            event = delivery.event or {}
            self._report(
                Result(
                    code,
                    status,
                    event.get("id"),
                    event.get("type"),
                    delivery.matching_secret,
                    time.perf_counter() - started,
                    delivery.attempt,
                )
            )
        return Answer(status, headers, body)

    def _log(self, delivery: _native.Delivery, cause: BaseException | None) -> None:
        try:
            level = delivery.level
            if not self.logger.isEnabledFor(level):
                return
            text, rest, fields, with_exception = delivery.record()
            if "message" in fields:  # which `logging` keeps for itself
                fields["error_message"] = fields.pop("message")
            # The constant text alone is the template, by which tools group records.
            exception = cause if with_exception else None
            self.logger.log(level, f"{text}%s", rest, extra=fields, exc_info=exception)
        except Exception:
            return  # A logger that fails changes no answer.

    def _report(self, result: Result) -> None:
        assert self.on_result is not None
        try:
            done = self.on_result(result)
            if done is not None and isinstance(done, Awaitable):
                _run_hook(self._watched(done))
        except Exception:
            self._log_hook()

    async def _watched(self, running: Awaitable[object]) -> None:
        try:
            await running
        except Exception:
            self._log_hook()

    def _log_hook(self) -> None:
        try:
            self.logger.exception("on_result failed")
        except Exception:
            return

    def _check_store(self) -> None:
        if self.store is None:
            raise TypeError("the receiver has no store to take the delivery from: pass store=…")

    def _check_is_blocking(self) -> None:
        if self._store_is_async:
            raise TypeError("store is asynchronous: call receive_async() and retry_async()")


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_body(stream: _Stream, limit: int) -> tuple[bytes, BodyEnd]:
    """Read a stream to its end, or up to a number of bytes, and tell how that ended."""
    body = bytearray()
    end: BodyEnd = "reached"
    try:
        _fill(body, stream, limit)
    except OSError as error:
        # Before Python 3.10, `socket.timeout` is no TimeoutError.
        slow = isinstance(error, TimeoutError) or type(error).__name__ == "timeout"
        end = "timed_out" if slow else "broken"
    return bytes(body), end


def read_up_to(stream: _Stream, limit: int) -> bytes:
    """As :func:`read_body`, but what the stream raises is raised."""
    body = bytearray()
    _fill(body, stream, limit)
    return bytes(body)


def _fill(body: bytearray, stream: _Stream, limit: int) -> None:
    while chunk := stream.read(limit - len(body)) if len(body) < limit else b"":
        body += chunk


def signature_of(headers: Headers) -> str | None:
    """The value of the ``Payvost-Signature`` header, in any letter case; ``None`` when it is absent.

    Values of a header that was sent more than once are joined with a comma, as WSGI does: no
    verifier accepts that.

    Args:
        headers: A mapping, or pairs of names and values, as ``str`` or ``bytes``.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    values: list[str] = []
    for name, value in pairs:
        if _text(name).lower() == "payvost-signature":
            values += map(_text, value) if isinstance(value, (list, tuple)) else [_text(value)]
    return ",".join(values) if values else None


def _read_store(store: Store | None) -> tuple[_native.ClaimPolicy | None, bool, bool]:
    """The policy of a store, whether it is an inbox, and whether it is asynchronous."""
    if store is None:
        return None, False, False
    begin = getattr(store, "begin", None)
    step = begin or getattr(store, "claim", None)
    policy = getattr(store, "policy", None)
    if isinstance(store, type) or not callable(step) or not isinstance(policy, _native.ClaimPolicy):
        raise TypeError(
            "store must be a ClaimStore or an Inbox, such as payvost_webhooks.stores.MemoryStore()"
        )
    return policy, begin is not None, inspect.iscoroutinefunction(step)


def _run_hook(running: Any) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(finish(running))
    else:
        kept(running)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
