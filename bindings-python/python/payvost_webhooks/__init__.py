"""Verify the webhooks of Payvost over their raw bytes, and read the event.

>>> from payvost_webhooks import sign, verify_webhook
>>> payload = (
...     b'{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",'
...     b'"liveMode":true,"data":{"amount":"99.99"}}'
... )
>>> event = verify_webhook(payload, sign(payload, "whsec_example"), "whsec_example")
>>> event["data"]["amount"]
'99.99'
"""

from payvost_webhooks._native import WebhookVerifier, __version__, sign, verify_webhook
from payvost_webhooks.errors import (
    ConfigurationError,
    EventRejectedError,
    InvalidPayloadError,
    SignatureVerificationError,
    WebhookError,
)

__all__ = [
    "ConfigurationError",
    "EventRejectedError",
    "InvalidPayloadError",
    "SignatureVerificationError",
    "WebhookError",
    "WebhookVerifier",
    "__version__",
    "sign",
    "verify_webhook",
]
