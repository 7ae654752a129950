"""Receives Payvost's webhooks with Flask."""

import os
import sys

from flask import Flask, jsonify, request

from payvost_webhooks import ConfigurationError, WebhookError, WebhookVerifier, verify_webhook

app = Flask(__name__)

# Bounds what is read into memory. More than 1 MiB is refused by the library, with a reason.
app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024

secret = os.environ.get("WEBHOOK_SECRET")
try:
    WebhookVerifier(secret)  # a missing or mistaken secret shows now, not at the first delivery
except ConfigurationError as error:
    sys.exit(f"WEBHOOK_SECRET cannot be used: {error}. {error.hint}")


@app.post("/webhooks/payvost")
def webhook():
    signature = request.headers.get("Payvost-Signature")
    payload = request.get_data()

    try:
        event = verify_webhook(payload, signature, secret)
    except WebhookError as error:
        print(f"Webhook verification failed: {error}. {error.hint}", file=sys.stderr, flush=True)
        return f"Webhook verification failed: {error.code}", 400, {"Content-Type": "text/plain"}

    handle_webhook_event(event)
    return jsonify({"received": True})


def handle_webhook_event(event):
    data = event["data"]
    if event["type"] == "payment.succeeded":
        print("Paid:", data.get("amount"), data.get("currency"), flush=True)
    elif event["type"] == "payment.failed":
        print("Not paid:", data.get("failureCode"), flush=True)
    else:
        # New types may come at any time: let pass, they are not sent again and again.
        print("Unhandled event type:", event["type"], event["id"], flush=True)


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "3000")))
