"""Receives Payvost webhooks with Flask. Each event is handled once, no matter how often it is delivered."""

import logging
import os
import sqlite3
import sys

from flask import Flask

from payvost_webhooks import ConfigurationError, WebhookRouter
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.sql import SqlStore

logging.basicConfig(level=logging.INFO)  # one line per delivery, and why one was refused
log = logging.getLogger("webhooks")
router = WebhookRouter()


@router.on("payment.succeeded")
def payment_succeeded(event):
    data = event["data"]
    log.info("paid: %s %s %s", event["id"], data.get("amount"), data.get("currency"))


@router.on("transfer.*")
def any_transfer(event):
    log.info("transfer: %s %s", event["id"], event["type"])


@router.on("*")
def anything_else(event):
    log.info("other: %s %s", event["id"], event["type"])


# All workers on this machine share the file. On several machines, use a database server or Redis.
store = SqlStore(lambda: sqlite3.connect(os.environ.get("CLAIMS_DB", "claims.db"), timeout=2))

try:
    receiver = WebhookReceiver(os.environ.get("WEBHOOK_SECRET"), router, store=store)
except ConfigurationError as error:
    sys.exit(f"WEBHOOK_SECRET cannot be used: {error}. {error.hint}")
store.create_table()

app = Flask(__name__)
app.register_blueprint(webhook_blueprint(receiver, url="/webhooks/payvost"))

if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "3000")))
