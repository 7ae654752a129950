"""The guide's Flask receiver, at /guide with its own function and at /ours with the package's. At /guide-redis it
remembers events as the guide does, and at /ours-redis the package's receiver does with its store.
"""

import os

import guide
import redis
from flask import Flask, jsonify, request

import payvost_webhooks
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.redis import RedisStore

app = Flask(__name__)
store = redis.Redis(port=int(os.environ["REDIS_PORT"]), socket_timeout=2)
effects = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


@app.route("/guide", methods=["POST"])
def with_the_function_of_the_guide():
    return webhook(guide.verify_webhook)


@app.route("/ours", methods=["POST"])
def with_ours():
    return webhook(payvost_webhooks.verify_webhook)


@app.route("/guide-redis", methods=["POST"])
def with_the_mark_of_the_guide():
    return webhook(guide.verify_webhook, handle_unless_marked)


def webhook(verify_webhook, handle=None):
    signature = request.headers.get("Payvost-Signature")
    secret = os.environ["WEBHOOK_SECRET"]
    payload = request.get_data()

    try:
        event = verify_webhook(payload, signature, secret)
        (handle or handle_webhook_event)(event)
        return jsonify({"received": True})
    except ValueError as e:
        return str(e), 400


def handle_webhook_event(event):
    assert event["type"] == "payment.succeeded"


def handle_unless_marked(event):
    if store.get(f"webhook:{event['id']}"):
        return
    process_event(event)
    store.setex(f"webhook:{event['id']}", 86400, "true")


def process_event(event):
    os.write(effects, f"{event['id']}\n".encode())


router = payvost_webhooks.WebhookRouter()
router.on("payment.succeeded")(process_event)
receiver = WebhookReceiver(
    os.environ["WEBHOOK_SECRET"], router, store=RedisStore(store, prefix="ours")
)
app.register_blueprint(webhook_blueprint(receiver, url="/ours-redis"))
