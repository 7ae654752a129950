"""What the resources need of their client."""

from __future__ import annotations

from typing import Any, Optional, Protocol

from payvost_webhooks.manage._base import Parameters
from payvost_webhooks.manage._pages import AsyncPage, Page
from payvost_webhooks.manage._values import CallOptions

__all__ = ["AsyncCaller", "Caller"]


class Caller(Protocol):
    """Makes calls, and blocks until they end."""

    def _call(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Any: ...

    def _page(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Page[Any]: ...


class AsyncCaller(Protocol):
    """Makes calls on an event loop."""

    async def _call(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Any: ...

    async def _page(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> AsyncPage[Any]: ...
