"""Deliveries that all languages run, through the real receiver with a scripted store and handler."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import logging
import os
from functools import cache
from pathlib import Path
from typing import Any, Callable

import pytest

from payvost_webhooks import WebhookRouter, WebhookVerifier
from payvost_webhooks.receiver import Answer, Result, WebhookReceiver
from payvost_webhooks.stores import ClaimPolicy, ClaimRequest, KeptDelivery

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = Path(os.environ.get("RECEIVE_VECTORS", REPOSITORY / "tests" / "vectors" / "receive"))
OBSERVED = Path(os.environ.get("OBSERVED", REPOSITORY / "target" / "observed")) / "receive"
CASES = {
    case["id"]: case
    for path in sorted(VECTORS.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
}
ATTRIBUTES = set(vars(logging.makeLogRecord({})))
"""The attributes of all records."""


class ScriptedFault(Exception):
    """The exception of a scripted store."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("a message that no log may hold")
        self.sqlstate = sqlstate


class Script:
    """Plays a case, and records the steps."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.steps: list[dict[str, Any]] = []
        self.policy = ClaimPolicy(60, 86_400, "webhook")
        self.keep_deliveries = True

    def plays(self, name: str) -> Any:
        reply = self.case["store"][name]
        if isinstance(reply, dict) and "fault" in reply:
            raise ScriptedFault(reply["fault"])
        return reply

    def load(self) -> KeptDelivery | None:
        self.steps.append({"step": "load"})
        kept = self.case["arrived"].get("kept")
        if kept is None:
            return None
        if "fault" in kept:
            raise ScriptedFault(kept["fault"])
        return KeptDelivery(kept["payload"].encode(), kept["signature"])

    def claim(self, request: ClaimRequest) -> tuple[str, int]:
        self.steps.append({"step": "claim", "key": request.key, "retry": request.retry})
        reply = self.plays("claim")
        if isinstance(reply, str):
            return reply, 0
        ((word, number),) = reply.items()
        return word, number

    def handle(self, claim: Any) -> Exception | None:
        """Record the step, and return the exception for the handler to raise."""
        self.steps.append({"step": "handle", "attempt": 0 if claim is None else claim.attempt})
        kind = self.case["handler"].get("raises")
        return None if kind is None else type(kind, (Exception,), {})("private")

    @property
    def hands_over(self) -> bool:
        return bool(self.case["handler"].get("hands_over"))

    def complete(self) -> Any:
        self.steps.append({"step": "complete"})
        reply = self.plays("complete")
        return reply.get("completion", reply.get("held"))

    def release(self, error: str) -> bool:
        self.steps.append({"step": "release", "error": error})
        return bool(self.plays("release")["held"])


class Lease:
    def __init__(self, script: Script) -> None:
        self.script, self.policy, self.keep_deliveries = script, script.policy, True

    def claim(self, request: ClaimRequest, token: str, delivery: Any) -> Any:
        return self.script.claim(request)

    def extend(self, key: str, token: str, lease_ms: int) -> Any:
        raise AssertionError

    def complete(self, key: str, token: str) -> Any:
        return self.script.complete()

    def release(self, key: str, token: str, error: str) -> Any:
        return self.script.release(error)

    def delivery(self, key: str) -> Any:
        return self.script.load()


class AsyncLease:
    def __init__(self, script: Script) -> None:
        self.script, self.policy, self.keep_deliveries = script, script.policy, True

    async def claim(self, request: ClaimRequest, token: str, delivery: Any) -> Any:
        return self.script.claim(request)

    async def extend(self, key: str, token: str, lease_ms: int) -> Any:
        raise AssertionError

    async def complete(self, key: str, token: str) -> Any:
        return self.script.complete()

    async def release(self, key: str, token: str, error: str) -> Any:
        return self.script.release(error)

    async def delivery(self, key: str) -> Any:
        return self.script.load()


class Transaction:
    connection = "the connection"

    def __init__(self, script: Script, request: ClaimRequest) -> None:
        self.script, self.reply = script, script.claim(request)

    def commit(self) -> Any:
        return self.script.complete()

    def fail(self, error: str) -> Any:
        return self.script.release(error)


class AsyncTransaction(Transaction):
    async def commit(self) -> Any:
        return self.script.complete()

    async def fail(self, error: str) -> Any:
        return self.script.release(error)


class Inbox:
    def __init__(self, script: Script) -> None:
        self.script, self.policy, self.keep_deliveries = script, script.policy, True

    def begin(self, request: ClaimRequest, token: str, delivery: Any) -> Any:
        return Transaction(self.script, request)

    def delivery(self, key: str) -> Any:
        return self.script.load()


class AsyncInbox:
    def __init__(self, script: Script) -> None:
        self.script, self.policy, self.keep_deliveries = script, script.policy, True

    async def begin(self, request: ClaimRequest, token: str, delivery: Any) -> Any:
        return AsyncTransaction(self.script, request)

    async def delivery(self, key: str) -> Any:
        return self.script.load()


class Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = {
            # `logging` reserves the name `message`.
            name.removeprefix("error_") if name == "error_message" else name: value
            for name, value in vars(record).items()
            if name not in ATTRIBUTES
        }
        self.records.append(
            {
                "level": record.levelname.lower(),
                "line": record.getMessage(),
                "fields": fields,
                "exception": record.exc_info is not None,
            }
        )


STORES: dict[str, dict[str, Callable[[Script], Any]]] = {
    "receive": {"never": lambda script: None, "lease": Lease, "inbox": Inbox},
    "receive_async": {"never": lambda script: None, "lease": AsyncLease, "inbox": AsyncInbox},
}


@cache
def observed(name: str, way: str) -> dict[str, Any]:
    """The result of a case."""
    case = CASES[name]
    script, recorder, results = Script(case), Recorder(), list[Result]()
    logger = logging.Logger("vectors")
    logger.addHandler(recorder)
    router = WebhookRouter()

    def handle(event: Any, claim: Any) -> None:
        failure = script.handle(claim)
        if script.hands_over:
            claim.hand_over()
        if failure is not None:
            raise failure

    async def handle_async(event: Any, claim: Any) -> None:
        failure = script.handle(claim)
        if script.hands_over:
            await claim.hand_over()
        if failure is not None:
            raise failure

    if case.get("registered", True):
        router.on("*", handle if way == "receive" else handle_async)
    receiver = WebhookReceiver(
        WebhookVerifier("whsec_vectors", **case.get("options", {})),
        router,
        store=STORES[way][case["claiming"]](script),
        logger=logger,
        on_result=results.append,
    )
    answer = answered(receiver, case["arrived"], way)
    codes = [result.code for result in results]
    assert len(codes) == len(recorder.records) or answer is None
    observation: dict[str, Any] = {"steps": script.steps, "outcome": None}
    if answer is not None:
        headers = {key.lower(): value for key, value in answer.headers.items()}
        assert headers.pop("content-length") == str(len(answer.body))
        (observation["outcome"],) = codes
        observation.update(status=answer.status, headers=headers, body=answer.body.decode())
        (observation["record"],) = recorder.records
    return observation


def answered(receiver: WebhookReceiver, arrived: dict[str, Any], way: str) -> Answer | None:
    if arrived["kind"] == "retry":
        if way == "receive":
            return receiver.retry(arrived["key"])
        return asyncio.run(receiver.retry_async(arrived["key"]))
    arguments = arrived["payload"].encode(), arrived.get("signature"), arrived.get("content_length")
    options = {"transfer_encoding": arrived.get("transfer_encoding"), "end": arrived["end"]}
    if way == "receive":
        return receiver.receive(*arguments, **options)
    return asyncio.run(receiver.receive_async(*arguments, **options))


def matches(expected: Any, got: Any) -> bool:
    """Whether a value is as expected. ``*`` in a text stands for one or more characters."""
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(matches(expected[key], got[key]) for key in expected)
        )
    if isinstance(expected, str) and "*" in expected:
        pattern = expected.partition("*")[0].replace("[", "[[]")
        return isinstance(got, str) and fnmatch.fnmatchcase(got, f"{pattern}?*")
    return bool(expected == got)


@pytest.mark.parametrize("way", ["receive", "receive_async"])
@pytest.mark.parametrize("name", CASES)
def test_a_delivery(name: str, way: str) -> None:
    case, got = CASES[name], observed(name, way)
    for part in ("steps", "outcome", "status", "headers", "body", "record"):
        assert matches(case.get(part), got.get(part)), (part, case.get(part), got.get(part))


def test_observations_are_written_for_comparison() -> None:
    OBSERVED.mkdir(parents=True, exist_ok=True)
    lines = [{"id": name, **observed(name, "receive")} for name in CASES]
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    (OBSERVED / "python.jsonl").write_text(text, "utf-8")
    assert len(lines) >= 200
