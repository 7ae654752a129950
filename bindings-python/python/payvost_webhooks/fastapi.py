"""Receives webhooks in FastAPI."""

from __future__ import annotations

from fastapi import APIRouter

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.starlette import webhook_endpoint

__all__ = ["webhook_endpoint", "webhook_router"]


def webhook_router(receiver: WebhookReceiver, url: str = "/webhooks/payvost") -> APIRouter:
    """A router that receives webhooks at one path: ``app.include_router(…)``.

    The route is Starlette's own: FastAPI, which would parse the body, does not see it.
    """
    router = APIRouter()
    router.add_route(url, webhook_endpoint(receiver), methods=["POST"], include_in_schema=False)
    return router
