"""The course of deliveries: what arrived, what the store and the handler did, and what has to follow.

Everything that is expected is written here by hand, from the table of outcomes; nothing is asked of the library.
"""

import hashlib
import hmac
import json

SECRET = "whsec_vectors"

STATUS = {
    "handled": 200,
    "unhandled": 200,
    "already_handled": 200,
    "handed_over": 200,
    "claim_lost": 200,
    "in_progress": 409,
    "event_conflict": 409,
    "handler_failed": 500,
    "body_incomplete": 408,
    "other_endpoint": 404,
    "store_unavailable": 503,
}

#: The response when nothing was received.
MESSAGES = {
    "in_progress": "another worker is handling this event",
    "event_conflict": "an event with this id and another body was received before",
    "handler_failed": "the handler failed",
    "body_incomplete": "the body is incomplete",
    "other_endpoint": "this delivery belongs to another endpoint",
    "store_unavailable": "try again later",
}

LEVELS = {
    "claim_lost": "warning",
    "event_conflict": "error",
    "handler_failed": "error",
    "body_incomplete": "warning",
    "other_endpoint": "warning",
    "store_unavailable": "error",
}

LINES = {
    "handled": "webhook event handled",
    "unhandled": "no handler for this event type",
    "already_handled": "webhook event already handled",
    "handed_over": "webhook event handed over to a queue",
    "claim_lost": "webhook event handled, but its claim was lost: another worker may have handled it too",
    "in_progress": "another worker is handling this webhook event",
    "event_conflict": "another webhook event with this id and a different body was received before",
    "body_incomplete": "webhook body incomplete: the sender broke off or was too slow",
    "other_endpoint": "this webhook delivery belongs to another endpoint's key",
    "store_unavailable": "webhook store unavailable",
}

REASONS = {
    "raised": "webhook handler failed",
    "committed": "webhook handler committed the inbox's transaction itself: the event is parked until it is retried by"
    " its key",
    "rolled_back": "webhook handler rolled back the inbox's transaction itself",
    "aborted": "webhook handler left the inbox's transaction aborted",
    "parked": "webhook event is parked: its handler committed the inbox's transaction itself, so only a retry by its"
    " key runs it again",
}

CONFIGURATION = {"payload_not_raw"}
REFUSAL_STATUS = {"payload_not_raw": 500, "payload_too_large": 413}

#: Codes that a database or a client may give, and whether the answer was lost on its way: then the claim may have been
#: granted, and is released.
FAULTS = {
    "57P01": True,
    "08006": True,
    "ECONNRESET": True,
    "57014": True,
    "ECONNREFUSED": False,
    "28P01": False,
    "42P01": False,
    "42501": False,
    "40001": False,
    "40P01": False,
    "53300": False,
    "READONLY": False,
}


def event(**changes):
    """The text of an event."""
    fields = {
        "id": "evt_1",
        "type": "payment.succeeded",
        "createdAt": "2025-11-01T10:00:00Z",
        "liveMode": True,
        "data": {"id": "pay_1", "amount": "99.99"},
        **changes,
    }
    return json.dumps(fields, separators=(",", ":"))


def sign(payload, secret=SECRET):
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def delivery(payload=None, *, signature=None, length="right", coding=None, end="reached", **names):
    """What arrived. ``names`` are the id and the type in the payload, for what is expected."""
    payload = event(**names) if payload is None else payload
    arrived = {"kind": "delivery", "payload": payload, "end": end}
    arrived["signature"] = sign(payload) if signature is None else signature
    if signature == "":
        del arrived["signature"]
    if length is not None:
        arrived["content_length"] = str(len(payload.encode())) if length == "right" else length
    if coding is not None:
        arrived["transfer_encoding"] = coding
    return arrived


def retry(key, kept):
    """A retry by key of what the store keeps: a payload, nothing, or a fault."""
    arrived = {"kind": "retry", "key": key}
    if isinstance(kept, str):
        arrived["kept"] = {"payload": kept, "signature": sign(kept)}
    elif kept is not None:
        arrived["kept"] = kept
    return arrived


