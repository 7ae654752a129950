"""Receives webhooks, whatever the framework: raw body and signature in, an answer out.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Iterable, Mapping
from types import TracebackType
from typing import Any, Callable, NamedTuple, Protocol, Union

from payvost_webhooks import _native
from payvost_webhooks._native import WebhookVerifier
from payvost_webhooks.errors import ConfigurationError
from payvost_webhooks.router import Handler, WebhookRouter

__all__ = ["Answer", "Result", "WebhookReceiver", "read_up_to", "signature_of"]

Headers = Union[Mapping[str, Any], Iterable[tuple[Any, Any]]]


class Answer(NamedTuple):
    """What to answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Result(NamedTuple):
    """How a delivery ended, for metrics."""

    code: str
    """``"handled"``, ``"handler_failed"``, or the code of the error that it was refused with."""

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
    """How long it took, in seconds, the handler included."""


class WebhookReceiver:
    """Verifies deliveries, calls handlers, and tells what to answer.

    Args:
        verifier: A :class:`WebhookVerifier`, or what one is made of: a secret, or a list of them.
        handler: A :class:`WebhookRouter`, or a function that gets every event.
        logger: Where to log; ``logging.getLogger("payvost_webhooks")`` by default. The records of
            verified events have the attributes ``event_id`` and ``event_type``. No payload, secret
            or signature is logged.
        on_result: Is called with the :class:`Result` of each delivery. What it raises is logged and
            changes no answer.

    Raises:
        ConfigurationError: The secret cannot be used.
        TypeError: The handler cannot be called.
    """

    def __init__(
        self,
        verifier: WebhookVerifier | str | bytes | list[str] | list[bytes] | tuple[str | bytes, ...],
        handler: WebhookRouter | Handler,
        *,
        logger: logging.Logger | None = None,
        on_result: Callable[[Result], object] | None = None,
    ) -> None:
        if not isinstance(verifier, WebhookVerifier):
            verifier = WebhookVerifier(verifier)
        if not isinstance(handler, WebhookRouter) and not callable(handler):
            raise TypeError("the handler must be a WebhookRouter or callable")
        self.verifier = verifier
        self.handler = handler
        self.logger = logger or logging.getLogger("payvost_webhooks")
        self.on_result = on_result

    def body_limit(self, content_length: str | None = None) -> int:
        """How many bytes of a body to read: none when its length already says that it is too large."""
        limit = self.verifier.max_payload_bytes
        return 0 if _announced(content_length) > limit else limit + 1

    def receive(
        self, body: object, signature: str | bytes | None, content_length: str | None = None
    ) -> Answer:
        """Receive a delivery. An ``async`` handler is run to its end, in an event loop of its own.

        Args:
            body: The raw body, up to :meth:`body_limit`.
            signature: What :func:`signature_of` found in the headers.
            content_length: The header of that name. It tells a body that is empty from one that
                somebody else has read before.
        """
        delivery = _Delivery(self, body, signature, content_length)
        if delivery.handler is not None:
            with delivery:
                result = delivery.handler(delivery.event)
                if isinstance(result, Awaitable):
                    asyncio.run(_awaited(result))
        return delivery.answer()

    async def receive_async(
        self,
        body: object,
        signature: str | bytes | None,
        content_length: str | None = None,
        *,
        run_in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> Answer:
        """As :meth:`receive`, in an event loop. A handler that is not ``async`` runs in a thread."""
        delivery = _Delivery(self, body, signature, content_length)
        if delivery.handler is not None:
            with delivery:
                if _is_async(delivery.handler):
                    result = delivery.handler(delivery.event)
                else:
                    result = await run_in_thread(delivery.handler, delivery.event)
                if isinstance(result, Awaitable):
                    await result
        return delivery.answer()


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_up_to(stream: _Stream, limit: int) -> bytes:
    """Read a stream to its end, or up to a number of bytes."""
    body = bytearray()
    while chunk := stream.read(limit - len(body)) if len(body) < limit else b"":
        body += chunk
    return bytes(body)


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


class _Delivery:
    """One delivery on its way. As a context manager: the time of its handler.

    What makes sure that an event is handled once has its place here: it claims the event on entry,
    and completes the claim, or gives it back, on exit.
    """

    def __init__(
        self,
        receiver: WebhookReceiver,
        body: object,
        signature: str | bytes | None,
        content_length: str | None,
    ) -> None:
        self._started = time.perf_counter()
        self._receiver = receiver
        self._verdict = verdict = _verdict(receiver.verifier, body, signature, content_length)
        self._code = "handled" if verdict.error is None else verdict.error.code
        self._status, self._body = verdict.status, verdict.body
        self.event: dict[str, Any] = verdict.event or {}
        self.handler: Handler | None = None
        self._names: dict[str, str] = {}
        if verdict.event is not None:
            self._names = {"event_id": self.event["id"], "event_type": self.event["type"]}
            handler = receiver.handler
            if isinstance(handler, WebhookRouter):
                self.handler = handler.handler_for(self.event["type"])
            else:
                self.handler = handler

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._code = "handler_failed"
        self._status, self._body = _native.handler_failed()
        self._log(logging.ERROR, "webhook handler failed", exc_info=error)
        return True

    def answer(self) -> Answer:
        """What to answer. Logs what is not logged yet."""
        error = self._verdict.error
        if error is not None:
            level = logging.ERROR if isinstance(error, ConfigurationError) else logging.WARNING
            self._receiver.logger.log(
                level,
                "webhook refused: %s: %s. %s",
                error.code,
                error,
                error.hint,
                extra={"code": error.code},
            )
        elif self._code == "handled":
            self._log(
                logging.INFO,
                "webhook of no interest" if self.handler is None else "webhook handled",
            )
        self._report()
        body = self._body.encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return Answer(self._status, headers, body)

    def _log(self, level: int, text: str, **options: Any) -> None:
        names = [name if name.isprintable() else ascii(name) for name in self._names.values()]
        self._receiver.logger.log(level, f"{text}: %s %s", *names, extra=self._names, **options)

    def _report(self) -> None:
        if self._receiver.on_result is None:
            return
        result = Result(
            self._code,
            self._status,
            self._names.get("event_id"),
            self._names.get("event_type"),
            self._verdict.matching_secret,
            time.perf_counter() - self._started,
        )
        try:
            self._receiver.on_result(result)
        except Exception:
            self._receiver.logger.exception("on_result failed")


def _verdict(
    verifier: WebhookVerifier,
    body: object,
    signature: str | bytes | None,
    content_length: str | None,
) -> _native.Verdict:
    announced = _announced(content_length)
    if announced > verifier.max_payload_bytes:
        return _native.refuse("payload_too_large")
    if announced and body == b"":
        return _native.refuse("payload_not_raw")
    return _native.receive(verifier, body, signature)


def _announced(content_length: str | None) -> int:
    try:
        return int(content_length or 0)
    except ValueError:
        return 0


def _is_async(handler: Handler) -> bool:
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
        getattr(handler, "__call__", None)  # noqa: B004
    )


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
