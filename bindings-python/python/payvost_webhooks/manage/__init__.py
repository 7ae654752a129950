"""Manage webhooks through Payvost's API: create, list, update, test and delete them, rotate secrets, read logs.

>>> from payvost_webhooks.manage import Payvost
>>> payvost = Payvost("sk_test_example", timeout=10)
>>> payvost.dry_run("webhooks.get", "webhook_abc123")["url"]
'https://sandbox-api.payvost.com/v1/webhooks/webhook_abc123'

:class:`Payvost` blocks, :class:`AsyncPayvost` is for event loops. Both can also be imported from ``payvost_webhooks``.
"""

from __future__ import annotations

from payvost_webhooks._manage_types import (
    CreatedWebhook,
    DeliveryAttempt,
    DeliveryAttemptEvent,
    RotatedSecret,
    SandboxClock,
    TestingAdvanceTimeParams,
    TestingTriggerWebhookParams,
    Webhook,
    WebhooksCreateParams,
    WebhooksGetLogsParams,
    WebhooksListParams,
    WebhooksTestParams,
    WebhooksUpdateParams,
)
from payvost_webhooks.errors import ApiError, ConfigurationError
from payvost_webhooks.manage._async_client import AsyncPayvost
from payvost_webhooks.manage._async_resources import AsyncTesting, AsyncWebhooks
from payvost_webhooks.manage._client import Payvost
from payvost_webhooks.manage._pages import AsyncPage, AsyncPages, Page
from payvost_webhooks.manage._resources import Testing, Webhooks
from payvost_webhooks.manage._rotation import Rotation
from payvost_webhooks.manage._values import (
    CallOptions,
    RateLimit,
    RequestInfo,
    ResponseInfo,
    response_of,
)

__all__ = [
    "ApiError",
    "AsyncPage",
    "AsyncPages",
    "AsyncPayvost",
    "AsyncTesting",
    "AsyncWebhooks",
    "CallOptions",
    "ConfigurationError",
    "CreatedWebhook",
    "DeliveryAttempt",
    "DeliveryAttemptEvent",
    "Page",
    "Payvost",
    "RateLimit",
    "RequestInfo",
    "ResponseInfo",
    "RotatedSecret",
    "Rotation",
    "SandboxClock",
    "Testing",
    "TestingAdvanceTimeParams",
    "TestingTriggerWebhookParams",
    "Webhook",
    "Webhooks",
    "WebhooksCreateParams",
    "WebhooksGetLogsParams",
    "WebhooksListParams",
    "WebhooksTestParams",
    "WebhooksUpdateParams",
    "response_of",
]
