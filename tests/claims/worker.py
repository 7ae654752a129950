"""A worker of tests/across/test_claims.py and tests/claims/cluster: claims, completes, releases and handles on request.

    python worker.py STORE-URL SECRET

Reads a JSON object a line, and answers each with one:

    {"do": "claim", "body": …, "signature": …}    {"reply": word, "number": n}
    {"do": "complete"}                            {"reply": true or false}, of the claim made last
    {"do": "release", "error": …}                 the same
    {"do": "deliver", "body": …, "signature": …}  {"status": …} of the receiver, whose handler adds a line to the file
                                                  EFFECTS: the event, WORKER, and the time
"""

from __future__ import annotations

import importlib
import json
import os
import secrets
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import KeptDelivery
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlStore
from payvost_webhooks.stores.sql.__main__ import connector


def store_at(url: str) -> Any:
    redis = importlib.import_module("redis")
    if url.startswith("redis-cluster:"):
        address = urlsplit(url)
        retry = importlib.import_module("redis.retry").Retry(
            importlib.import_module("redis.backoff").NoBackoff(), 1
        )
        cluster = redis.RedisCluster(
            host=address.hostname, port=address.port, socket_timeout=1, retry=retry
        )
        return RedisStore(cluster, lease=float(os.environ.get("LEASE", "60")))
    if url.startswith("redis:"):
        return RedisStore(redis.Redis.from_url(url, socket_timeout=5))
    return SqlStore(connector(url))


def handle(event: Any) -> None:
    # One write to a file that is opened for appending is not mixed with others.
    with open(os.environ["EFFECTS"], "a", encoding="utf-8") as effects:
        effects.write(f"{event['id']}\t{os.environ['WORKER']}\t{time.time()}\n")


def main(url: str, secret: str) -> None:
    store = store_at(url)
    handling = WebhookReceiver(secret, handle, store=store)
    receiver = handling._native
    if hasattr(store, "create_table"):
        store.create_table()
    key = token = ""
    for line in sys.stdin:
        command = json.loads(line)
        reply: dict[str, Any]
        if command["do"] == "claim":
            body = command["body"].encode()
            request = receiver.arrived(body, command["signature"]).request
            assert request is not None
            key, token = request.key, secrets.token_hex(16)
            delivery = KeptDelivery(body, command["signature"])
            word, number = store.claim(request, token, delivery)
            reply = {"reply": word, "number": number}
        elif command["do"] == "deliver":
            answer = handling.receive(command["body"].encode(), command["signature"])
            reply = {"status": answer.status}
        elif command["do"] == "complete":
            reply = {"reply": store.complete(key, token)}
        else:
            reply = {"reply": store.release(key, token, command["error"])}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
