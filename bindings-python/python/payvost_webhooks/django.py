"""Receives webhooks in Django."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any, Callable

from asgiref.sync import async_to_sync
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from payvost_webhooks._hosts import require_blocking
from payvost_webhooks.receiver import WebhookReceiver, read_body, signature_of

__all__ = ["webhook_view"]


def webhook_view(receiver: WebhookReceiver) -> Callable[[HttpRequest], HttpResponse]:
    """A view that receives webhooks: ``path("webhooks/payvost", webhook_view(receiver))``.

    It needs no CSRF token, since the signature vouches for the sender. The limit for the body is
    that of the verifier; ``DATA_UPLOAD_MAX_MEMORY_SIZE`` does not apply.

    Handlers may be ``async``, under WSGI and under ASGI: what they do through the ORM is part of the request's
    transaction, as that of other handlers.
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
            stream = request.META["wsgi.input"]  # Django itself takes a chunked body for empty
        # Not `request.body`, which is limited by a setting and cannot be read twice.
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
    """Run an async function, and what it does through the ORM in this thread, whose connection is in the request's
    transaction. In an event loop of its own it would wait for this thread forever, or use another connection."""
    return async_to_sync(function)(*arguments)


def _roll_back() -> None:
    """Undo what a handler did before it failed: ``ATOMIC_REQUESTS`` sees no exception."""
    for connection in connections.all():
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)
