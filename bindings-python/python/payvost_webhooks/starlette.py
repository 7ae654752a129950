"""Receive webhooks in Starlette."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any, Callable

from anyio import from_thread, move_on_after
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from payvost_webhooks._choice import AsyncChoice, chosen_async
from payvost_webhooks._hosts import in_asyncio
from payvost_webhooks._http import BodyEnd
from payvost_webhooks._requests import handling
from payvost_webhooks._requirements import require_asyncio
from payvost_webhooks.receiver import signature_of

__all__ = ["WebhookApp", "webhook_endpoint", "webhook_route"]

READ_TIMEOUT = 5.0
"""Seconds. Payvost waits no longer for the response. A body that a middleware took from the server never arrives."""


def webhook_route(receiver: AsyncChoice, url: str = "/webhooks/payvost") -> Route:
    """A route that receives webhooks at one path: ``Starlette(routes=[…])``."""
    return Route(url, WebhookApp(receiver), include_in_schema=False)


def webhook_endpoint(receiver: AsyncChoice) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that receives webhooks, for your own route.

    Handlers that are not ``async`` run in the thread pool. Under trio, the store must be a blocking one.

    Args:
        receiver: The receiver, or a function, ``async`` or not, that returns it for a request.
    """

    async def endpoint(request: Request) -> Response:
        started = time.perf_counter()
        own = await chosen_async(receiver, request)
        if request.method != "POST":
            answer = own.method_not_allowed(started)
            return Response(answer.body, answer.status, answer.headers)
        headers = request.headers
        length = headers.get("Content-Length")
        require_asyncio(own)
        body, end = await _read_body(request, own.body_limit(length))
        arguments = (body, signature_of(headers), length)
        options: Any = {
            "transfer_encoding": headers.get("Transfer-Encoding"),
            "end": end,
            "started": started,
        }
        with handling(request):
            if in_asyncio():
                options["run_in_thread"] = run_in_threadpool
                answer = await own.receive_async(*arguments, **options)
            else:
                # The store runs in a thread, async handlers in the event loop of trio.
                options["run_in_loop"] = from_thread.run
                answer = await run_in_threadpool(own.receive, *arguments, **options)
        return Response(answer.body, answer.status, answer.headers)

    return endpoint


class WebhookApp:
    """An ASGI application that receives webhooks at the path where it is mounted.

    As the endpoint of a route, it gets requests of all methods, and responds with status 405 to all but ``POST``.
    """

    def __init__(self, receiver: AsyncChoice) -> None:
        self._endpoint = webhook_endpoint(receiver)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


async def _read_body(request: Request, limit: int) -> tuple[bytes, BodyEnd]:
    """Read at most ``limit`` bytes of the body."""
    body = bytearray()
    if not limit:
        return b"", "reached"
    with move_on_after(READ_TIMEOUT):
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) >= limit:
                    break
        except ClientDisconnect:
            return bytes(body), "broken"
        except RuntimeError:  # "Stream consumed"
            return b"", "consumed"
        return bytes(body), "reached"
    return bytes(body), "timed_out"
