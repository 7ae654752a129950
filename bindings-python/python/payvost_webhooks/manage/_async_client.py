"""The client for event loops."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Callable, Literal, Optional, Union

from payvost_webhooks._typing import httpx
from payvost_webhooks.errors import WrongKindError
from payvost_webhooks.manage._async_resources import AsyncTesting, AsyncWebhooks
from payvost_webhooks.manage._base import Base, ClientOptions, Parameters, Running, is_of_httpx
from payvost_webhooks.manage._course import OnRequest, OnResponse, drive_async
from payvost_webhooks.manage._pages import AsyncPage
from payvost_webhooks.manage._spans import span
from payvost_webhooks.manage._values import CallOptions

__all__ = ["AsyncPayvost"]


class AsyncPayvost(Base):
    """A client of Payvost's API for webhooks.

    Create one at startup, and share it: it keeps connections open. It cannot be pickled, because it holds
    an API key. Its ``repr`` does not show the key.
    """

    webhooks: AsyncWebhooks
    """The calls for webhooks."""

    testing: AsyncTesting
    """The calls that exist only in a sandbox."""

    def __init__(
        self,
        api_key: Optional[Union[str, bytes]],
        *,
        environment: Optional[Literal["sandbox", "production"]] = None,
        base_url: Optional[str] = None,
        timeout: Optional[Union[float, timedelta]] = None,
        deadline: Optional[Union[float, timedelta]] = None,
        max_retries: Optional[int] = None,
        http_client: Optional[httpx.AsyncClient] = None,
        on_request: Optional[OnRequest] = None,
        on_response: Optional[OnResponse] = None,
    ) -> None:
        """Create a client. Nothing is sent.

        Args:
            api_key: The secret API key: ``sk_test_…`` for the sandbox, ``sk_live_…`` for production.
            environment: ``"sandbox"`` or ``"production"``. It follows from the key. A contradiction is rejected.
            base_url: Where the API is, instead of Payvost's own address: a local sandbox, for example.
            timeout: The time limit of an attempt, in seconds or as a ``timedelta``. Default: 30 s.
            deadline: The time limit of a call, with its retries and pauses. Default: 120 s.
            max_retries: How many further attempts a call can make. Default: 2.
            http_client: An ``httpx.AsyncClient`` with your own proxies, certificates or transports. You close it.
                Default: a client of its own if httpx is installed, otherwise the standard library in threads.
            on_request: A function, which can be async, that is called with a :class:`RequestInfo` before each
                attempt.
            on_response: A function, which can be async, that is called with a :class:`ResponseInfo` after each
                attempt.

        Raises:
            ConfigurationError: ``invalid_option``: the key or an option is invalid.
        """
        try:
            options: ClientOptions = {
                "environment": environment,
                "base_url": base_url,
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
            }
            super().__init__(api_key, options, on_request, on_response)
        finally:
            del api_key
        self._transport = _transport(self.base_url, http_client)
        self.webhooks = AsyncWebhooks(self)
        self.testing = AsyncTesting(self)

    async def aclose(self) -> None:
        """Close the connections. A client that you passed stays open."""
        self._is_closed = True
        await self._transport.close()

    async def __aenter__(self) -> AsyncPayvost:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _call(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Any:
        return (await self._driven(operation, parameters, options)).reply()

    async def _page(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> AsyncPage[Any]:
        running = await self._driven(operation, parameters, options)
        following: Optional[Callable[[], Awaitable[AsyncPage[Any]]]] = None
        if (rest := running.call.next_page()) is not None:

            def following() -> Awaitable[AsyncPage[Any]]:
                return self._page(operation, rest, options)

        return AsyncPage(running.data, running.total, running.response, following)

    async def _driven(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Running:
        running = self._run(operation, parameters, options)
        with span(running.call, self.base_url):
            await drive_async(running.steps, self._transport.send)
            running.settle()
        return running


def _transport(base_url: str, client: object) -> Any:
    if client is None:
        try:
            from payvost_webhooks.manage._httpx import AsyncHttpxTransport
        except ImportError:
            from payvost_webhooks.manage._threads import ThreadTransport

            return ThreadTransport(base_url)
        return AsyncHttpxTransport(None)
    if is_of_httpx(client, "AsyncClient"):
        from payvost_webhooks.manage._httpx import AsyncHttpxTransport

        return AsyncHttpxTransport(client)  # type: ignore[arg-type]
    if is_of_httpx(client, "Client"):
        raise WrongKindError(
            "http_client must be an httpx.AsyncClient, not an httpx.Client",
            "Use Payvost with an httpx.Client.",
        )
    raise WrongKindError(
        "http_client must be an httpx.AsyncClient",
        "Pass an httpx.AsyncClient, or leave http_client out.",
    )
