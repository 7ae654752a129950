"""Receive webhooks in any WSGI server, without a framework."""

from __future__ import annotations

import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from payvost_webhooks._choice import Choice, chosen
from payvost_webhooks._requests import handling
from payvost_webhooks._requirements import require_blocking
from payvost_webhooks._typing import StartResponse, WSGIApplication, WSGIEnvironment
from payvost_webhooks.receiver import Answer, WebhookReceiver, read_body

__all__ = ["receive", "webhook_app"]


def webhook_app(receiver: Choice, url: str = "/webhooks/payvost") -> WSGIApplication:
    """A WSGI application that receives webhooks at one path.

    Args:
        receiver: The receiver, or a function that returns it for a WSGI environment.

    >>> from payvost_webhooks.receiver import WebhookReceiver
    >>> application = webhook_app(WebhookReceiver("whsec_example", print))
    """
    if isinstance(receiver, WebhookReceiver):
        require_blocking(receiver)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") != url:
            answer = Answer(404, {}, b"")
        elif environ["REQUEST_METHOD"] != "POST":
            answer = chosen(receiver, environ).method_not_allowed()
        else:
            answer = receive(chosen(receiver, environ), environ)
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", list(answer.headers.items()))
        return [answer.body]

    return application


def receive(receiver: WebhookReceiver, environ: dict[str, Any]) -> Answer:
    """Receive the delivery in a WSGI environment, from your own application."""
    started = time.perf_counter()
    length = environ.get("CONTENT_LENGTH")
    # Without Content-Length, the end of the body is known only if the server promises to signal it.
    limit = receiver.body_limit(length, endless=not environ.get("wsgi.input_terminated"))
    body, end = read_body(environ["wsgi.input"], limit)
    with handling(environ):
        return receiver.receive(
            body,
            environ.get("HTTP_PAYVOST_SIGNATURE"),
            length,
            transfer_encoding=environ.get("HTTP_TRANSFER_ENCODING"),
            end=end,
            started=started,
        )
