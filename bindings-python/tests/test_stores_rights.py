"""A store with only the privileges that the documentation lists."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import redis
from samples import EVENT, SECRET, signed

from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores.redis import RedisStore
from tests.kit.services import Service

PAGE = Path(__file__).resolve().parents[2] / "docs" / "idempotency.md"


def rules() -> list[str]:
    """The rules on the page, without the user name."""
    (text,) = re.findall(r"ACL SETUSER shop (on .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(text).split()


@pytest.fixture
def user(redis_service: Service) -> Any:
    with redis.Redis(port=redis_service.port) as admin:
        admin.script_flush()

        def made(*without: str) -> redis.Redis:
            name = uuid.uuid4().hex
            admin.execute_command(
                "ACL", "SETUSER", name, *(rule for rule in rules() if rule not in without)
            )
            return redis.Redis(
                port=redis_service.port,
                username=name,
                password="password",
                socket_timeout=5,
                retry=None,
            )

        yield made


def test_the_documented_rules_are_enough(user: Any) -> None:
    store, body = RedisStore(user()), json.dumps({**EVENT, "id": uuid.uuid4().hex}).encode()
    failing = [True, False]

    def handle(event: Any, claim: Any) -> None:
        assert claim.extend()
        if failing.pop(0):
            raise LookupError

    receiver = WebhookReceiver(SECRET, handle, store=store)
    assert [receiver.receive(body, signed(body)).status for _ in range(3)] == [500, 200, 200]
    tickets: list[Any] = []
    body = json.dumps({**EVENT, "id": uuid.uuid4().hex, "liveMode": False}).encode()
    receiver = WebhookReceiver(
        SECRET, lambda event, claim: tickets.append(claim.hand_over()), store=store
    )
    assert receiver.receive(body, signed(body)).status == 200
    taken = store.take(tickets[0]).claim
    assert taken is not None
    assert taken.release()
    (letter,) = [letter for letter in store.dead_letters() if letter.key == taken.key]
    assert store.delivery(letter.key) is not None
    assert store.discard(letter.key)


@pytest.mark.parametrize("rule", ["~webhook-open", "~webhook:*", "+zadd", "+time"])
def test_each_rule_is_needed(user: Any, rule: str) -> None:
    body = json.dumps({**EVENT, "id": uuid.uuid4().hex}).encode()
    receiver = WebhookReceiver(SECRET, lambda event: None, store=RedisStore(user(rule)))
    assert receiver.receive(body, signed(body)).status == 503
