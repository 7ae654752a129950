"""The calls of Python's client for event loops, made from those of the blocking client."""

import re
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[1] / "bindings-python/python/payvost_webhooks/manage"

NOTICE = "# Made by `make generate` from _resources.py: edit that file, not this one."

PAGES = "Await the result for one page, or iterate over all entries with ``async for``."


def resources(_):
    text = (MANAGE / "_resources.py").read_text("utf-8")
    text = text.replace(
        "The calls of the blocking client.", "The calls of the client for event loops."
    )
    text = text.replace(
        "from __future__",
        f"{NOTICE}\n# fmt: off\n# ruff: noqa: E501\n\nfrom __future__",
        1,
    )
    text = re.sub(r"\b(Testing|Webhooks)(?=[:\"])", r"Async\1", text)
    text = text.replace("Caller", "AsyncCaller").replace("import Page\n", "import AsyncPages\n")
    text = text.replace("import Page,", "import AsyncPages,")
    text = re.sub(r"(    def )(?!__init__)", r"    async def ", text)
    text = text.replace("self._client._call(", "await self._client._call(")
    # A call that returns pages is not a coroutine: it can be awaited and iterated over.
    text = re.sub(
        r"    async def (\w+\((?:(?!\n    async def ).)*?-> )Page\[",
        r"    def \1AsyncPages[",
        text,
        flags=re.DOTALL,
    )
    text = text.replace("Iterating over the page continues with all pages.", PAGES)
    text = re.sub(
        r"return (self\._client\._page\(.*\))\n", r"return AsyncPages(lambda: \1)\n", text
    )
    return text
