"""Route events to handlers by event type."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, Optional, Union

from payvost_webhooks._native import Routes
from payvost_webhooks._typed_router import Handler, TypedRouter
from payvost_webhooks.errors import WrongKindError

__all__ = ["Handler", "WebhookRouter"]


class Registered(NamedTuple):
    """A handler and how to call it."""

    handler: Handler
    takes_claim: bool
    is_async: bool

    @staticmethod
    def of(handler: Handler) -> Registered:
        if _is_any(handler, _never_runs):
            raise WrongKindError(
                "handler must not be a generator function: calling it does not run its code",
                "Remove the yield, or wrap the handler: lambda event: list(handler(event)).",
            )
        is_async = _is_any(handler, inspect.iscoroutinefunction)
        return Registered(handler, _requires_two(handler), is_async)

    def require_async(self) -> None:
        if not self.is_async:
            raise WrongKindError(
                "handler_timeout requires async handlers: a function that runs in a thread cannot be cancelled",
                "Make the handler async, or omit handler_timeout and set timeouts on the clients the handler uses.",
            )

    def arguments(self, event: Mapping[str, Any], claim: Any) -> tuple[Any, ...]:
        return (event, claim) if self.takes_claim else (event,)


class WebhookRouter(TypedRouter):
    """Calls the handler that is registered for the type of an event.

    A pattern is an event type (``payment.succeeded``), a family of types (``payment.*``) or everything
    (``*``). Only the handler of the most specific pattern runs.

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
        self._handlers: list[Registered] = []
        self._requirements: list[Callable[[Registered], None]] = []  # by receivers and adapters

    @classmethod
    def of(cls, handler: Union[WebhookRouter, Handler]) -> WebhookRouter:
        """Return a router unchanged. Wrap a handler in a router that passes it every event."""
        if isinstance(handler, WebhookRouter):
            return handler
        if not callable(handler):
            raise TypeError("handler must be a WebhookRouter or a function that takes an event")
        router = cls()
        router.on("*", handler)
        return router

    def _register(self, pattern: str, handler: Any) -> Any:
        if not callable(handler):
            raise TypeError("handler must be callable")
        # In this order, another thread can find the route only when its handler is in the list.
        registered = Registered.of(handler)
        for require in self._requirements:
            require(registered)
        self._handlers.append(registered)
        self._routes.on(pattern, len(self._handlers) - 1)
        return handler

    def handler_for(self, event_type: str) -> Optional[Handler]:
        """The handler for an event type, or ``None``."""
        registered = self._registered_for(event_type)
        return None if registered is None else registered.handler

    def dispatch(self, event: Mapping[str, Any], claim: Any = None) -> Any:
        """Call the handler for an event and return its result; ``None`` if there is no handler.

        An ``async`` handler returns a coroutine: use :meth:`dispatch_async` instead.

        Args:
            event: The event.
            claim: Passed to a handler that requires a second argument.
        """
        registered = self._registered_for(event["type"])
        if registered is None:
            return None
        handler: Callable[..., Any] = registered.handler
        return handler(*registered.arguments(event, claim))

    async def dispatch_async(self, event: Mapping[str, Any], claim: Any = None) -> Any:
        """Call the handler for an event, ``async`` or not, and return its result."""
        result = self.dispatch(event, claim)
        return await result if inspect.isawaitable(result) else result

    def _require(self, require: Callable[[Registered], None]) -> None:
        """Apply a check to the registered handlers and to all that follow."""
        for registered in self._handlers:
            require(registered)
        self._requirements.append(require)

    def _registered_for(self, event_type: str) -> Optional[Registered]:
        number = self._routes.route(event_type)
        return None if number is None else self._handlers[number]


def _requires_two(handler: Handler) -> bool:
    """Whether a handler requires a second argument."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):  # some functions written in C
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [part for part in parameters if part.kind in kinds and part.default is part.empty]
    return len(required) > 1


def _is_any(handler: Handler, kind: Callable[[Any], bool]) -> bool:
    """Apply a predicate to a function, or to the ``__call__`` method of another object."""
    return kind(handler) or kind(getattr(handler, "__call__", None))  # noqa: B004


def _never_runs(function: Any) -> bool:
    """Whether a call returns a generator. Generators of ``types.coroutine`` are awaitable, and allowed."""
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    is_awaitable = bool(flags & inspect.CO_ITERABLE_COROUTINE)
    is_generator = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    return is_generator and not is_awaitable
