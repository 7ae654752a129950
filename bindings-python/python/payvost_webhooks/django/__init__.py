"""Receive webhooks in Django. As an application, ``"payvost_webhooks.django"`` in ``INSTALLED_APPS``, it has the claims
table of :class:`payvost_webhooks.stores.django.DjangoInbox`, checks, an admin page of dead letters and a command."""

from payvost_webhooks.django._views import async_webhook_view, webhook_view

__all__ = ["async_webhook_view", "webhook_view"]
