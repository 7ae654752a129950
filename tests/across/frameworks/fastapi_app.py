"""FastAPI: serve it with ``uvicorn fastapi_app:app``."""

import logging
import os
from typing import Any

from fastapi import FastAPI

from payvost_webhooks import WebhookRouter
from payvost_webhooks.fastapi import webhook_router
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import MemoryStore

logging.basicConfig(level=logging.INFO)
router = WebhookRouter()


@router.on("*")
async def any_event(event: dict[str, Any]) -> None:
    print("paid:", event["id"], flush=True)


receiver = WebhookReceiver(os.environ["WEBHOOK_SECRET"], router, store=MemoryStore())
app = FastAPI()
app.include_router(webhook_router(receiver, url="/webhooks/payvost"))
