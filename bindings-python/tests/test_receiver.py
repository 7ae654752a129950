"""The receiver by itself. With frameworks: test_frameworks.py."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import threading
import time
import types
from typing import Any

import pytest
from samples import EVENT, PAYLOAD, SECRET, SIGNATURE, signed

from payvost_webhooks import ConfigurationError, WebhookRouter, WebhookVerifier
from payvost_webhooks.receiver import (
    Answer,
    Result,
    WebhookReceiver,
    read_body,
    read_up_to,
    signature_of,
)
from payvost_webhooks.stores import MemoryStore


@pytest.fixture(params=["receive", "receive_async"])
def receive(request: pytest.FixtureRequest) -> Any:
    """Both ways to receive."""
    if request.param == "receive":
        return WebhookReceiver.receive
    return lambda *arguments: asyncio.run(WebhookReceiver.receive_async(*arguments))


def test_a_handled_event(receive: Any) -> None:
    events: list[Any] = []
    answer = receive(WebhookReceiver(SECRET, events.append), PAYLOAD, SIGNATURE)
    headers = {"Content-Type": "application/json", "Content-Length": "17"}
    assert answer == Answer(200, headers, b'{"received":true}')
    assert events == [EVENT]


def test_async_and_blocking_handlers(receive: Any) -> None:
    events: list[Any] = []

    async def function(event: Any) -> None:
        await asyncio.sleep(0)
        events.append("async")

    class Callable:
        def __len__(self) -> int:
            return 0  # and is therefore falsy

        async def __call__(self, event: Any) -> None:
            await asyncio.sleep(0)
            events.append("async call")

    handlers: list[Any] = [function, Callable(), lambda event: function(event)]
    for handler in [*handlers, lambda event: events.append("plain")]:
        assert receive(WebhookReceiver(SECRET, handler), PAYLOAD, SIGNATURE).status == 200
    assert events == ["async", "async call", "async", "plain"]


def test_a_handler_that_returns_a_generator_fails(receive: Any) -> None:
    def stray(event: Any) -> Any:
        yield event

    async def stray_async(event: Any) -> Any:
        yield event

    async def returns_one(event: Any) -> Any:
        return stray(event)

    for handler in (lambda event: stray(event), lambda event: stray_async(event), returns_one):
        receiver = WebhookReceiver(SECRET, handler, store=MemoryStore())
        assert receive(receiver, PAYLOAD, SIGNATURE).status == 500
        (letter,) = receiver.store.dead_letters()  # type: ignore[union-attr]
        assert (letter.reason, letter.error) == ("failed", "TypeError")


def test_all_awaitables_are_awaited(receive: Any) -> None:
    ran: list[str] = []

    class Lazy:
        def __init__(self, event: Any) -> None:
            self.event = event

        def __await__(self) -> Any:
            yield from asyncio.sleep(0).__await__()
            ran.append("object")

    @types.coroutine
    def old(event: Any) -> Any:
        yield from asyncio.sleep(0).__await__()
        ran.append("generator of types.coroutine")

    for handler in (Lazy, old):
        assert receive(WebhookReceiver(SECRET, handler), PAYLOAD, SIGNATURE).status == 200
    assert ran == ["object", "generator of types.coroutine"]


def test_in_an_event_loop_a_blocking_handler_runs_in_a_thread() -> None:
    threads: list[int] = []

    async def deliver() -> None:
        for handler in (plain, not_plain):
            await WebhookReceiver(SECRET, handler).receive_async(PAYLOAD, SIGNATURE)

    def plain(event: Any) -> None:
        threads.append(threading.get_ident())

    async def not_plain(event: Any) -> None:
        threads.append(threading.get_ident())

    asyncio.run(deliver())
    assert [thread == threading.get_ident() for thread in threads] == [False, True]


def test_an_event_without_a_handler_is_received(
    receive: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert receive(WebhookReceiver(SECRET, WebhookRouter()), PAYLOAD, SIGNATURE).status == 200
    assert caplog.messages == ["no handler for this event type: payment.succeeded evt_1"]
    assert [record.code for record in caplog.records] == ["unhandled"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "signature", "length", "status", "code"),
    [
        (PAYLOAD, None, None, 400, "missing_signature"),
        (PAYLOAD, "0" * 64, None, 400, "signature_mismatch"),
        (b"{}", signed(b"{}"), None, 400, "invalid_event"),
        (PAYLOAD, f"{SIGNATURE},{SIGNATURE}", None, 400, "malformed_signature"),
        (PAYLOAD, [SIGNATURE], None, 400, "malformed_signature"),
        (b" " * 1_048_577, SIGNATURE, None, 413, "payload_too_large"),
        (b"", SIGNATURE, "1048577", 413, "payload_too_large"),
        (b"", SIGNATURE, "9" * 5000, 413, "payload_too_large"),
        (b"", SIGNATURE, "many", 400, "signature_mismatch"),
        (b"", SIGNATURE, "1_000", 400, "signature_mismatch"),
        (b"", SIGNATURE, "-5", 400, "signature_mismatch"),
        (b"", SIGNATURE, "٣", 400, "signature_mismatch"),
        (PAYLOAD, SIGNATURE, 1_048_577, 413, "payload_too_large"),
        (PAYLOAD[:-1], SIGNATURE, str(len(PAYLOAD)), 408, "body_incomplete"),
        (b"", SIGNATURE, "0", 400, "signature_mismatch"),
        (b"", SIGNATURE, "304", 500, "payload_not_raw"),
        (EVENT, SIGNATURE, "304", 500, "payload_not_raw"),
        (None, SIGNATURE, None, 500, "payload_not_raw"),
    ],
)
def test_rejected_deliveries(
    receive: Any,
    body: Any,
    signature: Any,
    length: str | None,
    status: int,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    results: list[Result] = []
    receiver = WebhookReceiver(SECRET, pytest.fail, on_result=results.append)
    answer = receive(receiver, body, signature, length)
    assert answer.status == status
    assert json.loads(answer.body)["error"]["code"] == code
    (result,) = results
    assert result[:5] == (code, status, None, None, None)
    (record,) = caplog.records
    assert record.name == "payvost_webhooks"
    assert record.levelname == ("ERROR" if status == 500 else "WARNING")
    assert record.code == code  # type: ignore[attr-defined]
    for private in (SECRET, SIGNATURE, "99.99"):
        assert private not in caplog.text


def test_a_handler_that_raises(receive: Any, caplog: pytest.LogCaptureFixture) -> None:
    def handler(event: Any) -> None:
        raise LookupError("no such order")

    results: list[Result] = []
    receiver = WebhookReceiver(SECRET, handler, on_result=results.append)
    answer = receive(receiver, PAYLOAD, SIGNATURE)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (500, "handler_failed")
    assert results[0][:4] == ("handler_failed", 500, "evt_1", "payment.succeeded")
    (record,) = caplog.records
    assert record.getMessage() == (
        "webhook handler failed: payment.succeeded evt_1 (reason raised, error_class LookupError)"
    )
    assert "LookupError: no such order" in caplog.text
    for private in (SECRET, SIGNATURE, "99.99"):
        assert private not in caplog.text


def test_a_webhook_error_raised_by_a_handler_is_a_handler_failure(receive: Any) -> None:
    def handler(event: Any) -> None:
        WebhookVerifier(SECRET).verify(b"", None)

    answer = receive(WebhookReceiver(SECRET, handler), PAYLOAD, SIGNATURE)
    assert answer.status == 500


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_stopping_the_process_is_not_delayed(stop: type[BaseException]) -> None:
    def handler(event: Any) -> None:
        raise stop

    with pytest.raises(stop):
        WebhookReceiver(SECRET, handler).receive(PAYLOAD, SIGNATURE)


def test_records_name_the_event(receive: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receive(WebhookReceiver(SECRET, lambda event: None), PAYLOAD, SIGNATURE)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("payvost_webhooks", "INFO")
    assert record.event_id == "evt_1"  # type: ignore[attr-defined]
    assert record.event_type == "payment.succeeded"  # type: ignore[attr-defined]


def test_an_event_cannot_inject_lines_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    payload = json.dumps({**EVENT, "type": "x\nCRITICAL: all is lost"}).encode()
    WebhookReceiver(SECRET, lambda event: None).receive(payload, signed(payload))
    assert caplog.messages == ["webhook event handled: x?CRITICAL: all is lost evt_1"]


def test_another_logger(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("shop.payments")
    WebhookReceiver(SECRET, pytest.fail, logger=logger).receive(PAYLOAD, None)
    assert [record.name for record in caplog.records] == ["shop.payments"]


def test_results_for_metrics(receive: Any) -> None:
    results: list[Result] = []
    receiver = WebhookReceiver(SECRET, lambda event: None, on_result=results.append)
    receive(receiver, PAYLOAD, SIGNATURE)
    (result,) = results
    assert result[:5] == ("handled", 200, "evt_1", "payment.succeeded", 0)
    assert result.duration > 0


def test_a_failing_on_result_changes_nothing(
    receive: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def on_result(result: Result) -> None:
        raise ConnectionError("statsd")

    receiver = WebhookReceiver(SECRET, lambda event: None, on_result=on_result)
    assert receive(receiver, PAYLOAD, SIGNATURE).status == 200
    assert "statsd" in caplog.text


def test_a_failing_async_on_result_changes_nothing(
    receive: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def on_result(result: Result) -> None:
        raise ConnectionError("statsd")

    receiver = WebhookReceiver(SECRET, lambda event: None, on_result=on_result)
    assert receive(receiver, PAYLOAD, SIGNATURE).status == 200
    assert caplog.messages.count("on_result failed") == 1


def test_a_failing_logger_changes_nothing(receive: Any) -> None:
    class Full(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise OSError("no space left on the device")

    logger = logging.Logger("full")
    logger.addHandler(Full())
    seen: list[Any] = []
    receiver = WebhookReceiver(SECRET, seen.append, logger=logger)
    assert receive(receiver, PAYLOAD, SIGNATURE).status == 200
    assert receive(receiver, PAYLOAD, None).status == 400
    assert seen == [EVENT]


def test_the_record_of_a_rejection_has_location_and_hint(caplog: pytest.LogCaptureFixture) -> None:
    receiver = WebhookReceiver(SECRET, pytest.fail)
    receiver.receive(b"{", signed(b"{"))
    receiver.receive(b"{}", signed(b"{}"))
    json_record, event_record = caplog.records
    assert (json_record.code, json_record.offset) == ("invalid_json", 1)  # type: ignore[attr-defined]
    assert event_record.pointer == "/id"  # type: ignore[attr-defined]
    for record in caplog.records:
        assert record.error_message  # type: ignore[attr-defined]
        assert record.getMessage().endswith(record.hint)  # type: ignore[attr-defined]
    # Tools group records by their template, which contains no event data.
    assert {record.msg for record in caplog.records} == {"webhook refused%s"}


def test_the_duration_starts_when_the_adapter_is_called(receive: Any) -> None:
    results: list[Result] = []
    receiver = WebhookReceiver(SECRET, lambda event: None, on_result=results.append)
    way = receiver.receive if receive is WebhookReceiver.receive else _in_a_loop(receiver)
    way(PAYLOAD, SIGNATURE, started=time.perf_counter() - 5)
    assert 5 <= results[0].duration < 60


def _in_a_loop(receiver: WebhookReceiver) -> Any:
    return lambda *arguments, **options: asyncio.run(receiver.receive_async(*arguments, **options))


def test_another_method(caplog: pytest.LogCaptureFixture) -> None:
    results: list[Result] = []
    answer = WebhookReceiver(SECRET, pytest.fail, on_result=results.append).method_not_allowed()
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert json.loads(answer.body)["error"]["code"] == results[0].code == "method_not_allowed"


def test_an_invalid_end(receive: Any) -> None:
    receiver = WebhookReceiver(SECRET, pytest.fail)
    with pytest.raises(ValueError, match="end must be"):
        receiver.receive(PAYLOAD, SIGNATURE, end="over")  # type: ignore[arg-type]


def test_a_handler_in_a_thread_can_raise_stop_iteration() -> None:
    """A future cannot hold a StopIteration: its awaiter would wait forever."""

    def handler(event: Any) -> None:
        next(iter(()))

    receiver = WebhookReceiver(SECRET, handler)
    running = asyncio.wait_for(receiver.receive_async(PAYLOAD, SIGNATURE), 20)
    assert asyncio.run(running).status == 500


@pytest.mark.parametrize("secret", [None, "", " ", "whsec\n", "sk_live_1", [], ["whsec", ""]])
def test_no_receiver_without_a_usable_secret(secret: Any) -> None:
    with pytest.raises(ConfigurationError):
        WebhookReceiver(secret, print)


def test_no_receiver_without_a_handler() -> None:
    with pytest.raises(TypeError):
        WebhookReceiver(SECRET, None)  # type: ignore[arg-type]


def test_the_options_of_a_verifier_apply() -> None:
    verifier = WebhookVerifier(SECRET, expect_live_mode=False, max_payload_bytes=1000)
    receiver = WebhookReceiver(verifier, pytest.fail)
    assert receiver.receive(PAYLOAD, SIGNATURE).status == 400
    assert receiver.receive(PAYLOAD.ljust(1001), SIGNATURE).status == 413
    assert receiver.body_limit() == receiver.body_limit("1000") == 1001
    assert receiver.body_limit("1001") == 0
    assert (receiver.body_limit("10", endless=True), receiver.body_limit(endless=True)) == (10, 0)


# Rotation: which secret matched.


def test_the_verifier_reports_the_matching_secret() -> None:
    verifier = WebhookVerifier(["whsec_new", b"whsec_old"])
    assert verifier.matching_secret(PAYLOAD, signed(PAYLOAD, "whsec_new")) == 0
    assert verifier.matching_secret(PAYLOAD, signed(PAYLOAD, "whsec_old").encode()) == 1
    assert WebhookVerifier(SECRET).matching_secret(bytearray(PAYLOAD), SIGNATURE) == 0
    assert WebhookVerifier([SECRET, SECRET]).matching_secret(PAYLOAD, SIGNATURE) == 0
    for payload, signature, code in [
        (PAYLOAD, SIGNATURE, "signature_mismatch"),
        (PAYLOAD, None, "missing_signature"),
        (PAYLOAD, "00", "malformed_signature"),
        (EVENT, SIGNATURE, "payload_not_raw"),
        (b" " * 1_048_577, SIGNATURE, "payload_too_large"),
    ]:
        with pytest.raises(ValueError, match=r".") as raised:
            verifier.matching_secret(payload, signature)  # type: ignore[arg-type]
        assert raised.value.code == code  # type: ignore[attr-defined]


def test_results_report_the_matching_secret(receive: Any) -> None:
    """The recipe in the README: remove the old secret when its position no longer occurs."""
    seen: list[int | None] = []
    receiver = WebhookReceiver(
        ["whsec_new", "whsec_old"],
        lambda event: None,
        on_result=lambda result: seen.append(result.matching_secret),
    )
    for secret in ("whsec_old", "whsec_new", "whsec_another"):
        receive(receiver, PAYLOAD, signed(PAYLOAD, secret))
    assert seen == [1, 0, None]


# Headers and bodies.


@pytest.mark.parametrize(
    ("headers", "signature"),
    [
        ({}, None),
        ({"Content-Type": "application/json"}, None),
        ({"Payvost-Signature": "a"}, "a"),
        ({"payvost-signature": "a"}, "a"),
        ({"PAYVOST-SIGNATURE": ""}, ""),
        ({"payvost-signature": ["a", "b"]}, "a,b"),
        ({"Payvost-Signature": "a", "payvost-signature": "b"}, "a,b"),
        ([("Payvost-Signature", "a"), ("X", "y"), ("payvost-signature", "a")], "a,a"),
        ([(b"payvost-signature", b"\xe9")], "é"),
    ],
)
def test_the_signature_of_headers(headers: Any, signature: str | None) -> None:
    assert signature_of(headers) == signature


class Trickle(io.BytesIO):
    """Returns one byte at a time, and counts them."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1, size or 0))


