"""A Django project in one file: serve it with ``gunicorn --threads 4 django_app:application``."""

import logging
import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

from payvost_webhooks import WebhookRouter
from payvost_webhooks.django import webhook_view
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import MemoryStore

logging.basicConfig(level=logging.INFO)
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a test",
)
router = WebhookRouter()


@router.on("*")
def any_event(event: dict[str, Any]) -> None:
    print("paid:", event["id"], flush=True)


receiver = WebhookReceiver(os.environ["WEBHOOK_SECRET"], router, store=MemoryStore())
urlpatterns = [path("webhooks/payvost", webhook_view(receiver))]
application = get_wsgi_application()