def fault(code):
    return {"fault": code}


class Scenario:
    """A case on its way to its expectation."""

    def __init__(self, comment, flags, claiming, arrived, **options):
        self.case = {
            "comment": comment,
            "flags": flags.split(),
            "claiming": claiming,
            "arrived": arrived,
            **options,
        }
        self.steps = []
        self.store = {}
        self.names = {}
        self.attempt = 1

    def event(self, event_id="evt_1", event_type="payment.succeeded"):
        """What the log may say of the event."""
        self.names = {"event_id": event_id, "event_type": event_type}
        return self

    def load(self):
        self.steps.append({"step": "load"})
        return self

    def claim(self, reply, *, key="webhook:evt_1", retry=False):
        self.steps.append({"step": "claim", "key": key, "retry": retry})
        self.store["claim"] = reply
        if isinstance(reply, dict) and "claimed" in reply:
            self.attempt = reply["claimed"]
        return self

    def handle(self, ends=None):
        """The handler is called: it returns, or ``{"raises": "Kind"}``, or ``{"hands_over": True}``."""
        claimed = "claim" in self.store
        self.steps.append({"step": "handle", "attempt": self.attempt if claimed else 0})
        self.case["handler"] = ends or {"returns": True}
        return self

    def complete(self, reply):
        self.steps.append({"step": "complete"})
        self.store["complete"] = reply
        return self

    def release(self, reply, error):
        self.steps.append({"step": "release", "error": error})
        self.store["release"] = reply
        return self

    def ends(
        self,
        code,
        *,
        reason=None,
        fields=None,
        line=None,
        level=None,
        retry_after=None,
        exception=False,
    ):
        """What is answered and logged."""
        record = {"code": code, **self.names}
        if self.attempt > 1:
            record["attempt"] = self.attempt
        if reason:
            record["reason"] = reason
        record.update(fields or {})
        text = line or (REASONS[reason] if code == "handler_failed" else LINES[code])
        in_words = ("code", "event_id", "event_type")
        rest = ", ".join(
            f"{name} {value}" for name, value in record.items() if name not in in_words
        )
        if self.names:
            text += f": {self.names['event_type']} {self.names['event_id']}"
        if rest:
            text += f" ({rest})"
        body = (
            {"error": {"code": code, "message": MESSAGES[code]}}
            if code in MESSAGES
            else {"received": True}
        )
        body = json.dumps(body, separators=(",", ":"))
        headers = {"content-type": "application/json"}
        if retry_after is not None:
            headers["retry-after"] = str(retry_after)
        return self._finished(
            code,
            STATUS[code],
            headers,
            body,
            level or LEVELS.get(code, "info"),
            text,
            record,
            exception,
        )

    def refused(self, code, **place):
        """What is answered and logged of a refusal. Behind a ``*`` stands what the error says in words."""
        record = {"code": code, **self.names, "message": "*", **place, "hint": "*"}
        level = "error" if code in CONFIGURATION else "warning"
        body = f'{{"error":{{"code":"{code}","message":"*'
        headers = {"content-type": "application/json"}
        line = f"webhook refused: {code}: *"
        return self._finished(
            code, REFUSAL_STATUS.get(code, 400), headers, body, level, line, record, False
        )

    def nothing(self):
        """A retry that finds nothing: no answer and no record."""
        return {**self._case(), "outcome": None}

    def _finished(self, code, status, headers, body, level, line, fields, exception):
        answer = {"outcome": code, "status": status, "headers": headers, "body": body}
        record = {"level": level, "line": line, "fields": fields, "exception": exception}
        return {**self._case(), **answer, "record": record}

    def _case(self):
        self.case.setdefault("handler", {"returns": True})
        return {**self.case, "store": self.store, "steps": self.steps}


