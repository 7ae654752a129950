"""One handler for each type of event."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Callable, TypeVar, overload

from payvost_webhooks._native import Routes

__all__ = ["Handler", "WebhookRouter"]

Handler = Callable[[Any], object]
"""Gets an event. It may be an ``async`` function."""

_Handler = TypeVar("_Handler", bound=Handler)


class WebhookRouter:
    """Calls the handler that was registered for the type of an event.

    A pattern is a type (``payment.succeeded``), a family of types (``payment.*``) or everything
    (``*``). The most specific one decides, and only its handler runs.

    >>> router = WebhookRouter()
    >>> @router.on("payment.succeeded")
    ... def paid(event):
    ...     return "paid"
    >>> router.on("payment.*", lambda event: "another payment event")  # doctest: +ELLIPSIS
    <function ...>
    >>> router.dispatch({"type": "payment.succeeded"})
    'paid'
    >>> router.dispatch({"type": "payment.failed"})
    'another payment event'
    """

    def __init__(self) -> None:
        self._routes = Routes()
        self._handlers: list[Handler] = []

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[_Handler], _Handler]: ...

    @overload
    def on(self, pattern: str, handler: _Handler) -> _Handler: ...

    def on(self, pattern: str, handler: Handler | None = None) -> Any:
        """Register a handler, which is returned. Without a handler: a decorator.

        Raises:
            ConfigurationError: ``invalid_option`` when the pattern has a handler already, or can
                match nothing.
            TypeError: The handler cannot be called.
        """
        if handler is None:
            return lambda handler: self.on(pattern, handler)
        if not callable(handler):
            raise TypeError("a handler must be callable")
        # In this order a handler is there before another thread can find its number.
        self._handlers.append(handler)
        self._routes.on(pattern, len(self._handlers) - 1)
        return handler

    def handler_for(self, event_type: str) -> Handler | None:
        """The handler for events of a type, or ``None``."""
        number = self._routes.route(event_type)
        return None if number is None else self._handlers[number]

    def dispatch(self, event: Mapping[str, Any]) -> Any:
        """Call the handler for an event and return its result; ``None`` when there is no handler.

        The result of an ``async`` handler is to be awaited: better use :meth:`dispatch_async`.
        """
        handler = self.handler_for(event["type"])
        return None if handler is None else handler(event)

    async def dispatch_async(self, event: Mapping[str, Any]) -> Any:
        """Call the handler for an event, ``async`` or not, and return its result."""
        result = self.dispatch(event)
        return await result if isinstance(result, Awaitable) else result
