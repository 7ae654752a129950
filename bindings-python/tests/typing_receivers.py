"""Only type checkers read this file. They must reject the marked lines."""

from __future__ import annotations

import logging
from typing import Any

from django.urls import path
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette

from payvost_webhooks import WebhookRouter, WebhookVerifier
from payvost_webhooks import django as for_django
from payvost_webhooks import fastapi as for_fastapi
from payvost_webhooks import flask as for_flask
from payvost_webhooks import starlette as for_starlette
from payvost_webhooks import wsgi as for_wsgi
from payvost_webhooks.events import PaymentSucceededEvent, WebhookEvent
from payvost_webhooks.pytest_plugin import PayvostWebhook
from payvost_webhooks.receiver import Answer, Result, WebhookReceiver, signature_of
from payvost_webhooks.testing import sample_event, signed_request

router = WebhookRouter()


@router.on("payment.succeeded")
def paid(event: PaymentSucceededEvent) -> str:
    return event["data"]["amount"]


@router.on("payment.*")
async def any_payment(event: WebhookEvent) -> None:
    print(event["type"])


router.on("*", print)


def count(result: Result) -> float:
    return result.duration


def right(secret: str, body: bytes, header: str, delivery: PayvostWebhook) -> Answer:
    receiver = WebhookReceiver(secret, router)
    WebhookReceiver([secret, "whsec_old"], paid, logger=logging.getLogger(), on_result=count)
    WebhookReceiver(WebhookVerifier(secret), any_payment)
    router.dispatch(WebhookVerifier(secret).verify(body, header))
    router.dispatch(sample_event("payment.succeeded", data={"amount": "1.00"}))
    position: int = WebhookVerifier([secret, "whsec_old"]).matching_secret(body, header)
    body, headers = signed_request(sample_event("user.created"), secret)
    signed_request(WebhookVerifier(secret).verify(body, header), secret)
    body, headers = delivery("user.created", id="evt_1")
    print(position, receiver.receive(body, signature_of(headers)).status)

    Flask(__name__).register_blueprint(for_flask.webhook_blueprint(receiver, url="/here"))
    Flask(__name__).post("/here")(for_flask.webhook(secret, on_result=count)(paid))
    FastAPI().include_router(for_fastapi.webhook_router(receiver))
    Starlette(routes=[for_starlette.webhook_route(receiver)])
    print(path("here", for_django.webhook_view(receiver)))
    for_wsgi.webhook_app(receiver)
    return receiver.receive(body, None)


async def right_in_an_event_loop(receiver: WebhookReceiver, event: dict[str, Any]) -> int:
    await router.dispatch_async(event)
    return (await receiver.receive_async(b"", None)).status


def wrong(receiver: WebhookReceiver) -> None:
    router.on("*", "handler")  # type: ignore[call-overload]
    router.on(7, print)  # type: ignore[call-overload]
    WebhookReceiver(None, print)  # type: ignore[arg-type]
    WebhookReceiver("whsec", None)  # type: ignore[arg-type]
    WebhookReceiver("whsec", print, on_results=print)  # type: ignore[call-arg]
    receiver.receive(b"", ["twice", "sent"])  # type: ignore[arg-type]
    paid({"type": "payment.succeeded"})  # type: ignore[typeddict-item]
    sample_event(7)  # type: ignore[arg-type]
