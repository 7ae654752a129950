"""Receives webhooks, whatever the framework: raw body and signature in, an answer out.

The modules named after frameworks (:mod:`payvost_webhooks.flask` and so on) are thin layers over
this one.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Callable, Protocol, Union

from payvost_webhooks._answer import Answer, Result
from payvost_webhooks._delivery import Delivery, Step, announced
from payvost_webhooks._native import WebhookVerifier
from payvost_webhooks.router import Handler, Registered, WebhookRouter

if TYPE_CHECKING:
    from payvost_webhooks.stores.base import Store

__all__ = ["Answer", "Result", "WebhookReceiver", "read_up_to", "signature_of"]

Headers = Union[Mapping[str, Any], Iterable[tuple[Any, Any]]]


class WebhookReceiver:
    """Verifies deliveries, calls handlers, and tells what to answer.

    Args:
        verifier: A :class:`WebhookVerifier`, or what one is made of: a secret, or a list of them.
        handler: A :class:`WebhookRouter`, or a function that gets every event. A function that requires a second
            argument gets the claim on the event, ``None`` without a store.
        store: What makes sure that each event is handled once: see :mod:`payvost_webhooks.stores`. Without one, an
            event that is delivered twice is handled twice.
        logger: Where to log; ``logging.getLogger("payvost_webhooks")`` by default. The records of
            verified events have the attributes ``event_id`` and ``event_type``. No payload, secret
            or signature is logged.
        on_result: Is called with the :class:`Result` of each delivery. What it raises is logged and
            changes no answer.

    Raises:
        ConfigurationError: The secret cannot be used.
        TypeError: The handler cannot be called, or the store is none.
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
            raise TypeError("the handler must be a WebhookRouter or callable")
        self.verifier = verifier
        self.handler = handler
        self.store = store
        self._registered = None if isinstance(handler, WebhookRouter) else Registered.of(handler)
        self._store_is_async = _is_async_store(store)
        self.logger = logger or logging.getLogger("payvost_webhooks")
        self.on_result = on_result

    def body_limit(self, content_length: str | None = None) -> int:
        """How many bytes of a body to read: none when its length already says that it is too large."""
        limit = self.verifier.max_payload_bytes
        return 0 if announced(content_length) > limit else limit + 1

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
        return self._receive(Delivery.received(self, body, signature, content_length))

    async def receive_async(
        self,
        body: object,
        signature: str | bytes | None,
        content_length: str | None = None,
        *,
        run_in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> Answer:
        """As :meth:`receive`, in an event loop. A handler that is not ``async`` runs in a thread, and so do the steps
        of a store that is not."""
        delivery = Delivery.received(self, body, signature, content_length)
        return await self._receive_async(delivery, run_in_thread)

    def retry(self, key: str) -> Answer | None:
        """Handle an event again whose delivery was kept with its claim: a dead letter.

        It is verified again (with the secrets of today, and whatever its age), claimed, handled and completed like a
        delivery.

        Args:
            key: The key of the claim, as :class:`payvost_webhooks.stores.DeadLetter` has it.

        Returns:
            What a delivery would be answered; ``None`` when no delivery is kept under that key.
        """
        store = self._blocking_store()
        try:
            kept = store.delivery(key)
        except Exception as error:
            return Delivery.without_store(self, error).answer()
        return None if kept is None else self._receive(Delivery.kept(self, *kept))

    async def retry_async(
        self, key: str, *, run_in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread
    ) -> Answer | None:
        """As :meth:`retry`, in an event loop."""
        store: Any = self._any_store()
        try:
            if self._store_is_async:
                kept = await store.delivery(key)
            else:
                kept = await run_in_thread(store.delivery, key)
        except Exception as error:
            return Delivery.without_store(self, error).answer()
        if kept is None:
            return None
        return await self._receive_async(Delivery.kept(self, *kept), run_in_thread)

    def _registered_for(self, event_type: str) -> Registered | None:
        """The handler for events of a type, and how it is called."""
        if isinstance(self.handler, WebhookRouter):
            return self.handler._registered_for(event_type)
        return self._registered

    def _any_store(self) -> Store:
        if self.store is None:
            raise TypeError("the receiver has no store")
        return self.store

    def _blocking_store(self) -> Any:
        store = self._any_store()
        if self._store_is_async:
            raise TypeError("the store is asynchronous: use receive_async() and retry_async()")
        return store

    def _receive(self, delivery: Delivery) -> Answer:
        if self.store is None:
            return self._handle(delivery)
        self._blocking_store()
        steps = delivery.steps()
        step = next(steps, None)
        while step is not None:
            try:
                result = step.run(*step.arguments)
                if isinstance(result, Awaitable):
                    result = asyncio.run(_awaited(result))
            except BaseException as error:
                step = delivery.failed(steps, error)
            else:
                step = delivery.done(steps, result)
        return delivery.answer()

    def _handle(self, delivery: Delivery) -> Answer:
        """Without a store there is one step. It takes no detour."""
        if delivery.registered is not None:
            try:
                result = delivery.handler(*delivery.registered.arguments(delivery.event, None))
                if isinstance(result, Awaitable):
                    asyncio.run(_awaited(result))
            except Exception as error:
                delivery.handler_failed(error)
            else:
                delivery.handled()
        return delivery.answer()

    async def _receive_async(
        self, delivery: Delivery, run_in_thread: Callable[..., Awaitable[Any]]
    ) -> Answer:
        if self._store_is_async:
            delivery.loop = asyncio.get_running_loop()
        running = self._run_async(delivery, run_in_thread)
        if self.store is not None and delivery.is_in_thread:
            # A thread goes on with what it has begun, though nobody waits for the answer: its claim is completed.
            answer: Answer = await _shielded(running)
            return answer
        return await running

    async def _run_async(
        self, delivery: Delivery, run_in_thread: Callable[..., Awaitable[Any]]
    ) -> Answer:
        steps = delivery.steps()
        step = next(steps, None)
        while step is not None:
            try:
                running = self._run_step(step, run_in_thread)
                result = await (_shielded(running) if step.is_last_word else running)
            except BaseException as error:
                step = delivery.failed(steps, error)
            else:
                step = delivery.done(steps, result)
        return delivery.answer()

    @staticmethod
    async def _run_step(step: Step, run_in_thread: Callable[..., Awaitable[Any]]) -> Any:
        if step.blocks:
            result = await run_in_thread(step.run, *step.arguments)
        else:
            result = step.run(*step.arguments)
        return await result if isinstance(result, Awaitable) else result


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


_running: set[asyncio.Task[Any]] = set()


async def _shielded(running: Coroutine[Any, Any, Any]) -> Any:
    """Await what goes on when the awaiting task is cancelled."""
    task = asyncio.ensure_future(running)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return await asyncio.shield(task)


def _is_async_store(store: Store | None) -> bool:
    if store is None:
        return False
    step = getattr(store, "begin", None) or getattr(store, "claim", None)
    if not callable(step) or not hasattr(store, "policy"):
        raise TypeError("the store is none: see payvost_webhooks.stores")
    return inspect.iscoroutinefunction(step)


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
