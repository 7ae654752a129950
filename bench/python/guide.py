"""The sample of the provider's guide, word for word."""

import hashlib
import hmac
import json


def verify_webhook(payload, signature, secret):
    expected_signature = hmac.new(secret.encode("utf-8"), payload, hashlib.sha256).hexdigest()

    if signature != expected_signature:
        raise ValueError("Invalid webhook signature")

    return json.loads(payload)
