"""One handler for each type of event."""

from __future__ import annotations

import asyncio
import doctest
import functools
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import payvost_webhooks.router
from payvost_webhooks import ConfigurationError, WebhookRouter
from payvost_webhooks.receiver import WebhookReceiver


def routed(*patterns: str) -> WebhookRouter:
    """A router whose handlers return their own pattern."""
    router = WebhookRouter()
    for pattern in patterns:
        router.on(pattern, lambda event, pattern=pattern: pattern)
    return router


@pytest.mark.parametrize(
    ("event_type", "pattern"),
    [
        ("report.daily.ready", "report.daily.ready"),
        ("report.daily.late", "report.daily.*"),
        ("report.weekly", "report.*"),
        ("reports.weekly", "*"),
        ("Report.weekly", "*"),
        ("zażółć 🦊", "*"),
    ],
)
def test_the_most_specific_handler_runs(event_type: str, pattern: str) -> None:
    router = routed("*", "report.*", "report.daily.*", "report.daily.ready")
    assert router.dispatch({"type": event_type}) == pattern


def test_a_handler_gets_the_event_and_returns_its_result() -> None:
    router = WebhookRouter()
    event = {"type": "payment.succeeded", "data": {}}
    router.on("payment.succeeded", lambda event: event)
    assert router.dispatch(event) is event


def test_without_a_handler_nothing_happens() -> None:
    assert routed("payment.*").dispatch({"type": "transfer.failed"}) is None
    assert asyncio.run(WebhookRouter().dispatch_async({"type": "transfer.failed"})) is None


def stray(event: Any) -> Any:
    yield event


async def stray_async(event: Any) -> Any:
    yield event


class Stray:
    def __call__(self, event: Any) -> Any:
        yield event

    def method(self, event: Any) -> Any:
        yield event


@pytest.mark.parametrize(
    "handler",
    [stray, stray_async, Stray(), Stray().method, functools.partial(stray)],
    ids=["function", "async", "object", "method", "partial"],
)
def test_a_generator_function_is_rejected_as_a_handler(handler: Any) -> None:
    router = WebhookRouter()
    for register in (
        lambda: router.on("a", handler),
        lambda: router.on("a")(handler),
        lambda: WebhookReceiver("whsec_example", handler),
    ):
        with pytest.raises(ConfigurationError, match="generator function") as raised:
            register()
        assert isinstance(raised.value, TypeError)
        assert raised.value.code == "invalid_option"
        assert "yield" in raised.value.hint
        copied = pickle.loads(pickle.dumps(raised.value))
        assert (copied.code, copied.hint) == (raised.value.code, raised.value.hint)
    router.on("a", lambda event: "free still")
    assert router.dispatch({"type": "a"}) == "free still"


def test_both_ways_of_registration_return_the_handler() -> None:
    router = WebhookRouter()

    def handler(event: Any) -> str:
        return "called"

    assert router.on("a", handler) is handler
    assert router.on("b")(handler) is handler
    assert router.dispatch({"type": "a"}) == router.dispatch({"type": "b"}) == "called"


def test_async_and_blocking_handlers() -> None:
    router = WebhookRouter()

    @router.on("async")
    async def _(event: Any) -> str:
        await asyncio.sleep(0)
        return "async"

    router.on("plain", lambda event: "plain")
    assert asyncio.run(router.dispatch_async({"type": "async"})) == "async"
    assert asyncio.run(router.dispatch_async({"type": "plain"})) == "plain"


@pytest.mark.parametrize("pattern", ["payment.succeeded", "payment.*", "*"])
def test_a_duplicate_pattern(pattern: str) -> None:
    router = routed(pattern)
    with pytest.raises(ConfigurationError, match="already has a handler") as raised:
        router.on(pattern, print)
    assert raised.value.code == "invalid_option"
    assert router.dispatch({"type": "payment.succeeded"}) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        ".",
        "payment.",
        "payment*",
        "*.succeeded",
        " payment.*",
        "a\n",
        "\ud800",
        None,
        7,
        b"*",
        ["*"],
    ],
)
def test_a_pattern_that_cannot_match(pattern: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        WebhookRouter().on(pattern, print)
    assert raised.value.code == "invalid_option"
    assert "a family (payment.*)" in str(raised.value)


def test_a_handler_must_be_callable() -> None:
    with pytest.raises(TypeError):
        WebhookRouter().on("*", "handler")  # type: ignore[call-overload]


def test_dispatch_raises_the_exceptions_of_a_handler() -> None:
    router = WebhookRouter()
    router.on("*", lambda event: event["missing"])
    with pytest.raises(KeyError):
        router.dispatch({"type": "any"})


def test_threads_can_share_a_router() -> None:
    router = WebhookRouter()
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(router.on, f"type.{n}", lambda _, n=n: n) for n in range(500)]:
            future.result()
        dispatched = pool.map(lambda n: router.dispatch({"type": f"type.{n}"}), range(500))
        assert list(dispatched) == list(range(500))


def test_the_example_in_its_documentation() -> None:
    assert doctest.testmod(payvost_webhooks.router).failed == 0
    assert doctest.testmod(payvost_webhooks.router).attempted > 3


def test_the_handler_of_the_guide_in_ten_lines(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (repository / "bindings-python" / "README.md").read_text("utf-8")
    _, code = readme.split("## Routing")[1].split("```python\n", 1)
    code = code.split("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    called: list[Any] = []
    names: dict[str, Any] = {
        f"handle_{name}": lambda data, name=name: called.append((name, data))
        for name in (
            "payment_succeeded",
            "payment_failed",
            "transfer_completed",
            "kyc_verified",
        )
    }
    exec(compile(code, "README.md", "exec"), names)
    for event_type in (
        "payment.succeeded",
        "payment.failed",
        "transfer.completed",
        "user.kyc_verified",
        "rate.changed",
    ):
        names["handle_webhook_event"]({"type": event_type, "id": "evt_1", "data": event_type})
    assert called == [
        ("payment_succeeded", "payment.succeeded"),
        ("payment_failed", "payment.failed"),
        ("transfer_completed", "transfer.completed"),
        ("kyc_verified", "user.kyc_verified"),
    ]
    printed = capsys.readouterr().out
    assert printed.count("Received event: ") == 5
    assert printed.endswith("Unhandled event type: rate.changed\n")
