"""Receive webhooks in Django."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any, Callable

from asgiref.sync import async_to_sync
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from payvost_webhooks._requirements import require_blocking
from payvost_webhooks.receiver import WebhookReceiver, read_body, signature_of

__all__ = ["webhook_view"]


def webhook_view(receiver: WebhookReceiver) -> Callable[[HttpRequest], HttpResponse]:
    """A view that receives webhooks: ``path("webhooks/payvost", webhook_view(receiver))``.

    No CSRF token is required, because the signature authenticates the sender. The size of the body is limited by
    the verifier; ``DATA_UPLOAD_MAX_MEMORY_SIZE`` does not apply.

    Handlers may be ``async``, under WSGI and ASGI. Their ORM operations are part of the request's transaction.
    """

    require_blocking(receiver)

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        if request.method != "POST":
            answer = receiver.method_not_allowed(started)
            return HttpResponse(answer.body, status=answer.status, headers=answer.headers)
        headers = request.headers
        length = headers.get("Content-Length") or None
        stream = request
        if length is None and request.META.get("wsgi.input_terminated"):
            stream = request.META["wsgi.input"]  # Django itself reads a chunked body as empty.
        # Not `request.body`, which is limited by a setting and fails if the stream has been read.
        body, end = read_body(stream, receiver.body_limit(length))
        answer = receiver.receive(
            body,
            signature_of(headers),
            length,
            transfer_encoding=headers.get("Transfer-Encoding"),
            end=end,
            started=started,
            run_in_loop=_run_in_loop,
        )
        if answer.status >= 500:
            _roll_back()
        return HttpResponse(answer.body, status=answer.status, headers=answer.headers)

    return view


def _run_in_loop(function: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Run an async function with its ORM operations in this thread, which has the connection of the request's
    transaction. In a new event loop, they would wait for this thread forever or use another connection."""
    return async_to_sync(function)(*arguments)


def _roll_back() -> None:
    """Undo the writes of a handler that failed: ``ATOMIC_REQUESTS`` does not see the exception."""
    for connection in connections.all():
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
