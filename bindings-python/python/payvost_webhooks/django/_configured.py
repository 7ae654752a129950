"""The receiver that the settings name."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from payvost_webhooks.receiver import WebhookReceiver

__all__ = ["SETTING", "configured_receiver"]

SETTING = "PAYVOST_WEBHOOKS_RECEIVER"


def configured_receiver() -> WebhookReceiver:
    """The receiver that ``PAYVOST_WEBHOOKS_RECEIVER`` names, such as ``"shop.webhooks.receiver"``.

    Raises:
        ImproperlyConfigured: The setting is missing, or names something else.
    """
    path = getattr(settings, SETTING, None)
    if not isinstance(path, str):
        raise ImproperlyConfigured(
            f"{SETTING} must be the path of your receiver, such as 'shop.webhooks.receiver'"
        )
    receiver = import_string(path)
    if not isinstance(receiver, WebhookReceiver):
        raise ImproperlyConfigured(f"{SETTING} must name a WebhookReceiver, and {path} is not one")
    return receiver