def cases():
    """All cases, by family."""
    return {
        "bodies": list(_bodies()),
        "refusals": list(_refusals()),
        "without_store": list(_without_store()),
        "lease": list(_lease()),
        "inbox": list(_inbox()),
        "retry": list(_retry()),
    }


CLAIMINGS = {"never": "no store", "lease": "a lease", "inbox": "an inbox"}


def _bodies():
    small = event()
    size = len(small)
    lengths = {
        "as long as announced": str(size),
        "with leading zeros": f"00{size}",
        "absent": None,
        "empty": "",
        "negative": "-5",
        "with a plus sign": f"+{size}",
        "with an underscore": "1_000",
        "in hexadecimal": "0x10",
        "in parentheses": f"({size})",
        "a decimal fraction": f"{size}.0",
        "with an exponent": "1e9",
        "two values joined by a comma": f"{size}, {size}",
        "with a space before it": f" {size}",
        "in Arabic digits": "\u0663",
        "a word": "chunked",
    }
    for claiming, store in CLAIMINGS.items():
        for what, length in lengths.items():
            case = Scenario(
                f"Content-Length {what}; {store}",
                "content_length",
                claiming,
                delivery(length=length),
            )
            yield _handled(case.event(), claiming)
        for what, length in {
            "over the limit": "1048577",
            "of 5,000 digits": "9" * 5_000,
            "2 to the power of 64": "18446744073709551616",
        }.items():
            arrived = delivery("", signature="0" * 64, length=length)
            yield Scenario(
                f"Content-Length {what}; {store}", "content_length", claiming, arrived
            ).refused("payload_too_large")
        arrived = delivery("", signature=sign(small), length=str(size))
        yield Scenario(
            f"announced, and consumed before; {store}", "body", claiming, arrived
        ).refused("payload_not_raw")
        arrived = delivery("", signature=sign(small), length=None, coding="chunked")
        comment = f"chunked, on a server that drops such bodies; {store}"
        yield Scenario(comment, "body", claiming, arrived).refused("payload_not_raw")
        arrived = delivery(length=None, coding="chunked")
        yield _handled(
            Scenario(f"chunked, and here; {store}", "body", claiming, arrived).event(), claiming
        )
        arrived = delivery(small[:100], signature=sign(small), length=str(size))
        yield Scenario(f"cut off in the middle; {store}", "body", claiming, arrived).ends(
            "body_incomplete"
        )
        for end in ("broken", "timed_out"):
            for read in (0, 100):
                arrived = delivery(small[:read], signature=sign(small), length=str(size), end=end)
                comment = f"{end.replace('_', ' ')} after {read} bytes; {store}"
                yield Scenario(comment, "body", claiming, arrived).ends("body_incomplete")
        arrived = delivery(small, end="consumed")
        yield Scenario(f"parsed by somebody before; {store}", "body", claiming, arrived).refused(
            "payload_not_raw"
        )
        big = "x" * 1_001
        arrived = delivery(big, length=None)
        options = {"max_payload_bytes": 1_000}
        case = Scenario(
            f"longer than the limit, unannounced; {store}",
            "body",
            claiming,
            arrived,
            options=options,
        )
        yield case.refused("payload_too_large")


