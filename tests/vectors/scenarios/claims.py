"""What a store answers, step by step: run against every store in every language.

Each worker has its own token. A worker on a ticket has the token of the ticket, followed by its own.
``wait`` is in milliseconds.
"""


def cases():
    """All cases, by family."""
    return {"sequences": list(_sequences())}


A, B = "A", "B"
SECOND = {"lease_seconds": 1}


def case(comment, *steps, policy=None):
    """Steps with what each must give."""
    return {"comment": comment, "policy": policy or {}, "steps": [dict(step) for step in steps]}


def claim(worker, expect, event="evt_1", body="first"):
    return {"do": "claim", "worker": worker, "event": event, "body": body, "expect": expect}


def take(worker, expect, ticket_of, event="evt_1"):
    """The worker takes the ticket that was made by who had claimed the event."""
    return step_of("take", worker, expect, event, ticket_of)


def complete(worker, expect, event="evt_1", ticket_of=None):
    return step_of("complete", worker, expect, event, ticket_of)


def release(worker, expect, event="evt_1", error="OrderNotFound", ticket_of=None):
    return step_of("release", worker, expect, event, ticket_of, error=error)


def extend(worker, expect, milliseconds=60_000, event="evt_1", ticket_of=None):
    return step_of("extend", worker, expect, event, ticket_of, milliseconds=milliseconds)


def step_of(do, worker, expect, event, ticket_of, **rest):
    """A step of a worker, perhaps with the claim of a ticket that it has taken."""
    ticket = {} if ticket_of is None else {"ticket_of": ticket_of}
    return {"do": do, "worker": worker, **ticket, "event": event, **rest, "expect": expect}


def discard(expect, event="evt_1"):
    """Whether there was a dead letter to give up."""
    return {"do": "discard", "event": event, "expect": expect}


def prefix(text, expect):
    """Whether a store may have this prefix."""
    return {"do": "prefix", "prefix": text, "expect": expect}


def wait(milliseconds):
    return {"do": "wait", "milliseconds": milliseconds}


def delivery(expect, event="evt_1"):
    """Whether the body is kept, and which."""
    return {"do": "delivery", "event": event, "expect": expect}


def letters(*expect):
    """The dead letters, as ``[event, reason, attempts, error]``, those that have waited longest first."""
    return {"do": "dead_letters", "expect": [list(letter) for letter in expect]}