@pytest.mark.parametrize(("limit", "read"), [(0, b""), (3, b"abc"), (6, b"abcdef"), (9, b"abcdef")])
def test_reading_a_body(limit: int, read: bytes) -> None:
    stream = Trickle(b"abcdef")
    assert read_up_to(stream, limit) == read
    assert stream.tell() == len(read)


@pytest.mark.parametrize(
    ("error", "end"),
    [(None, "reached"), (ConnectionResetError(), "broken"), (TimeoutError(), "timed_out")],
)
def test_how_reading_a_body_ended(error: Exception | None, end: str) -> None:
    class Line(Trickle):
        def read(self, size: int | None = -1, /) -> bytes:
            if error is not None and self.tell() == 3:
                raise error
            return super().read(size)

    body, ended = read_body(Line(b"abcdef"), 9)
    assert (body, ended) == (b"abcdef" if error is None else b"abc", end)
    receiver = WebhookReceiver(SECRET, pytest.fail)
    answer = receiver.receive(body, signed(b"x"), "6", end=ended)
    assert answer.status == (400 if error is None else 408)


# A time limit for handlers.


class Letters(MemoryStore):
    def letter(self) -> tuple[str, str | None] | None:
        letters = self.dead_letters()
        return (letters[0].reason, letters[0].error) if letters else None


