"""A worker of tests/across/test_claims.py: claims, completes and releases on request.

    python worker.py STORE-URL SECRET

Reads a JSON object a line, and answers each with one:

    {"do": "claim", "body": …, "signature": …}    {"reply": word, "number": n}
    {"do": "complete"}                            {"reply": true or false}, of the claim made last
    {"do": "release", "error": …}                 the same
"""

from __future__ import annotations

import importlib
import json
import secrets
import sys
from typing import Any

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import KeptDelivery
from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlStore
from payvost_webhooks.stores.sql.__main__ import connector


def store_at(url: str) -> Any:
    if url.startswith("redis:"):
        return RedisStore(importlib.import_module("redis").Redis.from_url(url, socket_timeout=5))
    return SqlStore(connector(url))


def main(url: str, secret: str) -> None:
    store = store_at(url)
    receiver = WebhookReceiver(secret, print, store=store)._native
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
        elif command["do"] == "complete":
            reply = {"reply": store.complete(key, token)}
        else:
            reply = {"reply": store.release(key, token, command["error"])}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
