"""Receives webhooks in Flask."""

from __future__ import annotations

from functools import wraps
from typing import Any, Callable

from flask import Blueprint, Response, request

from payvost_webhooks.receiver import WebhookReceiver, read_up_to, signature_of
from payvost_webhooks.router import Handler

__all__ = ["webhook", "webhook_blueprint", "webhook_view"]


def webhook_blueprint(
    receiver: WebhookReceiver, url: str = "/webhooks/payvost", name: str = "payvost_webhooks"
) -> Blueprint:
    """A blueprint that receives webhooks at one path: ``app.register_blueprint(…)``."""
    blueprint = Blueprint(name, __name__)
    blueprint.add_url_rule(url, "receive", webhook_view(receiver), methods=["POST"])
    return blueprint


def webhook(verifier: Any, **options: Any) -> Callable[[Handler], Callable[[], Response]]:
    """Make a view of a function that gets an event. The arguments are those of the receiver.

    .. code-block:: python

        @app.post("/webhooks/payvost")
        @webhook(os.environ["WEBHOOK_SECRET"])
        def handle(event):
            print(event["type"])
    """

    def decorate(handler: Handler) -> Callable[[], Response]:
        return wraps(handler)(webhook_view(WebhookReceiver(verifier, handler, **options)))

    return decorate


def webhook_view(receiver: WebhookReceiver) -> Callable[[], Response]:
    """A view function that receives webhooks, for a route of your own."""

    def view() -> Response:
        length = request.headers.get("Content-Length")
        limit = receiver.body_limit(length)
        body = read_up_to(request.stream, limit)
        if limit and not body:
            body = request.get_data()  # which keeps what it has read before
        answer = receiver.receive(body, signature_of(request.headers), length)
        return Response(answer.body, answer.status, answer.headers)

    return view
