"""One handler for each type of event."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, TypeVar, Union, overload

from payvost_webhooks._native import Routes
from payvost_webhooks.errors import WrongKindError

__all__ = ["Handler", "WebhookRouter"]

Handler = Union[Callable[[Any], object], Callable[[Any, Any], object]]
"""Gets an event, and the claim on it when it requires a second argument. It may be an ``async`` function."""

_Handler = TypeVar("_Handler", bound=Handler)


class Registered(NamedTuple):
    """A handler, and how it is called."""

    handler: Handler
    takes_claim: bool
    is_async: bool

    @staticmethod
    def of(handler: Handler) -> Registered:
        if _is_any(handler, _never_runs):
            raise WrongKindError(
                "a handler must not be a generator function: calling one runs nothing of it",
                "Remove the yield from the handler, or wrap it: lambda event: list(handler(event)).",
            )
        is_async = _is_any(handler, inspect.iscoroutinefunction)
        return Registered(handler, _requires_two(handler), is_async)

    def require_async(self) -> None:
        if not self.is_async:
            raise WrongKindError(
                "handler_timeout needs async handlers: a function that runs in a thread cannot be cancelled",
                "Make the handler async, or leave handler_timeout out and give the handler's own clients time limits.",
            )

    def arguments(self, event: Mapping[str, Any], claim: Any) -> tuple[Any, ...]:
        return (event, claim) if self.takes_claim else (event,)


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
        self._handlers: list[Registered] = []
        self._requirements: list[Callable[[Registered], None]] = []  # of receivers and their hosts

    @classmethod
    def of(cls, handler: WebhookRouter | Handler) -> WebhookRouter:
        """A router as it is, or one that gives a handler every event."""
        if isinstance(handler, WebhookRouter):
            return handler
        if not callable(handler):
            raise TypeError("handler must be a WebhookRouter or a function that takes an event")
        router = cls()
        router.on("*", handler)
        return router

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[_Handler], _Handler]: ...

    @overload
    def on(self, pattern: str, handler: _Handler) -> _Handler: ...

    def on(self, pattern: str, handler: Handler | None = None) -> Any:
        """Register a handler, which is returned. Without a handler: a decorator.

        Raises:
            ConfigurationError: ``invalid_option`` when the pattern has a handler already, or can
                match nothing.
            TypeError: The handler cannot be called, or is a generator function, which would never run (that is a
                ``ConfigurationError`` as well).
        """
        if handler is None:
            return lambda handler: self.on(pattern, handler)
        if not callable(handler):
            raise TypeError("a handler must be callable")
        # In this order a handler is there before another thread can find its number.
        registered = Registered.of(handler)
        for require in self._requirements:
            require(registered)
        self._handlers.append(registered)
        self._routes.on(pattern, len(self._handlers) - 1)
        return handler

    def handler_for(self, event_type: str) -> Handler | None:
        """The handler for events of a type, or ``None``."""
        registered = self._registered_for(event_type)
        return None if registered is None else registered.handler

    def dispatch(self, event: Mapping[str, Any], claim: Any = None) -> Any:
        """Call the handler for an event and return its result; ``None`` when there is no handler.

        The result of an ``async`` handler is to be awaited: better use :meth:`dispatch_async`.

        Args:
            event: The event.
            claim: What a handler gets that requires a second argument.
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
        """Check the handlers, and those that are registered later."""
        for registered in self._handlers:
            require(registered)
        self._requirements.append(require)

    def _registered_for(self, event_type: str) -> Registered | None:
        number = self._routes.route(event_type)
        return None if number is None else self._handlers[number]


def _requires_two(handler: Handler) -> bool:
    """Whether a handler cannot be called with the event alone."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):  # of what is written in C
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [part for part in parameters if part.kind in kinds and part.default is part.empty]
    return len(required) > 1


def _is_any(handler: Handler, kind: Callable[[Any], bool]) -> bool:
    """Whether a function, or what is called of another object, is of a kind."""
    return kind(handler) or kind(getattr(handler, "__call__", None))  # noqa: B004


def _never_runs(function: Any) -> bool:
    """Whether calling it gives a generator. One of ``types.coroutine`` can be awaited."""
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    is_awaitable = bool(flags & inspect.CO_ITERABLE_COROUTINE)
    is_generator = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    return is_generator and not is_awaitable
