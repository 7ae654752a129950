"""Verify Payvost webhooks over their raw bytes, and get the event.

>>> from payvost_webhooks import sign, verify_webhook
>>> payload = (
...     b'{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",'
...     b'"liveMode":true,"data":{"amount":"99.99"}}'
... )
>>> event = verify_webhook(payload, sign(payload, "whsec_example"), "whsec_example")
>>> event["data"]["amount"]
'99.99'
"""

try:
    from payvost_webhooks._native import WebhookVerifier, __version__, sign, verify_webhook
except ModuleNotFoundError as _missing:
    import sys

    raise ImportError(
        f"payvost_webhooks has no extension module for this Python ({sys.implementation.cache_tag} on"
        f" {sys.platform}): it was installed for another one, or copied incompletely. On the target machine,"
        " run: pip install --force-reinstall payvost-webhooks"
    ) from _missing
from payvost_webhooks.errors import (
    ApiError,
    ConfigurationError,
    EventRejectedError,
    InvalidPayloadError,
    SignatureVerificationError,
    WebhookError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from payvost_webhooks.manage import AsyncPayvost, Payvost
    from payvost_webhooks.router import WebhookRouter

__all__ = [
    "ApiError",
    "AsyncPayvost",
    "ConfigurationError",
    "EventRejectedError",
    "InvalidPayloadError",
    "Payvost",
    "SignatureVerificationError",
    "WebhookError",
    "WebhookRouter",
    "WebhookVerifier",
    "__version__",
    "sign",
    "verify_webhook",
]


def __getattr__(name: str) -> object:
    # Keep the import fast for programs that only verify.
    if name in ("AsyncPayvost", "Payvost"):
        from payvost_webhooks import manage

        return getattr(manage, name)
    if name == "WebhookRouter":
        from payvost_webhooks.router import WebhookRouter

        return WebhookRouter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