def _refusals():
    small = event()
    for claiming, store in CLAIMINGS.items():

        def case(comment, arrived, store=store, claiming=claiming, **options):
            extra = {"options": options} if options else {}
            return Scenario(f"{comment}; {store}", "refusal", claiming, arrived, **extra)

        yield case("no signature", delivery(signature="")).refused("missing_signature")
        for what, signature in {
            "upper case": sign(small).upper(),
            "a prefix": "sha256=" + sign(small),
            "two values joined": f"{sign(small)}, {sign(small)}",
            "one digit short": sign(small)[:-1],
        }.items():
            yield case(f"signature: {what}", delivery(signature=signature)).refused(
                "malformed_signature"
            )
        yield case("another secret", delivery(signature=sign(small, "whsec_other"))).refused(
            "signature_mismatch"
        )
        yield case("another body", delivery(signature=sign(small + " "))).refused(
            "signature_mismatch"
        )
        yield case("not JSON", delivery("{]")).refused("invalid_json", offset=1)
        twice = '{"id":"a","id":"b"}'
        yield case("a duplicate key", delivery(twice)).refused("invalid_json", offset=10)
        yield case("an array", delivery("[]")).refused("invalid_event", pointer="")
        yield case("no id", delivery('{"type":"a"}')).refused("invalid_event", pointer="/id")
        yield case("a text for liveMode", delivery(liveMode="yes")).refused(
            "invalid_event", pointer="/liveMode"
        )
        yield case(
            "a test event where live ones are expected",
            delivery(liveMode=False),
            expect_live_mode=True,
        ).refused("live_mode_mismatch")
        yield case("older than the tolerance", delivery(), tolerance=7_200).refused("event_too_old")
        yield case(
            "ahead of the clock", delivery(createdAt="2125-11-01T10:00:00Z"), tolerance=7_200
        ).refused("event_in_future")


def _without_store():
    for event_type in ("payment.succeeded", "payment.failed", "refund.created", "rate.changed"):
        case = Scenario(f"handled: {event_type}", "handled", "never", delivery(type=event_type))
        yield case.event(event_type=event_type).handle().ends("handled")
        case = Scenario(
            f"no handler: {event_type}",
            "unhandled",
            "never",
            delivery(type=event_type),
            registered=False,
        )
        yield case.event(event_type=event_type).ends("unhandled")
    case = Scenario("the handler raises", "handler_failed", "never", delivery())
    yield (
        case.event()
        .handle({"raises": "OrderNotFound"})
        .ends(
            "handler_failed",
            reason="raised",
            fields={"error_class": "OrderNotFound"},
            exception=True,
        )
    )
    for what, event_id, shown in [
        ("letters beyond ASCII", "evt_\u00e9", "evt_\u00e9"),
        ("a text that runs backwards", "evt\u202e1", "evt?1"),
        ("a line separator", "evt\u2028x", "evt?x"),
        ("255 bytes", "e" * 255, "e" * 255),
    ]:
        case = Scenario(f"an id with {what}", "names", "never", delivery(id=event_id))
        yield case.event(event_id=shown).handle().ends("handled")
    for what, event_type, shown in [
        ("a line break", "payment\n.x", "payment?.x"),
        ("a NUL", "payment\u0000", "payment?"),
        ("spaces", "a b", "a b"),
        ("300 bytes", "t" * 300, "t" * 255),
        ("per cent signs and braces", "%s {0} {event_id}", "%s {0} {event_id}"),
    ]:
        case = Scenario(f"a type with {what}", "names", "never", delivery(type=event_type))
        yield case.event(event_type=shown).handle().ends("handled")


def _handled(case, claiming):
    """The usual course."""
    if claiming == "never":
        return case.handle().ends("handled")
    done = {"held": True} if claiming == "lease" else {"completion": "completed"}
    return case.claim({"claimed": 1}).handle().complete(done).ends("handled")


