"""How many dead letters Redis lists if its list of open claims has stale names."""

from __future__ import annotations

import json
import uuid
from typing import Any

import redis
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.redis import RedisStore
from tests.kit.services import Service


def test_stale_names_do_not_displace_dead_letters(redis_service: Service) -> None:
    prefix = f"letters{uuid.uuid4().hex}"
    with redis.Redis(port=redis_service.port, socket_timeout=5, retry=None) as client:
        store = RedisStore(client, prefix=prefix)

        def fail(event: Any) -> None:
            raise LookupError

        receiver = WebhookReceiver(SECRET, fail, store=store)
        # Records that were deleted leave their names in the list. A claim removes only very old ones.
        since = client.time()[0] * 1000 - 60_000
        client.zadd(f"{prefix}-open", {f"{prefix}:deleted_{n}": since + n for n in range(5)})
        for name in ("evt_1", "evt_2"):
            body = json.dumps({**EVENT, "id": name}).encode()
            assert receiver.receive(body, signed(body)).status == 500
        for _ in range(3):
            assert [letter.key for letter in store.dead_letters(2)] == [
                f"{prefix}:evt_1",
                f"{prefix}:evt_2",
            ]
        assert [letter.key for letter in store.dead_letters(1)] == [f"{prefix}:evt_1"]
