"""Receives webhooks in any WSGI server, without a framework."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from payvost_webhooks.receiver import Answer, WebhookReceiver, read_up_to

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["receive", "webhook_app"]


def webhook_app(receiver: WebhookReceiver, url: str = "/webhooks/payvost") -> WSGIApplication:
    """A WSGI application that receives webhooks at one path.

    >>> from payvost_webhooks.receiver import WebhookReceiver
    >>> application = webhook_app(WebhookReceiver("whsec_example", print))
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") != url:
            answer = Answer(404, {}, b"")
        elif environ["REQUEST_METHOD"] != "POST":
            answer = Answer(405, {"Allow": "POST"}, b"")
        else:
            answer = receive(receiver, environ)
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", list(answer.headers.items()))
        return [answer.body]

    return application


def receive(receiver: WebhookReceiver, environ: dict[str, Any]) -> Answer:
    """Receive the delivery that a WSGI environment describes, for an application of your own."""
    length = environ.get("CONTENT_LENGTH")
    body = read_up_to(environ["wsgi.input"], _available(receiver, environ))
    return receiver.receive(body, environ.get("HTTP_PAYVOST_SIGNATURE"), length)


def _available(receiver: WebhookReceiver, environ: dict[str, Any]) -> int:
    """How much can be read without waiting for what will never come (PEP 3333, "Input and Error Streams").

    The end of a body without Content-Length is known only where the server promises to mark it.
    """
    length = environ.get("CONTENT_LENGTH")
    limit = receiver.body_limit(length)
    if environ.get("wsgi.input_terminated"):
        return limit
    return min(limit, int(length)) if length and length.isdecimal() else 0
