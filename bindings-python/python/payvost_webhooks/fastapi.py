"""Receive webhooks in FastAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

from payvost_webhooks._requirements import require_asyncio
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.starlette import WebhookApp, webhook_endpoint

__all__ = ["webhook_endpoint", "webhook_router"]


def webhook_router(receiver: WebhookReceiver, url: str = "/webhooks/payvost") -> APIRouter:
    """A router that receives webhooks at one path: ``app.include_router(…)``.

    The route is a Starlette route, so that FastAPI does not parse the body.
    """

    @asynccontextmanager
    async def refusing_trio(_: object) -> AsyncIterator[None]:
        require_asyncio(receiver)
        yield

    router = APIRouter(lifespan=refusing_trio if receiver._native.is_async else None)
    # A route to an application, unlike one to a function, accepts all methods.
    router.add_route(url, WebhookApp(receiver), include_in_schema=False)  # type: ignore[arg-type]
    return router
