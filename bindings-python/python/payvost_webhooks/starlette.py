"""Receives webhooks in Starlette."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Callable

from anyio import move_on_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from payvost_webhooks.receiver import WebhookReceiver, signature_of

__all__ = ["webhook_endpoint", "webhook_route"]

READ_TIMEOUT = 5.0
"""Seconds. The provider waits no longer for an answer, and a body that a middleware took for itself never comes."""


def webhook_route(receiver: WebhookReceiver, url: str = "/webhooks/payvost") -> Route:
    """A route that receives webhooks at one path: ``Starlette(routes=[…])``."""
    return Route(url, webhook_endpoint(receiver), methods=["POST"], include_in_schema=False)


def webhook_endpoint(receiver: WebhookReceiver) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that receives webhooks, for a route of your own.

    Handlers that are not ``async`` run in the thread pool.
    """

    async def endpoint(request: Request) -> Response:
        length = request.headers.get("Content-Length")
        try:
            body = await _read_up_to(request, receiver.body_limit(length))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        answer = await receiver.receive_async(
            body, signature_of(request.headers), length, run_in_thread=run_in_threadpool
        )
        return Response(answer.body, answer.status, answer.headers)

    return endpoint


async def _read_up_to(request: Request, limit: int) -> bytes | None:
    """Read a body to its end, or up to a number of bytes. ``None``: somebody else has read it."""
    body = bytearray()
    if not limit:
        return b""
    with move_on_after(READ_TIMEOUT):
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) >= limit:
                    break
        except RuntimeError:  # "Stream consumed"
            return None
        return bytes(body)
    return None