def _sequences():
    yield case(
        "claimed, completed, done",
        claim(A, {"claimed": 1}),
        complete(A, True),
        claim(B, "done"),
        letters(),
    )
    yield case(
        "claimed by one worker alone",
        claim(A, {"claimed": 1}),
        claim(B, "in_progress"),
        complete(B, False),
        complete(A, True),
    )
    yield case(
        "asked twice with one token",
        claim(A, {"claimed": 1}),
        claim(A, {"claimed": 1}),
        complete(A, True),
        complete(A, True),
    )
    yield case(
        "released, and claimed again",
        claim(A, {"claimed": 1}),
        release(A, True),
        release(A, True),
        letters(["evt_1", "failed", 1, "OrderNotFound"]),
        claim(B, {"claimed": 2}),
        release(A, False),
        complete(A, False),
        letters(),
        complete(B, True),
        claim(A, "done"),
    )
    yield case(
        "the same id with another body",
        claim(A, {"claimed": 1}),
        claim(B, "conflict", body="second"),
        complete(A, True),
        claim(B, "conflict", body="second"),
        claim(B, "done"),
    )
    yield case(
        "nothing to complete",
        complete(A, False),
        release(A, False),
        extend(A, False),
        delivery(None),
        letters(),
    )
    yield case(
        "the delivery is kept until the event is handled",
        delivery(None),
        claim(A, {"claimed": 1}),
        delivery("first"),
        release(A, True),
        delivery("first"),
        claim(B, {"claimed": 2}),
        complete(B, True),
        delivery(None),
    )
    yield case(
        "a lease that is over is taken over",
        claim(A, {"claimed": 1}),
        wait(1_100),
        letters(["evt_1", "abandoned", 1, None]),
        claim(B, {"claimed": 2}),
        complete(A, False),
        release(A, False),
        extend(A, False),
        complete(B, True),
        policy=SECOND,
    )
    yield case(
        "a lease that is over and that nobody has taken is still its worker's",
        claim(A, {"claimed": 1}),
        wait(1_100),
        complete(A, True),
        claim(B, "done"),
        policy=SECOND,
    )
    yield case(
        "extended in time",
        claim(A, {"claimed": 1}),
        extend(A, True),
        wait(1_100),
        claim(B, "in_progress"),
        letters(),
        complete(A, True),
        extend(A, False),
        policy=SECOND,
    )
    yield case(
        "a done event is not released",
        claim(A, {"claimed": 1}),
        complete(A, True),
        release(A, False),
        claim(B, "done"),
    )
    yield case(
        "a released event is not completed",
        claim(A, {"claimed": 1}),
        release(A, True),
        complete(A, False),
        claim(B, {"claimed": 2}),
    )
    yield case(
        "two events do not touch each other",
        claim(A, {"claimed": 1}),
        claim(A, {"claimed": 1}, event="evt_2", body="other"),
        complete(A, True),
        claim(B, "in_progress", event="evt_2", body="other"),
        release(A, True, event="evt_2"),
        letters(["evt_2", "failed", 1, "OrderNotFound"]),
    )
    for what, event in {
        "letters beyond ASCII": "evt_\u00e9\u4e2d\U0001f600",
        "spaces and quotes": "a 'b' \"c\" \\",
        "per cent signs and braces": "%s{0}{event}",
        "a trailing space": "evt ",
        "upper case": "EVT_1",
        "255 bytes": "e" * 255,
    }.items():
        yield case(
            f"an id with {what}",
            claim(A, {"claimed": 1}, event=event),
            complete(A, True, event=event),
            claim(B, "done", event=event),
        )
    yield case(
        "ids that differ in case or a trailing space are different events",
        claim(A, {"claimed": 1}, event="evt"),
        claim(A, {"claimed": 1}, event="Evt"),
        claim(A, {"claimed": 1}, event="evt "),
        claim(A, {"claimed": 1}, event="\u00e9vt"),
        claim(A, {"claimed": 1}, event="e\u0301vt"),
    )
    yield case(
        "a ticket that is taken and completed",
        claim(A, {"claimed": 1}),
        take(B, {"claimed": 1}, ticket_of=A),
        delivery("first"),
        claim(B, "in_progress"),
        complete(B, True, ticket_of=A),
        complete(B, True, ticket_of=A),
        delivery(None),
        take(B, "done", ticket_of=A),
        take(A, "done", ticket_of=A),
        claim(B, "done"),
    )
    yield case(
        "a ticket is taken by one worker at a time",
        claim(A, {"claimed": 1}),
        take(A, {"claimed": 1}, ticket_of=A),
        take(B, "in_progress", ticket_of=A),
        extend(B, False, ticket_of=A),
        complete(B, False, ticket_of=A),
        release(B, False, ticket_of=A),
        take(A, {"claimed": 1}, ticket_of=A),
        extend(A, True, ticket_of=A),
        complete(A, True, ticket_of=A),
    )
    yield case(
        "who has handed over a ticket that is taken has no claim any more",
        claim(A, {"claimed": 1}),
        take(B, {"claimed": 1}, ticket_of=A),
        extend(A, False),
        complete(A, False),
        release(A, False),
        complete(B, True, ticket_of=A),
    )
    yield case(
        "a ticket is taken again after a release",
        claim(A, {"claimed": 1}),
        take(A, {"claimed": 1}, ticket_of=A),
        release(A, True, ticket_of=A),
        letters(["evt_1", "failed", 1, "OrderNotFound"]),
        take(B, {"claimed": 2}, ticket_of=A),
        letters(),
        complete(A, False, ticket_of=A),
        complete(B, True, ticket_of=A),
    )
    yield case(
        "a ticket is taken again when the lease of who took it is over",
        claim(A, {"claimed": 1}),
        take(A, {"claimed": 1}, ticket_of=A),
        wait(1_100),
        letters(["evt_1", "abandoned", 1, None]),
        take(B, {"claimed": 2}, ticket_of=A),
        extend(A, False, ticket_of=A),
        complete(A, False, ticket_of=A),
        complete(B, True, ticket_of=A),
        policy=SECOND,
    )
    yield case(
        "a ticket that has waited for longer than its lease is taken, unless another delivery was claimed",
        claim(A, {"claimed": 1}),
        wait(1_100),
        take(A, {"claimed": 1}, ticket_of=A),
        claim(B, "in_progress"),
        complete(A, True, ticket_of=A),
        policy=SECOND,
    )
    yield case(
        "a ticket whose event was claimed again is lost",
        claim(A, {"claimed": 1}),
        release(A, True),
        claim(B, {"claimed": 2}),
        take(A, "lost", ticket_of=A),
        take(A, {"claimed": 2}, ticket_of=B),
        take(B, "lost", ticket_of=A),
        complete(A, True, ticket_of=B),
        take(B, "done", ticket_of=A),
    )
    yield case(
        "a ticket of an event that is not known is lost",
        take(A, "lost", ticket_of=A),
        claim(A, {"claimed": 1}, event="evt_2"),
        take(A, "lost", ticket_of=A),
    )
    yield case(
        "a dead letter that is discarded counts as done",
        discard(False),
        claim(A, {"claimed": 1}),
        discard(False),
        release(A, True),
        discard(True),
        letters(),
        delivery(None),
        discard(False),
        claim(B, "done"),
        claim(B, "conflict", body="second"),
        take(B, "done", ticket_of=A),
    )
    yield case(
        "an abandoned event is discarded",
        claim(A, {"claimed": 1}),
        wait(1_100),
        discard(True),
        letters(),
        release(A, False),
        claim(B, "done"),
        policy=SECOND,
    )
    yield case(
        "a handled event is not discarded",
        claim(A, {"claimed": 1}),
        complete(A, True),
        discard(False),
        claim(B, "done"),
    )
    yield case(
        "prefixes whose keys could be those of another store are refused",
        *(prefix(text, True) for text in ("shop-eu", "open-shop.eu_2", "p" * 64)),
        # "shop:eu" with the id "evt_1" would have the key of "shop" with the id "eu:evt_1".
        *(prefix(text, False) for text in ("shop:eu", "shop:", ":", "webhook-test:a")),
        # Test events have the prefix "shop-test", and Redis lists what is open under "shop-open".
        *(prefix(text, False) for text in ("shop-test", "shop-open", "-test", "-open")),
        *(
            prefix(text, False)
            for text in ("", "shop eu", "shop{eu}", "shop*", "sh\u00f6p", "p" * 65)
        ),
    )
    yield case(
        "ids that look like the keys of other events",
        *(
            step
            for event in ("eu:evt_1", "evt_1-test", "evt_1-open", "-open", ":")
            for step in (
                claim(A, {"claimed": 1}, event=event),
                complete(A, True, event=event),
                claim(B, "done", event=event),
            )
        ),
        claim(B, {"claimed": 1}),
        letters(),
    )
    yield case(
        "a release is repeated after a broken connection",
        claim(A, {"claimed": 1}),
        release(A, True),
        release(A, True),
        letters(["evt_1", "failed", 1, "OrderNotFound"]),
        claim(B, {"claimed": 2}),
        # The claim is another worker's by now.
        release(A, False),
        letters(),
        complete(B, True),
        release(A, False),
        complete(A, False),
        complete(B, True),
        letters(),
    )
    yield case(
        "a step on a ticket is repeated after a broken connection",
        claim(A, {"claimed": 1}),
        take(B, {"claimed": 1}, ticket_of=A),
        take(B, {"claimed": 1}, ticket_of=A),
        release(B, True, ticket_of=A),
        release(B, True, ticket_of=A),
        letters(["evt_1", "failed", 1, "OrderNotFound"]),
        take(A, {"claimed": 2}, ticket_of=A),
        release(B, False, ticket_of=A),
        letters(),
        complete(A, True, ticket_of=A),
        complete(A, True, ticket_of=A),
        release(A, False, ticket_of=A),
        claim(B, "done"),
    )
    yield case(
        "a claim that was granted too late is released, and the next delivery has the event",
        claim(A, {"claimed": 1}),
        release(A, True, error="StoreUnavailable"),
        letters(["evt_1", "failed", 1, "StoreUnavailable"]),
        claim(B, {"claimed": 2}),
        complete(A, False),
        complete(B, True),
        letters(),
    )
