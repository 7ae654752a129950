"""How programs use the management client, for type checkers."""

from __future__ import annotations

from datetime import timedelta
from typing import Optional

import httpx
from typing_extensions import assert_type

from payvost_webhooks import ApiError, AsyncPayvost, Payvost
from payvost_webhooks.manage import (
    AsyncPage,
    CreatedWebhook,
    DeliveryAttempt,
    Page,
    RequestInfo,
    ResponseInfo,
    Rotation,
    Webhook,
    response_of,
)
from payvost_webhooks.receiver import WebhookReceiver


def watch(info: ResponseInfo) -> None:
    assert_type(info.rate_limit.remaining, Optional[int])


payvost = Payvost("sk_test_x", timeout=timedelta(seconds=5), max_retries=1, on_response=watch)
Payvost("sk_test_x", http_client=httpx.Client(), environment="sandbox")
webhook = payvost.webhooks.create(url="https://a.example", events=("*",), metadata={"a": "b"})
assert_type(webhook, CreatedWebhook)
assert_type(webhook["secret"], str)
assert_type(payvost.webhooks.list(limit=5), Page[Webhook])
for entry in payvost.webhooks.get_logs("w", status="failed", options={"timeout": 5}):
    assert_type(entry, DeliveryAttempt)
    assert_type(entry["event"]["type"], str)
payvost.webhooks.update("w", description=None, enabled=False)
payvost.testing.advance_time(hours=1)
payvost.testing.trigger_webhook("w", event_type="a.b", data={"x": 1})
try:
    payvost.webhooks.rotate_secret("w")["secret"].upper()
except ApiError as error:
    assert_type(error.retry_after, Optional[int])
    assert_type(response_of(error).request_id, Optional[str])
rotation = Rotation()
WebhookReceiver(["new", "old"], print, on_result=rotation.on_result)


async def main(client: AsyncPayvost) -> None:
    assert_type(await client.webhooks.list(), AsyncPage[Webhook])
    async for entry in client.webhooks.list(offset=5):
        assert_type(entry["enabled"], bool)
    assert_type(await client.webhooks.get("w"), Webhook)


def request(info: RequestInfo) -> None: ...


payvost.webhooks.create(url="https://a.example")  # type: ignore[call-arg]
payvost.webhooks.create(url=5, events=["*"])  # type: ignore[arg-type]
payvost.webhooks.get_logs("w", status="lost")  # type: ignore[arg-type]
payvost.webhooks.list(page=5)  # type: ignore[call-arg]
payvost.webhooks.get()  # type: ignore[call-arg]
webhook["secrets"]  # type: ignore[typeddict-item]
Payvost("sk_test_x", timeout="5")  # type: ignore[arg-type]
Payvost("sk_test_x", http_client=httpx.AsyncClient())  # type: ignore[arg-type]
Payvost("sk_test_x", on_response=request)  # type: ignore[arg-type]
payvost.webhooks.list(options={"retries": 5})  # type: ignore[arg-type]
