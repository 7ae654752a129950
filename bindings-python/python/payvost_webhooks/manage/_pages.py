"""Pages of lists. Iterating over one continues with the pages that follow."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Generator, Iterator
from typing import Any, Callable, Generic, Optional, TypeVar

from payvost_webhooks.manage._values import ResponseInfo

__all__ = ["AsyncPage", "AsyncPages", "Page"]

_T = TypeVar("_T")


class _Base(Generic[_T]):
    data: list[_T]
    """The entries of this page."""

    total: Optional[int]
    """How many entries all pages have, if the server reported it."""

    response: ResponseInfo
    """The response, with its request id and the rate limit."""

    def __init__(
        self,
        data: list[_T],
        total: Optional[int],
        response: ResponseInfo,
        following: Optional[Callable[[], Any]],
    ) -> None:
        self.data = data
        self.total = total
        self.response = response
        self._following = following

    @property
    def has_next_page(self) -> bool:
        """Whether there can be another page."""
        return self._following is not None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.data)} entries, total {self.total}>"


class Page(_Base[_T]):
    """A page. ``for entry in page`` continues with the entries of all following pages."""

    def next_page(self) -> Optional[Page[_T]]:
        """Request the following page, or return ``None`` if this is the last one."""
        if self._following is None:
            return None
        page: Page[_T] = self._following()
        return page

    def __iter__(self) -> Iterator[_T]:
        page: Optional[Page[_T]] = self
        while page is not None:
            yield from page.data
            page = page.next_page()


class AsyncPage(_Base[_T]):
    """A page. ``async for entry in page`` continues with the entries of all following pages."""

    async def next_page(self) -> Optional[AsyncPage[_T]]:
        """Request the following page, or return ``None`` if this is the last one."""
        if self._following is None:
            return None
        page: AsyncPage[_T] = await self._following()
        return page

    async def __aiter__(self) -> AsyncIterator[_T]:
        page: Optional[AsyncPage[_T]] = self
        while page is not None:
            for entry in page.data:
                yield entry
            page = await page.next_page()


class AsyncPages(Generic[_T]):
    """A list that was not requested yet. Await its first page, or iterate over all entries with ``async for``."""

    def __init__(self, first: Callable[[], Awaitable[AsyncPage[_T]]]) -> None:
        self._first = first

    def __await__(self) -> Generator[Any, None, AsyncPage[_T]]:
        return self._first().__await__()

    async def __aiter__(self) -> AsyncIterator[_T]:
        async for entry in await self._first():
            yield entry
