"""OpenTelemetry spans, if the program uses OpenTelemetry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Union
from urllib.parse import urlsplit

from payvost_webhooks._native import ApiCall
from payvost_webhooks.errors import ApiError

__all__ = ["span"]


@contextmanager
def span(call: ApiCall, base_url: str) -> Iterator[None]:
    """A span of a call, with its retries and pauses.

    OpenTelemetry is not imported: a program that has not imported it has not configured it either.
    """
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None:
        yield
        return
    url = urlsplit(base_url)
    attributes: dict[str, Union[str, int]] = {
        "http.request.method": call.method,
        "url.template": call.route,
        "server.address": url.hostname or "",
    }
    if url.port is not None:
        attributes["server.port"] = url.port
    started = trace.get_tracer("payvost_webhooks").start_as_current_span(
        f"payvost {call.operation}",
        kind=trace.SpanKind.CLIENT,
        attributes=attributes,
        # An exception's traceback could lead to the API key.
        record_exception=False,
        set_status_on_exception=False,
    )
    with started as active:
        code = "cancelled"
        try:
            yield
            code = ""
        except ApiError as error:
            code = error.code
            raise
        finally:
            status, request_id, *_ = call.facts()
            if status is not None:
                active.set_attribute("http.response.status_code", status)
            if request_id is not None:
                active.set_attribute("payvost.request_id", request_id)
            if call.attempts > 1:
                active.set_attribute("http.request.resend_count", call.attempts - 1)
            if code:
                active.set_attribute("error.type", code)
                active.set_status(trace.StatusCode.ERROR, code)