def _lease():
    yield from _claims("lease")

    def claimed(comment, attempt=1, **names):
        case = Scenario(comment, "lease", "lease", delivery(**names)).event()
        return case.claim({"claimed": attempt})

    for attempt in (1, 2, 6, 1_000):
        yield (
            claimed(f"handled at attempt {attempt}", attempt)
            .handle()
            .complete({"held": True})
            .ends("handled")
        )
        case = claimed(f"the claim was lost meanwhile, attempt {attempt}", attempt)
        yield case.handle().complete({"held": False}).ends("claim_lost")
        case = claimed(f"handed over at attempt {attempt}", attempt)
        yield case.handle({"hands_over": True}).ends("handed_over")
        case = claimed(f"the handler raises at attempt {attempt}", attempt)
        yield (
            _raised(case)
            .release({"held": True}, "OrderNotFound")
            .ends(
                "handler_failed",
                reason="raised",
                fields={"error_class": "OrderNotFound"},
                exception=True,
            )
        )
    case = claimed("the handler raises after its claim was lost")
    fields = {"error_class": "OrderNotFound", "release": "claim_lost"}
    yield (
        _raised(case)
        .release({"held": False}, "OrderNotFound")
        .ends("handler_failed", reason="raised", fields=fields, exception=True)
    )
    case = claimed("the handler hands its claim over, and then raises")
    case.handle({"hands_over": True, "raises": "OrderNotFound"}).release(
        {"held": True}, "OrderNotFound"
    )
    yield case.ends(
        "handler_failed", reason="raised", fields={"error_class": "OrderNotFound"}, exception=True
    )
    for code in FAULTS:
        case = claimed(f"the completion fails with {code}").handle().complete(fault(code))
        yield case.ends("store_unavailable", fields=_fault("complete", code))
        case = _raised(claimed(f"the release fails with {code}")).release(
            fault(code), "OrderNotFound"
        )
        fields = {"error_class": "OrderNotFound", **_fault("release", code, "release_error_class")}
        yield case.ends("handler_failed", reason="raised", fields=fields, exception=True)


def _inbox():
    yield from _claims("inbox")

    def claimed(comment, attempt=1):
        return Scenario(comment, "inbox", "inbox", delivery()).event().claim({"claimed": attempt})

    for attempt in (1, 3):
        case = (
            claimed(f"handled at attempt {attempt}", attempt)
            .handle()
            .complete({"completion": "completed"})
        )
        yield case.ends("handled")
        case = (
            claimed(f"the handler commits at attempt {attempt}", attempt)
            .handle()
            .complete({"completion": "committed"})
        )
        yield case.ends("handler_failed", reason="committed")
        for word, error in {
            "rolled_back": "TransactionRolledBack",
            "lost": "TransactionRolledBack",
            "aborted": "TransactionAborted",
        }.items():
            reason = "rolled_back" if word == "lost" else word
            case = claimed(
                f"the transaction at its end: {word}, attempt {attempt}", attempt
            ).handle()
            case.complete({"completion": word}).release({"held": True}, error)
            yield case.ends("handler_failed", reason=reason)
            case = claimed(
                f"the transaction at its end: {word}, and the failure cannot be noted, attempt {attempt}",
                attempt,
            )
            case.handle().complete({"completion": word}).release(fault("57P01"), error)
            yield case.ends(
                "handler_failed",
                reason=reason,
                fields=_fault("release", "57P01", "release_error_class"),
            )
        case = claimed(f"the handler raises at attempt {attempt}", attempt)
        yield (
            _raised(case)
            .release({"held": True}, "OrderNotFound")
            .ends(
                "handler_failed",
                reason="raised",
                fields={"error_class": "OrderNotFound"},
                exception=True,
            )
        )
    case = claimed(
        "the handler raises, and another worker takes the event before the failure is noted"
    )
    fields = {"error_class": "OrderNotFound", "release": "claim_lost"}
    yield (
        _raised(case)
        .release({"held": False}, "OrderNotFound")
        .ends("handler_failed", reason="raised", fields=fields, exception=True)
    )
    for code in FAULTS:
        case = claimed(f"the commit fails with {code}").handle().complete(fault(code))
        yield case.ends("store_unavailable", fields=_fault("complete", code))


