"""The guide's Flask receiver, with its own function or with the package's: SUBJECT says which."""

import os

from flask import Flask, jsonify, request

if os.environ["SUBJECT"] == "ours":
    from payvost_webhooks import verify_webhook
else:
    from guide import verify_webhook

app = Flask(__name__)


@app.route("/webhooks/payvost", methods=["POST"])
def webhook():
    signature = request.headers.get("Payvost-Signature")
    secret = os.environ["WEBHOOK_SECRET"]
    payload = request.get_data()

    try:
        event = verify_webhook(payload, signature, secret)
        handle_webhook_event(event)
        return jsonify({"received": True})
    except ValueError as e:
        return str(e), 400


def handle_webhook_event(event):
    assert event["type"] == "payment.succeeded"
