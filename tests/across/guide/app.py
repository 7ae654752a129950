"""The receiver of the provider's guide for Flask. Only the line that stands for the shop's work was added."""

import hashlib
import hmac
import json
import os

from flask import Flask, jsonify, request

app = Flask(__name__)


def verify_webhook(payload, signature, secret):
    expected_signature = hmac.new(secret.encode("utf-8"), payload, hashlib.sha256).hexdigest()

    if signature != expected_signature:
        raise ValueError("Invalid webhook signature")

    return json.loads(payload)


@app.route("/webhooks/payvost", methods=["POST"])
def webhook():
    signature = request.headers.get("Payvost-Signature")
    secret = os.environ["WEBHOOK_SECRET"]
    payload = request.get_data()

    try:
        event = verify_webhook(payload, signature, secret)
        print("paid:", event["id"], flush=True)
        return jsonify({"received": True})
    except ValueError as e:
        return str(e), 400