def _claims(claiming):
    """What a claim may be answered with, whichever the store."""

    def case(comment, **names):
        return Scenario(
            f"{comment}; {CLAIMINGS[claiming]}", "claim", claiming, delivery(**names)
        ).event()

    yield case("done before").claim("done").ends("already_handled")
    yield case("another body with this id").claim("conflict").ends("event_conflict")
    yield case("parked").claim("parked").ends("handler_failed", reason="parked")
    for wait, seconds in {0: 1, 1: 1, 999: 1, 1_000: 1, 1_001: 2, 59_999: 60, 60_000: 60}.items():
        reply = {"in_progress": wait}
        yield (
            case(f"another worker has it for {wait} ms")
            .claim(reply)
            .ends("in_progress", retry_after=seconds)
        )
    for code, is_lost in FAULTS.items():
        unavailable = case(f"the claim fails with {code}").claim(fault(code))
        if is_lost and claiming == "lease":
            unavailable.release({"held": False}, "StoreUnavailable")
        yield unavailable.ends("store_unavailable", fields=_fault("claim", code))
    if claiming == "lease":
        for what, reply in {
            "is released": {"held": True},
            "cannot be released either": fault("57P01"),
        }.items():
            unavailable = case(f"the answer to the claim is lost, and the claim {what}").claim(
                fault("ECONNRESET")
            )
            unavailable.release(reply, "StoreUnavailable")
            yield unavailable.ends("store_unavailable", fields=_fault("claim", "ECONNRESET"))
    unknown = case("an unknown reply").claim("OK")
    yield unknown.ends(
        "store_unavailable", fields={"place": "claim", "error_code": "unknown_reply"}
    )
    arrived = delivery(liveMode=False)
    test = Scenario(
        f"a test event has a key of its own; {CLAIMINGS[claiming]}", "claim", claiming, arrived
    ).event()
    test.claim({"claimed": 1}, key="webhook-test:evt_1").handle()
    yield test.complete(
        {"held": True} if claiming == "lease" else {"completion": "completed"}
    ).ends("handled")
    yield (
        Scenario(
            f"nobody claims what nobody handles; {CLAIMINGS[claiming]}",
            "unhandled",
            claiming,
            delivery(),
            registered=False,
        )
        .event()
        .ends("unhandled")
    )


def _retry():
    for claiming in ("lease", "inbox"):
        done = {"held": True} if claiming == "lease" else {"completion": "completed"}
        key = "webhook:evt_1"

        def case(comment, key=key, kept=None, claiming=claiming, **options):
            extra = {"options": options} if options else {}
            scenario = Scenario(
                f"{comment}; {CLAIMINGS[claiming]}", "retry", claiming, retry(key, kept), **extra
            )
            return scenario.load()

        yield (
            case("handled again", kept=event())
            .event()
            .claim({"claimed": 7}, retry=True)
            .handle()
            .complete(done)
            .ends("handled")
        )
        yield case("nothing is kept").nothing()
        for code in ("57P01", "42P01"):
            yield case(f"loading fails with {code}", kept=fault(code)).ends(
                "store_unavailable", fields=_fault("load", code)
            )
        for other in ("shop:evt_1", "webhook-test:evt_1", "webhook:evt_2"):
            yield case(f"the key {other}", key=other, kept=event()).event().ends("other_endpoint")
        yield (
            case("of any age", kept=event(), tolerance=7_200)
            .event()
            .claim({"claimed": 2}, retry=True)
            .handle()
            .complete(done)
            .ends("handled")
        )
        forged = {"payload": event(), "signature": sign(event(), "whsec_retired")}
        yield case("its secret was retired", kept=forged).refused("signature_mismatch")
        case_ = case("no handler any more", kept=event()).event()
        case_.case["registered"] = False
        yield case_.ends("unhandled")
        yield (
            case("done meanwhile", kept=event())
            .event()
            .claim("done", retry=True)
            .ends("already_handled")
        )
        yield (
            case("another worker has it", kept=event())
            .event()
            .claim({"in_progress": 5_000}, retry=True)
            .ends("in_progress", retry_after=5)
        )
        failed = (
            case("the handler raises again", kept=event()).event().claim({"claimed": 8}, retry=True)
        )
        yield (
            _raised(failed)
            .release({"held": True}, "OrderNotFound")
            .ends(
                "handler_failed",
                reason="raised",
                fields={"error_class": "OrderNotFound"},
                exception=True,
            )
        )


def _raised(case):
    return case.handle({"raises": "OrderNotFound"})


def _fault(place, code, class_field="error_class"):
    return {"place": place, class_field: "ScriptedFault", "error_code": code}
