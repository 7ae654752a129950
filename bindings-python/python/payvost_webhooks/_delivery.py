"""One delivery on its way, step by step: verified, claimed, handled, completed.

The steps are given to whoever runs them, who knows how: at once, in a thread, in an event loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from payvost_webhooks import _native
from payvost_webhooks._answer import Answer, Result
from payvost_webhooks.errors import ConfigurationError, WebhookError

if TYPE_CHECKING:
    from payvost_webhooks.receiver import WebhookReceiver
    from payvost_webhooks.router import Registered

__all__ = ["Delivery", "Step", "announced"]


class Step(NamedTuple):
    """Something to be run; its result, or what it raises, goes back to the delivery."""

    run: Callable[..., Any]
    arguments: tuple[Any, ...]
    blocks: bool = True
    """Whether it may take its time, so that it must not run in an event loop."""
    is_last_word: bool = False
    """Whether it is to be run to its end although the task has been cancelled."""


Steps = Generator[Step, Any, None]


class Delivery:
    """One delivery on its way."""

    def __init__(self, receiver: WebhookReceiver, started: float) -> None:
        self._started = started
        self._receiver = receiver
        self._outcome = _outcome("handled")
        self._error: WebhookError | None = None
        self._verdict: _native.Verdict | None = None
        self.registered: Registered | None = None
        self._text, self._level = "webhook of no interest", logging.INFO
        self._cause: BaseException | None = None
        self._names: dict[str, str] = {}
        self.event: dict[str, Any] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        """In which an asynchronous store is at home."""

    @classmethod
    def received(
        cls,
        receiver: WebhookReceiver,
        body: object,
        signature: str | bytes | None,
        content_length: str | None,
    ) -> Delivery:
        """One that has just come."""
        delivery = cls(receiver, time.perf_counter())
        length, verifier = announced(content_length), receiver.verifier
        policy = None if receiver.store is None else receiver.store.policy
        if length > verifier.max_payload_bytes:
            verdict = _native.refuse("payload_too_large")
        elif length and body == b"":
            verdict = _native.refuse("payload_not_raw")
        else:
            verdict = _native.receive(verifier, body, signature, policy)
        delivery._judged(verdict)
        return delivery

    @classmethod
    def kept(cls, receiver: WebhookReceiver, payload: bytes, signature: str) -> Delivery:
        """One that was kept with its claim."""
        delivery = cls(receiver, time.perf_counter())
        policy = None if receiver.store is None else receiver.store.policy
        delivery._judged(_native.receive(receiver.verifier, payload, signature, policy, True))
        return delivery

    @classmethod
    def without_store(cls, receiver: WebhookReceiver, error: Exception) -> Delivery:
        """One that cannot be had from the store."""
        delivery = cls(receiver, time.perf_counter())
        delivery._unavailable("delivery", error)
        return delivery

    @property
    def is_in_thread(self) -> bool:
        """Whether a handler runs in a thread when it is called in an event loop."""
        return self.registered is not None and not self.registered.is_async

    def steps(self) -> Steps:
        """What is to be done."""
        store: Any = self._receiver.store
        if self.registered is None:
            return
        if store is None:
            try:
                yield self._handle(None)
            except Exception as error:
                self.handler_failed(error)
            else:
                self.handled()
        elif hasattr(store, "begin"):
            yield from self._in_transaction(store)
        else:
            yield from self._leased(store)

    def done(self, steps: Steps, result: Any) -> Step | None:
        """The next step after one that had a result."""
        try:
            return steps.send(result)
        except StopIteration:
            return None

    def failed(self, steps: Steps, error: BaseException) -> Step | None:
        """The next step after one that raised."""
        try:
            return steps.throw(error)
        except StopIteration:
            return None

    def answer(self) -> Answer:
        """What to answer. Says in the log and to the metrics how it ended."""
        outcome = self._outcome
        if self._error is None:
            self._log(self._level, self._text, self._cause, code=outcome.code)
        else:
            error = self._error
            level = logging.ERROR if isinstance(error, ConfigurationError) else logging.WARNING
            self._receiver.logger.log(
                level,
                "webhook refused: %s: %s. %s",
                error.code,
                error,
                error.hint,
                extra={"code": error.code},
            )
        self._report()
        body = outcome.body.encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if outcome.retry_after is not None:
            headers["Retry-After"] = str(outcome.retry_after)
        return Answer(outcome.status, headers, body)

    def _judged(self, verdict: _native.Verdict) -> None:
        self._verdict, self._outcome, self._error = verdict, verdict.outcome, verdict.error
        if verdict.event is not None:
            event = self.event = verdict.event
            self._names = {"event_id": event["id"], "event_type": event["type"]}
            self.registered = self._receiver._registered_for(event["type"])

    def _handle(self, claim: Any) -> Step:
        assert self.registered is not None
        handler, _, is_async = self.registered
        return Step(handler, self.registered.arguments(self.event, claim), not is_async)

    def _leased(self, store: Any) -> Steps:
        from payvost_webhooks.stores.base import new_token
        from payvost_webhooks.stores.claim import AsyncClaim, Claim, FromThread, kind_of

        request, delivery = self._request()
        key, token = request.key, new_token()
        blocks = self.loop is None and getattr(store, "blocks", True)
        try:
            reply = yield Step(store.claim, (request, token, delivery), blocks)
            attempt, outcome = _native.read_reply(*reply)
        except Exception as error:
            self._unavailable("claim", error)
            return
        if attempt is None:
            self._not_claimed(outcome)
            return
        if self.loop is None:
            claim: Any = Claim(store, key, token, attempt)
        elif self.is_in_thread:
            claim = Claim(FromThread(store, self.loop), key, token, attempt)
        else:
            claim = AsyncClaim(store, key, token, attempt)
        try:
            yield self._handle(claim)
        except GeneratorExit:
            raise
        except BaseException as error:
            if not self._is_left_to_thread(error):
                release = (key, token, kind_of(error))
                yield from self._last_word("release", Step(store.release, release, blocks, True))
            if not isinstance(error, Exception):
                raise
            self.handler_failed(error)
            return
        if claim._handed_over:
            self._ended("handed_over", "webhook handed over")
            return
        try:
            held = yield Step(store.complete, (key, token), blocks, True)
        except Exception as error:
            self._unavailable("complete", error)
            return
        if held:
            self.handled()
        else:
            text = "webhook handled, but its claim was lost: another worker may have handled it as well"
            self._ended("claim_lost", text, logging.WARNING)

    def _in_transaction(self, store: Any) -> Steps:
        from payvost_webhooks.stores.base import StoreError, new_token
        from payvost_webhooks.stores.claim import AsyncClaim, Claim, kind_of

        request, delivery = self._request()
        token, blocks = new_token(), self.loop is None
        try:
            transaction = yield Step(store.begin, (request, token, delivery), blocks)
            attempt, outcome = _native.read_reply(*transaction.reply)
        except Exception as error:
            self._unavailable("claim", error)
            return
        if attempt is None:
            self._not_claimed(outcome)
            return
        kind = Claim if self.loop is None else AsyncClaim
        try:
            yield self._handle(kind(store, request.key, token, attempt, transaction.connection))
        except GeneratorExit:
            raise
        except BaseException as error:
            if not self._is_left_to_thread(error):
                step = Step(transaction.fail, (kind_of(error),), blocks, True)
                yield from self._last_word("release", step)
            if not isinstance(error, Exception):
                raise
            self.handler_failed(error)
            return
        try:
            if not (yield Step(transaction.commit, (), blocks, True)):
                raise StoreError("the transaction was ended by its handler")
        except Exception as error:
            self._unavailable("commit", error)
        else:
            self.handled()

    def _last_word(self, name: str, step: Step) -> Steps:
        """Tell the store that the handler failed. That it cannot be told changes no answer."""
        try:
            held = yield step
        except Exception as error:
            self._log(logging.ERROR, f"store of claims unavailable at {name} ({_kind(error)})")
        else:
            if not held:
                self._log(logging.WARNING, "webhook not released: its claim was lost")

    def _request(self) -> tuple[_native.ClaimRequest, Any]:
        from payvost_webhooks.stores.base import KeptDelivery

        verdict, store = self._verdict, self._receiver.store
        assert verdict is not None
        assert verdict.request is not None
        assert store is not None
        if not store.keep_deliveries or verdict.delivery is None:
            return verdict.request, None
        payload, signature = verdict.delivery
        if isinstance(signature, bytes):
            signature = signature.decode()
        return verdict.request, KeptDelivery(payload, signature)

    def _is_left_to_thread(self, error: BaseException) -> bool:
        """Whether the handler goes on in its thread although nobody waits for it: then the claim runs out by itself."""
        return isinstance(error, asyncio.CancelledError) and self.is_in_thread

    def _not_claimed(self, outcome: _native.Outcome | None) -> None:
        if outcome is None or outcome.code == "store_unavailable":
            self._unavailable("claim", None)
            return
        text, level = {
            "already_handled": ("webhook handled before", logging.INFO),
            "in_progress": ("webhook is being handled by another worker", logging.INFO),
            "event_conflict": ("another webhook with this id was received before", logging.ERROR),
        }[outcome.code]
        self._ended(outcome, text, level)

    @property
    def handler(self) -> Callable[..., Any]:
        """The handler, however many arguments it takes."""
        assert self.registered is not None
        return self.registered.handler

    def handled(self) -> None:
        """The handler has done its work."""
        self._ended("handled", "webhook handled")

    def handler_failed(self, error: Exception) -> None:
        """The handler raised."""
        self._ended("handler_failed", "webhook handler failed", logging.ERROR, error)

    def _unavailable(self, name: str, error: Exception | None) -> None:
        why = "no reply of a store" if error is None else _kind(error)
        text = f"store of claims unavailable at {name} ({why})"
        self._ended("store_unavailable", text, logging.ERROR)

    def _ended(
        self,
        outcome: _native.Outcome | str,
        text: str,
        level: int = logging.INFO,
        cause: BaseException | None = None,
    ) -> None:
        self._outcome = _outcome(outcome) if isinstance(outcome, str) else outcome
        self._text, self._level, self._cause = text, level, cause

    def _log(self, level: int, text: str, cause: BaseException | None = None, **extra: str) -> None:
        names = [name if name.isprintable() else ascii(name) for name in self._names.values()]
        template = ": ".join([text, " ".join("%s" for _ in names)]) if names else text
        self._receiver.logger.log(
            level, template, *names, extra={**self._names, **extra}, exc_info=cause
        )

    def _report(self) -> None:
        if self._receiver.on_result is None:
            return
        result = Result(
            self._outcome.code,
            self._outcome.status,
            self._names.get("event_id"),
            self._names.get("event_type"),
            self._verdict and self._verdict.matching_secret,
            time.perf_counter() - self._started,
        )
        try:
            self._receiver.on_result(result)
        except Exception:
            self._receiver.logger.exception("on_result failed")


_outcome = lru_cache(maxsize=None)(_native.outcome)


def announced(content_length: str | None) -> int:
    """The length that a header says, as far as it is one."""
    try:
        return int(content_length or 0)
    except ValueError:
        return 0


def _kind(error: BaseException) -> str:
    """What the log says of an error of a store: a client's own text may hold the address and the password."""
    from payvost_webhooks.stores.base import StoreError

    kind = type(error).__name__
    return f"{kind}: {error}" if isinstance(error, (StoreError, ConfigurationError)) else kind
