"""The guide's Flask receiver, at /guide with its own function and at /ours with the package's."""

import os

import guide
from flask import Flask, jsonify, request

import payvost_webhooks

app = Flask(__name__)


@app.route("/guide", methods=["POST"])
def with_the_function_of_the_guide():
    return webhook(guide.verify_webhook)


@app.route("/ours", methods=["POST"])
def with_ours():
    return webhook(payvost_webhooks.verify_webhook)


def webhook(verify_webhook):
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
