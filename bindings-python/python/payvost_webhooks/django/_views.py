"""The views."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any, Callable, Optional

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from payvost_webhooks._choice import AsyncChoice, Choice, chosen, chosen_async
from payvost_webhooks._requests import handling
from payvost_webhooks._requirements import require_blocking
from payvost_webhooks.receiver import Answer, WebhookReceiver, read_body, signature_of

__all__ = ["async_webhook_view", "webhook_view"]


def webhook_view(receiver: Choice) -> Callable[..., HttpResponse]:
    """A view that receives webhooks: ``path("webhooks/payvost", webhook_view(receiver))``.

    No CSRF token is required, because the signature authenticates the sender. The size of the body is limited by
    the verifier; ``DATA_UPLOAD_MAX_MEMORY_SIZE`` does not apply.

    Handlers may be ``async``, under WSGI and ASGI. Their ORM operations are part of the request's transaction.

    Args:
        receiver: The receiver, or a function that returns it for a request.
    """
    if isinstance(receiver, WebhookReceiver):
        require_blocking(receiver)

    @csrf_exempt
    def view(request: HttpRequest, **_: Any) -> HttpResponse:
        started = time.perf_counter()
        own = chosen(receiver, request)
        if request.method != "POST":
            return _response(own.method_not_allowed(started))
        body, signature, options = _read(own, request)
        with handling(request):
            answer = own.receive(
                body, signature, started=started, run_in_loop=_run_in_loop, **options
            )
        if answer.status >= 500:
            _roll_back()
        return _response(answer)

    view._non_atomic_requests = getattr(  # type: ignore[attr-defined]
        getattr(receiver, "store", None), "owns_transactions_of", set()
    )
    return view


def async_webhook_view(receiver: AsyncChoice) -> Callable[..., Awaitable[HttpResponse]]:
    """Like :func:`webhook_view`, as an async view: the store and the handlers may be async.

    Args:
        receiver: The receiver, or a function, ``async`` or not, that returns it for a request.
    """

    @csrf_exempt
    async def view(request: HttpRequest, **_: Any) -> HttpResponse:
        started = time.perf_counter()
        own = await chosen_async(receiver, request)
        if request.method != "POST":
            return _response(own.method_not_allowed(started))
        body, signature, options = _read(own, request)
        with handling(request):
            answer = await own.receive_async(
                body, signature, started=started, run_in_thread=_run_in_thread, **options
            )
        return _response(answer)

    # An async view cannot be part of a transaction of ATOMIC_REQUESTS.
    view._non_atomic_requests = set(connections)  # type: ignore[attr-defined]
    return view


def _read(receiver: WebhookReceiver, request: HttpRequest) -> tuple[bytes, Optional[str], Any]:
    headers = request.headers
    length = headers.get("Content-Length") or None
    stream: Any = request
    if length is None and request.META.get("wsgi.input_terminated"):
        stream = request.META["wsgi.input"]  # Django itself reads a chunked body as empty.
    # Not `request.body`, which is limited by a setting and fails if the stream has been read.
    body, end = read_body(stream, receiver.body_limit(length))
    options = {
        "content_length": length,
        "transfer_encoding": headers.get("Transfer-Encoding"),
        "end": end,
    }
    return body, signature_of(headers), options


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def _run_in_loop(function: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Run an async function with its ORM operations in this thread, which has the connection of the request's
    transaction. In a new event loop, they would wait for this thread forever or use another connection."""
    return async_to_sync(function)(*arguments)


async def _run_in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in the thread of the request's ORM operations."""
    return await sync_to_async(function, thread_sensitive=True)(*arguments)


def _roll_back() -> None:
    """Undo the writes of a handler that failed: ``ATOMIC_REQUESTS`` does not see the exception."""
    for connection in connections.all():
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
