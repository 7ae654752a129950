"""Types that older Pythons lack, with stand-ins there: ``typing.get_type_hints`` can read every annotation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable, Union

__all__ = ["StartResponse", "Unpack", "WSGIApplication", "WSGIEnvironment", "httpx"]

if TYPE_CHECKING:
    import httpx
    from typing_extensions import Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack
else:
    Unpack = Union  # Unpack[Options] is then Options

if TYPE_CHECKING or sys.version_info >= (3, 11):
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
else:
    StartResponse = WSGIApplication = Callable[..., Any]
    WSGIEnvironment = dict[str, Any]

if not TYPE_CHECKING:

    class httpx:
        """Stands in for the optional package, which is imported only where it is used."""

        Client = AsyncClient = Any
