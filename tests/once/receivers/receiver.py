"""The receiver in Python of tests/once: on Redis with leases, or on PostgreSQL as an inbox. A handler adds a row."""

from __future__ import annotations

import logging
import os
from typing import Any

import psycopg
import psycopg_pool
import redis
from flask import Flask

from payvost_webhooks import WebhookRouter
from payvost_webhooks.flask import webhook_blueprint
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlInbox

INSERT = "INSERT INTO effects (receiver, event) VALUES (%s, %s)"

logging.basicConfig(level=logging.INFO)
name = os.environ["RECEIVER"]
options: dict[str, Any] = {"prefix": name, "lease": float(os.environ["LEASE"])}
pool = psycopg_pool.ConnectionPool(
    os.environ["DATABASE_URL"], kwargs={"autocommit": True}, min_size=1, max_size=8, open=True
)
router = WebhookRouter()
if "REDIS_PORT" in os.environ:
    client = redis.Redis(port=int(os.environ["REDIS_PORT"]), socket_timeout=2, retry=None)
    store = RedisStore(client, **options)

    @router.on("*")
    def handle(event):
        with pool.connection() as connection:
            connection.execute(INSERT, (name, event["id"]))
else:
    store = SqlInbox(pool, **options)
    store.create_table()

    @router.on("*")
    def handle(event, claim):
        connection: psycopg.Connection = claim.connection
        connection.execute(INSERT, (name, event["id"]))


receiver = WebhookReceiver(os.environ["WEBHOOK_SECRET"], router, store=store)
app = Flask(__name__)
app.register_blueprint(webhook_blueprint(receiver, url="/webhooks/payvost"))