def test_a_handler_is_cancelled_at_its_time_limit(
    receive: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[str] = []

    async def for_ever(event: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    store = Letters()
    receiver = WebhookReceiver(SECRET, for_ever, store=store, handler_timeout=0.05)
    assert receive(receiver, PAYLOAD, SIGNATURE).status == 500
    assert (ended, store.letter()) == (["cancelled"], ("failed", "HandlerTimeout"))
    (record,) = caplog.records
    assert record.code == "handler_failed"  # type: ignore[attr-defined]
    assert record.exc_info is None or "longer than 0.05 s" in str(record.exc_info[1])
    # The next delivery gets its own time limit.
    assert receive(receiver, PAYLOAD, SIGNATURE).status == 500
    assert len(ended) == 2


def test_the_claim_holds_while_a_handler_continues_after_its_time_limit() -> None:
    store, states = Letters(), []

    async def stubborn(event: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            raise

    async def deliver() -> list[int]:
        receiver = WebhookReceiver(SECRET, stubborn, store=store, handler_timeout=0.05)
        first = asyncio.ensure_future(receiver.receive_async(PAYLOAD, SIGNATURE))
        await asyncio.sleep(0.15)
        states.append(store.letter())
        second = await receiver.receive_async(PAYLOAD, SIGNATURE)
        return [(await first).status, second.status]

    assert asyncio.run(deliver()) == [500, 409]
    assert [*states, store.letter()] == [None, ("failed", "HandlerTimeout")]


def test_a_handler_that_finishes_is_handled_even_after_its_time_limit(receive: Any) -> None:
    async def quick(event: Any) -> None:
        await asyncio.sleep(0)

    async def done_all_the_same(event: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    for handler in (quick, done_all_the_same):
        receiver = WebhookReceiver(SECRET, handler, store=MemoryStore(), handler_timeout=0.05)
        assert receive(receiver, PAYLOAD, SIGNATURE).status == 200


def test_cancelling_a_request_cancels_a_handler_with_a_time_limit() -> None:
    store, ended = Letters(), []

    async def for_ever(event: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def deliver() -> None:
        receiver = WebhookReceiver(SECRET, for_ever, store=store, handler_timeout=60)
        request = asyncio.ensure_future(receiver.receive_async(PAYLOAD, SIGNATURE))
        await asyncio.sleep(0.05)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(deliver())
    assert (ended, store.letter()) == (["cancelled"], ("failed", "CancelledError"))


@pytest.mark.parametrize("seconds", [0, -1, True, "5", float("nan"), float("inf")])
def test_an_invalid_time_limit_is_rejected(seconds: Any) -> None:
    async def handler(event: Any) -> None: ...

    with pytest.raises(ConfigurationError, match="handler_timeout") as raised:
        WebhookReceiver(SECRET, handler, handler_timeout=seconds)
    assert raised.value.code == "invalid_option"


def test_a_time_limit_requires_async_handlers() -> None:
    async def handler(event: Any) -> None: ...

    def refused(step: Any) -> None:
        with pytest.raises(TypeError, match="cannot be cancelled") as raised:
            step()
        assert isinstance(raised.value, ConfigurationError)
        assert raised.value.code == "invalid_option"

    refused(lambda: WebhookReceiver(SECRET, print, handler_timeout=1))
    router = WebhookRouter()
    router.on("a", handler)
    WebhookReceiver(SECRET, router, handler_timeout=1)
    refused(lambda: router.on("b", print))
    router.on("b", handler)
    other = WebhookRouter()
    other.on("a", print)
    refused(lambda: WebhookReceiver(SECRET, other, handler_timeout=1))
    other.on("b", print)
