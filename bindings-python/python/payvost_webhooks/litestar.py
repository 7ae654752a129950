"""Receive webhooks in Litestar."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from litestar import HttpMethod, Request, Response, route
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler

from payvost_webhooks import _limits
from payvost_webhooks._choice import AsyncChoice, chosen_async
from payvost_webhooks._http import BodyEnd
from payvost_webhooks._requests import handling
from payvost_webhooks.receiver import WebhookReceiver, signature_of

__all__ = ["webhook_handler"]

READ_TIMEOUT = 5.0
"""Seconds. Payvost waits no longer for the response. A body that a middleware took from the server never arrives."""


def webhook_handler(receiver: AsyncChoice, url: str = "/webhooks/payvost") -> HTTPRouteHandler:
    """A route handler that receives webhooks at one path: ``Litestar([webhook_handler(receiver)])``.

    Handlers of events that are not ``async`` run in threads. CSRF protection does not apply: the signature
    authenticates the sender.

    Args:
        receiver: The receiver, or a function, ``async`` or not, that returns it for a request.
    """
    limit = _limits.DEFAULT_MAX_PAYLOAD_BYTES + 1
    if isinstance(receiver, WebhookReceiver):
        limit = receiver.body_limit()

    async def receive(request: Request[Any, Any, Any]) -> Response[bytes]:
        started = time.perf_counter()
        own = await chosen_async(receiver, request)
        if request.method != "POST":
            answer = own.method_not_allowed(started)
            return Response(answer.body, status_code=answer.status, headers=answer.headers)
        headers = request.headers
        length = headers.get("Content-Length")
        body, end = await _read_body(request, own.body_limit(length))
        with handling(request):
            answer = await own.receive_async(
                body,
                signature_of(headers),
                length,
                transfer_encoding=headers.get("Transfer-Encoding"),
                end=end,
                started=started,
            )
        return Response(answer.body, status_code=answer.status, headers=answer.headers)

    receive.__annotations__ = {"request": Request, "return": Response[bytes]}
    return route(
        url,
        http_method=list(HttpMethod),
        name=f"payvost_webhooks {url}",
        include_in_schema=False,
        request_max_body_size=limit,
        opt={"exclude_from_csrf": True},
        sync_to_thread=None,
    )(receive)


async def _read_body(request: Request[Any, Any, Any], limit: int) -> tuple[bytes, BodyEnd]:
    if not limit:
        return b"", "reached"
    try:
        return await asyncio.wait_for(request.body(), READ_TIMEOUT), "reached"
    except RequestEntityTooLarge:
        return bytes(limit), "reached"  # The receiver looks at the length only.
    except asyncio.TimeoutError:
        return b"", "timed_out"
    except InternalServerException as error:
        return b"", "consumed" if error.detail == "stream consumed" else "broken"
