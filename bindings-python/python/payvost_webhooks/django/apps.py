"""The Django application."""

from django.apps import AppConfig


class PayvostWebhooksConfig(AppConfig):
    """``INSTALLED_APPS = ["payvost_webhooks.django", …]``"""

    name = "payvost_webhooks.django"
    label = "payvost_webhooks"
    verbose_name = "Payvost webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from payvost_webhooks.django import checks  # noqa: F401
