"""Receive webhooks in aiohttp."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Callable

from aiohttp import ClientError, web

from payvost_webhooks._choice import AsyncChoice, chosen_async
from payvost_webhooks._http import BodyEnd
from payvost_webhooks._requests import handling
from payvost_webhooks.receiver import Answer, signature_of

__all__ = ["webhook_handler", "webhook_route"]

READ_TIMEOUT = 5.0
"""Seconds. Payvost waits no longer for the response."""


def webhook_route(receiver: AsyncChoice, url: str = "/webhooks/payvost") -> web.RouteDef:
    """A route that receives webhooks at one path: ``app.add_routes([webhook_route(receiver)])``.

    Args:
        receiver: The receiver, or a function, ``async`` or not, that returns it for a request.
    """
    return web.route("*", url, webhook_handler(receiver))


def webhook_handler(receiver: AsyncChoice) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that receives webhooks, for your own route. Handlers of events that are not ``async`` run in threads.

    The size of the body is limited by the verifier; ``client_max_size`` does not apply.
    """

    async def handler(request: web.Request) -> web.Response:
        started = time.perf_counter()
        own = await chosen_async(receiver, request)
        if request.method != "POST":
            return _response(own.method_not_allowed(started))
        length = request.headers.get("Content-Length")
        body, end = await _read_body(request, own.body_limit(length))
        with handling(request):
            answer = await own.receive_async(
                body,
                signature_of(request.headers),
                length,
                transfer_encoding=request.headers.get("Transfer-Encoding"),
                end=end,
                started=started,
            )
        return _response(answer)

    return handler


async def _read_body(request: web.Request, limit: int) -> tuple[bytes, BodyEnd]:
    if not limit:
        return b"", "reached"
    if not request.can_read_body:
        return await request.read(), "reached"  # what other code has read before
    body = bytearray()

    async def read() -> None:
        while len(body) < limit and (chunk := await request.content.read(limit - len(body))):
            body.extend(chunk)

    try:
        await asyncio.wait_for(read(), READ_TIMEOUT)
    except asyncio.TimeoutError:
        return bytes(body), "timed_out"
    except (ClientError, OSError):
        return bytes(body), "broken"
    return bytes(body), "reached"


def _response(answer: Answer) -> web.Response:
    return web.Response(body=answer.body, status=answer.status, headers=answer.headers)
