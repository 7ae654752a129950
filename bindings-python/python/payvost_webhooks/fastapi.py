"""Receive webhooks in FastAPI."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Callable, get_args

from fastapi import APIRouter, Body, FastAPI, HTTPException, Request

from payvost_webhooks import WebhookVerifier, events
from payvost_webhooks._choice import AsyncChoice
from payvost_webhooks._requirements import require_asyncio
from payvost_webhooks.errors import WebhookError
from payvost_webhooks.events import WebhookEvent
from payvost_webhooks.receiver import WebhookReceiver, signature_of
from payvost_webhooks.starlette import WebhookApp, webhook_endpoint

__all__ = ["document_webhooks", "verified_event", "webhook_endpoint", "webhook_router"]


def webhook_router(receiver: AsyncChoice, url: str = "/webhooks/payvost") -> APIRouter:
    """A router that receives webhooks at one path: ``app.include_router(…)``.

    The route is a Starlette route, so that FastAPI does not parse the body.

    Args:
        receiver: The receiver, or a function, ``async`` or not, that returns it for a request.
    """
    own = receiver if isinstance(receiver, WebhookReceiver) and receiver._native.is_async else None

    @asynccontextmanager
    async def refusing_trio(_: object) -> AsyncIterator[None]:
        if own is not None:
            require_asyncio(own)
        yield

    router = APIRouter(lifespan=refusing_trio if own is not None else None)
    # A route to an application, unlike one to a function, accepts all methods.
    router.add_route(url, WebhookApp(receiver), include_in_schema=False)  # type: ignore[arg-type]
    return router


def verified_event(verifier: WebhookVerifier) -> Callable[[Request], Awaitable[WebhookEvent]]:
    """A dependency that verifies the request and returns its event, for an endpoint of your own.

    .. code-block:: python

        Event = Annotated[WebhookEvent, Depends(verified_event(verifier))]

        @app.post("/webhooks/payvost")
        async def webhook(event: Event) -> dict[str, bool]: ...

    A delivery that is refused gets the response of a :class:`WebhookReceiver`, and is logged. The endpoint itself has
    to recognize events that are delivered twice.
    """
    refusing = WebhookReceiver(verifier, lambda event: None)

    async def event(request: Request) -> WebhookEvent:
        body, signature = await request.body(), signature_of(request.headers)
        try:
            return verifier.verify(body, signature)
        except WebhookError:
            length = request.headers.get("Content-Length")
            answer = await refusing.receive_async(body, signature, length)
        raise HTTPException(answer.status, json.loads(answer.body)["error"], answer.headers)

    return event


def document_webhooks(app: FastAPI, receiver: WebhookReceiver) -> None:
    """Describe the events that the receiver handles in ``webhooks`` of the application's OpenAPI document."""
    for kind in get_args(events.WebhookEvent):
        for event_type in get_args(kind.__annotations__["type"]):
            if isinstance(event_type, str) and receiver._router.handler_for(event_type):
                app.webhooks.add_api_route(
                    event_type,
                    _described(kind),
                    methods=["POST"],
                    name=event_type,
                    summary=(kind.__doc__ or "").partition(": ")[2].strip().rstrip("."),
                    tags=["Payvost"],
                    response_model=None,
                )


def _described(kind: Any) -> Callable[..., None]:
    def webhook(event: Any) -> None:
        pass

    webhook.__annotations__ = {"event": Annotated[kind, Body()], "return": None}
    return webhook
