"""Receive webhooks in Flask."""

from __future__ import annotations

import time
from functools import wraps
from typing import Any, Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected

from payvost_webhooks._choice import Choice, chosen
from payvost_webhooks._http import BodyEnd
from payvost_webhooks._requests import handling
from payvost_webhooks._requirements import require_blocking
from payvost_webhooks.receiver import WebhookReceiver, read_body, signature_of
from payvost_webhooks.router import Handler

__all__ = ["webhook", "webhook_blueprint", "webhook_view"]

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def webhook_blueprint(
    receiver: Choice, url: str = "/webhooks/payvost", name: str = "payvost_webhooks"
) -> Blueprint:
    """A blueprint that receives webhooks at one path: ``app.register_blueprint(…)``.

    Args:
        receiver: The receiver, or a function that returns it for a request.
    """
    blueprint = Blueprint(name, __name__)
    view = webhook_view(receiver)
    blueprint.add_url_rule(url, "receive", view, False, methods=METHODS)
    return blueprint


def webhook(verifier: Any, **options: Any) -> Callable[[Handler], Callable[[], Response]]:
    """Turn a function that takes an event into a view. Takes the same arguments as :class:`WebhookReceiver`.

    .. code-block:: python

        @app.post("/webhooks/payvost")
        @webhook(os.environ["WEBHOOK_SECRET"])
        def handle(event):
            print(event["type"])
    """

    def decorate(handler: Handler) -> Callable[[], Response]:
        return wraps(handler)(webhook_view(WebhookReceiver(verifier, handler, **options)))

    return decorate


def webhook_view(receiver: Choice) -> Callable[..., Response]:
    """A view function that receives webhooks, for your own route."""
    if isinstance(receiver, WebhookReceiver):
        require_blocking(receiver)

    def view(**_: Any) -> Response:
        started = time.perf_counter()
        own = chosen(receiver, request)
        if request.method != "POST":
            answer = own.method_not_allowed(started)
            return Response(answer.body, answer.status, answer.headers)
        headers = request.headers
        length = headers.get("Content-Length")
        body, end = _body(own.body_limit(length))
        with handling(request._get_current_object()):  # type: ignore[attr-defined]
            answer = own.receive(
                body,
                signature_of(headers),
                length,
                transfer_encoding=headers.get("Transfer-Encoding"),
                end=end,
                started=started,
            )
        return Response(answer.body, answer.status, answer.headers)

    return view


def _body(limit: int) -> tuple[bytes, BodyEnd]:
    try:
        body, end = read_body(request.stream, limit)
        if limit and not body and end == "reached":
            body = (
                request.get_data()
            )  # which returns the body again if other code has read it with get_data()
    except ClientDisconnected:
        return b"", "broken"
    return body, end
