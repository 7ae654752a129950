"""The calls of the client for event loops. The core checks their parameters."""

# Made by `make generate` from _resources.py: edit that file, not this one.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import Any, Optional

from payvost_webhooks._manage_types import (
    CreatedWebhook,
    DeliveryAttempt,
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
from payvost_webhooks._typing import Unpack
from payvost_webhooks.manage._caller import AsyncCaller
from payvost_webhooks.manage._pages import AsyncPages
from payvost_webhooks.manage._values import CallOptions

__all__ = ["AsyncTesting", "AsyncWebhooks"]


class AsyncWebhooks:
    """The calls for webhooks."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def create(
        self, *, options: Optional[CallOptions] = None, **parameters: Unpack[WebhooksCreateParams]
    ) -> CreatedWebhook:
        """Create a webhook. Store its ``secret``: no other response shows it again.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        webhook: CreatedWebhook = await self._client._call("webhooks.create", parameters, options)
        return webhook

    def list(
        self, *, options: Optional[CallOptions] = None, **parameters: Unpack[WebhooksListParams]
    ) -> AsyncPages[Webhook]:
        """List the webhooks. Await the result for one page, or iterate over all entries with ``async for``.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        return AsyncPages(lambda: self._client._page("webhooks.list", parameters, options))

    async def get(self, id: str, *, options: Optional[CallOptions] = None) -> Webhook:
        """Return a webhook.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        webhook: Webhook = await self._client._call("webhooks.get", {"id": id}, options)
        return webhook

    async def update(
        self,
        id: str,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Unpack[WebhooksUpdateParams],
    ) -> Webhook:
        """Change a webhook.

        ``None`` removes its description or metadata. Other parameters stay as they are if you leave them
        out.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        webhook: Webhook = await self._client._call("webhooks.update", {**parameters, "id": id}, options)
        return webhook

    async def delete(self, id: str, *, options: Optional[CallOptions] = None) -> Any:
        """Delete a webhook. A repeated attempt that finds nothing has succeeded.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        return await self._client._call("webhooks.delete", {"id": id}, options)

    async def rotate_secret(self, id: str, *, options: Optional[CallOptions] = None) -> RotatedSecret:
        """Replace the secret of a webhook. Give the verifier the old and the new one, and see :class:`Rotation`.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        rotated: RotatedSecret = await self._client._call("webhooks.rotate_secret", {"id": id}, options)
        return rotated

    async def test(
        self,
        id: str,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Unpack[WebhooksTestParams],
    ) -> DeliveryAttempt:
        """Send a test event to a webhook.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        attempt: DeliveryAttempt = await self._client._call(
            "webhooks.test", {**parameters, "id": id}, options
        )
        return attempt

    def get_logs(
        self,
        id: str,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Unpack[WebhooksGetLogsParams],
    ) -> AsyncPages[DeliveryAttempt]:
        """List the attempts to deliver events to a webhook. Await the result for one page, or iterate over all entries with ``async for``.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        return AsyncPages(lambda: self._client._page("webhooks.get_logs", {**parameters, "id": id}, options))


class AsyncTesting:
    """The calls that exist only in a sandbox."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def trigger_webhook(
        self,
        id: str,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Unpack[TestingTriggerWebhookParams],
    ) -> DeliveryAttempt:
        """Deliver an event to a webhook.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        attempt: DeliveryAttempt = await self._client._call(
            "testing.trigger_webhook", {**parameters, "id": id}, options
        )
        return attempt

    async def advance_time(
        self,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Unpack[TestingAdvanceTimeParams],
    ) -> SandboxClock:
        """Advance the clock of the sandbox, so that retries become due.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        clock: SandboxClock = await self._client._call("testing.advance_time", parameters, options)
        return clock

    async def reset_time(self, *, options: Optional[CallOptions] = None) -> Any:
        """Reset the clock of the sandbox.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        return await self._client._call("testing.reset_time", {}, options)

    async def reset_all_data(self, *, options: Optional[CallOptions] = None) -> Any:
        """Delete all data of the sandbox.

        Raises:
            ConfigurationError: A parameter is invalid, and nothing was sent.
            ApiError: The call failed.
        """
        return await self._client._call("testing.reset_all_data", {}, options)
