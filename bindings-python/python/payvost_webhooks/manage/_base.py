"""What both clients share: their options, and how a call begins and ends."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, NoReturn, Optional, TypedDict, Union

from payvost_webhooks._native import ApiCall, ApiClient
from payvost_webhooks.errors import ApiError, WrongKindError
from payvost_webhooks.manage import _host
from payvost_webhooks.manage._course import (
    Course,
    Fault,
    Hooks,
    OnRequest,
    OnResponse,
    TransportError,
    course,
    response_info,
)
from payvost_webhooks.manage._values import CallOptions, Reply, ResponseInfo, encode

__all__ = ["Base", "ClientOptions", "Running"]

Parameters = Union[Mapping[str, Any], bytes]


class ClientOptions(TypedDict, total=False):
    environment: Optional[str]
    base_url: Optional[str]
    timeout: Optional[Union[float, timedelta]]
    deadline: Optional[Union[float, timedelta]]
    max_retries: Optional[int]


class Running:
    """A call on its course, and then its result."""

    data: Any
    total: Optional[int]
    response: ResponseInfo

    def __init__(self, call: ApiCall, hooks: Hooks) -> None:
        self.call = call
        # A call knows them only while it asks for a request.
        self._method, self._path = call.method, call.path
        self._faults: list[Fault] = []
        self.steps: Course = course(call, hooks, self._faults)

    def settle(self) -> None:
        """Take the result of a call that is over.

        Raises:
            ApiError: The call failed.
        """
        self.response = response_info(self.call, self._method, self._path)
        try:
            self.data, self.total = self.call.result()
        except ApiError as error:
            failure = error
        else:
            return
        failure.response = self.response
        cause = None
        if self.response.fault is not None and self._faults and self._faults[-1].cause:
            cause = TransportError(self._faults[-1].cause)
        raise failure from cause

    def reply(self) -> Any:
        """The data. An object knows its response."""
        if not isinstance(self.data, dict):
            return self.data
        reply = Reply(self.data)
        reply.response = self.response
        return reply


class Base:
    """The key and the options of a client."""

    def __init__(
        self,
        api_key: Any,
        options: ClientOptions,
        on_request: Optional[OnRequest],
        on_response: Optional[OnResponse],
    ) -> None:
        try:
            host = f"python/{platform.python_version()}"
            self._core = ApiClient(api_key, encode(options), host)
        finally:
            # Some tracebacks show local variables.
            del api_key
        for name, hook in (("on_request", on_request), ("on_response", on_response)):
            if hook is not None and not callable(hook):
                raise WrongKindError(f"{name} must be a function", f"Pass a function to {name}.")
        self._hooks = Hooks(on_request, on_response)
        self._is_closed = False

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._core.base_url

    @property
    def environment(self) -> Literal["sandbox", "production"]:
        """``"sandbox"`` or ``"production"``, which follows from the API key."""
        return "production" if self._core.is_live else "sandbox"

    def dry_run(
        self,
        operation: str,
        id: Optional[str] = None,
        *,
        options: Optional[CallOptions] = None,
        **parameters: Any,
    ) -> dict[str, Any]:
        """Return the request that a call would send, and send nothing.

        Args:
            operation: The call, such as ``"webhooks.create"``.
            id: The id of the webhook, for calls that take one.
            options: The options of the call.
            **parameters: The parameters of the call.

        Returns:
            ``method``, ``url``, ``headers`` and ``body``. The API key is redacted.

        Raises:
            ConfigurationError: ``invalid_option``: a parameter or an option is invalid.
            ValueError: There is no such operation.
        """
        import json

        if id is not None:
            parameters["id"] = id
        shown: dict[str, Any] = json.loads(self._begin(operation, parameters, options).dry_run())
        return shown

    def _begin(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> ApiCall:
        if self._is_closed:
            raise RuntimeError("the client is closed")
        given = parameters if isinstance(parameters, bytes) else encode(parameters)
        chosen = b"" if options is None else encode(options)
        return self._core.call(operation, given, chosen, _host.random_bytes(16), *_host.now())

    def _run(
        self, operation: str, parameters: Parameters, options: Optional[CallOptions]
    ) -> Running:
        return Running(self._begin(operation, parameters, options), self._hooks)

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)  # Absent while options are refused.
        return f"<{type(self).__name__} {core.base_url if core else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"cannot pickle {type(self).__name__!r}, which holds an API key: create one per process"
        )


def is_of_httpx(client: object, name: str) -> bool:
    """Whether this is a client of httpx, which is not imported for the answer."""
    httpx = sys.modules.get("httpx")
    return httpx is not None and isinstance(client, getattr(httpx, name))
