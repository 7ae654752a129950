"""Receive webhooks in AWS Lambda: behind API Gateway (REST and HTTP APIs), a load balancer or a function URL."""

from __future__ import annotations

import asyncio
import base64
import time
from http import HTTPStatus
from typing import Any, Callable

from payvost_webhooks._choice import Choice, chosen
from payvost_webhooks._http import BodyEnd
from payvost_webhooks._requests import handling
from payvost_webhooks.receiver import Answer, signature_of

__all__ = ["webhook_handler"]


def webhook_handler(receiver: Choice) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The handler of a function that receives webhooks: ``handler = webhook_handler(receiver)``.

    It takes events of the payload formats 1.0 and 2.0 and of load balancers, with single and multi-value headers.
    Handlers and stores may be ``async``: one event loop lives as long as the instance of the function.

    Args:
        receiver: The receiver, or a function that returns it for an event of Lambda.
    """
    loop: list[asyncio.AbstractEventLoop] = []

    def run(function: Callable[..., Any], *arguments: Any) -> Any:
        if not loop:
            loop.append(asyncio.new_event_loop())
        return loop[0].run_until_complete(function(*arguments))

    def handler(event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        started = time.perf_counter()
        own = chosen(receiver, event)
        if _method(event) != "POST":
            return _response(own.method_not_allowed(started), event)
        body, end = _body(event)
        headers = event.get("multiValueHeaders") or event.get("headers") or {}
        lengths = [value for name, value in headers.items() if name.lower() == "content-length"]
        length = lengths[0][-1] if lengths and isinstance(lengths[0], list) else "".join(lengths)
        arguments = (body, signature_of(headers), length or None)
        options: dict[str, Any] = {"end": end, "started": started}
        with handling(event):
            if own._native.is_async:
                answer = run(lambda: own.receive_async(*arguments, **options))
            else:
                answer = own.receive(*arguments, **options, run_in_loop=run)
        return _response(answer, event)

    return handler


def _method(event: dict[str, Any]) -> Any:
    http = (event.get("requestContext") or {}).get("http") or {}
    return http.get("method") or event.get("httpMethod")


def _body(event: dict[str, Any]) -> tuple[bytes, BodyEnd]:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode("utf-8", "surrogatepass"), "reached"
    try:
        return base64.b64decode(text, validate=True), "reached"
    except ValueError:
        return b"", "consumed"


def _response(answer: Answer, event: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "statusCode": answer.status,
        "body": answer.body.decode(),
        "isBase64Encoded": False,
    }
    context = event.get("requestContext") or {}
    if "elb" in context:
        response["statusDescription"] = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    if "elb" in context and event.get("multiValueHeaders") is not None:
        # The load balancer then ignores `headers`.
        response["multiValueHeaders"] = {name: [value] for name, value in answer.headers.items()}
    else:
        response["headers"] = dict(answer.headers)
    return response
